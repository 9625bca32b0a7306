import { type Static, Type } from 'typebox'
import { type Dialect, dialects, exceptV3, since2024 } from '../dialect.ts'
import type { FilterFields } from '../filter.ts'
import { JsonPatch } from '../json-patch.ts'
import type { Operation } from '../operation.ts'
import { enumOf, Flag, IdentityRef, Instant, nullable, paging, reference, sifting, Text } from '../schema.ts'
import { EntitlementRequestConfig, EntitlementRequestConfigBody } from './request-config.ts'
import {
  AdditionalOwners,
  eqIn,
  eqInSw,
  every,
  moments,
  NameBody,
  NoMetadata,
  NoText,
  Nothing,
  NotKept,
  optional,
  PrivilegeLevel,
  PrivilegeWords,
  RefBody,
  SourceRef,
  someId,
} from './shapes.ts'

const shared = {
  id: Text,
  name: Text,
  created: Instant,
  modified: Instant,
  attribute: Text,
  value: Text,
  sourceSchemaObjectType: Text,
  description: nullable(Text),
  cloudGoverned: Flag,
  requestable: Flag,
  attributes: Type.Object({}),
  source: SourceRef,
  owner: nullable(IdentityRef),
  directPermissions: Type.Array(Type.Object({}), { maxItems: 0 }),
  segments: Nothing,
  manuallyUpdatedFields: Nothing,
  accessModelMetadata: NoMetadata,
}

/** An entitlement inside another noun: the same in every version. */
export const NestedEntitlement = Type.Object({ ...shared, privileged: Flag, additionalOwners: AdditionalOwners })

/** An entitlement of its own; from v2026 on it has a level instead of a flag. */
export const Entitlement = (dialect: Dialect) =>
  dialect === 'v2026' || dialect === 'v1' ? Type.Object({ ...shared, privilegeLevel: PrivilegeLevel, tags: NoText }) : NestedEntitlement

/** What a patched entitlement must be. */
export const PatchedEntitlement = Type.Object({
  name: NameBody,
  description: optional(Text),
  requestable: Flag,
  owner: optional(RefBody(['IDENTITY'])),
  privileged: Type.Optional(Flag),
  privilegeOverride: optional(Type.Object({ level: optional(enumOf(PrivilegeWords)) })),
  segments: NotKept,
  manuallyUpdatedFields: NotKept,
})
export type PatchedEntitlement = Static<typeof PatchedEntitlement>

const EntitlementBulkUpdate = Type.Object({ entitlementIds: Type.Array(someId, { maxItems: 50 }), jsonPatch: JsonPatch })
export type EntitlementBulkUpdate = Static<typeof EntitlementBulkUpdate>

const HeldEntitlement = Type.Object({ objectRef: reference(['ENTITLEMENT']), tags: NoText })

export const entitlementFilters: FilterFields = {
  id: { type: 'id', operators: eqIn },
  name: { type: 'string', operators: eqInSw },
  type: { type: 'string', operators: eqIn },
  attribute: { type: 'string', operators: eqInSw },
  value: { type: 'string', operators: eqInSw },
  'source.id': { type: 'id', operators: eqIn },
  'owner.id': { type: 'id', operators: eqIn },
  requestable: { type: 'boolean', operators: ['eq'] },
  created: { type: 'date', operators: moments },
  modified: { type: 'date', operators: moments },
}

/** What the entitlements inside a role or an access profile are sorted by. */
export const nestedSorters = ['name', 'attribute', 'value', 'created', 'modified'] as const

const filters: FilterFields = {
  ...entitlementFilters,
  tags: { type: 'string', operators: every },
  'privilegeLevel.direct': { type: 'string', operators: ['eq', 'in'] },
}
const sorters = ['id', 'name', 'created', 'modified', 'type', 'attribute', 'value', 'source.id', 'requestable'] as const

const searchAfter = {
  searchAfter: Type.Optional(
    Type.String({ description: 'The values of the sorted fields in the last row seen, joined by commas: the page begins after it.' }),
  ),
}
const segmentation = {
  'segmented-for-identity': Type.Optional(
    Type.String({ description: 'Only what this person may see; `me` for the caller. Nothing is in a segment here.' }),
  ),
  'for-segment-ids': Type.Optional(Type.String({ description: 'Only what is in these segments, and what is in none.' })),
  'include-unsegmented': Type.Optional(Type.Boolean({ description: 'False, beside for-segment-ids, leaves out what is in no segment.' })),
}

const tag = 'Entitlements'
const reads = ['idn:entitlement:read', 'idn:entitlement:manage'] as const

const family = (path: '/entitlements/:id/parents' | '/entitlements/:id/children', summary: string) =>
  ({
    method: 'GET',
    path,
    dialects: exceptV3,
    tag,
    summary,
    scopes: reads,
    levels: ['ORG_ADMIN'],
    query: { ...searchAfter, ...paging, ...sifting },
    status: 200,
    answer: (dialect: Dialect) => Type.Array(Entitlement(dialect)),
    filters,
    sorters,
  }) as const

export const entitlementOperations = {
  listEntitlements: {
    method: 'GET',
    path: '/entitlements',
    dialects: exceptV3,
    tag,
    summary: 'What an account can have at a source.',
    scopes: reads,
    levels: ['ORG_ADMIN', 'USER'],
    query: {
      'account-id': Type.Optional(Type.String({ description: 'Only what this account has; stands alone.' })),
      ...segmentation,
      ...searchAfter,
      ...paging,
      ...sifting,
    },
    status: 200,
    answer: (dialect: Dialect) => Type.Array(Entitlement(dialect)),
    filters,
    sorters,
  },
  getEntitlement: {
    method: 'GET',
    path: '/entitlements/:id',
    dialects: exceptV3,
    tag,
    summary: 'One entitlement.',
    scopes: [...reads, 'idn:entitlement:update'],
    levels: ['ORG_ADMIN'],
    status: 200,
    answer: Entitlement,
  },
  getEntitlementRequestConfig: {
    method: 'GET',
    path: '/entitlements/:id/entitlement-request-config',
    dialects: exceptV3,
    tag,
    summary: 'The request rules in force for an entitlement: its own, else those of its source, else those of the tenant.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    status: 200,
    answer: EntitlementRequestConfig,
  },
  listEntitlementParents: family(
    '/entitlements/:id/parents',
    'What an entitlement is part of; nothing is nested here, so the list is empty.',
  ),
  listEntitlementChildren: family(
    '/entitlements/:id/children',
    'What is part of an entitlement; nothing is nested here, so the list is empty.',
  ),
  listEntitlementsByIdentity: {
    method: 'GET',
    path: '/entitlements/identities/:id/entitlements',
    dialects: since2024,
    tag,
    summary: 'What a person has on all accounts together.',
    scopes: ['idn:entitlement:read'],
    levels: ['ORG_ADMIN', 'USER'],
    query: { ...paging },
    status: 200,
    answer: Type.Array(HeldEntitlement),
  },
  listEntitlementsByAccount: {
    method: 'GET',
    path: '/entitlements/account/:accountId/entitlements',
    dialects: ['v2026', 'v1'],
    tag,
    summary: 'What an account has.',
    scopes: ['idn:entitlement:read'],
    levels: ['ORG_ADMIN'],
    query: { ...searchAfter, ...paging, sorters: sifting.sorters },
    status: 200,
    answer: (dialect: Dialect) => Type.Array(Entitlement(dialect)),
    sorters,
  },
  patchEntitlement: {
    method: 'PATCH',
    path: '/entitlements/:id',
    dialects: exceptV3,
    tag,
    summary: 'Change some of what an entitlement says.',
    scopes: ['idn:entitlement:manage', 'idn:entitlement:update'],
    levels: ['ORG_ADMIN'],
    body: JsonPatch,
    patch: true,
    status: 200,
    answer: Entitlement,
  },
  putEntitlementRequestConfig: {
    method: 'PUT',
    path: '/entitlements/:id/entitlement-request-config',
    dialects: exceptV3,
    tag,
    summary: 'Give an entitlement request rules of its own; requests made before keep the rules of then.',
    scopes: ['idn:entitlement:manage'],
    levels: ['ORG_ADMIN'],
    body: EntitlementRequestConfigBody,
    status: 200,
    answer: EntitlementRequestConfig,
  },
  updateEntitlementsInBulk: {
    method: 'POST',
    path: '/entitlements/bulk-update',
    dialects: exceptV3,
    tag,
    summary: 'Change up to 50 entitlements in the same way, or none of them.',
    scopes: ['idn:entitlement:manage', 'idn:entitlement:update', 'idn:source-checked:update'],
    levels: ['ORG_ADMIN'],
    body: EntitlementBulkUpdate,
    status: 204,
    answer: null,
  },
} as const satisfies Record<string, Operation>

/** What the rows for the entitlements of other nouns have in common. */
export const nested = {
  dialects: dialects,
  status: 200,
  answer: Type.Array(NestedEntitlement),
  filters: entitlementFilters,
  sorters: nestedSorters,
} as const
