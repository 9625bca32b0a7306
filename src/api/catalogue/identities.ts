import { Type } from 'typebox'
import { exceptV3 } from '../dialect.ts'
import type { FilterFields } from '../filter.ts'
import type { Operation } from '../operation.ts'
import { enumOf, Flag, IdentityRef, Instant, nullable, paging, reference, sifting, Text } from '../schema.ts'
import { eqIn, eqSw, Nothing } from './shapes.ts'

export const IdentityStates = ['ACTIVE', 'DEACTIVATED'] as const

export const Identity = Type.Object({
  id: Text,
  name: Text,
  created: Instant,
  modified: Instant,
  alias: Text,
  emailAddress: nullable(Text),
  processingState: Nothing,
  identityStatus: enumOf(IdentityStates),
  managerRef: nullable(IdentityRef),
  isManager: Flag,
  lastRefresh: Instant,
  attributes: Type.Object({
    uid: Text,
    displayName: Text,
    firstname: Text,
    lastname: Text,
    email: Type.Optional(Text),
    department: Type.Optional(Text),
    cloudLifecycleState: Text,
  }),
  lifecycleState: Type.Object({ stateName: Text, manuallyUpdated: Flag }),
})

const RoleRef = reference(['ROLE'])
const spans = { addedDate: Instant, startDate: nullable(Instant), removeDate: nullable(Instant) }

export const RoleAssignmentRef = Type.Object({ id: Text, role: RoleRef, ...spans })

export const RoleAssignment = Type.Object({
  id: Text,
  role: RoleRef,
  comments: nullable(Text),
  assignmentSource: Text,
  assigner: Type.Object({ type: enumOf(['IDENTITY', 'UNKNOWN']), id: Type.Optional(Text), name: nullable(Text) }),
  assignedDimensions: Type.Array(Type.Object({}), { maxItems: 0 }),
  assignmentContext: Nothing,
  accountTargets: Type.Array(
    Type.Object({
      source: reference(['SOURCE']),
      accountInfo: Type.Object({ nativeIdentity: Text, displayName: Text, uuid: Text }),
      role: RoleRef,
    }),
  ),
  ...spans,
})

const identityFilters: FilterFields = {
  id: { type: 'id', operators: eqIn },
  name: { type: 'string', operators: eqSw },
  alias: { type: 'string', operators: eqSw },
  firstname: { type: 'string', operators: eqSw },
  lastname: { type: 'string', operators: eqSw },
  email: { type: 'string', operators: eqSw },
  cloudStatus: { type: 'string', operators: ['eq'] },
  processingState: { type: 'string', operators: ['eq'] },
  correlated: { type: 'boolean', operators: ['eq'] },
  protected: { type: 'boolean', operators: ['eq'] },
}

const tag = 'Identities'
const reads = ['idn:identity:read', 'idn:identity:manage'] as const
const readsHoldings = [...reads, 'idn:identity-direct-report:read'] as const

export const identityOperations = {
  listIdentities: {
    method: 'GET',
    path: '/identities',
    dialects: exceptV3,
    tag,
    summary: 'The people of the tenant.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    query: {
      defaultFilter: Type.Optional(
        enumOf(['CORRELATED_ONLY', 'NONE'], {
          default: 'CORRELATED_ONLY',
          description: 'Everybody here is correlated, so both give the same.',
        }),
      ),
      ...paging,
      ...sifting,
    },
    status: 200,
    answer: Type.Array(Identity),
    filters: identityFilters,
    sorters: ['name', 'alias', 'cloudStatus'],
  },
  getIdentity: {
    method: 'GET',
    path: '/identities/:id',
    dialects: exceptV3,
    tag,
    summary: 'One person; everybody may read about themselves and their direct reports.',
    scopes: readsHoldings,
    levels: ['ORG_ADMIN', 'USER'],
    status: 200,
    answer: Identity,
  },
  getRoleAssignments: {
    method: 'GET',
    path: '/identities/:identityId/role-assignments',
    dialects: exceptV3,
    tag,
    summary: 'The roles a person holds; told in full when a role is named.',
    scopes: readsHoldings,
    levels: ['ORG_ADMIN', 'USER'],
    query: {
      roleId: Type.Optional(Type.String({ description: 'Only this role.' })),
      roleName: Type.Optional(Type.String({ description: 'Only the role of this name.' })),
    },
    status: 200,
    answer: Type.Array(Type.Union([RoleAssignment, RoleAssignmentRef])),
  },
  getRoleAssignment: {
    method: 'GET',
    path: '/identities/:identityId/role-assignments/:assignmentId',
    dialects: exceptV3,
    tag,
    summary: 'One role a person holds; its id is what a revoke names.',
    scopes: readsHoldings,
    levels: ['ORG_ADMIN', 'USER'],
    status: 200,
    answer: RoleAssignment,
  },
} as const satisfies Record<string, Operation>
