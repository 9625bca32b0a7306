import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/app.ts'
import { type Product, startProduct } from '../support/product.ts'
import { writesIn } from '../support/scim-demo.ts'

/** Access begins and ends at its instants, whatever the machine's time zone does, over restarts and over jumps of the clock. */

let product: Product
let token = ''
const ids: Record<string, string> = {}

beforeAll(async () => {
  // Where an hour comes twice in October and is left out in March.
  product = await startProduct(['sandbox'], { TZ: 'Europe/Berlin' })
  token = await product.adminToken()
  const sql = await product.connect()
  const { rows } =
    await sql.query(`select alias as name, id from identity where alias in ('emp.alice', 'emp.bob', 'emp.carol', 'kim.tran', 'dora.finch')
    union all select name, id from access_item where name = 'VPN Access' and type = 'ACCESS_PROFILE'`)
  for (const { name, id } of rows) ids[name] = id
  await sql.query(`update access_item set request_config = jsonb_set(request_config, '{grant,steps}', '[]') where name = 'VPN Access'`)
  await sql.end()
})
afterAll(() => product?.remove())

async function call(method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) }
  const response = await fetch(`${product.url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  const json = await response.json()
  expect(response.status, JSON.stringify(json)).toBeLessThan(300)
  return json
}

const clock = (body: object) => call('POST', '/countersign/v1/clock', body)
const showAt = (at: string) => clock({ set: at, hold: true })

async function ask(whom: string, dates: object): Promise<string> {
  const requestedItems = [{ type: 'ACCESS_PROFILE', id: ids['VPN Access'], comment: 'x', ...dates }]
  const { newRequests } = await call('POST', '/v2026/access-requests', { requestedFor: [ids[whom]], requestedItems })
  return newRequests[0].accessRequestIds[0]
}

function has(who: string): boolean {
  const folder = join(product.folder, 'demo-target')
  // There is no file before the first write.
  const writes = existsSync(join(folder, 'writes.jsonl')) ? writesIn(folder) : []
  const last = writes.findLast(
    ({ effective, name, change }) =>
      effective && name === 'VPN Users' && [...(change?.added ?? []), ...(change?.removed ?? [])].includes(who),
  )
  return last?.change?.added?.includes(who) ?? false
}
const gets = (who: string) => until(async () => has(who))
const loses = (who: string) => until(async () => !has(who))
/** Time enough for whatever wrongly happens to happen. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 1_500))

test('access that begins and ends at the same hour by the clock on the wall, an hour apart, is held for that hour', async () => {
  await showAt('2031-10-25T20:00:00Z')
  // Both are half past two in Berlin.
  await ask('emp.alice', { startDate: '2031-10-26T00:30:00Z', removeDate: '2031-10-26T01:30:00Z' })
  await showAt('2031-10-26T00:29:59Z')
  await aWhile()
  expect(has('emp.alice')).toBe(false)
  await showAt('2031-10-26T00:30:00Z')
  await gets('emp.alice')
  await showAt('2031-10-26T01:29:59Z')
  await aWhile()
  expect(has('emp.alice')).toBe(true)
  await showAt('2031-10-26T01:30:00Z')
  await loses('emp.alice')
})

test('access that ends in the hour that a spring leaves out ends at its instant', async () => {
  await showAt('2032-03-27T23:00:00Z')
  await ask('emp.bob', { removeDate: '2032-03-28T01:00:01Z' })
  await gets('emp.bob')
  await showAt('2032-03-28T01:00:00Z')
  await aWhile()
  expect(has('emp.bob')).toBe(true)
  await showAt('2032-03-28T01:00:01Z')
  await loses('emp.bob')
})

test('what begins and what ends while nobody runs, over midnight and the year, does so at the next start', async () => {
  await showAt('2032-12-31T23:59:00Z')
  await ask('emp.carol', { removeDate: '2033-01-01T00:00:00Z' })
  await gets('emp.carol')
  await ask('kim.tran', { startDate: '2033-01-01T00:00:00Z' })
  await clock({ set: '2032-12-31T23:59:57Z', hold: false })
  expect(await product.stop()).toBe(0)
  await new Promise((resolve) => setTimeout(resolve, 4_000))
  await product.start()
  token = await product.adminToken()
  await loses('emp.carol')
  await gets('kim.tran')
})

test('a jump of the clock over the beginning and the end of access leaves nothing of it behind, and the record tells of both', async () => {
  const now = new Date((await call('GET', '/countersign/v1/clock')).now)
  const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000).toISOString()
  const id = await ask('dora.finch', { startDate: inDays(10), removeDate: inDays(20) })
  await clock({ advance: 'P3Y', hold: true })
  await until(async () => {
    const [row] = await call('GET', `/v2026/access-request-status?filters=accessRequestId eq "${id}"`)
    return row.state !== 'EXECUTING'
  })
  const sql = await product.connect()
  const actions = async () =>
    (await sql.query('select action from audit_event where tracking_number = $1', [id])).rows.map((row) => row.action)
  await until(async () => (await actions()).includes('ACCESS_END_DATE_REACHED'))
  expect(await actions()).toContain('ACCESS_REQUEST_START_DATE_REACHED')
  await until(async () => (await sql.query(`select 1 from assignment where state in ('PENDING', 'ENDING')`)).rows.length === 0)
  await sql.end()
  expect(has('dora.finch')).toBe(false)
})
