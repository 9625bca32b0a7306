import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())
beforeEach(async () => {
  await app.sql(`delete from setting where key = 'access-request-config'`)
})

const paths = {
  beta: '/beta/access-request-config',
  v3: '/v3/access-request-config',
  v2024: '/v2024/access-request-config',
  v2025: '/v2025/access-request-config',
  v2026: '/v2026/access-request-config',
  v1: '/access-request-config/v1',
  second: '/access-request-config/v2',
}
type Shape = keyof typeof paths
const shapes = Object.keys(paths) as Shape[]

async function get(shape: Shape, alias = 'admin') {
  const answer = await app.call(alias, 'GET', paths[shape])
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  return answer.json
}

const attempt = (shape: Shape, body: object, alias = 'admin') => app.call(alias, 'PUT', paths[shape], body)

async function put(shape: Shape, body: object) {
  const answer = await attempt(shape, body)
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  return answer.json
}

async function refusal(shape: Shape, body: object) {
  const answer = await attempt(shape, body)
  expect(answer.status, JSON.stringify(answer.json)).toBe(400)
  return answer.json.messages[0].text as string
}

async function groupId(name: string): Promise<string> {
  const [row] = await app.sql('select id from governance_group where name = $1', [name])
  return row?.['id'] as string
}

const sourceOwner = { approverType: 'SOURCE_OWNER', approverId: null }
const nested = (grant: object[], revoke: object[] = []) => ({
  entitlementRequestConfig: { accessRequestConfig: { approvalSchemes: grant }, revocationRequestConfig: { approvalSchemes: revoke } },
})

test.each(shapes)('what %s answers can be sent back and changes nothing in any shape', async (shape) => {
  await put('v2024', { autoApprovalEnabled: true, ...nested([{ approverType: 'MANAGER' }], [sourceOwner]) })
  const before = await Promise.all(shapes.map((one) => get(one)))
  expect(await put(shape, await get(shape))).toEqual(before[shapes.indexOf(shape)])
  expect(await Promise.all(shapes.map((one) => get(one)))).toEqual(before)
})

test('beta and v3 name the approvers in one text, v2024 and later in a list, and both mean the same', async () => {
  const group = await groupId('Security Board')
  const flat = await put('v3', {
    entitlementRequestConfig: { grantRequestApprovalSchemes: `manager, entitlementOwner,workgroup:${group}` },
  })
  expect(flat.entitlementRequestConfig.grantRequestApprovalSchemes).toBe(`manager,entitlementOwner,workgroup:${group}`)
  expect((await get('v2025')).entitlementRequestConfig.accessRequestConfig.approvalSchemes).toEqual([
    { approverType: 'MANAGER', approverId: null },
    { approverType: 'ENTITLEMENT_OWNER', approverId: null },
    { approverType: 'GOVERNANCE_GROUP', approverId: group },
  ])
})

test('an empty list of approvers is kept, an absent one becomes the source owner', async () => {
  await put('v2024', nested([]))
  expect((await get('beta')).entitlementRequestConfig.grantRequestApprovalSchemes).toBe('')
  await put('v2024', { entitlementRequestConfig: { accessRequestConfig: {} } })
  expect((await get('beta')).entitlementRequestConfig.grantRequestApprovalSchemes).toBe('sourceOwner')
  await put('v3', { entitlementRequestConfig: { grantRequestApprovalSchemes: '' } })
  expect((await get('v2026')).entitlementRequestConfig.accessRequestConfig.approvalSchemes).toEqual([])
  await put('v3', { entitlementRequestConfig: { grantRequestApprovalSchemes: null } })
  expect((await get('v2026')).entitlementRequestConfig.accessRequestConfig.approvalSchemes).toEqual([sourceOwner])
})

test('a PUT replaces all that its shape can say and nothing that it cannot', async () => {
  const fallback = await app.idOf('dora.finch')
  await put('v1', {
    approvalsMustBeExternal: true,
    autoApprovalEnabled: true,
    requestOnBehalfOfConfig: { allowRequestOnBehalfOfForMachineIdentity: false, allowRequestForMachineByOwner: true },
    approvalReminderAndEscalationConfig: {
      daysUntilEscalation: 3,
      daysBetweenReminders: 2,
      maxReminders: 0,
      fallbackApproverRef: { id: fallback, name: 'not looked at' },
    },
    entitlementRequestConfig: {
      accessRequestConfig: { requireEndDate: true, maxPermittedAccessDuration: { value: 6, timeUnit: 'MONTHS' } },
    },
  })
  await put('second', { govGroupVisibilityEnabled: true, machineIdentityAccessRequestEnabled: false, requestOnBehalfOfConfig: {} })
  await put('v2026', {})
  const now = await get('v2024')
  expect(now).toMatchObject({ approvalsMustBeExternal: false, autoApprovalEnabled: true })
  expect(now.approvalReminderAndEscalationConfig).toEqual({
    daysUntilEscalation: 3,
    daysBetweenReminders: 2,
    maxReminders: 0,
    fallbackApproverRef: { type: 'IDENTITY', id: fallback, name: 'Dora Finch', email: 'dora.finch@example.com' },
  })
  expect((await get('beta')).approvalReminderAndEscalationConfig.maxReminders).toBe(null)
  const second = await get('second')
  expect(second).toMatchObject({ govGroupVisibilityEnabled: false, machineIdentityAccessRequestEnabled: false })
  expect(second.requestOnBehalfOfConfig).toMatchObject({
    allowRequestOnBehalfOfForMachineIdentity: true,
    allowRequestForMachineByOwner: false,
  })
  expect(second.entitlementRequestConfig.accessRequestConfig).toMatchObject({ requireEndDate: false, maxPermittedAccessDuration: null })
})

test('a flat PUT leaves the rules that only the nested shape knows', async () => {
  const rules = { requireEndDate: true, reauthorizationRequired: false, maxPermittedAccessDuration: { value: 30, timeUnit: 'DAYS' } }
  await put('v2024', {
    entitlementRequestConfig: { accessRequestConfig: rules, revocationRequestConfig: { approvalSchemes: [{ approverType: 'MANAGER' }] } },
  })
  await put('beta', { entitlementRequestConfig: { allowEntitlementRequest: true, deniedCommentsRequired: true } })
  const { entitlementRequestConfig } = await get('v2026')
  expect(entitlementRequestConfig.accessRequestConfig).toMatchObject({
    ...rules,
    denialCommentRequired: true,
    requestCommentRequired: false,
  })
  expect(entitlementRequestConfig.revocationRequestConfig.approvalSchemes).toEqual([{ approverType: 'MANAGER', approverId: null }])
})

test('two PUTs at one moment in different shapes lose nothing of each other', async () => {
  for (let round = 0; round < 10; round++) {
    const on = round % 2 === 0
    await Promise.all([put('v3', { autoApprovalEnabled: on }), put('second', { machineIdentityAccessRequestEnabled: on })])
    expect([(await get('v3')).autoApprovalEnabled, (await get('second')).machineIdentityAccessRequestEnabled]).toEqual([on, on])
  }
})

test('a group, a person or a kind of approver that cannot be used is refused with the field named', async () => {
  const path = 'entitlementRequestConfig.accessRequestConfig.approvalSchemes[1]'
  const group = (approverId?: string) => ({ approverType: 'GOVERNANCE_GROUP', ...(approverId ? { approverId } : {}) })
  expect(await refusal('v2024', nested([sourceOwner, group('nobody')]))).toContain(
    `${path}.approverId: there is no governance group nobody`,
  )
  expect(await refusal('v2024', nested([sourceOwner, group()]))).toContain(`${path}.approverId`)
  expect(await refusal('v2026', nested([sourceOwner, { approverType: 'WORKFLOW', approverId: 'w' }]))).toContain(`${path}.approverType`)
  expect(await refusal('v1', { entitlementRequestConfig: { accessRequestConfig: { formDefinitionId: 'f' } } })).toContain(
    'formDefinitionId',
  )
  expect(await refusal('beta', { entitlementRequestConfig: { grantRequestApprovalSchemes: 'manager,,sourceOwner' } })).toContain(
    'grantRequest',
  )
  expect(await refusal('v3', { entitlementRequestConfig: { grantRequestApprovalSchemes: 'workgroup:nobody' } })).toContain(
    'no governance group nobody',
  )
  const fallback = (ref: object) => ({ approvalReminderAndEscalationConfig: { fallbackApproverRef: ref } })
  expect(await refusal('v2025', fallback({ id: 'nobody' }))).toContain(
    'approvalReminderAndEscalationConfig.fallbackApproverRef.id: there is no identity',
  )
  expect(await refusal('v2025', fallback({ name: 'Ada' }))).toContain('fallbackApproverRef.id: is required')
})

test('beta and v3 take one reminder at least, v2024 none as well, and nobody takes more than twenty', async () => {
  const reminders = (maxReminders: number) => ({ approvalReminderAndEscalationConfig: { maxReminders } })
  expect(await refusal('beta', reminders(0))).toContain('approvalReminderAndEscalationConfig.maxReminders')
  expect(await refusal('v2024', reminders(21))).toContain('approvalReminderAndEscalationConfig.maxReminders')
  expect((await put('v2024', reminders(0))).approvalReminderAndEscalationConfig.maxReminders).toBe(0)
})

test('a refused PUT changes nothing and leaves no record', async () => {
  await put('v2024', { autoApprovalEnabled: true })
  const records = async () => (await app.sql(`select 1 from audit_event where action = 'AccessRequestConfigUpdated'`)).length
  const before = await records()
  await refusal('v2024', nested([{ approverType: 'GOVERNANCE_GROUP', approverId: 'nobody' }]))
  expect(await records()).toBe(before)
  expect((await get('v2024')).autoApprovalEnabled).toBe(true)
})

test('the record tells who changed which setting from what to what', async () => {
  await put('v2024', { autoApprovalEnabled: true, ...nested([sourceOwner], [sourceOwner]), requestOnBehalfOfConfig: {} })
  const [row] = await app.sql(`select canonical from audit_event where action = 'AccessRequestConfigUpdated' order by id desc limit 1`)
  const event = JSON.parse(row?.['canonical'] as string)
  expect(event.actor.id).toBe(await app.idOf('admin'))
  expect(event.details).toEqual({ autoApproval: { from: false, to: true }, managerForReports: { from: true, to: false } })
})

test('everybody may read the configuration and only an org admin may change it', async () => {
  await get('v2024', 'emp.alice')
  expect((await attempt('v2024', {}, 'emp.alice')).status).toBe(403)
  const reader = await app.tokenFor('admin', ['idn:access-request-config:read'])
  expect((await app.callWithToken(reader, 'PUT', paths.v2024, {})).status).toBe(403)
})

test('what the contract calls deprecated says so with the day, and v2026 and the second version of v1 do not', async () => {
  const headers = async (shape: Shape) => (await app.call('admin', 'GET', paths[shape])).headers
  for (const shape of ['beta', 'v3', 'v2024', 'v2025', 'v1'] as const) {
    expect(await headers(shape)).toMatchObject({ deprecation: '@1772064000', link: '</countersign/v1/docs>; rel="deprecation"' })
  }
  for (const shape of ['v2026', 'second'] as const) expect(await headers(shape)).not.toHaveProperty('deprecation')
  expect(new Date(1_772_064_000_000).toISOString()).toBe('2026-02-26T00:00:00.000Z')
})

test('who may ask for whom, set through one version, holds for requests made through another', async () => {
  const role = await app.itemId('ROLE', 'Finance Analyst')
  const ask = { requestedFor: [await app.idOf('emp.alice')], requestedItems: [{ type: 'ROLE', id: role }] }
  await put('v3', { requestOnBehalfOfConfig: { allowRequestOnBehalfOfEmployeeByManager: false } })
  expect((await app.call('mgr.one', 'POST', '/v2026/access-requests', ask)).status).toBe(403)
  await put('v2024', { requestOnBehalfOfConfig: { allowRequestOnBehalfOfEmployeeByManager: true } })
  expect((await app.call('mgr.one', 'POST', '/beta/access-requests', ask)).status).toBe(202)
})
