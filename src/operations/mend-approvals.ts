import { withManagerChanged } from '../domain/escalation.ts'
import { say } from '../domain/sentences.ts'
import {
  listApprovalsManagedAnew,
  listApprovalsOfInactive,
  listPeopleToMend,
  markPeopleToMend,
  unmarkMendedPeople,
  updateRuleHolder,
} from '../store/approval-holders.ts'
import { setHolders } from '../store/approvals.ts'
import { takeTurn } from '../store/sweep-turns.ts'
import type { Context } from './context.ts'
import { countEarlierAnswers } from './count-earlier-answers.ts'
import { eachInTurn } from './each-in-turn.ts'
import { loadQuestionOf } from './load-question.ts'
import { loadMending, passOnBarred, passOnUnable, tellMended } from './pass-on-unable.ts'

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

async function followManagerChange({ db, ids }: Context, id: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const one = await loadMending(tx, ids, id)
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
    const text = say('otherManager', { name: item.recipientName })
    await tellMended(one, mended, facts, { rule: 'MANAGER', text })
    await passOnBarred(tx, ids, item)
    await countEarlierAnswers(tx, ids, item)
    return true
  })
}

async function passInactive({ db, ids }: Context, id: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const isPassed = await passOnUnable(tx, ids, id)
    if (!isPassed) return false
    const { item } = await loadMending(tx, ids, id)
    await passOnBarred(tx, ids, item)
    await countEarlierAnswers(tx, ids, item)
    return true
  })
}
