import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'
import type { Row } from '../../support/catalogue-lists.ts'

let app: TestApp
let alice: string
let role: string
let asked: string

beforeAll(async () => {
  app = await startApp()
  alice = await app.idOf('emp.alice')
  role = await app.itemId('ROLE', 'Finance Analyst')
  const body = { requestedFor: [alice], requestedItems: [{ type: 'ROLE', id: role, comment: 'for the year end' }] }
  asked = (await app.call('emp.alice', 'POST', '/v3/access-requests', body)).json.newRequests[0].accessRequestIds[0]
  await app.sql(
    `insert into assignment (id, identity_id, item_type, item_id, origin, state, requested_item_id, end_at, created_at, modified_at)
     select 'held', recipient_id, 'ROLE', item_id, 'REQUESTED', 'ACTIVE', id, '2040-01-01', now(), now() from requested_item where request_id = $1`,
    [asked],
  )
  await app.sql(
    `insert into assignment_grant select 'held', g.id from access_grant g join account c on c.id = g.account_id where c.identity_id = $1`,
    [alice],
  )
  const auditor = await app.itemId('ROLE', 'Auditor')
  for (const [id, state, origin] of [
    ['by-rule', 'ACTIVE', 'ROLE_MEMBERSHIP'],
    ['over', 'ENDED', 'REQUESTED'],
  ]) {
    await app.sql(
      `insert into assignment (id, identity_id, item_type, item_id, origin, state, created_at, modified_at)
       values ($1, $2, 'ROLE', $3, $4, $5, now() + interval '1 hour', now())`,
      [id, alice, auditor, origin, state],
    )
  }
})
afterAll(() => app.close())

const get = async (alias: string, url: string) => (await app.call(alias, 'GET', url)).json

test('an identity is told with its manager, its standing and its attributes', async () => {
  const told = await get('admin', `/v2024/identities/${alice}`)
  expect(told).toMatchObject({
    id: alice,
    alias: 'emp.alice',
    identityStatus: 'ACTIVE',
    managerRef: { type: 'IDENTITY', id: await app.idOf('mgr.one') },
    isManager: false,
    lifecycleState: { stateName: 'active', manuallyUpdated: false },
  })
  expect(told.attributes).toMatchObject({ uid: 'emp.alice', cloudLifecycleState: 'active', email: told.emailAddress })
  expect((await get('admin', `/beta/identities/${await app.idOf('mgr.one')}`)).isManager).toBe(true)
})

test('people read about themselves, also as "me", and about their direct reports, but about nobody else', async () => {
  for (const path of ['', '/role-assignments']) {
    expect((await app.call('emp.alice', 'GET', `/v2024/identities/me${path}`)).status).toBe(200)
    expect((await app.call('mgr.one', 'GET', `/v2024/identities/${alice}${path}`)).status).toBe(200)
    expect((await app.call('mgr.two', 'GET', `/v2024/identities/${alice}${path}`)).status).toBe(403)
    // Whether there is such a person is not told either.
    expect((await app.call('mgr.two', 'GET', `/v2024/identities/nobody${path}`)).status).toBe(403)
  }
})

test('role assignments are references, and told in full once a role is named by id or by name', async () => {
  const url = `/v2024/identities/${alice}/role-assignments`
  const references = await get('admin', url)
  expect(references.map((row: Row) => row.id)).toEqual(['held', 'by-rule'])
  expect(Object.keys(references[0])).toEqual(['id', 'role', 'addedDate', 'startDate', 'removeDate'])
  expect(references[0].removeDate).toBe('2040-01-01T00:00:00.000Z')
  for (const query of [`roleId=${role}`, 'roleName=finance+analyst']) {
    const [full, ...more] = await get('admin', `${url}?${query}`)
    expect(more).toEqual([])
    expect(full).toMatchObject({
      id: 'held',
      comments: 'for the year end',
      assignmentSource: 'REQUESTED',
      assigner: { type: 'IDENTITY', id: alice },
    })
    expect(full.accountTargets.find((one: Row) => one.source.name === 'Corporate Directory')).toMatchObject({
      source: { type: 'SOURCE' },
      accountInfo: { nativeIdentity: 'emp.alice' },
      role: { id: role },
    })
  }
  expect(await get('admin', `${url}?roleId=nothing`)).toEqual([])
})

test('one role assignment tells who gave it; that of somebody else is not found', async () => {
  const byRule = await get('admin', `/v2024/identities/${alice}/role-assignments/by-rule`)
  expect([byRule.assignmentSource, byRule.assigner]).toEqual(['ROLE_MEMBERSHIP', { type: 'UNKNOWN', name: null }])
  expect((await app.call('admin', 'GET', `/v2024/identities/${await app.idOf('mgr.two')}/role-assignments/by-rule`)).status).toBe(404)
  expect((await app.call('admin', 'GET', `/v2024/identities/${alice}/role-assignments/over`)).status).toBe(404)
})

test('the holders of a role are told once each, with the way they came to it', async () => {
  const [holder] = await get('admin', `/v3/roles/${role}/assigned-identities`)
  expect(holder).toMatchObject({ id: alice, aliasName: 'emp.alice', roleAssignmentSource: 'ACCESS_REQUEST' })
  const auditor = await app.itemId('ROLE', 'Auditor')
  expect((await get('admin', `/v3/roles/${auditor}/assigned-identities`)).map((row: Row) => row.roleAssignmentSource)).toEqual([
    'ROLE_MEMBERSHIP',
  ])
})

test('a role that an import found is told as one that was asked for', async () => {
  const engineer = await app.itemId('ROLE', 'Software Engineer')
  await app.sql(
    `insert into assignment (id, identity_id, item_type, item_id, origin, state, created_at, modified_at)
     values ('found', $1, 'ROLE', $2, 'IMPORTED', 'ACTIVE', now(), now())`,
    [await app.idOf('emp.carol'), engineer],
  )
  const [holder] = await get('admin', `/v3/roles/${engineer}/assigned-identities`)
  expect(holder).toMatchObject({ aliasName: 'emp.carol', roleAssignmentSource: 'ACCESS_REQUEST' })
})

test('everybody may look everybody up, and leave out those that no mail would reach', async () => {
  const all = await get('emp.alice', '/v3/public-identities?sorters=name')
  await app.sql(`update identity set email = null where alias = 'emp.bob'`)
  const reachable = await get('emp.alice', '/v3/public-identities?sorters=name&add-core-filters=true')
  expect(all.map((row: Row) => row.alias).filter((one: string) => !reachable.some((row: Row) => row.alias === one))).toEqual(['emp.bob'])
  expect(all[0]).toMatchObject({ status: 'Active', identityState: 'ACTIVE', attributes: [{ key: 'department', name: 'Department' }] })
})

test('one who left is told as such in every list', async () => {
  await app.sql(`update identity set status = 'INACTIVE' where alias = 'yara.costa'`)
  const id = await app.idOf('yara.costa')
  expect((await get('admin', `/v2024/identities/${id}`)).identityStatus).toBe('DEACTIVATED')
  expect((await get('admin', '/v2024/identities?filters=cloudStatus+eq+%22DEACTIVATED%22')).map((row: Row) => row.id)).toContain(id)
  expect((await get('admin', '/v2024/identities?filters=cloudStatus+eq+%22deactivated%22')).map((row: Row) => row.id)).toContain(id)
  expect((await get('admin', `/v3/public-identities?filters=id+eq+%22${id}%22`))[0].identityState).toBe('INACTIVE_LONG_TERM')
  const [account] = await get('admin', `/v3/accounts?filters=identityId+eq+%22${id}%22`)
  expect([account.identityState, account.cloudLifecycleState]).toEqual(['INACTIVE_LONG_TERM', 'inactive'])
})
