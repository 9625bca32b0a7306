import { type Actor, personOf } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { noticesToDecide } from '../domain/notice.ts'
import { remindableFrom } from '../domain/timeline.ts'
import { recordAudit } from '../store/audit.ts'
import { tellPeople } from '../store/notifications.ts'
import { listToRemind, lockItemsToRemind, type ToRemind } from '../store/reminders.ts'
import type { Context } from './context.ts'
import { itemEvent } from './item-event.ts'

export interface Reminded {
  reminded: { approvalId: string; people: ToRemind['people'] }[]
  remindableFrom: Date
}

/**
 * Tells everybody a request waits for that it waits; returns who was told and from when on they may be told again. For its requester, its
 * recipient and org admins; refuses when nobody has to decide or when all of them were reminded within a day (conflict).
 */
export async function remindApprovers({ db, ids }: Context, actor: Actor, requestId: string): Promise<Reminded> {
  return db.transaction(async (tx) => {
    const items = await lockItemsToRemind(tx, requestId)
    const me = personOf(actor)
    const own = items.some((item) => item.requesterId === me || item.recipientId === me)
    if (!actor.isAdmin && !own) throw new DomainError('forbidden', 'Only the requester, the recipient or an org admin may remind.')
    if (items.length === 0) throw new DomainError('not_found', `There is no access request ${requestId}.`)
    const waiting = await listToRemind(tx.sql, requestId)
    if (waiting.length === 0) throw new DomainError('conflict', 'This request does not wait for an approver.')
    const due = waiting.filter((approval) => remindableFrom(approval.remindedAt, tx.now) === null)
    if (due.length === 0) throw tooSoon(waiting, tx.now)
    for (const { id, itemId, people } of due) {
      const to = people.map((person) => person.id)
      const item = items.find((one) => one.id === itemId) as (typeof items)[number]
      await recordAudit(tx, [itemEvent(item, 'APPROVAL_REQUEST_REMINDED', actor, ids, { approvalId: id, to, byHand: true })])
      await tellPeople(tx, noticesToDecide('REMINDER', id, to, `by hand ${tx.now.toISOString()}`), ids.next)
    }
    const again = remindableFrom(tx.now, tx.now) as Date
    return { reminded: due.map(({ id, people }) => ({ approvalId: id, people })), remindableFrom: again }
  })
}

function tooSoon(waiting: ToRemind[], now: Date): DomainError {
  const times = waiting.flatMap((approval) => remindableFrom(approval.remindedAt, now)?.getTime() ?? [])
  const from = new Date(Math.min(...times)).toISOString()
  return new DomainError('conflict', `They were reminded less than a day ago; remind them again from ${from} on.`)
}
