import { type Handed, type Mended, withManagerChanged, withoutInactive } from '../domain/escalation.ts'
import { noticesToDecide } from '../domain/notice.ts'
import type { Reason, RoutingFacts } from '../domain/routing.ts'
import type { Ids } from '../ports.ts'
import {
  type ApprovalHolding,
  listApprovalsManagedAnew,
  listApprovalsOfInactive,
  listPeopleToMend,
  loadApprovalHolding,
  markPeopleToMend,
  unmarkMendedPeople,
  updateRuleHolder,
} from '../store/approval-holders.ts'
import { explainApproval } from '../store/approval-timers.ts'
import { insertMove, type LockedApproval, lockApproval, removeHolders, setHolders } from '../store/approvals.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { tellPeople } from '../store/notifications.ts'
import { lockRequestedItem, type RequestedItem } from '../store/requested-items.ts'
import { takeTurn } from '../store/sweep-turns.ts'
import type { Context } from './context.ts'
import { eachInTurn } from './each-in-turn.ts'
import { itemEvent, theSystem } from './item-event.ts'
import { loadQuestionOf } from './load-question.ts'
import { recordStandIns } from './record-stand-ins.ts'

const BATCH = 100
const PEOPLE_AT_ONCE = 1_000

/** How often some node looks through everything, for what nobody marked. */
const LOOK_THROUGH_MS = 60_000

/**
 * Puts open approvals right that wait for the wrong person: one who is not active any more, or the recipient's manager of yesterday. Each in
 * a transaction of its own; returns how many it moved. The history of each stays. Whoever changes people marks them, so that a sweep costs
 * nothing while nothing has changed.
 */
export async function mendApprovals(context: Context): Promise<number> {
  const { sql } = context.db
  if (await takeTurn(sql, 'mend-approvals', LOOK_THROUGH_MS)) await lookForPeopleToMend(context)
  const people = await listPeopleToMend(sql, PEOPLE_AT_ONCE)
  if (people.length === 0) return 0
  const ofFormer = await listApprovalsManagedAnew(sql, people, BATCH)
  const followed = await eachInTurn(ofFormer, (id) => followManagerChange(context, id))
  const ofInactive = await listApprovalsOfInactive(sql, people, BATCH)
  const passed = await eachInTurn(ofInactive, (id) => passInactive(context, id))
  await unmarkMendedPeople(sql, people)
  return followed + passed
}

/**
 * Looks through every open approval for one that waits for the wrong person, and marks those because of whom it does: for approvals that were
 * being written while people changed, and for people who were changed by other hands. Returns how many people it marked.
 */
export async function lookForPeopleToMend({ db }: Context): Promise<number> {
  return markPeopleToMend(db.sql)
}

interface Mending {
  tx: Tx
  ids: Ids
  approval: LockedApproval
  item: RequestedItem
  holding: ApprovalHolding
}

async function mending({ ids }: Context, tx: Tx, id: string): Promise<Mending> {
  const approval = await lockApproval(tx, id)
  return { tx, ids, approval, item: await lockRequestedItem(tx, approval.itemId), holding: await loadApprovalHolding(tx, id) }
}

async function followManagerChange(context: Context, id: string): Promise<boolean> {
  return context.db.transaction(async (tx) => {
    const one = await mending(context, tx, id)
    const { approval, holding, item } = one
    if (approval.state !== 'PENDING' || holding.scheme !== 'MANAGER' || holding.namedId === holding.managerId) return false
    const { question, facts } = await loadQuestionOf(tx, item, approval, [
      ...approval.candidateIds,
      holding.ruleHolderId,
      holding.managerId,
    ])
    const mended = withManagerChanged({ ...holding, holderIds: approval.candidateIds }, holding.managerId, question, facts)
    await setHolders(tx, id, mended.remainingIds)
    await updateRuleHolder(tx, id, holding.managerId, mended.remainingIds.at(-1) as string)
    const text = `${item.recipientName} has another manager now, so they are asked.`
    await tell(one, mended, facts, { rule: 'MANAGER', text })
    return true
  })
}

async function passInactive(context: Context, id: string): Promise<boolean> {
  return context.db.transaction(async (tx) => {
    const one = await mending(context, tx, id)
    const { approval, holding, item } = one
    const holderIds = [...approval.candidateIds].sort()
    const { question, facts } = await loadQuestionOf(tx, item, approval, holderIds)
    const mended = withoutInactive(holderIds, holding.isGroup, question, facts)
    const goneIds = holderIds.filter((holder) => !mended.remainingIds.includes(holder))
    if (approval.state !== 'PENDING' || goneIds.length === 0) return false
    if (mended.handed) await setHolders(tx, id, mended.remainingIds)
    else await removeHolders(tx, id, goneIds)
    if (mended.handed && holding.ruleHolderId === mended.handed.fromId) {
      await updateRuleHolder(tx, id, holding.namedId, mended.remainingIds.at(-1) as string)
    }
    const names = goneIds.map((gone) => facts.people.get(gone)?.name).join(', ')
    await tell(one, mended, facts, { rule: 'INACTIVE', text: `Cannot answer any more: ${names}.` })
    return true
  })
}

/** The history (when it was handed over), the reason, and the record. */
async function tell(
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
