import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { until } from '../support/app.ts'
import { type Product, startProduct } from '../support/product.ts'

/**
 * The disk of the data folder is full. It needs a disk that can be filled: a small one in memory, which only root may mount, so elsewhere this
 * test does not run.
 */

const disk = mkdtempSync(join(tmpdir(), 'countersign-disk-'))
const isMounted = mount()
let product: Product | undefined

afterAll(async () => {
  await product?.remove().catch(() => undefined)
  if (isMounted) execFileSync('umount', ['--lazy', disk])
  rmSync(disk, { recursive: true, force: true })
})

function mount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400m', 'countersign-test', disk], { stdio: 'ignore' })
    chmodSync(disk, 0o755)
    return true
  } catch {
    return false
  }
}

const filler = join(disk, 'filler')

function fill(): void {
  const { bavail, bsize } = statfsSync(disk)
  try {
    writeFileSync(filler, Buffer.alloc(Number(bavail) * Number(bsize)))
  } catch (error) {
    // The database has taken some of it meanwhile: all the fuller.
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

let token = ''

async function ask(startDate: string) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ requestedFor: [who], requestedItems: [{ type: 'ROLE', id: what, comment: 'x'.repeat(2_000), startDate }] })
  const response = await fetch(`${product?.url}/v2026/access-requests`, { method: 'POST', headers, body })
  return { status: response.status, json: await response.json() }
}

let who = ''
let what = ''

// Only where a disk could be mounted, which takes root.
test.runIf(isMounted)(
  'a full disk costs calls a clear error and nothing that was acknowledged, and when there is room again all goes on by itself',
  async () => {
    product = await startProduct(['sandbox'], {}, join(disk, 'data'))
    token = await product.adminToken()
    const sql = await product.connect()
    const { rows } = await sql.query(`select (select id from identity where alias = 'emp.bob') as who,
    (select id from access_item where type = 'ROLE' and name = 'Auditor') as what`)
    await sql.end()
    who = rows[0].who
    what = rows[0].what
    const day = (n: number) => new Date(Date.UTC(2050, 0, 1 + n)).toISOString()
    const acknowledged: string[] = []
    let refused: Awaited<ReturnType<typeof ask>> | undefined
    fill()
    for (let n = 0; n < 2_000 && !refused; n++) {
      const answer = await ask(day(n))
      if (answer.status === 202) acknowledged.push(answer.json.newRequests[0].accessRequestIds[0])
      else refused = answer
    }
    expect(refused?.status, JSON.stringify(refused?.json)).toBe(503)
    expect(refused?.json.messages[0].text).toMatch(/no room left on its disk|cannot be reached/)
    rmSync(filler)
    const again = await until(async () => {
      const answer = await ask(day(5_000)).catch(() => undefined)
      return answer?.status === 202 && answer
    }, 60)
    acknowledged.push(again.json.newRequests[0]?.accessRequestIds[0] ?? again.json.existingRequests[0].accessRequestIds[0])
    const after = await product.connect()
    const stored = await after.query('select request_id as id from requested_item')
    await after.end()
    const ids = new Set(stored.rows.map((row) => row.id))
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([])
  },
  120_000,
)
