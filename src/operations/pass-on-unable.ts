import { asksDifferentPeople, barredHolders } from '../domain/approval-steps.ts'
import { DomainError } from '../domain/errors.ts'
import { type Handed, type Mended, withoutUnable } from '../domain/escalation.ts'
import { noticesToDecide } from '../domain/notice.ts'
import type { Reason, RoutingFacts } from '../domain/routing.ts'
import { say } from '../domain/sentences.ts'
import type { Ids } from '../ports.ts'
import { type ApprovalHolding, loadApprovalHolding, updateRuleHolder } from '../store/approval-holders.ts'
import { explainApproval } from '../store/approval-timers.ts'
import { listVoices } from '../store/approval-voices.ts'
import { insertMove, type LockedApproval, lockApproval, removeHolders, setHolders } from '../store/approvals.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { tellPeople } from '../store/notifications.ts'
import type { RequestedItem } from '../store/requested-items.ts'
import { itemEvent, theSystem } from './item-event.ts'
import { loadQuestionOf } from './load-question.ts'
import { recordStandIns } from './record-stand-ins.ts'

/** An open approval that waits for the wrong person, locked, with all that belongs to it. */
export interface Mending {
  tx: Tx
  ids: Ids
  approval: LockedApproval
  item: RequestedItem
  holding: ApprovalHolding
}

/** Locks an approval and loads what mending it needs. Refuses an unknown id (not_found). */
export async function loadMending(tx: Tx, ids: Ids, id: string): Promise<Mending> {
  const approval = await lockApproval(tx, id)
  return { tx, ids, approval, item: approval.item, holding: await loadApprovalHolding(tx, id) }
}

/**
 * Takes an open approval from those who cannot answer it any more; when nobody else holds it, somebody else does then. Returns false when all
 * who hold it can answer. Refuses (conflict) when there is nobody to ask.
 */
export async function passOnUnable(tx: Tx, ids: Ids, id: string): Promise<boolean> {
  const one = await loadMending(tx, ids, id)
  const { approval, holding, item } = one
  const holderIds = [...approval.candidateIds].sort()
  const { question, facts } = await loadQuestionOf(tx, item, approval, holderIds)
  const mended = withoutUnable(holderIds, holding.isGroup, question, facts)
  const { remainingIds, handed } = mended
  const goneIds = holderIds.filter((holder) => !remainingIds.includes(holder))
  if (approval.state !== 'PENDING' || goneIds.length === 0) return false
  if (handed) await setHolders(tx, id, remainingIds)
  else await removeHolders(tx, id, goneIds)
  if (handed && holding.ruleHolderId === handed.fromId) await updateRuleHolder(tx, id, holding.namedId, remainingIds.at(-1) as string)
  await tellMended(one, mended, facts, whyUnable(goneIds, facts))
  return true
}

function whyUnable(goneIds: string[], { people }: RoutingFacts): Reason {
  const names = (ids: string[]) => ids.map((id) => people.get(id)?.name).join(', ')
  const inactiveIds = goneIds.filter((id) => !people.get(id)?.active)
  if (inactiveIds.length > 0) return { rule: 'INACTIVE', text: say('unable', { names: names(goneIds) }) }
  return { rule: 'DISTINCT', text: say('haveSay', { names: names(goneIds) }) }
}

/**
 * Where an item's policy asks different people: takes its open approvals from those who have a say in it by now and so may not decide another
 * one. To be called by whatever gives somebody a say: a decision, a hand-over. Where there is nobody else to ask, things stay as they are.
 */
export async function passOnBarred(tx: Tx, ids: Ids, item: RequestedItem): Promise<void> {
  if (!item.policy.steps.some((_step, stepNumber) => asksDifferentPeople(item.policy, stepNumber))) return
  for (const { id } of await listVoices(tx.sql, item.id)) {
    const all = await listVoices(tx.sql, item.id)
    const approval = all.find((one) => one.id === id)
    if (approval && barredHolders(item.policy, approval, all).length > 0) await unlessNobody(() => passOnUnable(tx, ids, id))
  }
}

async function unlessNobody(passOn: () => Promise<unknown>): Promise<void> {
  try {
    await passOn()
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'conflict') throw error
  }
}

/** Writes down what was mended: the history (when it was handed over), the reason, the record, and a notice to who holds it anew. */
export async function tellMended(
  { tx, ids, approval, item }: Mending,
  { handed, remainingIds, steps }: Mended,
  facts: RoutingFacts,
  why: Reason,
): Promise<void> {
  if (handed) await insertMove(tx, reassignment(approval.id, handed, facts, ids))
  await explainApproval(tx, approval.id, why)
  await recordStandIns(tx, ids, approval.id, steps, facts)
  const details = { approvalId: approval.id, because: why.rule, from: handed?.fromId ?? null, candidates: remainingIds }
  await recordAudit(tx, [itemEvent(item, handed ? 'APPROVAL_REQUEST_ASSIGNED' : 'APPROVAL_REQUEST_UPDATED', theSystem, ids, details)])
  const anew = remainingIds.filter((id) => !approval.candidateIds.includes(id))
  await tellPeople(tx, noticesToDecide('FORWARDED', approval.id, anew, tx.now.toISOString()), ids.next)
}

function reassignment(approvalId: string, { fromId, toId }: Handed, { people }: RoutingFacts, ids: Ids) {
  const to = { id: toId, name: people.get(toId)?.name ?? '' }
  const fromName = people.get(fromId)?.name ?? ''
  return { id: ids.next(), approvalId, reason: 'AUTOMATIC_REASSIGNMENT' as const, fromName, to, movedByName: null, comment: null }
}
