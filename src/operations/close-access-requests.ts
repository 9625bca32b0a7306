import type { Actor } from '../domain/actor.ts'
import { requestAction } from '../domain/audit.ts'
import { item as itemLife } from '../domain/lifecycle.ts'
import type { Ids } from '../ports.ts'
import { cancelPendingApprovals } from '../store/approvals.ts'
import { recordAudit, recordOutgoing } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { dropUnsentSteps } from '../store/provisioning.ts'
import { type ItemChange, lockItemsOfRequests, updateItemState } from '../store/requested-items.ts'
import { cancelWorkItems } from '../store/work-items.ts'
import type { Context } from './context.ts'
import { itemEvent } from './item-event.ts'
import { settleAssignmentsOf } from './settle-item.ts'
import { workItemEvent } from './start-steps.ts'

/**
 * Takes up to 500 request ids and how they shall read; ends every item that has not ended (C5). Nothing that was applied is undone, what
 * was not sent yet is not sent. Ids of which nothing could be closed are named in the audit event that completes it (C6).
 */
export async function closeAccessRequests(
  { db, ids }: Context,
  actor: Actor,
  requestIds: string[],
  close: NonNullable<ItemChange['close']>,
): Promise<void> {
  await db.transaction(async (tx) => {
    const failed: string[] = []
    await recordAudit(tx, [closeEvent('CLOSE_IDENTITY_REQUESTS_STARTED', actor, ids, { accessRequestIds: requestIds })])
    for (const requestId of new Set(requestIds)) if (!(await closeOne(tx, actor, requestId, close, ids))) failed.push(requestId)
    const details = { accessRequestIds: requestIds, failedIds: failed, message: close.message }
    await recordAudit(tx, [closeEvent('CLOSE_IDENTITY_REQUESTS_COMPLETED', actor, ids, details)])
  })
}

async function closeOne(tx: Tx, actor: Actor, requestId: string, close: NonNullable<ItemChange['close']>, ids: Ids): Promise<boolean> {
  const items = (await lockItemsOfRequests(tx, [requestId])).filter((item) => itemLife.can(item.state, 'close'))
  if (items.length === 0) return false
  const itemIds = items.map((item) => item.id)
  for (const item of items) await updateItemState(tx, item.id, itemLife.next(item.state, 'close'), { close })
  await cancelPendingApprovals(tx, itemIds)
  const tasks = await cancelWorkItems(tx, itemIds)
  await dropUnsentSteps(tx, itemIds)
  for (const id of itemIds) await settleAssignmentsOf(tx, id, ids)
  const details = { execution: close.execution, completion: close.completion, message: close.message }
  await recordAudit(tx, [
    ...items.map((item) => itemEvent(item, requestAction(item.kind, 'CLOSED'), actor, ids, details)),
    ...tasks.map((task) => workItemEvent(task, 'WORK_ITEM_CANCELLED', task.trackingNumber, ids)),
  ])
  await recordOutgoing(tx, [{ id: ids.next(), type: 'provisioning-completed', payload: { accessRequestId: requestId, closed: true } }])
  return true
}

function closeEvent(action: string, actor: Actor, ids: Ids, details: Record<string, string | string[]>) {
  return {
    id: ids.next(),
    action,
    actor: { id: actor.identityId, name: actor.name },
    target: { id: null, name: null },
    trackingNumber: null,
    details,
  }
}
