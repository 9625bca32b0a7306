import { type Actor, personOf } from '../domain/actor.ts'
import { type Decision, decide } from '../domain/approval.ts'
import { requestAction } from '../domain/audit.ts'
import { item as itemLife } from '../domain/lifecycle.ts'
import type { Ids } from '../ports.ts'
import { loadBarred } from '../store/approval-voices.ts'
import { closeApproval, type LockedApproval, lockApproval } from '../store/approvals.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { updateItemState } from '../store/requested-items.ts'
import { afterApproval, recordDecisionEvent } from './advance-item.ts'
import type { Context } from './context.ts'
import { dropOtherApprovals } from './drop-other-approvals.ts'
import { type BulkResult, eachById } from './each-by-id.ts'
import { itemEvent } from './item-event.ts'
import { recordForOthers } from './record-for-others.ts'

/**
 * Takes an approver's answer; stores it and moves the item on. Refuses an unknown approval (not_found), strangers and people deciding on
 * their own access (forbidden), a decision that comes late (conflict, with the outcome), a bare rejection where a comment is demanded.
 */
export async function decideApproval({ db, ids }: Context, actor: Actor, approvalId: string, decision: Decision): Promise<void> {
  await db.transaction(async (tx) => {
    const approval = await lockApproval(tx, approvalId)
    await applyDecision(tx, actor, approval, decision, ids)
  })
}

/** Decides many approvals, each as `decideApproval` does, in a transaction of its own; returns what became of each. */
export async function decideInBulk(context: Context, actor: Actor, approvalIds: string[], decision: Decision): Promise<BulkResult[]> {
  return eachById(approvalIds, (id) => decideApproval(context, actor, id, decision))
}

async function applyDecision(tx: Tx, actor: Actor, approval: LockedApproval, decision: Decision, ids: Ids): Promise<void> {
  const { item } = approval
  const state = decide(approval, actor, decision, await loadBarred(tx, item, approval))
  await closeApproval(tx, approval.id, state, personOf(actor), decision.comment)
  const forOthers = !approval.candidateIds.includes(personOf(actor))
  if (forOthers) await recordForOthers(tx, ids, actor, approval)
  const details = { approvalId: approval.id, comment: decision.comment, forOthers }
  await recordAudit(tx, [itemEvent(item, `APPROVAL_REQUEST_${state}`, actor, ids, details)])
  if (decision.answer === 'approve') {
    const given = { id: approval.id, stepNumber: approval.stepNumber, decidedBy: personOf(actor), comment: decision.comment }
    await afterApproval(tx, item, given, actor, ids)
    return
  }
  await dropOtherApprovals(tx, item, ids)
  await updateItemState(tx, item.id, itemLife.next(item.state, 'reject'), { approvalsFinished: true })
  await recordAudit(tx, [itemEvent(item, requestAction(item.kind, 'REJECTED'), actor, ids)])
  await recordDecisionEvent(tx, item, 'REJECTED', ids)
}
