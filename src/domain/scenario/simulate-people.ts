import { withManagerChanged } from '../escalation.ts'
import { planMembers } from '../group-members.ts'
import type { Person } from '../routing.ts'
import { countEarlierAnswers } from './simulate.ts'
import { passOnBarred, passOnUnable, tell } from './simulate-holders.ts'
import { factsOf, giveTo, openApprovals, questionOf, type Trial, type TriedApproval, unlessNobody } from './trial.ts'

/** What changes among people, groups and owners do to a trial. */

/** Somebody leaves, comes back or gets another manager; false when there is nobody of this name. */
export function changePerson(trial: Trial, id: string, to: Partial<Pick<Person, 'active' | 'managerId'>>): boolean {
  const { people } = trial.facts.routing
  const person = people.get(id)
  if (!person) return false
  const changed = new Map([...people, [id, { ...person, ...to }]])
  const adminIds = trial.adminIds.filter((admin) => changed.get(admin)?.active)
  trial.facts = { ...trial.facts, routing: { ...trial.facts.routing, people: changed, adminIds } }
  return true
}

/** An item gets another owner; false when there is no such item. */
export function changeOwner(trial: Trial, itemId: string, ownerId: string): boolean {
  const item = trial.facts.items.get(itemId)
  if (!item) return false
  trial.facts = { ...trial.facts, items: new Map([...trial.facts.items, [itemId, { ...item, ownerId }]]) }
  return true
}

/** Puts open approvals right that wait for the wrong person; returns how many it moved. */
export function mendTrial(trial: Trial): number {
  const followed = openApprovals(trial).filter((one) => unlessNobody(() => followNewBoss(trial, one)))
  const passed = openApprovals(trial).filter((one) => unlessNobody(() => passInactive(trial, one)))
  return followed.length + passed.length
}

function passInactive(trial: Trial, approval: TriedApproval): boolean {
  const { people } = trial.facts.routing
  const isPassed = approval.candidateIds.some((id) => !people.get(id)?.active) && passOnUnable(trial, approval)
  if (!isPassed) return false
  passOnBarred(trial)
  countEarlierAnswers(trial)
  return true
}

function followNewBoss(trial: Trial, approval: TriedApproval): boolean {
  const managerId = trial.facts.routing.people.get(trial.item.recipientId)?.managerId ?? null
  if (approval.scheme !== 'MANAGER' || approval.namedId === managerId) return false
  const holding = { ...approval, holderIds: approval.candidateIds }
  const mended = withManagerChanged(holding, managerId, questionOf(trial, approval), factsOf(trial))
  giveTo(approval, mended.remainingIds)
  approval.namedId = managerId
  approval.ruleHolderId = mended.remainingIds.at(-1) ?? null
  tell(trial, approval, mended, { rule: 'MANAGER', text: 'There is another manager now.' })
  passOnBarred(trial)
  countEarlierAnswers(trial)
  return true
}

/** Somebody joins a governance group, or leaves it; false when there is no such group. */
export function changeGroup(trial: Trial, groupId: string, change: { added: string[]; removed: string[] }): boolean {
  const { groups } = trial.facts.routing
  const group = groups.get(groupId)
  if (!group) return false
  const staying = group.memberIds.filter((id) => !change.removed.includes(id))
  const memberIds = [...new Set([...staying, ...change.added])].sort()
  const routing = { ...trial.facts.routing, groups: new Map([...groups, [groupId, { ...group, memberIds }]]) }
  trial.facts = { ...trial.facts, routing }
  for (const approval of openApprovals(trial)) if (isHeldBy(trial, approval, groupId)) askAnew(trial, approval, groupId, change)
  return true
}

/** True for what waits for a group: what was handed to a person does not any more. */
function isHeldBy(trial: Trial, { scheme, ownerId, originalOwnerId }: TriedApproval, groupId: string): boolean {
  if (ownerId !== null) return false
  if (scheme === 'GOVERNANCE_GROUP') return originalOwnerId === groupId
  const additional = trial.facts.items.get(trial.item.itemId)?.additionalGroupIds ?? []
  return scheme === 'ADDITIONAL_GOVERNANCE_GROUP' && (originalOwnerId === groupId || additional.includes(groupId))
}

function askAnew(trial: Trial, approval: TriedApproval, groupId: string, change: { added: string[]; removed: string[] }): void {
  const { scheme: kind, candidateIds } = approval
  const selector = kind === 'GOVERNANCE_GROUP' ? { kind, groupId } : { kind }
  const plan = planMembers({ selector, candidateIds }, change, questionOf(trial, approval), factsOf(trial))
  if (!plan.lastResort) {
    approval.candidateIds = [...candidateIds.filter((id) => !plan.closed.includes(id)), ...plan.opened].sort()
    approval.earlierIds.push(...plan.standIns.handovers.map(({ toId }) => toId))
    approval.history.push(...plan.standIns.handovers.map(({ reason }) => reason))
    approval.explanation = [...approval.explanation, ...plan.standIns.explanation]
    passOnBarred(trial)
    countEarlierAnswers(trial)
    return
  }
  const { personId, explanation } = plan.lastResort
  giveTo(approval, [personId])
  approval.earlierIds.push(personId)
  approval.explanation = [...approval.explanation, ...explanation]
  approval.history.push('AUTOMATIC_REASSIGNMENT')
  passOnBarred(trial)
  countEarlierAnswers(trial)
}
