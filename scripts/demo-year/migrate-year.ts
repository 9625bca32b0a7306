import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/adapters/clock.ts'
import { readDemoYear } from '../../src/adapters/demo-year.ts'
import { startEmbeddedPostgres } from '../../src/adapters/postgres-embedded.ts'
import { daysSince } from '../../src/domain/demo-year.ts'
import { loadDemoYear } from '../../src/operations/load-demo-year.ts'
import { Database } from '../../src/store/db.ts'
import { migrate, readMigrations } from '../../src/store/migrate.ts'
import { DAY_MS } from './calendar.ts'
import { dumpYear } from './dump.ts'

const root = join(import.meta.dirname, '..', '..')

/** Writes the year as it is into a database of its version, lets later migrations do to it what they do to anybody's data, and writes it down again. */
export async function migrateDemoYear(): Promise<void> {
  const year = await readDemoYear(join(root, 'demo', 'year'))
  if (!year) throw new Error('there is no year yet: make it without --migrate')
  const folder = await mkdtemp(join(tmpdir(), 'countersign-year-'))
  const postgres = await startEmbeddedPostgres({ folder, log: () => undefined })
  const all = await readMigrations(join(root, 'migrations'))
  const limits = { poolSize: 2, statementTimeoutMs: 60_000, lockTimeoutMs: 5_000, movableClock: false }
  const db = new Database({ url: postgres.url, schema: 'countersign', ...limits }, systemClock, () => undefined)
  try {
    await migrate(
      db.options,
      all.filter(({ name }) => year.migrations.includes(name)),
    )
    const days = daysSince(year.endsAt, db.realNow())
    await loadDemoYear({ db }, year)
    const applied = await migrate(db.options, all)
    await dumpYear(postgres.url, new Date(year.endsAt.getTime() + days * DAY_MS))
    console.log('migrated', applied)
  } finally {
    await db.close()
    await postgres.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
