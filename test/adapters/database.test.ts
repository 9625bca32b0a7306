import { sql } from 'kysely'
import { expect, inject, test } from 'vitest'
import { systemClock } from '../../src/adapters/clock.ts'
import { Database } from '../../src/store/db.ts'

const limits = { poolSize: 3, statementTimeoutMs: 20_000, lockTimeoutMs: 5_000, movableClock: false }
const open = () => new Database({ url: inject('databaseUrl'), schema: 'public', ...limits }, systemClock, () => undefined)

test.each([
  ['nothing', async () => undefined],
  ['a query', async (db: Database) => db.ping()],
  ['a transaction', async (db: Database) => db.transaction(async (tx) => void tx.send(sql`select 1`))],
  ['both', async (db: Database) => Promise.all([db.ping(), db.transaction(async (tx) => void tx.send(sql`select 1`))])],
])('a database that was used for %s leaves no connection open when it is closed', async (_what, use) => {
  const db = open()
  await use(db)
  await db.close()
  expect([db.pool.totalCount, db.pool.ended]).toEqual([0, true])
})

/** Waits for a promise in a function of its own, as operations do: whoever waits for that hears of a failure later. */
async function deep<T>(work: () => Promise<T>, levels: number): Promise<T> {
  return levels === 0 ? await work() : await deep(work, levels - 1)
}

test.each([0, 5])('what failed first is what a transaction fails of, also when it is waited for %i calls further down', async (levels) => {
  const db = open()
  const work = db.transaction((tx) =>
    Promise.all([deep(() => sql`select 1 / 0`.execute(tx.sql), levels), sql`select 1`.execute(tx.sql), sql`select 2`.execute(tx.sql)]),
  )
  await expect(work).rejects.toThrow('division by zero')
  await db.close()
})

test('a transaction that lost a race is run again, also when somebody else hears of it first', async () => {
  const db = open()
  let tries = 0
  const lose = () => sql`do $$ begin raise exception 'lost' using errcode = 'deadlock_detected'; end $$`
  await db.transaction(async (tx) => {
    tries++
    if (tries < 3) await Promise.all([deep(() => lose().execute(tx.sql), 5), sql`select 1`.execute(tx.sql)])
  })
  expect(tries).toBe(3)
  await db.close()
})
