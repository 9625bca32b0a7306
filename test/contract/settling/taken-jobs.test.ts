import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { claimJobs, enqueue, type NewJob } from '../../../src/store/jobs.ts'
import type { TakenJob, Taker } from '../../../src/store/taking.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

/** A worker of the same process is given jobs by the statement that stores them, under the rules of a claim. */

let app: TestApp
let sourceId: string
let accountId: string

beforeAll(async () => {
  app = await startApp()
  const [row] = await app.sql('select id, source_id from account order by id limit 1')
  accountId = String(row?.['id'])
  sourceId = String(row?.['source_id'])
})
afterEach(async () => {
  await app.sql('delete from job')
  await app.sql('update source set paused_until = null, max_jobs = null')
  await app.sql('update account set leased_until = null')
})
afterAll(() => app.close())

/** Enqueues jobs in one transaction, with a worker at hand; returns what became of them. `before`: how many it has with every target already. */
async function offered(jobs: NewJob[], { before = 0, fails = false } = {}) {
  const taken: TakenJob[] = []
  const inVain: (string | null)[] = []
  const taker: Taker = {
    worker: 'near',
    leaseMs: 60_000,
    jobsPerSource: 8,
    keepPlace: () => before + 1,
    filled(begun, back) {
      taken.push(...begun)
      inVain.push(...back)
    },
  }
  const notOffered = app.db.offerJobsTo(taker)
  const storing = app.db.transaction(async (tx) => {
    await enqueue(tx, jobs, app.app.ids.next)
    if (fails) throw new Error('no')
  })
  await storing.catch((error: Error) => expect(error.message).toBe('no'))
  notOffered()
  const stored = await app.sql('select key, locked_by from job order by key')
  return { taken: taken.map(({ key }) => key), inVain, stored: stored.map((row) => `${row['key']} ${row['locked_by'] ?? 'waits'}`) }
}

const step = (key: string): NewJob => ({ name: 'run-step', key, target: { sourceId, accountId } })
const plan = (key: string): NewJob => ({ name: 'provision-item', key })

test('what is enqueued is leased at once to a worker with places, and nobody else can claim it', async () => {
  const { taken, stored } = await offered([plan('a'), step('b')])
  expect(taken).toEqual(['a', 'b'])
  expect(stored).toEqual(['a near', 'b near'])
  const claimed = await claimJobs(app.db, { worker: 'far', limit: 9, leaseMs: 60_000, jobsPerSource: 8 })
  expect(claimed).toEqual({ jobs: [], more: false })
})

test('of several jobs for one target in one transaction the first is taken, the others wait for a claim', async () => {
  const { taken, stored } = await offered([step('a'), step('b'), plan('c')])
  expect(taken).toEqual(['a', 'c'])
  expect(stored).toEqual(['a near', 'b waits', 'c near'])
})

test.each([
  ['has as many jobs as it may here', async () => app.sql('update source set max_jobs = 2'), 2],
  [
    'has as many jobs as it may with other workers',
    async () =>
      app.sql(
        `insert into job (id, name, key, payload, source_id, locked_by, locked_until)
         select 'other' || n, 'run-step', 'x' || n, '{}', $1, 'far', now() + interval '1 minute' from generate_series(1, 8) n`,
        [sourceId],
      ),
    0,
  ],
  ['has asked for patience', async () => app.sql(`update source set paused_until = now() + interval '1 hour'`), 0],
  ['has somebody at work on the account', async () => app.sql(`update account set leased_until = now() + interval '1 hour'`), 0],
  [
    'has another job waiting',
    async () => app.sql(`insert into job (id, name, key, payload, source_id) values ('w', 'run-step', 'x', '{}', $1)`, [sourceId]),
    0,
  ],
])('a job whose target %s is not taken but waits', async (_why, before, here) => {
  await before()
  const { taken, inVain, stored } = await offered([step('a')], { before: here })
  expect(taken).toEqual([])
  expect(inVain).toEqual([sourceId])
  expect(stored).toContain('a waits')
})

test('a job that waits already is joined, not taken a second time', async () => {
  await app.sql(`insert into job (id, name, key, payload) values ('w', 'provision-item', 'a', '{}')`)
  const { taken, inVain, stored } = await offered([plan('a')])
  expect({ taken, inVain, stored }).toEqual({ taken: [], inVain: [null], stored: ['a waits'] })
})

test('a transaction that fails gives the places back', async () => {
  const { taken, inVain, stored } = await offered([plan('a'), step('b')], { fails: true })
  expect({ taken, stored }).toEqual({ taken: [], stored: [] })
  expect(inVain).toEqual([])
})

test('a transaction that fails with what it adds gives the places back', async () => {
  const inVain: (string | null)[] = []
  const taker: Taker = { worker: 'near', leaseMs: 60_000, jobsPerSource: 8, keepPlace: () => 1, filled: (_, back) => inVain.push(...back) }
  const notOffered = app.db.offerJobsTo(taker)
  const storing = app.db.transaction(async (tx) => {
    await enqueue(tx, [plan('a')], app.app.ids.next)
    tx.send(app.db.sql.insertInto('setting').values({ key: 'x', value: 'no json', modified_at: tx.now }))
  })
  await expect(storing).rejects.toThrow('json')
  notOffered()
  expect(inVain).toEqual([null])
})

test('a claim counts the places that are kept for jobs which nobody can see yet, and tells whether more is due', async () => {
  await app.sql(
    `insert into job (id, name, key, payload, source_id) select 'j' || n, 'run-step', 'j' || n, '{}', $1 from generate_series(1, 5) n`,
    [sourceId],
  )
  const claim = { worker: 'near', limit: 9, leaseMs: 60_000, jobsPerSource: 4 }
  const { jobs, more } = await claimJobs(app.db, { ...claim, keptFor: [sourceId, sourceId] })
  expect(jobs.map(({ id }) => id).sort()).toEqual(['j1', 'j2'])
  expect(more).toBe(true)
  const rest = await claimJobs(app.db, { ...claim, jobsPerSource: 8 })
  expect(rest.jobs).toHaveLength(3)
  expect(rest.more).toBe(false)
})

test('a worker does what is enqueued beside it without having looked for it, many at a time, and each of it once', async () => {
  const worker = app.startWorker({ scim: new FakeConnector() })
  // The first look for work is over.
  await new Promise((resolve) => setTimeout(resolve, 100))
  const keys = Array.from({ length: 40 }, (_, n) => `nobody${n}`)
  await Promise.all(keys.map((key) => app.db.transaction((tx) => enqueue(tx, [{ name: 'switch-account', key }], app.app.ids.next))))
  await app.until(async () => (await app.sql('select 1 from job')).length === 0, 10)
  await worker.stop()
})
