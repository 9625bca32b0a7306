import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'
import type { Row } from '../../support/catalogue-lists.ts'

let app: TestApp
let alice: string
let requestId: string

beforeAll(async () => {
  app = await startApp()
  alice = await app.idOf('emp.alice')
  const asked = { type: 'ROLE', id: await app.itemId('ROLE', 'Finance Analyst') }
  const answer = await app.call('emp.alice', 'POST', '/v3/access-requests', { requestedFor: [alice], requestedItems: [asked] })
  requestId = answer.json.newRequests[0].accessRequestIds[0]
  await app.sql(
    `insert into assignment (id, identity_id, item_type, item_id, origin, state, created_at, modified_at)
     values ('held', $1, 'ACCESS_PROFILE', $2, 'REQUESTED', 'ACTIVE', now(), now())`,
    [alice, await app.itemId('ACCESS_PROFILE', 'VPN Access')],
  )
})
afterAll(() => app.close())

const url = (query: Record<string, string>) => `/v2024/requestable-objects?${new URLSearchParams(query)}`
const get = async (alias: string, query: Record<string, string>): Promise<Row[]> => {
  const answer = await app.call(alias, 'GET', url(query))
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  return answer.json
}
const refusal = async (alias: string, query: Record<string, string>) => {
  const answer = await app.call(alias, 'GET', url(query))
  return [answer.status, String(answer.json.messages?.[0].text).split(':')[0]]
}
const standings = (rows: Row[]) => Object.fromEntries(rows.map((row) => [row.name, row.requestStatus]))
const names = (rows: Row[]) => rows.map((row) => row.name)

test('what waits is pending with the id of its request, what is held is assigned, the rest is available', async () => {
  const rows = await get('emp.alice', { 'identity-id': 'me' })
  expect(standings(rows)).toMatchObject({ 'Finance Analyst': 'PENDING', 'VPN Access': 'ASSIGNED', Auditor: 'AVAILABLE' })
  expect(rows.filter((row) => row.identityRequestId !== null).map((row) => [row.name, row.identityRequestId])).toEqual([
    ['Finance Analyst', requestId],
  ])
  expect(rows.find((row) => row.name === 'Payroll Clerk')?.requestCommentsRequired).toBe(true)
})

test('a request that was withdrawn leaves the item available again', async () => {
  const asked = { type: 'ROLE', id: await app.itemId('ROLE', 'Auditor') }
  const answer = await app.call('emp.alice', 'POST', '/v3/access-requests', { requestedFor: [alice], requestedItems: [asked] })
  const id = answer.json.newRequests[0].accessRequestIds[0]
  expect(standings(await get('emp.alice', { 'identity-id': 'me' }))['Auditor']).toBe('PENDING')
  await app.call('emp.alice', 'POST', '/v3/access-requests/cancel', { accountActivityId: id, comment: 'no longer' })
  expect(standings(await get('emp.alice', { 'identity-id': 'me' }))['Auditor']).toBe('AVAILABLE')
})

test('statuses, joined by commas or repeated, leave what stands so', async () => {
  expect(names(await get('emp.alice', { 'identity-id': alice, statuses: 'PENDING,ASSIGNED' }))).toEqual(['Finance Analyst', 'VPN Access'])
  const repeated = await app.call('emp.alice', 'GET', '/v2024/requestable-objects?identity-id=me&statuses=PENDING&statuses=ASSIGNED')
  expect(names(repeated.json)).toEqual(['Finance Analyst', 'VPN Access'])
  const available = await get('emp.alice', { 'identity-id': alice, statuses: 'AVAILABLE' })
  expect(names(available)).not.toContain('VPN Access')
  const counted = await app.call('emp.alice', 'GET', url({ 'identity-id': alice, statuses: 'AVAILABLE', count: 'true', limit: '1' }))
  expect(counted.headers['x-total-count']).toBe(String(available.length))
})

test('types narrow to roles or access profiles; entitlements are refused, and so is what is no type', async () => {
  const types = async (text: string) =>
    [...new Set((await get('emp.alice', { 'identity-id': 'me', types: text })).map((row) => row.type))].sort()
  expect(await types('ROLE')).toEqual(['ROLE'])
  expect(await types('ACCESS_PROFILE,ROLE')).toEqual(['ACCESS_PROFILE', 'ROLE'])
  expect(await refusal('emp.alice', { 'identity-id': 'me', types: 'ENTITLEMENT' })).toEqual([400, 'types'])
  expect(await refusal('emp.alice', { 'identity-id': 'me', types: 'ROLE,THING' })).toEqual([400, 'types'])
  expect(await refusal('emp.alice', { 'identity-id': 'me', statuses: 'GONE' })).toEqual([400, 'statuses'])
})

test('a term looks into names and descriptions in any case, wins over filters, and is not a pattern', async () => {
  expect(names(await get('emp.alice', { 'identity-id': 'me', term: 'FINANCE' }))).toEqual(['Finance Analyst', 'Finance Reporting'])
  expect(names(await get('emp.alice', { 'identity-id': 'me', term: 'salaries' }))).toEqual(['Payroll Clerk'])
  const both = { 'identity-id': 'me', term: 'finance', filters: 'this is no filter' }
  expect(names(await get('emp.alice', both))).toEqual(['Finance Analyst', 'Finance Reporting'])
  expect(await get('emp.alice', { 'identity-id': 'me', term: '%' })).toEqual([])
})

test('org admins see everything that can be asked for without a person, and then no standing', async () => {
  const rows = await get('admin', {})
  expect(new Set(rows.map((row) => row.requestStatus))).toEqual(new Set([null]))
  expect(rows.every((row) => row.identityRequestId === null)).toBe(true)
  expect(await refusal('admin', { statuses: 'PENDING' })).toEqual([400, 'statuses'])
  expect(await refusal('admin', { 'identity-id': 'nobody' })).toEqual([400, 'identity-id'])
})

test('others name themselves or their direct reports, as far as they may ask for them', async () => {
  expect(standings(await get('mgr.one', { 'identity-id': alice }))['Finance Analyst']).toBe('PENDING')
  for (const [alias, query] of [
    ['emp.alice', {}],
    ['mgr.two', { 'identity-id': alice }],
    ['emp.alice', { 'identity-id': 'nobody' }],
  ] as const) {
    expect(await refusal(alias, query)).toEqual([403, 'identity-id'])
  }
  const config = (await app.call('admin', 'GET', '/v3/access-request-config')).json
  const onBehalf = { allowRequestOnBehalfOfAnyoneByAnyone: true, allowRequestOnBehalfOfEmployeeByManager: false }
  const put = await app.call('admin', 'PUT', '/v3/access-request-config', { ...config, requestOnBehalfOfConfig: onBehalf })
  expect(put.status).toBe(200)
  expect((await app.call('mgr.two', 'GET', url({ 'identity-id': alice }))).status).toBe(200)
  await app.call('admin', 'PUT', '/v3/access-request-config', config)
})

test('what is not requestable or not enabled is not in the list', async () => {
  const before = names(await get('admin', {}))
  await app.sql(`update access_item set enabled = false where name = 'Auditor'`)
  await app.sql(`update access_item set requestable = false where name = 'VPN Access' and type = 'ACCESS_PROFILE'`)
  const after = names(await get('admin', {}))
  expect(before.filter((name) => !after.includes(name))).toEqual(['Auditor', 'VPN Access'])
  await app.sql(
    `update access_item set enabled = true, requestable = true where name in ('Auditor', 'VPN Access') and type <> 'ENTITLEMENT'`,
  )
})
