import { Type } from 'typebox'
import { type Dialect, dialects } from './dialect.ts'
import type { Operation } from './operation.ts'
import { Accepted, enumOf, Flag, Instant, nullable, paging, Reason, Text } from './schema.ts'
import { ForwardHistory } from './shared-shapes.ts'

export const WorkItemStates = ['Finished', 'Rejected', 'Returned', 'Expired', 'Pending', 'Canceled'] as const

/** The change at a target that a task is about. */
const ApprovalItem = Type.Object({
  id: Text,
  account: nullable(Text),
  application: Text,
  name: nullable(Text),
  operation: Text,
  value: nullable(Text),
  state: nullable(enumOf(WorkItemStates)),
})

/** One task that a person does by hand. */
export const WorkItem = (_dialect: Dialect) =>
  Type.Object({
    id: Text,
    requesterId: nullable(Text),
    requesterDisplayName: nullable(Text),
    ownerId: nullable(Text),
    ownerName: Text,
    created: Instant,
    modified: nullable(Instant),
    description: Text,
    state: enumOf(WorkItemStates),
    type: enumOf(['ManualAction']),
    remediationItems: nullable(Type.Array(Type.Object({}))),
    approvalItems: nullable(Type.Array(ApprovalItem)),
    name: nullable(Text),
    completed: nullable(Instant),
    numItems: nullable(Type.Integer()),
    errors: Type.Array(Text),
    // compat: work-item-has-an-id. Beyond the published schema: which request it belongs to and how it moved.
    accessRequestId: nullable(Text),
    forwardHistory: Type.Array(ForwardHistory),
  })

const ownerId = Type.Optional(Type.String({ description: 'Whose work items; an org admin may name anybody.' }))
const tag = 'Work Items'
// The contract names no scope for work items: any token of a person will do.
const anyToken = [] as const

export const ForwardWorkItemBody = Type.Object({
  targetOwnerId: Type.String({ minLength: 1, maxLength: 255 }),
  comment: Reason(4000),
  sendNotifications: Type.Optional(nullable(Flag)),
})

const Count = Type.Object({ count: Type.Integer() })

/** What answers manual work: the task is named in the path, and it is about one change. */
const answering = {
  method: 'POST',
  dialects,
  tag,
  deprecated: ['beta'],
  scopes: anyToken,
  levels: ['ORG_ADMIN', 'USER'],
  body: Type.Any(),
  bodyOptional: true,
  status: 200,
  answer: WorkItem,
} as const

export const workItemOperations = {
  listWorkItems: {
    method: 'GET',
    path: '/work-items',
    dialects: dialects,
    tag,
    summary: 'Manual work that waits.',
    deprecated: ['beta'],
    scopes: anyToken,
    levels: ['ORG_ADMIN', 'USER'],
    query: { ownerId, ...paging },
    status: 200,
    answer: (dialect: Dialect) => Type.Array(WorkItem(dialect)),
  },
  getCompletedWorkItems: {
    method: 'GET',
    path: '/work-items/completed',
    dialects: dialects,
    tag,
    summary: 'Manual work that was done or refused.',
    deprecated: ['beta'],
    scopes: anyToken,
    levels: ['ORG_ADMIN', 'USER'],
    query: { ownerId, ...paging },
    status: 200,
    answer: (dialect: Dialect) => Type.Array(WorkItem(dialect)),
  },
  getCountWorkItems: {
    method: 'GET',
    path: '/work-items/count',
    dialects: dialects,
    tag,
    summary: 'How much manual work waits.',
    deprecated: ['beta'],
    scopes: anyToken,
    levels: ['ORG_ADMIN', 'USER'],
    query: { ownerId },
    status: 200,
    answer: Count,
  },
  getCountCompletedWorkItems: {
    method: 'GET',
    path: '/work-items/completed/count',
    dialects: dialects,
    tag,
    summary: 'How much manual work was done.',
    deprecated: ['beta'],
    scopes: anyToken,
    levels: ['ORG_ADMIN', 'USER'],
    query: { ownerId },
    status: 200,
    // compat: completed-count-is-one-count. beta publishes a list of one count and a page of it, every other version the count.
    answer: Count,
  },
  getWorkItemsSummary: {
    method: 'GET',
    path: '/work-items/summary',
    dialects: dialects,
    tag,
    summary: 'Counts of manual work: open, completed and both.',
    deprecated: ['beta'],
    scopes: anyToken,
    levels: ['ORG_ADMIN', 'USER'],
    query: { ownerId },
    status: 200,
    answer: Type.Object({ open: Type.Integer(), completed: Type.Integer(), total: Type.Integer() }),
  },
  getWorkItem: {
    method: 'GET',
    path: '/work-items/:id',
    dialects: dialects,
    tag,
    summary: 'One work item.',
    deprecated: ['beta'],
    scopes: anyToken,
    levels: ['ORG_ADMIN', 'USER'],
    query: { ownerId },
    status: 200,
    answer: WorkItem,
  },
  completeWorkItem: {
    ...answering,
    path: '/work-items/:id',
    summary: 'Say that manual work is done.',
  },
  approveApprovalItem: {
    ...answering,
    path: '/work-items/:id/approve/:approvalItemId',
    summary: 'Say that the change a work item is about was made.',
  },
  rejectApprovalItem: {
    ...answering,
    path: '/work-items/:id/reject/:approvalItemId',
    summary: 'Refuse the change a work item is about; a text in the body is the reason.',
  },
  approveApprovalItemsInBulk: {
    ...answering,
    path: '/work-items/bulk-approve/:id',
    summary: 'Say that everything a work item is about was done.',
  },
  rejectApprovalItemsInBulk: {
    ...answering,
    path: '/work-items/bulk-reject/:id',
    summary: 'Refuse everything a work item is about; a text in the body is the reason.',
  },
  forwardWorkItem: {
    method: 'POST',
    path: '/work-items/:id/forward',
    dialects: dialects,
    tag,
    summary: 'Hand manual work to another person.',
    deprecated: ['beta'],
    scopes: anyToken,
    levels: ['ORG_ADMIN', 'USER'],
    body: ForwardWorkItemBody,
    status: 200,
    // compat: forwarded-work-answers-an-object. The contract shows no body; every other command that was accepted answers an empty object.
    answer: Accepted,
  },
} as const satisfies Record<string, Operation>
