import { DomainError } from '../domain/errors.ts'
import { sync as syncLife } from '../domain/lifecycle.ts'
import { patienceMs } from '../domain/provisioning.ts'
import { type Connector, TargetError } from '../ports.ts'
import { noteSwitches } from '../store/account-switches.ts'
import { type NewAuditEvent, recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { type FoundEntitlement, listUnseenAccounts, noteEntitlements } from '../store/found-accounts.ts'
import { pauseSource } from '../store/provisioning.ts'
import {
  type BegunSync,
  countSync,
  endSync,
  findRunningSync,
  insertSync,
  lockSyncSource,
  renewSync,
  type SyncResult,
} from '../store/source-syncs.ts'
import { compareBatch, lookAgain, type SyncContext } from './compare-accounts.ts'
import type { Doer } from './item-event.ts'

const LEASE_MS = 30_000
const RENEW_LEASE_MS = 5_000
/** So many accounts, or entitlements, are stored in one transaction. */
const BATCH = 200

/**
 * Reads all entitlements and accounts that the target of a source has; returns what that came to. Values found by the first reading become
 * imported access; later ones report what came or went behind our back. Nothing is changed at the target. Refuses an unknown id (not_found),
 * a source without a connector (invalid), one that is being read already (conflict); fails with what the target says (TargetError).
 */
export async function syncSource(context: SyncContext, by: Doer, sourceId: string): Promise<SyncResult> {
  const sync = await begin(context, by, sourceId)
  const timer = setInterval(() => void renewSync(context.db, sync.id, LEASE_MS).catch(() => undefined), RENEW_LEASE_MS)
  try {
    const connector = context.connectorFor(sync.source)
    await readEntitlements(context, sync, connector)
    await readAccounts(context, sync, connector)
    await lookForUnseen(context, sync, connector)
    return await end(context, by, sync, null)
  } catch (error) {
    // Whatever ending it meets with, why it broke off is what matters.
    await giveUp(context, by, sync, error).catch(() => undefined)
    throw error
  } finally {
    clearInterval(timer)
  }
}

async function begin({ db, ids }: SyncContext, by: Doer, sourceId: string): Promise<BegunSync> {
  return db.transaction(async (tx) => {
    const source = await lockSyncSource(tx, sourceId)
    if (!source) throw new DomainError('not_found', `There is no source ${sourceId}.`)
    if (source.connector === null) throw new DomainError('invalid', `${source.name} has no connector that could be asked.`)
    const running = await findRunningSync(tx, sourceId)
    if (running?.alive) throw new DomainError('conflict', `${source.name} is being read since ${running.startedAt.toISOString()}.`)
    if (running) await endSync(tx, running.id, syncLife.next('RUNNING', 'fail'), 'Whoever read it has stopped.')
    const id = ids.next()
    const begun = await insertSync(tx, { id, sourceId, startedBy: by.name, leaseMs: LEASE_MS })
    await recordAudit(tx, [syncEvent({ ids }, 'SOURCE_SYNC_STARTED', by, source, { syncId: id, isFirst: begun.isFirst })])
    return { id, source, ...begun }
  })
}

async function readEntitlements({ db, ids }: SyncContext, sync: BegunSync, connector: Connector): Promise<void> {
  for await (const batch of inBatches(connector.listEntitlements())) {
    await db.transaction(async (tx) => {
      const { created } = await noteEntitlements(tx, sync, distinct(batch), ids.next)
      await countSync(tx, sync.id, { entitlements: batch.length, newEntitlements: created })
    })
  }
}

/** A target that lists the same twice has it once. */
function distinct(batch: FoundEntitlement[]): FoundEntitlement[] {
  return [...new Map(batch.map((one) => [`${one.attribute} ${one.value}`, one])).values()]
}

/** What is worth another look is looked at after each batch, so that no more of it is kept than one batch holds. */
async function readAccounts(context: SyncContext, sync: BegunSync, connector: Connector): Promise<void> {
  for await (const batch of inBatches(connector.listAccounts())) {
    for (const account of await compareBatch(context, sync, batch)) await lookAgain(context, sync, connector, account)
  }
}

/** Accounts that were not listed are asked for one by one: a list may leave out what changed while it was read. */
async function lookForUnseen(context: SyncContext, sync: BegunSync, connector: Connector): Promise<void> {
  for (let after = ''; ; ) {
    const accounts = await listUnseenAccounts(context.db.sql, sync, after, BATCH)
    for (const account of accounts) await lookAgain(context, sync, connector, account)
    const last = accounts.at(-1)
    if (!last) return
    after = last.id
  }
}

async function giveUp(context: SyncContext, by: Doer, sync: BegunSync, error: unknown): Promise<void> {
  if (!(error instanceof TargetError)) {
    await end(context, by, sync, 'It broke off; the log says why.')
    return
  }
  const asked = error.kind === 'busy' ? error.retryAfterMs : undefined
  if (asked !== undefined) await context.db.transaction((tx) => pauseSource(tx, sync.source.id, patienceMs(asked)))
  await end(context, by, sync, error.message)
}

async function end({ db, ids }: SyncContext, by: Doer, { id, source }: BegunSync, error: string | null): Promise<SyncResult> {
  return db.transaction(async (tx) => {
    const result = await endSync(tx, id, syncLife.next('RUNNING', error === null ? 'finish' : 'fail'), error)
    if (!result) throw new DomainError('conflict', `${source.name} was read by somebody else meanwhile.`)
    // Whoever has left may have an account that nobody knew of.
    if (error === null) await noteSwitches(tx, { sourceId: source.id }, ids.next)
    const { accounts, entitlements, imported, added, removed } = result
    const details = { syncId: id, accounts, entitlements, imported, added, removed, error }
    await recordAudit(tx, [syncEvent({ ids }, error === null ? 'SOURCE_SYNC_COMPLETED' : 'SOURCE_SYNC_FAILED', by, source, details)])
    return result
  })
}

function syncEvent(
  { ids }: Pick<SyncContext, 'ids'>,
  action: string,
  by: Doer,
  source: BegunSync['source'],
  details: NewAuditEvent['details'],
): NewAuditEvent {
  const actor = { id: by.identityId, name: by.name }
  return { id: ids.next(), action, actor, target: { id: source.id, name: source.name }, trackingNumber: null, details }
}

/** Notes who wants a source to be read, which a worker then does. */
export async function recordSyncRequest(tx: Tx, context: Pick<SyncContext, 'ids'>, by: Doer, source: BegunSync['source']): Promise<void> {
  await recordAudit(tx, [syncEvent(context, 'SOURCE_SYNC_REQUESTED', by, source, {})])
}

async function* inBatches<T>(all: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = []
  for await (const one of all) {
    batch.push(one)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
