import { DomainError } from '../domain/errors.ts'
import { isMeant, whyUnclear } from '../domain/held.ts'
import { isWaiting, type ProvisionFacts, planGrant } from '../domain/provisioning.ts'
import type { Ids } from '../ports.ts'
import { listNeededValues } from '../store/access-items.ts'
import { type HeldAssignment, insertAssignment, lockHeldAssignments, updateAssignmentDates } from '../store/assignments.ts'
import type { Tx } from '../store/db.ts'
import { endJob, type JobLease } from '../store/jobs.ts'
import { insertGrantPlan, linkGrants, listStepStates } from '../store/provisioning.ts'
import { lockItemsUnderWay, lockItemToProvision, type RequestedItem } from '../store/requested-items.ts'
import type { Context } from './context.ts'
import { endAssignment } from './end-assignment.ts'
import { theSystem } from './item-event.ts'
import { loadProvisionFacts } from './load-provision-facts.ts'
import { endInError, endOverdue, settleItem } from './settle-item.ts'
import { planRepair, startSteps } from './start-steps.ts'
import { supersedeScheduled } from './supersede-scheduled.ts'

/**
 * Takes the id of an approved item; notes who will hold what and the steps that make it so. Running it again changes nothing. An item that
 * changes the dates of access which is still being put in place waits for that; the sweep comes back to it. The job that this was ends with it.
 */
export async function provisionItem({ db, ids }: Context, itemId: string, job?: JobLease): Promise<void> {
  await db.transaction(async (tx) => {
    endJob(tx, job)
    const [item, steps] = await Promise.all([lockItemToProvision(tx, itemId), listStepStates(tx.sql, itemId)])
    if (item.state !== 'PROVISIONING' || steps.length > 0) return
    const superseded = await supersedeScheduled(tx, item, theSystem, ids)
    const outcome = await (item.kind === 'REVOKE' ? revoke(tx, item, ids) : grant(tx, item, superseded, ids))
    if (outcome === 'later' || outcome === 'under way') return
    if (outcome === 'begun') await settleItem(tx, item, ids)
    else if (outcome === 'over') await endOverdue(tx, item, ids)
    else await endInError(tx, item, outcome.problem, ids)
  })
}

/** 'under way': a step is open, so that nothing can have come to an end yet. 'over': its end date has passed, and nothing of it is there. */
type Outcome = 'begun' | 'under way' | 'later' | 'over' | { problem: string }

/** `superseded`: how much that waited for its start date gave way to it. */
async function grant(tx: Tx, item: RequestedItem, superseded: number, ids: Ids): Promise<Outcome> {
  const [all, values] = await Promise.all([lockHeldAssignments(tx, item.recipientId, item.itemId), listNeededValues(tx.sql, item.itemId)])
  const live = all.filter((one) => one.state !== 'ENDING')
  const held = meantBy(item, live)
  const unclear = whyUnclear(held)
  if (unclear) return { problem: unclear }
  if (held[0]) return keepUp(tx, item, held[0], ids)
  // What ended while its change was being decided is not given anew without being asked for, and checked, as a grant is.
  const isChange = item.assignmentId !== null || (item.kind === 'MODIFY' && superseded === 0 && live.length === 0)
  if (isChange) return { problem: `The access that was to change is held no longer. Ask for ${item.itemName} anew.` }
  if (item.endAt && item.endAt <= tx.now) return 'over'
  const facts = await loadProvisionFacts(tx, item, values)
  if (typeof facts === 'string') return { problem: facts }
  const plan = tryPlan(facts, ids)
  if (typeof plan === 'string') return { problem: plan }
  const assignmentId = ids.next()
  await insertGrantPlan(tx, plan, item.recipientId)
  await insertAssignment(tx, {
    id: assignmentId,
    identityId: item.recipientId,
    itemType: item.itemType,
    itemId: item.itemId,
    requestedItemId: item.id,
    state: plan.steps.length === 0 ? 'ACTIVE' : 'PENDING',
    accountId: item.itemType === 'ENTITLEMENT' ? (plan.steps[0]?.accountId ?? null) : null,
    startAt: item.startAt,
    endAt: item.endAt,
  })
  await linkGrants(tx, assignmentId, plan.grantIds)
  const states = await startSteps(tx, plan.steps, aboutOf(item, assignmentId), ids)
  return states.some(isWaiting) ? 'under way' : 'begun'
}

/** The access is held already: its dates change, and values that never came to be are tried again. */
async function keepUp(tx: Tx, item: RequestedItem, held: HeldAssignment, ids: Ids): Promise<Outcome> {
  await updateAssignmentDates(tx, held.id, { startAt: item.startAt, endAt: item.endAt })
  if (held.state === 'PENDING') return 'later'
  if (!held.whole) await startSteps(tx, await planRepair(tx, held.id, ids), aboutOf(item, held.id), ids)
  return 'begun'
}

/** Access by role membership or birthright is not changed by requests. */
function isByRequest(assignment: Pick<HeldAssignment, 'origin'>): boolean {
  return assignment.origin === 'REQUESTED' || assignment.origin === 'IMPORTED'
}

function aboutOf(item: RequestedItem, assignmentId: string) {
  return {
    requestedItemId: item.id,
    trackingNumber: item.requestId,
    assignmentId,
    itemName: item.itemName,
    recipientName: item.recipientName,
  }
}

function tryPlan(facts: ProvisionFacts, ids: Ids) {
  try {
    return planGrant(facts, ids.next)
  } catch (error) {
    if (error instanceof DomainError) return error.message
    throw error
  }
}

/** Ends (or shortens, when an end date was asked) the assignments that a request may end: requested and imported ones. */
async function revoke(tx: Tx, item: RequestedItem, ids: Ids): Promise<Outcome> {
  await lockItemsUnderWay(tx, item)
  const meant = meantBy(item, await lockHeldAssignments(tx, item.recipientId, item.itemId))
  const unclear = whyUnclear(meant)
  if (unclear) return { problem: unclear }
  for (const held of meant) {
    if (item.endAt && item.endAt > tx.now) await updateAssignmentDates(tx, held.id, { endAt: item.endAt })
    else await endAssignment(tx, held, aboutOf(item, held.id), ids)
  }
  return 'begun'
}

/** What a request means of what is held, as far as requests may change it. */
function meantBy(item: RequestedItem, held: HeldAssignment[]): HeldAssignment[] {
  return held.filter(({ id, accounts, ...one }) => isByRequest(one) && isMeant({ assignmentId: id, accounts }, item))
}
