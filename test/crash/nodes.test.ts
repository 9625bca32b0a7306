import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { demoOrganisation, until } from '../support/app.ts'
import { balance, hurry, leftOf, union, unsettled } from '../support/books.ts'
import { random } from '../support/chance.ts'
import { type FaultyTarget, startFaultyTarget } from '../support/faulty-target.ts'
import { type Product, startProduct } from '../support/product.ts'
import { groupWritesIn, type ScimDemo, startScimDemo } from '../support/scim-demo.ts'

/** Several real nodes on one database, killed at random moments while people get and lose access at a real target. */

const isLong = process.env['TEST_LONG'] === '1'
const KILLS = isLong ? 200 : 20
const PEOPLE = isLong ? 300 : 30
const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 1)

const schema = `nodes_${randomBytes(4).toString('hex')}`
const groups = ['All Staff', 'Finance Readers', 'Ledger Readers']
let demo: ScimDemo
let target: FaultyTarget
let api: Product
const workers: Product[] = []
let sql: pg.Client
let token = ''

const env = {
  DATABASE_URL: inject('databaseUrl'),
  COUNTERSIGN_SCHEMA: schema,
  COUNTERSIGN_SIGNING_KEY: randomBytes(32).toString('hex'),
  COUNTERSIGN_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
  COUNTERSIGN_RATE_LIMIT: 'off',
  HOST: '127.0.0.1',
}

beforeAll(async () => {
  demo = await startScimDemo(groups)
  target = await startFaultyTarget(demo.target.baseUrl, { keepsCalls: false })
  api = await startProduct(['serve', '--role', 'api'], env)
  await api.command('import', demoOrganisation, '--production')
  const settings = join(api.folder, 'scim.json')
  await writeFile(settings, JSON.stringify({ baseUrl: target.url, token: demo.target.token }))
  await api.command('source', 'connect', 'Corporate Directory', 'scim', settings, '--production')
  sql = new pg.Client({ connectionString: env.DATABASE_URL, options: `-c search_path=${schema}` })
  await sql.connect()
  await sql.query(`insert into identity (id, alias, name, manager_id, created_at, modified_at)
    select 'crowd' || n, 'crowd.' || n, 'Crowd ' || n, (select id from identity where alias = 'mgr.one'), now(), now() from generate_series(1, ${PEOPLE + KILLS}) n`)
  for (let i = 0; i < 2; i++) workers.push(await startProduct(['serve', '--role', 'worker'], env))
}, 120_000)

afterAll(async () => {
  for (const product of [api, ...workers]) await product?.remove()
  await sql?.query(`drop schema ${schema} cascade`)
  await sql?.end()
  await target?.close()
  await demo?.close()
})

const query = async (text: string, values: unknown[] = []) => (await sql.query(text, values)).rows

async function call(method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) }
  const response = await fetch(`${api.url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  return { status: response.status, json: await response.json() }
}

async function tokenOf(alias: string): Promise<string> {
  const printed = await api.command('token', alias, '--production')
  const [id, secret] = printed
    .trim()
    .split('\n')
    .map((line) => line.split('=')[1] ?? '')
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: id ?? '', client_secret: secret ?? '' })
  const response = await fetch(`${api.url}/oauth/token`, { method: 'POST', body: form })
  return ((await response.json()) as { access_token: string }).access_token
}

const acknowledged: string[] = []

/** Asks; when the node dies before it answers, nothing was acknowledged. */
async function ask(person: string, itemId: string, requestType: 'GRANT_ACCESS' | 'REVOKE_ACCESS'): Promise<void> {
  const body = { requestedFor: [person], requestType, requestedItems: [{ type: 'ACCESS_PROFILE', id: itemId, comment: 'x' }] }
  const created = await call('POST', '/v2026/access-requests', body).catch(() => undefined)
  // Access that is still on its way, or gone already, cannot be taken away: that is said, and nothing becomes of it.
  if (!created || (requestType === 'REVOKE_ACCESS' && created.status === 400)) return
  expect(created.status, JSON.stringify(created.json)).toBe(202)
  // What was asked for before, and is not done yet, is not asked for again.
  for (const { accessRequestIds } of created.json.newRequests) acknowledged.push(...accessRequestIds)
}

/** Kills the node that answers while it is asked for three things at once. */
async function killWhileAsked(people: string[], itemId: string, afterMs: number): Promise<void> {
  const asking = people.map((person) => ask(person, itemId, 'GRANT_ACCESS'))
  await setTimeout(afterMs)
  await api.kill()
  await Promise.all(asking)
  await api.start()
}

async function approveAll(): Promise<void> {
  const { json } = await call('GET', '/v2026/access-request-approvals/pending')
  for (const { id } of json) expect((await call('POST', `/v2026/access-request-approvals/${id}/approve`, {})).status).toBe(202)
}

test(
  `after ${KILLS} kills of two workers and the node that answers, before a target with bad moments (seed ${seed}), the books balance`,
  async () => {
    token = await tokenOf('admin')
    const [item] = await query(`select id from access_item where type = 'ACCESS_PROFILE' and name = 'Finance Reporting'`)
    const itemId = String(item?.['id'])
    const next = random(seed)
    target.misbehave({ seed, rates: { busy: 0.03, error: 0.03, drop: 0.03, 'drop-after': 0.05, slow: 0.05 } })
    let asked = 0
    for (let kill = 0; kill < KILLS; kill++) {
      // Every fourth time it is the node that acknowledges.
      if (kill % 4 === 3) {
        const people = [1, 2, 3].map(() => `crowd${++asked}`)
        await killWhileAsked(people, itemId, next() * 40)
        continue
      }
      while (asked < (PEOPLE * (kill + 1)) / KILLS) {
        await ask(`crowd${++asked}`, itemId, 'GRANT_ACCESS')
        // Whoever was given something before may lose it again.
        if (next() < 0.4) await ask(`crowd${1 + Math.floor(next() * asked)}`, itemId, 'REVOKE_ACCESS')
      }
      await approveAll()
      await setTimeout(next() * 250)
      const victim = workers[Math.floor(next() * workers.length)] as Product
      await victim.kill()
      await victim.start()
    }
    target.heal()
    expect(target.faults(), 'calls that met a fault').toBeGreaterThan(KILLS / 2)
    await until(async () => {
      await approveAll()
      await hurry(query)
      return (await unsettled(query)).length === 0
    }, 100)
    const writes = groupWritesIn(demo.folder)
    expect(leftOf(writes)).toEqual(await union(query, 'crowd.%'))
    await balance(query, acknowledged, writes)
  },
  isLong ? 1_800_000 : 120_000,
)
