import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Dialect } from '../../src/api/dialect.ts'
import type { JsonSchema } from '../../src/api/openapi.ts'
import { type Operation, urlOf } from '../../src/api/operation.ts'
import { type OperationId, operations } from '../../src/api/operations.ts'
import { type Schema, valid } from '../fuzz/from-schema.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { checkAnswer, complaintsOf, promisedBy, type Row, rowOf } from '../support/check-answer.ts'
import { FakeConnector } from '../support/fake-connector.ts'
import { mutationsOf } from '../support/mutated-answers.ts'
import { permissions, type Situation } from '../support/permissions.ts'

/** The check that every answer in every test goes through bites: a real answer of each operation, spoilt in one place, is refused. */

let app: TestApp
/** For calls that only look, one situation is enough for all. */
let seen: Situation
beforeAll(async () => {
  app = await startApp({ movableClock: true })
  app.startWorker({ scim: new FakeConnector() })
  seen = await situation(await manualWork('emp.alice'))
  await giveRole('sven.okafor')
}, 60_000)
afterAll(() => app.close())

let round = 0

/** A request of emp.alice that waits for tomas.berg, beside one he has agreed to. */
async function situation(workItemId: string): Promise<Situation> {
  const itemId = await app.itemId('ACCESS_PROFILE', 'VPN Access')
  const alice = await app.idOf('emp.alice')
  const ask = async () => {
    const startDate = new Date(Date.parse('2050-01-01T00:00:00Z') + ++round * 1000).toISOString()
    const requestedItems = [{ type: 'ACCESS_PROFILE', id: itemId, startDate, comment: 'to come in' }]
    const made = await app.call('emp.alice', 'POST', '/v3/access-requests', { requestedFor: [alice], requestedItems })
    const requestId = made.json.newRequests[0].accessRequestIds[0] as string
    const url = `/v3/access-request-approvals/pending?owner-id=me&filters=accessRequestId+eq+%22${requestId}%22`
    return { requestId, approvalId: (await app.call('tomas.berg', 'GET', url)).json[0].id as string }
  }
  await app.call('tomas.berg', 'POST', `/v3/access-request-approvals/${(await ask()).approvalId}/approve`, { comment: 'welcome' })
  return { app, ...(await ask()), itemId, alice, workItemId, round }
}

/** Waits until somebody holds a role. */
async function giveRole(alias: string): Promise<void> {
  const requestedFor = [await app.idOf(alias)]
  const requestedItems = [{ type: 'ROLE', id: await app.itemId('ROLE', 'Software Engineer') }]
  await app.call(alias, 'POST', '/v3/access-requests', { requestedFor, requestedItems })
  const [approval] = (await app.call('mgr.two', 'GET', '/v3/access-request-approvals/pending?owner-id=me')).json
  await app.call('mgr.two', 'POST', `/v3/access-request-approvals/${approval.id}/approve`, {})
  const url = '/v3/access-request-status?requested-for=me'
  await app.until(async () => (await app.call(alias, 'GET', url)).json[0].state === 'REQUEST_COMPLETED')
}

/** The id of a work item that somebody's new access has caused. */
async function manualWork(alias: string): Promise<string> {
  const requestedItems = [{ type: 'ENTITLEMENT', id: await app.itemId('ENTITLEMENT', 'Laboratory') }]
  const requestedFor = [await app.idOf(alias)]
  const made = await app.call(alias, 'POST', '/v3/access-requests', { requestedFor, requestedItems })
  expect(made.json.newRequests, `${alias} ${JSON.stringify(made.json)}`).toHaveLength(1)
  const requestId = made.json.newRequests[0].accessRequestIds[0]
  const url = `/v3/access-request-approvals/pending?owner-id=me&filters=accessRequestId+eq+%22${requestId}%22`
  const [approval] = (await app.call('petra.holm', 'GET', url)).json
  await app.call('petra.holm', 'POST', `/v3/access-request-approvals/${approval.id}/approve`, {})
  return app.until(async () => {
    const found = (await app.call('petra.holm', 'GET', '/v3/work-items')).json
    return found.find((one: { accessRequestId: string }) => one.accessRequestId === requestId)?.id
  })
}

async function itemOfWork({ workItemId }: Situation): Promise<Record<string, string>> {
  const [row] = await app.sql('select step_id from work_item where id = $1', [workItemId])
  return { approvalItemId: String(row?.['step_id']) }
}

/** What the matrix of permissions leaves open: there, a thing that is missing tells enough. */
const missing: Record<string, (s: Situation) => Promise<Record<string, string>>> = {
  getRoleAssignment: async () => {
    const identityId = await app.idOf('sven.okafor')
    const [assignment] = (await app.call('admin', 'GET', `/v2026/identities/${identityId}/role-assignments`)).json
    return { identityId, assignmentId: assignment.id }
  },
  approveApprovalItem: itemOfWork,
  rejectApprovalItem: itemOfWork,
  retryAccessRequest: async () => {
    const workItemId = await manualWork(await newcomer())
    const refused = await app.call('petra.holm', 'POST', `/v3/work-items/bulk-reject/${workItemId}`)
    expect(refused.status, JSON.stringify(refused.json)).toBe(200)
    return { id: refused.json.accessRequestId }
  },
}

/** Operations that end or move manual work: each call gets some of its own. */
const endsWork: OperationId[] = [
  'completeWorkItem',
  'forwardWorkItem',
  'approveApprovalItem',
  'rejectApprovalItem',
  'approveApprovalItemsInBulk',
  'rejectApprovalItemsInBulk',
]

/** Somebody new, who has asked for nothing yet. */
async function newcomer(): Promise<string> {
  const alias = `newcomer.${++round}`
  await app.sql(
    `insert into identity (id, alias, name, manager_id, created_at, modified_at) select $1, $1, $1, id, now(), now() from identity where alias = 'mgr.one'`,
    [alias],
  )
  return alias
}

/** What is replaced as a whole is written back as the same version tells it: what another version leaves out would be switched off. */
const asRead = async (path: string) => (await app.call('admin', 'GET', path)).json
const writtenBack: Partial<Record<OperationId, typeof asRead>> = { setAccessRequestConfig: asRead, setAccessRequestConfigV2: asRead }

async function situationFor(id: OperationId): Promise<Situation> {
  if (operations[id].method === 'GET') return seen
  return situation(endsWork.includes(id) ? await manualWork(await newcomer()) : seen.workItemId)
}

/** A successful answer of an operation in a dialect, and the row it belongs to. */
async function recorded(id: OperationId, dialect: Dialect): Promise<{ row: Row; json: unknown }> {
  const operation: Operation = operations[id]
  const said: string[] = []
  for (const alias of ['admin', 'emp.alice']) {
    const now = await situationFor(id)
    const { params = {}, query = '', body } = await permissions[id].call(now, alias)
    const given: Record<string, string> = { ...params, ...(await missing[id]?.(now)) }
    const path = urlOf(operation, dialect).replace(/:(\w+)/g, (_hole: string, name: string) => encodeURIComponent(given[name] ?? 'missing'))
    const headers: Record<string, string> = operation.patch ? { 'content-type': 'application/json-patch+json' } : {}
    const answer = await app.call(alias, operation.method, `${path}${query}`, (await writtenBack[id]?.(path)) ?? body, headers)
    const row = rowOf(operation.method, path)
    const succeeded = [operation.status, ...(operation.otherStatuses ?? [])].includes(answer.status)
    if (succeeded && row) return { row, json: answer.json }
    said.push(`${alias} ${path}${query}: ${answer.status} ${JSON.stringify(answer.json)}`)
  }
  throw new Error(`${id} succeeds for nobody:\n${said.join('\n')}`)
}

/** The first rows of a list, which say what there is to spoil; a generated one where the list is empty here. */
function rowsOf(list: unknown[], { items = {} }: JsonSchema, row: Row): unknown[] {
  if (list.length > 0) return list.slice(0, 3)
  const generated = fc.sample(valid(items as Schema, ['x']), { numRuns: 500, seed: 1 })
  return generated.filter((one) => complaintsOf(row, row.row.status, [one]).length === 0).slice(0, 1)
}

function mustRefuseAll(row: Row, json: unknown): void {
  const schema = promisedBy(row, row.row.status)
  if (!schema) {
    expect(complaintsOf(row, row.row.status, {})).toHaveLength(1)
    return
  }
  const value = Array.isArray(json) ? rowsOf(json, schema, row) : json
  expect(complaintsOf(row, row.row.status, value)).toEqual([])
  const mutations = mutationsOf(schema, value)
  expect(mutations.length).toBeGreaterThan(0)
  fc.assert(
    fc.property(fc.constantFrom(...mutations), ({ what, value: spoilt }) => {
      expect(complaintsOf(row, row.row.status, spoilt), what).not.toEqual([])
    }),
    { numRuns: Math.min(150, mutations.length) },
  )
}

/** They answer with a redirection, and only beside a provider: sign-in.test.ts has one. */
const withProvider: OperationId[] = ['signIn', 'signInCallback']
const answered = (Object.keys(operations) as OperationId[]).filter((id) => !withProvider.includes(id))

test.each(answered)('a real answer of %s passes, and one thing wrong in it fails', async (id) => {
  const operation: Operation = operations[id]
  for (const dialect of operation.dialects) {
    const { row, json } = await recorded(id, dialect)
    expect([row.id, operation.own || row.dialect === dialect]).toEqual([id, true])
    expect(complaintsOf(row, row.row.status, json)).toEqual([])
    // What a version changes is in what it shows: what a write answers is spoilt in one version only.
    if (operation.method === 'GET' || dialect === operation.dialects.at(-1)) mustRefuseAll(row, json)
  }
})

test.each([
  [400, 'POST', '/v3/access-requests', {}],
  [403, 'GET', '/v2024/access-request-administration', undefined],
  [404, 'GET', '/v3/work-items/nothing', undefined],
  [404, 'GET', '/v3/no-such-thing', undefined],
])('a %i on %s %s passes, and one thing wrong in it fails', async (status, method, url, body) => {
  const answer = await app.call('emp.alice', method, url, body)
  expect(answer.status).toBe(status)
  const schema = promisedBy(rowOf(method, url), status)
  for (const { what, value } of mutationsOf(schema ?? {}, answer.json)) {
    expect(() => checkAnswer({ method, url, status, json: value }), what).toThrow(`${method} ${url} -> ${status}`)
  }
})

test('the token calls, which stand outside the table, are compared, too', async () => {
  const call = async (method: string, url: string, body?: object) => {
    const { status, json } = await app.callWithToken(undefined, method, url, body)
    return { method, url, status, json }
  }
  const info = await call('GET', '/oauth/info')
  const refusal = await call('POST', '/oauth/token', { grant_type: 'client_credentials', client_id: 'x', client_secret: 'x' })
  expect([info.status, refusal.status]).toEqual([200, 401])
  for (const { json, ...rest } of [info, refusal]) {
    expect(() => checkAnswer({ ...rest, json })).not.toThrow()
    expect(() => checkAnswer({ ...rest, json: { ...json, undeclared: 1 } })).toThrow(rest.url)
  }
})

test('a status that the table does not promise fails', () => {
  const call = { method: 'POST', url: '/v3/access-requests/cancel', json: {} }
  expect(() => checkAnswer({ ...call, status: 202 })).not.toThrow()
  expect(() => checkAnswer({ ...call, status: 200 })).toThrow('the table promises no answer 200')
  expect(() => checkAnswer({ ...call, status: 409 })).toThrow('the table promises no answer 409')
})

test('a call is compared with the row that the router chooses: names before placeholders, with extra slashes and a query', () => {
  expect(rowOf('GET', '/v3/work-items/summary')?.id).toBe('getWorkItemsSummary')
  expect(rowOf('GET', '//v3/work-items/summary/?ownerId=me')?.id).toBe('getWorkItemsSummary')
  expect(rowOf('GET', '/work-items/v1/x')).toMatchObject({ id: 'getWorkItem', dialect: 'v1' })
  expect(rowOf('GET', '/access-request-config/v2')?.id).toBe('getAccessRequestConfigV2')
  expect(rowOf('DELETE', '/v3/work-items/x')).toBe(undefined)
})
