import { Answers, InsightSteps, Outcomes } from '../api/insight.ts'
import { personOf } from '../domain/actor.ts'
import { DAY_MS } from '../domain/business-clock.ts'
import { DomainError } from '../domain/errors.ts'
import {
  type Buckets,
  countPendingByAge,
  listDecisionTimes,
  listEndingBuckets,
  listRequestBuckets,
  listSourceWork,
  type Span,
} from '../store/insight.ts'
import { listDecisionRows, listPendingRows, listRequestRows, listStepRows } from '../store/insight-rows.ts'
import { type Call, type Handler, queryText } from './call.ts'
import { pageQuery } from './list-query.ts'
import { momentIn } from './moment.ts'
import { identityRef, instant, requestTypes, wireState } from './wire-names.ts'
import { wordsOf } from './word-list.ts'

const USUAL_DAYS = 90
/** A plot of more bars shows none of them. */
const MOST_BUCKETS = 1_000
/** Where one age of an open approval ends and the next begins, in hours: 1, 3, 7, 14 and 30 days. */
const AGES = [24, 72, 168, 336, 720]

export const insightHandlers = {
  getInsightRequests: async (call) => {
    const span = await spanOf(call)
    const rows = await listRequestBuckets(call.app.db.sql, span, bucketsOf(call, span))
    return { body: rows.map(({ from, to, ...counts }) => ({ from: instant(from), to: instant(to), ...counts })) }
  },
  listInsightRequests: async (call) => {
    const only = {
      moment: call.query['moment'] as 'created' | 'finished',
      outcomes: wordsOf(call, 'outcomes', Outcomes),
      itemId: queryText(call, 'item'),
      sourceId: queryText(call, 'source'),
    }
    const page = await listRequestRows(call.app.db.sql, await spanOf(call), only, pageQuery(call.operation, call.query))
    const body = page.rows.map(
      ({ requestId, itemId, kind, item, recipient, requester, createdAt, finishedAt, source, hours, ...state }) => ({
        accessRequestId: requestId,
        accountActivityItemId: itemId,
        requestType: requestTypes[kind],
        requestedObject: item,
        source,
        requestedFor: identityRef(recipient),
        requester: identityRef(requester),
        state: wireState(state),
        created: instant(createdAt),
        finished: instant(finishedAt),
        hours,
      }),
    )
    return { body, total: page.total }
  },
  getInsightDecisionTimes: async (call) => {
    const page = { limit: Number(call.query['limit']), offset: Number(call.query['offset']) }
    return { body: await listDecisionTimes(call.app.db.sql, await spanOf(call), call.query['by'] as 'approver' | 'item', page) }
  },
  listInsightDecisions: async (call) => {
    const states = wordsOf(call, 'answers', Answers) ?? [...Answers]
    const only = { approverId: queryText(call, 'approver'), itemId: queryText(call, 'item'), states }
    const page = await listDecisionRows(call.app.db.sql, await spanOf(call), only, pageQuery(call.operation, call.query))
    const body = page.rows.map(({ requestId, item, recipient, approver, state, askedAt, decidedAt, ...row }) => ({
      ...row,
      accessRequestId: requestId,
      requestedObject: item,
      requestedFor: identityRef(recipient),
      approver: approver && identityRef(approver),
      answer: state,
      asked: instant(askedAt),
      decided: instant(decidedAt),
    }))
    return { body, total: page.total }
  },
  getInsightExpiring: async (call) => {
    const now = await call.app.db.businessNow()
    const to = new Date(now.getTime() + Number(call.query['days']) * DAY_MS)
    const span = { from: now, to, managerId: managerOf(call) }
    const rows = await listEndingBuckets(call.app.db.sql, span, bucketsOf(call, span))
    return { body: rows.map(({ from, to: end, ...counts }) => ({ from: instant(from), to: instant(end), ...counts })) }
  },
  getInsightPending: async (call) => {
    const counted = await countPendingByAge(call.app.db.sql, await call.app.db.businessNow(), managerOf(call), AGES)
    const body = [0, ...AGES].map((olderThanHours, place) => {
      const { approvals = 0, requests = 0 } = counted.find((row) => row.place === place) ?? {}
      return { olderThanHours, youngerThanHours: AGES[place] ?? null, approvals, requests }
    })
    return { body }
  },
  listInsightPending: async (call) => {
    const only = {
      managerId: managerOf(call),
      olderThan: Number(call.query['older-than-hours']),
      youngerThan: call.query['younger-than-hours'] as number | undefined,
      approverId: queryText(call, 'approver'),
    }
    const page = await listPendingRows(call.app.db.sql, await call.app.db.businessNow(), only, pageQuery(call.operation, call.query))
    const body = page.rows.map(({ requestId, item, recipient, approvers, askedAt, expiresAt, ...row }) => ({
      ...row,
      accessRequestId: requestId,
      requestedObject: item,
      requestedFor: identityRef(recipient),
      approvers: approvers.map(identityRef),
      asked: instant(askedAt),
      expires: instant(expiresAt),
    }))
    return { body, total: page.total }
  },
  getInsightProvisioning: async (call) => ({ body: await listSourceWork(call.app.db.sql, await spanOf(call)) }),
  listInsightProvisioning: async (call) => {
    const only = { sourceId: queryText(call, 'source'), states: wordsOf(call, 'states', InsightSteps) }
    const page = await listStepRows(call.app.db.sql, await spanOf(call), only, pageQuery(call.operation, call.query))
    const body = page.rows.map(({ requestId, createdAt, modifiedAt, ...row }) => ({
      ...row,
      accessRequestId: requestId,
      created: instant(createdAt),
      modified: instant(modifiedAt),
    }))
    return { body, total: page.total }
  },
} satisfies Record<string, Handler>

/** Whose numbers: everybody's for org admins unless they ask for their team's; for others only those of their direct reports. */
function managerOf({ actor, query }: Call): string | undefined {
  if (query['for'] === 'team' || (query['for'] === undefined && !actor.isAdmin)) return personOf(actor)
  if (actor.isAdmin) return undefined
  throw new DomainError('forbidden', 'Only org admins may ask about everybody; use "team".', 'for')
}

async function spanOf(call: Call): Promise<Span> {
  const to = momentIn(call, 'to') ?? (await call.app.db.businessNow())
  const from = momentIn(call, 'from') ?? new Date(to.getTime() - USUAL_DAYS * DAY_MS)
  if (from >= to) throw new DomainError('invalid', 'must lie before the end of the span.', 'from')
  return { from, to, managerId: managerOf(call) }
}

function bucketsOf({ query }: Call, { from, to }: Span): Buckets {
  const interval = query['interval'] as Buckets['interval']
  const days = { day: 1, week: 7, month: 28 }[interval]
  if ((to.getTime() - from.getTime()) / DAY_MS / days > MOST_BUCKETS)
    throw new DomainError('invalid', `would make more than ${MOST_BUCKETS} of them; ask for longer ones.`, 'interval')
  return { interval, zone: zoneOf(String(query['zone'])) }
}

function zoneOf(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    throw new DomainError('invalid', 'is no time zone we know; give a name such as Europe/Zurich.', 'zone')
  }
}
