import { type Actor, personOf } from '../domain/actor.ts'
import { requestAction } from '../domain/audit.ts'
import { DomainError } from '../domain/errors.ts'
import { isCancelable, item as itemLife } from '../domain/lifecycle.ts'
import { cancelPendingApprovals } from '../store/approvals.ts'
import { recordAudit } from '../store/audit.ts'
import { lockItemsOfRequests, updateItemState } from '../store/requested-items.ts'
import type { Context } from './context.ts'
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
    for (const item of open) {
      await updateItemState(tx, item.id, itemLife.next(item.state, 'cancel'), { cancelledBy: by, cancelComment: comment })
    }
    await cancelPendingApprovals(
      tx,
      open.map((item) => item.id),
    )
    await recordAudit(
      tx,
      open.map((item) => itemEvent(item, requestAction(item.kind, 'CANCELLED'), actor, ids, { comment })),
    )
  })
}

/** Cancels many requests, each in a transaction of its own; unknown ones and those past their approvals are passed over. Returns the ids cancelled. */
export async function cancelInBulk(context: Context, actor: Actor, requestIds: string[], comment: string): Promise<string[]> {
  const done: string[] = []
  for (const id of new Set(requestIds)) {
    try {
      await cancelAccessRequest(context, actor, id, comment)
      done.push(id)
    } catch (error) {
      if (!(error instanceof DomainError) || !['not_found', 'conflict'].includes(error.code)) throw error
    }
  }
  return done
}
