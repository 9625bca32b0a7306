import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'

let app: TestApp
let alice: string
let entitlement: string

beforeAll(async () => {
  app = await startApp()
  alice = await app.idOf('emp.alice')
  const [held] = await app.sql(
    `select a.item_id as id from assignment a where a.identity_id = $1 and a.item_type = 'ENTITLEMENT' and a.origin = 'IMPORTED' order by a.id`,
    [alice],
  )
  entitlement = String(held?.['id'])
})
afterAll(() => app.close())

const ask = (alias: string, identityId: string, entitlementId: string) =>
  app.call(alias, 'GET', `/v2024/revocable-objects?${new URLSearchParams({ identityId, entitlementId })}`)

test('an entitlement that an import found is told with its account and the assignment that a revoke can name', async () => {
  const { json } = await ask('emp.alice', 'me', entitlement)
  expect([json.identityId, json.entitlement.id, json.sourceId]).toEqual([alice, entitlement, json.entitlement.sourceId])
  const [target] = json.accountTargets
  expect(target).toMatchObject({ accountName: 'Alice Moreau', revocable: true, removeDate: null, sourceId: json.sourceId })
  const revoke = await app.call('mgr.one', 'POST', '/v2024/access-requests', {
    requestedFor: [alice],
    requestType: 'REVOKE_ACCESS',
    requestedItems: [{ type: 'ENTITLEMENT', id: entitlement, comment: 'not needed', assignmentId: target.assignmentId }],
  })
  expect(revoke.status).toBe(202)
})

test('both ids may stand in the query or behind the path, in v1 as well', async () => {
  const [query, path, v1] = [
    await ask('admin', alice, entitlement),
    await app.call('admin', 'GET', `/v2024/revocable-objects/${alice}/${entitlement}`),
    await app.call('admin', 'GET', `/revocable-objects/v1/${alice}/${entitlement}`),
  ]
  expect([path.json, v1.json]).toEqual([query.json, query.json])
})

test('an id that is missing is named', async () => {
  for (const [query, field] of [
    ['', 'identityId'],
    [`?entitlementId=${entitlement}`, 'identityId'],
    [`?identityId=${alice}`, 'entitlementId'],
  ]) {
    const answer = await app.call('admin', 'GET', `/v2024/revocable-objects${query}`)
    expect([answer.status, answer.json.messages[0].text]).toEqual([400, `${field}: is required.`])
  }
})

test('a value that a role needs cannot be revoked by itself', async () => {
  await app.sql(`update assignment set origin = 'ROLE_MEMBERSHIP' where identity_id = $1 and item_id = $2`, [alice, entitlement])
  expect((await ask('admin', alice, entitlement)).json.accountTargets[0].revocable).toBe(false)
  await app.sql(`update assignment set state = 'ENDED' where identity_id = $1 and item_id = $2`, [alice, entitlement])
  expect((await ask('admin', alice, entitlement)).json.accountTargets[0]).toMatchObject({ assignmentId: null, revocable: false })
})

test('an end date is told, and an entitlement nobody has there has no accounts', async () => {
  await app.sql(
    `update assignment set state = 'ACTIVE', origin = 'REQUESTED', end_at = '2040-01-01' where identity_id = $1 and item_id = $2`,
    [alice, entitlement],
  )
  expect((await ask('admin', alice, entitlement)).json.accountTargets[0]).toMatchObject({
    removeDate: '2040-01-01T00:00:00.000Z',
    revocable: true,
  })
  const [other] = await app.sql(
    `select id from access_item where type = 'ENTITLEMENT' and id not in
      (select g.entitlement_id from access_grant g join account c on c.id = g.account_id where c.identity_id = $1) order by id`,
    [alice],
  )
  expect((await ask('admin', alice, String(other?.['id']))).json.accountTargets).toEqual([])
})

test('it is told to the person, their manager and org admins; what there is not is not found', async () => {
  expect([(await ask('mgr.one', alice, entitlement)).status, (await ask('emp.bob', alice, entitlement)).status]).toEqual([200, 403])
  expect([(await ask('admin', 'nobody', entitlement)).status, (await ask('admin', alice, 'nothing')).status]).toEqual([404, 404])
})
