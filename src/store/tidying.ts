import { sql } from 'kysely'
import type { Database } from './db.ts'

/** Throwing away what nobody needs any more, a portion at a time; each function returns how many rows it removed. */

/** Answers that were kept for idempotency keys, after so many days of real time. */
export async function deleteOldAnswers(db: Database, days: number, limit: number): Promise<number> {
  const result = await sql`
    delete from idempotency_key where ctid in (
      select ctid from idempotency_key where created_at < now() - ${days}::int * interval '1 day' limit ${limit} for update skip locked)`.execute(
    db.sql,
  )
  return Number(result.numAffectedRows ?? 0n)
}

/** Events for others, after so many days of business time: whoever has not taken them by then does not come for them. */
export async function deleteOldEvents(db: Database, days: number, limit: number): Promise<number> {
  const result = await sql`
    delete from outgoing_event where id in (
      select id from outgoing_event where created_at < ${await db.businessNow()}::timestamptz - ${days}::int * interval '1 day'
      order by created_at limit ${limit} for update skip locked)`.execute(db.sql)
  return Number(result.numAffectedRows ?? 0n)
}

/**
 * Notices that went out or were given up, after so many days of real time; but not those that keep a holder from being told of the same end
 * again.
 */
export async function deleteOldNotices(db: Database, days: number, limit: number): Promise<number> {
  const result = await sql`
    delete from notification where id in (
      select n.id from notification n where n.ended_at < now() - ${days}::int * interval '1 day'
        and not exists (select from assignment a where n.kind = 'ENDING_SOON' and a.id = n.assignment_id and a.state in ('PENDING', 'ACTIVE'))
      order by n.ended_at limit ${limit} for update skip locked)`.execute(db.sql)
  return Number(result.numAffectedRows ?? 0n)
}
