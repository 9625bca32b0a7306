import type { Selector } from './access-model.ts'
import { type Actor, personOf } from './actor.ts'
import { DomainError } from './errors.ts'
import { type ApprovalState, approval as approvalLife } from './lifecycle.ts'
import type { Handover, Reason } from './routing.ts'

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
  /** Those who held it, or were named for it, before. */
  formerIds?: string[]
  recipientId: string
  denialCommentRequired: boolean
  approvalCommentRequired: boolean
}

/** Those who have a say in the same item already, where its policy wants different people: nobody decides twice. */
export type Barred = ReadonlySet<string>

/**
 * The state a decision leads to. Refuses strangers (A3), decisions on one's own access, a second one by the same person where the policy wants
 * different people, late ones, and a bare one where a comment is demanded (A4).
 */
export function decide(approval: OpenApproval, actor: Actor, decision: Decision, barred: Barred = new Set()): ApprovalState {
  mayHandle(approval, actor)
  if (barred.has(personOf(actor)))
    throw new DomainError('forbidden', 'You have a say in this request already, and its policy asks different people.')
  if (personOf(actor) === approval.recipientId) throw new DomainError('forbidden', 'Nobody decides on their own access.')
  if (decision.answer === 'reject' && approval.denialCommentRequired && !decision.comment) {
    throw new DomainError('invalid', 'A rejection of this item needs a comment.', 'comment')
  }
  if (decision.answer === 'approve' && approval.approvalCommentRequired && !decision.comment) {
    throw new DomainError('invalid', 'An approval of this item needs a comment.', 'comment')
  }
  return approvalLife.next(approval.state, decision.answer)
}

/**
 * Passes when the caller holds the approval or is an org admin and it is still open; refuses otherwise (forbidden). Whoever comes late, also
 * because it was handed on meanwhile, is told the outcome (conflict).
 */
export function mayHandle(approval: Pick<OpenApproval, 'state' | 'candidateIds' | 'formerIds'>, actor: Actor): void {
  const isAmong = (ids: string[] = []) => actor.identityId !== null && ids.includes(actor.identityId)
  const holds = isAmong(approval.candidateIds) || actor.isAdmin
  if (!holds && !isAmong(approval.formerIds))
    throw new DomainError('forbidden', 'Only an approver of this approval or an org admin may do this.')
  if (approval.state !== 'PENDING') throw new DomainError('conflict', `This approval is closed: it is ${approval.state}.`)
  if (!holds) throw new DomainError('conflict', 'This approval is not yours any more: it was handed on to somebody else.')
}
