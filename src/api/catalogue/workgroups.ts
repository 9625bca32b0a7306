import { type Static, Type } from 'typebox'
import { exceptV3 } from '../dialect.ts'
import { JsonPatch } from '../json-patch.ts'
import type { Operation } from '../operation.ts'
import { enumOf, Instant, paging, pagingUpTo, sifting, Text } from '../schema.ts'
import { eqIn, eqInSw, NameBody, OutcomeOfOne, optional, RefBody, someId } from './shapes.ts'

/** The wire calls a governance group a workgroup. */
export const Workgroup = Type.Object({
  id: Text,
  name: Text,
  description: Text,
  // The contract does not let it be null: a group of nobody has none.
  owner: Type.Optional(
    Type.Object({ type: enumOf(['IDENTITY']), id: Text, name: Text, displayName: Text, emailAddress: Type.Optional(Text) }),
  ),
  memberCount: Type.Integer(),
  connectionCount: Type.Integer(),
  created: Instant,
  modified: Instant,
})

const Member = Type.Object({ type: enumOf(['IDENTITY']), id: Text, name: Text, email: Type.Optional(Text) })

const Connection = Type.Object({
  object: Type.Object({ type: enumOf(['ACCESS_PROFILE', 'ROLE', 'SOURCE']), id: Text, name: Text, description: Text }),
  connectionType: enumOf(['AccessRequestReviewer', 'Owner']),
})

/** What makes a governance group, and what a patched one must be. */
export const WorkgroupBody = Type.Object({ name: NameBody, description: optional(Text), owner: optional(RefBody(['IDENTITY'])) })
export type WorkgroupBody = Static<typeof WorkgroupBody>

const WorkgroupBulkDelete = Type.Object({ ids: Type.Array(someId, { maxItems: 100 }) })
export type WorkgroupBulkDelete = Static<typeof WorkgroupBulkDelete>

const Members = Type.Array(RefBody(['IDENTITY']), { maxItems: 250 })
export type Members = Static<typeof Members>

const tag = 'Governance Groups'
const reads = ['idn:workgroup:read', 'idn:workgroup:manage'] as const
const ofGroup = { method: 'GET', dialects: exceptV3, tag, scopes: reads, levels: ['ORG_ADMIN'], status: 200 } as const

const writes = { dialects: exceptV3, tag, scopes: ['idn:workgroup:manage'], levels: ['ORG_ADMIN'] } as const
const ofMembers = { ...writes, method: 'POST', scopes: ['idn:workgroup:write'], body: Members, status: 207 } as const

export const workgroupOperations = {
  listWorkgroups: {
    ...ofGroup,
    path: '/workgroups',
    summary: 'The governance groups.',
    query: { ...paging, ...sifting },
    answer: Type.Array(Workgroup),
    filters: {
      id: { type: 'id', operators: eqInSw },
      name: { type: 'string', operators: eqInSw },
      'memberships.identityId': { type: 'id', operators: eqIn },
    },
    sorters: ['name', 'created', 'modified', 'id', 'description'],
  },
  getWorkgroup: { ...ofGroup, path: '/workgroups/:id', summary: 'One governance group.', answer: Workgroup },
  listWorkgroupMembers: {
    ...ofGroup,
    path: '/workgroups/:workgroupId/members',
    summary: 'The people of a governance group.',
    query: { ...pagingUpTo(50), sorters: sifting.sorters },
    answer: Type.Array(Member),
    sorters: ['name', 'created', 'modified'],
  },
  listConnections: {
    ...ofGroup,
    path: '/workgroups/:workgroupId/connections',
    summary: 'What asks a governance group for approval, or is owned by it.',
    query: { ...pagingUpTo(50), sorters: sifting.sorters },
    answer: Type.Array(Connection),
    sorters: ['name', 'created', 'modified'],
  },
  createWorkgroup: {
    ...writes,
    method: 'POST',
    path: '/workgroups',
    summary: 'Make a governance group; it has no members yet.',
    body: WorkgroupBody,
    status: 200,
    answer: Workgroup,
  },
  patchWorkgroup: {
    ...writes,
    method: 'PATCH',
    path: '/workgroups/:id',
    summary: 'Change the name, the description or the owner of a governance group.',
    body: JsonPatch,
    patch: true,
    status: 200,
    answer: Workgroup,
  },
  deleteWorkgroup: {
    ...writes,
    method: 'DELETE',
    path: '/workgroups/:id',
    summary: 'Delete a governance group that nothing asks and nothing waits for.',
    status: 204,
    answer: null,
  },
  deleteWorkgroupsInBulk: {
    ...writes,
    method: 'POST',
    path: '/workgroups/bulk-delete',
    summary: 'Delete up to 100 such governance groups; how it went is told of each.',
    body: WorkgroupBulkDelete,
    status: 207,
    answer: Type.Array(OutcomeOfOne),
  },
  updateWorkgroupMembers: {
    ...ofMembers,
    path: '/workgroups/:workgroupId/members/bulk-add',
    summary: 'Add people to a governance group; what waits for the group waits for them as well.',
    answer: Type.Array(OutcomeOfOne),
  },
  deleteWorkgroupMembers: {
    ...ofMembers,
    path: '/workgroups/:workgroupId/members/bulk-delete',
    summary: 'Take people out of a governance group; what waits for the group does not wait for them any more.',
    answer: Type.Array(OutcomeOfOne),
  },
} as const satisfies Record<string, Operation>
