import { type Actor, personOf } from '../domain/actor.ts'
import { mayHandle } from '../domain/approval.ts'
import { requestAction } from '../domain/audit.ts'
import { DomainError } from '../domain/errors.ts'
import { mayBeGiven } from '../domain/reassignment.ts'
import { lockApproval } from '../store/approvals.ts'
import { recordAudit } from '../store/audit.ts'
import { findPerson } from '../store/people.ts'
import type { Context } from './context.ts'
import { countEarlierAnswers } from './count-earlier-answers.ts'
import { type BulkResult, eachById } from './each-by-id.ts'
import { givePart } from './give-part.ts'
import { itemEvent } from './item-event.ts'
import { loadQuestionOf } from './load-question.ts'
import { passOnBarred } from './pass-on-unable.ts'

/** Whose part of an approval goes to whom. Without `fromId` the caller's own, and for an org admin who holds none the only holder's. */
export interface Reassign {
  fromId: string | undefined
  toId: string
  comment: string | null
}

/**
 * Takes an approval and one of those who hold it; gives their part to another person, or to whoever stands in for that one. Refuses strangers
 * and whoever would move the part of another without being an org admin (forbidden), closed approvals (conflict), a holder who is none, and
 * people who may not be given it (invalid).
 */
export async function reassignApproval({ db, ids }: Context, actor: Actor, approvalId: string, wanted: Reassign): Promise<void> {
  await db.transaction(async (tx) => {
    const approval = await lockApproval(tx, approvalId)
    mayHandle(approval, actor)
    const fromId = holderToReplace(approval.candidateIds, actor, wanted.fromId)
    const to = await findPerson(tx.sql, wanted.toId)
    if (!to) throw new DomainError('unknown_reference', `there is no identity ${wanted.toId}.`, 'reassignTo')
    const { item } = approval
    const { question, facts } = await loadQuestionOf(tx, item, approval, [...approval.candidateIds, to.id])
    mayBeGiven(to, question, 'reassignTo')
    const how = { fromId, toId: to.id, by: actor, comment: wanted.comment, because: [] }
    const holderId = await givePart(tx, ids, approval, how, question, facts)
    await passOnBarred(tx, ids, item)
    const details = { approvalId, from: fromId, to: to.id, ...(holderId === to.id ? {} : { standIn: holderId }), comment: wanted.comment }
    await recordAudit(tx, [itemEvent(item, requestAction(item.kind, 'FORWARDED'), actor, ids, details)])
    await countEarlierAnswers(tx, ids, item)
  })
}

/** Reassigns many, each as `reassignApproval` does, in a transaction of its own; returns what became of each. */
export async function reassignApprovals(context: Context, actor: Actor, approvalIds: string[], wanted: Reassign): Promise<BulkResult[]> {
  return eachById(approvalIds, (id) => reassignApproval(context, actor, id, wanted))
}

function holderToReplace(holderIds: string[], actor: Actor, named: string | undefined): string {
  const me = personOf(actor)
  if (named !== undefined && named !== me && !actor.isAdmin) {
    throw new DomainError('forbidden', 'Only an org admin reassigns what another person holds.', 'reassignFrom')
  }
  const [only] = holderIds.length === 1 ? holderIds : []
  const fromId = named ?? (holderIds.includes(me) ? me : only)
  if (fromId === undefined) throw new DomainError('invalid', 'several people hold this approval: name one.', 'reassignFrom')
  if (!holderIds.includes(fromId)) throw new DomainError('invalid', 'does not hold this approval.', 'reassignFrom')
  return fromId
}
