import { Type } from 'typebox'
import type { Operation } from './operation.ts'
import { AccessRequestType, enumOf, Flag, IdentityRef, Instant, ItemTypes, nullable, paging, reference, Text } from './schema.ts'
import { Sentence } from './shared-shapes.ts'

/** Operations of our own: what does not move and why, and trying again what failed. */

export const StuckReasons = [
  'FAILED',
  'APPROVAL',
  'OUTSIDE_ANSWER',
  'START_OVERDUE',
  'MANUAL_WORK',
  'NOT_CONFIRMED',
  'TARGET_TROUBLE',
  'TARGET_PAUSED',
  'TARGET_FULL',
  'NO_WORKER',
  'OTHER_REQUEST',
] as const

const Stuck = Type.Object({
  accessRequestId: nullable(Text),
  accountActivityItemId: nullable(Text),
  /** Where no request asked for it: what is to be taken away by its date, or after something failed. */
  assignmentId: nullable(Text),
  requestType: AccessRequestType,
  requestedObject: reference(ItemTypes),
  requestedFor: IdentityRef,
  requester: nullable(IdentityRef),
  /** As in a status row; null where no request asked for it. */
  state: nullable(Text),
  reason: enumOf(StuckReasons),
  why: Text,
  sentence: Sentence,
  since: Instant,
  waitsFor: Type.Array(IdentityRef),
  source: nullable(Type.Object({ id: Text, name: Text })),
  attempts: nullable(Type.Integer()),
  lastError: nullable(Text),
  nextTry: nullable(Instant),
  canRetry: Flag,
})

const Retried = Type.Object({ accountActivityItemIds: Type.Array(Text), assignmentIds: Type.Array(Text) })

const shared = { own: true, dialects: ['v1'], tag: 'Countersign', levels: ['ORG_ADMIN'] } as const

export const stuckRequestOperations = {
  listStuckAccessRequests: {
    ...shared,
    method: 'GET',
    path: '/access-requests/stuck',
    summary: 'What has not moved and why, the longest first; what failed for good stays here until somebody deals with it.',
    scopes: ['idn:access-request-administration:read', 'idn:access-request-administration:manage'],
    query: {
      hours: Type.Optional(
        Type.Number({
          minimum: 0,
          maximum: 100_000,
          description:
            'How long something may wait before it is listed; otherwise 72 hours for people and a quarter of an hour for targets.',
        }),
      ),
      ...paging,
    },
    status: 200,
    answer: Type.Array(Stuck),
  },
  retryAccessRequest: {
    ...shared,
    method: 'POST',
    path: '/access-requests/:id/retry',
    summary:
      'Try again what failed of a request (or of an assignment that could not be taken away), and at once what waits for its next try.',
    scopes: ['idn:access-request-administration:manage'],
    status: 202,
    answer: Retried,
  },
  retrySource: {
    ...shared,
    method: 'POST',
    path: '/sources/:id/retry',
    summary: 'Try again whatever failed at a source, up to a thousand requests at a time.',
    scopes: ['idn:access-request-administration:manage'],
    status: 202,
    answer: Type.Object({ retried: Type.Array(Text), refused: Type.Array(Type.Object({ id: Text, reason: Text })) }),
  },
} as const satisfies Record<string, Operation>
