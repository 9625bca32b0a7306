import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'

/** Rules R1–R29 and C1–C2 of the contract, over HTTP, on a clock that is held. */

let app: TestApp
const id: Record<string, string> = {}

beforeAll(async () => {
  app = await startApp({ movableClock: true })
  await app.sql(`update business_clock set held_at = '2030-01-01T00:00:00Z'`)
  for (const alias of ['emp.alice', 'emp.bob', 'emp.carol', 'mgr.one', 'mgr.two', 'admin', 'yara.costa']) id[alias] = await app.idOf(alias)
})
afterAll(() => app.close())
beforeEach(() => setConfig({}))

const setConfig = (config: object) =>
  app.sql(
    `insert into setting (key, value, modified_at) values ('access-request-config', $1, now())
    on conflict (key) do update set value = excluded.value`,
    [JSON.stringify(config)],
  )

const role = (name: string) => app.itemId('ROLE', name)

interface Line {
  type?: string
  id: string
  [key: string]: unknown
}

async function ask(by: string, whom: string[], items: Line[], requestType?: string, more: object = {}) {
  const requestedItems = items.map((item) => ({ type: 'ROLE', ...item }))
  return app.call(by, 'POST', '/v2025/access-requests', {
    requestedFor: whom.map((alias) => id[alias] ?? alias),
    requestedItems,
    requestType,
    ...more,
  })
}

const text = (answer: { json: { messages: { text: string }[] } }) => answer.json.messages[0]?.text

/** Gives access as if it had been requested and provisioned long ago. */
async function hold(alias: string, itemId: string, origin = 'REQUESTED', endAt: string | null = null): Promise<string> {
  const assignmentId = app.app.ids.next()
  await app.sql(
    `insert into assignment (id, identity_id, item_type, item_id, origin, state, end_at, created_at, modified_at)
    select $1, $2, type, id, $4, 'ACTIVE', $5, now(), now() from access_item where id = $3`,
    [assignmentId, id[alias], itemId, origin, endAt],
  )
  return assignmentId
}

test('R1: a request without a type is a grant', async () => {
  const answer = await ask('emp.alice', ['emp.alice'], [{ id: await role('Finance Analyst') }])
  const requestId = answer.json.newRequests[0].accessRequestIds[0]
  const { json } = await app.call('emp.alice', 'GET', `/v3/access-request-status?filters=accessRequestId eq "${requestId}"`)
  expect(json[0].requestType).toBe('GRANT_ACCESS')
})

test('R3: a manager may ask for a direct report, others only when anyone may ask for anyone', async () => {
  const items = [{ id: await role('Auditor') }]
  expect((await ask('mgr.one', ['emp.alice'], items)).status).toBe(202)
  expect((await ask('mgr.two', ['emp.bob'], items)).status).toBe(403)
  expect((await ask('emp.carol', ['emp.bob'], items)).status).toBe(403)
  await setConfig({ anyoneForAnyone: true })
  expect((await ask('emp.carol', ['emp.bob'], items)).status).toBe(202)
  await setConfig({ managerForReports: false })
  expect((await ask('mgr.one', ['emp.bob'], items)).status).toBe(403)
})

test('R7: 25 entitlements for 10 people are taken, one more of either is refused, roles have no such limit', async () => {
  const entitlements =
    await app.sql(`insert into access_item (id, type, name, owner_id, source_id, attribute, value, requestable, created_at, modified_at)
    select 'many-' || n, 'ENTITLEMENT', 'many ' || n, (select id from identity where alias = 'mgr.two'), (select id from source limit 1), 'groups', 'many ' || n, true, now(), now()
    from generate_series(1, 26) n returning id`)
  const lines = entitlements.map((row) => ({ type: 'ENTITLEMENT', id: String(row['id']) }))
  const people = (await app.sql(`select id from identity where status = 'ACTIVE' order by id limit 11`)).map((row) => String(row['id']))
  expect((await ask('admin', people.slice(0, 10), lines.slice(0, 25))).status).toBe(202)
  expect(text(await ask('admin', people.slice(0, 1), lines))).toMatch(/^requestedItems: at most 25 entitlements/)
  expect(text(await ask('admin', people, lines.slice(0, 1)))).toMatch(/^requestedFor: entitlements can be requested for at most 10/)
  expect((await ask('admin', people, [{ id: await role('Software Engineer') }])).status).toBe(202)
})

test('R8: access is revoked for one person, never by oneself, by the direct manager or an org admin', async () => {
  const itemId = await role('Finance Analyst')
  await hold('emp.bob', itemId)
  const lines = [{ id: itemId, comment: 'no longer needed' }]
  expect(text(await ask('admin', ['emp.bob', 'emp.carol'], lines, 'REVOKE_ACCESS'))).toMatch(/exactly one identity/)
  expect(text(await ask('emp.bob', ['emp.bob'], lines, 'REVOKE_ACCESS'))).toMatch(/nobody can revoke their own access/)
  expect((await ask('mgr.two', ['emp.bob'], lines, 'REVOKE_ACCESS')).status).toBe(403)
  expect((await ask('mgr.one', ['emp.bob'], lines, 'REVOKE_ACCESS')).status).toBe(202)
})

test('R9: access from role membership or birthright cannot be revoked, requested and imported access can', async () => {
  const itemId = await role('Auditor')
  for (const [alias, origin, status] of [
    ['emp.carol', 'ROLE_MEMBERSHIP', 400],
    ['mgr.one', 'BIRTHRIGHT', 400],
    ['yara.costa', 'IMPORTED', 202],
  ] as const) {
    await hold(alias, itemId, origin)
    expect((await ask('admin', [alias], [{ id: itemId, comment: 'gone' }], 'REVOKE_ACCESS')).status, origin).toBe(status)
  }
})

test('R10: at most one entitlement is revoked at once', async () => {
  const lines = ['Finance Readers', 'Ledger Readers'].map(async (name) => ({
    type: 'ENTITLEMENT',
    id: await app.itemId('ENTITLEMENT', name),
    comment: 'x',
  }))
  expect(text(await ask('admin', ['emp.alice'], await Promise.all(lines), 'REVOKE_ACCESS'))).toMatch(
    /at most one entitlement can be revoked/,
  )
})

test('R11, R12: a comment is demanded for a revoke, and for a grant where the item demands one', async () => {
  const clerk = await role('Payroll Clerk')
  await hold('emp.carol', clerk)
  expect(text(await ask('mgr.one', ['emp.carol'], [{ id: clerk }], 'REVOKE_ACCESS'))).toMatch(/comment: a comment is required to revoke/)
  expect(text(await ask('emp.alice', ['emp.alice'], [{ id: clerk }]))).toMatch(/^requestedItems\[0\]\.comment: a comment is required/)
  for (const comment of ['', ' \n '])
    expect(text(await ask('mgr.one', ['emp.carol'], [{ id: clerk, comment }], 'REVOKE_ACCESS'))).toMatch(/comment is required to revoke/)
  expect(text(await ask('emp.alice', ['emp.alice'], [{ id: clerk, comment: ' ' }]))).toMatch(/^requestedItems\[0\]\.comment: a comment is/)
  expect((await ask('emp.alice', ['emp.alice'], [{ id: clerk, comment: 'I pay the salaries' }])).status).toBe(202)
})

test('R13: an end date lies in the future and after the start date, by the clock of the business', async () => {
  const itemId = await role('Software Engineer')
  expect(text(await ask('yara.costa', ['yara.costa'], [{ id: itemId, removeDate: '2029-12-31T23:59:59Z' }]))).toMatch(
    /removeDate: must lie in the future/,
  )
  const crossed = { id: itemId, startDate: '2030-03-01T00:00:00Z', removeDate: '2030-02-01T00:00:00Z' }
  expect(text(await ask('yara.costa', ['yara.costa'], [crossed]))).toMatch(/removeDate: must lie after the start date/)
  const zoned = { id: itemId, removeDate: '2030-02-01T02:00:00+02:00' }
  const answer = await ask('yara.costa', ['yara.costa'], [zoned])
  const { json } = await app.call(
    'yara.costa',
    'GET',
    `/v3/access-request-status?filters=accessRequestId eq "${answer.json.newRequests[0].accessRequestIds[0]}"`,
  )
  expect(json[0].removeDate).toBe('2030-02-01T00:00:00.000Z')
})

test('R14, R16: a revoke may bring the end nearer but not put it off, and has no start date', async () => {
  const itemId = await role('Software Engineer')
  await hold('emp.alice', itemId, 'REQUESTED', '2030-06-01T00:00:00Z')
  const revoke = (more: object) => ask('mgr.one', ['emp.alice'], [{ id: itemId, comment: 'earlier', ...more }], 'REVOKE_ACCESS')
  expect(text(await revoke({ removeDate: '2030-07-01T00:00:00Z' }))).toMatch(
    /removeDate: must be earlier than the present end date 2030-06-01/,
  )
  expect(text(await revoke({ startDate: '2030-03-01T00:00:00Z' }))).toMatch(/startDate: a revoke has no start date/)
  expect((await revoke({ removeDate: '2030-03-01T00:00:00Z' })).status).toBe(202)
})

test('R19, R20: the nested form lets dates differ per person; empty flat lists beside it are taken except in v1', async () => {
  const itemId = await role('Finance Analyst')
  const nested = (alias: string, removeDate: string) => ({
    identityId: id[alias],
    requestedItems: [{ type: 'ROLE', id: itemId, removeDate }],
  })
  const body = {
    requestedFor: [],
    requestedItems: [],
    requestedForWithRequestedItems: [nested('emp.carol', '2030-02-01T00:00:00Z'), nested('mgr.one', '2030-03-01T00:00:00Z')],
  }
  expect((await app.call('admin', 'POST', '/access-requests/v1', body)).status).toBe(400)
  const answer = await app.call('admin', 'POST', '/v2024/access-requests', body)
  expect(answer.json.newRequests.map((r: { requestedFor: string }) => r.requestedFor)).toEqual([id['emp.carol'], id['mgr.one']])
  expect((await app.call('admin', 'POST', '/v3/access-requests', { ...body, requestType: 'REVOKE_ACCESS' })).status).toBe(400)
})

test('R25: an item with a longest duration is not given without an end, nor beyond it', async () => {
  const entitlement = { type: 'ENTITLEMENT', id: await app.itemId('ENTITLEMENT', 'Production Database Admins'), comment: 'an incident' }
  expect(text(await ask('yara.costa', ['yara.costa'], [entitlement]))).toMatch(
    /removeDate: this item can only be requested with an end date/,
  )
  const late = { ...entitlement, removeDate: '2030-01-31T00:00:01Z' }
  expect(text(await ask('yara.costa', ['yara.costa'], [late]))).toMatch(/at most 30 DAYS, until 2030-01-31T00:00:00.000Z/)
  expect((await ask('yara.costa', ['yara.costa'], [{ ...entitlement, removeDate: '2030-01-31T00:00:00Z' }])).status).toBe(202)
})

test('R26: while approvals must be external only org admins may submit', async () => {
  await setConfig({ approvalsMustBeExternal: true })
  const items = [{ id: await role('Auditor') }]
  expect((await ask('emp.bob', ['emp.bob'], items)).status).toBe(403)
  expect((await ask('admin', ['mgr.two'], items)).status).toBe(202)
})

test('R27: with automatic approval on, the step of a requester who is the approver passes by itself and is flagged in the audit', async () => {
  await setConfig({ autoApproval: true })
  const answer = await ask('mgr.one', ['emp.bob'], [{ type: 'ACCESS_PROFILE', id: await app.itemId('ACCESS_PROFILE', 'Design Workspace') }])
  const requestId = answer.json.newRequests[0].accessRequestIds[0]
  const { json } = await app.call('admin', 'GET', `/v3/access-request-status?filters=accessRequestId eq "${requestId}"`)
  expect(json[0].approvalDetails[0].status).toBe('APPROVED')
  const [audit] = await app.sql(`select canonical from audit_event where tracking_number = $1 and action = 'APPROVAL_REQUEST_APPROVED'`, [
    requestId,
  ])
  expect(JSON.parse(String(audit?.['canonical'])).details.automatic).toBe(true)
})

test('R27: with automatic approval off, a requester who is the approver hands the step to their own manager', async () => {
  const answer = await ask(
    'mgr.one',
    ['emp.carol'],
    [{ type: 'ACCESS_PROFILE', id: await app.itemId('ACCESS_PROFILE', 'Design Workspace') }],
  )
  const requestId = answer.json.newRequests[0].accessRequestIds[0]
  const { json } = await app.call('admin', 'GET', `/v3/access-request-approvals/pending?filters=accessRequestId eq "${requestId}"`)
  expect(json[0].owner.name).not.toBe('Mona Ellis')
  expect(json[0].forwardHistory[0]).toMatchObject({ oldApproverName: 'Mona Ellis', reassignmentType: 'SELF_REVIEW_DELEGATION' })
})

test('nobody is asked about, forwarded or lets themselves decide on their own access', async () => {
  const answer = await ask(
    'mgr.two',
    ['mgr.two'],
    [{ type: 'ACCESS_PROFILE', id: await app.itemId('ACCESS_PROFILE', 'GitHub Developers') }],
  )
  const requestId = answer.json.newRequests[0].accessRequestIds[0]
  const [approval] = (await app.call('admin', 'GET', `/v3/access-request-approvals/pending?filters=accessRequestId eq "${requestId}"`)).json
  const forwarded = await app.call('admin', 'POST', `/v3/access-request-approvals/${approval.id}/forward`, {
    newOwnerId: id['mgr.two'],
    comment: 'yours',
  })
  expect(forwarded.status).toBe(400)
  const own = await ask('admin', ['admin'], [{ id: await role('Auditor') }])
  const [mine] = (
    await app.call(
      'admin',
      'GET',
      `/v3/access-request-approvals/pending?filters=accessRequestId eq "${own.json.newRequests[0].accessRequestIds[0]}"`,
    )
  ).json
  expect((await app.call('admin', 'POST', `/v3/access-request-approvals/${mine.id}/approve`, {})).status).toBe(403)
})

test('asking twice lists the first request, and the second ask shows as a cancelled row that says why', async () => {
  const lines = [{ id: await role('Payroll Clerk'), comment: 'please' }]
  const first = await ask('emp.bob', ['emp.bob'], lines)
  const second = await ask('emp.bob', ['emp.bob'], lines)
  expect(second.json.newRequests).toEqual([])
  expect(second.json.existingRequests[0].accessRequestIds).toEqual(first.json.newRequests[0].accessRequestIds)
  expect(second.json.existingRequests[0].attributesHash).toBe(first.json.newRequests[0].attributesHash)
  const rows = await app.call('emp.bob', 'GET', '/v3/access-request-status?requested-for=me')
  const states = rows.json.filter((row: { name: string }) => row.name === 'Payroll Clerk').map((row: { state: string }) => row.state)
  expect(states.sort()).toEqual(['CANCELLED', 'EXECUTING'])
  await setConfig({ duplicatesVisible: false })
  const fewer = await app.call('emp.bob', 'GET', '/v3/access-request-status?requested-for=me')
  expect(fewer.json.filter((row: { name: string }) => row.name === 'Payroll Clerk')).toHaveLength(1)
})

test('an Idempotency-Key gives the first answer again, and is refused with another body', async () => {
  const body = { requestedFor: [id['emp.carol']], requestedItems: [{ type: 'ROLE', id: await role('Software Engineer') }] }
  const send = (payload: object) => app.call('emp.carol', 'POST', '/v3/access-requests', payload, { 'idempotency-key': 'once' })
  const first = await send(body)
  const again = await send(body)
  expect(again.json).toEqual(first.json)
  expect(again.headers['idempotent-replay']).toBe('true')
  expect((await send({ ...body, clientMetadata: { a: 'b' } })).status).toBe(400)
})

test('C1, C2: the requester or an org admin cancels while approvals run; nobody cancels afterwards', async () => {
  const made = await ask('mgr.two', ['yara.costa'], [{ id: await role('Finance Analyst') }])
  const accountActivityId = made.json.newRequests[0].accessRequestIds[0]
  const cancel = (alias: string) => app.call(alias, 'POST', '/v3/access-requests/cancel', { accountActivityId, comment: 'not needed' })
  expect((await cancel('yara.costa')).status).toBe(403)
  expect((await cancel('mgr.two')).status).toBe(202)
  const { json } = await app.call('admin', 'GET', `/v3/access-request-status?filters=accessRequestId eq "${accountActivityId}"`)
  expect(json[0]).toMatchObject({ state: 'CANCELLED', cancelable: false, cancelledRequestDetails: { comment: 'not needed' } })
  expect(json[0].approvalDetails[0].status).toBe('CANCELLED')
  expect(text(await cancel('mgr.two'))).toMatch(/cannot be cancelled any more: it is CANCELLED/)
})

test('a late decision is a 400 that tells the outcome', async () => {
  const made = await ask(
    'emp.alice',
    ['emp.alice'],
    [{ type: 'ACCESS_PROFILE', id: await app.itemId('ACCESS_PROFILE', 'Design Workspace') }],
  )
  const requestId = made.json.newRequests[0].accessRequestIds[0]
  const [approval] = (
    await app.call('mgr.one', 'GET', `/v3/access-request-approvals/pending?owner-id=me&filters=accessRequestId eq "${requestId}"`)
  ).json
  const decide = (verb: string) => app.call('mgr.one', 'POST', `/v3/access-request-approvals/${approval.id}/${verb}`, { comment: 'x' })
  expect((await decide('reject')).status).toBe(202)
  const late = await decide('approve')
  expect(late.status).toBe(400)
  expect(text(late)).toMatch(/it is REJECTED/)
})
