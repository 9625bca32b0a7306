import { type Static, Type } from 'typebox'
import type { Operation } from './operation.ts'
import { enumOf, Instant, nullable, paging, Reason, Text } from './schema.ts'

/** An operation of our own: everything that waits for people who leave is moved, and told of one by one. */

const someId = Type.String({ minLength: 1, maxLength: 255 })
const SomeIdentity = Type.Object({ id: Text, name: Text })
const outcomes = ['WAITING', 'MOVED', 'LEFT', 'FAILED'] as const

export const BulkReassignmentBody = Type.Object({
  reassignFrom: Type.Array(someId, { minItems: 1, maxItems: 50, description: 'Whose work is moved.' }),
  reassignTo: Type.Optional(
    nullable(Type.String({ minLength: 1, maxLength: 255, description: 'Who gets it; null: the manager of each.' })),
  ),
  comment: Reason(255),
  types: Type.Optional(
    Type.Array(enumOf(['ACCESS_REQUESTS', 'MANUAL_TASKS']), { minItems: 1, description: 'What is moved; both when left out.' }),
  ),
})
export type BulkReassignmentBody = Static<typeof BulkReassignmentBody>

const BulkReassignment = Type.Object({
  id: Text,
  state: enumOf(['RUNNING', 'FINISHED']),
  reassignTo: nullable(SomeIdentity),
  comment: Text,
  orderedBy: SomeIdentity,
  created: Instant,
  finished: nullable(Instant),
  counts: Type.Object({
    total: Type.Integer(),
    waiting: Type.Integer(),
    moved: Type.Integer(),
    left: Type.Integer(),
    failed: Type.Integer(),
  }),
})

const BulkReassignmentItem = Type.Object({
  type: enumOf(['APPROVAL', 'WORK_ITEM']),
  id: Text,
  accessRequestId: nullable(Text),
  reassignedFrom: SomeIdentity,
  outcome: enumOf(outcomes),
  reassignedTo: nullable(SomeIdentity),
  reason: nullable(Text),
})

const shared = {
  tag: 'Countersign',
  own: true,
  dialects: ['v1'],
  scopes: ['sp:approvals:write'],
  levels: ['ORG_ADMIN'],
} as const

export const bulkMoveOperations = {
  createBulkReassignment: {
    ...shared,
    method: 'POST',
    path: '/bulk-reassignments',
    summary: 'Move all approvals and work items that wait for some people to somebody else, or to the manager of each; a worker does it.',
    body: BulkReassignmentBody,
    status: 202,
    answer: BulkReassignment,
  },
  listBulkReassignments: {
    ...shared,
    method: 'GET',
    path: '/bulk-reassignments',
    summary: 'What was moved in bulk, and how far it is, the latest first.',
    query: { ...paging },
    status: 200,
    answer: Type.Array(BulkReassignment),
  },
  getBulkReassignment: {
    ...shared,
    method: 'GET',
    path: '/bulk-reassignments/:id',
    summary: 'How far one bulk reassignment is.',
    status: 200,
    answer: BulkReassignment,
  },
  listBulkReassignmentItems: {
    ...shared,
    method: 'GET',
    path: '/bulk-reassignments/:id/items',
    summary: 'What became of each approval and work item of a bulk reassignment.',
    query: { outcome: Type.Optional(enumOf(outcomes, { description: 'Only those that ended so.' })), ...paging },
    status: 200,
    answer: Type.Array(BulkReassignmentItem),
  },
} as const satisfies Record<string, Operation>
