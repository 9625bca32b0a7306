import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/app.ts'
import { type Product, startProduct } from '../support/product.ts'

/** PostgreSQL dies under a running product, with a call in the middle of its transaction. */

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
afterAll(() => product?.remove())

test('a killed database costs the call under way an error, not the product its life, and the next call is answered', async () => {
  const sql = await product.connect()
  const token = await product.adminToken()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const { rows } = await sql.query(`select (select id from identity where alias = 'emp.bob') as who,
    (select id from access_item where type = 'ROLE' and name = 'Auditor') as what`)
  const body = JSON.stringify({ requestedFor: [rows[0].who], requestedItems: [{ type: 'ROLE', id: rows[0].what }] })
  const ask = () => fetch(`${product.url}/v3/access-requests`, { method: 'POST', headers, body })
  await sql.query('begin; lock table access_request in access exclusive mode')
  const underWay = ask()
  await new Promise((resolve) => setTimeout(resolve, 500))
  const pid = Number((await readFile(join(product.folder, 'postgres', 'data', 'postmaster.pid'), 'utf8')).split('\n')[0])
  process.kill(pid, 'SIGKILL')
  const cut = await underWay
  expect(cut.status).toBe(503)
  expect(cut.headers.get('retry-after')).toBe('2')
  await until(async () => (await ask()).status === 202, 30)
  const listed = await fetch(`${product.url}/v3/access-request-status?requested-for=${rows[0].who}`, { headers })
  const states = ((await listed.json()) as { state: string }[]).map((row) => row.state)
  expect(states.filter((state) => state === 'EXECUTING')).toHaveLength(1)
})
