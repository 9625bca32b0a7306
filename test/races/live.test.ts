import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { demoOrganisation } from '../support/app.ts'
import { openEvents } from '../support/event-stream.ts'
import { type Product, startProduct } from '../support/product.ts'

/** Two nodes on one database, as real processes: what is decided through one is told by the other. */

const schema = `live_${randomBytes(4).toString('hex')}`
const env = {
  DATABASE_URL: inject('databaseUrl'),
  COUNTERSIGN_SCHEMA: schema,
  COUNTERSIGN_SIGNING_KEY: randomBytes(32).toString('hex'),
  COUNTERSIGN_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
  COUNTERSIGN_RATE_LIMIT: 'off',
  HOST: '127.0.0.1',
}

let here: Product
let there: Product
const tokens = new Map<string, string>()

beforeAll(async () => {
  here = await startProduct(['serve'], env)
  await here.command('import', demoOrganisation, '--production')
  there = await startProduct(['serve', '--role', 'api'], env)
  for (const alias of ['emp.alice', 'tomas.berg']) tokens.set(alias, await tokenOf(alias))
}, 120_000)

afterAll(async () => {
  for (const product of [here, there]) await product?.remove()
  const sql = new pg.Client({ connectionString: env.DATABASE_URL })
  await sql.connect()
  await sql.query(`drop schema if exists ${schema} cascade`)
  await sql.end()
})

async function tokenOf(alias: string): Promise<string> {
  const printed = await here.command('token', alias, '--production')
  const [id = '', secret = ''] = printed
    .trim()
    .split('\n')
    .map((line) => line.split('=')[1] ?? '')
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret })
  const response = await fetch(`${here.url}/oauth/token`, { method: 'POST', body: form })
  return ((await response.json()) as { access_token: string }).access_token
}

const as = (alias: string) => ({ authorization: `Bearer ${tokens.get(alias)}` })

async function call(at: Product, alias: string, method: string, path: string, body?: object) {
  const headers = { ...as(alias), ...(body ? { 'content-type': 'application/json' } : {}) }
  const response = await fetch(`${at.url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  return { status: response.status, json: await response.json() }
}

const pending = async (at: Product) => (await call(at, 'tomas.berg', 'GET', '/v3/access-request-approvals/pending')).json

test('an approval decided through one node is gone for who listens at the other within a second', async () => {
  const listener = await openEvents(`${there.url}/countersign/v1/events`, as('tomas.berg'))
  const [person] = (await call(here, 'emp.alice', 'GET', `/v3/public-identities?filters=${encodeURIComponent('alias eq "emp.alice"')}`))
    .json
  const filters = encodeURIComponent('name eq "VPN Access"')
  const [item] = (await call(here, 'emp.alice', 'GET', `/v3/requestable-objects?identity-id=me&filters=${filters}`)).json
  const body = { requestedFor: [person.id], requestedItems: [{ type: 'ACCESS_PROFILE', id: item.id }] }
  const made = await listener.hears(['approvals'], () => call(here, 'emp.alice', 'POST', '/v2024/access-requests', body))
  expect(made.status).toBe(202)
  const [approval] = await pending(there)
  const path = `/v3/access-request-approvals/${approval.id}/approve`
  // It fails a second after the decision was answered.
  const decided = await listener.hears(['approvals'], () => call(here, 'tomas.berg', 'POST', path, { comment: 'yes' }))
  expect(decided.status).toBe(202)
  expect(await pending(there)).toEqual([])
  listener.close()
})

test('a node that is told to stop ends its streams and goes', async () => {
  const listener = await openEvents(`${there.url}/countersign/v1/events`, as('emp.alice'))
  const begun = performance.now()
  expect(await there.stop()).toBe(0)
  await listener.ended
  expect(performance.now() - begun).toBeLessThan(5_000)
})
