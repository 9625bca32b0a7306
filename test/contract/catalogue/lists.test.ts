import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accountActivityOperations } from '../../../src/api/account-activities.ts'
import { catalogueOperations } from '../../../src/api/catalogue.ts'
import type { Operation } from '../../../src/api/operation.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { type CatalogueList, catalogueLists, comparable, meets, type Row, typeOf, type Value } from '../../support/catalogue-lists.ts'

/** Every filter, sorter and page of every list of the catalogue, against what the rows themselves say. */

let app: TestApp
let lists: CatalogueList[]

beforeAll(async () => {
  app = await startApp()
  await makeDiffer()
  const role = await app.itemId('ROLE', 'Auditor')
  const profile = await app.itemId('ACCESS_PROFILE', 'Finance Reporting')
  const first = async (text: string) => String((await app.sql(text))[0]?.['id'])
  const group = await first(`select id from governance_group where name = 'Audit Committee'`)
  const entitlement = await app.itemId('ENTITLEMENT', 'VPN Users')
  lists = await catalogueLists(app, {
    getRoleAssignedIdentities: role,
    getRoleEntitlements: role,
    getAccessProfileEntitlements: profile,
    listEntitlementsByAccount: await first(
      `select account_id as id from access_grant where present group by 1 order by count(*) desc limit 1`,
    ),
    listEntitlementParents: entitlement,
    listEntitlementChildren: entitlement,
    listAccessProfilesForSourceApp: await first(`select id from application where name = 'Building'`),
    listWorkgroupMembers: group,
    listConnections: group,
  })
})
afterAll(() => app.close())

/** An import gives everything the same moment and everybody a mail address; requests and roles come with use. */
async function makeDiffer(): Promise<void> {
  for (const table of ['identity', 'access_item', 'account', 'source', 'application', 'governance_group']) {
    await app.sql(`update ${table} t set created_at = t.created_at - n.n * interval '1 day', modified_at = t.modified_at - (n.n % 3) * interval '1 hour'
      from (select id, row_number() over (order by reverse(id)) as n from ${table}) n where n.id = t.id and n.n % 4 > 0`)
  }
  await app.sql(`update identity set email = null where alias in ('emp.bob', 'yara.costa')`)
  await app.sql(`update source set connector_settings = null`)
  const role = await app.itemId('ROLE', 'Auditor')
  await app.sql(
    `insert into assignment (id, identity_id, item_type, item_id, origin, state, created_at, modified_at)
     select 'held-' || alias, id, 'ROLE', $1, case when alias < 'f' then 'ROLE_MEMBERSHIP' else 'REQUESTED' end, 'ACTIVE', now(), now()
     from identity where alias in ('emp.bob', 'dora.finch', 'tomas.berg', 'mgr.two', 'yara.costa')`,
    [role],
  )
  for (const alias of ['emp.alice', 'emp.bob', 'mgr.one']) {
    const body = { requestedFor: [await app.idOf(alias)], requestedItems: [{ type: 'ROLE', id: role }] }
    expect((await app.call(alias, 'POST', '/v3/access-requests', body)).status).toBe(202)
  }
}

/** Org admins are told everything; what they hold or asked for themselves is nothing. */
async function get(url: string): Promise<{ rows: Row[]; total: string | undefined }> {
  const answer = await app.call('admin', 'GET', url)
  expect(answer.status, `${url} ${JSON.stringify(answer.json)}`).toBe(200)
  return { rows: answer.json, total: answer.headers['x-total-count'] as string | undefined }
}

const query = (url: string, more: Record<string, string>) => `${url}?${new URLSearchParams(more)}`
const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`

/** The filters worth asking about a field: with values that rows have, parts of them, and one that none has. */
function filtersOf(field: string, operator: string, type: string, values: Value[]): { text: string; wanted: string[] }[] {
  if (operator === 'pr') return [{ text: `${field} pr`, wanted: [] }]
  if (operator === 'isnull') return [{ text: `${field} isnull`, wanted: [] }]
  const known = type === 'boolean' ? ['true', 'false'] : type === 'date' ? ['2020-02-02T00:00:00Z'] : ['no such thing']
  const found = [...new Set(values.flat().filter((value) => value !== null))].map(String)
  const some = [...new Set([found[0], found[Math.floor(found.length / 2)], ...known].filter((one) => one !== undefined))]
  if (operator === 'in' || operator === 'ca') {
    return [some, some.slice(0, 1)].map((wanted) => ({ text: `${field} ${operator} (${wanted.map(quoted).join(', ')})`, wanted }))
  }
  const cut = (one: string) => (operator === 'sw' ? one.slice(0, type === 'date' ? 10 : 3) : one.slice(1, 4) || one)
  const isPart = (operator === 'sw' || operator === 'co') && !Array.isArray(values[0])
  return some.map((one) => (isPart ? cut(one) : one)).map((one) => ({ text: `${field} ${operator} ${quoted(one)}`, wanted: [one] }))
}

const all: Record<string, Operation> = { ...catalogueOperations, ...accountActivityOperations }
const ids = Object.entries(all)
  .filter(([, operation]) => operation.method === 'GET' && (operation.filters || operation.sorters))
  .map(([id]) => id)

describe.each(ids)('%s', (id) => {
  const list = () => lists.find((one) => one.id === id) as CatalogueList

  test('filters leave exactly the rows that meet them', async () => {
    const { operation, url, fieldOf, keyOf } = list()
    const { rows } = await get(url)
    for (const [field, { type, operators }] of Object.entries(operation.filters ?? {})) {
      const values = rows.map((row) => fieldOf(row, field))
      if (rows.length > 0 && values.includes(undefined)) throw new Error(`the test cannot see ${field}`)
      for (const operator of operators) {
        for (const { text, wanted } of filtersOf(field, operator, type, values as Value[])) {
          const expected = rows.filter((row) => meets(fieldOf(row, field) as Value, operator, wanted, type))
          const found = await get(query(url, { filters: text }))
          expect(found.rows.map(keyOf), text).toEqual(expected.map(keyOf))
          const rest = await get(query(url, { filters: `not ${text}` }))
          expect(rest.rows.length, `not ${text}`).toBe(rows.length - expected.length)
        }
      }
    }
  })

  test('sorters order all rows both ways, rows without a value last', async () => {
    const { operation, url, fieldOf, keyOf } = list()
    const { rows } = await get(url)
    for (const sorter of operation.sorters ?? []) {
      const type = typeOf(operation.filters, sorter)
      const valueFor = (row: Row) => comparable(fieldOf(row, sorter) ?? null, type)
      for (const sign of ['', '-']) {
        const sorted = (await get(query(url, { sorters: `${sign}${sorter}` }))).rows
        expect(sorted.map(keyOf).sort(), sorter).toEqual(rows.map(keyOf).sort())
        if (rows.some((row) => fieldOf(row, sorter) === undefined)) continue
        const found = sorted.map(valueFor)
        const present = found.filter((value) => value !== null)
        expect(found.slice(present.length), `${sign}${sorter}: nulls last`).toEqual(found.slice(present.length).map(() => null))
        expect(present, `${sign}${sorter}`).toEqual([...present].sort((a, b) => rank(a, b) * (sign === '-' ? -1 : 1)))
      }
    }
  })

  test('pages put together are the list, and the total is told only when asked for', async () => {
    const { url, keyOf, operation } = list()
    const { rows, total } = await get(url)
    expect(total).toBeUndefined()
    const step = Math.max(1, Math.ceil(rows.length / 4))
    for (const sorters of ['', ...(operation.sorters ?? []).slice(0, 2)]) {
      const whole = sorters === '' ? rows : (await get(query(url, { sorters }))).rows
      const pages: string[] = []
      for (let offset = 0; offset <= rows.length; offset += step) {
        const page = await get(query(url, { limit: String(step), offset: String(offset), sorters }))
        pages.push(...page.rows.map(keyOf))
      }
      expect(pages).toEqual(whole.map(keyOf))
    }
    const counted = await get(query(url, { limit: '0', count: 'true' }))
    expect([counted.rows, counted.total]).toEqual([[], String(rows.length)])
  })

  test('an unknown field, operator or sorter, and a page that is too long, are a 400 that says what is allowed', async () => {
    const { url, operation } = list()
    const refused = async (more: Record<string, string>, text: RegExp) => {
      const answer = await app.call('admin', 'GET', query(url, more))
      expect([answer.status, answer.json.messages[0].text]).toEqual([400, expect.stringMatching(text)])
    }
    const [field] = Object.keys(operation.filters ?? {})
    if (field !== undefined) {
      await refused({ filters: 'nothing eq "x"' }, /"nothing".*fields: .*\w/)
      await refused({ filters: `${field} like "x"` }, /supports: /)
    }
    if (operation.sorters) await refused({ sorters: 'nothing' }, /"nothing" cannot be sorted by.*allowed: .*\w/)
    await refused({ limit: '251' }, /^limit: /)
    await refused({ offset: '-1' }, /^offset: /)
  })
})

function rank(a: Value, b: Value): number {
  if (Array.isArray(a) && Array.isArray(b)) return a.length - b.length
  return (a ?? '') < (b ?? '') ? -1 : (a ?? '') > (b ?? '') ? 1 : 0
}

test('a list with a shorter longest page refuses 51', async () => {
  for (const id of ['listRoles', 'getRoleEntitlements', 'listWorkgroupMembers', 'listConnections']) {
    const url = lists.find((one) => one.id === id)?.url as string
    expect((await app.call('admin', 'GET', `${url}?limit=50`)).status).toBe(200)
    expect((await app.call('admin', 'GET', `${url}?limit=51`)).status).toBe(400)
  }
})

test('rows are there to be filtered: only what the org admin holds, and what nothing is part of, is empty', async () => {
  const empty: string[] = []
  for (const { id, url } of lists) if ((await get(url)).rows.length === 0) empty.push(id)
  expect(empty.sort()).toEqual(['listAssignedSourceApp', 'listEntitlementChildren', 'listEntitlementParents'])
})
