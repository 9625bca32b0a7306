import { sql } from 'kysely'
import type { Barred } from '../domain/approval.ts'
import { asksDifferentPeople, barredFrom, type Voice } from '../domain/approval-steps.ts'
import type { Reader, Tx } from './db.ts'
import type { RequestedItem } from './requested-items.ts'

/** Every approval of an item with who may decide it (or might have) and who did. */
export async function listVoices(reader: Reader, itemId: string): Promise<Voice[]> {
  const { rows } = await sql<Voice>`
    select a.id, a.step_number as "stepNumber", a.state, a.decided_by as "decidedBy",
      array(select c.identity_id from approval_candidate c where c.approval_id = a.id order by 1) as "candidateIds"
    from approval a where a.requested_item_id = ${itemId} order by a.step_number, a.id`.execute(reader)
  return rows
}

/** Who may not decide this approval, nor be given it, because the item's policy wants different people. The caller has locked the item. */
export async function loadBarred(tx: Tx, item: RequestedItem, approval: { id: string; stepNumber: number }): Promise<Barred> {
  if (!asksDifferentPeople(item.policy, approval.stepNumber)) return new Set()
  return barredFrom(item.policy, approval, await listVoices(tx.sql, item.id))
}
