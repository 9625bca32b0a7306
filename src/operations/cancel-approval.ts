import type { Actor } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { isCancelable } from '../domain/lifecycle.ts'
import { lockApproval } from '../store/approvals.ts'
import { cancelItems } from './cancel-access-requests.ts'
import type { Context } from './context.ts'
import { type BulkResult, eachById } from './each-by-id.ts'

/**
 * Takes an approval; cancels the item it asks about, with everything else that is asked about that item. Other items of the request go on.
 * Refuses an unknown id (not_found), one that is closed (conflict, with the outcome), and anybody but the requester or an org admin.
 */
export async function cancelApproval({ db, ids }: Context, actor: Actor, approvalId: string, comment: string): Promise<void> {
  await db.transaction(async (tx) => {
    const approval = await lockApproval(tx, approvalId)
    const { item } = approval
    if (!actor.isAdmin && item.requesterId !== actor.identityId)
      throw new DomainError('forbidden', 'Only the requester or an org admin may cancel this request.')
    if (approval.state !== 'PENDING') throw new DomainError('conflict', `This approval is closed: it is ${approval.state}.`)
    if (!isCancelable(item.state)) throw new DomainError('conflict', `This request cannot be cancelled any more: it is ${item.state}.`)
    await cancelItems(tx, ids, actor, [item], comment)
  })
}

/** Cancels many, each as `cancelApproval` does, in a transaction of its own; returns what became of each. */
export async function cancelApprovals(context: Context, actor: Actor, approvalIds: string[], comment: string): Promise<BulkResult[]> {
  return eachById(approvalIds, (id) => cancelApproval(context, actor, id, comment))
}
