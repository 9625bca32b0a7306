import { Type } from 'typebox'
import { type Dialect, dialects } from './dialect.ts'
import type { FilterFields } from './filter.ts'
import type { Operation } from './operation.ts'
import { enumOf, Flag, Instant, ItemTypes, nullable, paging, StringMap, sifting, Text } from './schema.ts'

export const ExecutionStates = ['EXECUTING', 'VERIFYING', 'TERMINATED', 'COMPLETED'] as const
export const CompletionStates = ['SUCCESS', 'FAILURE', 'INCOMPLETE', 'PENDING'] as const
export const ActivityApprovalStates = ['FINISHED', 'REJECTED', 'EXPIRED', 'PENDING', 'CANCELED'] as const
export const ActivityProvisioningStates = ['PENDING', 'FINISHED', 'UNVERIFIABLE', 'COMMITED', 'FAILED', 'RETRY'] as const

const Person = Type.Object({ id: Text, name: Text, identityId: Text, completed: Flag })
const Remark = Type.Object({ commenterId: Text, commenterName: Text, body: Text, date: Instant })

const ActivityItem = Type.Object({
  id: Text,
  name: Text,
  requested: Instant,
  approvalStatus: nullable(enumOf(ActivityApprovalStates)),
  // Left out of what was never to be provisioned: the contract has no word for that and does not let it be null.
  provisioningStatus: Type.Optional(enumOf(ActivityProvisioningStates)),
  requesterComment: nullable(Remark),
  reviewerIdentitySummary: nullable(Person),
  reviewerComment: nullable(Remark),
  operation: enumOf(['ADD', 'REMOVE', 'MODIFY']),
  attribute: Text,
  value: Text,
  nativeIdentity: nullable(Text),
  sourceId: Text,
  accountRequestInfo: Type.Object({ requestedObjectId: Text, requestedObjectName: Text, requestedObjectType: enumOf(ItemTypes) }),
  clientMetadata: nullable(StringMap),
  removeDate: nullable(Instant),
})

const shared = {
  id: Text,
  name: Text,
  created: Instant,
  modified: Instant,
  completed: nullable(Instant),
  completionStatus: enumOf(CompletionStates),
  type: enumOf(['appRequest']),
  requesterIdentitySummary: Person,
  targetIdentitySummary: Person,
  errors: Type.Array(Text),
  warnings: Type.Array(Text),
  items: Type.Array(ActivityItem),
  executionStatus: enumOf(ExecutionStates),
  clientMetadata: nullable(StringMap),
}

/** One request for one person; beta tells beside it whether and how it was cancelled. */
export const AccountActivity = (dialect: Dialect) =>
  Type.Object(dialect === 'beta' ? { ...shared, cancelable: Flag, cancelComment: nullable(Remark) } : shared)

const every = ['gt', 'lt', 'ge', 'le', 'eq', 'in', 'ne', 'isnull', 'sw'] as const
const filters: FilterFields = {
  type: { type: 'string', operators: every },
  created: { type: 'date', operators: every },
  modified: { type: 'date', operators: every },
}

const whose = {
  'requested-for': Type.Optional(Type.String({ description: 'Activities for this identity; `me` for the caller.' })),
  'requested-by': Type.Optional(Type.String({ description: 'Activities asked by this identity; `me` for the caller.' })),
  'regarding-identity': Type.Optional(Type.String({ description: 'Activities for or by this identity; excludes the other two.' })),
}

const tag = 'Account Activities'

export const accountActivityOperations = {
  listAccountActivities: {
    method: 'GET',
    path: '/account-activities',
    dialects: dialects,
    tag,
    summary: 'Each request for one person, with all its items.',
    scopes: ['sp:scopes:all'],
    levels: ['ORG_ADMIN', 'USER'],
    query: {
      ...whose,
      type: Type.Optional(Type.String({ description: 'Only activities of this type; here all are appRequest.' })),
      ...paging,
      ...sifting,
    },
    status: 200,
    answer: (dialect: Dialect) => Type.Array(AccountActivity(dialect)),
    filters,
    sorters: ['type', 'created', 'modified'],
  },
  getAccountActivity: {
    method: 'GET',
    path: '/account-activities/:id',
    dialects: dialects,
    tag,
    summary: 'One request for one person; its id is the one that creating it answered.',
    scopes: ['sp:scopes:all'],
    levels: ['ORG_ADMIN', 'USER'],
    status: 200,
    answer: AccountActivity,
  },
} as const satisfies Record<string, Operation>
