import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { TargetError } from '../../src/ports.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { FakeConnector } from '../support/fake-connector.ts'

/** Requests that meet each other halfway, and targets that refuse for good. */

let app: TestApp
const target = new FakeConnector()

beforeAll(async () => {
  app = await startApp()
  await app.sql(`update access_item set request_config = jsonb_set(jsonb_set(request_config, '{grant,steps}', '[]'), '{grant,commentRequired}', 'false')
    where request_config is not null`)
  app.startWorker({ scim: target })
})
afterAll(() => app.close())
beforeEach(() => target.heal())

type ItemType = 'ROLE' | 'ACCESS_PROFILE'

async function ask(by: string, whom: string, type: ItemType, name: string, more: object = {}, requestType = 'GRANT_ACCESS') {
  const requestedItems = [{ type, id: await app.itemId(type, name), comment: 'x', ...more }]
  const { json } = await app.call(by, 'POST', '/v3/access-requests', { requestedFor: [await app.idOf(whom)], requestType, requestedItems })
  return { requestId: json.newRequests[0]?.accessRequestIds[0] as string, existing: json.existingRequests.length as number }
}

const row = async (requestId: string) =>
  (await app.call('admin', 'GET', `/v3/access-request-status?filters=accessRequestId eq "${requestId}"`)).json[0]

const reaches = (requestId: string, state: string) => app.until(async () => (await row(requestId)).state === state && row(requestId))

const groupsOf = (alias: string) => target.accounts.get(alias)?.values['groups'] ?? []

test('a revoke that overtakes manual work withdraws the task, and the grant reads CANCELLED with the reason', async () => {
  const { requestId } = await ask('emp.alice', 'emp.alice', 'ACCESS_PROFILE', 'Laboratory Badge')
  const waiting = await app.until(async () => {
    const found = await row(requestId)
    return found.manualWorkItemDetails && found
  })
  const revoke = await ask('mgr.one', 'emp.alice', 'ACCESS_PROFILE', 'Laboratory Badge', {}, 'REVOKE_ACCESS')
  await reaches(revoke.requestId, 'REQUEST_COMPLETED')
  const overtaken = await reaches(requestId, 'CANCELLED')
  expect(overtaken.errorMessages[0][0].text).toContain('revoked before it was in place')
  const done = await app.call('petra.holm', 'POST', `/v3/work-items/${waiting.manualWorkItemDetails[0].workItemId}`)
  expect(done.status).toBe(400)
  const present = await app.sql(`select 1 from access_grant g join account a on a.id = g.account_id join identity i on i.id = a.identity_id
    join access_item e on e.id = g.entitlement_id where i.alias = 'emp.alice' and e.name = 'Laboratory' and g.present`)
  expect(present).toEqual([])
})

test('a grant that never reached its target because it was revoked meanwhile does not read REQUEST_COMPLETED', async () => {
  target.failNext(1000)
  const { requestId } = await ask('emp.bob', 'emp.bob', 'ACCESS_PROFILE', 'GitHub Developers')
  await app.until(async () => (await row(requestId)).errorMessages !== null)
  const revoke = await ask('mgr.one', 'emp.bob', 'ACCESS_PROFILE', 'GitHub Developers', {}, 'REVOKE_ACCESS')
  await app.until(async () => (await app.sql(`select 1 from assignment where state = 'ENDING'`)).length > 0)
  target.heal()
  await app.until(async () => (await row(revoke.requestId)).state === 'REQUEST_COMPLETED', 30)
  await app.until(async () => (await row(requestId)).state === 'CANCELLED', 30)
  expect(groupsOf('emp.bob')).not.toContain('GitHub Developers')
})

test('a removal that the target refuses for good can be asked for again, and then succeeds', async () => {
  const { requestId } = await ask('emp.carol', 'emp.carol', 'ACCESS_PROFILE', 'GitHub Developers')
  await reaches(requestId, 'REQUEST_COMPLETED')
  target.failNext(1, new TargetError('refused', 'the group is locked'), ['removeValue'])
  const first = await ask('mgr.one', 'emp.carol', 'ACCESS_PROFILE', 'GitHub Developers', {}, 'REVOKE_ACCESS')
  const failed = await reaches(first.requestId, 'PROVISIONING_FAILED')
  expect(failed.errorMessages[0][0].text).toContain('the group is locked')
  expect(groupsOf('emp.carol')).toContain('GitHub Developers')
  const second = await ask('mgr.one', 'emp.carol', 'ACCESS_PROFILE', 'GitHub Developers', {}, 'REVOKE_ACCESS')
  await reaches(second.requestId, 'REQUEST_COMPLETED')
  expect(groupsOf('emp.carol')).not.toContain('GitHub Developers')
})

test('access that was given in part is no duplicate when asked for again: what is missing is added', async () => {
  target.failNext(1, new TargetError('refused', 'not today'), ['addValue'])
  const first = await ask('yara.costa', 'yara.costa', 'ACCESS_PROFILE', 'Finance Reporting')
  await reaches(first.requestId, 'NOT_ALL_ITEMS_PROVISIONED')
  const second = await ask('yara.costa', 'yara.costa', 'ACCESS_PROFILE', 'Finance Reporting')
  expect(second.existing).toBe(0)
  await reaches(second.requestId, 'REQUEST_COMPLETED')
  expect(groupsOf('yara.costa').sort()).toEqual(expect.arrayContaining(['Finance Readers', 'Ledger Readers']))
  expect((await ask('yara.costa', 'yara.costa', 'ACCESS_PROFILE', 'Finance Reporting')).existing).toBe(1)
})

test('a change of dates waits until the access it changes is there', async () => {
  target.failNext(1000)
  const first = await ask('sven.okafor', 'sven.okafor', 'ACCESS_PROFILE', 'Design Workspace')
  await app.until(async () => (await row(first.requestId)).errorMessages !== null)
  const removeDate = '2050-01-01T00:00:00.000Z'
  const second = await ask('sven.okafor', 'sven.okafor', 'ACCESS_PROFILE', 'Design Workspace', { removeDate })
  await app.until(async () => (await app.sql('select 1 from assignment where end_at = $1', [removeDate])).length > 0)
  expect((await row(second.requestId)).state).toBe('EXECUTING')
  target.heal()
  await app.until(async () => (await row(first.requestId)).state === 'REQUEST_COMPLETED', 30)
  await app.until(async () => (await row(second.requestId)).state === 'REQUEST_COMPLETED', 30)
})
