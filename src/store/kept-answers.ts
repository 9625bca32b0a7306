import { sql } from 'kysely'
import type { Tx } from './db.ts'

export interface KeptAnswer {
  clientId: string
  key: string
  requestHash: string
  status: number
  body: string
}

/**
 * The answer a client was given for an idempotency key, if it used that key before. Whoever asks for the same key at the same moment waits
 * until this transaction ends.
 */
export async function lockKeptAnswer(tx: Tx, clientId: string, key: string): Promise<KeptAnswer | undefined> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${clientId} ${key}`}, 0))`.execute(tx.sql)
  return tx.sql
    .selectFrom('idempotency_key')
    .select(['client_id as clientId', 'key', 'request_hash as requestHash', 'status', 'body'])
    .where('client_id', '=', clientId)
    .where('key', '=', key)
    .executeTakeFirst()
}

/** Keeps an answer; the first one kept for a key stays. */
export async function insertKeptAnswer(tx: Tx, answer: KeptAnswer): Promise<void> {
  await tx.sql
    .insertInto('idempotency_key')
    .values({ client_id: answer.clientId, key: answer.key, request_hash: answer.requestHash, status: answer.status, body: answer.body })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
