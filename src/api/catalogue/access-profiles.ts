import { type Static, Type } from 'typebox'
import { type Dialect, dialects, exceptV3 } from '../dialect.ts'
import type { FilterFields } from '../filter.ts'
import { JsonPatch } from '../json-patch.ts'
import type { Operation } from '../operation.ts'
import { enumOf, Flag, Instant, nullable, paging, reference, sifting, Text } from '../schema.ts'
import { nested } from './entitlements.ts'
import { AccessProfileRequestConfig, AccessProfileRequestConfigBody } from './request-config.ts'
import {
  AdditionalOwners,
  AdditionalOwnersBody,
  EntitlementRefs,
  eqIn,
  eqSw,
  forSubadmin,
  moments,
  NameBody,
  NoMetadata,
  Nothing,
  NotKept,
  Owner,
  optional,
  RefBody,
  SourceRef,
  segments,
  someId,
} from './shapes.ts'

/** An access profile as a dialect writes it. */
export const AccessProfile = (dialect: Dialect) =>
  Type.Object({
    id: Text,
    name: Text,
    description: nullable(Text),
    created: Instant,
    modified: Instant,
    enabled: Flag,
    owner: Owner(dialect),
    source: SourceRef,
    entitlements: EntitlementRefs,
    requestable: Flag,
    ...AccessProfileRequestConfig(dialect),
    segments: Nothing,
    accessModelMetadata: NoMetadata,
    provisioningCriteria: Nothing,
    additionalOwners: AdditionalOwners,
  })

/** What makes an access profile, and what a patched one must be. */
export const AccessProfileBody = Type.Object({
  name: NameBody,
  description: optional(Text),
  enabled: Type.Optional(Flag),
  owner: nullable(RefBody(['IDENTITY'])),
  source: RefBody(['SOURCE']),
  entitlements: optional(Type.Array(RefBody(['ENTITLEMENT']))),
  requestable: Type.Optional(Type.Boolean({ description: 'Absent: true.' })),
  ...AccessProfileRequestConfigBody,
  additionalOwners: AdditionalOwnersBody,
  segments: NotKept,
  accessModelMetadata: NotKept,
  provisioningCriteria: NotKept,
})
export type AccessProfileBody = Static<typeof AccessProfileBody>

const AccessProfileBulkDelete = Type.Object({
  accessProfileIds: Type.Array(someId, { maxItems: 50 }),
  bestEffortOnly: optional(Type.Boolean({ description: 'True: those in use are left out. Absent: then none is deleted.' })),
})
export type AccessProfileBulkDelete = Static<typeof AccessProfileBulkDelete>

const AccessProfileBulkDeleted = Type.Object({
  taskId: Type.Optional(Text),
  pending: Type.Array(Text),
  inUse: Type.Array(Type.Object({ accessProfileId: Text, usedBy: Type.Array(reference(['ROLE'])) })),
})

const RequestableFlags = Type.Array(Type.Object({ id: someId, requestable: Flag }), { maxItems: 250 })
export type RequestableFlags = Static<typeof RequestableFlags>

const RequestableOutcome = Type.Object({ id: Text, requestable: Flag, status: enumOf(['201', '404']), description: Text })

const filters: FilterFields = {
  id: { type: 'id', operators: eqIn },
  name: { type: 'string', operators: eqSw },
  created: { type: 'date', operators: moments },
  modified: { type: 'date', operators: moments },
  'owner.id': { type: 'id', operators: eqIn },
  requestable: { type: 'boolean', operators: ['eq'] },
  'source.id': { type: 'id', operators: eqIn },
}

const tag = 'Access Profiles'
const reads = ['idn:access-profile:read', 'idn:access-profile:manage'] as const

// compat: read-scopes-do-not-write. The contract lists three scopes for reading beside this one for making an access profile. A token that
// may only read makes nothing here; one with all four, which is what the list can mean as well, does.
const writes = { dialects: dialects, tag, scopes: ['idn:access-profile:manage'], levels: ['ORG_ADMIN'] } as const

export const accessProfileOperations = {
  listAccessProfiles: {
    method: 'GET',
    path: '/access-profiles',
    dialects: dialects,
    tag,
    summary: 'The access profiles.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    query: { ...forSubadmin, ...segments, ...paging, ...sifting },
    status: 200,
    answer: (dialect: Dialect) => Type.Array(AccessProfile(dialect)),
    filters,
    sorters: ['name', 'created', 'modified'],
  },
  getAccessProfile: {
    method: 'GET',
    path: '/access-profiles/:id',
    dialects: dialects,
    tag,
    summary: 'One access profile.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    status: 200,
    answer: AccessProfile,
  },
  getAccessProfileEntitlements: {
    ...nested,
    method: 'GET',
    path: '/access-profiles/:id/entitlements',
    tag,
    summary: 'The entitlements of an access profile.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    query: { ...paging, ...sifting },
  },
  createAccessProfile: {
    ...writes,
    method: 'POST',
    path: '/access-profiles',
    summary: 'Make an access profile of entitlements of one source.',
    body: AccessProfileBody,
    status: 201,
    answer: AccessProfile,
  },
  patchAccessProfile: {
    ...writes,
    method: 'PATCH',
    path: '/access-profiles/:id',
    summary: 'Change some of what an access profile says; requests made before keep the rules of then.',
    body: JsonPatch,
    patch: true,
    status: 200,
    answer: AccessProfile,
  },
  deleteAccessProfile: {
    ...writes,
    method: 'DELETE',
    path: '/access-profiles/:id',
    summary: 'Delete an access profile that nobody has asked for or held and that nothing contains.',
    status: 204,
    answer: null,
  },
  deleteAccessProfilesInBulk: {
    ...writes,
    method: 'POST',
    path: '/access-profiles/bulk-delete',
    summary: 'Delete up to 50 such access profiles; what is in use is told.',
    body: AccessProfileBulkDelete,
    status: 200,
    otherStatuses: [202],
    answer: AccessProfileBulkDeleted,
  },
  updateAccessProfilesInBulk: {
    ...writes,
    method: 'POST',
    path: '/access-profiles/bulk-update-requestable',
    dialects: exceptV3,
    summary: 'Say of many access profiles whether they can be asked for.',
    body: RequestableFlags,
    status: 207,
    answer: Type.Array(RequestableOutcome),
  },
} as const satisfies Record<string, Operation>
