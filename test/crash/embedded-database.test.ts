import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/app.ts'
import { balance, hurry, leftOf, union } from '../support/books.ts'
import { random } from '../support/chance.ts'
import { type Product, startProduct } from '../support/product.ts'
import { groupWritesIn } from '../support/scim-demo.ts'

/** A sandbox whose database, or a process of it, or which itself is killed at random moments while people get and lose access. */

const isLong = process.env['TEST_LONG'] === '1'
const KILLS = Number(process.env['COUNTERSIGN_KILLS'] ?? (isLong ? 60 : 6))
const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 1)
/** Between two kills. */
const LIVES = 4

let product: Product
let token = ''

beforeAll(async () => {
  product = await startProduct()
  token = await product.adminToken()
})
afterAll(() => product?.remove())

async function query(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = await product.connect()
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Undefined while nobody answers, or the database is away: then nothing was acknowledged. */
async function call(
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; json: ReturnType<typeof JSON.parse> } | undefined> {
  const headers = { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) }
  const response = await fetch(`${product.url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }).catch(
    () => undefined,
  )
  if (!response || response.status >= 500) return undefined
  return { status: response.status, json: await response.json().catch(() => undefined) }
}

async function postmaster(): Promise<number> {
  const file = join(product.folder, 'postgres', 'data', 'postmaster.pid')
  return existsSync(file) ? Number((await readFile(file, 'utf8')).split('\n')[0]) : 0
}

function processesOf(pid: number): number[] {
  try {
    return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
      .split('\n')
      .flatMap((line) => (line.trim() ? [Number(line)] : []))
  } catch {
    return []
  }
}

function kill(pid: number | undefined): void {
  try {
    if (pid) process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

/** The postmaster, one of its processes (then PostgreSQL ends all the others), or the product itself. */
async function killSomething(next: () => number): Promise<string> {
  const chance = next()
  const pid = await postmaster()
  if (chance < 0.35) {
    kill(pid)
    return 'postmaster'
  }
  if (chance < 0.7) {
    const children = processesOf(pid)
    kill(children[Math.floor(next() * children.length)])
    return 'a process of the database'
  }
  await product.kill()
  await product.start()
  return 'the product'
}

const acknowledged: string[] = []

async function live(person: string, itemId: string, isGrant: boolean): Promise<void> {
  const requestType = isGrant ? 'GRANT_ACCESS' : 'REVOKE_ACCESS'
  const body = { requestedFor: [person], requestType, requestedItems: [{ type: 'ACCESS_PROFILE', id: itemId, comment: 'x' }] }
  const created = await call('POST', '/v2026/access-requests', body)
  const id = created?.json?.newRequests?.[0]?.accessRequestIds[0]
  if (created?.status === 202 && id) acknowledged.push(id)
}

async function decideAll(): Promise<void> {
  const pending = await call('GET', '/v2026/access-request-approvals/pending')
  for (const { id } of pending?.json ?? []) await call('POST', `/v2026/access-request-approvals/${id}/approve`, {})
}

async function allSettled(): Promise<boolean> {
  await decideAll()
  await hurry(query)
  const open =
    await query(`select 1 from requested_item where finished_at is null union all select 1 from job where name <> 'send-notifications'
    union all select 1 from assignment where state in ('PENDING', 'ENDING') limit 1`)
  return open.length === 0
}

test(
  `after ${KILLS} kills of the database, its processes and the product (seed ${seed}) the books balance`,
  async () => {
    const next = random(seed)
    const [item] = await query(`select id from access_item where type = 'ACCESS_PROFILE' and name = 'Finance Reporting'`)
    const people = KILLS * LIVES
    await query(`insert into identity (id, alias, name, manager_id, created_at, modified_at)
      select 'crowd' || n, 'crowd.' || n, 'Crowd ' || n, (select id from identity where alias = 'mgr.one'), now(), now() from generate_series(1, ${people}) n`)
    const killed: string[] = []
    for (let round = 0, person = 0; round < KILLS; round++) {
      for (let n = 0; n < LIVES; n++) {
        // Whoever was given something before may lose it again.
        await live(`crowd${++person}`, String(item?.['id']), true)
        if (person > LIVES && next() < 0.4) await live(`crowd${1 + Math.floor(next() * (person - 1))}`, String(item?.['id']), false)
      }
      await decideAll()
      await new Promise((resolve) => setTimeout(resolve, next() * 400))
      killed.push(await killSomething(next))
    }
    await until(() => allSettled().catch(() => false), isLong ? 300 : 60)
    expect(acknowledged.length, killed.join(', ')).toBeGreaterThan(KILLS)
    const writes = groupWritesIn(join(product.folder, 'demo-target'))
    expect(leftOf(writes).filter((held) => held.startsWith('crowd.'))).toEqual(await union(query, 'crowd.%'))
    await balance(query, acknowledged, writes)
  },
  isLong ? 1_800_000 : 120_000,
)
