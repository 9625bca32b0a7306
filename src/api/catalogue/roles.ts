import { type Static, Type } from 'typebox'
import { type Dialect, dialects, exceptV3 } from '../dialect.ts'
import type { FilterFields } from '../filter.ts'
import { JsonPatch } from '../json-patch.ts'
import type { Operation } from '../operation.ts'
import { enumOf, Flag, Instant, nullable, paging, pagingUpTo, reference, sifting, Text } from '../schema.ts'
import { nested } from './entitlements.ts'
import { RoleRequestConfig, RoleRequestConfigBody } from './request-config.ts'
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
  segments,
  someId,
  TaskRef,
} from './shapes.ts'

/** A role as a dialect writes it. */
export const Role = (dialect: Dialect) =>
  Type.Object({
    id: Text,
    name: Text,
    created: Instant,
    modified: Instant,
    description: nullable(Text),
    owner: Owner(dialect),
    additionalOwners: AdditionalOwners,
    accessProfiles: Type.Array(reference(['ACCESS_PROFILE'])),
    entitlements: EntitlementRefs,
    membership: Nothing,
    legacyMembershipInfo: Nothing,
    enabled: Flag,
    requestable: Flag,
    ...RoleRequestConfig,
    segments: Nothing,
    dimensional: Flag,
    dimensionRefs: Nothing,
    accessModelMetadata: NoMetadata,
    privilegeLevel: Nothing,
  })

/** What makes a role, and what a patched one must be. */
export const RoleBody = Type.Object({
  id: optional(Type.String({ description: 'Given by the server: a new role has none.' })),
  name: NameBody,
  description: optional(Text),
  owner: nullable(RefBody(['IDENTITY'])),
  additionalOwners: AdditionalOwnersBody,
  accessProfiles: optional(Type.Array(RefBody(['ACCESS_PROFILE']))),
  entitlements: optional(Type.Array(RefBody(['ENTITLEMENT']))),
  enabled: Type.Optional(Flag),
  requestable: Type.Optional(Flag),
  ...RoleRequestConfigBody,
  membership: NotKept,
  legacyMembershipInfo: NotKept,
  segments: NotKept,
  dimensional: NotKept,
  dimensionRefs: NotKept,
  accessModelMetadata: NotKept,
  privilegeLevel: NotKept,
})
export type RoleBody = Static<typeof RoleBody>

const RoleBulkDelete = Type.Object({ roleIds: Type.Array(someId, { minItems: 1, maxItems: 50 }) })
export type RoleBulkDelete = Static<typeof RoleBulkDelete>

const RoleIdentity = Type.Object({
  id: Text,
  aliasName: Text,
  name: Text,
  email: Type.Optional(Text),
  roleAssignmentSource: enumOf(['ACCESS_REQUEST', 'ROLE_MEMBERSHIP']),
})

const filters: FilterFields = {
  id: { type: 'id', operators: eqIn },
  name: { type: 'string', operators: eqSw },
  created: { type: 'date', operators: moments },
  modified: { type: 'date', operators: moments },
  'owner.id': { type: 'id', operators: eqIn },
  requestable: { type: 'boolean', operators: ['eq'] },
  dimensional: { type: 'boolean', operators: ['eq'] },
}

const tag = 'Roles'
const reads = ['idn:role-unchecked:read', 'idn:role-unchecked:manage', 'idn:role-checked:manage', 'idn:role-checked:read'] as const

const writes = {
  dialects: dialects,
  tag,
  scopes: ['idn:role-unchecked:manage', 'idn:role-checked:manage'],
  levels: ['ORG_ADMIN'],
} as const

export const roleOperations = {
  listRoles: {
    method: 'GET',
    path: '/roles',
    dialects: dialects,
    tag,
    summary: 'The roles.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    query: { ...forSubadmin, ...segments, ...pagingUpTo(50), ...sifting },
    status: 200,
    answer: (dialect: Dialect) => Type.Array(Role(dialect)),
    filters,
    sorters: ['name', 'created', 'modified'],
  },
  getRole: {
    method: 'GET',
    path: '/roles/:id',
    dialects: dialects,
    tag,
    summary: 'One role.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    status: 200,
    answer: Role,
  },
  getRoleAssignedIdentities: {
    method: 'GET',
    path: '/roles/:id/assigned-identities',
    dialects: dialects,
    tag,
    summary: 'Who holds a role, and whether it was asked for or given by a rule.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    query: { ...paging, ...sifting },
    status: 200,
    answer: Type.Array(RoleIdentity),
    filters: {
      id: { type: 'id', operators: eqIn },
      aliasName: { type: 'string', operators: eqSw },
      email: { type: 'string', operators: eqSw },
      name: { type: 'string', operators: ['eq', 'sw', 'co'] },
    },
    sorters: ['id', 'name', 'aliasName', 'email'],
  },
  getRoleEntitlements: {
    ...nested,
    method: 'GET',
    path: '/roles/:id/entitlements',
    dialects: exceptV3,
    tag,
    summary: 'The entitlements a role has beside its access profiles.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    query: { ...pagingUpTo(50), ...sifting },
  },
  createRole: {
    ...writes,
    method: 'POST',
    path: '/roles',
    summary: 'Make a role of access profiles and entitlements.',
    body: RoleBody,
    status: 201,
    answer: Role,
  },
  patchRole: {
    ...writes,
    method: 'PATCH',
    path: '/roles/:id',
    summary: 'Change some of what a role says; requests made before keep the rules of then.',
    body: JsonPatch,
    patch: true,
    status: 200,
    answer: Role,
  },
  deleteRole: {
    ...writes,
    method: 'DELETE',
    path: '/roles/:id',
    summary: 'Delete a role that nobody has asked for or held.',
    status: 204,
    answer: null,
  },
  deleteBulkRoles: {
    ...writes,
    method: 'POST',
    path: '/roles/bulk-delete',
    summary: 'Delete up to 50 such roles, or none of them.',
    body: RoleBulkDelete,
    status: 202,
    answer: TaskRef,
  },
} as const satisfies Record<string, Operation>
