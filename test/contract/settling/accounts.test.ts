import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ItemType } from '../../../src/domain/access-model.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { asking } from '../../support/asking.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

/** Somebody with two accounts at one target: what is asked for goes to the one that was chosen, and leaves the other alone. */

let app: TestApp
let http: ReturnType<typeof asking>
let sourceId: string
const target = new FakeConnector()
const AUDIT: [ItemType, string] = ['ENTITLEMENT', 'Audit Readers']
const PROFILE: [ItemType, string] = ['ACCESS_PROFILE', 'Design Workspace']
const ROLE: [ItemType, string] = ['ROLE', 'Two Account Role']
/** What of each shows at the target. */
const shows = { [AUDIT[1]]: 'Audit Readers', [PROFILE[1]]: 'Design Library', [ROLE[1]]: 'VPN Users' }

beforeAll(async () => {
  app = await startApp()
  http = asking(app)
  await http.withoutApprovals()
  sourceId = String((await app.sql(`select id from source where name = 'Corporate Directory'`))[0]?.['id'])
  await app.sql(
    `update access_item e set requestable = true, request_config = p.request_config from access_item p
    where e.type = 'ENTITLEMENT' and e.source_id = $1 and p.name = 'VPN Access' and p.type = 'ACCESS_PROFILE'`,
    [sourceId],
  )
  await app.sql(
    `insert into access_item (id, type, name, requestable, created_at, modified_at) values ('two', 'ROLE', 'Two Account Role', true, now(), now())`,
  )
  await app.sql(`insert into access_item_part (whole_id, part_id) values ('two', $1)`, [await app.itemId('ACCESS_PROFILE', 'VPN Access')])
  await app.sql(
    `insert into account (id, source_id, native_identity, identity_id, name, created_at, modified_at) values ('second', $1, 'alice.admin', $2, 'Admin', now(), now())`,
    [sourceId, await app.idOf('emp.alice')],
  )
  for (const name of ['emp.alice', 'alice.admin']) target.accounts.set(name, { nativeIdentity: name, name, disabled: false, values: {} })
  app.startWorker({ scim: target })
})
afterAll(() => app.close())

/** Whether the first and the second account have it. */
const on = ([, name]: [ItemType, string]) =>
  ['emp.alice', 'alice.admin'].map((account) => target.valuesOf(account, 'groups').includes(shows[name] ?? ''))

async function choose([type, name]: [ItemType, string], account: string, more: object = {}) {
  const accountSelection = [{ sourceId, accounts: [{ nativeIdentity: account }] }]
  const item = { type, id: await app.itemId(type, name), comment: 'x', accountSelection, ...more }
  const entry = { identityId: await app.idOf('emp.alice'), requestedItems: [item] }
  return app.call('admin', 'POST', '/v2026/access-requests', { requestedForWithRequestedItems: [entry] })
}

async function chosen(item: [ItemType, string], account: string, more: object = {}): Promise<string> {
  const { json } = await choose(item, account, more)
  return json.newRequests[0].accessRequestIds[0]
}

async function tried([type, name]: [ItemType, string], requestType: string, more: object = {}) {
  const requestedItems = [{ type, id: await app.itemId(type, name), comment: 'x', ...more }]
  const body = { requestedFor: [await app.idOf('emp.alice')], requestType, requestedItems }
  const { status, json } = await app.call('admin', 'POST', '/v2026/access-requests', body)
  return { status, said: json.messages?.[0].text ?? '', json }
}

async function held([type, name]: [ItemType, string]): Promise<{ assignmentId: string; until: string | null; account: string }[]> {
  const path = `/countersign/v1/held-access?for=${await app.idOf('emp.alice')}&item=${await app.itemId(type, name)}`
  const { json } = await app.call('admin', 'GET', path)
  const accounts = await app.sql(
    `select ag.assignment_id as id, max(c.native_identity) as name from assignment_grant ag join access_grant g on g.id = ag.grant_id
     join account c on c.id = g.account_id group by 1`,
  )
  return json.map((row: { assignmentId: string; until: string | null }) => ({
    assignmentId: row.assignmentId,
    until: row.until,
    account: String(accounts.find(({ id }) => id === row.assignmentId)?.['name']),
  }))
}
const assignmentOn = async (item: [ItemType, string], account: string) =>
  (await held(item)).find((one) => one.account === account)?.assignmentId

test.each([AUDIT, PROFILE, ROLE])('%s %s goes to the account that was chosen, and a second time to the other', async (...item) => {
  await http.reaches(await chosen(item, 'alice.admin'), 'REQUEST_COMPLETED')
  expect(on(item)).toEqual([false, true])
  await http.reaches(await chosen(item, 'emp.alice'), 'REQUEST_COMPLETED')
  expect(on(item)).toEqual([true, true])
})

test('an entitlement that is held on two accounts can be revoked on either, and says on which it sits', async () => {
  const path = `/revocable-objects/v1?identityId=${await app.idOf('emp.alice')}&entitlementId=${await app.itemId(...AUDIT)}`
  const { json } = await app.call('admin', 'GET', path)
  expect(json.accountTargets).toMatchObject([{ revocable: true }, { revocable: true }])
  const rows = await app.call('admin', 'GET', `/countersign/v1/held-access?for=${await app.idOf('emp.alice')}&types=ENTITLEMENT`)
  const accounts = rows.json.filter((row: { item: { name: string } }) => row.item.name === AUDIT[1]).map((row: never) => row['account'])
  expect(accounts.map((one: { nativeIdentity: string }) => one.nativeIdentity).sort()).toEqual(['alice.admin', 'emp.alice'])
})

test('asking again for what an account has is a duplicate, by its name, its id or both', async () => {
  for (const account of [{ nativeIdentity: 'alice.admin' }, { accountUuid: 'second', nativeIdentity: '' }]) {
    const { json } = await choose(AUDIT, '', { accountSelection: [{ sourceId, accounts: [account] }] })
    expect(json, JSON.stringify(account)).toMatchObject({ newRequests: [], existingRequests: [{}] })
  }
  expect((await tried(AUDIT, 'GRANT_ACCESS', { nativeIdentity: 'emp.alice' })).json).toMatchObject({ newRequests: [] })
})

test.each([AUDIT, PROFILE, ROLE])(
  'of %s %s on two accounts, a revoke or a change that does not say which is refused, with the accounts named',
  async (...item) => {
    const removeDate = '2045-01-01T00:00:00Z'
    for (const [kind, more] of [
      ['REVOKE_ACCESS', {}],
      ['MODIFY_ACCESS', { removeDate }],
      ['GRANT_ACCESS', { removeDate }],
    ] as const) {
      const { status, said } = await tried(item, kind, more)
      expect(status, kind).toBe(400)
      expect(said, kind).toMatch(/^requestedItems\[0\]\.nativeIdentity: .*alice\.admin, emp\.alice.*nativeIdentity or assignmentId/)
    }
    expect(on(item)).toEqual([true, true])
  },
)

test.each([AUDIT, PROFILE, ROLE])(
  'a change of dates of %s %s changes them on the account or assignment that it names alone',
  async (...item) => {
    const untils = async () => Object.fromEntries((await held(item)).map(({ account, until }) => [account, until]))
    const change = http.ask('emp.alice', item, { nativeIdentity: 'alice.admin', removeDate: '2045-01-01T00:00:00Z' }, 'MODIFY_ACCESS')
    const row = await http.reaches(await change, 'REQUEST_COMPLETED')
    expect(row.requestedAccounts).toMatchObject([{ accountId: 'alice.admin', accountUuid: 'second', sourceName: 'Corporate Directory' }])
    expect(await untils()).toEqual({ 'alice.admin': '2045-01-01T00:00:00.000Z', 'emp.alice': null })
    const assignmentId = await assignmentOn(item, 'emp.alice')
    const other = http.ask('emp.alice', item, { assignmentId, removeDate: '2046-01-01T00:00:00Z' }, 'GRANT_ACCESS')
    await http.reaches(await other, 'REQUEST_COMPLETED')
    expect(await untils()).toEqual({ 'alice.admin': '2045-01-01T00:00:00.000Z', 'emp.alice': '2046-01-01T00:00:00.000Z' })
    expect(on(item)).toEqual([true, true])
  },
)

test.each([AUDIT, PROFILE, ROLE])(
  'a revoke of %s %s by account, and one by assignment, takes it from that account alone',
  async (...item) => {
    await http.reaches(await http.ask('emp.alice', item, { nativeIdentity: 'alice.admin' }, 'REVOKE_ACCESS'), 'REQUEST_COMPLETED')
    expect(on(item)).toEqual([true, false])
    await http.reaches(await http.ask('emp.alice', item, { nativeIdentity: 'alice.admin' }), 'REQUEST_COMPLETED')
    expect(on(item)).toEqual([true, true])
    const assignmentId = await assignmentOn(item, 'emp.alice')
    await http.reaches(await http.ask('emp.alice', item, { assignmentId }, 'REVOKE_ACCESS'), 'REQUEST_COMPLETED')
    expect(on(item)).toEqual([false, true])
    await http.reaches(await http.ask('emp.alice', item, {}, 'REVOKE_ACCESS'), 'REQUEST_COMPLETED')
    expect(on(item)).toEqual([false, false])
  },
)

test('an account or an assignment that is not the recipient’s is refused by name', async () => {
  expect(await tried(AUDIT, 'GRANT_ACCESS', { nativeIdentity: 'emp.bob' })).toMatchObject({
    status: 400,
    said: expect.stringMatching(/^requestedItems\[0\]\.nativeIdentity: names no account/),
  })
  expect(await tried(AUDIT, 'GRANT_ACCESS', { assignmentId: 'nobodys' })).toMatchObject({
    status: 400,
    said: expect.stringMatching(/^requestedItems\[0\]\.assignmentId: names no assignment/),
  })
  const revoke = await http.ask('emp.alice', AUDIT, { assignmentId: 'nobodys' }, 'REVOKE_ACCESS')
  expect(await http.status(revoke)).toMatchObject({ state: 'CANCELLED' })
})

test('what waits for its start on one account is not replaced by what waits for it on the other', async () => {
  const first = await chosen(AUDIT, 'alice.admin', { startDate: '2044-01-01T00:00:00Z' })
  const second = await chosen(AUDIT, 'emp.alice', { startDate: '2044-02-01T00:00:00Z' })
  expect((await http.status(first)).state).toBe('EXECUTING')
  const again = await chosen(AUDIT, 'alice.admin', { startDate: '2044-03-01T00:00:00Z' })
  expect((await http.status(first)).state).toBe('CANCELLED')
  expect([(await http.status(second)).state, (await http.status(again)).state]).toEqual(['EXECUTING', 'EXECUTING'])
})

test('a new account is made where the recipient has none, and the assignment knows it', async () => {
  await http.reaches(await http.ask('emp.carol', AUDIT), 'REQUEST_COMPLETED')
  const [row] = await app.sql(
    `select c.native_identity as name from assignment a join account c on c.id = a.account_id where a.identity_id = $1 and a.item_id = $2`,
    [await app.idOf('emp.carol'), await app.itemId(...AUDIT)],
  )
  expect(row).toEqual({ name: 'emp.carol' })
})
