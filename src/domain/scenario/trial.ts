import type { NewRequestedItem, PlanFacts } from '../access-request.ts'
import type { NewApproval } from '../approval.ts'
import { barredFrom, factsUnder } from '../approval-steps.ts'
import { DomainError } from '../errors.ts'
import { handoverOf, reasonsOf, type StandIn, type StandInStep } from '../reassignment.ts'
import type { Question, RoutedItem, RoutingFacts } from '../routing.ts'
import type { TimerProgress } from '../timers.ts'

/** The state of one requested item that is tried in memory, and how to look at it. */

export interface TriedApproval extends NewApproval {
  progress: TimerProgress
  /** Everybody it was ever given to. */
  earlierIds: string[]
  /** To whom it was handed by hand, and when. */
  byHand: { toId: string; at: Date }[]
  /** Whom the step's rule names now, and who answers by it. */
  namedId: string | null
  ruleHolderId: string | null
  history: string[]
}

export type Ending = 'waiting' | 'approved' | 'rejected' | 'expired' | 'cancelled'

/** Who stands in for whom, from when until when (null: for good). */
export interface TriedReassignment {
  fromId: string
  toId: string
  startAt: Date
  endAt: Date | null
  /** When what waits for the person is looked through next; null when that is done. */
  followAt: Date | null
  looks: number
}

/** The state of a trial. It changes as things happen to it. */
export interface Trial {
  facts: PlanFacts
  now: Date
  item: NewRequestedItem
  requesterId: string
  approvals: TriedApproval[]
  ending: Ending
  /** How many were sent. */
  reminders: number
  /** All org admins, active or not. */
  adminIds: string[]
  reassignments: TriedReassignment[]
  newId: () => string
}

/** What is so in a world beside its facts. */
export type Arranged = Pick<Trial, 'adminIds' | 'reassignments'>

/** Who stands in for whom at a moment. */
export function standInsAt(reassignments: TriedReassignment[], now: Date): Map<string, StandIn> {
  const inForce = reassignments.filter(({ startAt, endAt }) => startAt <= now && (endAt === null || endAt > now))
  return new Map(inForce.map(({ fromId, toId, endAt }) => [fromId, { toId, until: endAt }]))
}

/** The people of a trial as they are now, with those who stand in for others. */
export function routingNow({ facts, reassignments, now }: Trial): RoutingFacts {
  return { ...facts.routing, standIns: standInsAt(reassignments, now) }
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
  return factsUnder(trial.item.policy, routingNow(trial))
}

/** Writes the way from those who are away to those who stand in for them into the history of an approval. */
export function noteSteps(approval: TriedApproval, steps: StandInStep[], facts: RoutingFacts): void {
  approval.earlierIds.push(...steps.map(({ toId }) => toId))
  approval.history.push(...steps.map((step) => handoverOf(step).reason))
  approval.explanation = [...approval.explanation, ...steps.flatMap((step) => reasonsOf(step, facts))]
}

/** Says who holds an open approval now; its owner is the one person, or (of several) the one it was. */
export function giveTo(approval: TriedApproval, holderIds: string[]): void {
  const [only, second] = holderIds
  const isStill = approval.ownerId !== null && holderIds.includes(approval.ownerId)
  approval.candidateIds = [...new Set(holderIds)].sort()
  approval.ownerId = only !== undefined && second === undefined ? only : isStill ? approval.ownerId : null
}

/** What comes of a change that some time has to wait for: true when it was made, false when there is nobody who could be asked (conflict). */
export function unlessNobody(change: () => boolean): boolean {
  try {
    return change()
  } catch (error) {
    if (error instanceof DomainError && error.code === 'conflict') return false
    throw error
  }
}
