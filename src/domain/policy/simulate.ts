import type { Ask } from '../access-request.ts'
import { type NewRequestedItem, type PlanFacts, planCreate } from '../access-request.ts'
import type { Actor } from '../actor.ts'
import { type Decision, decide, mayHandle, type NewApproval } from '../approval.ts'
import { afterAgreement, barredFrom, factsUnder, planSteps } from '../approval-steps.ts'
import { DomainError } from '../errors.ts'
import { approval as approvalLife } from '../lifecycle.ts'
import { objectionTo, type Question, type Reason, type RoutedItem } from '../routing.ts'
import { freshProgress, type TimerProgress } from '../timers.ts'

/**
 * One requested item from the ask to the end of its approvals, in memory: what `countersign policy test` tries policies with. The rules are
 * those of the product; only the storing is left out.
 */

export interface TriedApproval extends NewApproval {
  progress: TimerProgress
  /** Everybody it was ever given to. */
  earlierIds: string[]
  /** Whom the step's rule names now, and who answers by it. */
  namedId: string | null
  ruleHolderId: string | null
  history: string[]
}

export type Ending = 'waiting' | 'approved' | 'rejected' | 'expired' | 'cancelled'

/** The state of a trial. It changes as things happen to it. */
export interface Trial {
  facts: PlanFacts
  now: Date
  item: NewRequestedItem
  requesterId: string
  approvals: TriedApproval[]
  ending: Ending
  reminders: { approvalId: string; to: string[] }[]
  newId: () => string
}

/** Takes an ask for one item and the facts; returns the trial as it stands then. Refuses what planCreate refuses. */
export function beginTrial(requesterId: string, ask: Ask, facts: PlanFacts, now: Date): Trial {
  let made = 0
  const newId = () => `id-${String(++made).padStart(4, '0')}`
  const plan = planCreate(requesterId, ask, facts, now, newId)
  const item = plan.requests[0]?.items[0]
  if (!item) throw new DomainError('invalid', 'Nothing is asked for.')
  const ending = item.cancelledBecause !== null ? 'cancelled' : item.state === 'AWAITING_APPROVAL' ? 'waiting' : 'approved'
  const trial: Trial = { facts, now, item, requesterId, approvals: [], ending, reminders: [], newId }
  addApprovals(trial, item.approvals)
  return trial
}

function addApprovals(trial: Trial, approvals: NewApproval[]): void {
  for (const approval of approvals) {
    const { ownerId: ruleHolderId, namedId } = approval
    const earlierIds = [namedId, ruleHolderId].filter((id) => id !== null)
    const history = approval.handovers.map(({ reason }) => reason)
    trial.approvals.push({ ...approval, progress: freshProgress(trial.now), earlierIds, ruleHolderId, history })
  }
}

/** The questions that wait. */
export function openApprovals(trial: Trial): TriedApproval[] {
  return trial.approvals.filter(({ state }) => state === 'PENDING')
}

/** The question an approval puts, with those who may not answer it because they have a say already. */
export function questionOf(trial: Trial, approval?: TriedApproval): Question {
  const { item, requesterId, facts } = trial
  const routed = facts.items.get(item.itemId) as RoutedItem
  const barred = approval && barredFrom(item.policy, approval, trial.approvals)
  return { item: routed, requesterId, recipientId: item.recipientId, ...(barred ? { barred } : {}) }
}

/** The facts as the snapshot of this item has them. */
export function factsOf(trial: Trial) {
  return factsUnder(trial.item.policy, trial.facts.routing)
}

/** Somebody answers an approval. Refuses what the product refuses. */
export function decideInTrial(trial: Trial, approval: TriedApproval, actor: Actor, decision: Decision): void {
  const { recipientId, policy } = trial.item
  const { denialCommentRequired, approvalCommentRequired = false } = policy
  const open = { ...approval, recipientId, denialCommentRequired, approvalCommentRequired }
  approval.state = decide(open, actor, decision, barredFrom(policy, approval, trial.approvals))
  approval.decidedBy = actor.identityId
  approval.comment = decision.comment
  if (decision.answer === 'reject') endTrial(trial, 'rejected')
  else agreeInTrial(trial, approval)
}

/** What follows from an approval that was agreed to, by a person or by time. */
export function agreeInTrial(trial: Trial, given: TriedApproval): void {
  const { policy } = trial.item
  const ofStep = trial.approvals.filter(({ stepNumber }) => stepNumber === given.stepNumber)
  const { answeredIds, spareIds, agreed } = afterAgreement(policy, given, ofStep)
  for (const one of ofStep) {
    if (answeredIds.includes(one.id)) Object.assign(one, { state: approvalLife.next(one.state, 'approve'), decidedBy: given.decidedBy })
    if (spareIds.includes(one.id)) one.state = approvalLife.next(one.state, 'cancel')
  }
  if (!agreed) return
  const earlier = trial.approvals.flatMap(({ state, decidedBy, comment, automatic }) =>
    state === 'APPROVED' && decidedBy !== null ? [{ decidedBy, comment, automatic }] : [],
  )
  const plan = planSteps(policy, given.stepNumber + 1, questionOf(trial), earlier, trial.facts.routing, trial.newId)
  addApprovals(trial, plan.approvals)
  if (plan.finished) trial.ending = 'approved'
}

/** The item ends, and with it whatever is still asked. */
export function endTrial(trial: Trial, ending: Ending): void {
  trial.ending = ending
  for (const one of openApprovals(trial)) one.state = approvalLife.next(one.state, 'cancel')
}

/** Somebody hands an approval to another person. Refuses what the product refuses. */
export function forwardInTrial(trial: Trial, approval: TriedApproval, actor: Actor, toId: string): void {
  mayHandle(approval, actor)
  const strict = { ...factsOf(trial), autoApproval: false }
  const objection = objectionTo(toId, questionOf(trial, approval), strict)
  if (objection) throw new DomainError('invalid', objection.text, 'newOwnerId')
  handOver(approval, [toId], 'MANUAL_REASSIGNMENT')
}

/** Gives an open approval to these people, with a line in its history. */
export function handOver(approval: TriedApproval, holderIds: string[], why: string, reason?: Reason): void {
  approval.candidateIds = holderIds
  approval.ownerId = holderIds.length === 1 ? (holderIds[0] ?? null) : approval.ownerId
  approval.earlierIds.push(...holderIds)
  approval.history.push(why)
  if (reason) approval.explanation = [...approval.explanation, reason]
}
