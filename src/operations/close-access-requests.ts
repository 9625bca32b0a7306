import type { Actor } from '../domain/actor.ts'
import { requestAction } from '../domain/audit.ts'
import { item as itemLife } from '../domain/lifecycle.ts'
import { endOccurrence, noticesOfItem } from '../domain/notice.ts'
import type { Ids, Logger } from '../ports.ts'
import { cancelPendingApprovals } from '../store/approvals.ts'
import { recordAudit, recordOutgoing } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { tellPeople } from '../store/notifications.ts'
import { dropUnsentSteps } from '../store/provisioning.ts'
import { type ItemChange, lockItemsOfRequests, updateItemState } from '../store/requested-items.ts'
import { cancelWorkItems } from '../store/work-items.ts'
import type { Context } from './context.ts'
import { itemEvent } from './item-event.ts'
import { settleAssignmentsOf } from './settle-item.ts'
import { workItemEvent } from './start-steps.ts'

type Close = NonNullable<ItemChange['close']>

/**
 * Takes up to 500 request ids and how they shall read; ends every item that has not ended (C5), each request on its own, so that one that
 * fails holds up none of the others. Nothing that was applied is undone, what was not sent yet is not sent. Ids of which nothing could be
 * closed are named in the audit event that completes it (C6).
 */
export async function closeAccessRequests(
  { db, ids, log }: Context & { log: Logger },
  actor: Actor,
  requestIds: string[],
  close: Close,
): Promise<void> {
  const about = { accessRequestIds: requestIds, message: close.message }
  await db.transaction((tx) => recordAudit(tx, [closeEvent('CLOSE_IDENTITY_REQUESTS_STARTED', actor, ids, about)]))
  const failed: string[] = []
  for (const requestId of new Set(requestIds)) {
    try {
      if (!(await db.transaction((tx) => closeOne(tx, actor, requestId, close, ids)))) failed.push(requestId)
    } catch (error) {
      log.error({ err: error, requestId }, 'a request could not be closed')
      failed.push(requestId)
    }
  }
  const outcome = { ...about, failedIds: failed }
  await db.transaction((tx) => recordAudit(tx, [closeEvent('CLOSE_IDENTITY_REQUESTS_COMPLETED', actor, ids, outcome)]))
}

async function closeOne(tx: Tx, actor: Actor, requestId: string, close: Close, ids: Ids): Promise<boolean> {
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
  const end = endOccurrence('CLOSED', tx.now)
  await tellPeople(
    tx,
    items.flatMap((item) => noticesOfItem('DONE', item, end, actor.identityId)),
    ids.next,
  )
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
