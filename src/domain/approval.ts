import type { Policy, Selector } from './access-model.ts'
import { type Actor, personOf } from './actor.ts'
import { DomainError } from './errors.ts'
import { type ApprovalState, approval as approvalLife } from './lifecycle.ts'
import { type Handover, type Question, type Reason, type RoutingFacts, whoIsAsked } from './routing.ts'

/** One approval as it will be stored. */
export interface NewApproval {
  id: string
  stepNumber: number
  scheme: Selector['kind']
  originalOwnerType: 'IDENTITY' | 'GOVERNANCE_GROUP'
  originalOwnerId: string
  namedId: string | null
  ownerId: string | null
  state: ApprovalState
  decidedBy: string | null
  comment: string | null
  candidateIds: string[]
  explanation: Reason[]
  handovers: Handover[]
  automatic: boolean
}

/** What was decided in earlier steps of the same item: one decision counts wherever the same person is asked (design 13). */
export interface EarlierDecision {
  decidedBy: string
  comment: string | null
}

export interface StepsPlan {
  approvals: NewApproval[]
  /** The step now waited for; the number of steps when none is left. */
  stepNumber: number
  finished: boolean
}

/**
 * Starts the steps of an item from `fromStep` until one needs a person. Takes the snapshot of rules, who asks for whom, what was decided
 * before; returns the approvals to store (some already answered) and whether approvals are over.
 */
export function planSteps(
  rules: Pick<Policy, 'steps' | 'fallbackApproverId' | 'autoApprove'>,
  fromStep: number,
  question: Question,
  earlier: EarlierDecision[],
  facts: RoutingFacts,
  newId: () => string,
): StepsPlan {
  const approvals: NewApproval[] = []
  for (let stepNumber = fromStep; stepNumber < rules.steps.length; stepNumber++) {
    const selector = rules.steps[stepNumber] as Selector
    const approval = planStep(selector, stepNumber, question, earlier, factsUnder(rules, facts), newId())
    approvals.push(approval)
    if (approval.state === 'PENDING') return { approvals, stepNumber, finished: false }
  }
  return { approvals, stepNumber: rules.steps.length, finished: true }
}

/** The facts as the snapshot has them: later configuration does not reach a request. */
export function factsUnder(
  { fallbackApproverId, autoApprove }: Pick<Policy, 'fallbackApproverId' | 'autoApprove'>,
  facts: RoutingFacts,
): RoutingFacts {
  return {
    ...facts,
    ...(fallbackApproverId === undefined ? {} : { fallbackApproverId }),
    ...(autoApprove === undefined ? {} : { autoApproval: autoApprove !== 'OFF', memberApproval: autoApprove === 'INDIRECT' }),
  }
}

function planStep(
  selector: Selector,
  stepNumber: number,
  question: Question,
  earlier: EarlierDecision[],
  facts: RoutingFacts,
  id: string,
): NewApproval {
  const asked = whoIsAsked(selector, question, facts)
  const pending: NewApproval = {
    id,
    stepNumber,
    scheme: asked.scheme,
    originalOwnerType: asked.original.type,
    originalOwnerId: asked.original.id,
    namedId: asked.namedId,
    ownerId: asked.ownerId,
    state: 'PENDING',
    decidedBy: null,
    comment: null,
    candidateIds: asked.candidateIds,
    explanation: asked.explanation,
    handovers: asked.handovers,
    automatic: asked.automatic,
  }
  if (asked.automatic) {
    const reason: Reason = { rule: 'AUTOMATIC', text: 'The requester is the approver and automatic approval is on.' }
    return { ...pending, state: 'APPROVED', decidedBy: question.requesterId, explanation: [...asked.explanation, reason] }
  }
  const before = earlier.find((decision) => asked.candidateIds.includes(decision.decidedBy))
  if (!before) return pending
  const reason: Reason = { rule: 'EARLIER_DECISION', text: 'The same person approved an earlier step of this request.' }
  return {
    ...pending,
    state: 'APPROVED',
    decidedBy: before.decidedBy,
    comment: before.comment,
    explanation: [...asked.explanation, reason],
  }
}

export interface Decision {
  answer: 'approve' | 'reject'
  comment: string | null
}

/** An approval as stored, with what a decision on it depends on. */
export interface OpenApproval {
  id: string
  state: ApprovalState
  stepNumber: number
  candidateIds: string[]
  recipientId: string
  denialCommentRequired: boolean
  approvalCommentRequired: boolean
}

/** The state a decision leads to. Refuses strangers (A3), decisions on one's own access, late ones, and a bare one where a comment is demanded (A4). */
export function decide(approval: OpenApproval, actor: Actor, decision: Decision): ApprovalState {
  mayHandle(approval, actor)
  if (personOf(actor) === approval.recipientId) throw new DomainError('forbidden', 'Nobody decides on their own access.')
  if (decision.answer === 'reject' && approval.denialCommentRequired && !decision.comment) {
    throw new DomainError('invalid', 'A rejection of this item needs a comment.', 'comment')
  }
  if (decision.answer === 'approve' && approval.approvalCommentRequired && !decision.comment) {
    throw new DomainError('invalid', 'An approval of this item needs a comment.', 'comment')
  }
  return approvalLife.next(approval.state, decision.answer)
}

/** Passes when the caller holds the approval or is an org admin and it is still open; refuses otherwise, a late call with the outcome. */
export function mayHandle(approval: Pick<OpenApproval, 'state' | 'candidateIds'>, actor: Actor): void {
  const holds = actor.identityId !== null && approval.candidateIds.includes(actor.identityId)
  if (!holds && !actor.isAdmin) throw new DomainError('forbidden', 'Only an approver of this approval or an org admin may do this.')
  if (approval.state !== 'PENDING') throw new DomainError('conflict', `This approval is closed: it is ${approval.state}.`)
}
