import { sql } from 'kysely'
import type { Reader } from './db.ts'

/**
 * True for the one node that is to do something now that some node does every so many milliseconds, in real time. The others, and whoever asks
 * again before that time is over, are told false.
 */
export async function takeTurn(reader: Reader, name: string, everyMs: number): Promise<boolean> {
  const ago = sql`now() - ${everyMs}::int * interval '1 ms'`
  const fresh = await sql`select 1 from sweep_turn where name = ${name} and taken_at > ${ago}`.execute(reader)
  if (fresh.rows.length > 0) return false
  const { rows } = await sql`
    insert into sweep_turn (name, taken_at) values (${name}, now())
    on conflict (name) do update set taken_at = now() where sweep_turn.taken_at <= ${ago} returning name`.execute(reader)
  return rows.length > 0
}
