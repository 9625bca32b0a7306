import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/app.ts'
import { type Product, startProduct } from '../support/product.ts'

/** A real node, killed again and again while it moves what waits for somebody who leaves. */

const WAITING = process.env['TEST_LONG'] === '1' ? 400 : 80
const KILLS = 3
let product: Product

beforeAll(async () => {
  product = await startProduct(['sandbox'], { COUNTERSIGN_RATE_LIMIT: 'off' })
}, 120_000)
afterAll(() => product?.remove())

let token = ''

async function call(method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) }
  const response = await fetch(`${product.url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  return { status: response.status, json: await response.json() }
}

async function rows<T>(text: string, values: unknown[] = []): Promise<T[]> {
  const client = await product.connect()
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end()
  }
}

const idOf = async (alias: string) => (await rows<{ id: string }>('select id from identity where alias = $1', [alias]))[0]?.id ?? ''

async function askMany(): Promise<void> {
  const [item] = await rows<{ id: string }>(`select id from access_item where type = 'ACCESS_PROFILE' and name = 'Design Workspace'`)
  const requestedFor = [await idOf('emp.alice')]
  for (let n = 0; n < WAITING; n++) {
    const startDate = new Date(Date.parse('2900-01-01T00:00:00Z') + n * 1000).toISOString()
    const answer = await call('POST', '/v2025/access-requests', {
      requestedFor,
      requestedItems: [{ type: 'ACCESS_PROFILE', id: item?.id, startDate }],
    })
    expect(answer.status, JSON.stringify(answer.json)).toBe(202)
  }
}

test('kill -9 while work is moved: each thing is moved once, told once, and none is forgotten', async () => {
  token = await product.adminToken()
  await askMany()
  const from = await idOf('mgr.one')
  const to = await idOf('kim.tran')
  const order = { reassignFrom: [from], reassignTo: to, comment: 'left' }
  const { status, json } = await call('POST', '/countersign/v1/bulk-reassignments', order)
  expect(status).toBe(202)
  const total = json.counts.total
  expect(total).toBeGreaterThanOrEqual(WAITING)
  const movedSoFar = async () =>
    (await rows<{ n: number }>(`select count(*)::int as n from bulk_move_part where bulk_move_id = $1 and outcome = 'MOVED'`, [json.id]))[0]
      ?.n ?? 0
  for (let kill = 1; kill <= KILLS; kill++) {
    const enough = Math.floor((total * kill) / (KILLS + 1))
    await until(async () => (await movedSoFar()) >= enough, 60)
    await product.kill()
    await product.start()
  }
  token = await product.adminToken()
  const done = await until(async () => {
    const now = (await call('GET', `/countersign/v1/bulk-reassignments/${json.id}`)).json
    return now.state === 'FINISHED' && now
  }, 60)
  expect(done.counts).toEqual({ total, waiting: 0, moved: total, left: 0, failed: 0 })
  const moves = await rows<{ times: number }>(
    `select count(m.id)::int as times from bulk_move_part p left join approval_move m on m.approval_id = p.approval_id and m.to_id = $2
     where p.bulk_move_id = $1 group by p.approval_id`,
    [json.id, to],
  )
  expect(moves.filter(({ times }) => times !== 1)).toEqual([])
  const told = await rows(`select 1 from audit_event where action like '%FORWARDED' and canonical like '%' || $1 || '%'`, [json.id])
  expect(told).toHaveLength(total)
  expect(await rows('select 1 from approval_candidate where identity_id = $1 and open', [from])).toEqual([])
}, 240_000)
