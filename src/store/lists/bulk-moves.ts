import { sql } from 'kysely'
import type { Reader } from '../db.ts'
import { namedOrNull } from '../named.ts'
import { type Page, type SliceQuery, totalOf, whereAll } from './page.ts'
import type { Named } from './request-status.ts'

/** An order to move work, and how far it is. */
export interface BulkMoveRow {
  id: string
  to: Named | null
  comment: string
  orderedBy: Named
  createdAt: Date
  finishedAt: Date | null
  total: number
  waiting: number
  moved: number
  left: number
  failed: number
}

const columns = sql`
  m.id, ${namedOrNull('t')} as "to", m.comment,
  json_build_object('id', o.id, 'name', o.name) as "orderedBy", m.created_at as "createdAt", m.finished_at as "finishedAt",
  counted.total, counted.waiting, counted.moved, counted.left, counted.failed
  from bulk_move m join identity o on o.id = m.ordered_by left join identity t on t.id = m.to_id
  cross join lateral (select count(*)::int as total, count(*) filter (where outcome = 'WAITING')::int as waiting,
    count(*) filter (where outcome = 'MOVED')::int as moved, count(*) filter (where outcome = 'LEFT')::int as left,
    count(*) filter (where outcome = 'FAILED')::int as failed from bulk_move_part p where p.bulk_move_id = m.id) counted`

/** Orders, the latest first. */
export async function listBulkMoves(reader: Reader, query: SliceQuery): Promise<Page<BulkMoveRow>> {
  const { rows } = await sql<BulkMoveRow>`
    select ${columns} order by m.created_at desc, m.id desc limit ${query.limit} offset ${query.offset}`.execute(reader)
  return { rows, total: await totalOf(reader, query, sql`from bulk_move`) }
}

/** One order, or undefined. */
export async function findBulkMoveRow(reader: Reader, id: string): Promise<BulkMoveRow | undefined> {
  const { rows } = await sql<BulkMoveRow>`select ${columns} where m.id = ${id}`.execute(reader)
  return rows[0]
}

/** One thing of an order and what became of it. */
export interface BulkMovePartRow {
  approvalId: string | null
  workItemId: string | null
  from: Named
  outcome: 'WAITING' | 'MOVED' | 'LEFT' | 'FAILED'
  to: Named | null
  reason: string | null
  requestId: string | null
}

/** What an order moves or has moved, in its order; only what ended in a certain way when `outcome` is given. */
export async function listBulkMoveParts(
  reader: Reader,
  bulkMoveId: string,
  outcome: BulkMovePartRow['outcome'] | undefined,
  query: SliceQuery,
): Promise<Page<BulkMovePartRow>> {
  const where = whereAll([sql`p.bulk_move_id = ${bulkMoveId}`, outcome && sql`p.outcome = ${outcome}`])
  const { rows } = await sql<BulkMovePartRow>`
    select p.approval_id as "approvalId", p.work_item_id as "workItemId", json_build_object('id', f.id, 'name', f.name) as "from", p.outcome,
      ${namedOrNull('t')} as "to", p.reason, i.request_id as "requestId"
    from bulk_move_part p join identity f on f.id = p.from_id left join identity t on t.id = p.to_id
    left join approval a on a.id = p.approval_id left join work_item w on w.id = p.work_item_id
    left join requested_item i on i.id = coalesce(a.requested_item_id, w.requested_item_id)
    ${where} order by p.place limit ${query.limit} offset ${query.offset}`.execute(reader)
  return { rows, total: await totalOf(reader, query, sql`from bulk_move_part p ${where}`) }
}
