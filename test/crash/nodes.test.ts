import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { demoOrganisation, until } from '../support/app.ts'
import { type Product, startProduct } from '../support/product.ts'
import { type ScimDemo, startScimDemo } from '../support/scim-demo.ts'

/** Several real nodes on one database, killed at random moments while people get their access at a real target. */

const isLong = process.env['TEST_LONG'] === '1'
const KILLS = isLong ? 200 : 20
const PEOPLE = isLong ? 300 : 30
const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 1)

const schema = `nodes_${randomBytes(4).toString('hex')}`
const groups = ['All Staff', 'Finance Readers', 'Ledger Readers']
let target: ScimDemo
let api: Product
const workers: Product[] = []
let sql: pg.Client

const env = {
  DATABASE_URL: inject('databaseUrl'),
  COUNTERSIGN_SCHEMA: schema,
  COUNTERSIGN_SIGNING_KEY: randomBytes(32).toString('hex'),
  COUNTERSIGN_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
  COUNTERSIGN_RATE_LIMIT: 'off',
  HOST: '127.0.0.1',
}

beforeAll(async () => {
  target = await startScimDemo(groups)
  api = await startProduct(['serve', '--role', 'api'], env)
  await api.command('import', demoOrganisation, '--production')
  const settings = join(api.folder, 'scim.json')
  await writeFile(settings, JSON.stringify({ baseUrl: target.target.baseUrl, token: target.target.token }))
  await api.command('source', 'connect', 'Corporate Directory', 'scim', settings, '--production')
  sql = new pg.Client({ connectionString: env.DATABASE_URL, options: `-c search_path=${schema}` })
  await sql.connect()
  await sql.query(`insert into identity (id, alias, name, manager_id, created_at, modified_at)
    select 'crowd' || n, 'crowd.' || n, 'Crowd ' || n, (select id from identity where alias = 'mgr.one'), now(), now() from generate_series(1, ${PEOPLE}) n`)
  for (let i = 0; i < 2; i++) workers.push(await startProduct(['serve', '--role', 'worker'], env))
}, 120_000)

afterAll(async () => {
  for (const product of [api, ...workers]) await product?.remove()
  await sql?.query(`drop schema ${schema} cascade`)
  await sql?.end()
  await target?.close()
})

/** The same numbers for the same seed. */
function random(from: number): () => number {
  let state = from
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

async function call(token: string, method: string, path: string, body?: object) {
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

test(`after ${KILLS} kills of two workers (seed ${seed}) every acknowledged request is complete and no value was written twice`, async () => {
  const admin = await tokenOf('admin')
  const { rows } = await sql.query(`select id from access_item where type = 'ACCESS_PROFILE' and name = 'Finance Reporting'`)
  const acknowledged: string[] = []
  const next = random(seed)
  let asked = 0
  for (let kill = 0; kill < KILLS; kill++) {
    while (asked < (PEOPLE * (kill + 1)) / KILLS) {
      const body = { requestedFor: [`crowd${++asked}`], requestedItems: [{ type: 'ACCESS_PROFILE', id: rows[0].id }] }
      const created = await call(admin, 'POST', '/v2024/access-requests', body)
      expect(created.status).toBe(202)
      acknowledged.push(created.json.newRequests[0].accessRequestIds[0])
      const pending = await call(
        admin,
        'GET',
        `/v2024/access-request-approvals/pending?filters=accessRequestId eq "${acknowledged.at(-1)}"`,
      )
      for (const approval of pending.json) {
        expect((await call(admin, 'POST', `/v2024/access-request-approvals/${approval.id}/approve`, {})).status).toBe(202)
      }
    }
    await new Promise((resolve) => setTimeout(resolve, next() * 250))
    const victim = workers[Math.floor(next() * workers.length)] as Product
    await victim.kill()
    await victim.start()
  }
  await until(async () => {
    const open = await sql.query('select count(*)::int as open from requested_item where finished_at is null')
    return open.rows[0].open === 0
  }, 100)
  await balanceTheBooks(acknowledged)
})

async function balanceTheBooks(acknowledged: string[]): Promise<void> {
  const states = await sql.query('select request_id, state from requested_item')
  const byRequest = new Map(states.rows.map((row) => [row.request_id, row.state]))
  for (const id of acknowledged) expect(byRequest.get(id), id).toBe('PROVISIONED')
  const effective = target.writes().filter((write) => write.effective && write.resource === 'Group')
  const added = effective.flatMap((write) => (write.change?.added ?? []).map((who: string) => `${who} ${write.name}`))
  expect(new Set(added).size, 'a value was added twice').toBe(added.length)
  for (let n = 1; n <= PEOPLE; n++) {
    for (const group of ['Finance Readers', 'Ledger Readers']) expect(added).toContain(`crowd.${n} ${group}`)
  }
  const audited = await sql.query(`select tracking_number from audit_event where action = 'ACCESS_REQUEST_PROCESSED'`)
  expect(audited.rows.map((row) => row.tracking_number).sort()).toEqual([...acknowledged].sort())
  // The last job ends a moment after the last item.
  await until(async () => (await sql.query('select 1 from job')).rows.length === 0, 30)
}
