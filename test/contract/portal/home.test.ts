import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())

const home = async (alias: string, query = '') => (await app.call(alias, 'GET', `/countersign/v1/home${query}`)).json

async function hold(alias: string, days: number): Promise<void> {
  await app.sql(
    `insert into assignment (id, identity_id, item_type, item_id, origin, state, created_at, modified_at, end_at)
      values ($1, $2, 'ACCESS_PROFILE', $3, 'REQUESTED', 'ACTIVE', now(), now(), now() + $4 * interval '1 day')`,
    [app.app.ids.next(), await app.idOf(alias), await app.itemId('ACCESS_PROFILE', 'VPN Access'), days],
  )
}

test('it counts what waits for the caller, what they asked for, what ends soon, and the same of their team', async () => {
  const before = await home('mgr.one')
  expect(before).toMatchObject({
    approvals: 0,
    tasks: 0,
    openRequests: 0,
    team: { openRequests: 0, endingAccess: 0 },
    administration: null,
  })
  const item = { type: 'ROLE', id: await app.itemId('ROLE', 'Finance Analyst') }
  await app.call('emp.alice', 'POST', '/v2024/access-requests', { requestedFor: [await app.idOf('emp.alice')], requestedItems: [item] })
  await hold('emp.alice', 10)
  await hold('emp.bob', 20)
  expect(await home('emp.alice')).toMatchObject({ approvals: 0, openRequests: 1, endingAccess: 1, team: null })
  expect(await home('mgr.one')).toMatchObject({ approvals: 1, openRequests: 0, team: { openRequests: 1, endingAccess: 1 } })
  expect(await home('mgr.one', '?days=30')).toMatchObject({ team: { endingAccess: 2 } })
  expect(await home('emp.bob', '?days=5')).toMatchObject({ endingAccess: 0 })
})

test('tasks are counted, and org admins are told how much is open and how much has failed', async () => {
  expect(await home('admin')).toMatchObject({ administration: { openRequests: 1, failedRequests: 0 } })
  await app.sql(`update requested_item set state = 'FAILED', finished_at = now()`)
  expect(await home('admin')).toMatchObject({ administration: { openRequests: 0, failedRequests: 1 } })
})

test('it tells for whom one may ask: what the tenant allows, org admins anybody', async () => {
  const told = async () => [(await home('emp.alice')).mayAskFor, (await home('mgr.one')).mayAskFor, (await home('admin')).mayAskFor]
  const configure = (requestOnBehalfOfConfig: object, approvalsMustBeExternal = false) =>
    app.call('admin', 'PUT', '/v2025/access-request-config', { requestOnBehalfOfConfig, approvalsMustBeExternal })
  await configure({ allowRequestOnBehalfOfEmployeeByManager: true, allowRequestOnBehalfOfAnyoneByAnyone: false })
  expect(await told()).toEqual(['SELF', 'REPORTS', 'ANYBODY'])
  await configure({ allowRequestOnBehalfOfEmployeeByManager: false, allowRequestOnBehalfOfAnyoneByAnyone: true })
  expect(await told()).toEqual(['ANYBODY', 'ANYBODY', 'ANYBODY'])
  await configure({ allowRequestOnBehalfOfEmployeeByManager: true, allowRequestOnBehalfOfAnyoneByAnyone: true }, true)
  expect(await told()).toEqual(['SELF', 'SELF', 'ANYBODY'])
  await configure({ allowRequestOnBehalfOfEmployeeByManager: false, allowRequestOnBehalfOfAnyoneByAnyone: false })
  expect(await told()).toEqual(['SELF', 'SELF', 'ANYBODY'])
})
