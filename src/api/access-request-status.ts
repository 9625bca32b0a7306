import { Type } from 'typebox'
import { type Dialect, dialects, exceptV3 } from './dialect.ts'
import type { FilterFields } from './filter.ts'
import type { Operation } from './operation.ts'
import {
  AccessRequestType,
  ErrorMessage,
  enumOf,
  Flag,
  IdentityRef,
  Instant,
  ItemTypes,
  nullable,
  paging,
  reference,
  StringMap,
  sifting,
  Text,
} from './schema.ts'
import { Comment, ForwardHistory, RequestedAccount, SodContext, StepStates } from './shared-shapes.ts'

export const RequestStates = [
  'EXECUTING',
  'REQUEST_COMPLETED',
  'CANCELLED',
  'TERMINATED',
  'PROVISIONING_VERIFICATION_PENDING',
  'REJECTED',
  'PROVISIONING_FAILED',
  'NOT_ALL_ITEMS_PROVISIONED',
  'ERROR',
] as const

export const Schemes = [
  'APP_OWNER',
  'SOURCE_OWNER',
  'MANAGER',
  'ROLE_OWNER',
  'ACCESS_PROFILE_OWNER',
  'ENTITLEMENT_OWNER',
  'GOVERNANCE_GROUP',
] as const

const AnyOwner = reference(['GOVERNANCE_GROUP', 'IDENTITY'])

const ApprovalStatus = Type.Object({
  approvalId: nullable(Text),
  forwarded: Flag,
  originalOwner: AnyOwner,
  currentOwner: nullable(IdentityRef),
  modified: nullable(Instant),
  status: enumOf(StepStates),
  scheme: enumOf(Schemes),
  errorMessages: nullable(Type.Array(ErrorMessage)),
  comment: nullable(Text),
  removeDate: nullable(Instant),
  // compat: more-about-approvals. Beyond the published schema, as live answers do: who holds a group's approval, who decided, how it moved.
  currentOwners: Type.Array(IdentityRef),
  reviewedBy: nullable(IdentityRef),
  forwardHistory: Type.Array(ForwardHistory),
})

const ManualWorkItem = Type.Object({
  forwarded: Flag,
  originalOwner: nullable(AnyOwner),
  currentOwner: nullable(AnyOwner),
  modified: Instant,
  status: enumOf(StepStates),
  forwardHistory: nullable(Type.Array(ForwardHistory)),
  // compat: work-item-has-an-id. Beyond the published schema: which work item it is, so that its owner can complete it.
  workItemId: Text,
})

const Phase = Type.Object({
  started: Type.Optional(Instant),
  finished: nullable(Instant),
  name: Text,
  state: enumOf(['PENDING', 'EXECUTING', 'COMPLETED', 'CANCELLED', 'NOT_EXECUTED']),
  result: Type.Unsafe<'SUCCESSFUL' | 'FAILED' | null>({ type: ['string', 'null'], enum: ['SUCCESSFUL', 'FAILED', null] }),
  phaseReference: nullable(Text),
})

const rowFields = {
  id: Text,
  name: nullable(Text),
  type: Type.Unsafe<(typeof ItemTypes)[number] | null>({ type: ['string', 'null'], enum: [...ItemTypes, null] }),
  cancelledRequestDetails: nullable(Type.Object({ comment: Text, owner: IdentityRef, modified: Instant })),
  errorMessages: nullable(Type.Array(Type.Array(ErrorMessage))),
  state: enumOf(RequestStates),
  approvalDetails: Type.Array(ApprovalStatus),
  manualWorkItemDetails: nullable(Type.Array(ManualWorkItem)),
  accountActivityItemId: Text,
  requestType: AccessRequestType,
  modified: nullable(Instant),
  created: Instant,
  requester: IdentityRef,
  requestedFor: IdentityRef,
  requesterComment: nullable(Comment),
  sodViolationContext: nullable(SodContext),
  provisioningDetails: nullable(Type.Object({ orderedSubPhaseReferences: Text })),
  preApprovalTriggerDetails: nullable(Type.Object({ comment: Text, reviewer: Text, decision: enumOf(['APPROVED', 'REJECTED']) })),
  accessRequestPhases: nullable(Type.Array(Phase)),
  description: nullable(Text),
  startDate: nullable(Instant),
  removeDate: nullable(Instant),
  cancelable: Flag,
  accessRequestId: Text,
  clientMetadata: nullable(StringMap),
}

const v1Fields = { identityType: enumOf(['HUMAN', 'MACHINE']) }

/** One requested item as the status list shows it. */
export const StatusRow = (dialect: Dialect) =>
  Type.Object({
    ...rowFields,
    approvalIds: nullable(Type.Array(Text)),
    requestedAccounts: nullable(Type.Array(RequestedAccount)),
    privilegeLevel: nullable(Text),
    ...(dialect === 'v1' ? v1Fields : {}),
  })

/** The same as those who run the tenant see it. */
export const AdministrationRow = (dialect: Dialect) =>
  Type.Object({ ...rowFields, reauthorizationRequired: Flag, ...(dialect === 'v1' ? v1Fields : {}) })

const whoseFields = {
  'requested-for': Type.Optional(Type.String({ description: 'Rows for this identity; `me` for the caller.' })),
  'requested-by': Type.Optional(Type.String({ description: 'Rows asked by this identity; `me` for the caller.' })),
  'regarding-identity': Type.Optional(Type.String({ description: 'Rows for or by this identity; excludes the other two.' })),
  'assigned-to': Type.Optional(Type.String({ description: 'Rows that wait for this identity to do manual work or to approve.' })),
  'request-state': Type.Optional(Type.String({ description: 'EXECUTING: only rows still on their way.' })),
}

const every = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'in', 'sw', 'isnull', 'pr'] as const

// compat: status-filter-union. The documents list different operators per version and year; every version accepts all of them.
const statusFilters: FilterFields = {
  accessRequestId: { type: 'id', operators: every },
  accountActivityItemId: { type: 'id', operators: every },
  created: { type: 'date', operators: every },
}

const statusSorters = ['created', 'modified', 'accountActivityItemId', 'name'] as const

const tag = 'Access Request Status'

export const statusOperations = {
  listAccessRequestStatus: {
    method: 'GET',
    path: '/access-request-status',
    dialects: dialects,
    tag,
    summary: 'Where each requested item stands; one row per person and item.',
    scopes: ['idn:access-request-status:read'],
    levels: ['ORG_ADMIN', 'USER'],
    query: { ...whoseFields, ...paging, ...sifting },
    status: 200,
    answer: (dialect: Dialect) => Type.Array(StatusRow(dialect)),
    filters: statusFilters,
    sorters: statusSorters,
  },
  listAdministratorsAccessRequestStatus: {
    method: 'GET',
    path: '/access-request-administration',
    dialects: exceptV3,
    tag,
    summary: 'Every requested item of the tenant, for those who run it.',
    scopes: ['idn:access-request-administration:read'],
    levels: ['ORG_ADMIN'],
    experimental: exceptV3,
    query: { ...whoseFields, ...paging, ...sifting },
    status: 200,
    answer: (dialect: Dialect) => Type.Array(AdministrationRow(dialect)),
    filters: { ...statusFilters, status: { type: 'string', operators: ['eq', 'ne', 'in'] } },
    sorters: [...statusSorters, 'accessRequestId'],
  },
} as const satisfies Record<string, Operation>
