import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Dialect, dialects } from '../../src/api/dialect.ts'
import { urlOf } from '../../src/api/operation.ts'
import { type OperationId, operations } from '../../src/api/operations.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { FakeConnector } from '../support/fake-connector.ts'

/** The versions that the SDK has no classes for, in plain HTTP; every answer is checked against its schema on the way. */

let app: TestApp
let round = 0
/** Who asks for what is done by hand: in each version somebody else. */
const workers: Record<Dialect, string> = {
  beta: 'emp.carol',
  v3: 'hugo.lind',
  v2024: 'kim.tran',
  v2025: 'grace.obi',
  v2026: 'felix.haas',
  v1: 'maya.stone',
}

beforeAll(async () => {
  app = await startApp()
  app.startWorker({ scim: new FakeConnector() })
})
afterAll(() => app.close())

function urlIn(dialect: Dialect, id: OperationId, params: Record<string, string> = {}): string {
  return urlOf(operations[id], dialect).replace(/:(\w+)/g, (_hole: string, name: string) => params[name] ?? '')
}

async function call(
  dialect: Dialect,
  alias: string,
  id: OperationId,
  given: { params?: Record<string, string>; query?: string; body?: unknown } = {},
) {
  return app.call(alias, operations[id].method, urlIn(dialect, id, given.params) + (given.query ?? ''), given.body)
}

async function ask(dialect: Dialect): Promise<{ requestId: string; approvalId: string }> {
  const startDate = new Date(Date.parse('2046-01-01T00:00:00Z') + ++round * 1000).toISOString()
  const body = {
    requestedFor: [await app.idOf('emp.bob')],
    requestedItems: [{ type: 'ROLE', id: await app.itemId('ROLE', 'Auditor'), startDate }],
  }
  const made = await call(dialect, 'emp.bob', 'createAccessRequest', { body })
  expect(made.status).toBe(202)
  const requestId = made.json.newRequests[0].accessRequestIds[0]
  const pending = await call(dialect, 'mgr.one', 'listPendingApprovals', {
    query: `?owner-id=me&filters=accessRequestId eq "${requestId}"`,
  })
  return { requestId, approvalId: pending.json[0].id }
}

async function stateOf(dialect: Dialect, requestId: string): Promise<string> {
  const { json } = await call(dialect, 'emp.bob', 'listAccessRequestStatus', { query: `?filters=accessRequestId eq "${requestId}"` })
  return json[0].state
}

describe.each(['v2025', 'v2026', 'v1'] as const)('in %s', (dialect) => {
  test('an approval is given, listed as completed and counted', async () => {
    const { approvalId } = await ask(dialect)
    const decided = await call(dialect, 'mgr.one', 'approveAccessRequest', { params: { approvalId }, body: { comment: 'fine' } })
    expect(decided).toMatchObject({ status: 202, json: {} })
    const completed = await call(dialect, 'mgr.one', 'listCompletedApprovals', { query: `?owner-id=me&filters=id eq "${approvalId}"` })
    expect(completed.json[0]).toMatchObject({ state: 'APPROVED', reviewedBy: { name: 'Mona Ellis' } })
    const summary = await call(dialect, 'mgr.one', 'getAccessRequestApprovalSummary', {
      query: '?from-date=from-date=2020-03-19T19:59:11Z',
    })
    expect(summary.json.approved).toBeGreaterThan(0)
  })

  test('an approval is forwarded, and rejected by the new owner', async () => {
    const { requestId, approvalId } = await ask(dialect)
    const body = { newOwnerId: await app.idOf('mgr.two'), comment: 'yours' }
    expect((await call(dialect, 'mgr.one', 'forwardAccessRequest', { params: { approvalId }, body })).status).toBe(202)
    expect((await call(dialect, 'mgr.one', 'rejectAccessRequest', { params: { approvalId }, body: { comment: 'no' } })).status).toBe(400)
    expect((await call(dialect, 'mgr.two', 'rejectAccessRequest', { params: { approvalId }, body: { comment: 'no' } })).status).toBe(202)
    expect(await stateOf(dialect, requestId)).toBe('REJECTED')
  })

  test('requests are cancelled, cancelled in bulk and closed', async () => {
    const one = await ask(dialect)
    const cancel = { accountActivityId: one.requestId, comment: 'no' }
    expect((await call(dialect, 'emp.bob', 'cancelAccessRequest', { body: cancel })).status).toBe(202)
    const two = await ask(dialect)
    const bulk = { accessRequestIds: [two.requestId], comment: 'no' }
    expect((await call(dialect, 'admin', 'cancelAccessRequestInBulk', { body: bulk })).status).toBe(202)
    const three = await ask(dialect)
    const close = { accessRequestIds: [three.requestId], executionStatus: 'Completed', completionStatus: 'Success' }
    expect((await call(dialect, 'admin', 'closeAccessRequest', { body: close })).status).toBe(202)
    expect(await Promise.all([one, two, three].map((r) => stateOf(dialect, r.requestId)))).toEqual([
      'CANCELLED',
      'CANCELLED',
      'REQUEST_COMPLETED',
    ])
  })

  test('an org admin sees the rows of everybody and who can decide, and approves in bulk', async () => {
    const { requestId, approvalId } = await ask(dialect)
    const rows = await call(dialect, 'admin', 'listAdministratorsAccessRequestStatus', {
      query: '?request-state=request-state=EXECUTING&limit=5&count=true',
    })
    expect(Number(rows.headers['x-total-count'])).toBeGreaterThan(0)
    const approvers = await call(dialect, 'admin', 'listAccessRequestApprovers', { params: { accessRequestId: requestId } })
    expect(approvers.json[0]).toMatchObject({ approvalId, type: 'Identity' })
    const body = { approvalIds: [approvalId], comment: 'all' }
    expect((await call(dialect, 'admin', 'approveBulkAccessRequest', { body })).status).toBe(202)
    const { json } = await call(dialect, 'admin', 'listAccessRequestStatus', { query: `?filters=accessRequestId in ("${requestId}")` })
    expect(json[0].approvalDetails.map((a: { status: string }) => a.status)).toEqual(['APPROVED', 'PENDING'])
  })

  test('account choices, what can be revoked, and how many reports hold an item are answered', async () => {
    const bob = await app.idOf('emp.bob')
    const body = { requestedFor: [bob], requestedItems: [{ type: 'ROLE', id: await app.itemId('ROLE', 'Auditor') }] }
    const choices = await call(dialect, 'emp.bob', 'loadAccountSelections', { body })
    expect(choices.json.identities[0]).toMatchObject({ id: bob, accountsSelectionRequired: false })
    expect(choices.json.identities[0].requestedItems[0].sources[0].accounts[0].nativeIdentity).toBe('emp.bob')
    const [held] = await app.sql(`select identity_id, item_id from assignment where item_type = 'ENTITLEMENT' limit 1`)
    const revocable = await call(dialect, 'admin', 'getEntitlementDetailsForIdentity', {
      query: `?identityId=${held?.['identity_id']}&entitlementId=${held?.['item_id']}`,
    })
    expect(revocable.json.accountTargets[0].revocable).toBe(true)
    const params = { identityId: await app.idOf('mgr.one'), requestedObjectId: await app.itemId('ROLE', 'Auditor'), type: 'ROLE' }
    expect((await call(dialect, 'mgr.one', 'getAccessRequestIdentityMetrics', { params })).json.squadAvailable).toBe(true)
  })

  test('the configuration is read, written back and the same', async () => {
    const { json } = await call(dialect, 'emp.bob', 'getAccessRequestConfig')
    expect((await call(dialect, 'admin', 'setAccessRequestConfig', { body: json })).json).toEqual(json)
  })
})

test.each(dialects)('in %s the status list takes the operators that any version publishes, and refuses others', async (dialect) => {
  const { requestId } = await ask(dialect)
  const found = async (filter: string) => {
    const answer = await call(dialect, 'emp.bob', 'listAccessRequestStatus', { query: `?filters=${encodeURIComponent(filter)}` })
    return answer.status === 200 ? answer.json.some((row: { accessRequestId: string }) => row.accessRequestId === requestId) : answer.status
  }
  for (const rest of [`eq "${requestId}"`, `in ("${requestId}")`, `ge "${requestId}"`, `le "${requestId}"`, 'pr'])
    expect(await found(`accessRequestId ${rest}`), rest).toBe(true)
  expect(await found(`accessRequestId sw "${requestId.slice(0, 20)}" and created gt "2000-01-01T00:00:00Z"`)).toBe(true)
  for (const rest of [`ne "${requestId}"`, `gt "${requestId}"`, `lt "${requestId}"`, 'isnull'])
    expect(await found(`accessRequestId eq "${requestId}" and accessRequestId ${rest}`), rest).toBe(false)
  expect(await found(`accessRequestId co "${requestId}"`)).toBe(400)
})

test.each(dialects)('in %s a row tells who may decide and which work it waits for; the work is handed on and counted', async (dialect) => {
  const person = workers[dialect]
  const requestedItems = [{ type: 'ENTITLEMENT', id: await app.itemId('ENTITLEMENT', 'Laboratory') }]
  const made = await call(dialect, person, 'createAccessRequest', { body: { requestedFor: [await app.idOf(person)], requestedItems } })
  const requestId = made.json.newRequests[0].accessRequestIds[0]
  const row = async () =>
    (await call(dialect, 'admin', 'listAccessRequestStatus', { query: `?filters=accessRequestId eq "${requestId}"` })).json[0]
  const [approval] = (await row()).approvalDetails
  expect(approval).toMatchObject({ currentOwners: [{ name: 'Petra Holm' }], reviewedBy: null, forwardHistory: [] })
  await call(dialect, 'petra.holm', 'approveAccessRequest', { params: { approvalId: approval.approvalId }, body: {} })
  const id = await app.until(async () => (await row()).manualWorkItemDetails?.[0].workItemId)
  expect((await row()).approvalDetails[0]).toMatchObject({ reviewedBy: { name: 'Petra Holm' } })
  const forward = { targetOwnerId: await app.idOf('ben.archer'), comment: 'yours' }
  const forwarded = await call(dialect, 'petra.holm', 'forwardWorkItem', { params: { id }, body: forward })
  expect([forwarded.status, forwarded.json]).toEqual([200, {}])
  const counted = async () => (await call(dialect, 'ben.archer', 'getCountCompletedWorkItems')).json.count
  const before = await counted()
  const done = await call(dialect, 'ben.archer', 'completeWorkItem', { params: { id } })
  expect(done.json).toMatchObject({ accessRequestId: requestId, forwardHistory: [{ comment: 'yours' }] })
  expect(await counted()).toBe(before + 1)
})

test('an operation answers in the versions that have it and is a 404 in the others', async () => {
  const token = await app.tokenFor('admin')
  for (const id of Object.keys(operations) as OperationId[]) {
    const operation = operations[id]
    if ('own' in operation) continue
    for (const dialect of dialects) {
      const url = urlIn(dialect, id).replace(/\/\//g, '/x/').replace(/\/$/, '/x')
      const response = await app.server.inject({ method: operation.method, url, headers: { authorization: `Bearer ${token}` } })
      const known = !/There is no operation/.test(response.body)
      const has = (operation.dialects as readonly Dialect[]).includes(dialect)
      if (has) expect(known, `${id} in ${dialect}: ${response.body}`).toBe(true)
      else if (known) expect(sharesRoute(id, dialect), `${id} in ${dialect}`).toBe(true)
    }
  }
})

/** Another operation of that version may have the same method and shape of path. */
function sharesRoute(id: OperationId, dialect: Dialect): boolean {
  const shape = (url: string) => url.replace(/:\w+/g, ':x')
  const wanted = shape(urlOf(operations[id], dialect)).split('/')
  return (Object.keys(operations) as OperationId[]).some((other) => {
    const row = operations[other]
    if (other === id || row.method !== operations[id].method || !(row.dialects as readonly Dialect[]).includes(dialect)) return false
    const parts = shape(urlOf(row, dialect)).split('/')
    return parts.length === wanted.length && parts.every((part, at) => part === wanted[at] || part === ':x')
  })
}
