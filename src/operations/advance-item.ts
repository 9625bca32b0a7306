import { stateAfter } from '../domain/access-request.ts'
import { afterAgreement, planSteps, type Voice } from '../domain/approval-steps.ts'
import { requestAction } from '../domain/audit.ts'
import { approval as approvalLife, item as itemLife } from '../domain/lifecycle.ts'
import { noticesOfApprovals, noticesOfItem } from '../domain/notice.ts'
import { say } from '../domain/sentences.ts'
import type { Ids } from '../ports.ts'
import { explainApproval } from '../store/approval-timers.ts'
import { listVoices } from '../store/approval-voices.ts'
import { closeApproval, insertApprovals, listApprovedBy } from '../store/approvals.ts'
import { recordAudit, recordOutgoing } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { enqueue } from '../store/jobs.ts'
import { tellPeople } from '../store/notifications.ts'
import { type RequestedItem, updateItemState } from '../store/requested-items.ts'
import { type Doer, itemEvent, theSystem } from './item-event.ts'
import { loadQuestion } from './load-question.ts'
import { passOnBarred } from './pass-on-unable.ts'
import { supersedeScheduled } from './supersede-scheduled.ts'

/** An approval that was agreed to, by whom (null: nobody answered in time), with the comment and the words that go with it. */
export interface Agreed {
  id: string
  stepNumber: number
  decidedBy: string | null
  comment: string | null
}

/**
 * What follows from an approval that was agreed to: where the same answer counts for others of its step, they are closed with it; when enough
 * have agreed, nobody else need answer, and the item goes on.
 */
export async function afterApproval(tx: Tx, item: RequestedItem, given: Agreed, actor: Doer, ids: Ids): Promise<void> {
  const ofStep = await voicesOfStep(tx, item, given)
  const { answeredIds, spareIds, agreed } = afterAgreement(item.policy, given, ofStep)
  for (const id of answeredIds) {
    await closeApproval(tx, id, approvalLife.next('PENDING', 'approve'), given.decidedBy, given.comment)
    await explainApproval(tx, id, { rule: 'EARLIER_DECISION', text: say('approvedBeside') })
    const details = { approvalId: id, automatic: false, by: given.decidedBy }
    await recordAudit(tx, [itemEvent(item, 'APPROVAL_REQUEST_APPROVED', actor, ids, details)])
  }
  for (const id of spareIds) {
    await closeApproval(tx, id, approvalLife.next('PENDING', 'cancel'), null, null)
    await explainApproval(tx, id, { rule: 'QUORUM', text: say('enoughAgreed') })
    await recordAudit(tx, [itemEvent(item, 'APPROVAL_REQUEST_CANCELLED', theSystem, ids, { approvalId: id, because: 'QUORUM' })])
  }
  if (agreed) await advanceItem(tx, item, given.stepNumber + 1, actor, ids)
  else await passOnBarred(tx, ids, item)
}

/** Where a step asks one person or group, their answer is all there is to know. */
async function voicesOfStep(tx: Tx, item: RequestedItem, { id, stepNumber, decidedBy }: Agreed): Promise<Voice[]> {
  const step = item.policy.steps[stepNumber]
  if (!step || !('asks' in step)) return [{ id, stepNumber, state: 'APPROVED', candidateIds: [], decidedBy }]
  return (await listVoices(tx.sql, item.id)).filter((voice) => voice.stepNumber === stepNumber)
}

/** The steps from this one on: starts the following steps and, when none is left, sends the item on its way. */
async function advanceItem(tx: Tx, item: RequestedItem, fromStep: number, actor: Doer, ids: Ids): Promise<void> {
  const steps = await startSteps(tx, item, fromStep, actor, ids)
  if (!steps.finished) {
    await updateItemState(tx, item.id, item.state, { stepNumber: steps.stepNumber })
    return
  }
  const to = stateAfter(true, item.startAt, tx.now)
  const state = itemLife.next(item.state, to === 'SCHEDULED' ? 'schedule' : 'approve')
  await updateItemState(tx, item.id, state, { stepNumber: steps.stepNumber, approvalsFinished: true })
  await recordAudit(tx, [itemEvent(item, requestAction(item.kind, 'APPROVED'), actor, ids)])
  await recordDecisionEvent(tx, item, 'APPROVED', ids)
  if (state === 'SCHEDULED') await supersedeScheduled(tx, item, actor, ids)
  if (state === 'PROVISIONING') await enqueue(tx, [{ name: 'provision-item', key: item.id }], ids.next)
}

async function startSteps(tx: Tx, item: RequestedItem, fromStep: number, actor: Doer, ids: Ids) {
  if (fromStep >= item.policy.steps.length) return { finished: true, stepNumber: fromStep }
  const [{ question, facts }, earlier] = await Promise.all([loadQuestion(tx, item), listApprovedBy(tx.sql, item.id)])
  const plan = planSteps(item.policy, fromStep, question, earlier, facts, ids.next)
  await insertApprovals(
    tx,
    plan.approvals.map((approval) => ({ itemId: item.id, approval, timers: item.policy.timers })),
    ids.next,
  )
  const events = plan.approvals.flatMap((approval) => [
    itemEvent(item, 'APPROVAL_REQUEST_CREATED', actor, ids, {
      approvalId: approval.id,
      scheme: approval.scheme,
      candidates: approval.candidateIds,
    }),
    ...(approval.state === 'PENDING'
      ? []
      : [
          itemEvent(item, 'APPROVAL_REQUEST_APPROVED', actor, ids, {
            approvalId: approval.id,
            automatic: approval.automatic,
            by: approval.decidedBy,
          }),
        ]),
  ])
  await recordAudit(tx, events)
  await tellPeople(tx, noticesOfApprovals(plan.approvals), ids.next)
  return plan
}

/** The event that tells others how the approvals of an item ended. */
export async function recordDecisionEvent(tx: Tx, item: RequestedItem, decision: 'APPROVED' | 'REJECTED', ids: Ids): Promise<void> {
  const payload = { accessRequestId: item.requestId, requestedItemId: item.id, decision }
  await recordOutgoing(tx, [{ id: ids.next(), type: 'access-request-decision', payload }])
  await tellPeople(tx, noticesOfItem('DECIDED', item, decision), ids.next)
}
