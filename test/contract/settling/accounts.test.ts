import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'
import { asking } from '../../support/asking.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

/** Somebody with two accounts at one target: what is asked for goes to the one that was chosen, and leaves that one alone. */

let app: TestApp
let http: ReturnType<typeof asking>
let sourceId: string
const target = new FakeConnector()
const AUDIT: ['ENTITLEMENT', string] = ['ENTITLEMENT', 'Audit Readers']

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
    `insert into account (id, source_id, native_identity, identity_id, name, created_at, modified_at) values ('second', $1, 'alice.admin', $2, 'Admin', now(), now())`,
    [sourceId, await app.idOf('emp.alice')],
  )
  for (const name of ['emp.alice', 'alice.admin']) target.accounts.set(name, { nativeIdentity: name, name, disabled: false, values: {} })
  app.startWorker({ scim: target })
})
afterAll(() => app.close())

const has = (account: string) => target.valuesOf(account, 'groups').includes('Audit Readers')

async function askOn(account: string): Promise<string> {
  const item = {
    type: AUDIT[0],
    id: await app.itemId(...AUDIT),
    comment: 'x',
    accountSelection: [{ sourceId, accounts: [{ nativeIdentity: account }] }],
  }
  const entry = { identityId: await app.idOf('emp.alice'), requestedItems: [item] }
  const { json } = await app.call('admin', 'POST', '/v2026/access-requests', { requestedForWithRequestedItems: [entry] })
  return json.newRequests[0].accessRequestIds[0]
}

async function revocable(): Promise<string[]> {
  const path = `/revocable-objects/v1?identityId=${await app.idOf('emp.alice')}&entitlementId=${await app.itemId(...AUDIT)}`
  const { json } = await app.call('admin', 'GET', path)
  return json.accountTargets.map((one: { accountName: string }) => one.accountName)
}

test('an entitlement goes to the account that was chosen, and a second time to the other', async () => {
  await http.reaches(await askOn('alice.admin'), 'REQUEST_COMPLETED')
  expect([has('alice.admin'), has('emp.alice')]).toEqual([true, false])
  await http.reaches(await askOn('emp.alice'), 'REQUEST_COMPLETED')
  expect([has('alice.admin'), has('emp.alice')]).toEqual([true, true])
})

test('a revoke that names one account takes it from that one alone', async () => {
  expect(await revocable()).toHaveLength(2)
  await http.reaches(await http.ask('emp.alice', AUDIT, { nativeIdentity: 'alice.admin' }, 'REVOKE_ACCESS'), 'REQUEST_COMPLETED')
  expect([has('alice.admin'), has('emp.alice')]).toEqual([false, true])
})

test('a grant that names an account goes to that one, although the entitlement is held on another', async () => {
  await http.reaches(await http.ask('emp.alice', AUDIT, { nativeIdentity: 'alice.admin' }), 'REQUEST_COMPLETED')
  expect([has('alice.admin'), has('emp.alice')]).toEqual([true, true])
})

test('a revoke that names no account takes all of it', async () => {
  await http.reaches(await http.ask('emp.alice', AUDIT, {}, 'REVOKE_ACCESS'), 'REQUEST_COMPLETED')
  expect([has('alice.admin'), has('emp.alice')]).toEqual([false, false])
})

test('a revoke that names one assignment of a role ends that one alone', async () => {
  const chosen = async (account: string) => {
    const accountSelection = [{ sourceId, accounts: [{ nativeIdentity: account }] }]
    const item = { type: 'ACCESS_PROFILE', id: await app.itemId('ACCESS_PROFILE', 'Design Workspace'), comment: 'x', accountSelection }
    const entry = { identityId: await app.idOf('emp.alice'), requestedItems: [item] }
    const { json } = await app.call('admin', 'POST', '/v2026/access-requests', { requestedForWithRequestedItems: [entry] })
    return json.newRequests[0].accessRequestIds[0] as string
  }
  await http.reaches(await chosen('emp.alice'), 'REQUEST_COMPLETED')
  const second = await chosen('alice.admin')
  await http.reaches(second, 'REQUEST_COMPLETED')
  const [made] = await app.sql(
    `select a.id from assignment a join requested_item i on i.id = a.requested_item_id where i.request_id = $1`,
    [second],
  )
  const revoke = await http.ask('emp.alice', ['ACCESS_PROFILE', 'Design Workspace'], { assignmentId: made?.['id'] }, 'REVOKE_ACCESS')
  await http.reaches(revoke, 'REQUEST_COMPLETED')
  expect(target.valuesOf('alice.admin', 'groups')).not.toContain('Design Library')
  expect(target.valuesOf('emp.alice', 'groups')).toContain('Design Library')
})
