import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { csvLine, valueAt } from '../../../src/http/csv-text.ts'
import { startApp, type TestApp } from '../../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())

async function download(alias: string, url: string, headers: Record<string, string> = {}) {
  const token = await app.tokenFor(alias)
  return app.server.inject({ method: 'GET', url, headers: { authorization: `Bearer ${token}`, ...headers } })
}
const rowsOf = (text: string): Record<string, string>[] => parse(text, { bom: true, columns: true, record_delimiter: '\r\n' })

describe('a table to download', () => {
  test('is all of a list and not a page, each row as the list has it', async () => {
    const listed = (await app.call('admin', 'GET', '/v2024/identities?limit=250&count=true&sorters=name')).json
    const answer = await download('admin', '/v2024/identities?limit=3&sorters=name&format=csv')
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8; header=present'])
    expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="identities-\d{4}-\d\d-\d\d\.csv"$/)
    const rows = rowsOf(answer.body)
    expect(rows.map((row) => row['id'])).toEqual(listed.map((row: { id: string }) => row.id))
    expect(rows[0]).toMatchObject({ name: listed[0].name, emailAddress: listed[0].emailAddress, isManager: String(listed[0].isManager) })
  })

  test('goes on page after page', async () => {
    await app.sql(`insert into identity (id, alias, name, created_at, modified_at)
      select 'many' || n, 'many.' || n, 'Many ' || n, now(), now() from generate_series(1, 620) n`)
    const rows = rowsOf((await download('admin', '/v2024/identities?format=csv&sorters=name')).body)
    expect(rows.length).toBe(648)
    expect(new Set(rows.map((row) => row['id'])).size).toBe(648)
    await app.sql(`delete from identity where id like 'many%'`)
  })

  test('has the columns and headings that one chooses, down into what a row holds', async () => {
    const url = '/countersign/v1/held-access?for=all&types=ENTITLEMENT&sorters=person&format=csv'
    const some = await download('admin', `${url}&columns=person.name,item.name,until&headings=Wer,Was,Bis`)
    const [first] = rowsOf(some.body)
    expect(Object.keys(first ?? {})).toEqual(['Wer', 'Was', 'Bis'])
    expect(first).toMatchObject({ Wer: 'Ada Quill', Bis: '' })
    const all = Object.keys(rowsOf((await download('admin', url)).body)[0] ?? {})
    expect(all).toEqual(
      expect.arrayContaining(['assignmentId', 'person.name', 'item.type', 'account.nativeIdentity', 'request.requester.name', 'canRemove']),
    )
    expect((await download('admin', `${url}&columns=a,b&headings=A`)).json().messages[0].text).toBe(
      'headings: must be as many as there are columns.',
    )
  })

  test('is what the caller may see and no more', async () => {
    expect((await download('emp.alice', '/v2024/identities?format=csv')).statusCode).toBe(403)
    expect((await download('emp.alice', '/countersign/v1/held-access?for=all&format=csv')).statusCode).toBe(403)
    const own = rowsOf((await download('emp.alice', '/countersign/v1/held-access?format=csv')).body)
    expect(new Set(own.map((row) => row['person.name']))).toEqual(new Set(['Alice Moreau']))
  })

  test('has its headings also when there is no row, and begins with the mark that spreadsheets want', async () => {
    const answer = await download('emp.alice', '/v2024/access-request-status?requested-for=me&format=csv&columns=name,state')
    expect(answer.rawPayload.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
    expect(answer.body).toBe('\ufeffname,state\r\n')
  })

  test('is for those who ask for it: by the parameter, or by a header that names it and not JSON', async () => {
    const type = async (url: string, accept?: string) => (await download('admin', url, accept ? { accept } : {})).headers['content-type']
    expect(await type('/v2024/roles', 'text/csv')).toMatch(/^text\/csv/)
    expect(await type('/v2024/roles', 'application/json, text/csv')).toMatch(/^application\/json/)
    expect(await type('/v2024/roles?format=json', 'text/csv')).toMatch(/^application\/json/)
    expect(await type('/v2024/roles', '*/*')).toMatch(/^application\/json/)
    expect(await type('/countersign/v1/home?format=csv')).toMatch(/^application\/json/)
  })

  test('our documents tell of it', async () => {
    const paths = (await app.server.inject({ method: 'GET', url: '/countersign/v1/openapi/countersign.json' })).json().paths
    const held = paths['/countersign/v1/held-access'].get
    expect(Object.keys(held.responses['200'].content)).toEqual(['application/json', 'text/csv'])
    expect(held.parameters.map((one: { name: string }) => one.name)).toEqual(expect.arrayContaining(['format', 'columns', 'headings']))
  })
})

describe('a cell', () => {
  test.each([
    ['=1+1', `'=1+1`],
    ['+41 1', `'+41 1`],
    ['-cmd', `'-cmd`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['\t=1', `'\t=1`],
    [' =1', `' =1`],
    ['＝1', `'＝1`],
    ['a=b', 'a=b'],
    [-5, '-5'],
    [0, '0'],
    [true, 'true'],
    [null, ''],
    ['', ''],
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ['two\nlines', '"two\nlines"'],
    [' padded ', '" padded "'],
    ['Zürich 💡', 'Zürich 💡'],
  ])('%j is written %j', (value, written) => {
    expect(csvLine([value])).toBe(`${written}\r\n`)
  })

  test('a list is its values, joined; what is not there is empty', () => {
    const row = { people: [{ name: 'Ann' }, { name: null }, { name: 'Bob' }], tags: ['x', 'y'], none: [], deep: { list: [{ a: 1 }] } }
    expect(
      ['people.name', 'tags', 'none', 'deep.list.a', 'nothing.at.all', 'toString'].map((path) => valueAt(row, path.split('.'))),
    ).toEqual(['Ann; Bob', 'x; y', null, '1', null, null])
  })
})

test('too long a list is refused and not cut off', async () => {
  await app.sql(`insert into identity (id, alias, name, created_at, modified_at)
    select 'many' || n, 'many.' || n, 'Many ' || n, now(), now() from generate_series(1, 100000) n`)
  const answer = await download('admin', '/v2024/identities?format=csv')
  expect([answer.statusCode, answer.json().messages[0].text]).toEqual([400, expect.stringMatching(/^format: these are 1000\d\d rows/)])
})
