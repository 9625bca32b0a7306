import type { Actor } from '../domain/actor.ts'
import { mayHandle } from '../domain/approval.ts'
import { requestAction } from '../domain/audit.ts'
import { DomainError } from '../domain/errors.ts'
import { noticesToDecide } from '../domain/notice.ts'
import { loadBarred } from '../store/approval-voices.ts'
import { lockApproval, moveApproval } from '../store/approvals.ts'
import { recordAudit } from '../store/audit.ts'
import { tellPeople } from '../store/notifications.ts'
import { findPerson } from '../store/people.ts'
import { lockRequestedItem } from '../store/requested-items.ts'
import type { Context } from './context.ts'
import { itemEvent } from './item-event.ts'

/**
 * Takes an approval and the person who shall hold it; hands it over with its history. Refuses strangers, closed approvals, people who are
 * unknown or inactive, the recipient and the requester: nobody decides on their own access or request, whatever path led there.
 */
export async function forwardApproval(
  { db, ids }: Context,
  actor: Actor,
  approvalId: string,
  to: { id: string; comment: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const approval = await lockApproval(tx, approvalId)
    mayHandle(approval, actor)
    const person = await findPerson(tx.sql, to.id)
    if (!person) throw new DomainError('unknown_reference', `there is no identity ${to.id}.`, 'newOwnerId')
    if (!person.active) throw new DomainError('invalid', `${person.name} is not active.`, 'newOwnerId')
    if (person.id === approval.recipientId) throw new DomainError('invalid', 'nobody decides on their own access.', 'newOwnerId')
    const item = await lockRequestedItem(tx, approval.itemId)
    if (person.id === item.requesterId) throw new DomainError('invalid', 'nobody decides on their own request.', 'newOwnerId')
    if ((await loadBarred(tx, item, approval)).has(person.id))
      throw new DomainError(
        'invalid',
        `${person.name} has a say in this request already, and its policy asks different people.`,
        'newOwnerId',
      )
    const from = approval.ownerId ? await findPerson(tx.sql, approval.ownerId) : undefined
    const moveId = ids.next()
    await moveApproval(tx, {
      id: moveId,
      approvalId,
      reason: 'MANUAL_REASSIGNMENT',
      fromName: from?.name ?? actor.name,
      to: person,
      movedByName: actor.name,
      comment: to.comment,
    })
    const details = { approvalId, to: person.id, comment: to.comment }
    await recordAudit(tx, [itemEvent(item, requestAction(item.kind, 'FORWARDED'), actor, ids, details)])
    // Who takes it over knows.
    if (person.id !== actor.identityId) await tellPeople(tx, noticesToDecide('FORWARDED', approvalId, [person.id], moveId), ids.next)
  })
}
