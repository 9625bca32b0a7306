import { type Actor, personOf } from '../domain/actor.ts'
import { say } from '../domain/sentences.ts'
import type { Ids } from '../ports.ts'
import { findHolderName } from '../store/approval-holders.ts'
import { explainApproval } from '../store/approval-timers.ts'
import { insertMove } from '../store/approvals.ts'
import type { Tx } from '../store/db.ts'

/**
 * Writes into an approval's history and explanation that an org admin took it from whoever held it and decides in their place. The caller has
 * locked it, and has checked that they may.
 */
export async function recordForOthers(tx: Tx, ids: Ids, actor: Actor, approval: { id: string }): Promise<void> {
  const fromName = await findHolderName(tx.sql, approval.id)
  const text = say('decidesFor', { name: actor.name, other: fromName })
  const to = { id: personOf(actor), name: actor.name }
  const move = { id: ids.next(), approvalId: approval.id, reason: 'MANUAL_REASSIGNMENT' as const, fromName, to, movedByName: actor.name }
  await insertMove(tx, { ...move, comment: text })
  await explainApproval(tx, approval.id, { rule: 'ADMIN', text })
}
