import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { FakeConnector } from '../support/fake-connector.ts'
import { listenTo } from '../support/statements.ts'

/** Separation of duties as a request meets it. What a policy may be is in sod-policies.test.ts. */

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())
beforeEach(async () => {
  await app.sql('delete from sod_policy')
  await app.sql(`delete from setting where key = 'access-request-config'`)
  await app.sql(`update requested_item set state = 'CANCELLED', finished_at = now() where finished_at is null`)
})

type ItemType = 'ROLE' | 'ACCESS_PROFILE' | 'ENTITLEMENT'
type Item = [ItemType, string]

async function policy(left: string[], right: string[], more: object = {}) {
  const side = async (names: string[]) => ({
    name: names.join(' and '),
    criteriaList: await Promise.all(names.map(async (name) => ({ type: 'ENTITLEMENT', id: await app.itemId('ENTITLEMENT', name) }))),
  })
  const conflictingAccessCriteria = { leftCriteria: await side(left), rightCriteria: await side(right) }
  const name = `${left} against ${right}`
  const answer = await app.call('admin', 'POST', '/v2026/sod-policies', { name, conflictingAccessCriteria, ...more })
  expect(answer.status, JSON.stringify(answer.json)).toBe(201)
  return answer.json as { id: string; name: string }
}

async function ask(whom: string, items: Item[], by = 'admin') {
  const requestedItems = await Promise.all(
    items.map(async ([type, name]) => ({ type, id: await app.itemId(type, name), comment: 'please' })),
  )
  return app.call(by, 'POST', '/v2024/access-requests', { requestedFor: [await app.idOf(whom)], requestedItems })
}

async function rowsOf(whom: string, items: Item[], by = 'admin') {
  const answer = await ask(whom, items, by)
  expect(answer.status, JSON.stringify(answer.json)).toBe(202)
  const id = answer.json.newRequests[0].accessRequestIds[0]
  const { json } = await app.call('admin', 'GET', `/v2024/access-request-status?filters=accessRequestId eq "${id}"&sorters=name`)
  return json as StatusRow[]
}

interface Criterion {
  name: string
  existing: boolean
}
interface SodContext {
  state: string
  uuid: string
  violationCheckResult: {
    violationContexts: {
      policy: { id: string }
      conflictingAccessCriteria: Record<'leftCriteria' | 'rightCriteria', { criteriaList: Criterion[] }>
    }[]
    violatedPolicies: { type: string; id: string; name: string }[]
  }
}
interface StatusRow {
  id: string
  name: string
  state: string
  sodViolationContext: SodContext | null
  accessRequestPhases: { name: string; state: string; result: string; phaseReference: string }[]
  approvalDetails: { approvalId: string; scheme: string; status: string; currentOwners: { name: string }[] }[]
}

const violated = (context: SodContext | null | undefined) => context?.violationCheckResult.violatedPolicies.map(({ id }) => id)
const sides = (context: SodContext | null | undefined) =>
  context?.violationCheckResult.violationContexts.map(({ conflictingAccessCriteria: { leftCriteria, rightCriteria } }) => [
    leftCriteria.criteriaList.map(({ name, existing }) => `${name}${existing ? ' (held)' : ''}`),
    rightCriteria.criteriaList.map(({ name, existing }) => `${name}${existing ? ' (held)' : ''}`),
  ])

async function settings(body: object) {
  const answer = await app.call('admin', 'PUT', '/countersign/v1/sod-settings', body)
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
}

const groupId = async (name: string) => String((await app.sql('select id from governance_group where name = $1', [name]))[0]?.['id'])

test('without any policy a request is checked, found clean, and says so first among its phases', async () => {
  const [row] = await rowsOf('emp.alice', [['ROLE', 'Finance Analyst']])
  expect(row?.sodViolationContext).toEqual({
    state: 'SUCCESS',
    uuid: expect.stringMatching(/^[0-9a-f]{32}$/),
    violationCheckResult: { clientMetadata: {}, violationContexts: [], violatedPolicies: [] },
  })
  expect(row?.accessRequestPhases[0]).toMatchObject({
    name: 'SOD_PHASE',
    state: 'COMPLETED',
    result: 'SUCCESSFUL',
    phaseReference: 'sodViolationContext',
  })
})

test('a revocation and a duplicate were not checked and say nothing of a check', async () => {
  await policy(['Customer Records'], ['Ledger Readers'])
  const answer = await app.call('mgr.one', 'POST', '/v2024/access-requests', {
    requestedFor: [await app.idOf('emp.alice')],
    requestType: 'REVOKE_ACCESS',
    requestedItems: [
      { type: 'ENTITLEMENT', id: await app.itemId('ENTITLEMENT', 'Customer Records'), comment: 'over', removeDate: '2090-01-01T00:00:00Z' },
    ],
  })
  const revoke = answer.json.newRequests[0].accessRequestIds[0]
  const { json } = await app.call('admin', 'GET', `/v2024/access-request-status?filters=accessRequestId eq "${revoke}"`)
  expect(json[0].sodViolationContext).toBeNull()
  expect(json[0].accessRequestPhases.map((phase: { name: string }) => phase.name)).not.toContain('SOD_PHASE')
  await ask('emp.alice', [['ROLE', 'Finance Analyst']])
  await ask('emp.alice', [['ROLE', 'Finance Analyst']])
  const stored = await app.sql(
    `select duplicate, sod from requested_item where kind = 'GRANT' and recipient_id = $1 order by id desc limit 2`,
    [await app.idOf('emp.alice')],
  )
  expect(stored.map((row) => [row['duplicate'], row['sod'] !== null])).toEqual([
    [true, false],
    [false, true],
  ])
})

test('a role is expanded to its entitlements, which conflict with what an import found the person to hold', async () => {
  const broken = await policy(['Customer Records', 'All Staff'], ['Ledger Readers', 'Audit Readers'])
  await policy(['Customer Records'], ['Payroll Readers'])
  const [row] = await rowsOf('emp.alice', [['ROLE', 'Finance Analyst']])
  expect(violated(row?.sodViolationContext)).toEqual([broken.id])
  expect(sides(row?.sodViolationContext)).toEqual([[['Customer Records (held)', 'All Staff (held)'], ['Ledger Readers']]])
})

test('access that was asked for before and still waits conflicts, and is not shown as held', async () => {
  const { id } = await policy(['Ledger Readers'], ['Payroll Readers'])
  const [first] = await rowsOf('emp.carol', [['ACCESS_PROFILE', 'Finance Reporting']])
  expect(violated(first?.sodViolationContext)).toEqual([])
  const [second] = await rowsOf('emp.carol', [['ENTITLEMENT', 'Payroll Readers']])
  expect(violated(second?.sodViolationContext)).toEqual([id])
  expect(sides(second?.sodViolationContext)).toEqual([[['Ledger Readers'], ['Payroll Readers']]])
})

test('access that was asked for and cancelled, or by somebody else, conflicts with nothing', async () => {
  await policy(['Ledger Readers'], ['Payroll Readers'])
  const [first] = await rowsOf('emp.carol', [['ACCESS_PROFILE', 'Finance Reporting']], 'emp.carol')
  await app.call('emp.carol', 'POST', '/v3/access-requests/cancel', { accountActivityId: first?.id, comment: 'no' })
  await rowsOf('emp.alice', [['ACCESS_PROFILE', 'Finance Reporting']])
  const [second] = await rowsOf('emp.carol', [['ENTITLEMENT', 'Payroll Readers']])
  expect(violated(second?.sodViolationContext)).toEqual([])
})

test('items of one request conflict with each other, and those that add nothing to it stay clean', async () => {
  const { id } = await policy(['Ledger Readers', 'Finance Readers'], ['GitHub Developers'])
  const rows = await rowsOf('emp.carol', [
    ['ACCESS_PROFILE', 'Finance Reporting'],
    ['ACCESS_PROFILE', 'GitHub Developers'],
    ['ACCESS_PROFILE', 'VPN Access'],
  ])
  expect(rows.map((row) => [row.name, violated(row.sodViolationContext)])).toEqual([
    ['Finance Reporting', [id]],
    ['GitHub Developers', [id]],
    ['VPN Access', []],
  ])
})

test('what conflicts before the request is not the fault of the request', async () => {
  await policy(['Ledger Readers'], ['Payroll Readers'])
  const [row] = await rowsOf('dora.finch', [['ACCESS_PROFILE', 'Finance Reporting']])
  expect(row?.sodViolationContext?.violationCheckResult.violationContexts).toEqual([])
})

test('a policy that is not enforced is not looked at', async () => {
  await policy(['Customer Records'], ['Ledger Readers'], { state: 'NOT_ENFORCED' })
  const [row] = await rowsOf('emp.alice', [['ROLE', 'Finance Analyst']])
  expect(violated(row?.sodViolationContext)).toEqual([])
})

test('what was found stays with the request when the policy is renamed and deleted', async () => {
  const { id, name } = await policy(['Customer Records'], ['Ledger Readers'])
  const [row] = await rowsOf('emp.alice', [['ROLE', 'Finance Analyst']])
  await app.call('admin', 'PATCH', `/v2026/sod-policies/${id}`, [{ op: 'replace', path: '/name', value: 'renamed' }])
  await app.call('admin', 'DELETE', `/v2026/sod-policies/${id}`)
  const { json } = await app.call('admin', 'GET', `/v2026/access-request-status?filters=accessRequestId eq "${row?.id}"`)
  expect(json[0].sodViolationContext.violationCheckResult.violatedPolicies).toEqual([{ type: 'SOD_POLICY', id, name }])
})

test('the approver sees the conflict while they decide and afterwards, in every version, and so do administrators', async () => {
  const { id } = await policy(['Customer Records'], ['Ledger Readers'])
  const [row] = await rowsOf('emp.alice', [['ROLE', 'Finance Analyst']])
  for (const version of ['beta', 'v3', 'v2024', 'v2025', 'v2026']) {
    const { json } = await app.call(
      'mgr.one',
      'GET',
      `/${version}/access-request-approvals/pending?owner-id=me&filters=accessRequestId eq "${row?.id}"`,
    )
    expect(violated(json[0].sodViolationContext)).toEqual([id])
  }
  await app.call('mgr.one', 'POST', `/v3/access-request-approvals/${row?.approvalDetails[0]?.approvalId}/approve`, {})
  for (const url of ['/beta', '/v3', '/v2026']) {
    const { json } = await app.call(
      'mgr.one',
      'GET',
      `${url}/access-request-approvals/completed?owner-id=me&filters=id eq "${row?.approvalDetails[0]?.approvalId}"`,
    )
    expect(violated(json[0].sodViolationContext)).toEqual([id])
  }
  const { json } = await app.call('admin', 'GET', `/v2026/access-request-administration?filters=accessRequestId eq "${row?.id}"`)
  expect(json[0].sodViolationContext.uuid).toBe(row?.sodViolationContext?.uuid)
})

test('an approval without a check has no context in beta and null elsewhere', async () => {
  const answer = await app.call('admin', 'POST', '/v3/access-requests', {
    requestedFor: [await app.idOf('maya.stone')],
    requestedItems: [{ type: 'ROLE', id: await app.itemId('ROLE', 'Payroll Clerk'), comment: 'please' }],
  })
  const id = answer.json.newRequests[0].accessRequestIds[0]
  await app.sql('update requested_item set sod = null where request_id = $1', [id])
  const pending = async (version: string) =>
    (await app.call('admin', 'GET', `/${version}/access-request-approvals/pending?filters=accessRequestId eq "${id}"`)).json[0]
  expect(await pending('beta')).not.toHaveProperty('sodViolationContext')
  expect(await pending('v3')).toHaveProperty('sodViolationContext', null)
})

test('reporting leaves the approvals as they are, and the audit trail names the policy', async () => {
  const { id, name } = await policy(['Customer Records'], ['Ledger Readers'])
  const [row] = await rowsOf('emp.alice', [['ROLE', 'Finance Analyst']])
  const [stored] = await app.sql(`select policy->'steps' as steps from requested_item where request_id = $1`, [row?.id])
  expect(stored?.['steps']).toEqual([{ kind: 'MANAGER' }, { kind: 'OWNER' }])
  const [event] = await app.sql(`select canonical from audit_event where tracking_number = $1 and action = 'ACCESS_REQUEST_REQUESTED'`, [
    row?.id,
  ])
  expect(JSON.parse(String(event?.['canonical'])).details.violatedPolicies).toEqual([{ id, name }])
})

test('adding a step asks a governance group at the end, and only where there is a conflict', async () => {
  await policy(['Customer Records'], ['Ledger Readers'])
  await settings({ onViolation: 'ADD_STEP', stepGroupId: await groupId('Security Board') })
  const [clean] = await rowsOf('emp.carol', [['ROLE', 'Finance Analyst']])
  const [row] = await rowsOf('emp.alice', [['ROLE', 'Finance Analyst']])
  const steps = await app.sql('select policy from requested_item where request_id = any($1) order by id', [[clean?.id, row?.id]])
  expect(steps.map(({ policy: stored }) => (stored as { steps: object[] }).steps.length)).toEqual([2, 3])
  const approve = async (approvalId: string | undefined, by: string) => {
    const answer = await app.call(by, 'POST', `/v3/access-request-approvals/${approvalId}/approve`, {})
    expect(answer.status, JSON.stringify(answer.json)).toBe(202)
  }
  const details = async () =>
    (await app.call('admin', 'GET', `/v3/access-request-status?filters=accessRequestId eq "${row?.id}"`)).json[0] as StatusRow
  await approve(row?.approvalDetails[0]?.approvalId, 'mgr.one')
  await approve((await details()).approvalDetails[1]?.approvalId, 'dora.finch')
  const waiting = await details()
  expect(waiting.state).toBe('EXECUTING')
  expect(waiting.approvalDetails[2]).toMatchObject({ scheme: 'GOVERNANCE_GROUP', status: 'PENDING' })
  expect(waiting.approvalDetails[2]?.currentOwners.map(({ name }) => name)).toEqual(['Amir Saleh', 'Julia Novak', 'Tomas Berg'])
  await approve(waiting.approvalDetails[2]?.approvalId, 'tomas.berg')
  expect((await details()).approvalDetails.map(({ status }) => status)).toEqual(['APPROVED', 'APPROVED', 'APPROVED'])
})

test('an item that nobody has to approve waits for the added step all the same', async () => {
  await app.sql(`update access_item set request_config = jsonb_set(request_config, '{grant,steps}', '[]') where name = 'VPN Access'`)
  await policy(['VPN Users'], ['Customer Records'])
  await settings({ onViolation: 'ADD_STEP', stepGroupId: await groupId('Audit Committee') })
  const [row] = await rowsOf('emp.alice', [['ACCESS_PROFILE', 'VPN Access']])
  expect(row?.approvalDetails.map(({ scheme, status }) => [scheme, status])).toEqual([['GOVERNANCE_GROUP', 'PENDING']])
})

test('denying refuses the whole request, names the item and the policy, and leaves nothing behind', async () => {
  const { name } = await policy(['Customer Records'], ['Ledger Readers'])
  await settings({ onViolation: 'DENY' })
  const count = async () => (await app.sql('select count(*) from requested_item'))[0]?.['count']
  const before = await count()
  const answer = await ask('emp.alice', [
    ['ACCESS_PROFILE', 'VPN Access'],
    ['ROLE', 'Finance Analyst'],
  ])
  expect(answer.status).toBe(400)
  expect(answer.json.messages[0].text).toBe(`requestedItems[1].id: it would break the separation-of-duties policy ${name}.`)
  expect(await count()).toBe(before)
  expect((await ask('emp.carol', [['ROLE', 'Finance Analyst']])).status).toBe(202)
})

test('two requests of one moment, each with half of a conflict, are not both accepted when conflicts are denied', async () => {
  await policy(['Ledger Readers'], ['GitHub Developers'])
  await settings({ onViolation: 'DENY' })
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all([
      ask('emp.carol', [['ACCESS_PROFILE', 'Finance Reporting']]),
      ask('emp.carol', [['ACCESS_PROFILE', 'GitHub Developers']]),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 400])
    await app.sql(`update requested_item set state = 'CANCELLED', finished_at = now() where finished_at is null`)
  }
})

test('a create runs as many statements for many items with conflicts as for one', async () => {
  await policy(['Ledger Readers', 'Finance Readers'], ['GitHub Developers', 'Audit Readers', 'Design Library'])
  const sent = listenTo(app.db.pool)
  const statements = async (items: Item[]) => {
    const seen = (await sent(() => ask('emp.carol', items))).map(({ text }) => text)
    return seen.slice(seen.findIndex((text) => text.startsWith('begin')))
  }
  const one = await statements([['ACCESS_PROFILE', 'Finance Reporting']])
  const many = await statements([
    ['ACCESS_PROFILE', 'GitHub Developers'],
    ['ACCESS_PROFILE', 'Design Workspace'],
    ['ENTITLEMENT', 'Audit Readers'],
  ])
  expect(one.some((text) => text.includes('sod_policy'))).toBe(true)
  expect(many).toHaveLength(one.length)
})

test('access that was granted through a request is held for the next check', async () => {
  const worker = app.startWorker({ scim: new FakeConnector() })
  const { id } = await policy(['VPN Users'], ['Design Library'])
  await app.sql(`update access_item set request_config = jsonb_set(request_config, '{grant,steps}', '[]') where name = 'VPN Access'`)
  const [first] = await rowsOf('emp.carol', [['ACCESS_PROFILE', 'VPN Access']])
  await app.until(async () => {
    const { json } = await app.call('admin', 'GET', `/v3/access-request-status?filters=accessRequestId eq "${first?.id}"`)
    return json[0].state === 'REQUEST_COMPLETED'
  })
  await worker.stop()
  const [second] = await rowsOf('emp.carol', [['ACCESS_PROFILE', 'Design Workspace']])
  expect(violated(second?.sodViolationContext)).toEqual([id])
  expect(sides(second?.sodViolationContext)).toEqual([[['VPN Users (held)'], ['Design Library']]])
})
