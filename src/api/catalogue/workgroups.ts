import { Type } from 'typebox'
import { exceptV3 } from '../dialect.ts'
import type { Operation } from '../operation.ts'
import { enumOf, Instant, paging, pagingUpTo, sifting, Text } from '../schema.ts'
import { eqIn, eqInSw } from './shapes.ts'

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

const tag = 'Governance Groups'
const reads = ['idn:workgroup:read', 'idn:workgroup:manage'] as const
const ofGroup = { method: 'GET', dialects: exceptV3, tag, scopes: reads, levels: ['ORG_ADMIN'], status: 200 } as const

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
} as const satisfies Record<string, Operation>
