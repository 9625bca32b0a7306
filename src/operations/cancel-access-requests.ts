import { type Actor, personOf } from '../domain/actor.ts'
import { requestAction } from '../domain/audit.ts'
import { DomainError } from '../domain/errors.ts'
import { isCancelable, item as itemLife } from '../domain/lifecycle.ts'
import { endOccurrence, noticesOfItem } from '../domain/notice.ts'
import type { Ids } from '../ports.ts'
import { cancelPendingApprovals } from '../store/approvals.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { tellPeople } from '../store/notifications.ts'
import { lockItemsOfRequests, type RequestedItem, updateItemState } from '../store/requested-items.ts'
import type { Context } from './context.ts'
import { type BulkResult, eachById } from './each-by-id.ts'
import { itemEvent } from './item-event.ts'

/**
 * Takes a request's id and a reason; cancels every item of it whose approvals have not ended (C1). Refuses an unknown id (not_found),
 * anybody but the requester or an org admin (C2), and a request of which nothing can be cancelled any more (conflict).
 */
export async function cancelAccessRequest({ db, ids }: Context, actor: Actor, requestId: string, comment: string): Promise<void> {
  await db.transaction(async (tx) => {
    const items = await lockItemsOfRequests(tx, [requestId])
    const first = items[0]
    if (!first) throw new DomainError('not_found', `There is no access request ${requestId}.`)
    const by = personOf(actor)
    if (!actor.isAdmin && first.requesterId !== by)
      throw new DomainError('forbidden', 'Only the requester or an org admin may cancel this request.')
    const open = items.filter((item) => isCancelable(item.state))
    if (open.length === 0) throw new DomainError('conflict', `This request cannot be cancelled any more: it is ${first.state}.`)
    await cancelItems(tx, ids, actor, open, comment)
  })
}

/** Cancels items that can be (locked by the caller), with whatever is still asked about them and a line in the record for each. */
export async function cancelItems(tx: Tx, ids: Ids, actor: Actor, items: RequestedItem[], comment: string): Promise<void> {
  for (const item of items) {
    const state = itemLife.next(item.state, 'cancel')
    await updateItemState(tx, item.id, state, { cancelledBy: personOf(actor), cancelComment: comment })
  }
  const itemIds = items.map((item) => item.id)
  await cancelPendingApprovals(tx, itemIds)
  await recordAudit(
    tx,
    items.map((item) => itemEvent(item, requestAction(item.kind, 'CANCELLED'), actor, ids, { comment })),
  )
  const end = endOccurrence('CANCELLED', tx.now)
  await tellPeople(
    tx,
    items.flatMap((item) => noticesOfItem('DONE', item, end, actor.identityId)),
    ids.next,
  )
}

/** Cancels many requests, each as `cancelAccessRequest` does, in a transaction of its own; returns what became of each. */
export async function cancelInBulk(context: Context, actor: Actor, requestIds: string[], comment: string): Promise<BulkResult[]> {
  return eachById(requestIds, (id) => cancelAccessRequest(context, actor, id, comment))
}
