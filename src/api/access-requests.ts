import { type Static, Type } from 'typebox'
import { type Dialect, dialects, exceptV3, since2024 } from './dialect.ts'
import type { Operation } from './operation.ts'
import { Accepted, AccessRequestType, enumOf, Flag, Instant, Int32, ItemTypes, nullable, Reason, StringMap, Text } from './schema.ts'
import { BulkAnswer } from './shared-shapes.ts'

const optionalText = Type.Optional(nullable(Text))

const itemFields = {
  type: enumOf(ItemTypes),
  id: Type.String({ minLength: 1, maxLength: 255 }),
  comment: Type.Optional(nullable(Type.String({ maxLength: 4000 }))),
  clientMetadata: Type.Optional(nullable(StringMap)),
  startDate: Type.Optional(nullable(Instant)),
  removeDate: Type.Optional(nullable(Instant)),
  formInstanceId: optionalText,
}

export const AccessRequestItem = Type.Object({ ...itemFields, assignmentId: optionalText, nativeIdentity: optionalText })

const AccountItemRef = Type.Object({ accountUuid: optionalText, nativeIdentity: optionalText })
const SourceItemRef = Type.Object({
  sourceId: optionalText,
  accounts: Type.Optional(nullable(Type.Array(AccountItemRef, { maxItems: 100 }))),
})

const NestedItem = Type.Object({
  ...itemFields,
  nativeIdentity: optionalText,
  accountSelection: Type.Optional(nullable(Type.Array(SourceItemRef, { maxItems: 100 }))),
})

const RequestedForWithItems = Type.Object({
  identityId: Type.String({ minLength: 1, maxLength: 255 }),
  identityType: Type.Optional(nullable(enumOf(['HUMAN', 'MACHINE']))),
  requestedItems: Type.Array(NestedItem, { minItems: 1, maxItems: 1000 }),
})

// compat: flat-lists-in-nested-form. Types of older SDKs demand both flat lists, so their users send [] beside the nested form; outside v1
// an empty list there counts as absent (R20). In v1 it does not.
const flatLists = {
  requestedFor: Type.Optional(nullable(Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 1000 }))),
  requestedItems: Type.Optional(nullable(Type.Array(AccessRequestItem, { maxItems: 1000 }))),
}

export const AccessRequestBody = Type.Object({
  ...flatLists,
  requestType: Type.Optional(AccessRequestType),
  clientMetadata: Type.Optional(nullable(StringMap)),
  requestedForWithRequestedItems: Type.Optional(nullable(Type.Array(RequestedForWithItems, { maxItems: 1000 }))),
})
export type AccessRequestBody = Static<typeof AccessRequestBody>

const Tracking = Type.Object({
  requestedFor: Text,
  requestedItemsDetails: Type.Array(Type.Object({ type: enumOf(['ACCESS_PROFILE', 'ENTITLEMENT', 'ROLE']), id: Text })),
  attributesHash: Int32,
  accessRequestIds: Type.Array(Text),
})
export const AccessRequestResponse = Type.Object({ newRequests: Type.Array(Tracking), existingRequests: Type.Array(Tracking) })
export type AccessRequestResponse = Static<typeof AccessRequestResponse>

const someId = Type.String({ minLength: 1, maxLength: 255 })
const reason = Reason(4000)

export const CancelBody = Type.Object({ accountActivityId: someId, comment: reason })
export const BulkCancelBody = Type.Object({ accessRequestIds: Type.Array(someId, { minItems: 1, maxItems: 50 }), comment: reason })
export const CloseBody = Type.Object({
  accessRequestIds: Type.Array(someId, { minItems: 1, maxItems: 500 }),
  message: Type.Optional(
    nullable(Type.String({ maxLength: 4000, default: 'The IdentityNow Administrator manually closed this request.' })),
  ),
  executionStatus: Type.Optional(nullable(enumOf(['Terminated', 'Completed'], { default: 'Terminated' }))),
  completionStatus: Type.Optional(nullable(enumOf(['Success', 'Incomplete', 'Failure'], { default: 'Failure' }))),
})
export type CloseBody = Static<typeof CloseBody>

/** What is asked about accounts; only v1 has the nested form. */
export const AccountsSelectionBody = (dialect: Dialect) =>
  Type.Object({
    requestedFor:
      dialect === 'v1' ? Type.Optional(nullable(Type.Array(someId, { maxItems: 1000 }))) : Type.Array(someId, { maxItems: 1000 }),
    requestType: Type.Optional(AccessRequestType),
    requestedItems:
      dialect === 'v1'
        ? Type.Optional(nullable(Type.Array(AccessRequestItem, { minItems: 1, maxItems: 25 })))
        : Type.Array(AccessRequestItem, { minItems: 1, maxItems: 25 }),
    clientMetadata: Type.Optional(nullable(StringMap)),
    requestedForWithRequestedItems: Type.Optional(nullable(Type.Array(RequestedForWithItems, { maxItems: 1000 }))),
  })

const SourceAccountSelections = Type.Object({
  type: enumOf(['SOURCE']),
  id: Text,
  name: Text,
  accounts: Type.Array(Type.Object({ uuid: Type.Optional(Text), nativeIdentity: Text, type: enumOf(['ACCOUNT']), id: Text, name: Text })),
})
export const AccountsSelectionResponse = Type.Object({
  identities: Type.Array(
    Type.Object({
      requestedItems: Type.Array(
        Type.Object({
          description: Text,
          accountsSelectionBlocked: Flag,
          accountsSelectionBlockedReason: nullable(Text),
          type: enumOf(ItemTypes),
          id: Text,
          name: Text,
          sources: Type.Array(SourceAccountSelections),
        }),
      ),
      accountsSelectionRequired: Flag,
      type: enumOf(['IDENTITY']),
      id: Text,
      name: Text,
    }),
  ),
})

const tag = 'Access Requests'

export const accessRequestOperations = {
  createAccessRequest: {
    method: 'POST',
    path: '/access-requests',
    dialects: dialects,
    tag,
    summary: 'Ask for access, for its removal or for a change of its dates, for one or more people.',
    scopes: ['idn:access-request:manage', 'idn:access-request-self:manage'],
    levels: ['ORG_ADMIN', 'USER'],
    body: AccessRequestBody,
    status: 202,
    answer: AccessRequestResponse,
  },
  cancelAccessRequest: {
    method: 'POST',
    path: '/access-requests/cancel',
    dialects: dialects,
    tag,
    summary: 'Withdraw a request before its approvals have ended.',
    scopes: ['idn:access-request:manage', 'idn:access-request-self:manage'],
    levels: ['ORG_ADMIN', 'USER'],
    body: CancelBody,
    status: 202,
    answer: Accepted,
  },
  cancelAccessRequestInBulk: {
    method: 'POST',
    path: '/access-requests/bulk-cancel',
    dialects: since2024,
    tag,
    summary: 'Withdraw up to 50 requests at once; the answer tells what became of each.',
    scopes: ['idn:access-request-administration:manage', 'idn:access-request-administration:write'],
    levels: ['ORG_ADMIN'],
    body: BulkCancelBody,
    status: 202,
    answer: BulkAnswer,
  },
  closeAccessRequest: {
    method: 'POST',
    path: '/access-requests/close',
    dialects: exceptV3,
    tag,
    summary: 'End requests by hand at any stage; what was already provisioned stays.',
    scopes: [],
    levels: ['ORG_ADMIN'],
    body: CloseBody,
    status: 202,
    answer: Accepted,
  },
  loadAccountSelections: {
    method: 'POST',
    path: '/access-requests/accounts-selection',
    dialects: since2024,
    tag,
    summary: 'Which accounts of the recipients the asked access could go to.',
    scopes: ['idn:access-request:create', 'idn:access-request:manage', 'idn:access-request-self:manage'],
    levels: ['ORG_ADMIN', 'USER'],
    experimental: since2024,
    body: AccountsSelectionBody,
    status: 200,
    answer: AccountsSelectionResponse,
  },
} as const satisfies Record<string, Operation>
