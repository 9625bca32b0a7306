import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/app.ts'
import { type Product, startProduct } from '../support/product.ts'

/** Told to stop while a call is under way; and calls that take longer than they may. */

let product: Product
let sql: pg.Client

beforeAll(async () => {
  product = await startProduct(['sandbox'], { COUNTERSIGN_LOCK_TIMEOUT_MS: '600000', COUNTERSIGN_STATEMENT_TIMEOUT_MS: '6000' })
  sql = await product.connect()
})
afterAll(async () => {
  await sql?.end().catch(() => undefined)
  await product?.remove()
})

async function ask(token: string, startDate: string): Promise<Response> {
  const { rows } = await sql.query(
    `select (select id from identity where alias = 'emp.alice') as who, (select id from access_item where type = 'ROLE' and name = 'Auditor') as what`,
  )
  const body = { requestedFor: [rows[0].who], requestedItems: [{ type: 'ROLE', id: rows[0].what, startDate }] }
  return fetch(`${product.url}/v2024/access-requests`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** Until the call waits for our lock. What others do is shown once per transaction, unless one asks anew. */
const waiting = () =>
  until(async () => {
    await sql.query('select pg_stat_clear_snapshot()')
    return (await sql.query(`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%access_request%'`)).rows[0]
  })

test('a statement that takes longer than it may is given up, and the call answers instead of hanging', async () => {
  const token = await product.adminToken()
  await sql.query('begin; lock table access_request in access exclusive mode')
  const answer = await ask(token, '2041-01-01T00:00:00Z')
  await sql.query('rollback')
  expect(answer.status).toBeGreaterThanOrEqual(500)
  expect(((await answer.json()) as { trackingId: string }).trackingId).toMatch(/^[0-9a-f]{32}$/)
  expect((await ask(token, '2041-01-01T00:00:00Z')).status).toBe(202)
})

test('a call that is under way when the product is told to stop is answered, and what it stored is there afterwards', async () => {
  const token = await product.adminToken()
  await sql.query('begin; lock table access_request in access exclusive mode')
  const answer = ask(token, '2042-01-01T00:00:00Z')
  await waiting()
  const stopped = product.stop()
  await new Promise((resolve) => setTimeout(resolve, 300))
  await sql.query('rollback')
  const created = await answer
  expect(created.status).toBe(202)
  const requestId = ((await created.json()) as { newRequests: { accessRequestIds: string[] }[] }).newRequests[0]?.accessRequestIds[0]
  expect(await stopped).toBe(0)
  await product.start()
  const after = await fetch(`${product.url}/v2024/access-request-status?filters=accessRequestId eq "${requestId}"`, {
    headers: { authorization: `Bearer ${await product.adminToken()}` },
  })
  expect(((await after.json()) as { state: string }[])[0]?.state).toBe('EXECUTING')
})
