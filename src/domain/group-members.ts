import type { Selector } from './access-model.ts'
import { DomainError } from './errors.ts'
import { replaceAway } from './reassignment.ts'
import { type Asked, type Question, type Reason, type RoutingFacts, strictly, whoIsAsked } from './routing.ts'

/** What a change of a governance group does to the questions that wait for it. */

/** An open approval that a group holds, and who may decide it now. */
export interface GroupApproval {
  selector: Selector
  candidateIds: string[]
}

export interface MembersPlan {
  /** May decide from now on. */
  opened: string[]
  /** May not any more. */
  closed: string[]
  /** Why those opened may who are no members, and how it came to them: they stand in for some. */
  standIns: Pick<Asked, 'explanation' | 'handovers'>
  /** Who has to decide alone, because nobody of the group may; and why. */
  lastResort: { personId: string; explanation: Reason[] } | null
}

const none: MembersPlan['standIns'] = { explanation: [], handovers: [] }

/**
 * Takes an approval, the people who came and went, and the facts as they are now; returns who may decide from now on. Never adds the
 * recipient, the requester or somebody inactive. When nobody is left the question goes the way of every question without an approver.
 */
export function planMembers(
  approval: GroupApproval,
  change: { added: string[]; removed: string[] },
  question: Question,
  facts: RoutingFacts,
): MembersPlan {
  // A question that waits for people is not answered by one of them joining: that switch is for when it is put.
  const asked = whoIsAsked(approval.selector, question, { ...facts, memberApproval: false })
  const members = asked.ownerId === null ? asked.candidateIds : []
  const standIns = (ids: string[]) => replaceAway(ids, { detours: false }, facts, strictly(question, facts)).steps.map((step) => step.toId)
  // Somebody who left one of several groups that are asked may still be in another; whoever it was handed up to keeps it.
  const gone = [...change.removed, ...standIns(change.removed)]
  const closed = approval.candidateIds.filter((id) => gone.includes(id) && !members.includes(id))
  const staying = approval.candidateIds.filter((id) => !closed.includes(id))
  const welcome = [...change.added, ...standIns(change.added)]
  const came = members.filter((id) => welcome.includes(id) && !staying.includes(id))
  if (staying.length + came.length > 0) return { opened: came, closed, standIns: standingIn(came, asked), lastResort: null }
  if (asked.ownerId === null) return { opened: members, closed, standIns: standingIn(members, asked), lastResort: null }
  return { opened: [], closed: [], standIns: none, lastResort: { personId: asked.ownerId, explanation: asked.explanation } }
}

function standingIn(opened: string[], { explanation, handovers }: Asked): MembersPlan['standIns'] {
  const concerned = handovers.filter(({ toId }) => opened.includes(toId))
  return concerned.length === 0 ? none : { explanation: explanation.filter(({ rule }) => rule === 'STAND_IN'), handovers: concerned }
}

/** What refers to a governance group. */
export interface GroupUses {
  /** Items and sources whose request rules ask it, or that have it among their owners. */
  named: { name: string }[]
  /** True when the tenant's own rules ask it. */
  ofTenant: boolean
  policies: { name: string }[]
  /** How many requests wait for it, or will. */
  waiting: number
}

/** Why a governance group cannot be deleted, in words; undefined when it can. */
export function reasonToKeepGroup(uses: GroupUses): string | undefined {
  const reasons = [
    uses.named.length > 0 ? `${uses.named.map(({ name }) => name).join(', ')} ${uses.named.length === 1 ? 'names' : 'name'} it` : '',
    uses.ofTenant ? 'the access request configuration asks it' : '',
    uses.policies.length > 0 ? `it owns the SoD policy ${uses.policies.map(({ name }) => name).join(', ')}` : '',
    uses.waiting > 0 ? `${uses.waiting} open ${uses.waiting === 1 ? 'request waits' : 'requests wait'} for it` : '',
  ].filter((reason) => reason !== '')
  return reasons.length === 0 ? undefined : reasons.join(', and ')
}

/** Refuses (conflict) to delete a governance group that something refers to. */
export function mayDeleteGroup(name: string, uses: GroupUses): void {
  const reason = reasonToKeepGroup(uses)
  if (reason !== undefined) throw new DomainError('conflict', `The governance group ${name} is in use: ${reason}.`)
}
