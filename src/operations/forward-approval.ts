import type { Actor } from '../domain/actor.ts'
import { mayHandle } from '../domain/approval.ts'
import { requestAction } from '../domain/audit.ts'
import { DomainError } from '../domain/errors.ts'
import { noticesToDecide } from '../domain/notice.ts'
import { followHandOver, mayBeGiven } from '../domain/reassignment.ts'
import { type Question, type RoutingFacts, strictly } from '../domain/routing.ts'
import { say } from '../domain/sentences.ts'
import type { Ids } from '../ports.ts'
import { explainApproval } from '../store/approval-timers.ts'
import { lockApproval, moveApproval, setHolders } from '../store/approvals.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { tellPeople } from '../store/notifications.ts'
import { findPerson } from '../store/people.ts'
import type { Context } from './context.ts'
import { countEarlierAnswers } from './count-earlier-answers.ts'
import { itemEvent } from './item-event.ts'
import { loadQuestionOf } from './load-question.ts'
import { passOnBarred } from './pass-on-unable.ts'
import { recordStandIns } from './record-stand-ins.ts'

/**
 * Takes an approval and the person who shall hold it; hands it over with its history, to them or to whoever stands in for them. Refuses
 * strangers, closed approvals, people who are unknown or inactive, the recipient and the requester: nobody decides on their own access or
 * request, whatever path led there.
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
    const { item } = approval
    const asked = await loadQuestionOf(tx, item, approval, [person.id])
    mayBeGiven(person, asked.question, 'newOwnerId')
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
    await explainApproval(tx, approvalId, { rule: 'FORWARDED', text: say('forwarded', { name: actor.name, to: person.name }) })
    const holderId = await passOn(tx, ids, asked, approvalId, person.id, actor.identityId)
    await passOnBarred(tx, ids, item)
    const details = { approvalId, to: person.id, ...(holderId === person.id ? {} : { standIn: holderId }), comment: to.comment }
    await recordAudit(tx, [itemEvent(item, requestAction(item.kind, 'FORWARDED'), actor, ids, details)])
    // Who takes it over knows.
    if (holderId !== actor.identityId) await tellPeople(tx, noticesToDecide('FORWARDED', approvalId, [holderId], moveId), ids.next)
    await countEarlierAnswers(tx, ids, item)
  })
}

interface AskedNow {
  question: Question
  facts: RoutingFacts
}

/** From somebody who is away on to whoever stands in for them; returns who has it now. */
async function passOn(tx: Tx, ids: Ids, asked: AskedNow, approvalId: string, toId: string, byId: string | null): Promise<string> {
  const { question, facts } = asked
  const steps = followHandOver(toId, byId, facts, strictly(question, facts))
  const holderId = steps.at(-1)?.toId
  if (holderId === undefined) return toId
  await setHolders(tx, approvalId, [holderId])
  await recordStandIns(tx, ids, approvalId, steps, facts)
  return holderId
}
