import { type Actor, personOf } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { step as stepLife, workItem as workItemLife } from '../domain/lifecycle.ts'
import type { Ids } from '../ports.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { findPerson } from '../store/people.ts'
import { endStep, lockStep, noteGrant } from '../store/provisioning.ts'
import { endWorkItem, forwardWorkItem, type LockedWorkItem, lockWorkItem } from '../store/work-items.ts'
import type { Context } from './context.ts'
import { passWorkOn } from './pass-work-on.ts'
import { settleAssignment, settleItem } from './settle-item.ts'

/**
 * Takes a work item that its owner has done (or will not do); their word is the proof, marked as not verified by machine. Refuses an
 * unknown id (not_found), anybody but the owner or an org admin (forbidden), one that is closed (conflict).
 */
export async function answerWorkItem(
  { db, ids }: Context,
  actor: Actor,
  workItemId: string,
  answer: { move: 'complete' | 'reject'; comment: string | null },
): Promise<void> {
  await db.transaction(async (tx) => {
    const work = await lockWorkItem(tx, workItemId)
    mayAnswer(work, actor)
    const state = workItemLife.next(work.state, answer.move)
    await endWorkItem(tx, work.id, state, personOf(actor), answer.comment)
    const step = await lockStep(tx, work.stepId)
    if (!step) return
    const done = answer.move === 'complete'
    const refusal = done ? null : `${actor.name} did not do the manual work${answer.comment ? `: ${answer.comment}` : '.'}`
    await endStep(tx, step.id, stepLife.next(step.state, done ? 'confirm' : 'fail'), false, refusal)
    if (done) await noteGrant(tx, step.grantId, step.accountId, step.operation === 'ADD')
    await recordAudit(tx, [workEvent(work, done ? 'WORK_ITEM_COMPLETED' : 'WORK_ITEM_REJECTED', actor, ids, answer.comment)])
    if (step.item) await settleItem(tx, step.item, ids)
    else if (step.assignmentId !== null) await settleAssignment(tx, step.assignmentId, ids)
  })
}

/** Hands a work item to another person, or to whoever stands in for them. Refuses as answerWorkItem does, and people who are unknown or inactive. */
export async function forwardWork(
  { db, ids }: Context,
  actor: Actor,
  workItemId: string,
  to: { id: string; comment: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const work = await lockWorkItem(tx, workItemId)
    mayAnswer(work, actor)
    workItemLife.next(work.state, 'complete')
    const person = await findPerson(tx.sql, to.id)
    if (!person) throw new DomainError('unknown_reference', `there is no identity ${to.id}.`, 'targetOwnerId')
    if (!person.active) throw new DomainError('invalid', `${person.name} is not active.`, 'targetOwnerId')
    await forwardWorkItem(tx, work.id, person.id, forwardEntry(work, person.name, actor, to.comment, tx))
    await recordAudit(tx, [workEvent(work, 'WORK_ITEM_FORWARD', actor, ids, to.comment)])
    await passWorkOn(tx, ids, { ...work, ownerId: person.id }, { byId: actor.identityId })
  })
}

function forwardEntry(work: LockedWorkItem, newName: string, actor: Actor, comment: string, tx: Tx) {
  return {
    oldApproverName: work.ownerName,
    newApproverName: newName,
    comment,
    modified: tx.now.toISOString(),
    forwarderName: actor.name,
    reassignmentType: 'MANUAL_REASSIGNMENT' as const,
  }
}

function mayAnswer(work: LockedWorkItem, actor: Actor): void {
  if (!actor.isAdmin && actor.identityId !== work.ownerId) {
    throw new DomainError('forbidden', 'Only the owner of this work item or an org admin may do this.')
  }
}

function workEvent(work: LockedWorkItem, action: string, actor: Actor, ids: Ids, comment: string | null) {
  return {
    id: ids.next(),
    action,
    actor: { id: actor.identityId, name: actor.name },
    target: { id: work.ownerId, name: work.ownerName },
    trackingNumber: work.trackingNumber,
    details: { workItemId: work.id, comment },
  }
}
