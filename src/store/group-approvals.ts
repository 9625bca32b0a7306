import { sql } from 'kysely'
import type { Selector } from '../domain/access-model.ts'
import type { Tx } from './db.ts'

/** An open approval that no person holds, only a group. */
export interface WaitingApproval {
  id: string
  itemId: string
  stepNumber: number
  selector: Selector
  candidateIds: string[]
}

/**
 * Locks the open approvals that ask a group, alone or beside others, each after the item it belongs to and in their order: every path takes
 * them so. What was handed to a person does not wait for the group any more.
 */
export async function lockApprovalsOfGroup(tx: Tx, groupId: string): Promise<WaitingApproval[]> {
  const waits = sql`a.state = 'PENDING' and a.owner_id is null and (
    (a.scheme = 'GOVERNANCE_GROUP' and a.original_owner_id = ${groupId})
    or (a.scheme = 'ADDITIONAL_GOVERNANCE_GROUP' and exists (
      select from requested_item q join access_item i on i.id = q.item_id
      where q.id = a.requested_item_id and (a.original_owner_id = ${groupId} or ${groupId} = any(i.additional_group_ids)))))`
  const { rows: found } = await sql<{ id: string; itemId: string }>`
    select a.id, a.requested_item_id as "itemId" from approval a where ${waits}`.execute(tx.sql)
  const itemIds = found.map(({ itemId }) => itemId)
  tx.send(sql`select 1 from requested_item where id = any(${itemIds}::text[]) order by id for update`)
  const { rows } = await sql<Omit<WaitingApproval, 'selector'> & { scheme: Selector['kind']; groupId: string }>`
    select a.id, a.requested_item_id as "itemId", a.step_number as "stepNumber", a.scheme, a.original_owner_id as "groupId",
      array(select c.identity_id from approval_candidate c where c.approval_id = a.id and c.open) as "candidateIds"
    from approval a where a.id = any(${found.map(({ id }) => id)}::text[]) and a.state = 'PENDING' and a.owner_id is null
    order by a.requested_item_id, a.id for update`.execute(tx.sql)
  return rows.map(({ scheme, groupId: asked, ...row }) => ({ ...row, selector: selectorOf(scheme, asked) }))
}

function selectorOf(kind: Selector['kind'], groupId: string): Selector {
  return kind === 'GOVERNANCE_GROUP' ? { kind, groupId } : { kind }
}

/** Lets these people decide an open approval, and those not any more; a person who may not has no row, as after every hand-over. */
export async function updateCandidates(tx: Tx, approvalId: string, opened: string[], closed: string[]): Promise<void> {
  tx.send(sql`delete from approval_candidate where approval_id = ${approvalId} and identity_id = any(${closed}::text[])`)
  tx.changed.personIds.push(...opened, ...closed)
  tx.send(sql`
    insert into approval_candidate (approval_id, identity_id, open, created_at)
    select ${approvalId}::text, p, true, ${tx.now}::timestamptz from unnest(${opened}::text[]) p on conflict do nothing`)
}
