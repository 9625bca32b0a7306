import { stateAfter } from '../domain/access-request.ts'
import { planSteps } from '../domain/approval.ts'
import { requestAction } from '../domain/audit.ts'
import { item as itemLife } from '../domain/lifecycle.ts'
import { noticesOfApprovals, noticesOfItem } from '../domain/notice.ts'
import type { Ids } from '../ports.ts'
import { insertApprovals, listApprovedBy } from '../store/approvals.ts'
import { recordAudit, recordOutgoing } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { enqueue } from '../store/jobs.ts'
import { tellPeople } from '../store/notifications.ts'
import { type RequestedItem, updateItemState } from '../store/requested-items.ts'
import { type Doer, itemEvent } from './item-event.ts'
import { loadQuestion } from './load-question.ts'
import { supersedeScheduled } from './supersede-scheduled.ts'

/** The step after an approval was given: starts the following steps and, when none is left, sends the item on its way. */
export async function advanceItem(tx: Tx, item: RequestedItem, fromStep: number, actor: Doer, ids: Ids): Promise<void> {
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
  const { question, facts } = await loadQuestion(tx.sql, item)
  const earlier = (await listApprovedBy(tx.sql, item.id)).filter((decision) => !decision.automatic)
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
