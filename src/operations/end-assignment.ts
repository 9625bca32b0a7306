import type { AssignmentState } from '../domain/lifecycle.ts'
import { assignment as assignmentLife } from '../domain/lifecycle.ts'
import type { Ids } from '../ports.ts'
import { updateAssignmentState } from '../store/assignments.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { withdrawAdditions } from '../store/provisioning.ts'
import { lockRequestedItem } from '../store/requested-items.ts'
import { cancelWorkItemsOfSteps } from '../store/work-items.ts'
import { settleAssignment, settleItem } from './settle-item.ts'
import { planRemoval, type StepsAbout, startSteps, workItemEvent } from './start-steps.ts'

/**
 * Takes an assignment (locked by the caller) that shall be held no longer; withdraws what was still to be added for it, with the tasks of
 * people, and starts the removal of every value it needs. One whose removal has failed before is tried again.
 */
export async function endAssignment(tx: Tx, held: { id: string; state: AssignmentState }, about: StepsAbout, ids: Ids): Promise<void> {
  if (held.state !== 'ENDING') await updateAssignmentState(tx, held.id, assignmentLife.next(held.state, 'end'))
  const withdrawn = await withdrawAdditions(tx, held.id)
  const cancelled = await cancelWorkItemsOfSteps(
    tx,
    withdrawn.map((step) => step.id),
  )
  await recordAudit(
    tx,
    cancelled.map((task) => workItemEvent(task, 'WORK_ITEM_CANCELLED', task.trackingNumber, ids)),
  )
  const steps = await planRemoval(tx, held.id, ids)
  await startSteps(tx, steps, about, ids)
  if (steps.length === 0) await updateAssignmentState(tx, held.id, 'ENDED')
  // A value that other access needs stays, and where people do the work that is known at once: no step is left to settle it later.
  else await settleAssignment(tx, held.id, ids)
  // The requests that had asked for what was withdrawn have nothing left to wait for.
  for (const id of new Set(withdrawn.flatMap((step) => step.requestedItemId ?? [])))
    await settleItem(tx, await lockRequestedItem(tx, id), ids)
}
