import { type Static, Type } from 'typebox'
import { type Dialect, dialects, exceptV3, since2024 } from './dialect.ts'
import type { FilterFields } from './filter.ts'
import type { Operation } from './operation.ts'
import {
  Accepted,
  AccessRequestType,
  enumOf,
  Flag,
  IdentityRef,
  Instant,
  ItemTypes,
  nullable,
  paging,
  Reason,
  StringMap,
  sifting,
  Text,
} from './schema.ts'
import { BulkAnswer, Comment, ForwardHistory, MaxDuration, RequestedAccount, SodContext } from './shared-shapes.ts'

const someId = Type.String({ minLength: 1, maxLength: 255 })

export const DecisionBody = Type.Object({ comment: Type.Optional(nullable(Type.String({ maxLength: 4000 }))) })
export const ForwardBody = Type.Object({
  newOwnerId: Type.String({ minLength: 1, maxLength: 255 }),
  comment: Reason(255),
})
export const BulkApproveBody = Type.Object({
  approvalIds: Type.Array(someId, { minItems: 1, maxItems: 50 }),
  comment: Reason(4000),
})

const RequestedObject = Type.Object({ id: Text, name: Text, description: Type.Optional(Text), type: enumOf(ItemTypes) })

const shared = {
  id: Text,
  name: Text,
  created: Instant,
  modified: Instant,
  requestCreated: Instant,
  requestType: AccessRequestType,
  requester: IdentityRef,
  requestedFor: IdentityRef,
  owner: IdentityRef,
  requestedObject: RequestedObject,
  requesterComment: Type.Optional(Comment),
  previousReviewersComments: Type.Array(Comment),
  forwardHistory: Type.Array(ForwardHistory),
  commentRequiredWhenRejected: Flag,
  removeDateUpdateRequested: Flag,
  startDate: Type.Optional(Instant),
  startUpdateRequested: Flag,
  currentStartDate: Type.Optional(Instant),
  requestedAccounts: nullable(Type.Array(RequestedAccount)),
  privilegeLevel: nullable(Text),
  maxPermittedAccessDuration: nullable(MaxDuration),
}

const v1Fields = { identityType: enumOf(['HUMAN', 'MACHINE']) }

/** An approval that waits; dates that are absent are left out, not null. */
export const PendingApproval = (dialect: Dialect) =>
  Type.Object({
    ...shared,
    ...(dialect === 'beta' ? {} : { accessRequestId: Text }),
    actionInProcess: Type.Optional(enumOf(['APPROVED', 'REJECTED', 'FORWARDED'])),
    removeDate: Type.Optional(Instant),
    currentRemoveDate: Type.Optional(Instant),
    clientMetadata: nullable(StringMap),
    sodViolationContext: Type.Optional(dialect === 'beta' ? SodContext : nullable(SodContext)),
    ...(dialect === 'v1' ? v1Fields : {}),
  })

/** An approval that was decided. */
export const CompletedApproval = (dialect: Dialect) =>
  Type.Object({
    ...shared,
    reviewedBy: Type.Optional(IdentityRef),
    reviewerComment: nullable(Comment),
    state: enumOf(['APPROVED', 'REJECTED']),
    removeDate: nullable(Instant),
    currentRemoveDate: nullable(Instant),
    clientMetadata: Type.Optional(StringMap),
    preApprovalTriggerResult: nullable(
      Type.Object({ comment: Text, decision: enumOf(['APPROVED', 'REJECTED']), reviewer: Text, date: Instant }),
    ),
    sodViolationContext: Type.Optional(dialect === 'beta' ? SodContext : nullable(SodContext)),
    ...(dialect === 'v1' ? v1Fields : {}),
  })

export const ApprovalSummary = Type.Object({ pending: Type.Integer(), approved: Type.Integer(), rejected: Type.Integer() })
export type ApprovalSummary = Static<typeof ApprovalSummary>

const Approver = Type.Object({ id: Text, email: Type.Optional(Text), name: Text, approvalId: Text, type: enumOf(['Identity']) })

const ownerId = Type.Optional(Type.String({ description: 'Whose approvals; `me` for the caller. Org admins may name anybody or nobody.' }))

const inAndEq = ['eq', 'in'] as const
const moments = ['gt', 'lt', 'ge', 'le', 'eq', 'in'] as const
const every = ['eq', 'in', 'ge', 'gt', 'le', 'lt', 'ne', 'isnull', 'sw', 'pr'] as const

const pendingFilters: FilterFields = {
  id: { type: 'id', operators: inAndEq },
  'requestedFor.id': { type: 'id', operators: inAndEq },
  accessRequestId: { type: 'id', operators: inAndEq },
  modified: { type: 'date', operators: moments },
  created: { type: 'date', operators: moments },
}

const completedFilters: FilterFields = {
  id: { type: 'id', operators: every },
  'requestedFor.id': { type: 'id', operators: every },
  modified: { type: 'date', operators: [...moments, 'ne', 'sw'] },
}

const sorters = ['created', 'modified'] as const
const tag = 'Access Request Approvals'
const reads = ['idn:access-request-approvals:read', 'idn:access-request-approvals:manage'] as const
const manages = ['idn:access-request-approvals:manage'] as const

export const approvalOperations = {
  listPendingApprovals: {
    method: 'GET',
    path: '/access-request-approvals/pending',
    dialects: dialects,
    tag,
    summary: 'Approvals that wait for a decision.',
    scopes: reads,
    levels: ['ORG_ADMIN', 'USER'],
    query: { 'owner-id': ownerId, ...paging, ...sifting },
    status: 200,
    answer: (dialect: Dialect) => Type.Array(PendingApproval(dialect)),
    filters: pendingFilters,
    sorters,
  },
  listCompletedApprovals: {
    method: 'GET',
    path: '/access-request-approvals/completed',
    dialects: dialects,
    tag,
    summary: 'Approvals that were decided.',
    scopes: reads,
    levels: ['ORG_ADMIN', 'USER'],
    query: { 'owner-id': ownerId, ...paging, ...sifting },
    status: 200,
    answer: (dialect: Dialect) => Type.Array(CompletedApproval(dialect)),
    filters: completedFilters,
    sorters,
  },
  approveAccessRequest: {
    method: 'POST',
    path: '/access-request-approvals/:approvalId/approve',
    dialects: dialects,
    tag,
    summary: 'Agree to what one approval asks.',
    scopes: manages,
    levels: ['ORG_ADMIN', 'USER'],
    body: DecisionBody,
    bodyOptional: true,
    status: 202,
    answer: Accepted,
  },
  rejectAccessRequest: {
    method: 'POST',
    path: '/access-request-approvals/:approvalId/reject',
    dialects: dialects,
    tag,
    summary: 'Refuse what one approval asks; the first refusal ends the item.',
    scopes: manages,
    levels: ['ORG_ADMIN', 'USER'],
    body: DecisionBody,
    status: 202,
    answer: Accepted,
  },
  forwardAccessRequest: {
    method: 'POST',
    path: '/access-request-approvals/:approvalId/forward',
    dialects: dialects,
    tag,
    summary: 'Hand an approval to another person.',
    scopes: manages,
    levels: ['ORG_ADMIN', 'USER'],
    body: ForwardBody,
    status: 202,
    answer: Accepted,
  },
  getAccessRequestApprovalSummary: {
    method: 'GET',
    path: '/access-request-approvals/approval-summary',
    dialects: dialects,
    tag,
    summary: 'How many approvals wait, were agreed to and were refused.',
    scopes: [...reads, 'idn:access-request-approvals-summary:read'],
    levels: ['ORG_ADMIN', 'USER'],
    query: {
      'owner-id': ownerId,
      'from-date': Type.Optional(Type.String({ description: 'Count only what was decided since this instant.' })),
    },
    status: 200,
    answer: ApprovalSummary,
  },
  approveBulkAccessRequest: {
    method: 'POST',
    path: '/access-request-approvals/bulk-approve',
    dialects: since2024,
    tag: 'Access Requests',
    summary: 'Agree to up to 50 approvals at once; the answer tells what became of each.',
    scopes: ['idn:access-request:manage', ...manages],
    levels: ['ORG_ADMIN', 'USER'],
    body: BulkApproveBody,
    status: 202,
    answer: BulkAnswer,
  },
  listAccessRequestApprovers: {
    method: 'GET',
    path: '/access-request-approvals/:accessRequestId/approvers',
    dialects: since2024,
    tag,
    summary: 'Who can decide the approvals of a request now.',
    scopes: ['idn:access-request-administration:read'],
    levels: ['ORG_ADMIN'],
    query: { ...paging },
    status: 200,
    answer: Type.Array(Approver),
  },
  getAccessRequestIdentityMetrics: {
    method: 'GET',
    path: '/access-request-identity-metrics/:identityId/requested-objects/:requestedObjectId/type/:type',
    dialects: exceptV3,
    tag: 'Access Request Identity Metrics',
    summary: 'How many reports of a manager hold an item.',
    scopes: reads,
    levels: ['ORG_ADMIN', 'USER'],
    status: 200,
    answer: Type.Object({
      identitiesWithAccess: nullable(Type.Integer()),
      identitiesWithActivity: nullable(Type.Integer()),
      totalIdentities: nullable(Type.Integer()),
      squadAvailable: Flag,
      validActivityObject: Flag,
      activitySourceConfigured: Flag,
      requestedObjectActive: Flag,
    }),
  },
} as const satisfies Record<string, Operation>
