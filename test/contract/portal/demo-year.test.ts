import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { organisationHash, readDemoYear } from '../../../src/adapters/demo-year.ts'
import { loadDemoYear } from '../../../src/operations/load-demo-year.ts'
import { migrate, readMigrations } from '../../../src/store/migrate.ts'
import { demoOrganisation, root, startApp, type TestApp } from '../../support/app.ts'

/** What is shipped loads on the schema as it is. When one of these fails after a change there: node scripts/make-demo-year.mjs --migrate */

const folder = join(root, 'demo', 'year')
const DAY_MS = 86_400_000

let app: TestApp
let tookMs = 0
/** What is in each table before anybody has signed in. */
const written = new Map<string, unknown>()
beforeAll(async () => {
  app = await startApp({ organisation: null })
  const begun = performance.now()
  const year = await readDemoYear(folder)
  if (year) await loadDemoYear(app.app, year)
  tookMs = performance.now() - begun
  for (const { name } of year?.tables ?? []) written.set(name, await contentOf(app, name))
})
afterAll(() => app.close())

const call = async (path: string, alias = 'admin') => (await app.call(alias, 'GET', path)).json
const one = async (text: string) => (await app.sql(text))[0] ?? {}

test('it is there, made from the organisation that is there, and quickly read and written', async () => {
  const year = await readDemoYear(folder)
  expect(year?.organisation).toBe(await organisationHash(demoOrganisation))
  expect((await readFile(join(folder, 'rows.jsonl.br'))).length).toBeLessThan(1_500_000)
  // Several times what it takes on a laptop.
  expect(tookMs).toBeLessThan(5_000)
})

test('it ends within the last day, and nothing in it happened in the future', async () => {
  const { last } = await one('select max(created_at) as last from audit_event')
  const ago = Date.now() - (last as Date).getTime()
  expect(ago).toBeGreaterThan(0)
  expect(ago).toBeLessThan(4 * DAY_MS)
  const { first } = await one('select min(created_at) as first from access_request')
  expect(Date.now() - (first as Date).getTime()).toBeGreaterThan(350 * DAY_MS)
  for (const [table, column] of [
    ['requested_item', 'finished_at'],
    ['approval', 'decided_at'],
    ['identity', 'created_at'],
    ['notification', 'created_at'],
  ])
    expect([table, (await one(`select count(*)::int as n from ${table} where ${column} > now()`))['n']]).toEqual([table, 0])
})

test('it is a believable year: some hundred requests, and of everything that can become of one', async () => {
  const { n } = await one('select count(*)::int as n from access_request')
  expect(n).toBeGreaterThan(300)
  const states = (await app.sql('select distinct state from requested_item')).map((row) => row['state'])
  expect(states).toEqual(expect.arrayContaining(['PROVISIONED', 'REJECTED', 'EXPIRED', 'CANCELLED', 'FAILED', 'AWAITING_APPROVAL']))
  const actions = (await app.sql('select distinct action from audit_event')).map((row) => String(row['action']))
  for (const action of [
    'APPROVAL_REQUEST_REMINDED',
    'ACCESS_REQUEST_ESCALATED',
    'ACCESS_REQUEST_FORWARDED',
    'APPROVAL_REQUEST_TIMED_OUT',
    'WORK_ITEM_COMPLETED',
    'ACCESS_END_DATE_REACHED',
  ])
    expect(actions).toContain(action)
})

test('every row of the record has the hash of its text', async () => {
  const rows = await app.sql('select canonical, leaf_hash, created_at from audit_event')
  expect(rows.length).toBeGreaterThan(1_500)
  for (const row of rows) {
    expect(createHash('sha256').update(String(row['canonical'])).digest('hex')).toBe(row['leaf_hash'])
    expect(JSON.parse(String(row['canonical'])).at).toBe((row['created_at'] as Date).toISOString())
  }
})

test('what people are told they hold is at the target, and nothing else', async () => {
  const seed = JSON.parse(await readFile(join(folder, 'scim-target-seed.json'), 'utf8')) as {
    groups: { displayName: string; members: string[] }[]
  }
  const there = seed.groups.flatMap((group) => group.members.map((member) => `${member} in ${group.displayName}`)).sort()
  const held =
    await app.sql(`select c.native_identity || ' in ' || e.value as line from access_grant g join account c on c.id = g.account_id
    join access_item e on e.id = g.entitlement_id join source s on s.id = c.source_id where g.present and s.name = 'Corporate Directory'`)
  expect(held.map((row) => String(row['line'])).sort()).toEqual(there)
})

test('plots have something to show, for org admins and for managers', async () => {
  const from = new Date(Date.now() - 360 * DAY_MS).toISOString()
  const months = await call(`/countersign/v1/insight/requests?interval=month&from=${from}`)
  expect(months.filter((month: { requested: number }) => month.requested > 10).length).toBeGreaterThan(9)
  expect((await call('/countersign/v1/insight/decision-times')).length).toBeGreaterThan(4)
  const pending = await call('/countersign/v1/insight/pending')
  expect(pending.reduce((sum: number, age: { approvals: number }) => sum + age.approvals, 0)).toBeGreaterThan(2)
  const ending = await call('/countersign/v1/insight/expiring')
  expect(ending.reduce((sum: number, week: { ending: number }) => sum + week.ending, 0)).toBeGreaterThan(10)
  expect((await call('/countersign/v1/insight/requests', 'mgr.one')).length).toBeGreaterThan(10)
})

test('what the manual asks for can be asked for', async () => {
  for (const alias of ['emp.alice', 'emp.bob']) {
    const [item] = await call('/countersign/v1/request-center/items?q=github%20developers&types=ACCESS_PROFILE', alias)
    expect([alias, item.standing]).toEqual([alias, 'AVAILABLE'])
  }
})

test('nobody is written to about what was', async () => {
  expect((await one(`select count(*)::int as n from notification where state = 'WAITING'`))['n']).toBe(0)
  expect((await one('select count(*)::int as n from job'))['n']).toBe(0)
})

test('rows that are written after a migration are what the migration would have made of them', async () => {
  const year = await readDemoYear(folder)
  if (!year) throw new Error('there is no year')
  const all = await readMigrations(join(root, 'migrations'))
  const known = all.filter(({ name }) => year.migrations.includes(name))
  expect(known.map(({ name }) => name)).toEqual(year.migrations)
  const older = await startApp({ organisation: null, migrations: known })
  try {
    await loadDemoYear(older.app, year)
    await migrate(older.db.options, all)
    for (const { name } of year.tables) expect([name, await contentOf(older, name)]).toEqual([name, written.get(name)])
  } finally {
    await older.close()
  }
})

/** The rows of a table as one hash. */
async function contentOf(of: TestApp, table: string): Promise<unknown> {
  const [{ hash } = {}] = await of.sql(
    `select md5(string_agg(to_jsonb(t)::text, '|' order by to_jsonb(t)::text)) as hash from "${table}" t`,
  )
  return hash
}
