import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { inDialect, type Operation, urlOf } from '../../src/api/operation.ts'
import { type OperationId, operations } from '../../src/api/operations.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { bent, filterText, junk, type Schema, valid } from './from-schema.ts'

/** For every row of the table: no answer is a 500, none hangs, and a refused call leaves no row behind. */

const RUNS = process.env['TEST_LONG'] === '1' ? 2_000 : 40
const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 20261122)
const PATIENCE_MS = 10_000

let app: TestApp
let ids: string[] = []
let countRows = ''

beforeAll(async () => {
  app = await startApp()
  const tables = await app.sql(`select table_name as name from information_schema.tables where table_schema = current_schema()
    and table_name not in ('schema_migration', 'oauth_client', 'audit_event') order by 1`)
  // Clients come and go with the tokens of the test; reading notes when a client was last seen.
  countRows = `select ${tables.map(({ name }) => `(select count(*) from ${name}) as ${name}`).join(', ')}`
  await app.call('admin', 'POST', '/v3/access-requests', {
    requestedFor: [await app.idOf('emp.alice')],
    requestedItems: [{ type: 'ROLE', id: await app.itemId('ROLE', 'Auditor') }],
  })
  const found =
    await app.sql(`(select id from identity limit 6) union all (select id from access_item limit 12) union all (select id from source)
    union all (select id from governance_group) union all (select id from account limit 3) union all (select id from approval) union all (select id from access_request)
    union all (select id from requested_item) union all (select id from application limit 2)`)
  ids = [...found.map((row) => String(row['id'])), 'me', 'nothing']
}, 120_000)
afterAll(() => app?.close())

const callers = ['admin', 'mgr.one', 'emp.alice']

interface Shot {
  caller: string
  dialect: Operation['dialects'][number]
  path: string
  body: unknown
}

function shots(operation: Operation): fc.Arbitrary<Shot> {
  return fc.constantFrom(...operation.dialects).chain((dialect) => {
    const schema = operation.body ? (inDialect(operation.body, dialect) as Schema) : undefined
    const body = schema ? fc.oneof(valid(schema, ids), bent(valid(schema, ids)), junk) : fc.constant(undefined)
    const template = urlOf(operation, dialect)
    return fc.record({
      caller: fc.constantFrom(...callers),
      dialect: fc.constant(dialect),
      path: fc.tuple(pathOf(template), queryOf(operation)).map(([path, query]) => path + query),
      body,
    })
  })
}

/** Every placeholder gets an id, mostly a real one. */
function pathOf(template: string): fc.Arbitrary<string> {
  const holes = template.split('/').map((part) => (part.startsWith(':') ? segment() : fc.constant(part)))
  return fc.tuple(...holes).map((parts) => parts.join('/'))
}

function segment(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...ids, 'ROLE', 'ENTITLEMENT') },
    { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 300 }).map(encodeURIComponent) },
    { weight: 1, arbitrary: fc.constantFrom('%00', '..%2f..', '%F0%9F%92%A9', "x'%20or%201=1") },
  )
}

function queryOf(operation: Operation): fc.Arbitrary<string> {
  const fields = Object.entries(operation.query ?? {}).map(([name, schema]) => {
    const right = name === 'filters' ? filterText : valid(schema as Schema, ids)
    return fc
      .option(fc.oneof({ weight: 3, arbitrary: right }, { weight: 1, arbitrary: junk }))
      .map((value) => (value === null ? '' : `${name}=${encode(value)}`))
  })
  return fc.tuple(...fields).map((parts) => {
    const given = parts.filter((part) => part !== '')
    return given.length > 0 ? `?${given.join('&')}` : ''
  })
}

function encode(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, ''))
    .slice(0, 4000)
    .replace(/%.?$/, '')
}

const before = async () => JSON.stringify((await app.sql(countRows))[0])

async function fire(operation: Operation, shot: Shot): Promise<void> {
  const rows = await before()
  const begun = performance.now()
  const answer = await app.call(shot.caller, operation.method, shot.path, shot.body)
  const what = `${operation.method} ${shot.path} as ${shot.caller} ${JSON.stringify(shot.body)?.slice(0, 500)} -> ${answer.status} ${JSON.stringify(answer.json)?.slice(0, 300)}`
  expect(answer.status, what).toBeLessThan(500)
  expect(performance.now() - begun, what).toBeLessThan(PATIENCE_MS)
  if (answer.status >= 400) expect(await before(), `left rows behind: ${what}`).toBe(rows)
}

for (const id of Object.keys(operations) as OperationId[]) {
  const operation: Operation = operations[id]
  // A stream lasts.
  if (operation.produces === 'text/event-stream') continue
  test(`${id} answers ${RUNS} generated calls without a fault, and what it refuses leaves nothing behind`, async () => {
    await fc.assert(
      fc.asyncProperty(shots(operation), (shot) => fire(operation, shot)),
      { seed, numRuns: RUNS, endOnFailure: true },
    )
  })
}
