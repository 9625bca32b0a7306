import { Type } from 'typebox'
import { dialects } from '../dialect.ts'
import type { FilterFields } from '../filter.ts'
import type { Operation } from '../operation.ts'
import { enumOf, Flag, IdentityRef, Instant, nullable, paging, sifting, Text } from '../schema.ts'
import { NestedEntitlement } from './entitlements.ts'
import { eqIn, eqInSw, moments, Nothing } from './shapes.ts'

export const LifecycleStates = ['active', 'inactive'] as const
export const AccountIdentityStates = ['ACTIVE', 'INACTIVE_LONG_TERM'] as const

export const Account = Type.Object({
  id: Text,
  name: Text,
  created: Instant,
  modified: Instant,
  sourceId: Text,
  sourceName: Text,
  // The contract lets neither be null: an account of nobody has neither.
  identityId: Type.Optional(Text),
  identity: Type.Optional(IdentityRef),
  cloudLifecycleState: nullable(enumOf(LifecycleStates)),
  identityState: nullable(enumOf(AccountIdentityStates)),
  connectionType: Text,
  isMachine: Flag,
  recommendation: Nothing,
  attributes: nullable(Type.Record(Type.String(), Type.Array(Text))),
  authoritative: Flag,
  description: Nothing,
  disabled: Flag,
  locked: Flag,
  nativeIdentity: Text,
  systemAccount: Flag,
  uncorrelated: Flag,
  uuid: Nothing,
  manuallyCorrelated: Flag,
  hasEntitlements: Flag,
  sourceOwner: IdentityRef,
  features: Nothing,
  origin: Nothing,
})

const yesNo = { type: 'boolean', operators: ['eq'] } as const
const filters: FilterFields = {
  id: { type: 'id', operators: eqInSw },
  identityId: { type: 'id', operators: eqInSw },
  name: { type: 'string', operators: eqInSw },
  nativeIdentity: { type: 'string', operators: eqInSw },
  sourceId: { type: 'id', operators: eqInSw },
  uncorrelated: yesNo,
  entitlements: { type: 'id', operators: ['eq'] },
  origin: { type: 'string', operators: eqIn },
  manuallyCorrelated: yesNo,
  hasEntitlements: yesNo,
  'identity.name': { type: 'string', operators: eqInSw },
  'identity.correlated': yesNo,
  'identity.identityState': { type: 'string', operators: eqIn },
  'source.displayableName': { type: 'string', operators: eqIn },
  'source.authoritative': yesNo,
  'source.connectionType': { type: 'string', operators: eqIn },
  'recommendation.method': { type: 'string', operators: ['eq', 'in', 'isnull'] },
  'recommendation.type': { type: 'string', operators: ['eq', 'in', 'isnull'] },
  created: { type: 'date', operators: moments },
  modified: { type: 'date', operators: moments },
}

const sorters = [
  'id',
  'name',
  'created',
  'modified',
  'sourceId',
  'identityId',
  'nativeIdentity',
  'uuid',
  'manuallyCorrelated',
  'hasEntitlements',
  'entitlements',
  'origin',
  'identity.name',
  'identity.identityState',
  'identity.correlated',
  'source.displayableName',
  'source.authoritative',
  'source.connectionType',
  'sourceOwner.name',
] as const

const tag = 'Accounts'
const reads = ['idn:accounts:read', 'idn:accounts:manage'] as const

export const accountOperations = {
  listAccounts: {
    method: 'GET',
    path: '/accounts',
    dialects: dialects,
    tag,
    summary: 'The accounts on all sources.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    deprecated: ['beta'],
    query: {
      detailLevel: Type.Optional(enumOf(['SLIM', 'FULL'], { description: 'SLIM leaves the attributes out.' })),
      ...paging,
      ...sifting,
    },
    status: 200,
    answer: Type.Array(Account),
    filters,
    sorters,
  },
  getAccount: {
    method: 'GET',
    path: '/accounts/:id',
    dialects: dialects,
    tag,
    summary: 'One account.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    deprecated: ['beta'],
    status: 200,
    answer: Account,
  },
  getAccountEntitlements: {
    method: 'GET',
    path: '/accounts/:id/entitlements',
    dialects: dialects,
    tag,
    summary: 'What an account has.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    deprecated: ['beta'],
    query: { ...paging },
    status: 200,
    answer: Type.Array(NestedEntitlement),
  },
} as const satisfies Record<string, Operation>
