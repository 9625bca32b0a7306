import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scimConnector } from '../../src/adapters/connectors/scim/connector.ts'
import { jobs } from '../../src/jobs/jobs.ts'
import { type Runner, startRunner } from '../../src/jobs/runner.ts'
import { startApp, type TestApp, usualWork } from '../support/app.ts'
import { balance, hurry, union, unsettled } from '../support/books.ts'
import { random } from '../support/chance.ts'
import { mailSettings } from '../support/fake-mailer.ts'
import { type FaultyTarget, startFaultyTarget } from '../support/faulty-target.ts'
import { BAD_DAY } from '../support/misbehaviour.ts'
import { type ScimServer, startScimServer } from '../support/scim-server.ts'

/**
 * Lives of requests as chance has them, at a target that does everything targets do on a bad day: access is asked for, changed, revoked, closed,
 * withdrawn and tried again, by two workers, until the target is well. Then nothing may be lost, and nothing may have been done twice.
 */

const isLong = process.env['TEST_LONG'] === '1'
const LIVES = Number(process.env['COUNTERSIGN_LIVES'] ?? (isLong ? 10_000 : 500))
/** So many at a time, each in the life of somebody else. */
const AT_ONCE = 16
const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 1)
const budgetMs = isLong ? 3_000_000 : 110_000

const GROUPS = ['VPN Users', 'Design Library', 'Finance Readers', 'Ledger Readers', 'GitHub Developers', 'All Staff']
const ITEMS = ['VPN Access', 'Design Workspace', 'Finance Reporting', 'GitHub Developers'] as const

let app: TestApp
let server: ScimServer
let target: FaultyTarget
const runners: Runner[] = []
const itemIds = new Map<string, string>()
const silent = { info: () => undefined, warn: () => undefined, error: (fields: object, message: string) => console.error(message, fields) }

beforeAll(async () => {
  app = await startApp()
  server = await startScimServer(GROUPS)
  target = await startFaultyTarget(server.baseUrl, { keepsCalls: false })
  await app.sql(`update access_item set request_config = jsonb_set(jsonb_set(request_config, '{grant,steps}', '[]'), '{grant,commentRequired}', 'false')
    where request_config is not null`)
  // Some wait for somebody to agree.
  await app.sql(
    `update access_item set request_config = jsonb_set(request_config, '{grant,steps}', '[{"kind": "MANAGER"}]') where name = 'Design Workspace'`,
  )
  await app.sql(`insert into identity (id, alias, name, manager_id, created_at, modified_at)
    select 'life' || n, 'life.' || n, 'Life ' || n, (select id from identity where alias = 'mgr.one'), now(), now() from generate_series(1, ${AT_ONCE * 8}) n`)
  for (const name of ITEMS) itemIds.set(name, await app.itemId('ACCESS_PROFILE', name))
  const connector = scimConnector({ baseUrl: target.url, token: server.token, timeoutMs: 400 })
  const context = {
    db: app.db,
    ids: app.app.ids,
    connectorFor: () => connector,
    random: () => 0,
    mail: mailSettings(app.mailer),
    ...usualWork,
  }
  // One of them gives up at the first trouble: what was given up, in doubt or not, is part of these lives.
  const patience = [20, 60_000]
  const options = { concurrency: 6, jobsPerSource: 12, pollMs: 25, sweepMs: 100, leaseMs: 10_000, tidyMs: 600_000 }
  for (const giveUpAfterMs of patience)
    runners.push(startRunner({ ...context, giveUpAfterMs }, jobs, { worker: app.app.ids.next(), ...options }, silent))
})
afterAll(async () => {
  await Promise.all(runners.map((runner) => runner.stop()))
  await target.close()
  await server.close()
  await app.close()
})

const acknowledged: string[] = []

async function ask(person: string, name: string, requestType: string, more: object = {}): Promise<string | undefined> {
  const requestedItems = [{ type: 'ACCESS_PROFILE', id: itemIds.get(name), comment: 'x', ...more }]
  const answer = await app.call('admin', 'POST', '/v2026/access-requests', { requestedFor: [person], requestType, requestedItems })
  // What does not fit where this life stands is refused, and that is all.
  if (answer.status === 400) return undefined
  expect(answer.status, JSON.stringify(answer.json)).toBe(202)
  const id = answer.json.newRequests[0]?.accessRequestIds[0]
  if (id) acknowledged.push(id)
  return id
}

async function decide(requestId: string, chance: number): Promise<void> {
  const filters = `filters=accessRequestId eq "${requestId}"`
  const { json } = await app.call('admin', 'GET', `/v2026/access-request-approvals/pending?${filters}`)
  for (const { id } of json) {
    const verb = chance < 0.85 ? 'approve' : 'reject'
    await app.call('admin', 'POST', `/v2026/access-request-approvals/${id}/${verb}`, { comment: 'so be it' })
  }
}

/** One life: somebody gets something, and then this or that becomes of it. */
async function live(person: string, next: () => number): Promise<void> {
  const name = ITEMS[Math.floor(next() * ITEMS.length)] ?? ITEMS[0]
  const ends = next() < 0.15 ? { removeDate: new Date(Date.now() + 1_500 + next() * 3_000).toISOString() } : {}
  const id = await ask(person, name, 'GRANT_ACCESS', ends)
  const fate = next()
  if (!id) {
    await ask(person, name, 'REVOKE_ACCESS')
    return
  }
  if (name === 'Design Workspace') await decide(id, next())
  if (fate < 0.1) await app.call('admin', 'POST', '/v2026/access-requests/close', { accessRequestIds: [id] })
  else if (fate < 0.15) await app.call('admin', 'POST', '/v2026/access-requests/cancel', { accountActivityId: id, comment: 'no' })
  // Most have what they asked for before anything else becomes of it; the others are overtaken on the way.
  if (next() < 0.7) await arrived(id)
  else await sleep(next() * 300)
  // Another end is beyond the end of the longest run: with so many people something would always be about to end.
  if (fate > 0.25 && fate < 0.35)
    await ask(person, name, 'MODIFY_ACCESS', { removeDate: new Date(Date.now() + 10_800_000 + next() * 600_000).toISOString() })
  if (fate > 0.35 && fate < 0.45) await app.call('admin', 'POST', `/countersign/v1/access-requests/${id}/retry`)
  if (fate > 0.45 && fate < 0.5) await ask(person, name, 'GRANT_ACCESS')
  if (fate > 0.5) await ask(person, name, 'REVOKE_ACCESS')
}

/** Waits until a request has come to an end, or has been on its way for long. */
async function arrived(requestId: string): Promise<void> {
  for (let round = 0; round < 50; round++) {
    if ((await app.sql('select 1 from requested_item where request_id = $1 and finished_at is null', [requestId])).length === 0) return
    await sleep(100)
  }
}

async function allOf(count: number): Promise<void> {
  let begun = 0
  const lane = async (number: number) => {
    const next = random(seed * 1_000 + number)
    while (begun < count) {
      begun++
      await live(`life${number * 8 + 1 + Math.floor(next() * 8)}`, next)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, (_, number) => lane(number)))
}

/** Waits until there is nothing to do; what was given up is tried again until the target, which is well, has taken it. */
async function settle(): Promise<void> {
  const source = (await app.sql(`select id from source where name = 'Corporate Directory'`))[0]?.['id']
  let left: string[] = []
  const isSettled = async () => {
    await hurry(app.sql)
    await decideRest()
    left = [...(await unsettled(app.sql)), ...(await endingSoon())]
    // What is ending may wait for a removal that was given up.
    if (left.some((what) => !what.includes('assignment ENDING'))) return false
    const { json } = await app.call('admin', 'POST', `/countersign/v1/sources/${source}/retry`)
    return json.retried.length === 0 && left.length === 0
  }
  await app.until(isSettled, isLong ? 600 : 60).catch((error: unknown) => {
    throw new Error(`${error}; left: ${left.join(', ')}`)
  })
}

/** Access that ends while it is being looked at would be there for one and gone for the other. */
async function endingSoon(): Promise<string[]> {
  const rows = await app.sql(`select id from assignment where state in ('PENDING', 'ACTIVE') and end_at < now() + interval '8 seconds'`)
  return rows.map((row) => `assignment ${row['id']} ends soon`)
}

/** Whatever still waits for somebody is agreed to. */
async function decideRest(): Promise<void> {
  const { json } = await app.call('admin', 'GET', '/v2026/access-request-approvals/pending')
  for (const { id } of json) await app.call('admin', 'POST', `/v2026/access-request-approvals/${id}/approve`, { comment: 'at last' })
}

const atTarget = () =>
  server.directory
    .users()
    .map((user) => String(user.attributes['userName']))
    .flatMap((who) => server.directory.groupsOf(who).map((group) => `${who} ${group}`))
    .sort()

test(
  `after ${LIVES} lives at a target on its worst day (seed ${seed}) all is settled, what is at the target is the union of live assignments, and nothing was done twice`,
  async () => {
    const begun = performance.now()
    target.misbehave({ seed, rates: BAD_DAY, slowMs: 30, lateMs: 500 })
    const hurrying = setInterval(() => void hurry(app.sql).catch(() => undefined), 300)
    await allOf(LIVES)
    const lived = performance.now()
    clearInterval(hurrying)
    target.heal()
    const met = target.faults()
    await settle()
    const tried = await app.sql(
      `select action, count(*)::int as n from audit_event where action like '%RETRIED' or action like '%CLEAR%' group by 1`,
    )
    const rare = tried.map((row) => `${row['n']} ${row['action']}`).join(', ')
    console.log(
      `${LIVES} lives in ${Math.round(lived - begun)} ms, settled in ${Math.round(performance.now() - lived)} ms; ${met} calls met a fault; ${rare}`,
    )
    expect(met, 'calls that met a fault while people lived').toBeGreaterThan(LIVES / 5)
    expect(atTarget()).toEqual(await union(app.sql, 'life.%'))
    await balance(
      app.sql,
      acknowledged,
      server.writes.filter((write) => write.effective),
    )
  },
  budgetMs,
)
