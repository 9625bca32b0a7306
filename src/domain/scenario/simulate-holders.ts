import { barredHolders } from '../approval-steps.ts'
import { type Mended, withoutUnable } from '../escalation.ts'
import type { Reason } from '../routing.ts'
import { factsOf, giveTo, noteSteps, questionOf, type Trial, type TriedApproval, unlessNobody } from './trial.ts'

/** Who holds an open approval of a trial when somebody cannot answer it any more. */

/** Takes an open approval from those who cannot answer it any more; false when all can. Refuses (conflict) when there is nobody to ask. */
export function passOnUnable(trial: Trial, approval: TriedApproval): boolean {
  const holderIds = [...approval.candidateIds].sort()
  const isGroup = approval.originalOwnerType === 'GOVERNANCE_GROUP' && approval.ownerId === null
  const mended = withoutUnable(holderIds, isGroup, questionOf(trial, approval), factsOf(trial))
  const { remainingIds, handed } = mended
  if (remainingIds.length === holderIds.length && !handed) return false
  if (handed) giveTo(approval, remainingIds)
  else lose(approval, remainingIds)
  if (handed && approval.ruleHolderId === handed.fromId) approval.ruleHolderId = remainingIds.at(-1) ?? null
  const isAway = holderIds.some((id) => !trial.facts.routing.people.get(id)?.active)
  tell(trial, approval, mended, { rule: isAway ? 'INACTIVE' : 'DISTINCT', text: 'Somebody cannot answer any more.' })
  return true
}

/** Others who hold it keep it; where the owner is gone, the first of them is the owner. */
function lose(approval: TriedApproval, remainingIds: string[]): void {
  const [first = null] = remainingIds
  if (approval.ownerId !== null && !remainingIds.includes(approval.ownerId)) approval.ownerId = first
  approval.candidateIds = remainingIds
}

/** Writes down what was mended. */
export function tell(trial: Trial, approval: TriedApproval, { handed, steps }: Mended, why: Reason): void {
  approval.explanation = [...approval.explanation, why]
  if (handed) approval.earlierIds.push(handed.toId)
  if (handed) approval.history.push('AUTOMATIC_REASSIGNMENT')
  noteSteps(approval, steps, factsOf(trial))
}

/** Takes open approvals from those who have a say in the item by now and so may not decide another one. */
export function passOnBarred(trial: Trial): void {
  for (const approval of [...trial.approvals]) {
    const barred = barredHolders(trial.item.policy, approval, trial.approvals)
    if (barred.length > 0) unlessNobody(() => passOnUnable(trial, approval))
  }
}
