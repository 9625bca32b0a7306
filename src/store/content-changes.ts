import { type RawBuilder, sql } from 'kysely'
import type { AssignmentOrigin, ItemType } from '../domain/access-model.ts'
import type { AccountChoice, AccountOn } from '../domain/held.ts'
import type { AssignmentState } from '../domain/lifecycle.ts'
import { accountsOfAssignment } from './assignments.ts'
import type { Reader, Tx } from './db.ts'

/** What changed of what roles and access profiles are made of, and who has yet to follow it. */

/** Parts of items that have come or gone, as a query with the columns whole, part and gone. */
export type PartChanges = RawBuilder<unknown>

/** The parts that came to an item and went from it, by their ids. */
export function partChangesOf(wholeId: string, before: string[], after: string[]): PartChanges {
  const came = after.filter((id) => !before.includes(id))
  const gone = before.filter((id) => !after.includes(id))
  return sql`select ${wholeId}::text collate "C" as whole, part collate "C" as part, gone
    from unnest(${[...came, ...gone]}::text[], ${[...came.map(() => false), ...gone.map(() => true)]}::boolean[]) as changes(part, gone)`
}

const around = (changes: PartChanges) => sql`
  above as (
    select whole as id from (${changes}) changed
    union
    select p.whole_id from access_item_part p join above on p.part_id = above.id)`

/**
 * Locks the items of which parts have changed and all that they are in, so that nobody is given one of them as it was before: whoever puts
 * one in place waits until this has ended. Then notes for everybody who holds one what they gain and what they lose by it.
 */
export async function noteContentChanges(tx: Tx, changes: PartChanges): Promise<void> {
  await sql`with recursive ${around(changes)}
    select 1 from access_item where id in (select id from above) order by id for no key update`.execute(tx.sql)
  await sql`
    with recursive ${around(changes)},
    former as (
      select whole_id as whole, part_id as part from access_item_part
      except select whole, part from (${changes}) came where not gone
      union select whole, part from (${changes}) went where gone),
    now_in as (select id as whole, id as part from above union select n.whole, p.part_id from now_in n join access_item_part p on p.whole_id = n.part),
    then_in as (select id as whole, id as part from above union select t.whole, p.part from then_in t join former p on p.whole = t.part),
    differs as (
      select whole, part, true as comes from (select * from now_in except select * from then_in) came
      union all select whole, part, false from (select * from then_in except select * from now_in) went)
    insert into assignment_change (assignment_id, entitlement_id, comes, created_at)
    select a.id, e.id, d.comes, ${tx.now}::timestamptz
    from differs d join access_item e on e.id = d.part and e.type = 'ENTITLEMENT' join assignment a on a.item_id = d.whole and a.state <> 'ENDED'
    on conflict (assignment_id, entitlement_id) do update set comes = excluded.comes, problem = null, retry_at = null`.execute(tx.sql)
}

/** The same for the parts that an import has changed. */
export async function noteImportedContent(tx: Tx): Promise<void> {
  const changes = sql`select whole, part, gone from import_part_change`
  const { rows } = await sql`${changes} limit 1`.execute(tx.sql)
  if (rows.length > 0) await noteContentChanges(tx, changes)
}

/** Ids of assignments that have a change to follow now; those that are still being put in place, or taken away, do so afterwards. */
export async function listChangedAssignments(reader: Reader, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct a.id from assignment_change c join assignment a on a.id = c.assignment_id
    where (c.retry_at is null or c.retry_at <= now()) and a.state in ('ACTIVE', 'ENDED') order by a.id limit ${limit}`.execute(reader)
  return rows.map(({ id }) => id)
}

/** An assignment that has changes to follow, and what is to be known of its holder for that. */
export interface ChangedAssignment {
  id: string
  state: AssignmentState
  origin: AssignmentOrigin
  itemType: ItemType
  itemName: string
  recipientId: string
  recipientName: string
  recipientAlias: string
  trackingNumber: string | null
  accounts: AccountOn[]
  accountSelection: AccountChoice[] | null
}

/** Locks an assignment for its changes. */
export async function lockChangedAssignment(tx: Tx, id: string): Promise<ChangedAssignment | undefined> {
  const { rows } = await sql<ChangedAssignment>`
    select a.id, a.state, a.origin, a.item_type as "itemType", thing.name as "itemName", a.identity_id as "recipientId",
      holder.name as "recipientName", holder.alias as "recipientAlias", i.request_id as "trackingNumber", ${accountsOfAssignment} as accounts,
      i.account_selection as "accountSelection"
    from assignment a join identity holder on holder.id = a.identity_id join access_item thing on thing.id = a.item_id
    left join requested_item i on i.id = a.requested_item_id
    where a.id = ${id} for update of a`.execute(tx.sql)
  return rows[0]
}

export interface ContentChange {
  entitlementId: string
  sourceId: string
  comes: boolean
  /** The grant of this entitlement that the assignment has, if it has one. */
  grantId: string | null
  accountId: string | null
}

/** Takes the changes of an assignment off the list. */
export async function takeContentChanges(tx: Tx, assignmentId: string): Promise<ContentChange[]> {
  const { rows } = await sql<ContentChange>`
    with taken as (delete from assignment_change where assignment_id = ${assignmentId} returning entitlement_id, comes)
    select t.entitlement_id as "entitlementId", e.source_id as "sourceId", t.comes, g.id as "grantId", g.account_id as "accountId"
    from taken t join access_item e on e.id = t.entitlement_id
    left join (assignment_grant ag join access_grant g on g.id = ag.grant_id and ag.assignment_id = ${assignmentId}) on g.entitlement_id = e.id
    order by e.id`.execute(tx.sql)
  return rows
}

const AGAIN = sql`now() + interval '5 minutes'`

/** Puts changes that could not be begun back on the list, with the reason; they are tried again. */
export async function returnContentChanges(tx: Tx, assignmentId: string, entitlementIds: string[], problem: string): Promise<void> {
  await sql`
    insert into assignment_change (assignment_id, entitlement_id, comes, problem, retry_at, created_at)
    select ${assignmentId}, e, true, ${problem}, ${AGAIN}, ${tx.now}::timestamptz from unnest(${entitlementIds}::text[]) e`.execute(tx.sql)
}

/**
 * Moves one value of an assignment to an assignment of the entitlement alone, which is to end; returns its id. Undefined when access to it that
 * an import found keeps the value already: then the assignment just has it no more.
 */
export async function splitOff(tx: Tx, newId: string, assignmentId: string, grantId: string): Promise<string | undefined> {
  const made = await sql<{ id: string }>`
    insert into assignment (id, identity_id, item_type, item_id, origin, state, account_id, requested_item_id, created_at, modified_at)
    select ${newId}, a.identity_id, 'ENTITLEMENT', g.entitlement_id, a.origin, 'ACTIVE', g.account_id, a.requested_item_id, ${tx.now}, ${tx.now}
    from assignment a join access_grant g on g.id = ${grantId} where a.id = ${assignmentId}
    on conflict do nothing returning id`.execute(tx.sql)
  const id = made.rows[0]?.id
  if (id === undefined)
    await sql`delete from assignment_grant where assignment_id = ${assignmentId} and grant_id = ${grantId}`.execute(tx.sql)
  else
    await sql`update assignment_grant set assignment_id = ${id} where assignment_id = ${assignmentId} and grant_id = ${grantId}`.execute(
      tx.sql,
    )
  return id
}
