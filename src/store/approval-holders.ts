import { sql } from 'kysely'
import type { Reader, Tx } from './db.ts'

/** An open approval put to the recipient's manager, `r`, whose recipient has another manager now. */
const managedAnew = sql`a.state = 'PENDING' and a.scheme = 'MANAGER' and a.named_id is distinct from r.manager_id`

/**
 * Some of those who left or got another manager and because of whom approvals may have to be put right; in no order, so that a few that cannot
 * be now hold up none of the others.
 */
export async function listPeopleToMend(reader: Reader, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from identity where to_mend order by random() limit ${limit}`.execute(reader)
  return rows.map((row) => row.id)
}

/** Open approvals that wait for these people, of whom some are not active any more. */
export async function listApprovalsOfInactive(reader: Reader, peopleIds: string[], limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from (select distinct c.approval_id as id from identity p join approval_candidate c on c.identity_id = p.id and c.open
      where p.id = any(${peopleIds}::text[]) and p.status = 'INACTIVE') found order by random() limit ${limit}`.execute(reader)
  return rows.map((row) => row.id)
}

/** Open approvals about these people's access that were put to a manager of yesterday. */
export async function listApprovalsManagedAnew(reader: Reader, peopleIds: string[], limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select a.id from identity r join requested_item i on i.recipient_id = r.id join approval a on a.requested_item_id = i.id
    where r.id = any(${peopleIds}::text[]) and i.state = 'AWAITING_APPROVAL' and ${managedAnew} order by random() limit ${limit}`.execute(
    reader,
  )
  return rows.map((row) => row.id)
}

/**
 * Looks through all open approvals and marks the people because of whom one waits for the wrong person. Passes over whoever is being changed at
 * this moment; returns how many it marked.
 */
export async function markPeopleToMend(reader: Reader): Promise<number> {
  const { numAffectedRows } = await sql`
    update identity set to_mend = true where id in (
      select p.id from identity p where not p.to_mend and p.id in (
        select r.id from approval a join requested_item i on i.id = a.requested_item_id join identity r on r.id = i.recipient_id where ${managedAnew}
        union all
        select c.identity_id from identity gone join approval_candidate c on c.identity_id = gone.id and c.open where gone.status = 'INACTIVE')
      for update skip locked)`.execute(reader)
  return Number(numAffectedRows ?? 0)
}

/** Takes the mark from those of these people because of whom nothing waits for the wrong person any more; passes over whoever is being changed. */
export async function unmarkMendedPeople(reader: Reader, peopleIds: string[]): Promise<void> {
  // Ordered as the index is, so that it is used however uneven the approvals lie.
  const waiting = sql`(select 1 from approval_candidate c where c.identity_id = r.id and c.open order by c.identity_id, c.created_at limit 1)`
  await sql`
    update identity set to_mend = false where id in (
      select r.id from identity r where r.id = any(${peopleIds}::text[]) and r.to_mend
        and not exists (select 1 from requested_item i join approval a on a.requested_item_id = i.id
          where i.recipient_id = r.id and i.state = 'AWAITING_APPROVAL' and ${managedAnew})
        and (r.status = 'ACTIVE' or ${waiting} is null)
      for update skip locked)`.execute(reader)
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
  tx.send(tx.sql.updateTable('approval').set({ named_id: namedId, rule_holder_id: ruleHolderId }).where('id', '=', id))
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
