import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { askFor, decide, holdersOf, statusOf } from '../support/timed-request.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())
beforeEach(() => app.sql('delete from setting'))

const bases = ['/v2025/generic-approvals/config', '/v2026/generic-approvals/config', '/generic-approvals/v1/config'] as const
const [base] = bases
const ofType = 'ACCESS_REQUEST_APPROVAL/APPROVAL_TYPE'

async function get(id = 'ACCESS_REQUEST_APPROVAL', from: string = base) {
  const answer = await app.call('emp.alice', 'GET', `${from}/${id}`)
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  return answer.json
}
const attempt = (path: string, body: object, from: string = base) => app.call('admin', 'PUT', `${from}/${path}`, body)
async function put(path: string, body: object, from: string = base) {
  const answer = await attempt(path, body, from)
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  return answer.json
}
const older = async () => (await app.call('admin', 'GET', '/v2025/access-request-config')).json
const putOlder = async (body: object) => {
  const answer = await app.call('admin', 'PUT', '/v2025/access-request-config', body)
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
}

const off = { enabled: false }
const nothing = { reminderConfig: off, escalationConfig: off, timeoutConfig: off, requiresComment: 'OFF', autoApprove: 'OFF' }

test('before anybody says anything, nothing is reminded of, handed up or ended by time', async () => {
  expect(await get()).toEqual(nothing)
  expect(await get('TENANT')).toEqual(nothing)
  expect(await get(await app.itemId('ROLE', 'Auditor'))).toEqual(nothing)
})

test.each(bases)('what is put at %s is what every version then answers, and can be sent back unchanged', async (from) => {
  const identityID = await app.idOf('petra.holm')
  const config = {
    reminderConfig: { enabled: true, daysUntilFirstReminder: 2, reminderCronSchedule: '0 0 */2 * *', maxReminders: 5 },
    escalationConfig: {
      enabled: true,
      daysUntilFirstEscalation: 20,
      escalationCronSchedule: '0 0 * * *',
      escalationChain: [
        { identityType: 'MANAGER_OF' },
        { identityType: 'MANAGER_OF' },
        { identityType: 'IDENTITY', identityId: identityID },
      ],
    },
    timeoutConfig: { enabled: true, daysUntilTimeout: 90, timeoutResult: 'APPROVED' },
    requiresComment: 'REJECTION',
    fallbackApprover: { identityID, type: 'IDENTITY' },
    autoApprove: 'INDIRECT',
  }
  expect(await put(ofType, config, from)).toEqual(config)
  for (const other of bases) expect(await get('ACCESS_REQUEST_APPROVAL', other)).toEqual(config)
  expect(await put(ofType, await get(), from)).toEqual(config)
})

test('each part comes from the narrowest scope that speaks of it; taken away it is inherited again', async () => {
  const itemId = await app.itemId('ROLE', 'Auditor')
  await put('TENANT/TENANT', { timeoutConfig: { enabled: true, daysUntilTimeout: 50 }, requiresComment: 'ALL' })
  await put(ofType, { requiresComment: 'APPROVAL' })
  await put(`${itemId}/ROLE`, { timeoutConfig: { enabled: true, daysUntilTimeout: 5 } })
  expect(await get(itemId)).toMatchObject({ timeoutConfig: { daysUntilTimeout: 5 }, requiresComment: 'APPROVAL' })
  expect(await get()).toMatchObject({ timeoutConfig: { daysUntilTimeout: 50 }, requiresComment: 'APPROVAL' })
  expect((await app.call('admin', 'DELETE', `${base}/${itemId}/ROLE`)).status).toBe(204)
  expect((await app.call('admin', 'DELETE', `${base}/${ofType}`)).status).toBe(204)
  expect(await get(itemId)).toMatchObject({ timeoutConfig: { daysUntilTimeout: 50 }, requiresComment: 'ALL' })
  for (const path of [`${itemId}/ROLE`, ofType]) expect((await app.call('admin', 'DELETE', `${base}/${path}`)).status).toBe(404)
})

test('the older configuration and this one are one: what is written there is read here, and the other way round', async () => {
  const id = await app.idOf('petra.holm')
  await putOlder({
    autoApprovalEnabled: true,
    approvalReminderAndEscalationConfig: {
      daysUntilEscalation: 3,
      daysBetweenReminders: 1,
      maxReminders: 3,
      fallbackApproverRef: { type: 'IDENTITY', id, name: '' },
    },
  })
  expect(await get()).toMatchObject({
    reminderConfig: { enabled: true, daysUntilFirstReminder: 3, reminderCronSchedule: '0 0 * * *', maxReminders: 3 },
    escalationConfig: { enabled: true, daysUntilFirstEscalation: 6 },
    fallbackApprover: { identityID: id },
    autoApprove: 'DIRECT',
  })
  await put(ofType, { reminderConfig: { enabled: true, daysUntilFirstReminder: 7, maxReminders: 2 }, escalationConfig: off })
  const config = await older()
  expect(config.autoApprovalEnabled).toBe(false)
  expect(config.approvalReminderAndEscalationConfig).toEqual({
    daysUntilEscalation: 7,
    daysBetweenReminders: 1,
    maxReminders: 2,
    fallbackApproverRef: null,
  })
})

test('the older configuration sent back unchanged leaves alone what it cannot say, and a change there replaces it', async () => {
  await put(ofType, {
    escalationConfig: { enabled: true, daysUntilFirstEscalation: 4, escalationChain: [{ identityType: 'MANAGER_OF' }] },
    timeoutConfig: { enabled: true, daysUntilTimeout: 9 },
    autoApprove: 'INDIRECT',
  })
  const before = await get()
  await putOlder(await older())
  expect(await get()).toEqual(before)
  const config = await older()
  await putOlder({ ...config, approvalReminderAndEscalationConfig: { daysUntilEscalation: null } })
  expect(await get()).toEqual({ ...before, escalationConfig: off })
})

const refusals: [string, object, string][] = [
  [ofType, { reminderConfig: { enabled: true, daysUntilFirstReminder: 1 } }, 'reminderConfig.maxReminders: is required.'],
  [ofType, { reminderConfig: { enabled: true, maxReminders: 1 } }, 'reminderConfig.daysUntilFirstReminder: is required.'],
  [ofType, { reminderConfig: { maxReminders: 21 } }, 'reminderConfig.maxReminders: must be <= 20.'],
  [
    ofType,
    { reminderConfig: { enabled: true, reminderCronSchedule: '0 9 * * 1' } },
    'reminderConfig.reminderCronSchedule: must be one time of the day',
  ],
  [ofType, { escalationConfig: { enabled: true } }, 'escalationConfig.daysUntilFirstEscalation: is required.'],
  [
    ofType,
    { escalationConfig: { enabled: true, daysUntilFirstEscalation: 1, escalationChain: [{ identityType: 'ROLE_OWNER' }] } },
    'escalationConfig.escalationChain: must be MANAGER_OF once or twice',
  ],
  [ofType, { timeoutConfig: { enabled: true, daysUntilTimeout: 91 } }, 'timeoutConfig.daysUntilTimeout: must be <= 90.'],
  [ofType, { timeoutConfig: { enabled: true } }, 'timeoutConfig.daysUntilTimeout: is required.'],
  [ofType, { serialChain: [{ identityType: 'MANAGER_OF' }] }, 'serialChain: who is asked is part of the item'],
  [ofType, { circumventApprovalProcess: true }, 'circumventApprovalProcess: approvals cannot be circumvented.'],
  [ofType, { fallbackApprover: { type: 'GOVERNANCE_GROUP', identityID: 'x' } }, 'fallbackApprover.type: only an IDENTITY'],
  [ofType, { fallbackApprover: { identityID: 'nobody' } }, 'fallbackApprover.identityID: there is no identity nobody.'],
  ['x/ACCOUNT', {}, 'scope: nothing is approved by account here.'],
  ['x/EVERYTHING', {}, 'scope: must be one of DOMAIN_OBJECT'],
]
test.each(refusals)('at %s the body %j is refused with the field named', async (path, body, text) => {
  const answer = await attempt(path, body)
  expect(answer.status).toBe(400)
  expect(answer.json.messages[0].text).toContain(text)
  expect(await get()).toEqual(nothing)
})

test('what there is none of is not found: other types of approvals, another tenant, an item of another type', async () => {
  const itemId = await app.itemId('ROLE', 'Auditor')
  for (const path of ['ENTITLEMENT_DESCRIPTIONS/APPROVAL_TYPE', 'elsewhere/TENANT', `${itemId}/ENTITLEMENT`, 'nothing/ROLE'])
    expect([path, (await attempt(path, { requiresComment: 'ALL' })).status]).toEqual([path, 404])
  expect((await app.call('admin', 'GET', `${base}/nothing`)).status).toBe(404)
  expect((await attempt('tenant-test/TENANT', { requiresComment: 'OFF' })).status).toBe(200)
  expect((await attempt(`${itemId}/DOMAIN_OBJECT`, { requiresComment: 'OFF' })).status).toBe(200)
})

test('a change is part of the record, with what it was and what it became', async () => {
  await put(ofType, { requiresComment: 'ALL' })
  await put(ofType, { requiresComment: 'OFF' })
  const [event] = await app.sql(`select canonical from audit_event where action = 'APPROVAL_CONFIG_UPDATED' order by id desc limit 1`)
  const { actor, details } = JSON.parse(String(event?.['canonical']))
  expect([actor.name, details]).toEqual(['Ada Quill', { from: { commentRequired: 'ALL' }, to: { commentRequired: 'OFF' } }])
})

test.each([
  ['ALL', 400, 400],
  ['APPROVAL', 400, 202],
  ['REJECTION', 202, 400],
  ['OFF', 202, 202],
] as const)('comments demanded for %s: a bare approval answers %s, a bare rejection %s', async (requiresComment, approved, rejected) => {
  await put(ofType, { requiresComment })
  const one = await askFor(app, 'emp.alice', 'ACCESS_PROFILE', 'Design Workspace')
  const two = await askFor(app, 'emp.alice', 'ACCESS_PROFILE', 'Design Workspace')
  await put(ofType, { requiresComment: 'OFF' })
  expect((await decide(app, 'mgr.one', one.approvalId, 'approve')).status).toBe(approved)
  expect((await decide(app, 'mgr.one', two.approvalId, 'reject')).status).toBe(rejected)
  if (approved === 400) expect((await decide(app, 'mgr.one', one.approvalId, 'approve', { comment: 'fine' })).status).toBe(202)
})

async function askedByMember(autoApprove: string): Promise<string[]> {
  const itemId = await app.itemId('ROLE', 'Auditor')
  await put(`${itemId}/ROLE`, { autoApprove })
  // Ines Falk manages Otto Weiss, asks for him, and is a member of the group that is asked second.
  const startDate = `2800-01-01T00:00:0${['OFF', 'DIRECT', 'INDIRECT'].indexOf(autoApprove)}Z`
  const made = await app.call('ines.falk', 'POST', '/v3/access-requests', {
    requestedFor: [await app.idOf('otto.weiss')],
    requestedItems: [{ type: 'ROLE', id: itemId, startDate }],
  })
  const requestId = made.json.newRequests[0].accessRequestIds[0]
  const status = await statusOf(app, requestId)
  return [...status.approvalDetails.map((one: { status: string }) => one.status), ...(await holdersOf(app, requestId))]
}

test('self-approval: off it goes up, direct the requester who is asked passes, indirect the requester who is a member of the group, too', async () => {
  expect(await askedByMember('OFF')).toEqual(['PENDING', 'Ruth Vane'])
  expect(await askedByMember('DIRECT')).toEqual(['APPROVED', 'PENDING', 'Paula Reyes'])
  expect(await askedByMember('INDIRECT')).toEqual(['APPROVED', 'APPROVED'])
})

test('an item can have a fallback approver of its own', async () => {
  const itemId = await app.itemId('ACCESS_PROFILE', 'Design Workspace')
  await put(`${itemId}/ACCESS_PROFILE`, { fallbackApprover: { identityID: await app.idOf('ben.archer'), type: 'IDENTITY' } })
  const made = await app.call('ruth.vane', 'POST', '/v3/access-requests', {
    requestedFor: [await app.idOf('ruth.vane')],
    requestedItems: [{ type: 'ACCESS_PROFILE', id: itemId }],
  })
  expect(await holdersOf(app, made.json.newRequests[0].accessRequestIds[0])).toEqual(['Ben Archer'])
})
