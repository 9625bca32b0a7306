import { Type } from 'typebox'
import type { TimelineWord } from '../domain/timeline.ts'
import { RequestStates, Schemes } from './access-request-status.ts'
import type { Operation } from './operation.ts'
import { AccessRequestType, enumOf, Flag, IdentityRef, Instant, ItemTypes, nullable, reference, Text } from './schema.ts'

export const TimelineWords = [
  'SUBMITTED',
  'CHECKED',
  'ASKED',
  'AGREED',
  'REFUSED',
  'DROPPED',
  'REMINDED',
  'FORWARDED',
  'ESCALATED',
  'REASSIGNED',
  'EXPIRED',
  'APPROVED',
  'REJECTED',
  'STARTED',
  'TASK_GIVEN',
  'TASK_DONE',
  'TASK_REFUSED',
  'TASK_FORWARDED',
  'TASK_DROPPED',
  'PROCESSED',
  'RETRIED',
  'CANCELLED',
  'CLOSED',
  'END_REACHED',
  'OTHER',
] as const satisfies readonly TimelineWord[]

const Named = Type.Object({ id: Text, name: Text })

const Event = Type.Object({
  at: Instant,
  what: enumOf(TimelineWords, {
    description: 'AGREED and REFUSED are answers to one question; APPROVED and REJECTED are the outcome of all of them.',
  }),
  action: Type.String({ description: 'The word of the audit record.' }),
  actor: { ...nullable(Named), description: 'Who did it; null when it happened by itself.' },
  people: { ...Type.Array(IdentityRef), description: 'Who was asked, or to whom it was handed.' },
  approvalId: nullable(Text),
  workItemId: nullable(Text),
  comment: nullable(Text),
  automatic: Type.Boolean({ description: 'True for an answer that a rule gave and no person.' }),
  because: { ...nullable(Text), description: 'The rule behind it, where one was.' },
  result: { ...nullable(Text), description: 'Of CHECKED: CLEAR or CONFLICT. Of PROCESSED: the state it came to.' },
})

const Wait = Type.Object({
  kind: enumOf(['APPROVAL', 'WORK_ITEM', 'TARGET', 'START_DATE']),
  id: { ...nullable(Text), description: 'Of the approval, of the work item, or of the provisioning step.' },
  scheme: nullable(enumOf(Schemes)),
  people: Type.Array(IdentityRef),
  group: nullable(reference(['GOVERNANCE_GROUP'])),
  source: nullable(Named),
  since: Instant,
  remindAt: nullable(Instant),
  escalateAt: nullable(Instant),
  expiresAt: nullable(Instant),
  canRemind: Type.Boolean({ description: 'The caller may remind these people now.' }),
  remindableFrom: { ...nullable(Instant), description: 'From when on they may be reminded again.' },
  problem: nullable(Text),
  nextTry: { ...nullable(Instant), description: 'Real time, also while a sandbox holds its clock.' },
})

const Step = Type.Object({
  id: Text,
  operation: enumOf(['ADD', 'REMOVE']),
  state: enumOf(['INTENDED', 'SENT', 'BY_HAND', 'DONE', 'FAILED', 'DROPPED']),
  source: Named,
  account: Text,
  entitlement: Named,
  attempts: Type.Integer(),
  problem: nullable(Text),
  verified: Type.Boolean({ description: 'True when a read of the target showed it; false also for the word of a person.' }),
  createdAt: Instant,
  modifiedAt: Instant,
})

const TimelineItem = Type.Object({
  accountActivityItemId: Text,
  requestType: AccessRequestType,
  requestedObject: reference(ItemTypes),
  requestedFor: IdentityRef,
  requester: IdentityRef,
  state: enumOf(RequestStates),
  startDate: nullable(Instant),
  removeDate: nullable(Instant),
  created: Instant,
  finished: nullable(Instant),
  errorMessages: Type.Array(Text),
  cancelable: Flag,
  waitsFor: Type.Array(Wait),
  events: Type.Array(Event),
  steps: Type.Array(Step),
})

const own = { own: true, dialects: ['v2026'], tag: 'Timeline', levels: ['ORG_ADMIN', 'USER'] } as const

export const timelineOperations = {
  getAccessRequestTimeline: {
    ...own,
    method: 'GET',
    path: '/access-requests/:id/timeline',
    summary:
      'What happened to a request, item by item, and what it waits for. For its requester and recipient, the manager of the recipient, those asked, and org admins.',
    scopes: ['idn:access-request-status:read'],
    status: 200,
    answer: Type.Array(TimelineItem),
  },
  remindApprovers: {
    ...own,
    method: 'POST',
    path: '/access-requests/:id/remind',
    summary: 'Remind whoever an open request waits for: its requester, its recipient or an org admin may, once a day for each approval.',
    scopes: ['idn:access-request:manage', 'idn:access-request-self:manage'],
    status: 202,
    answer: Type.Object({
      reminded: Type.Array(Type.Object({ approvalId: Text, people: Type.Array(IdentityRef) })),
      remindableFrom: { ...Instant, description: 'From when on these may be reminded again.' },
    }),
  },
} as const satisfies Record<string, Operation>
