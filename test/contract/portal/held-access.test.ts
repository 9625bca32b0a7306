import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

const held = '/countersign/v1/held-access'

let app: TestApp
const ids: Record<string, string> = {}

beforeAll(async () => {
  app = await startApp({ movableClock: true })
  app.startWorker({ scim: new FakeConnector() })
  ids['grant'] = await ask('emp.bob', 'GRANT_ACCESS', { comment: 'for the sprint', removeDate: '2090-01-01T00:00:00Z' })
  await decide('mgr.one')
  await app.until(async () => (await rows('emp.bob', 'origins=REQUESTED'))[0]?.state === 'ACTIVE')
})
afterAll(() => app.close())

async function ask(alias: string, requestType: string, more: object = {}, by = alias): Promise<string> {
  const item = { type: 'ACCESS_PROFILE', id: await app.itemId('ACCESS_PROFILE', 'GitHub Developers'), comment: 'x', ...more }
  const made = await app.call(by, 'POST', '/v2024/access-requests', {
    requestType,
    requestedFor: [await app.idOf(alias)],
    requestedItems: [item],
  })
  return made.json.newRequests[0].accessRequestIds[0]
}

async function decide(alias: string): Promise<void> {
  const [approval] = (await app.call(alias, 'GET', '/v3/access-request-approvals/pending')).json
  await app.call(alias, 'POST', `/v3/access-request-approvals/${approval.id}/approve`, { comment: 'yes' })
}

const get = (alias: string, query: string) => app.call(alias, 'GET', `${held}?${query}`)
const rows = async (alias: string, query: string) => {
  const answer = await get(alias, query)
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  return answer.json
}

test('what was asked for is told with since when, until when, by whom it was asked and that it is there', async () => {
  const [row] = await rows('emp.bob', 'origins=REQUESTED')
  expect(row).toMatchObject({
    person: { type: 'IDENTITY', name: 'Bob Anders' },
    item: { type: 'ACCESS_PROFILE', name: 'GitHub Developers', privileged: false },
    source: { name: 'Corporate Directory' },
    account: null,
    state: 'ACTIVE',
    complete: true,
    origin: 'REQUESTED',
    until: '2090-01-01T00:00:00.000Z',
    request: { accessRequestId: ids['grant'], requester: { name: 'Bob Anders' }, comment: 'for the sprint' },
    open: null,
    canRemove: false,
    canChange: true,
  })
})

test('what an import found is told with its account and without a request', async () => {
  const [row] = await rows('emp.bob', 'origins=IMPORTED&q=all%20staff')
  expect(row).toMatchObject({ item: { type: 'ENTITLEMENT' }, account: { nativeIdentity: 'emp.bob' }, request: null, canChange: false })
})

test('nobody removes their own, their manager and an org admin do; what is on its way is told', async () => {
  const of = async (alias: string) => (await rows(alias, `for=${await app.idOf('emp.bob')}&origins=REQUESTED`))[0]
  expect((await of('mgr.one')).canRemove).toBe(true)
  expect((await of('admin')).canRemove).toBe(true)
  await app.sql(
    `update access_item set request_config = jsonb_set(request_config, '{revoke,steps}', '[{"kind":"OWNER"}]') where name = 'GitHub Developers' and type = 'ACCESS_PROFILE'`,
  )
  const revoke = await ask('emp.bob', 'REVOKE_ACCESS', {}, 'mgr.one')
  const [row] = await rows('emp.bob', 'origins=REQUESTED')
  expect([row.open, row.canChange]).toEqual([{ accessRequestId: revoke, requestType: 'REVOKE_ACCESS' }, false])
  await app.call('mgr.one', 'POST', '/v3/access-requests/cancel', { accountActivityId: revoke, comment: 'no' })
})

test('a manager sees their team, an org admin everybody, and others only themselves', async () => {
  const team = await rows('mgr.one', 'for=team')
  const reports = ['Alice Moreau', 'Bob Anders', 'Carol Nwosu', 'Hugo Lind']
  expect(team.length).toBeGreaterThan(4)
  expect(team.map((row: { person: { name: string } }) => row.person.name).filter((name: string) => !reports.includes(name))).toEqual([])
  expect(await rows('emp.alice', 'for=team')).toEqual([])
  const bob = await app.idOf('emp.bob')
  expect((await get('emp.alice', `for=${bob}`)).status).toBe(403)
  expect((await get('mgr.two', `for=${bob}`)).status).toBe(403)
  expect((await get('mgr.one', 'for=all')).json.messages[0].text).toBe('for: Only org admins may ask about everybody.')
  const everybody = await get('admin', 'for=all&count=true&limit=1')
  expect(Number(everybody.headers['x-total-count'])).toBeGreaterThan(40)
})

test('one sees who holds an item, what ends when, by kind, source and part of a name, in the order asked', async () => {
  const item = await app.itemId('ACCESS_PROFILE', 'GitHub Developers')
  expect(await rows('admin', `for=all&item=${item}`)).toHaveLength(1)
  expect(await rows('admin', 'for=all&ends-before=2089-01-01T00:00:00Z')).toEqual([])
  expect(await rows('admin', 'for=all&ends-before=2091-01-01T00:00:00Z')).toHaveLength(1)
  expect((await rows('admin', 'for=all&types=ROLE,ACCESS_PROFILE')).length).toBe(1)
  const badges = await app.sql(`select id from source where name = 'Building Badges'`)
  const sources = (await rows('admin', `for=all&source=${badges[0]?.['id']}`)).map((row: { source: { name: string } }) => row.source.name)
  expect(new Set(sources)).toEqual(new Set(['Building Badges']))
  expect((await rows('admin', 'for=all&q=bob%20and')).every((row: { person: { name: string } }) => row.person.name === 'Bob Anders')).toBe(
    true,
  )
  const people = (await rows('admin', 'for=all&sorters=-person&limit=100')).map((row: { person: { name: string } }) =>
    row.person.name.toLowerCase(),
  )
  expect([...people].sort().reverse()).toEqual(people)
  const [first] = await rows('emp.bob', 'sorters=until')
  expect(first.until).toBe('2090-01-01T00:00:00.000Z')
})

test.each([
  'for=nobody',
  'types=BADGE',
  'origins=FOUND',
  'ends-before=soon',
  'ends-before=2030-12-31T23:59:60Z',
  'sorters=price',
  'limit=1000',
])('%s is refused', async (query) => {
  expect((await get('admin', query)).status).toBeGreaterThanOrEqual(400)
})

test('what has ended is not held any more', async () => {
  const before = (await rows('emp.bob', '')).length
  await app.call('admin', 'POST', '/countersign/v1/clock', { set: '2090-01-01T00:00:01Z', hold: true })
  await app.until(async () => (await rows('emp.bob', '')).length === before - 1)
  await app.call('admin', 'POST', '/countersign/v1/clock', { release: true })
})
