import { DomainError } from '../domain/errors.ts'
import { type StuckAfter, usualStuckAfter, whyStuck } from '../domain/stuck.ts'
import { retryAccessRequest, retrySource } from '../operations/retry-access-request.ts'
import { findSource } from '../store/catalogue/sources.ts'
import { listStuck, type StuckRow } from '../store/lists/stuck.ts'
import { type Call, type Handler, param } from './call.ts'
import { reasonFor } from './language.ts'
import { pageQuery } from './list-query.ts'
import { sentenceOf } from './sentences.ts'
import { identityRef, instant, requestTypes, wireState } from './wire-names.ts'

export const stuckRequestHandlers = {
  listStuckAccessRequests: async (call) => {
    const { db, settings } = call.app
    const moment = { now: await db.businessNow(), after: stuckAfter(call), jobsPerSource: settings.jobsPerSource }
    const page = await listStuck(db.sql, moment, pageQuery(call.operation, call.query))
    return { body: page.rows.map((row) => toWire(row, db.realNow())), total: page.total }
  },
  retryAccessRequest: async (call) => {
    const { requestedItemIds, assignmentIds } = await retryAccessRequest(call.app, call.actor, param(call, 'id'))
    call.app.wakeWorkers()
    return { body: { accountActivityItemIds: requestedItemIds, assignmentIds } }
  },
  retrySource: async (call) => {
    const id = param(call, 'id')
    if (!(await findSource(call.app.db.sql, id))) throw new DomainError('not_found', `There is no source ${id}.`)
    const result = await retrySource(call.app, call.actor, id)
    call.app.wakeWorkers()
    const refused = result.refused.map((one) => ({ ...one, reason: reasonFor(call.headers, one.reason) }))
    return { body: { ...result, refused } }
  },
} satisfies Record<string, Handler>

function stuckAfter(call: Call): StuckAfter {
  const hours = call.query['hours']
  return typeof hours === 'number' ? { peopleHours: hours, machineHours: hours } : usualStuckAfter
}

function toWire(row: StuckRow, now: Date): object {
  const { step } = row
  const why = whyStuck({ ...row, now })
  return {
    accessRequestId: row.requestId,
    accountActivityItemId: row.requestedItemId,
    assignmentId: row.assignmentId,
    requestType: requestTypes[row.kind],
    requestedObject: row.item,
    requestedFor: identityRef(row.recipient),
    requester: row.requester && identityRef(row.requester),
    state: row.state && wireState({ state: row.state, closeExecution: null, closeCompletion: null }),
    reason: why.reason,
    why: why.text,
    sentence: sentenceOf(why.text),
    since: instant(row.since),
    waitsFor: row.waitsFor.map(identityRef),
    source: step && { id: step.sourceId, name: step.sourceName },
    attempts: step?.attempts ?? null,
    lastError: step?.error ?? null,
    nextTry: instant(step?.retryAt ?? null),
    canRetry: why.canRetry,
  }
}
