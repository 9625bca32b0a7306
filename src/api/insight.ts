import { type TSchema, Type } from 'typebox'
import { RequestStates } from './access-request-status.ts'
import type { Operation } from './operation.ts'
import { AccessRequestType, enumOf, IdentityRef, Instant, ItemTypes, nullable, pagingUpTo, reference, Text } from './schema.ts'

/** Numbers to plot, and the rows behind every one of them. All of it is business time. */

export const Outcomes = ['COMPLETED', 'FAILED', 'REJECTED', 'EXPIRED', 'CANCELLED'] as const
export const Answers = ['APPROVED', 'REJECTED', 'EXPIRED'] as const
export const InsightSteps = ['INTENDED', 'SENT', 'BY_HAND', 'DONE', 'FAILED', 'DROPPED'] as const

const Count = Type.Integer({ minimum: 0 })
const Hours = Type.Number({ description: 'Hours.' })
const Named = Type.Object({ id: Text, name: Text })
const Item = reference(ItemTypes)

const whose = {
  for: Type.Optional(
    enumOf(['all', 'team'], {
      description: 'Everybody, for org admins; or the direct reports of the caller, which is all that others may see.',
    }),
  ),
}
const span = {
  ...whose,
  from: Type.Optional({ ...Instant, description: 'Where the span begins; 90 days before its end unless said.' }),
  to: Type.Optional({ ...Instant, description: 'Where it ends (that instant is not in it); now unless said.' }),
}
const buckets = {
  interval: Type.Optional(enumOf(['day', 'week', 'month'], { default: 'week' })),
  zone: Type.Optional(
    Type.String({
      maxLength: 60,
      default: 'UTC',
      description: 'The time zone in which days, weeks and months begin, such as Europe/Zurich.',
    }),
  ),
}
const rows = (sorters: string) => ({
  ...pagingUpTo(250),
  sorters: Type.Optional(Type.String({ description: `Order: ${sorters}, joined by commas; a minus before a field turns it round.` })),
})
const listOf = (words: readonly string[]) =>
  Type.Optional(Type.String({ description: `One or more of ${words.join(', ')}, joined by commas.` }))
const idOf = (what: string) => Type.Optional(Type.String({ maxLength: 200, description: `Only this ${what}.` }))

const row = <
  const Path extends string,
  Query extends Record<string, TSchema>,
  Row extends TSchema,
  const Sorters extends readonly string[],
>(
  path: Path,
  summary: string,
  query: Query,
  answer: Row,
  sorters?: Sorters,
) =>
  ({
    method: 'GET',
    own: true,
    dialects: ['v2026'],
    tag: 'Insight',
    scopes: ['idn:access-request-administration:read', 'idn:access-request-status:read'],
    levels: ['ORG_ADMIN', 'USER'],
    status: 200,
    path: `/insight${path}`,
    summary,
    query,
    answer: Type.Array(answer),
    ...(sorters ? { sorters } : {}),
  }) as const satisfies Operation

export const insightOperations = {
  getInsightRequests: row(
    '/requests',
    'Requests and decisions over time: asked, ended (by how), and answers to questions.',
    { ...span, ...buckets },
    Type.Object({
      from: Instant,
      to: Instant,
      requested: Count,
      completed: Count,
      failed: Count,
      rejected: Count,
      expired: Count,
      cancelled: Count,
      agreed: { ...Count, description: 'Questions that were answered with a yes.' },
      refused: { ...Count, description: 'Questions that were answered with a no.' },
      unanswered: { ...Count, description: 'Questions whose time ran out.' },
    }),
  ),
  listInsightRequests: row(
    '/requests/rows',
    'The items behind it: asked for, or ended, in a span.',
    {
      ...span,
      moment: Type.Optional(enumOf(['created', 'finished'], { default: 'created', description: 'Which moment lies in the span.' })),
      outcomes: listOf(Outcomes),
      item: idOf('item'),
      source: idOf('source'),
      ...rows('created, finished, hours, item, recipient'),
    },
    Type.Object({
      accessRequestId: Text,
      accountActivityItemId: Text,
      requestType: AccessRequestType,
      requestedObject: Item,
      source: nullable(Named),
      requestedFor: IdentityRef,
      requester: IdentityRef,
      state: enumOf(RequestStates),
      created: Instant,
      finished: nullable(Instant),
      hours: nullable(Hours),
    }),
    ['created', 'finished', 'hours', 'item', 'recipient'],
  ),
  getInsightDecisionTimes: row(
    '/decision-times',
    'Time to decision by approver or by item, of answers that people gave; the slowest first.',
    {
      ...span,
      by: Type.Optional(enumOf(['approver', 'item'], { default: 'approver' })),
      limit: pagingUpTo(250).limit,
      offset: pagingUpTo(250).offset,
    },
    Type.Object({
      about: { ...Named, description: 'The approver, or the item.' },
      decisions: Count,
      agreed: Count,
      refused: Count,
      medianHours: Hours,
      p90Hours: Hours,
      longestHours: Hours,
      waiting: { ...Count, description: 'Questions that are open now.' },
    }),
  ),
  listInsightDecisions: row(
    '/decision-times/rows',
    'The answers behind it, each with how long it took since that approver was asked.',
    { ...span, approver: idOf('approver'), item: idOf('item'), answers: listOf(Answers), ...rows('decided, hours, item, approver') },
    Type.Object({
      approvalId: Text,
      accessRequestId: Text,
      requestedObject: Item,
      requestedFor: IdentityRef,
      approver: { ...nullable(IdentityRef), description: 'Null where a rule answered, or nobody.' },
      answer: enumOf(Answers),
      asked: Instant,
      decided: Instant,
      hours: Hours,
      comment: nullable(Text),
    }),
    ['decided', 'hours', 'item', 'approver'],
  ),
  getInsightExpiring: row(
    '/expiring',
    'What ends next. The rows behind it: /held-access with ends-after and ends-before.',
    {
      ...whose,
      ...buckets,
      days: Type.Optional(Type.Integer({ minimum: 1, maximum: 730, default: 90, description: 'How far to look ahead.' })),
    },
    Type.Object({ from: Instant, to: Instant, ending: Count, privileged: Count, people: Count }),
  ),
  getInsightPending: row(
    '/pending',
    'Open approvals by age.',
    whose,
    Type.Object({ olderThanHours: Hours, youngerThanHours: nullable(Hours), approvals: Count, requests: Count }),
  ),
  listInsightPending: row(
    '/pending/rows',
    'The open approvals behind it, the oldest first.',
    {
      ...whose,
      'older-than-hours': Type.Optional(Type.Number({ minimum: 0, default: 0 })),
      'younger-than-hours': Type.Optional(Type.Number({ minimum: 0 })),
      approver: idOf('approver'),
      ...rows('asked, item, recipient'),
    },
    Type.Object({
      approvalId: Text,
      accessRequestId: Text,
      requestedObject: Item,
      requestedFor: IdentityRef,
      approvers: Type.Array(IdentityRef),
      asked: Instant,
      hours: Hours,
      expires: nullable(Instant),
    }),
    ['asked', 'item', 'recipient'],
  ),
  getInsightProvisioning: row(
    '/provisioning',
    'How provisioning went by source, the most failures first.',
    span,
    Type.Object({
      source: Named,
      steps: Count,
      done: Count,
      failed: Count,
      open: Count,
      byHand: { ...Count, description: 'Waiting for a person.' },
      dropped: Count,
      retried: { ...Count, description: 'That took more than one try.' },
      lastProblem: nullable(Text),
    }),
  ),
  listInsightProvisioning: row(
    '/provisioning/rows',
    'The steps behind it, the latest first.',
    { ...span, source: idOf('source'), states: listOf(InsightSteps), ...rows('created, source, attempts') },
    Type.Object({
      stepId: Text,
      accessRequestId: nullable(Text),
      source: Named,
      account: Text,
      entitlement: Named,
      person: nullable(Named),
      operation: enumOf(['ADD', 'REMOVE']),
      state: enumOf(InsightSteps),
      attempts: Type.Integer(),
      problem: nullable(Text),
      created: Instant,
      modified: Instant,
    }),
    ['created', 'source', 'attempts'],
  ),
} as const
