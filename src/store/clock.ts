import { sql } from 'kysely'
import type { Database, Reader, Tx } from './db.ts'

/** Business time as it stands; `realNow` is what the machine says. */
export interface BusinessClock {
  now: Date
  realNow: Date
  held: boolean
}

/** The clock as every node sees it. */
export async function loadClock(db: Database): Promise<BusinessClock> {
  const held = (await db.sql.selectFrom('business_clock').select('held_at').executeTakeFirst())?.held_at ?? null
  const realNow = db.realNow()
  return { now: await db.businessNow(), realNow, held: db.options.movableClock && held !== null }
}

/** The same, and nobody else moves it until this transaction has ended. */
export async function lockClock(db: Database, tx: Tx): Promise<BusinessClock> {
  const row = await tx.sql.selectFrom('business_clock').select('held_at').forUpdate().executeTakeFirst()
  return { now: await db.businessNow(tx.sql), realNow: db.realNow(), held: (row?.held_at ?? null) !== null }
}

/** Stops the clock at an instant. */
export async function holdClock(tx: Tx, at: Date): Promise<void> {
  await tx.sql.updateTable('business_clock').set({ held_at: at }).execute()
}

/** Lets the clock run, so many milliseconds before real time. */
export async function runClock(tx: Tx, offsetMs: number): Promise<void> {
  await tx.sql.updateTable('business_clock').set({ held_at: null, offset_ms: offsetMs }).execute()
}

/** The next moment after `after`, up to `until`, at which something happens by itself; undefined when nothing does. */
export async function findNextMoment(reader: Reader, after: Date, until: Date): Promise<Date | undefined> {
  const { rows } = await sql<{ at: Date | null }>`
    select least(
      (select min(least(remind_at, escalate_at, expires_at)) from approval
        where state = 'PENDING' and least(remind_at, escalate_at, expires_at) > ${after} and least(remind_at, escalate_at, expires_at) <= ${until}),
      (select min(follow_at) from reassignment where follow_at > ${after} and follow_at <= ${until}),
      (select min(start_at) from requested_item where state = 'SCHEDULED' and start_at > ${after} and start_at <= ${until}),
      (select min(end_at) from assignment where state in ('PENDING', 'ACTIVE') and end_at > ${after} and end_at <= ${until})) as at`.execute(
    reader,
  )
  return rows[0]?.at ?? undefined
}
