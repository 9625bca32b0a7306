import { noticesToDecide } from '../domain/notice.ts'
import { needsDetours, replaceAway } from '../domain/reassignment.ts'
import { strictly } from '../domain/routing.ts'
import { loadApprovalHolding, updateRuleHolder } from '../store/approval-holders.ts'
import { lockApproval, setHolders } from '../store/approvals.ts'
import { recordAudit } from '../store/audit.ts'
import { updateCandidates } from '../store/group-approvals.ts'
import { tellPeople } from '../store/notifications.ts'
import { type DueReassignment, listDueReassignments, listWaitingFor, noteFollowed } from '../store/reassignments.ts'
import { lockWorkItem } from '../store/work-items.ts'
import type { Context } from './context.ts'
import { countEarlierAnswers } from './count-earlier-answers.ts'
import { eachInTurn } from './each-in-turn.ts'
import { itemEvent, theSystem } from './item-event.ts'
import { loadQuestionOf } from './load-question.ts'
import { passOnBarred } from './pass-on-unable.ts'
import { passWorkOn } from './pass-work-on.ts'
import { recordStandIns } from './record-stand-ins.ts'

const BATCH = 100
const PEOPLE_AT_ONCE = 20

/**
 * Moves what waits for people whose standing reassignment has begun to those who stand in for them, in portions, each thing in a transaction
 * of its own. Any node may run it at any time, and goes on where another stopped. Returns how many portions moved something or were full.
 */
export async function followReassignments(context: Context): Promise<number> {
  const due = await listDueReassignments(context.db.sql, await context.db.businessNow(), PEOPLE_AT_ONCE)
  const byId = new Map(due.map((one) => [one.id, one]))
  return eachInTurn([...byId.keys()], (id) => followOne(context, byId.get(id) as DueReassignment))
}

async function followOne(context: Context, one: DueReassignment): Promise<boolean> {
  const waiting = await listWaitingFor(context.db.sql, one, BATCH)
  const move = one.kind === 'APPROVALS' ? moveApprovalOn : moveWorkOn
  const moved = await eachInTurn(waiting, (id) => move(context, one.fromId, id))
  const isFull = waiting.length === BATCH
  await context.db.transaction((tx) => noteFollowed(tx, one, isFull ? (waiting.at(-1) as string) : null))
  return isFull || moved > 0
}

/** Gives the part that a person has in an open approval to whoever stands in for them now; false when nobody does or it is theirs no more. */
async function moveApprovalOn({ db, ids }: Context, awayId: string, approvalId: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const approval = await lockApproval(tx, approvalId)
    if (approval.state !== 'PENDING' || !approval.candidateIds.includes(awayId)) return false
    const { item } = approval
    const { question, facts } = await loadQuestionOf(tx, item, approval, approval.candidateIds)
    const holding = await loadApprovalHolding(tx, approvalId)
    const which = { ofIds: [awayId], detours: needsDetours(holding.isGroup, approval.candidateIds) }
    const { holderIds, steps } = replaceAway([...approval.candidateIds].sort(), which, facts, strictly(question, facts))
    const toId = steps.at(-1)?.toId
    if (toId === undefined) return false
    if (holding.isGroup) await updateCandidates(tx, approvalId, [toId], [awayId])
    else await setHolders(tx, approvalId, holderIds)
    if (holding.ruleHolderId === awayId) await updateRuleHolder(tx, approvalId, holding.namedId, toId)
    await recordStandIns(tx, ids, approvalId, steps, facts)
    await passOnBarred(tx, ids, item)
    const details = { approvalId, because: 'STAND_IN', from: awayId, candidates: holderIds }
    await recordAudit(tx, [itemEvent(item, 'APPROVAL_REQUEST_ASSIGNED', theSystem, ids, details)])
    const anew = holderIds.filter((id) => !approval.candidateIds.includes(id))
    await tellPeople(tx, noticesToDecide('FORWARDED', approvalId, anew, tx.now.toISOString()), ids.next)
    await countEarlierAnswers(tx, ids, item)
    return true
  })
}

async function moveWorkOn({ db, ids }: Context, awayId: string, workItemId: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const work = await lockWorkItem(tx, workItemId)
    if (work.state !== 'PENDING' || work.ownerId !== awayId) return false
    return (await passWorkOn(tx, ids, work)) !== awayId
  })
}
