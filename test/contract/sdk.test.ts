import * as vendor from 'sailpoint-api-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeClient } from '../../src/operations/make-client.ts'
import { startApp, type TestApp } from '../support/app.ts'

/** The vendor's SDK, unmodified, over a real socket: every core operation of the versions it speaks. */

let app: TestApp
let baseurl = ''
const configurations = new Map<string, vendor.Configuration>()

beforeAll(async () => {
  app = await startApp()
  baseurl = await app.server.listen({ host: '127.0.0.1', port: 0 })
  for (const alias of ['admin', 'emp.alice', 'mgr.one', 'tomas.berg', 'mgr.two']) {
    const client = { name: 'sdk', identityId: await app.idOf(alias), scopes: ['sp:scopes:all'] }
    const { id, secret } = await makeClient(app.app, { identityId: null, name: 'test' }, client)
    const configuration = new vendor.Configuration({ baseurl, clientId: id, clientSecret: secret, tokenUrl: `${baseurl}/oauth/token` })
    configuration.experimental = true
    configurations.set(alias, configuration)
  }
})
afterAll(() => app.close())

type Method = (parameters?: object) => Promise<{ status: number; data: ReturnType<typeof JSON.parse>; headers: Record<string, string> }>
type Api = Record<string, Method>

/** The classes of one version: their names and the names of their body parameters end alike. */
function speak(suffix: '' | 'Beta' | 'V2024', alias: string) {
  const classes = vendor as unknown as Record<string, new (configuration: vendor.Configuration | undefined) => Api>
  const make = (name: string): Api => {
    const Class = classes[`${name}${suffix}Api`]
    if (!Class) throw new Error(`the SDK has no ${name}${suffix}Api`)
    return new Class(configurations.get(alias))
  }
  return {
    requests: make('AccessRequests'),
    approvals: make('AccessRequestApprovals'),
    metrics: () => make('AccessRequestIdentityMetrics'),
    body: (name: string, value: object) => ({ [`${name}${suffix}`]: value }),
  }
}

async function call(api: Api, name: string, parameters?: object) {
  const method = api[name]
  if (!method) throw new Error(`the SDK has no ${name}`)
  return method.call(api, parameters)
}

let round = 0

async function ask(suffix: '' | 'Beta' | 'V2024', more: object = {}): Promise<string> {
  const { requests, body } = speak(suffix, 'emp.alice')
  // A start of its own makes every round another ask.
  const startDate = new Date(Date.parse('2045-01-01T00:00:00Z') + ++round * 1000).toISOString()
  const requestedItems = [{ type: 'ROLE', id: await app.itemId('ROLE', 'Finance Analyst'), startDate, comment: 'from the SDK', ...more }]
  const wanted = {
    requestedFor: [await app.idOf('emp.alice')],
    requestType: 'GRANT_ACCESS',
    requestedItems,
    clientMetadata: { from: 'sdk' },
  }
  const { status, data } = await call(requests, 'createAccessRequest', body('accessRequest', wanted))
  expect(status).toBe(202)
  return data.newRequests[0].accessRequestIds[0]
}

async function rowOf(suffix: '' | 'Beta' | 'V2024', requestId: string) {
  const { data } = await call(speak(suffix, 'emp.alice').requests, 'listAccessRequestStatus', {
    requestedFor: 'me',
    filters: `accessRequestId in ("${requestId}")`,
    sorters: '-created',
    count: true,
  })
  expect(data).toHaveLength(1)
  return data[0]
}

async function approvalOf(suffix: '' | 'Beta' | 'V2024', alias: string, name: string) {
  const { data } = await call(speak(suffix, alias).approvals, 'listPendingApprovals', { ownerId: 'me', sorters: '-created', limit: 250 })
  const found = data.find((approval: { requestedObject: { name: string } }) => approval.requestedObject.name === name)
  expect(found, `${alias} has no pending approval of ${name}`).toBeDefined()
  return found.id as string
}

describe.each(['', 'Beta', 'V2024'] as const)('the SDK of version "%s" (empty: v3)', (suffix) => {
  test('creates, shows the row, approves step by step and lists what was decided', async () => {
    const requestId = await ask(suffix)
    expect(await rowOf(suffix, requestId)).toMatchObject({ state: 'EXECUTING', clientMetadata: { from: 'sdk' }, cancelable: true })
    const boss = speak(suffix, 'mgr.one')
    const approvalId = await approvalOf(suffix, 'mgr.one', 'Finance Analyst')
    const decision = boss.body('commentDto', { comment: 'yes' })
    expect((await call(boss.approvals, 'approveAccessRequest', { approvalId, ...decision })).status).toBe(202)
    const completed = await call(boss.approvals, 'listCompletedApprovals', { ownerId: 'me', filters: `id eq "${approvalId}"` })
    expect(completed.data[0]).toMatchObject({ state: 'APPROVED', reviewerComment: { comment: 'yes' } })
    const summary = await call(boss.approvals, 'getAccessRequestApprovalSummary', { ownerId: 'me' })
    expect(summary.data.approved).toBeGreaterThan(0)
  })

  test('rejects with a comment and the request reads REJECTED', async () => {
    const requestId = await ask(suffix)
    const boss = speak(suffix, 'mgr.one')
    const approvalId = await approvalOf(suffix, 'mgr.one', 'Finance Analyst')
    expect((await call(boss.approvals, 'rejectAccessRequest', { approvalId, ...boss.body('commentDto', { comment: 'no' }) })).status).toBe(
      202,
    )
    expect((await rowOf(suffix, requestId)).state).toBe('REJECTED')
  })

  test('forwards to another person, who then has it with its history', async () => {
    await ask(suffix)
    const boss = speak(suffix, 'mgr.one')
    const approvalId = await approvalOf(suffix, 'mgr.one', 'Finance Analyst')
    const to = boss.body('forwardApprovalDto', { newOwnerId: await app.idOf('mgr.two'), comment: 'I am away' })
    expect((await call(boss.approvals, 'forwardAccessRequest', { approvalId, ...to })).status).toBe(202)
    expect(await approvalOf(suffix, 'mgr.two', 'Finance Analyst')).toBe(approvalId)
  })

  test('cancels what is still being decided', async () => {
    const requestId = await ask(suffix)
    const { requests, body } = speak(suffix, 'emp.alice')
    const cancel = body('cancelAccessRequest', { accountActivityId: requestId, comment: 'changed my mind' })
    expect((await call(requests, 'cancelAccessRequest', cancel)).status).toBe(202)
    expect((await rowOf(suffix, requestId)).cancelledRequestDetails.comment).toBe('changed my mind')
  })

  test('reads the configuration, writes it back and gets the same', async () => {
    const { requests, body } = speak(suffix, 'admin')
    const { data } = await call(requests, 'getAccessRequestConfig')
    const written = await call(requests, 'setAccessRequestConfig', body('accessRequestConfig', data))
    expect(written.data).toEqual(data)
  })
})

describe.each(['Beta', 'V2024'] as const)('the SDK of version %s, beyond v3', (suffix) => {
  test('closes a request that hangs', async () => {
    const requestId = await ask(suffix)
    const { requests, body } = speak(suffix, 'admin')
    const close = body('closeAccessRequest', { accessRequestIds: [requestId], executionStatus: 'Terminated' })
    expect((await call(requests, 'closeAccessRequest', { xSailPointExperimental: 'true', ...close })).status).toBe(202)
    expect((await rowOf(suffix, requestId)).state).toBe('TERMINATED')
  })

  test('asks how many reports of a manager hold an item', async () => {
    const parameters = { identityId: await app.idOf('mgr.one'), requestedObjectId: await app.itemId('ROLE', 'Auditor'), type: 'ROLE' }
    const { data } = await call(speak(suffix, 'mgr.one').metrics(), 'getAccessRequestIdentityMetrics', parameters)
    expect(data.totalIdentities).toBeGreaterThan(2)
  })
})

test('the SDK of v2024 cancels and approves in bulk, lists approvers and the rows of everybody', async () => {
  const { requests, approvals } = speak('V2024', 'admin')
  const doomed = await ask('V2024')
  const bulk = { bulkCancelAccessRequestV2024: { accessRequestIds: [doomed, 'unknown'], comment: 'spring cleaning' } }
  expect((await call(requests, 'cancelAccessRequestInBulk', bulk)).status).toBe(202)
  expect((await rowOf('V2024', doomed)).state).toBe('CANCELLED')
  const wanted = await ask('V2024')
  const approvers = await call(approvals, 'listAccessRequestApprovers', { accessRequestId: wanted })
  expect(approvers.data[0]).toMatchObject({ type: 'Identity', id: await app.idOf('mgr.one') })
  const approve = { bulkApproveAccessRequestV2024: { approvalIds: [approvers.data[0].approvalId], comment: 'all of them' } }
  expect((await call(requests, 'approveBulkAccessRequest', approve)).status).toBe(202)
  const everybody = await call(requests, 'listAdministratorsAccessRequestStatus', {
    filters: 'status eq "EXECUTING"',
    count: true,
    limit: 3,
  })
  expect(Number(everybody.headers['x-total-count'])).toBeGreaterThanOrEqual(everybody.data.length)
  expect(everybody.data.map((row: { state: string }) => row.state)).not.toContain('CANCELLED')
})

test('a paginator of the SDK reads every row once', async () => {
  const { requests } = speak('V2024', 'admin')
  const pages = await vendor.Paginator.paginate(requests as never, requests['listAccessRequestStatus'] as never, { limit: 250 } as never, 4)
  const rows = pages.data as { accountActivityItemId: string }[]
  const [counted] = await app.sql('select count(*)::int as total from requested_item')
  expect(new Set(rows.map((row) => row.accountActivityItemId)).size).toBe(counted?.['total'])
})

test('what the server refuses reaches the caller of the SDK as its error body', async () => {
  const { requests, body } = speak('V2024', 'emp.alice')
  const refused = await call(
    requests,
    'createAccessRequest',
    body('accessRequest', { requestedFor: ['nobody'], requestedItems: [] }),
  ).catch((error: { response: { status: number; data: { messages: { text: string }[] } } }) => error.response)
  expect(refused.status).toBe(400)
  expect(refused.data.messages[0].text).toMatch(/^requestedItems: /)
})
