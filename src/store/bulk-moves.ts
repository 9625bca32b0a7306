import { sql } from 'kysely'
import type { Reader, Tx } from './db.ts'

/** An order to move all that waits for some people. */
export interface NewBulkMove {
  id: string
  fromIds: string[]
  /** Null: to the manager of each. */
  toId: string | null
  comment: string
  orderedBy: string
  approvals: boolean
  workItems: boolean
}

/** Stores an order with everything that waits for these people now; returns how many things that is. */
export async function insertBulkMove(tx: Tx, order: NewBulkMove): Promise<number> {
  const { id, fromIds, toId, comment, orderedBy } = order
  await tx.sql
    .insertInto('bulk_move')
    .values({ id, to_id: toId, comment, ordered_by: orderedBy, created_at: tx.now, finished_at: null })
    .execute()
  const { numAffectedRows } = await sql`
    insert into bulk_move_part (bulk_move_id, place, from_id, approval_id, work_item_id)
    select ${id}::text, row_number() over (order by what, key, from_id), from_id, approval_id, work_item_id from (
      select 1 as what, approval_id as key, identity_id as from_id, approval_id, null::text as work_item_id from approval_candidate
      where ${order.approvals} and open and identity_id = any(${fromIds}::text[])
      union all
      select 2, id, owner_id, null, id from work_item
      where ${order.workItems} and state = 'PENDING' and owner_id = any(${fromIds}::text[])) waiting`.execute(tx.sql)
  return Number(numAffectedRows ?? 0)
}

/** An order as it is carried out. */
export interface BulkMove {
  id: string
  toId: string | null
  comment: string
  orderedBy: string
  orderedByName: string
  finished: boolean
}

/** The order of this id, or undefined. */
export async function findBulkMove(reader: Reader, id: string): Promise<BulkMove | undefined> {
  const { rows } = await sql<BulkMove>`
    select m.id, m.to_id as "toId", m.comment, m.ordered_by as "orderedBy", o.name as "orderedByName", m.finished_at is not null as finished
    from bulk_move m join identity o on o.id = m.ordered_by where m.id = ${id}`.execute(reader)
  return rows[0]
}

/** One thing of an order that has yet to be moved. */
export interface WaitingPart {
  place: number
  fromId: string
  approvalId: string | null
  workItemId: string | null
}

/** What has yet to be moved of an order; what failed before comes last. */
export async function listWaitingParts(reader: Reader, bulkMoveId: string, limit: number): Promise<WaitingPart[]> {
  const { rows } = await sql<WaitingPart>`
    select place, from_id as "fromId", approval_id as "approvalId", work_item_id as "workItemId" from bulk_move_part
    where bulk_move_id = ${bulkMoveId} and outcome = 'WAITING' order by attempts, place limit ${limit}`.execute(reader)
  return rows
}

/** Locks one part of an order; false when it waits no more. The thing itself is locked first. */
export async function lockWaitingPart(tx: Tx, bulkMoveId: string, place: number): Promise<boolean> {
  const { rows } = await sql`
    select 1 from bulk_move_part where bulk_move_id = ${bulkMoveId} and place = ${place} and outcome = 'WAITING' for update`.execute(tx.sql)
  return rows.length > 0
}

/** How one part ended: with whom it is now (null: where it was), and why, where that needs words. */
export interface PartOutcome {
  outcome: 'MOVED' | 'LEFT'
  toId: string | null
  reason: string | null
}

/** Notes how a part ended, unless that is noted already. */
export async function endPart(tx: Tx, bulkMoveId: string, place: number, { outcome, toId, reason }: PartOutcome): Promise<void> {
  await tx.sql
    .updateTable('bulk_move_part')
    .set({ outcome, to_id: toId, reason })
    .where('bulk_move_id', '=', bulkMoveId)
    .where('place', '=', place)
    .where('outcome', '=', 'WAITING')
    .execute()
}

/** Notes that moving a part failed; after `mostTries` it is given up. */
export async function notePartFailure(tx: Tx, bulkMoveId: string, place: number, mostTries: number): Promise<void> {
  await sql`
    update bulk_move_part set attempts = attempts + 1,
      outcome = case when attempts + 1 >= ${mostTries}::int then 'FAILED' else outcome end,
      reason = case when attempts + 1 >= ${mostTries}::int then 'It could not be moved for an internal fault; order it again.' end
    where bulk_move_id = ${bulkMoveId} and place = ${place} and outcome = 'WAITING'`.execute(tx.sql)
}

/** Ends an order of which nothing waits; returns how its parts ended, or undefined when something waits or it has ended already. */
export async function finishBulkMove(tx: Tx, id: string): Promise<Record<string, number> | undefined> {
  const { rows } = await sql<{ id: string }>`
    update bulk_move set finished_at = ${tx.now} where id = ${id} and finished_at is null
      and not exists (select 1 from bulk_move_part where bulk_move_id = ${id} and outcome = 'WAITING') returning id`.execute(tx.sql)
  if (rows.length === 0) return undefined
  const counted = await sql<{ outcome: string; count: number }>`
    select outcome, count(*)::int as count from bulk_move_part where bulk_move_id = ${id} group by outcome`.execute(tx.sql)
  return Object.fromEntries(counted.rows.map(({ outcome, count }) => [outcome, count]))
}

/** Orders that have not ended and that no job carries out: what a lost job leaves behind. */
export async function listUnattendedBulkMoves(reader: Reader, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from bulk_move m where finished_at is null
      and not exists (select 1 from job j where j.name = 'move-in-bulk' and j.key = m.id) order by id limit ${limit}`.execute(reader)
  return rows.map((row) => row.id)
}
