import { requestAction } from '../domain/audit.ts'
import { DomainError } from '../domain/errors.ts'
import { item as itemLife } from '../domain/lifecycle.ts'
import type { Ids } from '../ports.ts'
import { retrySwitches } from '../store/account-switches.ts'
import { type NewAuditEvent, recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { enqueue } from '../store/jobs.ts'
import { lockItemsOfRequests, type RequestedItem, updateItemState } from '../store/requested-items.ts'
import {
  clearErrors,
  copyAssignment,
  type FailedStep,
  findLaterRequest,
  hurrySteps,
  listFailedAtSource,
  listLeftUndone,
  lockFailedSteps,
  lockLeftUndone,
  unpauseSource,
  wasAgreedTo,
} from '../store/retries.ts'
import type { Context } from './context.ts'
import { type Doer, itemEvent } from './item-event.ts'
import { settleItem } from './settle-item.ts'
import { reopenSteps, stepJob } from './start-steps.ts'

/** What of a request was set in motion again. */
export interface Retried {
  requestedItemIds: string[]
  /** Assignments of which something was left undone that no request stands for: by their end date, in doubt, or drift. */
  assignmentIds: string[]
}

/**
 * Takes the id of a request (or of an assignment of which something was left undone) and tries again what failed of it for good, and at once what
 * waits for its next try. Refuses an unknown id (not_found), and (conflict) a request of which nothing failed, or whose access a later
 * request decides about, or whose end date has passed.
 */
export async function retryAccessRequest({ db, ids }: Context, by: Doer, id: string): Promise<Retried> {
  return db.transaction(async (tx) => {
    const items = await lockItemsOfRequests(tx, [id])
    const undone = await listLeftUndone(tx.sql, id)
    if (items.length === 0 && undone.length === 0) throw new DomainError('not_found', `There is no access request ${id}.`)
    const retried: Retried = { requestedItemIds: [], assignmentIds: [] }
    const refusals: string[] = []
    for (const item of items) {
      const refusal = await retryItem(tx, item, by, ids)
      if (refusal === undefined) retried.requestedItemIds.push(item.id)
      else refusals.push(refusal)
    }
    for (const assignmentId of undone) if (await retryLeftUndone(tx, assignmentId, by, ids)) retried.assignmentIds.push(assignmentId)
    if (retried.requestedItemIds.length + retried.assignmentIds.length === 0)
      throw new DomainError('conflict', [...new Set(refusals)].join(' ') || 'Nothing of it can be tried again.')
    return retried
  })
}

/** How much of what failed at a source was set in motion again, and what could not be, with the reason. */
export interface RetriedAtSource {
  retried: string[]
  refused: { id: string; reason: string }[]
}

const MOST_AT_ONCE = 1_000
/** After so many there is nothing left that a retry would help: what has been passed by comes last. */
const MOST_REFUSALS = 100

/**
 * Takes a source's id and tries again whatever failed for good there, each request on its own, up to a thousand of them (what has been passed by
 * comes last); a source that had
 * asked to be left alone is called at once. Returns the ids of requests, assignments, and accounts to be disabled or enabled.
 */
export async function retrySource(context: Context, by: Doer, sourceId: string): Promise<RetriedAtSource> {
  const result: RetriedAtSource = { retried: [], refused: [] }
  result.retried = await context.db.transaction(async (tx) => {
    await unpauseSource(tx, sourceId)
    return retrySwitches(tx, sourceId)
  })
  for (const id of await listFailedAtSource(context.db.sql, sourceId, await context.db.businessNow(), MOST_AT_ONCE)) {
    try {
      await retryAccessRequest(context, by, id)
      result.retried.push(id)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      result.refused.push({ id, reason: error.message })
      if (result.refused.length === MOST_REFUSALS) break
    }
  }
  return result
}

/** Returns why the item cannot be tried again; undefined when it is. */
async function retryItem(tx: Tx, item: RequestedItem, by: Doer, ids: Ids): Promise<string | undefined> {
  if (item.state === 'PROVISIONING' || item.state === 'VERIFYING') return hurryItem(tx, item, ids)
  if (!itemLife.can(item.state, 'retry')) return `Nothing of ${item.itemName} has failed: it is ${item.state}.`
  const refusal = await whyNotAgain(tx, item)
  if (refusal) return refusal
  const failed = await lockFailedSteps(tx, item.id)
  const again = await stepsAgain(tx, item, failed, ids)
  if (item.state !== 'ERROR' && again.length === 0) return `${item.itemName} was given or taken away in another way since.`
  const state = itemLife.next(item.state, 'retry')
  await updateItemState(tx, item.id, state)
  await clearErrors(tx, item.id)
  await recordAudit(tx, [itemEvent(item, requestAction(item.kind, 'RETRIED'), by, ids, { after: item.state, steps: again.length })])
  if (again.length === 0) await enqueue(tx, [{ name: 'provision-item', key: item.id }], ids.next)
  await reopenSteps(tx, again, { ...aboutOf(item), requestedItemId: item.id }, ids)
  if (again.length > 0) await settleItem(tx, { ...item, state }, ids)
  return undefined
}

function aboutOf(item: RequestedItem) {
  return { trackingNumber: item.requestId, itemName: item.itemName, recipientName: item.recipientName }
}

/** What waits for its next try need not wait. */
async function hurryItem(tx: Tx, item: RequestedItem, ids: Ids): Promise<string | undefined> {
  const steps = await hurrySteps(tx, item.id)
  await enqueue(tx, steps.map(stepJob), ids.next)
  return steps.length > 0 ? undefined : `${item.itemName} is on its way: no call for it has failed.`
}

async function whyNotAgain(tx: Tx, item: RequestedItem): Promise<string | undefined> {
  if (!(await wasAgreedTo(tx, item.id))) return `${item.itemName} was not agreed to before it failed; ask for it again.`
  if (item.kind !== 'REVOKE' && item.endAt && item.endAt <= tx.now) return `The end date of ${item.itemName} has passed; ask for it again.`
  // A removal of what somebody needs again takes nothing away, and ends what was to end.
  if (item.kind === 'REVOKE') return undefined
  const later = await findLaterRequest(tx, item)
  return later && `Request ${later} came later and decides about ${item.itemName} now.`
}

type StepAgain = FailedStep & { forAssignmentId: string }

/**
 * The steps that are worth another try, each with the assignment it is for. An addition whose assignment came to nothing gets another
 * assignment like it; a removal of what was given again, or is gone, needs none.
 */
async function stepsAgain(tx: Tx, item: RequestedItem, failed: FailedStep[], ids: Ids): Promise<StepAgain[]> {
  const copies = new Map<string, string>()
  const again = failed.flatMap((step): StepAgain[] => {
    const { assignmentId, assignmentState } = step
    if (step.operation === 'REMOVE') return assignmentState === 'ENDING' ? [{ ...step, forAssignmentId: assignmentId }] : []
    if (assignmentState === 'PENDING' || assignmentState === 'ACTIVE') return [{ ...step, forAssignmentId: assignmentId }]
    if (step.madeById !== item.id) return []
    const copy = copies.get(assignmentId) ?? ids.next()
    copies.set(assignmentId, copy)
    return [{ ...step, forAssignmentId: copy }]
  })
  for (const [from, to] of copies) {
    const grantIds = [...new Set(again.flatMap((step) => (step.forAssignmentId === to ? [step.grantId] : [])))]
    await copyAssignment(tx, from, { id: to, grantIds })
  }
  return again
}

async function retryLeftUndone(tx: Tx, assignmentId: string, by: Doer, ids: Ids): Promise<boolean> {
  const failed = await lockLeftUndone(tx, assignmentId)
  const [first] = failed
  if (!first) return false
  const about = { requestedItemId: null, trackingNumber: null, itemName: 'access', recipientName: 'its holder' }
  const again = failed.map((step) => ({ ...step, forAssignmentId: assignmentId }))
  await reopenSteps(tx, again, about, ids)
  const event: NewAuditEvent = {
    id: ids.next(),
    action: 'ACCESS_STEPS_RETRIED',
    actor: { id: by.identityId, name: by.name },
    target: { id: first.accountId, name: null },
    trackingNumber: null,
    details: { assignmentId, steps: failed.length },
  }
  await recordAudit(tx, [event])
  return true
}
