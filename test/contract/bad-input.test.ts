import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'

let app: TestApp
let alice: string
let role: string

beforeAll(async () => {
  app = await startApp()
  alice = await app.idOf('emp.alice')
  role = await app.itemId('ROLE', 'Finance Analyst')
})
afterAll(() => app.close())

const path = '/v2024/access-requests'
const item = (more: object = {}) => ({ type: 'ROLE', id: role, ...more })
const body = (more: object = {}) => ({ requestedFor: [alice], requestedItems: [item()], ...more })

const refusals: [string, () => object, number, RegExp][] = [
  ['requestedFor as a bare string', () => body({ requestedFor: alice }), 400, /^requestedFor: /],
  ['no requestedFor', () => ({ requestedItems: [item()] }), 400, /^requestedFor: /],
  ['an empty list of items', () => body({ requestedItems: [] }), 400, /^requestedItems: /],
  ['a request type that there is not', () => body({ requestType: 'TAKE' }), 400, /^requestType: must be one of GRANT_ACCESS/],
  [
    'an item type that there is not',
    () => body({ requestedItems: [item({ type: 'GROUP' })] }),
    400,
    /^requestedItems\[0\]\.type: must be one of/,
  ],
  ['an item without id', () => body({ requestedItems: [{ type: 'ROLE' }] }), 400, /^requestedItems\[0\]\.id: is required/],
  ['an empty removeDate', () => body({ requestedItems: [item({ removeDate: '' })] }), 400, /^requestedItems\[0\]\.removeDate: /],
  [
    'a removeDate in the past',
    () => body({ requestedItems: [item({ removeDate: '2001-01-01T00:00:00Z' })] }),
    400,
    /removeDate: must lie in the future/,
  ],
  ['numbers in clientMetadata', () => body({ clientMetadata: { a: 1 } }), 400, /^clientMetadata/],
  [
    'both forms at once',
    () => body({ requestedForWithRequestedItems: [{ identityId: alice, requestedItems: [item()] }] }),
    400,
    /^requestedForWithRequestedItems: /,
  ],
  ['an identity that there is not', () => body({ requestedFor: ['nobody'] }), 400, /^requestedFor\[0\]: there is no identity nobody/],
  [
    'an item that there is not',
    () => body({ requestedItems: [item({ id: 'nothing' })] }),
    400,
    /^requestedItems\[0\]\.id: there is no ROLE nothing/,
  ],
  [
    'a machine identity',
    () => ({ requestedForWithRequestedItems: [{ identityId: alice, identityType: 'MACHINE', requestedItems: [item()] }] }),
    400,
    /identityType/,
  ],
  ['a null character in an id', () => body({ requestedFor: ['a\u0000b'] }), 400, /requestedFor/],
  ['a body that is a list', () => [], 400, /./],
]

async function rows(): Promise<string> {
  const counts = await app.sql(`select (select count(*) from access_request) as requests, (select count(*) from requested_item) as items,
    (select count(*) from approval) as approvals, (select count(*) from audit_event where action not like 'OAUTH%') as audit,
    (select count(*) from job) as jobs, (select count(*) from outgoing_event) as outgoing`)
  return JSON.stringify(counts[0])
}

test.each(refusals)('%s is refused with the field named, a tracking id, and nothing stored', async (_what, make, status, text) => {
  const before = await rows()
  const answer = await app.call('emp.alice', 'POST', path, make())
  expect(answer.status, JSON.stringify(answer.json)).toBe(status)
  expect(answer.json.messages[0].text).toMatch(text)
  expect(answer.json.trackingId).toBe(answer.headers['slpt-request-id'])
  expect(answer.json.trackingId).toMatch(/^[0-9a-f]{32}$/)
  expect(Object.keys(answer.json)).toEqual(['detailCode', 'trackingId', 'messages', 'causes'])
  expect(await rows()).toBe(before)
})

test('a body that is not JSON is refused as bad syntax', async () => {
  const token = await app.tokenFor('emp.alice')
  for (const payload of ['{', 'requestedFor=x', '{"a":1}}', '{"__proto__":{"a":1}}']) {
    const response = await app.server.inject({
      method: 'POST',
      url: path,
      payload,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    })
    expect(response.statusCode).toBe(400)
    expect(response.json().detailCode).toBe('400.0 Bad request syntax')
  }
})

test('a body larger than the limit is refused before it is read', async () => {
  const answer = await app.call('emp.alice', 'POST', path, body({ clientMetadata: { a: 'x'.repeat(1_100_000) } }))
  expect(answer.status).toBe(413)
})

test('a missing token is a 401 before anything is said about the body', async () => {
  const answer = await app.callWithToken(undefined, 'POST', path, { requestedFor: 1 })
  expect(answer.status).toBe(401)
  expect(Object.keys(answer.json)).toEqual(['error'])
})

test('a token without a person may not ask for access', async () => {
  const answer = await app.callWithToken(await app.tokenFor(null), 'POST', path, body())
  expect(answer.status).toBe(403)
})

test('a token whose scopes do not reach is told which scope it needs', async () => {
  const token = await app.tokenFor('emp.alice', ['idn:access-request-status:read'])
  const answer = await app.callWithToken(token, 'POST', path, body())
  expect(answer.status).toBe(403)
  expect(answer.json.messages[0].text).toContain('idn:access-request-self:manage')
})

test('an unknown approval, request or work item is a 404 with the body of the wire', async () => {
  for (const [method, url, payload] of [
    ['POST', '/v3/access-request-approvals/nothing/approve', {}],
    ['POST', '/v3/access-request-approvals/nothing/reject', { comment: 'no' }],
    ['POST', '/v3/access-request-approvals/nothing/forward', { newOwnerId: alice, comment: 'you' }],
    ['POST', '/v3/access-requests/cancel', { accountActivityId: 'nothing', comment: 'no' }],
    ['GET', '/v3/work-items/nothing', undefined],
  ] as const) {
    const answer = await app.call('admin', method, url, payload)
    expect(answer.status, url).toBe(404)
    expect(answer.json.detailCode).toBe('404 Not found')
  }
})

test('a path that there is not, in a version that has it not, is a 404', async () => {
  for (const url of ['/v3/access-requests/close', '/beta/access-requests/bulk-cancel', '/v9/access-requests', '/nothing']) {
    expect((await app.call('admin', 'POST', url, {})).status, url).toBe(404)
  }
})

test('slashes at the end and doubled slashes reach the same operation', async () => {
  for (const url of ['/v3/access-request-status/', '//v3/access-request-status', '/v3//access-request-status']) {
    expect((await app.call('admin', 'GET', url)).status, url).toBe(200)
  }
})

test('limits of paging: 0 and 250 are taken, 251 and -1 and text are refused with the field named', async () => {
  for (const limit of ['0', '250']) expect((await app.call('admin', 'GET', `/v3/access-request-status?limit=${limit}`)).status).toBe(200)
  for (const limit of ['251', '-1', 'x', '1.5']) {
    const answer = await app.call('admin', 'GET', `/v3/access-request-status?limit=${limit}`)
    expect(answer.status).toBe(400)
    expect(answer.json.messages[0].text).toMatch(/^limit: /)
  }
  expect((await app.call('admin', 'GET', '/v3/access-request-status?offset=100000')).json).toEqual([])
})
