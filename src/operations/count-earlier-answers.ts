import { afterAgreement, answerGivenBefore, type EarlierDecision, planSteps, sameAnswer, type Voice } from '../domain/approval-steps.ts'
import { DomainError } from '../domain/errors.ts'
import { approval as approvalLife } from '../domain/lifecycle.ts'
import type { Ids } from '../ports.ts'
import { explainApproval } from '../store/approval-timers.ts'
import { listVoices } from '../store/approval-voices.ts'
import { closeApproval, listApprovedBy } from '../store/approvals.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import type { RequestedItem } from '../store/requested-items.ts'
import { afterApproval } from './advance-item.ts'
import { itemEvent, theSystem } from './item-event.ts'
import { loadQuestion } from './load-question.ts'

/**
 * One decision counts wherever the same person is asked (design 13), also where a question reached them later: answers the open questions of
 * an item that are held by somebody who agreed to it before. To be called last by whatever hands a question to somebody. Where nobody could be
 * asked next, they are asked anew instead.
 */
export async function countEarlierAnswers(tx: Tx, ids: Ids, item: RequestedItem): Promise<void> {
  const passedOver = new Set<string>()
  for (;;) {
    const found = await findAnswered(tx, item, passedOver)
    if (!found) return
    if (await leadsOn(tx, item, found.open, found.all)) await answer(tx, ids, item, found.open, found.before)
    else passedOver.add(found.open.id)
  }
}

async function findAnswered(tx: Tx, item: RequestedItem, passedOver: Set<string>) {
  if (item.policy.distinct) return undefined
  const decided = await listApprovedBy(tx.sql, item.id)
  if (decided.length === 0) return undefined
  const all = await listVoices(tx.sql, item.id)
  for (const open of all.filter(({ id, state }) => state === 'PENDING' && !passedOver.has(id))) {
    const before = answerGivenBefore(item.policy, open, decided)
    if (before) return { open, before, all }
  }
  return undefined
}

/** False where the step would be over and the next one finds nobody. */
async function leadsOn(tx: Tx, item: RequestedItem, open: Voice, all: Voice[]): Promise<boolean> {
  const ofStep = all.filter(({ stepNumber }) => stepNumber === open.stepNumber)
  if (!afterAgreement(item.policy, { ...open, decidedBy: null }, ofStep).agreed) return true
  const { question, facts } = await loadQuestion(tx, item)
  const earlier = await listApprovedBy(tx.sql, item.id)
  try {
    planSteps(item.policy, open.stepNumber + 1, question, earlier, facts, () => 'foreseen')
    return true
  } catch (error) {
    if (error instanceof DomainError && error.code === 'conflict') return false
    throw error
  }
}

async function answer(tx: Tx, ids: Ids, item: RequestedItem, open: Voice, { decidedBy, comment }: EarlierDecision): Promise<void> {
  await closeApproval(tx, open.id, approvalLife.next(open.state, 'approve'), decidedBy, comment)
  await explainApproval(tx, open.id, sameAnswer)
  const details = { approvalId: open.id, automatic: false, by: decidedBy }
  await recordAudit(tx, [itemEvent(item, 'APPROVAL_REQUEST_APPROVED', theSystem, ids, details)])
  await afterApproval(tx, item, { id: open.id, stepNumber: open.stepNumber, decidedBy, comment }, theSystem, ids)
}
