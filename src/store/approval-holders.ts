import { sql } from 'kysely'
import type { Reader, Tx } from './db.ts'

/** Open approvals that wait for somebody who is not active any more. */
export async function listApprovalsOfInactive(reader: Reader, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct c.approval_id as id from identity p join approval_candidate c on c.identity_id = p.id and c.open
    where p.status = 'INACTIVE' order by 1 limit ${limit}`.execute(reader)
  return rows.map((row) => row.id)
}

/** Open approvals put to the recipient's manager whose recipient has another manager now. */
export async function listApprovalsManagedAnew(reader: Reader, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select a.id from approval a join requested_item i on i.id = a.requested_item_id join identity r on r.id = i.recipient_id
    where a.state = 'PENDING' and a.scheme = 'MANAGER' and a.named_id is distinct from r.manager_id order by a.id limit ${limit}`.execute(
    reader,
  )
  return rows.map((row) => row.id)
}

/** Who holds an approval by rule, and the recipient's manager now. */
export interface ApprovalHolding {
  scheme: string
  isGroup: boolean
  namedId: string | null
  ruleHolderId: string | null
  managerId: string | null
}

/** The holding of an approval that the caller has locked. */
export async function loadApprovalHolding(tx: Tx, id: string): Promise<ApprovalHolding> {
  const { rows } = await sql<ApprovalHolding>`
    select a.scheme, a.original_owner_type = 'GOVERNANCE_GROUP' and a.owner_id is null as "isGroup", a.named_id as "namedId",
      a.rule_holder_id as "ruleHolderId", r.manager_id as "managerId"
    from approval a join requested_item i on i.id = a.requested_item_id join identity r on r.id = i.recipient_id
    where a.id = ${id}`.execute(tx.sql)
  return rows[0] as ApprovalHolding
}

/** Notes whom a step's rule names now, and who answers by it. */
export async function updateRuleHolder(tx: Tx, id: string, namedId: string | null, ruleHolderId: string): Promise<void> {
  await tx.sql.updateTable('approval').set({ named_id: namedId, rule_holder_id: ruleHolderId }).where('id', '=', id).execute()
}

/** The name of whoever holds an approval: a person, else the group that is asked, else the first of those who could decide. */
export async function findHolderName(reader: Reader, id: string): Promise<string> {
  const { rows } = await sql<{ name: string | null }>`
    select coalesce(
      (select o.name from identity o where o.id = a.owner_id),
      (select g.name from governance_group g where a.original_owner_type = 'GOVERNANCE_GROUP' and g.id = a.original_owner_id),
      (select o.name from approval_candidate c join identity o on o.id = c.identity_id where c.approval_id = a.id order by o.id limit 1)) as name
    from approval a where a.id = ${id}`.execute(reader)
  return rows[0]?.name ?? ''
}
