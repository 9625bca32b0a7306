import { DomainError } from '../domain/errors.ts'
import { sourceHealth } from '../domain/source-health.ts'
import { limitSource } from '../operations/limit-source.ts'
import { requestSync } from '../operations/request-sync.ts'
import { setSourceLeavers } from '../operations/set-source-leavers.ts'
import { type DriftMove, settleDrift } from '../operations/settle-drift.ts'
import { type DriftRow, listSourceDrift } from '../store/lists/source-drift.ts'
import { findSourceHealth, listSourceHealth, type SourceHealthRow } from '../store/lists/source-health.ts'
import { type Answer, type Call, type Handler, param } from './call.ts'
import { reasonFor } from './language.ts'
import { pageQuery } from './list-query.ts'
import { sentenceOf } from './sentences.ts'
import { identityRef, instant } from './wire-names.ts'

export const sourceSyncHandlers = {
  listSourceHealth: async (call) => {
    const page = await listSourceHealth(call.app.db.sql, pageQuery(call.operation, call.query))
    return { body: page.rows.map((row) => healthToWire(row, call)), total: page.total }
  },
  getSourceHealth: (call) => health(call),
  syncSource: async (call) => {
    await requestSync(call.app, call.actor, param(call, 'id'))
    call.app.wakeWorkers()
    return health(call)
  },
  limitSource: async (call) => {
    const { maxJobs } = call.body as { maxJobs: number | null }
    await limitSource(call.app, call.actor, param(call, 'id'), maxJobs)
    call.app.wakeWorkers()
    return health(call)
  },
  setSourceLeavers: async (call) => {
    const { disableAccounts } = call.body as { disableAccounts: boolean }
    await setSourceLeavers(call.app, call.actor, param(call, 'id'), disableAccounts)
    call.app.wakeWorkers()
    return health(call)
  },
  listSourceDrift: async (call) => {
    const { id } = await loadHealth(call)
    const which = call.query['all'] === true ? 'all' : 'open'
    const page = await listSourceDrift(call.app.db.sql, id, which, pageQuery(call.operation, call.query))
    return { body: page.rows.map(driftToWire), total: page.total }
  },
  adoptSourceDrift: (call) => settled(call, 'adopt'),
  revertSourceDrift: (call) => settled(call, 'revert'),
} satisfies Record<string, Handler>

async function loadHealth(call: Call): Promise<SourceHealthRow> {
  const id = param(call, 'id')
  const row = await findSourceHealth(call.app.db.sql, id)
  if (!row) throw new DomainError('not_found', `There is no source ${id}.`)
  return row
}

async function health(call: Call): Promise<Answer> {
  return { body: healthToWire(await loadHealth(call), call) }
}

async function settled(call: Call, move: DriftMove): Promise<Answer> {
  const { id } = await loadHealth(call)
  const result = await settleDrift(call.app, call.actor, id, (call.body as { driftIds: string[] }).driftIds, move)
  call.app.wakeWorkers()
  const refused = result.refused.map((one) => ({ ...one, reason: reasonFor(call.headers, one.reason) }))
  return { body: { ...result, refused } }
}

function healthToWire(row: SourceHealthRow, call: Call): object {
  const { maxJobs, owner, connected: _connected, lastError, lastSync, pausedUntil, lastSeenAt, ...same } = row
  const health = sourceHealth(row)
  return {
    ...same,
    ...health,
    sentence: sentenceOf(health.why),
    owner: identityRef(owner),
    maxJobs: maxJobs ?? call.app.settings.jobsPerSource,
    hasOwnLimit: maxJobs !== null,
    pausedUntil: instant(pausedUntil),
    lastSeenAt: instant(lastSeenAt),
    lastError: lastError && { text: lastError.text, at: instant(lastError.at) },
    lastSync: lastSync && { ...lastSync, startedAt: instant(lastSync.startedAt), finishedAt: instant(lastSync.finishedAt) },
  }
}

function driftToWire(row: DriftRow): object {
  const { accountId, nativeIdentity, owner, foundAt, endedAt, heldBy, ...same } = row
  return {
    ...same,
    foundAt: instant(foundAt),
    endedAt: instant(endedAt),
    account: { id: accountId, nativeIdentity, owner: owner && identityRef(owner) },
    heldBy: heldBy.map(({ id, itemName, origin, requestId }) => ({ assignmentId: id, name: itemName, origin, accessRequestId: requestId })),
  }
}
