import { requestAction } from '../domain/audit.ts'
import { item as itemLife } from '../domain/lifecycle.ts'
import { listDueSwitches } from '../store/account-switches.ts'
import { listEndedAssignments } from '../store/assignments.ts'
import { recordAudit } from '../store/audit.ts'
import { listUnattendedBulkMoves } from '../store/bulk-moves.ts'
import { listChangedAssignments } from '../store/content-changes.ts'
import { enqueue } from '../store/jobs.ts'
import { listDueSteps } from '../store/provisioning.ts'
import { listStartingItems, listUnplannedItems, lockRequestedItem, updateItemState } from '../store/requested-items.ts'
import type { Context } from './context.ts'
import { endHeldAccess } from './end-held-access.ts'
import { followApprovals } from './follow-approvals.ts'
import { followContent } from './follow-content.ts'
import { followReassignments } from './follow-reassignments.ts'
import { itemEvent, theSystem } from './item-event.ts'
import { mendApprovals } from './mend-approvals.ts'
import { stepJob } from './start-steps.ts'

const BATCH = 100

/**
 * Does whatever is due: approvals that wait for the wrong person, for somebody who is away or for too long are moved on, access whose start
 * has come is put in place, who holds something whose content changed follows it, access whose end has come is taken away, calls whose next try is
 * due are made, and work whose job was lost is found again. Every node may run it at any time; returns how much it found. One thing that fails does not hold up the others; what failed is thrown
 * together at the end.
 */
export async function followTheClock(context: Context): Promise<number> {
  const failures: unknown[] = []
  const each = async (ids: string[], work: (context: Context, id: string) => Promise<void>) => {
    for (const id of ids) await work(context, id).catch((error: unknown) => failures.push(error))
    return ids.length
  }
  const sweep = async (work: (context: Context) => Promise<number>) =>
    work(context).catch((error: unknown) => {
      failures.push(error)
      return 0
    })
  const now = await context.db.businessNow()
  let found = (await sweep(mendApprovals)) + (await sweep(followReassignments)) + (await sweep(followApprovals))
  found += await each(await listStartingItems(context.db.sql, now, BATCH), startItem)
  // What comes before what goes: a value that both have is never away in between.
  found += await each(await listChangedAssignments(context.db.sql, BATCH), followContent)
  found += await each(await listEndedAssignments(context.db.sql, now, BATCH), endHeldAccess)
  found += await findLostWork(context)
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${found} things that were due failed`)
  return found
}

async function startItem({ db, ids }: Context, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const item = await lockRequestedItem(tx, id)
    if (item.state !== 'SCHEDULED' || (item.startAt && item.startAt > tx.now)) return
    await updateItemState(tx, id, itemLife.next(item.state, 'start'))
    await recordAudit(tx, [itemEvent(item, requestAction(item.kind, 'START_DATE_REACHED'), theSystem, ids)])
    await enqueue(tx, [{ name: 'provision-item', key: id }], ids.next)
  })
}

async function findLostWork({ db, ids }: Context): Promise<number> {
  const steps = await listDueSteps(db.sql, BATCH)
  const switches = await listDueSwitches(db.sql, BATCH)
  const items = await listUnplannedItems(db.sql, BATCH)
  const orders = await listUnattendedBulkMoves(db.sql, BATCH)
  const jobs = [
    ...steps.map(stepJob),
    ...switches.map(({ id, sourceId, accountId }) => ({ name: 'switch-account' as const, key: id, target: { sourceId, accountId } })),
    ...items.map((key) => ({ name: 'provision-item' as const, key })),
    ...orders.map((key) => ({ name: 'move-in-bulk' as const, key })),
  ]
  if (jobs.length > 0) await db.transaction((tx) => enqueue(tx, jobs, ids.next))
  return jobs.length
}
