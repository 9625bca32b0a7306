import { requestAction } from '../domain/audit.ts'
import { DomainError } from '../domain/errors.ts'
import { whoIsAbove } from '../domain/escalation.ts'
import { approval as approvalLife, item as itemLife } from '../domain/lifecycle.ts'
import { noticesToDecide } from '../domain/notice.ts'
import type { RoutingFacts } from '../domain/routing.ts'
import { say } from '../domain/sentences.ts'
import {
  afterEscalation,
  afterLastEscalation,
  afterReminder,
  type DueAction,
  dueAction,
  dueMoments,
  type TimerRules,
} from '../domain/timers.ts'
import type { Ids } from '../ports.ts'
import {
  type ApprovalTimers,
  explainApproval,
  listDueApprovals,
  loadApprovalTimers,
  updateApprovalTimers,
} from '../store/approval-timers.ts'
import { closeApproval, insertMove, type LockedApproval, lockApproval, setHolders } from '../store/approvals.ts'
import { recordAudit, recordOutgoing } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { tellPeople } from '../store/notifications.ts'
import { type RequestedItem, updateItemState } from '../store/requested-items.ts'
import { afterApproval, recordDecisionEvent } from './advance-item.ts'
import type { Context } from './context.ts'
import { countEarlierAnswers } from './count-earlier-answers.ts'
import { dropOtherApprovals } from './drop-other-approvals.ts'
import { eachOfMany } from './each-in-turn.ts'
import { itemEvent, theSystem } from './item-event.ts'
import { loadQuestionOf } from './load-question.ts'
import { passOnBarred } from './pass-on-unable.ts'
import { recordStandIns } from './record-stand-ins.ts'

const BATCH = 100

/** Reminds of, hands up and ends open approvals whose time has come, each in a transaction of its own. Returns how many it moved. */
export async function followApprovals(context: Context): Promise<number> {
  const now = await context.db.businessNow()
  const list = (passedOver: string[]) => listDueApprovals(context.db.sql, now, passedOver, BATCH)
  return eachOfMany(list, (id) => followApproval(context, id))
}

interface Due {
  tx: Tx
  ids: Ids
  approval: LockedApproval
  item: RequestedItem
  rules: TimerRules
  timers: ApprovalTimers
}

/**
 * Does the one thing that is due; false when somebody else was faster and nothing is. Where time would agree and nobody can be asked next, it
 * does not: what nobody answers in time ends one way or the other.
 */
async function followApproval(context: Context, id: string): Promise<boolean> {
  let isAgreedByTime = false
  const follow = (mayAgree: boolean) =>
    context.db.transaction(async (tx) => {
      const due = await lockDue(tx, context.ids, id)
      if (!due) return false
      isAgreedByTime = mayAgree && due.action === 'expire' && due.rules.expiryResult === 'APPROVED'
      if (isAgreedByTime) await approveByTime(due)
      else await actions[due.action](due)
      return true
    })
  try {
    return await follow(true)
  } catch (error) {
    if (!isAgreedByTime || !(error instanceof DomainError) || error.code !== 'conflict') throw error
    return follow(false)
  }
}

async function lockDue(tx: Tx, ids: Ids, id: string): Promise<(Due & { action: DueAction }) | undefined> {
  const approval = await lockApproval(tx, id)
  if (approval.state !== 'PENDING') return undefined
  const timers = await loadApprovalTimers(tx, id)
  const action = dueAction(timers.due, tx.now)
  const { item } = approval
  const rules = item.policy.timers
  return action && rules ? { tx, ids, approval, item, rules, timers, action } : undefined
}

const actions = { remind, escalate, expire }

async function remind({ tx, ids, approval, item, rules, timers }: Due): Promise<void> {
  const progress = afterReminder(rules, timers.progress, tx.now)
  await updateApprovalTimers(tx, approval.id, progress, dueMoments(rules, progress))
  const details = { approvalId: approval.id, to: approval.candidateIds, reminder: progress.remindersSent }
  await recordAudit(tx, [itemEvent(item, 'APPROVAL_REQUEST_REMINDED', theSystem, ids, details)])
  await recordOutgoing(tx, [{ id: ids.next(), type: 'approval-reminder', payload: { ...about(item), ...details } }])
  await tellPeople(tx, noticesToDecide('REMINDER', approval.id, approval.candidateIds, tx.now.toISOString()), ids.next)
}

function about(item: RequestedItem) {
  return { accessRequestId: item.requestId, requestedItemId: item.id }
}

async function escalate({ tx, ids, approval, item, rules, timers }: Due): Promise<void> {
  const holderIds = [...approval.candidateIds].sort()
  const { question, facts } = await loadQuestionOf(tx, item, approval, holderIds)
  const holding = { holderIds, earlierIds: timers.earlierIds }
  const above = whoIsAbove(holding, timers.progress.escalations, rules.escalationLevels, question, facts)
  if (!above) {
    const progress = afterLastEscalation(rules, timers.progress)
    await updateApprovalTimers(tx, approval.id, progress, dueMoments(rules, progress))
    return explainApproval(tx, approval.id, { rule: 'EMPTY', text: say('nobodyAbove') })
  }
  const to = new Map(above.handed.map(({ fromId, toId }) => [toId, fromId]))
  for (const [toId, fromId] of to) await insertMove(tx, escalation(approval.id, fromId, toId, facts, ids))
  await explainApproval(tx, approval.id, { rule: 'ESCALATED', text: whyEscalated(holderIds, above.holderIds, facts) })
  await recordStandIns(tx, ids, approval.id, above.steps, facts)
  await setHolders(tx, approval.id, above.holderIds)
  await passOnBarred(tx, ids, item)
  const progress = afterEscalation(timers.progress, above.level, tx.now)
  await updateApprovalTimers(tx, approval.id, progress, dueMoments(rules, progress))
  const details = { approvalId: approval.id, from: holderIds, to: above.holderIds, level: above.level }
  await recordAudit(tx, [itemEvent(item, requestAction(item.kind, 'ESCALATED'), theSystem, ids, details)])
  await recordOutgoing(tx, [{ id: ids.next(), type: 'approval-escalated', payload: { ...about(item), ...details } }])
  await tellPeople(tx, noticesToDecide('ESCALATED', approval.id, above.holderIds, tx.now.toISOString()), ids.next)
  await countEarlierAnswers(tx, ids, item)
}

function whyEscalated(fromIds: string[], toIds: string[], { people }: RoutingFacts): string {
  const names = (ids: string[]) => ids.map((id) => people.get(id)?.name ?? '').join(', ')
  return say('passedUp', { from: names(fromIds), to: names(toIds) })
}

function escalation(approvalId: string, fromId: string, toId: string, { people }: RoutingFacts, ids: Ids) {
  const to = { id: toId, name: people.get(toId)?.name ?? '' }
  const fromName = people.get(fromId)?.name ?? ''
  return { id: ids.next(), approvalId, reason: 'AUTO_ESCALATION' as const, fromName, to, movedByName: null, comment: null }
}

async function expire({ tx, ids, approval, item }: Due): Promise<void> {
  const details = { approvalId: approval.id, result: 'EXPIRED' }
  await recordAudit(tx, [itemEvent(item, 'APPROVAL_REQUEST_TIMED_OUT', theSystem, ids, details)])
  await closeApproval(tx, approval.id, approvalLife.next(approval.state, 'expire'), null, null)
  await dropOtherApprovals(tx, item, ids)
  await updateItemState(tx, item.id, itemLife.next(item.state, 'expire'), { approvalsFinished: true })
  await recordAudit(tx, [itemEvent(item, requestAction(item.kind, 'REJECTED'), theSystem, ids, { ...details, timedOut: true })])
  await recordDecisionEvent(tx, item, 'REJECTED', ids)
}

async function approveByTime({ tx, ids, approval, item }: Due): Promise<void> {
  const timedOut = { approvalId: approval.id, result: 'APPROVED' }
  await recordAudit(tx, [itemEvent(item, 'APPROVAL_REQUEST_TIMED_OUT', theSystem, ids, timedOut)])
  await closeApproval(tx, approval.id, approvalLife.next(approval.state, 'approve'), null, null)
  await explainApproval(tx, approval.id, { rule: 'AUTOMATIC', text: say('agreedByTime') })
  const details = { approvalId: approval.id, automatic: true, by: null }
  await recordAudit(tx, [itemEvent(item, 'APPROVAL_REQUEST_APPROVED', theSystem, ids, details)])
  await afterApproval(tx, item, { id: approval.id, stepNumber: approval.stepNumber, decidedBy: null, comment: null }, theSystem, ids)
}
