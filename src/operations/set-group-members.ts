import type { Actor } from '../domain/actor.ts'
import type { Json } from '../domain/audit.ts'
import { DomainError } from '../domain/errors.ts'
import { type MembersPlan, planMembers } from '../domain/group-members.ts'
import { noticesToDecide } from '../domain/notice.ts'
import type { RoutingFacts } from '../domain/routing.ts'
import type { Ids } from '../ports.ts'
import { explainApproval } from '../store/approval-timers.ts'
import { insertMove, moveApproval } from '../store/approvals.ts'
import { recordAudit } from '../store/audit.ts'
import { deleteMembers, insertMembers, listKnownPeople, listMembersAmong, lockGroups } from '../store/catalogue/group-writes.ts'
import type { Tx } from '../store/db.ts'
import { lockApprovalsOfGroup, updateCandidates, type WaitingApproval } from '../store/group-approvals.ts'
import { tellPeople } from '../store/notifications.ts'
import { findPerson } from '../store/people.ts'
import { lockRequestedItem } from '../store/requested-items.ts'
import { recordChange } from './catalogue/record-change.ts'
import type { Context } from './context.ts'
import { countEarlierAnswers } from './count-earlier-answers.ts'
import { itemEvent } from './item-event.ts'
import { loadQuestionOf } from './load-question.ts'
import { passOnBarred } from './pass-on-unable.ts'

/** How it went with each of the people named. */
export type MemberOutcome = 'added' | 'removed' | 'already a member' | 'not a member' | 'unknown'

interface MembersChange {
  added: string[]
  removed: string[]
}

/**
 * Adds people to a governance group: what waits for the group waits for them as well, unless they asked for it or would receive it. Returns
 * how it went with each. Refuses an unknown group (not_found).
 */
export async function addGroupMembers(
  context: Context,
  actor: Actor,
  groupId: string,
  people: string[],
): Promise<Map<string, MemberOutcome>> {
  return changeMembers(context, actor, groupId, people, async (tx, members) => {
    const known = await listKnownPeople(tx.sql, people)
    const outcomeOf = (id: string): MemberOutcome => (!known.has(id) ? 'unknown' : members.has(id) ? 'already a member' : 'added')
    const outcomes = new Map(people.map((id) => [id, outcomeOf(id)]))
    const added = [...outcomes].flatMap(([id, outcome]) => (outcome === 'added' ? [id] : []))
    await insertMembers(tx, groupId, added)
    return { outcomes, change: { added, removed: [] } }
  })
}

/**
 * Takes people out of a governance group: what waits for the group does not wait for them any more, and goes to the last resort when nobody
 * is left. Returns how it went with each. Refuses an unknown group (not_found).
 */
export async function removeGroupMembers(
  context: Context,
  actor: Actor,
  groupId: string,
  people: string[],
): Promise<Map<string, MemberOutcome>> {
  return changeMembers(context, actor, groupId, people, async (tx, members) => {
    const outcomes = new Map(people.map((id): [string, MemberOutcome] => [id, members.has(id) ? 'removed' : 'not a member']))
    await deleteMembers(tx, groupId, [...members])
    return { outcomes, change: { added: [], removed: [...members] } }
  })
}

type Change = (tx: Tx, members: Set<string>) => Promise<{ outcomes: Map<string, MemberOutcome>; change: MembersChange }>

async function changeMembers({ db, ids }: Context, actor: Actor, groupId: string, people: string[], make: Change) {
  return db.transaction(async (tx) => {
    const [group] = await lockGroups(tx, [groupId])
    if (!group) throw new DomainError('not_found', `There is no workgroup ${groupId}.`)
    const { outcomes, change } = await make(tx, await listMembersAmong(tx.sql, groupId, people))
    if (change.added.length + change.removed.length === 0) return outcomes
    const action = change.added.length > 0 ? 'WORKGROUP_MEMBERS_ADDED' : 'WORKGROUP_MEMBERS_REMOVED'
    await recordChange(tx, ids, actor, { action, target: group, details: { members: [...change.added, ...change.removed] } })
    for (const approval of await lockApprovalsOfGroup(tx, groupId)) await askAnew(tx, ids, actor, group, approval, change)
    return outcomes
  })
}

/** Sees to one question that waits for the group. */
async function askAnew(
  tx: Tx,
  ids: Ids,
  actor: Actor,
  group: { name: string },
  approval: WaitingApproval,
  change: MembersChange,
): Promise<void> {
  const item = await lockRequestedItem(tx, approval.itemId)
  const { question, facts } = await loadQuestionOf(tx, item, approval, [...approval.candidateIds, ...change.removed])
  const plan = planMembers(approval, change, question, facts)
  const { opened, closed, lastResort } = plan
  if (lastResort) await passOn(tx, ids, group, approval, lastResort)
  else if (opened.length + closed.length === 0) return
  else await updateCandidates(tx, approval.id, opened, closed)
  await recordOpened(tx, ids, approval.id, plan.standIns, facts)
  await passOnBarred(tx, ids, item)
  const asked = lastResort ? [lastResort.personId] : opened
  await tellPeople(tx, noticesToDecide('APPROVAL_WAITING', approval.id, asked), ids.next)
  const details = { approvalId: approval.id, ...told(plan) }
  await recordAudit(tx, [itemEvent(item, 'APPROVAL_REQUEST_REROUTED', actor, ids, details)])
  await countEarlierAnswers(tx, ids, item)
}

/** Those who may decide because they stand in for a member, as the history and the explanation have it. */
async function recordOpened(tx: Tx, ids: Ids, approvalId: string, plan: MembersPlan['standIns'], { people }: RoutingFacts): Promise<void> {
  const name = (id: string) => people.get(id)?.name ?? ''
  for (const { reason, fromId, toId } of plan.handovers) {
    const to = { id: toId, name: name(toId) }
    await insertMove(tx, { id: ids.next(), approvalId, reason, fromName: name(fromId), to, movedByName: null, comment: null })
  }
  for (const reason of plan.explanation) await explainApproval(tx, approvalId, reason)
}

async function passOn(
  tx: Tx,
  ids: Ids,
  group: { name: string },
  approval: WaitingApproval,
  { personId, explanation }: NonNullable<MembersPlan['lastResort']>,
): Promise<void> {
  const person = await findPerson(tx.sql, personId)
  await moveApproval(tx, {
    id: ids.next(),
    approvalId: approval.id,
    reason: 'AUTOMATIC_REASSIGNMENT',
    fromName: group.name,
    to: { id: personId, name: person?.name ?? '' },
    movedByName: null,
    comment: null,
  })
  for (const reason of explanation) await explainApproval(tx, approval.id, reason)
}

function told({ opened, closed, lastResort }: MembersPlan): Record<string, Json> {
  return lastResort ? { to: lastResort.personId, because: lastResort.explanation.map(({ text }) => text) } : { opened, closed }
}
