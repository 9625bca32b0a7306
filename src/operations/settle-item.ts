import { requestAction } from '../domain/audit.ts'
import { type ItemState, isFinished } from '../domain/lifecycle.ts'
import { endOccurrence, noticesOfItem } from '../domain/notice.ts'
import { assignmentStateAfter, itemStateAfter } from '../domain/provisioning.ts'
import type { Ids } from '../ports.ts'
import { dropRemovedGrants, listAssignmentsOfItem, lockAssignmentSteps, updateAssignmentState } from '../store/assignments.ts'
import { recordAudit, recordOutgoing } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { tellPeople } from '../store/notifications.ts'
import { listStepStates } from '../store/provisioning.ts'
import { type RequestedItem, updateItemState } from '../store/requested-items.ts'
import { itemEvent, theSystem } from './item-event.ts'

const OVERTAKEN = 'The access was revoked before it was in place.'

/** Where an item (locked by the caller) stands after its steps moved; ends it, with its record, when nothing is left to do. */
export async function settleItem(tx: Tx, item: RequestedItem, ids: Ids): Promise<void> {
  const steps = await listStepStates(tx.sql, item.id)
  await settleAssignmentsOf(tx, item.id)
  if (item.state !== 'PROVISIONING' && item.state !== 'VERIFYING') return
  const state = itemStateAfter(
    item.state,
    steps.map((step) => step.state),
  )
  if (!state) return
  const failed = state === 'CANCELLED' ? OVERTAKEN : steps.find((step) => step.state === 'FAILED')?.error
  await updateItemState(tx, item.id, state, failed && isFinished(state) ? { errorMessage: failed } : {})
  if (!isFinished(state)) return
  await recordAudit(tx, [itemEvent(item, requestAction(item.kind, 'PROCESSED'), theSystem, ids, { result: state })])
  await recordOutgoing(tx, [{ id: ids.next(), type: 'provisioning-completed', payload: outcome(item, state) }])
  await tellPeople(tx, noticesOfItem('DONE', item, endOccurrence(state, tx.now)), ids.next)
}

function outcome(item: RequestedItem, state: ItemState) {
  return { accessRequestId: item.requestId, requestedItemId: item.id, recipientId: item.recipientId, result: state }
}

/** Settles every assignment that an item's steps touch. */
export async function settleAssignmentsOf(tx: Tx, requestedItemId: string): Promise<void> {
  for (const id of await listAssignmentsOfItem(tx.sql, requestedItemId)) await settleAssignment(tx, id)
}

/** Moves an assignment on when no step for it is open any more. */
export async function settleAssignment(tx: Tx, id: string): Promise<void> {
  const { state, steps } = await lockAssignmentSteps(tx, id)
  const after = assignmentStateAfter(state, steps)
  if (after === state) return
  await updateAssignmentState(tx, id, after)
  if (state === 'ENDING' && after === 'ACTIVE') await dropRemovedGrants(tx, id)
}
