import { needsDetours, planReassignment, replaceAway } from '../reassignment.ts'
import { strictly } from '../routing.ts'
import { countEarlierAnswers } from './simulate.ts'
import { passOnBarred } from './simulate-holders.ts'
import {
  factsOf,
  giveTo,
  noteSteps,
  openApprovals,
  questionOf,
  type Trial,
  type TriedApproval,
  type TriedReassignment,
  unlessNobody,
} from './trial.ts'

/** Standing reassignment in a trial: who stands in for whom, and what becomes of what waits when that begins. */

const LOOK_AGAIN_MS = 60_000
const LOOKS = 2

/** Says who stands in for somebody; false when one of them is unknown. Refuses what the product refuses. */
export function reassign(trial: Trial, fromId: string, toId: string, startAt: Date | undefined, endAt: Date | null): boolean {
  const { people } = trial.facts.routing
  const standIn = people.get(toId)
  if (!people.has(fromId) || !standIn) return false
  const before = trial.reassignments.find((one) => one.fromId === fromId)
  const wanted = { fromId, toId, kind: 'APPROVALS' as const, startAt, endAt }
  const period = planReassignment(wanted, standIn, before?.startAt, trial.now)
  const others = trial.reassignments.filter((one) => one !== before)
  trial.reassignments = [...others, { fromId, toId, ...period, followAt: period.startAt, looks: 0 }]
  return true
}

/** Nobody stands in for somebody any more; what was moved stays. False when nobody did. */
export function endReassignment(trial: Trial, fromId: string): boolean {
  const others = trial.reassignments.filter((one) => one.fromId !== fromId)
  const isEnded = others.length < trial.reassignments.length
  trial.reassignments = others
  return isEnded
}

/** Moves what waits for those whose reassignment has begun; returns how many moved something. */
export function followReassignments(trial: Trial): number {
  const { now } = trial
  const due = trial.reassignments.filter(({ followAt, endAt }) => followAt !== null && followAt <= now && (endAt === null || endAt > now))
  return due.filter((one) => followOne(trial, one) > 0).length
}

function followOne(trial: Trial, one: TriedReassignment): number {
  const waiting = openApprovals(trial).filter((approval) => waitsFor(approval, one))
  const moved = waiting.filter((approval) => unlessNobody(() => moveOn(trial, approval, one.fromId)))
  one.looks++
  one.followAt = one.looks < LOOKS ? new Date(trial.now.getTime() + LOOK_AGAIN_MS) : null
  return moved.length
}

/** What somebody gave them by hand although they are away is theirs. */
function waitsFor({ candidateIds, byHand }: TriedApproval, { fromId, startAt }: TriedReassignment): boolean {
  return candidateIds.includes(fromId) && !byHand.some(({ toId, at }) => toId === fromId && at >= startAt)
}

function moveOn(trial: Trial, approval: TriedApproval, awayId: string): boolean {
  const facts = factsOf(trial)
  const isGroup = approval.originalOwnerType === 'GOVERNANCE_GROUP' && approval.ownerId === null
  const which = { ofIds: [awayId], detours: needsDetours(isGroup, approval.candidateIds) }
  const { holderIds, steps } = replaceAway([...approval.candidateIds].sort(), which, facts, strictly(questionOf(trial, approval), facts))
  const toId = steps.at(-1)?.toId
  if (toId === undefined) return false
  if (isGroup) approval.candidateIds = [...holderIds].sort()
  else giveTo(approval, holderIds)
  if (approval.ruleHolderId === awayId) approval.ruleHolderId = toId
  noteSteps(approval, steps, facts)
  passOnBarred(trial)
  countEarlierAnswers(trial)
  return true
}
