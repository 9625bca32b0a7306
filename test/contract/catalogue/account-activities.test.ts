import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ItemState, itemStates } from '../../../src/domain/lifecycle.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import type { Row } from '../../support/catalogue-lists.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

let app: TestApp
let alice: string

beforeAll(async () => {
  app = await startApp()
  alice = await app.idOf('emp.alice')
})
afterAll(() => app.close())

async function ask(by: string, whom: string, items: [string, string][], more: object = {}): Promise<string> {
  const requestedItems = await Promise.all(
    items.map(async ([type, name]) => ({ type, id: await app.itemId(type as 'ROLE', name), comment: 'please', ...more })),
  )
  const body = { requestedFor: [await app.idOf(whom)], requestedItems, clientMetadata: { ticket: '77' } }
  const answer = await app.call(by, 'POST', '/v2024/access-requests', body)
  expect(answer.status, JSON.stringify(answer.json)).toBe(202)
  return answer.json.newRequests[0]?.accessRequestIds[0]
}

const activity = async (id: string, dialect = 'beta'): Promise<Row> => {
  const answer = await app.call('admin', 'GET', `/${dialect}/account-activities/${id}`)
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  return answer.json
}
const inShort = ({ executionStatus, completionStatus, items }: Row) => [
  executionStatus,
  completionStatus,
  ...items.map((item: Row) => `${item.approvalStatus}/${item.provisioningStatus ?? '–'}`),
]

async function decide(alias: string, requestId: string, verb: 'approve' | 'reject'): Promise<void> {
  const filters = `accessRequestId eq "${requestId}"`
  const { json } = await app.call(
    alias,
    'GET',
    `/v2024/access-request-approvals/pending?${new URLSearchParams({ 'owner-id': 'me', filters })}`,
  )
  const answer = await app.call(alias, 'POST', `/v2024/access-request-approvals/${json[0].id}/${verb}`, { comment: `I ${verb}` })
  expect(answer.status).toBe(202)
}

test('a request is one activity with an item for everything it asks for', async () => {
  const id = await ask('mgr.one', 'emp.alice', [
    ['ROLE', 'Auditor'],
    ['ENTITLEMENT', 'GitHub Admins'],
  ])
  const told = await activity(id)
  expect(told).toMatchObject({
    id,
    name: id,
    type: 'appRequest',
    requesterIdentitySummary: { identityId: await app.idOf('mgr.one') },
    targetIdentitySummary: { identityId: alice },
    clientMetadata: { ticket: '77' },
    completed: null,
    cancelable: true,
    cancelComment: null,
  })
  const role = told.items.find((item: Row) => item.name === 'Auditor')
  const auditor = await app.itemId('ROLE', 'Auditor')
  expect(role).toMatchObject({
    operation: 'ADD',
    attribute: 'assignedRoles',
    value: `Auditor [cloudRole-${auditor}]`,
    sourceId: 'IdentityNow',
    accountRequestInfo: { requestedObjectId: auditor, requestedObjectName: 'Auditor', requestedObjectType: 'ROLE' },
    requesterComment: { commenterId: await app.idOf('mgr.one'), body: 'please' },
  })
  const entitlement = told.items.find((item: Row) => item.name === 'GitHub Admins')
  expect([entitlement.attribute, entitlement.value, entitlement.sourceId.length]).toEqual(['groups', 'GitHub Admins', 32])
})

test('what was refused names who refused it and why; the other item goes on', async () => {
  const id = await ask('emp.bob', 'emp.bob', [
    ['ROLE', 'Auditor'],
    ['ACCESS_PROFILE', 'VPN Access'],
  ])
  const [bob] = await app.sql(`select m.alias from identity p join identity m on m.id = p.manager_id where p.alias = 'emp.bob'`)
  await decide(String(bob?.['alias']), id, 'reject')
  const told = await activity(id)
  expect(inShort(told).sort()).toEqual(['EXECUTING', 'PENDING', 'PENDING/PENDING', 'REJECTED/–'])
  const refused = told.items.find((item: Row) => item.approvalStatus === 'REJECTED')
  expect(refused.reviewerComment.body).toBe('I reject')
  expect(refused.reviewerIdentitySummary).toMatchObject({ completed: true, id: refused.reviewerComment.commenterId })
})

test('what was withdrawn is terminated and tells who withdrew it', async () => {
  const id = await ask('emp.alice', 'emp.alice', [['ROLE', 'Payroll Clerk']])
  await app.call('emp.alice', 'POST', '/v3/access-requests/cancel', { accountActivityId: id, comment: 'changed my mind' })
  const told = await activity(id)
  expect(inShort(told)).toEqual(['TERMINATED', 'FAILURE', 'CANCELED/–'])
  expect(told.cancelable).toBe(false)
  expect(told.cancelComment).toMatchObject({ commenterId: alice, body: 'changed my mind' })
  expect(told.completed).not.toBeNull()
})

test('what was closed reads as whoever closed it said, with the message as a warning', async () => {
  const id = await ask('emp.alice', 'emp.alice', [['ROLE', 'Software Engineer']])
  const body = { accessRequestIds: [id], message: 'Stuck since May', executionStatus: 'Completed', completionStatus: 'Incomplete' }
  expect((await app.call('admin', 'POST', '/beta/access-requests/close', body)).status).toBe(202)
  const told = await activity(id)
  expect([...inShort(told), ...told.warnings]).toEqual(['COMPLETED', 'INCOMPLETE', 'CANCELED/–', 'Stuck since May'])
})

test('what is provisioned is finished and names the account it went to', async () => {
  const worker = app.startWorker({ scim: new FakeConnector() })
  const id = await ask('yara.costa', 'yara.costa', [['ACCESS_PROFILE', 'VPN Access']])
  await decide('tomas.berg', id, 'approve')
  const told = await app.until(async () => {
    const now = await activity(id)
    return now.executionStatus === 'COMPLETED' && now
  })
  await worker.stop()
  expect(inShort(told)).toEqual(['COMPLETED', 'SUCCESS', 'FINISHED/FINISHED'])
  expect([told.items[0].nativeIdentity, told.cancelable, told.errors]).toEqual(['yara.costa', false, []])
})

describe('who sees what', () => {
  const list = async (alias: string, query: Record<string, string> = {}): Promise<Row> =>
    app.call(alias, 'GET', `/v2024/account-activities?${new URLSearchParams(query)}`)

  test('everybody sees what they asked for and what is for them, org admins everything, newest first', async () => {
    const own = (await list('emp.alice')).json
    expect(own.length).toBeGreaterThan(2)
    for (const row of own) expect([row.requesterIdentitySummary.id, row.targetIdentitySummary.id]).toContain(alice)
    const all = (await list('admin')).json
    expect(all.length).toBeGreaterThan(own.length)
    const created = all.map((row: Row) => row.created)
    expect(created).toEqual([...created].sort().reverse())
  })

  test('the three ways to name people narrow, the third excludes the others, and a stranger is refused', async () => {
    const ids = async (query: Record<string, string>) => (await list('admin', query)).json.map((row: Row) => row.id)
    const manager = await app.idOf('mgr.one')
    const byManager = await ids({ 'requested-by': manager })
    expect(byManager.length).toBe(1)
    expect(await ids({ 'requested-for': alice })).toEqual(expect.arrayContaining(byManager))
    expect(await ids({ 'requested-for': alice, 'requested-by': manager })).toEqual(byManager)
    expect(await ids({ 'regarding-identity': manager })).toEqual(byManager)
    expect((await list('mgr.one', { 'requested-by': 'me' })).json.map((row: Row) => row.id)).toEqual(byManager)
    expect((await list('admin', { 'requested-for': alice, 'regarding-identity': manager })).status).toBe(400)
    for (const name of ['requested-for', 'requested-by', 'regarding-identity'])
      expect((await list('emp.bob', { [name]: alice })).status).toBe(403)
  })

  test('one activity is told to its requester and its recipient; there is no other way to see it', async () => {
    const id = (await list('admin', { 'requested-by': await app.idOf('mgr.one') })).json[0].id
    for (const alias of ['emp.alice', 'mgr.one', 'admin'])
      expect((await app.call(alias, 'GET', `/v3/account-activities/${id}`)).status).toBe(200)
    expect((await app.call('emp.bob', 'GET', `/v3/account-activities/${id}`)).status).toBe(403)
    expect((await app.call('emp.bob', 'GET', '/v3/account-activities/nothing')).status).toBe(404)
  })

  test('a type that no request has leaves nothing, as a parameter of beta or as a filter', async () => {
    const count = async (query: string) => (await app.call('admin', 'GET', `/beta/account-activities?${query}`)).json.length
    expect(await count('type=Certification')).toBe(0)
    expect(await count('type=appRequest')).toBeGreaterThan(0)
    expect(await count('filters=type+sw+%22Cert%22')).toBe(0)
    expect(await count('filters=type+eq+%22APPREQUEST%22')).toBe(await count('type=appRequest'))
    expect(await count('filters=type+ne+%22Certification%22')).toBe(await count('type=appRequest'))
  })

  test('duplicate asks are told unless the tenant hides them', async () => {
    const id = await ask('emp.alice', 'emp.alice', [['ROLE', 'Finance Analyst']])
    await ask('emp.alice', 'emp.alice', [['ROLE', 'Finance Analyst']])
    const [duplicate] = await app.sql('select request_id as id from requested_item where duplicate')
    const ids = async () => (await list('emp.alice')).json.map((row: Row) => row.id)
    expect(await ids()).toEqual(expect.arrayContaining([id, duplicate?.['id']]))
    const config = `{"duplicatesVisible": false}`
    await app.sql(`insert into setting (key, value, modified_at) values ('access-request-config', $1, now())`, [config])
    expect(await ids()).not.toContain(duplicate?.['id'])
    await app.sql(`delete from setting where key = 'access-request-config'`)
  })
})

test('every state of an item has its words, and they are among those of the contract', async () => {
  const id = await ask('dora.finch', 'dora.finch', [['ROLE', 'Auditor']])
  const words: Partial<Record<ItemState, string>> = {}
  for (const state of itemStates) {
    await app.sql('update requested_item set state = $1 where request_id = $2', [state, id])
    words[state] = inShort(await activity(id)).join(' ')
  }
  expect(words).toMatchObject({
    AWAITING_APPROVAL: 'EXECUTING PENDING PENDING/PENDING',
    SCHEDULED: 'EXECUTING PENDING FINISHED/PENDING',
    PROVISIONING: 'EXECUTING PENDING FINISHED/PENDING',
    VERIFYING: 'VERIFYING PENDING FINISHED/COMMITED',
    PROVISIONED: 'COMPLETED SUCCESS FINISHED/FINISHED',
    PARTLY_PROVISIONED: 'COMPLETED INCOMPLETE FINISHED/FAILED',
    FAILED: 'COMPLETED FAILURE FINISHED/FAILED',
    REJECTED: 'COMPLETED FAILURE REJECTED/–',
    EXPIRED: 'COMPLETED FAILURE EXPIRED/–',
    CANCELLED: 'TERMINATED FAILURE CANCELED/–',
    CLOSED: 'TERMINATED FAILURE CANCELED/–',
  })
})

test('an item on its way is committed once everything was sent, and tried again once a call failed', async () => {
  const id = await ask('felix.haas', 'felix.haas', [['ACCESS_PROFILE', 'VPN Access']])
  await decide('tomas.berg', id, 'approve')
  const worker = app.startWorker({ scim: new FakeConnector() })
  await app.until(async () => (await activity(id)).executionStatus === 'COMPLETED')
  await worker.stop()
  const step = async (state: string, error: string | null) => {
    await app.sql(`update requested_item set state = 'PROVISIONING', finished_at = null where request_id = $1`, [id])
    await app.sql(
      `update provisioning_step set state = $1, last_error = $2 where requested_item_id in (select id from requested_item where request_id = $3)`,
      [state, error, id],
    )
    const told = await activity(id)
    return [told.items[0].provisioningStatus, ...told.errors]
  }
  expect(await step('INTENDED', null)).toEqual(['PENDING'])
  expect(await step('SENT', null)).toEqual(['COMMITED'])
  expect(await step('SENT', 'the target is busy')).toEqual(['RETRY', 'the target is busy'])
  expect(await step('BY_HAND', null)).toEqual(['PENDING'])
})
