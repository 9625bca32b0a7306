import { type Json, requestAction } from '../domain/audit.ts'
import { type ItemState, isFinished, item as itemLife } from '../domain/lifecycle.ts'
import { endOccurrence, noticesOfItem } from '../domain/notice.ts'
import { assignmentStateAfter, itemStateAfter } from '../domain/provisioning.ts'
import type { Ids } from '../ports.ts'
import { type AssignmentSteps, dropRemovedGrants, lockAssignmentSteps, updateAssignmentState } from '../store/assignments.ts'
import { recordAudit, recordOutgoing } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { tellPeople } from '../store/notifications.ts'
import { listStepStates } from '../store/provisioning.ts'
import { type RequestedItem, updateItemState } from '../store/requested-items.ts'
import { itemEvent, theSystem } from './item-event.ts'
import { planRemoval, startSteps } from './start-steps.ts'

/** A target that refuses everything says much the same of each value. */
const MOST_PROBLEMS = 10

const OVERTAKEN = 'The access was revoked before it was in place.'
const OVERDUE = 'Its end date passed before it was in place.'

/** Where an item (locked by the caller) stands after its steps moved; ends it, with its record, when nothing is left to do. */
export async function settleItem(tx: Tx, item: RequestedItem, ids: Ids): Promise<void> {
  const [steps, assignments] = await Promise.all([listStepStates(tx.sql, item.id), lockAssignmentSteps(tx, { requestedItemId: item.id })])
  for (const assignment of assignments) await settle(tx, assignment, ids)
  if (item.state !== 'PROVISIONING' && item.state !== 'VERIFYING') return
  const state = itemStateAfter(item.state, steps)
  if (!state) return
  if (!isFinished(state)) {
    await updateItemState(tx, item.id, state)
    return
  }
  const whyNot = isOverdue(item, tx.now) ? OVERDUE : OVERTAKEN
  const problems = state === 'CANCELLED' ? [whyNot] : steps.flatMap((step) => (step.state === 'FAILED' ? (step.error ?? []) : []))
  await endItem(tx, item, { state, problems: [...new Set(problems)].slice(0, MOST_PROBLEMS) }, ids)
}

/** Ends an item (locked by the caller) that nothing can be done for, and says why. */
export async function endInError(tx: Tx, item: RequestedItem, problem: string, ids: Ids): Promise<void> {
  await endItem(tx, item, { state: itemLife.next(item.state, 'err'), problems: [problem], details: { problem } }, ids)
}

/** Ends an item (locked by the caller) of which nothing is there when its end date has passed: it needs no call any more. */
export async function endOverdue(tx: Tx, item: RequestedItem, ids: Ids): Promise<void> {
  await endItem(tx, item, { state: itemLife.next(item.state, 'withdraw'), problems: [OVERDUE], details: { problem: OVERDUE } }, ids)
}

function isOverdue({ kind, endAt }: RequestedItem, now: Date): boolean {
  return kind !== 'REVOKE' && endAt !== null && endAt <= now
}

interface End {
  state: ItemState
  problems: string[]
  /** What the record tells beside the result. */
  details?: Record<string, Json>
}

/** The one way in which what was to be provisioned ends: in the record, in what others are told, and for the people concerned. */
async function endItem(tx: Tx, item: RequestedItem, { state, problems, details }: End, ids: Ids): Promise<void> {
  await updateItemState(tx, item.id, state, { errorMessages: problems })
  await recordAudit(tx, [itemEvent(item, requestAction(item.kind, 'PROCESSED'), theSystem, ids, { result: state, ...details })])
  await recordOutgoing(tx, [{ id: ids.next(), type: 'provisioning-completed', payload: outcome(item, state) }])
  await tellPeople(tx, noticesOfItem('DONE', item, endOccurrence(state, tx.now)), ids.next)
}

function outcome(item: RequestedItem, state: ItemState) {
  return { accessRequestId: item.requestId, requestedItemId: item.id, recipientId: item.recipientId, result: state }
}

/** Settles every assignment that an item's steps touch. */
export async function settleAssignmentsOf(tx: Tx, requestedItemId: string, ids: Ids): Promise<void> {
  for (const assignment of await lockAssignmentSteps(tx, { requestedItemId })) await settle(tx, assignment, ids)
}

/** Settles one assignment. */
export async function settleAssignment(tx: Tx, id: string, ids: Ids): Promise<void> {
  for (const assignment of await lockAssignmentSteps(tx, { ids: [id] })) await settle(tx, assignment, ids)
}

/**
 * Moves an assignment on when no step for it is open any more. What may be at a target although nothing came of the assignment is looked
 * for there, and taken away.
 */
async function settle(tx: Tx, { id, state, steps, trackingNumber }: AssignmentSteps, ids: Ids): Promise<void> {
  const after = assignmentStateAfter(state, steps)
  if (after === state) return
  await updateAssignmentState(tx, id, after)
  if (state === 'ENDING' && after === 'ACTIVE') await dropRemovedGrants(tx, id)
  if (state !== 'PENDING' || after !== 'ENDING') return
  const doubtful = new Set(steps.flatMap((step) => (step.inDoubt ? [step.grantId] : [])))
  const removals = (await planRemoval(tx, id, ids)).filter((step) => doubtful.has(step.grantId))
  const about = { requestedItemId: null, trackingNumber, assignmentId: id, itemName: 'access that was not given', recipientName: 'nobody' }
  await startSteps(tx, removals, { ...about, cause: 'DOUBT' }, ids)
}
