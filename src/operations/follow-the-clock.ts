import { item as itemLife } from '../domain/lifecycle.ts'
import { listEndedAssignments, lockExpiredAssignment, updateAssignmentState } from '../store/assignments.ts'
import { recordAudit } from '../store/audit.ts'
import { enqueue } from '../store/jobs.ts'
import { listDueSteps } from '../store/provisioning.ts'
import { listStartingItems, listUnplannedItems, lockRequestedItem, updateItemState } from '../store/requested-items.ts'
import { theSystem } from './advance-item.ts'
import type { Context } from './context.ts'
import { planRemoval, startSteps } from './start-steps.ts'

const BATCH = 100

/**
 * Does whatever is due: access whose start has come is put in place, access whose end has come is taken away, calls whose next try is due
 * are made, and work whose job was lost is found again. Every node may run it at any time; returns how much it found.
 */
export async function followTheClock(context: Context): Promise<number> {
  const now = await context.db.businessNow()
  const starting = await listStartingItems(context.db.sql, now, BATCH)
  for (const id of starting) await startItem(context, id)
  const ended = await listEndedAssignments(context.db.sql, now, BATCH)
  for (const id of ended) await endAssignment(context, id)
  const found = await findLostWork(context)
  return starting.length + ended.length + found
}

async function startItem({ db, ids }: Context, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const item = await lockRequestedItem(tx, id)
    if (item.state !== 'SCHEDULED' || (item.startAt && item.startAt > tx.now)) return
    await updateItemState(tx, id, itemLife.next(item.state, 'start'))
    await enqueue(tx, [{ name: 'provision-item', key: id }], ids.next)
  })
}

async function endAssignment({ db, ids }: Context, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const assignment = await lockExpiredAssignment(tx, id)
    if (!assignment) return
    await updateAssignmentState(tx, id, 'ENDING')
    const steps = await planRemoval(tx, id, ids)
    await startSteps(
      tx,
      steps,
      { requestedItemId: null, assignmentId: id, itemName: 'access that ends today', recipientName: 'its holder' },
      ids,
    )
    if (steps.length === 0) await updateAssignmentState(tx, id, 'ENDED')
    await recordAudit(tx, [
      {
        id: ids.next(),
        action: 'ACCESS_END_DATE_REACHED',
        actor: { id: theSystem.identityId, name: theSystem.name },
        target: { id: assignment.identityId, name: null },
        trackingNumber: assignment.requestId,
        details: { assignmentId: id, itemId: assignment.itemId, endAt: assignment.endAt.toISOString() },
      },
    ])
  })
}

async function findLostWork({ db, ids }: Context): Promise<number> {
  const steps = await listDueSteps(db.sql, BATCH)
  const items = await listUnplannedItems(db.sql, BATCH)
  const jobs = [
    ...steps.map((key) => ({ name: 'run-step' as const, key })),
    ...items.map((key) => ({ name: 'provision-item' as const, key })),
  ]
  if (jobs.length > 0) await db.transaction((tx) => enqueue(tx, jobs, ids.next))
  return jobs.length
}
