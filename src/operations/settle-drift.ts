import { DomainError } from '../domain/errors.ts'
import { drift as driftLife } from '../domain/lifecycle.ts'
import type { Ids } from '../ports.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { endDrift, type Holder, type LockedDrift, lockDrift, lockHolders } from '../store/drift.ts'
import { insertImported } from '../store/found-accounts.ts'
import { enqueue } from '../store/jobs.ts'
import { dropAssignmentGrant, insertSteps } from '../store/provisioning.ts'
import type { Context } from './context.ts'
import { endAssignment } from './end-assignment.ts'
import type { Doer } from './item-event.ts'
import { startSteps, stepJob } from './start-steps.ts'

/** `adopt`: we follow the target. `revert`: the target is made to follow us. */
export type DriftMove = 'adopt' | 'revert'

export interface SettledDrift {
  settled: string[]
  refused: { id: string; reason: string }[]
}

/**
 * Takes drift of a source by its ids, and what to do about it, each on its own. What was added is adopted as imported access of the
 * account's owner (of an account of nobody: left there, and known), or removed at the target; what was removed is given up, or put back. Returns
 * what was done and, with the reason, what was not: drift that is none any more, access that only its rule may end.
 */
export async function settleDrift(context: Context, by: Doer, sourceId: string, ids: string[], move: DriftMove): Promise<SettledDrift> {
  const result: SettledDrift = { settled: [], refused: [] }
  for (const id of new Set(ids)) {
    try {
      await context.db.transaction((tx) => settleOne(tx, context.ids, by, { sourceId, id, move }))
      result.settled.push(id)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      result.refused.push({ id, reason: error.message })
    }
  }
  return result
}

async function settleOne(
  tx: Tx,
  ids: Ids,
  by: Doer,
  { sourceId, id, move }: { sourceId: string; id: string; move: DriftMove },
): Promise<void> {
  const drift = await lockDrift(tx, sourceId, id)
  if (!drift) throw new DomainError('not_found', `This source has no drift ${id}.`)
  const state = driftLife.next(drift.state, move)
  if (drift.kind === 'ADDED') await settleAdded(tx, ids, drift, move)
  else await settleRemoved(tx, ids, drift, move)
  await endDrift(tx, [id], state, by.name)
  const { nativeIdentity, attribute, value, kind } = drift
  const event = {
    id: ids.next(),
    action: move === 'adopt' ? 'ACCESS_DRIFT_ADOPTED' : 'ACCESS_DRIFT_REVERT_ORDERED',
    actor: { id: by.identityId, name: by.name },
    target: { id: drift.ownerId, name: drift.ownerName },
    trackingNumber: null,
    details: { driftId: id, kind, source: drift.sourceName, nativeIdentity, attribute, value },
  }
  await recordAudit(tx, [event])
}

/** A removal on command goes the way of every removal: the value becomes access of its owner, and that access ends. */
async function settleAdded(tx: Tx, ids: Ids, drift: LockedDrift, move: DriftMove): Promise<void> {
  const holders = await lockHolders(tx, drift.grantId)
  if (holders.length > 0) throw new DomainError('conflict', `${drift.entitlementName} is held by an assignment now.`)
  if (drift.ownerId === null) {
    if (move === 'revert') await removeFromNobody(tx, drift, ids)
    return
  }
  await insertImported(tx, [{ grantId: drift.grantId }], ids.next)
  if (move === 'adopt') return
  for (const held of await lockHolders(tx, drift.grantId)) await endAssignment(tx, held, aboutOf(drift, held), ids)
}

/** On an account of nobody a value is no access: to adopt it is to know of it, and its removal has no assignment to end. */
async function removeFromNobody(tx: Tx, { grantId, accountId, sourceId }: LockedDrift, ids: Ids): Promise<void> {
  const step = { id: ids.next(), grantId, accountId, sourceId, operation: 'REMOVE' as const, state: 'INTENDED' as const }
  await insertSteps(tx, [step], { requestedItemId: null, assignmentId: null, cause: 'DRIFT' })
  await enqueue(tx, [stepJob(step)], ids.next)
}

async function settleRemoved(tx: Tx, ids: Ids, drift: LockedDrift, move: DriftMove): Promise<void> {
  const holders = (await lockHolders(tx, drift.grantId)).filter((held) => held.state !== 'ENDING')
  const [first] = holders
  if (!first) throw new DomainError('conflict', `Nobody holds ${drift.entitlementName} on ${drift.nativeIdentity} any more.`)
  if (move === 'revert') {
    const step = { id: ids.next(), grantId: drift.grantId, accountId: drift.accountId, sourceId: drift.sourceId, operation: 'ADD' as const }
    await startSteps(tx, [step], aboutOf(drift, first), ids)
    return
  }
  const ruled = holders.find((held) => held.origin !== 'REQUESTED' && held.origin !== 'IMPORTED')
  if (ruled) throw new DomainError('invalid', `${ruled.itemName} is given by a rule; only the rule can end it.`)
  for (const held of holders) {
    // Of an assignment with more than one value, the others stay.
    if (held.values > 1) await dropAssignmentGrant(tx, held.id, drift.grantId)
    else await endAssignment(tx, held, aboutOf(drift, held), ids)
  }
}

function aboutOf(drift: LockedDrift, held: Holder) {
  return {
    requestedItemId: null,
    trackingNumber: held.trackingNumber,
    assignmentId: held.id,
    itemName: drift.entitlementName,
    recipientName: drift.ownerName ?? drift.nativeIdentity,
    cause: 'DRIFT' as const,
  }
}
