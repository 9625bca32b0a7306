import { whoIsAbove, withManagerChanged, withoutInactive } from '../escalation.ts'
import { approval as approvalLife } from '../lifecycle.ts'
import { afterEscalation, afterLastEscalation, afterReminder, type DueMoments, dueAction, dueMoments, type TimerRules } from '../timers.ts'
import { agreeInTrial, endTrial, factsOf, handOver, openApprovals, questionOf, type Trial, type TriedApproval } from './simulate.ts'

/** What time, and changes among people, do to a trial. */

/** Lets time pass until `to`; whatever becomes due on the way happens at its moment. */
export function passTime(trial: Trial, to: Date): void {
  const rules = trial.item.policy.timers
  for (;;) {
    const next = rules && nextDue(trial, rules, to)
    if (!next) break
    if (next.at > trial.now) trial.now = next.at
    actions[next.action](trial, next.approval, rules)
  }
  trial.now = to
}

interface Due {
  approval: TriedApproval
  at: Date
  action: 'expire' | 'escalate' | 'remind'
}

function nextDue(trial: Trial, rules: TimerRules, to: Date): Due | undefined {
  const due = openApprovals(trial).flatMap((approval): Due[] => {
    const moments = dueMoments(rules, approval.progress)
    const at = earliest(moments)
    const action = at && at <= to ? dueAction(moments, at) : undefined
    return at && action ? [{ approval, at, action }] : []
  })
  return due.sort((a, b) => a.at.getTime() - b.at.getTime())[0]
}

function earliest({ remindAt, escalateAt, expiresAt }: DueMoments): Date | undefined {
  return [remindAt, escalateAt, expiresAt].filter((at) => at !== null).sort((a, b) => a.getTime() - b.getTime())[0]
}

const actions = { remind, escalate, expire }

function remind(trial: Trial, approval: TriedApproval, rules: TimerRules): void {
  approval.progress = afterReminder(rules, approval.progress, trial.now)
  trial.reminders.push({ approvalId: approval.id, to: [...approval.candidateIds] })
}

function escalate(trial: Trial, approval: TriedApproval, rules: TimerRules): void {
  const holding = { holderIds: [...approval.candidateIds].sort(), earlierIds: approval.earlierIds }
  const above = whoIsAbove(holding, approval.progress.escalations, rules.escalationLevels, questionOf(trial, approval), factsOf(trial))
  if (!above) {
    approval.progress = afterLastEscalation(rules, approval.progress)
    return
  }
  handOver(approval, [...new Set(above.handed.map(({ toId }) => toId))], 'AUTO_ESCALATION')
  approval.progress = afterEscalation(approval.progress, above.level, trial.now)
}

function expire(trial: Trial, approval: TriedApproval, rules: TimerRules): void {
  if (rules.expiryResult === 'APPROVED') {
    approval.state = approvalLife.next(approval.state, 'approve')
    agreeInTrial(trial, approval)
  } else {
    approval.state = approvalLife.next(approval.state, 'expire')
    endTrial(trial, 'expired')
  }
}

/** Puts open approvals right after people changed: a new manager, somebody who is not active any more. */
export function mendTrial(trial: Trial): void {
  for (const approval of openApprovals(trial)) {
    followNewBoss(trial, approval)
    passInactive(trial, approval)
  }
}

function followNewBoss(trial: Trial, approval: TriedApproval): void {
  const managerId = trial.facts.routing.people.get(trial.item.recipientId)?.managerId ?? null
  if (approval.scheme !== 'MANAGER' || approval.namedId === managerId) return
  const holding = { ...approval, holderIds: approval.candidateIds }
  const { remainingIds } = withManagerChanged(holding, managerId, questionOf(trial, approval), factsOf(trial))
  handOver(approval, remainingIds, 'AUTOMATIC_REASSIGNMENT')
  approval.namedId = managerId
  approval.ruleHolderId = remainingIds.at(-1) ?? null
}

function passInactive(trial: Trial, approval: TriedApproval): void {
  const holderIds = [...approval.candidateIds].sort()
  const isGroup = approval.originalOwnerType === 'GOVERNANCE_GROUP' && approval.ownerId === null
  const { remainingIds, handed } = withoutInactive(holderIds, isGroup, questionOf(trial, approval), factsOf(trial))
  if (remainingIds.length === holderIds.length && !handed) return
  if (handed) handOver(approval, remainingIds, 'AUTOMATIC_REASSIGNMENT')
  else approval.candidateIds = remainingIds
  if (handed && approval.ruleHolderId === handed.fromId) approval.ruleHolderId = handed.toId
}
