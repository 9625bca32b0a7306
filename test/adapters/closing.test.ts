import { sql } from 'kysely'
import { expect, inject, test } from 'vitest'
import { systemClock } from '../../src/adapters/clock.ts'
import { Database } from '../../src/store/db.ts'

/** A command ends when its work does: whatever the database was used for, nothing of it stays open. */

const limits = { poolSize: 3, statementTimeoutMs: 20_000, lockTimeoutMs: 5_000, movableClock: false }

test.each([
  ['nothing', async () => undefined],
  ['a query', async (db: Database) => db.ping()],
  ['a transaction', async (db: Database) => db.transaction(async (tx) => void tx.send(sql`select 1`))],
  ['both', async (db: Database) => Promise.all([db.ping(), db.transaction(async (tx) => void tx.send(sql`select 1`))])],
])('a database that was used for %s leaves no connection open when it is closed', async (_what, use) => {
  const db = new Database({ url: inject('databaseUrl'), schema: 'public', ...limits }, systemClock, () => undefined)
  await use(db)
  await db.close()
  expect([db.pool.totalCount, db.pool.ended]).toEqual([0, true])
})
