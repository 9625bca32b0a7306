import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimJobs } from '../../../src/store/jobs.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { asking } from '../../support/asking.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

/** One target hangs; nobody else waits for it. */

const LIMIT = 3

let app: TestApp
let http: ReturnType<typeof asking>
let worker: ReturnType<TestApp['startWorker']>
const hanging = new FakeConnector()
const quick = new FakeConnector()
let inCall = 0
let mostInCall = 0
let release = () => {}
const released = new Promise<void>((resolve) => {
  release = resolve
})

beforeAll(async () => {
  app = await startApp()
  http = asking(app)
  await http.withoutApprovals()
  hanging.onCall = async () => {
    inCall++
    mostInCall = Math.max(mostInCall, inCall)
    await released
    inCall--
  }
  // The badge source gets a connector of another kind than the directory.
  await app.sql(`update source set connector = 'slow', max_jobs = $1 where name = 'Building Badges'`, [LIMIT])
  worker = app.startWorker({ scim: quick, slow: hanging })
})
afterAll(async () => {
  release()
  await worker.stop()
  await app.close()
})

const people = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n + 1}`)

async function crowd(prefix: string, count: number): Promise<string[]> {
  await app.sql(
    `insert into identity (id, alias, name, created_at, modified_at) select $1 || n, $1 || n, $1 || n, now(), now() from generate_series(1, $2::int) n`,
    [prefix, count],
  )
  return people(prefix, count)
}

async function askAll(requestedFor: string[], name: string): Promise<string[]> {
  const requestedItems = [{ type: 'ACCESS_PROFILE', id: await app.itemId('ACCESS_PROFILE', name), comment: 'x' }]
  const answer = await app.call('admin', 'POST', '/v2026/access-requests', { requestedFor, requestedItems })
  expect(answer.status).toBe(202)
  return answer.json.newRequests.flatMap((request: { accessRequestIds: string[] }) => request.accessRequestIds)
}

const completed = async (ids: string[]) => {
  const [row] = await app.sql(`select count(*)::int as n from requested_item where state = 'PROVISIONED' and request_id = any($1)`, [ids])
  return Number(row?.['n'])
}

test('while fifty requests wait for a target that hangs, thirty for another are complete within seconds', async () => {
  const stuck = await askAll(await crowd('slow', 50), 'Laboratory Badge')
  await app.until(async () => inCall === LIMIT)
  const others = await askAll(await crowd('quick', 30), 'VPN Access')
  await app.until(async () => (await completed(others)) === 30, 10)
  expect(await completed(stuck)).toBe(0)
})

test('no more calls than the limit of its source were under way at the hanging target at any time', async () => {
  expect(mostInCall).toBe(LIMIT)
})

test('a source that has asked for patience is left alone, whatever is due there', async () => {
  await app.sql(`update source set paused_until = now() + interval '1 hour' where name = 'Corporate Directory'`)
  const calls = quick.calls.length
  const [id = ''] = await askAll([await app.idOf('emp.bob')], 'VPN Access')
  await app.until(
    async () =>
      (
        await app.sql(`select 1 from provisioning_step where state = 'INTENDED' and source_id in
    (select id from source where name = 'Corporate Directory')`)
      ).length === 1,
  )
  await new Promise((resolve) => setTimeout(resolve, 700))
  expect(quick.calls).toHaveLength(calls)
  await app.sql(`update source set paused_until = null`)
  await http.reaches(id, 'REQUEST_COMPLETED')
})

test('when the target answers again, all that waited for it is done, still no more at a time than the limit', async () => {
  release()
  await app.until(async () => {
    const [row] = await app.sql(`select count(*)::int as n from requested_item where finished_at is null`)
    return row?.['n'] === 0
  }, 30)
  expect(mostInCall).toBe(LIMIT)
})

test('a rush of work in our own house leaves places to a target', async () => {
  await worker.stop()
  await app.sql(
    `insert into job (id, name, key, payload) select 'rush' || n, 'provision-item', 'rush' || n, '{}' from generate_series(1, 50) n`,
  )
  await app.sql(`insert into job (id, name, key, payload, source_id, run_at)
    select 'called', 'run-step', 'called', '{}', id, now() from source where name = 'Corporate Directory'`)
  const claim = { worker: 'somebody', limit: 6, leaseMs: 60_000, jobsPerSource: 8 }
  expect((await claimJobs(app.db, claim)).jobs.map(({ id }) => id)).toContain('called')
  await app.sql('delete from job')
})
