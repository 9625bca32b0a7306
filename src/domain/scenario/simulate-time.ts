import { whoIsAbove } from '../escalation.ts'
import { approval as approvalLife } from '../lifecycle.ts'
import { afterEscalation, afterLastEscalation, afterReminder, type DueMoments, dueAction, dueMoments, type TimerRules } from '../timers.ts'
import { agreeInTrial, countEarlierAnswers, endTrial } from './simulate.ts'
import { passOnBarred } from './simulate-holders.ts'
import { mendTrial } from './simulate-people.ts'
import { followReassignments } from './simulate-reassignment.ts'
import { factsOf, giveTo, noteSteps, openApprovals, questionOf, type Trial, type TriedApproval, unlessNobody } from './trial.ts'

/** What time does to a trial. */

/** Sweeps at one moment; a chain of things that follow from each other is far shorter. */
const MAX_SWEEPS = 100

/** Lets time pass until `to`; whatever becomes due on the way happens at its moment. */
export function passTime(trial: Trial, to: Date): void {
  settle(trial)
  for (let at = nextMoment(trial, to); at; at = nextMoment(trial, to)) {
    trial.now = at
    settle(trial)
  }
  trial.now = to
  settle(trial)
}

/** Does whatever is due now, until nothing is. */
export function settle(trial: Trial): void {
  for (let sweeps = 0; sweeps < MAX_SWEEPS; sweeps++) if (mendTrial(trial) + followReassignments(trial) + followTimers(trial) === 0) return
}

function nextMoment(trial: Trial, to: Date): Date | undefined {
  const ofApprovals = openApprovals(trial).flatMap(({ progress }) => momentsOf(dueMoments(trial.item.policy.timers, progress)))
  const ofReassignments = trial.reassignments.flatMap(({ followAt }) => followAt ?? [])
  return [...ofApprovals, ...ofReassignments].filter((at) => at > trial.now && at <= to).sort((a, b) => a.getTime() - b.getTime())[0]
}

function momentsOf({ remindAt, escalateAt, expiresAt }: DueMoments): Date[] {
  return [remindAt, escalateAt, expiresAt].filter((at) => at !== null)
}

/** Returns how many it moved. */
function followTimers(trial: Trial): number {
  const rules = trial.item.policy.timers
  if (!rules) return 0
  const since = (approval: TriedApproval) => Math.min(...momentsOf(dueMoments(rules, approval.progress)).map((at) => at.getTime()))
  const due = openApprovals(trial).filter((approval) => dueAction(dueMoments(rules, approval.progress), trial.now))
  const inOrder = due.sort((a, b) => since(a) - since(b) || (a.id < b.id ? -1 : 1))
  return inOrder.filter(({ id }) => unlessNobody(() => follow(trial, id, rules))).length
}

/** Does the one thing that is due of an approval, unless what was done just before has closed it. */
function follow(trial: Trial, id: string, rules: TimerRules): boolean {
  const approval = openApprovals(trial).find((one) => one.id === id)
  const action = approval && dueAction(dueMoments(rules, approval.progress), trial.now)
  if (!approval || !action) return false
  actions[action](trial, approval, rules)
  return true
}

const actions = { remind, escalate, expire }

function remind(trial: Trial, approval: TriedApproval, rules: TimerRules): void {
  approval.progress = afterReminder(rules, approval.progress, trial.now)
  trial.reminders++
}

function escalate(trial: Trial, approval: TriedApproval, rules: TimerRules): void {
  const holding = { holderIds: [...approval.candidateIds].sort(), earlierIds: approval.earlierIds }
  const above = whoIsAbove(holding, approval.progress.escalations, rules.escalationLevels, questionOf(trial, approval), factsOf(trial))
  if (!above) {
    approval.progress = afterLastEscalation(rules, approval.progress)
    approval.explanation = [...approval.explanation, { rule: 'EMPTY', text: 'There is nobody above who may decide.' }]
    return
  }
  const toIds = [...new Set(above.handed.map(({ toId }) => toId))]
  approval.earlierIds.push(...toIds)
  approval.history.push(...toIds.map(() => 'AUTO_ESCALATION'))
  approval.explanation = [...approval.explanation, { rule: 'ESCALATED', text: 'Nobody answered in time.' }]
  noteSteps(approval, above.steps, factsOf(trial))
  giveTo(approval, above.holderIds)
  passOnBarred(trial)
  approval.progress = afterEscalation(approval.progress, above.level, trial.now)
  countEarlierAnswers(trial)
}

function expire(trial: Trial, approval: TriedApproval, rules: TimerRules): void {
  if (rules.expiryResult === 'APPROVED' && unlessNobody(() => agreeByTime(trial, approval))) return
  approval.state = approvalLife.next(approval.state, 'expire')
  endTrial(trial, 'expired')
}

function agreeByTime(trial: Trial, approval: TriedApproval): boolean {
  agreeInTrial(trial, approval, null, null)
  return true
}
