import type { Actor } from '../domain/actor.ts'
import { noticesToDecide } from '../domain/notice.ts'
import { but, followHandOver } from '../domain/reassignment.ts'
import { type Question, type Reason, type RoutingFacts, strictly } from '../domain/routing.ts'
import { say } from '../domain/sentences.ts'
import type { Ids } from '../ports.ts'
import { loadApprovalHolding, updateRuleHolder } from '../store/approval-holders.ts'
import { explainApproval } from '../store/approval-timers.ts'
import { insertMove, type LockedApproval, setHolders } from '../store/approvals.ts'
import type { Tx } from '../store/db.ts'
import { updateCandidates } from '../store/group-approvals.ts'
import { tellPeople } from '../store/notifications.ts'
import { recordStandIns } from './record-stand-ins.ts'

/** One person's part of an open approval, and who gets it. */
export interface Giving {
  fromId: string
  toId: string
  by: Pick<Actor, 'identityId' | 'name'>
  comment: string | null
  /** Why it goes to this person, where that needs words. */
  because: Reason[]
}

/**
 * Gives one person's part of an open approval (locked by the caller) to another, and on to whoever stands in for that one; the others who hold
 * it keep theirs. Writes the history and the explanation and tells the new holder; returns who that is.
 */
export async function givePart(
  tx: Tx,
  ids: Ids,
  approval: LockedApproval,
  { fromId, toId, by, comment, because }: Giving,
  question: Question,
  facts: RoutingFacts,
): Promise<string> {
  const others = approval.candidateIds.filter((id) => id !== fromId)
  const name = (id: string) => facts.people.get(id)?.name ?? ''
  const moveId = ids.next()
  const to = { id: toId, name: name(toId) }
  const move = { id: moveId, approvalId: approval.id, reason: 'MANUAL_REASSIGNMENT' as const, fromName: name(fromId), to }
  await insertMove(tx, { ...move, movedByName: by.name, comment })
  const moved: Reason = { rule: 'FORWARDED', text: say('movedPart', { name: by.name, other: name(fromId), to: to.name }) }
  for (const reason of [moved, ...because]) await explainApproval(tx, approval.id, reason)
  const steps = followHandOver(toId, by.identityId, facts, but(fromId, strictly(question, facts)))
  await recordStandIns(tx, ids, approval.id, steps, facts)
  const holderId = steps.at(-1)?.toId ?? toId
  const holding = await loadApprovalHolding(tx, approval.id)
  if (holding.isGroup) await updateCandidates(tx, approval.id, [holderId], [fromId])
  else await setHolders(tx, approval.id, [...new Set([...others, holderId])])
  if (holding.ruleHolderId === fromId) await updateRuleHolder(tx, approval.id, holding.namedId, holderId)
  const isNews = holderId !== by.identityId && !approval.candidateIds.includes(holderId)
  await tellPeople(tx, isNews ? noticesToDecide('FORWARDED', approval.id, [holderId], moveId) : [], ids.next)
  return holderId
}
