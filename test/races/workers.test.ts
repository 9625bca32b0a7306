import { afterAll, beforeAll, expect, test } from 'vitest'
import { jobs } from '../../src/jobs/jobs.ts'
import { type Runner, startRunner } from '../../src/jobs/runner.ts'
import { TargetError } from '../../src/ports.ts'
import { startApp, type TestApp, usualWork } from '../support/app.ts'
import { FakeConnector } from '../support/fake-connector.ts'
import { mailSettings } from '../support/fake-mailer.ts'

/** Many workers on one database, with a target that fails now and then. */

let app: TestApp
const target = new FakeConnector()
const workers: Runner[] = []
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

beforeAll(async () => {
  app = await startApp()
})
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()))
  await app.close()
})

function startWorker(): void {
  const mail = mailSettings(app.mailer)
  const context = { db: app.db, ids: app.app.ids, connectorFor: () => target, random: () => 0, mail, ...usualWork }
  workers.push(
    startRunner(
      context,
      jobs,
      { worker: app.app.ids.next(), concurrency: 4, jobsPerSource: 8, pollMs: 20, sweepMs: 50, leaseMs: 10_000, tidyMs: 600_000 },
      silent,
    ),
  )
}

test('four workers and a moody target give forty people their access, and no value is added twice', async () => {
  const itemId = await app.itemId('ACCESS_PROFILE', 'Finance Reporting')
  await app.sql(`update access_item set request_config = jsonb_set(request_config, '{grant,steps}', '[]') where id = $1`, [itemId])
  await app.sql(`insert into identity (id, alias, name, manager_id, created_at, modified_at)
    select 'crowd' || n, 'crowd.' || n, 'Crowd ' || n, (select id from identity where alias = 'mgr.one'), now(), now() from generate_series(1, 40) n`)
  for (let i = 0; i < 4; i++) startWorker()
  let calls = 0
  target.onCall = () => {
    calls++
    if (calls % 7 === 0) throw new TargetError('unreachable', 'moody')
    if (calls % 11 === 0) target.failAfterApplying(1)
  }
  const requestedFor = Array.from({ length: 40 }, (_, n) => `crowd${n + 1}`)
  const answer = await app.call('admin', 'POST', '/v3/access-requests', {
    requestedFor,
    requestedItems: [{ type: 'ACCESS_PROFILE', id: itemId }],
  })
  expect(answer.json.newRequests).toHaveLength(40)
  await app.until(async () => {
    const [open] = await app.sql(`select count(*)::int as open from requested_item where finished_at is null`)
    return open?.['open'] === 0
  }, 60)
  const states = await app.sql('select distinct state from requested_item')
  expect(states).toEqual([{ state: 'PROVISIONED' }])
  for (const alias of requestedFor.map((id) => id.replace('crowd', 'crowd.'))) {
    expect(target.accounts.get(alias)?.values['groups']?.sort(), alias).toEqual(['Finance Readers', 'Ledger Readers'])
  }
  const effective = target.writes
    .filter((write) => write.effective && write.call === 'addValue')
    .map((w) => `${w.nativeIdentity} ${w.value}`)
  expect(new Set(effective).size).toBe(effective.length)
  // The last job ends a moment after the last item.
  await app.until(async () => (await app.sql('select 1 from job')).length === 0)
})
