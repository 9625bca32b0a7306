import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { FakeConnector } from '../support/fake-connector.ts'

/** Access that was agreed to and waits for its start date, on a clock that is held. */

let app: TestApp
const target = new FakeConnector()

beforeAll(async () => {
  app = await startApp({ movableClock: true })
  await hold('2030-01-01T00:00:00Z')
  await app.sql(`update access_item set request_config = jsonb_set(request_config, '{grant,steps}', '[]') where name = 'Design Workspace'`)
  app.startWorker({ scim: target })
})
afterAll(() => app.close())

const hold = (at: string) => app.sql('update business_clock set held_at = $1', [at])

async function ask(whom: string, more: object = {}, requestType = 'GRANT_ACCESS') {
  const item = { type: 'ACCESS_PROFILE', id: await app.itemId('ACCESS_PROFILE', 'Design Workspace'), comment: 'x', ...more }
  const body = { requestedFor: [await app.idOf(whom)], requestType, requestedItems: [item] }
  return app.call('admin', 'POST', '/v2026/access-requests', body)
}

const row = async (requestId: string) =>
  (await app.call('admin', 'GET', `/v2026/access-request-status?filters=accessRequestId eq "${requestId}"`)).json[0]

const idOf = (answer: { json: { newRequests: { accessRequestIds: string[] }[] } }) =>
  answer.json.newRequests[0]?.accessRequestIds[0] as string

const ends = (requestId: string, state: string) => app.until(async () => (await row(requestId)).state === state)

const holds = (alias: string) => (target.accounts.get(alias)?.values['groups'] ?? []).includes('Design Library')

test('scheduled access begins on its day, not before', async () => {
  const later = idOf(await ask('kim.tran', { startDate: '2030-02-01T00:00:00Z' }))
  expect((await row(later)).state).toBe('EXECUTING')
  expect(holds('kim.tran')).toBe(false)
  await hold('2030-02-01T00:00:00Z')
  await ends(later, 'REQUEST_COMPLETED')
  expect(holds('kim.tran')).toBe(true)
})

test('R16: the same access without a start date is given now and replaces what was scheduled; a revoke then is the last word', async () => {
  const later = idOf(await ask('lena.marsh', { startDate: '2030-03-01T00:00:00Z' }))
  const now = idOf(await ask('lena.marsh'))
  await ends(now, 'REQUEST_COMPLETED')
  await ends(later, 'CANCELLED')
  expect((await row(later)).errorMessages[0][0].text).toContain(`Replaced by request ${now}`)
  await ends(idOf(await ask('lena.marsh', {}, 'REVOKE_ACCESS')), 'REQUEST_COMPLETED')
  await hold('2030-03-02T00:00:00Z')
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(holds('lena.marsh')).toBe(false)
})

test('scheduled access is moved to another day by MODIFY, and taken back by REVOKE before it begins', async () => {
  const first = idOf(await ask('ravi.desai', { startDate: '2030-04-01T00:00:00Z' }))
  const moved = await ask('ravi.desai', { startDate: '2030-05-01T00:00:00Z' }, 'MODIFY_ACCESS')
  expect(moved.status).toBe(202)
  await ends(first, 'CANCELLED')
  expect((await row(idOf(moved))).startDate).toBe('2030-05-01T00:00:00.000Z')
  const revoke = idOf(await ask('ravi.desai', {}, 'REVOKE_ACCESS'))
  await ends(revoke, 'REQUEST_COMPLETED')
  await ends(idOf(moved), 'CANCELLED')
  await hold('2030-06-01T00:00:00Z')
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(holds('ravi.desai')).toBe(false)
})

test('a revoke that arrives again after it was carried out lists the first one, also with an end date', async () => {
  await ends(idOf(await ask('elio.bruni')), 'REQUEST_COMPLETED')
  const removeDate = '2030-09-01T00:00:00Z'
  const dated = idOf(await ask('elio.bruni', { removeDate }, 'REVOKE_ACCESS'))
  await ends(dated, 'REQUEST_COMPLETED')
  const again = await ask('elio.bruni', { removeDate }, 'REVOKE_ACCESS')
  expect(again.json.existingRequests[0].accessRequestIds).toEqual([dated])
  const bare = idOf(await ask('elio.bruni', {}, 'REVOKE_ACCESS'))
  await ends(bare, 'REQUEST_COMPLETED')
  expect((await ask('elio.bruni', {}, 'REVOKE_ACCESS')).json.existingRequests[0].accessRequestIds).toEqual([bare])
})

test('the hash of what was asked before is the same as the first time, in whatever order it is asked again', async () => {
  const items = [
    { type: 'ROLE', id: await app.itemId('ROLE', 'Auditor') },
    { type: 'ROLE', id: await app.itemId('ROLE', 'Finance Analyst') },
  ]
  const send = async (requestedItems: object[]) =>
    (await app.call('admin', 'POST', '/v3/access-requests', { requestedFor: [await app.idOf('grace.obi')], requestedItems })).json
  const first = (await send(items)).newRequests[0].attributesHash
  expect((await send(items)).existingRequests[0].attributesHash).toBe(first)
  expect((await send([...items].reverse())).existingRequests[0].attributesHash).toBe(first)
})

test('five calls with one Idempotency-Key at the same moment get one and the same answer', async () => {
  const body = { requestedFor: [await app.idOf('mgr.two')], requestedItems: [{ type: 'ROLE', id: await app.itemId('ROLE', 'Auditor') }] }
  const send = (payload: object) => app.call('mgr.two', 'POST', '/v3/access-requests', payload, { 'idempotency-key': 'at once' })
  const answers = await Promise.all(Array.from({ length: 5 }, () => send(body)))
  expect(new Set(answers.map((a) => JSON.stringify(a.json))).size).toBe(1)
  expect(answers.filter((a) => a.headers['idempotent-replay'] === 'true')).toHaveLength(4)
  expect((await send({ ...body, clientMetadata: { a: 'b' } })).status).toBe(400)
})

test("an account that is not the recipient's is refused, and one that is shows its name and its source", async () => {
  const [directory] = await app.sql(`select id from source where name = 'Corporate Directory'`)
  const select = (sourceId: unknown, nativeIdentity: string) => ({ accountSelection: [{ sourceId, accounts: [{ nativeIdentity }] }] })
  const identityId = await app.idOf('sven.okafor')
  const send = async (selection: object) => {
    const item = { type: 'ROLE', id: await app.itemId('ROLE', 'Software Engineer'), ...selection }
    return app.call('admin', 'POST', '/v2025/access-requests', { requestedForWithRequestedItems: [{ identityId, requestedItems: [item] }] })
  }
  expect((await send(select('nosource', 'sven.okafor'))).status).toBe(400)
  expect((await send(select(directory?.['id'], 'somebody.else'))).status).toBe(400)
  const made = await send(select(directory?.['id'], 'sven.okafor'))
  const [account] = (await row(idOf(made))).requestedAccounts
  expect(account).toMatchObject({ accountId: 'sven.okafor', sourceName: 'Corporate Directory', type: 'ACCOUNT' })
})

test('re-authentication, which nobody would ask for yet, is refused and not kept in silence', async () => {
  const { json } = await app.call('admin', 'GET', '/v2024/access-request-config')
  const answer = await app.call('admin', 'PUT', '/v2024/access-request-config', { ...json, reauthorizationEnabled: true })
  expect(answer.status).toBe(400)
  expect(answer.json.messages[0].text).toBe('reauthorizationEnabled: re-authentication is not supported yet.')
})
