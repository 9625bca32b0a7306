import { sql } from 'kysely'
import type { Tx } from './db.ts'

/**
 * Lets every lease run out at once; an account stays where it is for another second, since a call of the node that died may still be on its way.
 * Only for a node that knows that no other one is alive.
 */
export async function expireLeases(tx: Tx): Promise<void> {
  await sql`update job set locked_until = now() where locked_by is not null`.execute(tx.sql)
  await sql`update notification set leased_until = now() where leased_until > now()`.execute(tx.sql)
  await sql`update account set leased_until = now() + interval '1 second'
    where leased_by is not null and leased_until > now() + interval '1 second'`.execute(tx.sql)
}
