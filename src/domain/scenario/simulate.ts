import type { Ask } from '../access-request.ts'
import { type PlanFacts, planCreate } from '../access-request.ts'
import { type Actor, personOf } from '../actor.ts'
import { type Decision, decide, mayHandle, type NewApproval } from '../approval.ts'
import {
  afterAgreement,
  answerGivenBefore,
  barredFrom,
  type DecisionOfStep,
  type EarlierDecision,
  planSteps,
  sameAnswer,
} from '../approval-steps.ts'
import { DomainError } from '../errors.ts'
import { approval as approvalLife } from '../lifecycle.ts'
import { followHandOver, mayBeGiven } from '../reassignment.ts'
import { checkAsk } from '../request-rules.ts'
import { type Reason, strictly } from '../routing.ts'
import { freshProgress } from '../timers.ts'
import { passOnBarred } from './simulate-holders.ts'
import {
  type Arranged,
  type Ending,
  factsOf,
  giveTo,
  noteSteps,
  openApprovals,
  questionOf,
  routingNow,
  standInsAt,
  type Trial,
  type TriedApproval,
  unlessNobody,
} from './trial.ts'

/**
 * One requested item from the ask to the end of its approvals, in memory: what `countersign policy test` tries policies with. The rules are
 * those of the product; only the storing is left out.
 */

/**
 * Takes who asks, an ask for one item, the facts, and the org admins (active or not); returns the trial as it stands then. Refuses what a
 * create refuses.
 */
export function beginTrial(actor: Actor, ask: Ask, facts: PlanFacts, { adminIds, reassignments }: Arranged, now: Date): Trial {
  const requesterId = personOf(actor)
  checkAsk(actor, ask, facts, now)
  let made = 0
  const newId = () => `id-${String(++made).padStart(4, '0')}`
  const routing = { ...facts.routing, standIns: standInsAt(reassignments, now) }
  const plan = planCreate(requesterId, ask, { ...facts, routing }, now, newId)
  const item = plan.requests[0]?.items[0]
  if (!item) throw new DomainError('invalid', 'Nothing is asked for.')
  const ending = item.cancelledBecause !== null ? 'cancelled' : item.state === 'AWAITING_APPROVAL' ? 'waiting' : 'approved'
  const trial: Trial = { facts, now, item, requesterId, approvals: [], ending, reminders: 0, adminIds, reassignments, newId }
  addApprovals(trial, item.approvals)
  return trial
}

function addApprovals(trial: Trial, approvals: NewApproval[]): void {
  for (const approval of approvals) {
    const { ownerId: ruleHolderId, namedId } = approval
    const handed = approval.handovers.map(({ toId }) => toId)
    const earlierIds = [namedId, ruleHolderId, ...handed].filter((id) => id !== null)
    const history = approval.handovers.map(({ reason }) => reason)
    trial.approvals.push({ ...approval, progress: freshProgress(trial.now), earlierIds, ruleHolderId, history, byHand: [] })
  }
}

/** Somebody answers an approval. Refuses what the product refuses. */
export function decideInTrial(trial: Trial, approval: TriedApproval, actor: Actor, decision: Decision): void {
  const { recipientId, policy } = trial.item
  const { denialCommentRequired, approvalCommentRequired = false } = policy
  const open = { ...approval, formerIds: approval.earlierIds, recipientId, denialCommentRequired, approvalCommentRequired }
  const state = decide(open, actor, decision, barredFrom(policy, approval, trial.approvals))
  const taken = approval.candidateIds.includes(personOf(actor)) ? approval : takenBy(personOf(actor), approval)
  if (decision.answer === 'approve') {
    agreeInTrial(trial, taken, actor.identityId, decision.comment)
    return
  }
  Object.assign(approval, taken, { state, decidedBy: actor.identityId, comment: decision.comment })
  endTrial(trial, 'rejected')
}

/** An org admin takes it from whoever held it. */
function takenBy(adminId: string, approval: TriedApproval): TriedApproval {
  const why: Reason = { rule: 'ADMIN', text: 'An org admin decides in place of whoever was asked.' }
  const { earlierIds, history, explanation } = approval
  return {
    ...approval,
    earlierIds: [...earlierIds, adminId],
    history: [...history, 'MANUAL_REASSIGNMENT'],
    explanation: [...explanation, why],
  }
}

/** An approval is agreed to, by a person or (null) by time, with all that follows. Changes nothing when the next step can ask nobody (conflict). */
export function agreeInTrial(trial: Trial, approval: TriedApproval, decidedBy: string | null, comment: string | null): void {
  const { policy } = trial.item
  const given = agreedBy(approval, decidedBy, comment)
  const all = trial.approvals.map((one) => (one.id === given.id ? given : one))
  const ofStep = all.filter(({ stepNumber }) => stepNumber === given.stepNumber)
  const { answeredIds, spareIds, agreed } = afterAgreement(policy, given, ofStep)
  const after = all.map((one): TriedApproval => {
    if (answeredIds.includes(one.id)) return { ...agreedBy(one, decidedBy, comment), explanation: [...one.explanation, sameStep] }
    if (!spareIds.includes(one.id)) return one
    return { ...one, state: approvalLife.next(one.state, 'cancel'), explanation: [...one.explanation, enoughOthers] }
  })
  const next = agreed ? planNext(trial, given.stepNumber + 1, after) : undefined
  trial.approvals = after
  if (next) addApprovals(trial, next.approvals)
  else passOnBarred(trial)
  if (next?.finished) trial.ending = 'approved'
}

const sameStep: Reason = { rule: 'EARLIER_DECISION', text: 'The same person approved another question of this step.' }
const enoughOthers: Reason = { rule: 'QUORUM', text: 'Enough others have agreed.' }
const byTime: Reason = { rule: 'AUTOMATIC', text: 'Nobody answered in time.' }

function agreedBy(approval: TriedApproval, decidedBy: string | null, comment: string | null): TriedApproval {
  const explanation = decidedBy === null ? [...approval.explanation, byTime] : approval.explanation
  return { ...approval, state: approvalLife.next(approval.state, 'approve'), decidedBy, comment, explanation }
}

function planNext(trial: Trial, stepNumber: number, approvals: TriedApproval[]) {
  return planSteps(trial.item.policy, stepNumber, questionOf(trial), decidedIn(approvals), routingNow(trial), trial.newId)
}

function decidedIn(approvals: TriedApproval[]): DecisionOfStep[] {
  return approvals.flatMap(({ stepNumber, state, decidedBy, comment, automatic }) =>
    state === 'APPROVED' && decidedBy !== null ? [{ stepNumber, decidedBy, comment, automatic }] : [],
  )
}

/** Answers the open questions that reached somebody who agreed before, unless nobody could be asked next. */
export function countEarlierAnswers(trial: Trial): void {
  const passedOver = new Set<string>()
  for (;;) {
    const waiting = openApprovals(trial).filter(({ id }) => !passedOver.has(id))
    const before = (open: TriedApproval) => answerGivenBefore(trial.item.policy, open, decidedIn(trial.approvals))
    const open = waiting.find((one) => before(one) !== undefined)
    const answer = open && before(open)
    if (!open || !answer) return
    if (!unlessNobody(() => agreesAsBefore(trial, open, answer))) passedOver.add(open.id)
  }
}

function agreesAsBefore(trial: Trial, open: TriedApproval, { decidedBy, comment }: EarlierDecision): boolean {
  agreeInTrial(trial, { ...open, explanation: [...open.explanation, sameAnswer] }, decidedBy, comment)
  return true
}

/** The item ends, and with it whatever is still asked. */
export function endTrial(trial: Trial, ending: Ending): void {
  trial.ending = ending
  for (const one of openApprovals(trial)) one.state = approvalLife.next(one.state, 'cancel')
}

/** Somebody hands an approval to another person, or to whoever stands in for them. Refuses what the product refuses. */
export function forwardInTrial(trial: Trial, approval: TriedApproval, actor: Actor, toId: string): void {
  mayHandle({ ...approval, formerIds: approval.earlierIds }, actor)
  const question = questionOf(trial, approval)
  const facts = factsOf(trial)
  const person = facts.people.get(toId)
  if (!person) throw new DomainError('unknown_reference', `there is no identity ${toId}.`, 'newOwnerId')
  mayBeGiven(person, question, 'newOwnerId')
  approval.byHand.push({ toId, at: trial.now })
  approval.earlierIds.push(toId)
  approval.history.push('MANUAL_REASSIGNMENT')
  approval.explanation = [...approval.explanation, { rule: 'FORWARDED', text: `${actor.name} forwarded it.` }]
  const steps = followHandOver(toId, actor.identityId, facts, strictly(question, facts))
  giveTo(approval, [steps.at(-1)?.toId ?? toId])
  noteSteps(approval, steps, facts)
  passOnBarred(trial)
  countEarlierAnswers(trial)
}

/** Somebody withdraws the request. Refuses anybody but the requester and org admins, and requests whose approvals have ended. */
export function cancelInTrial(trial: Trial, actor: Actor): void {
  if (!actor.isAdmin && actor.identityId !== trial.requesterId)
    throw new DomainError('forbidden', 'Only the requester or an org admin may cancel this request.')
  if (trial.ending !== 'waiting') throw new DomainError('conflict', `This request cannot be cancelled any more: it is ${trial.ending}.`)
  endTrial(trial, 'cancelled')
}
