import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { askFor, decide, holdersOf, moveClock, pendingOf, recordOf, statusOf } from '../support/timed-request.ts'

/** Reminders, escalation and expiry over HTTP: the configuration is put, the clock is advanced, and what happened is read. */

const start = '2030-01-01T09:00:00Z'
let app: TestApp
beforeAll(async () => {
  app = await startApp({ movableClock: true })
})
afterAll(() => app.close())
beforeEach(async () => {
  await app.sql(`delete from setting`)
  await moveClock(app, { set: start, hold: true })
})

const configure = async (reminders: object) => {
  const answer = await app.call('admin', 'PUT', '/v2025/access-request-config', { approvalReminderAndEscalationConfig: reminders })
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
}
const configureType = async (config: object) => {
  const answer = await app.call('admin', 'PUT', '/v2026/generic-approvals/config/ACCESS_REQUEST_APPROVAL/APPROVAL_TYPE', config)
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
}
const fallback = async (alias: string) => ({ fallbackApproverRef: { id: await app.idOf(alias), type: 'IDENTITY', name: '' } })
const timed = /REMINDED|ESCALATED|TIMED_OUT|REJECTED/
const story = (requestId: string) => recordOf(app, requestId, start, timed)

test('the published sample: reminders on days 3, 4 and 5, escalation on day 6, to the manager, theirs, then the fallback approver', async () => {
  await configure({ daysUntilEscalation: 3, daysBetweenReminders: 1, maxReminders: 3, ...(await fallback('petra.holm')) })
  const { requestId } = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  await moveClock(app, { advance: 'P2DT23H59M' })
  expect(await story(requestId)).toEqual([])
  await moveClock(app, { advance: 'P3DT1M' })
  expect(await story(requestId)).toEqual([
    '3 APPROVAL_REQUEST_REMINDED',
    '4 APPROVAL_REQUEST_REMINDED',
    '5 APPROVAL_REQUEST_REMINDED',
    '6 ACCESS_REQUEST_ESCALATED',
  ])
  expect(await holdersOf(app, requestId)).toEqual(['Dora Finch'])
  await moveClock(app, { advance: 'P60D' })
  const reminded = [3, 4, 5, 9, 10, 11, 15, 16, 17, 21, 22, 23].map((day) => `${day} APPROVAL_REQUEST_REMINDED`)
  expect((await story(requestId)).filter((line) => line.includes('REMINDED'))).toEqual(reminded)
  expect(await holdersOf(app, requestId)).toEqual(['Petra Holm'])
  const history = (await pendingOf(app, requestId)).forwardHistory
  expect(
    history.map((one: { oldApproverName: string; newApproverName: string }) => `${one.oldApproverName} > ${one.newApproverName}`),
  ).toEqual(['Mona Ellis > Dora Finch', 'Dora Finch > Ruth Vane', 'Ruth Vane > Petra Holm'])
  expect(history[0]).toMatchObject({ reassignmentType: 'AUTO_ESCALATION', modified: '2030-01-07T09:00:00.000Z' })
})

test('a reminder tells the mailer whom to write to, once', async () => {
  await configure({ daysUntilEscalation: 1, daysBetweenReminders: 1, maxReminders: 1 })
  const { requestId, approvalId } = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  await moveClock(app, { advance: 'P1D' })
  await moveClock(app, { advance: 'PT1H' })
  const told = await app.sql(`select payload from outgoing_event where type = 'approval-reminder' and payload->>'accessRequestId' = $1`, [
    requestId,
  ])
  expect(told.map((row) => row['payload'])).toEqual([expect.objectContaining({ approvalId, to: [await app.idOf('mgr.one')], reminder: 1 })])
})

test('no reminders: escalation without reminding; nothing configured: nothing', async () => {
  await configure({ daysUntilEscalation: 2, maxReminders: 0 })
  const escalated = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  await configure({})
  const quiet = await askFor(app, 'emp.bob', 'ROLE', 'Finance Analyst')
  await moveClock(app, { advance: 'P2D' })
  expect(await story(escalated.requestId)).toEqual(['2 ACCESS_REQUEST_ESCALATED'])
  await moveClock(app, { advance: 'P3Y' })
  expect(await story(quiet.requestId)).toEqual([])
})

test('later configuration does not reach a request under way', async () => {
  await configure({ daysUntilEscalation: 2, maxReminders: 0 })
  const { requestId } = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  await configure({ daysUntilEscalation: 200, maxReminders: 0 })
  await moveClock(app, { advance: 'P2D' })
  expect(await story(requestId)).toEqual(['2 ACCESS_REQUEST_ESCALATED'])
})

test('a forward does not start the clock again, and the new owner is the one who is reminded and escalated from', async () => {
  await configure({ daysUntilEscalation: 3, daysBetweenReminders: 1, maxReminders: 1 })
  const { requestId, approvalId } = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  await moveClock(app, { advance: 'P2D' })
  const newOwnerId = await app.idOf('yara.costa')
  expect((await decide(app, 'mgr.one', approvalId, 'forward', { newOwnerId, comment: 'yours' })).status).toBe(202)
  await moveClock(app, { advance: 'P2D' })
  expect(await story(requestId)).toEqual(['3 APPROVAL_REQUEST_REMINDED', '4 ACCESS_REQUEST_ESCALATED'])
  expect(await holdersOf(app, requestId)).toEqual(['Marco Tull'])
})

test('whoever gets it by escalation can decide it, and whoever had it cannot any more', async () => {
  await configure({ daysUntilEscalation: 1, maxReminders: 0 })
  const { requestId, approvalId } = await askFor(app, 'emp.alice', 'ACCESS_PROFILE', 'Design Workspace')
  await moveClock(app, { advance: 'P1D' })
  expect((await decide(app, 'mgr.one', approvalId, 'approve')).status).toBe(400)
  expect((await decide(app, 'dora.finch', approvalId, 'approve')).status).toBe(202)
  expect((await statusOf(app, requestId)).approvalDetails[0]).toMatchObject({ status: 'APPROVED', forwarded: true })
})

test('the stop level: one manager, and no further', async () => {
  await configureType({
    escalationConfig: { enabled: true, daysUntilFirstEscalation: 1, escalationChain: [{ identityType: 'MANAGER_OF' }] },
    fallbackApprover: { identityID: await app.idOf('petra.holm'), type: 'IDENTITY' },
  })
  const { requestId } = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  await moveClock(app, { advance: 'P90D' })
  expect(await story(requestId)).toEqual(['1 ACCESS_REQUEST_ESCALATED'])
  expect(await holdersOf(app, requestId)).toEqual(['Dora Finch'])
})

test('a group is handed up to the managers of its members, whoever may decide', async () => {
  await configureType({ escalationConfig: { enabled: true, daysUntilFirstEscalation: 1 } })
  const { requestId, approvalId } = await askFor(app, 'emp.alice', 'ROLE', 'Auditor')
  expect((await decide(app, 'mgr.one', approvalId, 'approve')).status).toBe(202)
  expect(await holdersOf(app, requestId)).toEqual(['Ines Falk', 'Otto Weiss', 'Paula Reyes'])
  await moveClock(app, { advance: 'P1D' })
  expect(await holdersOf(app, requestId)).toEqual(['Ruth Vane'])
  expect(await story(requestId)).toEqual(['1 ACCESS_REQUEST_ESCALATED'])
})

test('with nobody above and no fallback approver it stays where it is, says so, and is not tried again', async () => {
  await configure({ daysUntilEscalation: 1, maxReminders: 0 })
  const { requestId, approvalId } = await askFor(app, 'mgr.one', 'ROLE', 'Finance Analyst')
  await moveClock(app, { advance: 'P1D' })
  expect(await holdersOf(app, requestId)).toEqual(['Ruth Vane'])
  await moveClock(app, { advance: 'P30D' })
  expect(await holdersOf(app, requestId)).toEqual(['Ruth Vane'])
  const [row] = await app.sql('select explanation, escalate_at from approval where id = $1', [approvalId])
  expect(row?.['escalate_at']).toBe(null)
  expect(JSON.stringify(row?.['explanation'])).toContain('nobody above who may decide')
})

test('managers in a circle do not hand it to and fro', async () => {
  await configure({ daysUntilEscalation: 1, maxReminders: 0, ...(await fallback('petra.holm')) })
  const one = await app.idOf('ben.archer')
  const two = await app.idOf('maya.stone')
  await app.sql(`update identity set manager_id = case when id = $1 then $2 else $1 end where id in ($1, $2)`, [one, two])
  await app.sql(`update identity set manager_id = $1 where alias = 'kim.tran'`, [one])
  const { requestId } = await askFor(app, 'kim.tran', 'ROLE', 'Finance Analyst')
  await moveClock(app, { advance: 'P10D' })
  expect(await story(requestId)).toEqual(['1 ACCESS_REQUEST_ESCALATED', '2 ACCESS_REQUEST_ESCALATED'])
  expect(await holdersOf(app, requestId)).toEqual(['Petra Holm'])
})

test('an approval that nobody answered in time counts as a denial: EXPIRED in the row, REJECTED where the contract knows no more', async () => {
  await configureType({ timeoutConfig: { enabled: true, daysUntilTimeout: 30 } })
  const { requestId, approvalId } = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  await moveClock(app, { advance: 'P29DT23H59M' })
  expect((await statusOf(app, requestId)).state).toBe('EXECUTING')
  await moveClock(app, { advance: 'PT1M' })
  expect(await statusOf(app, requestId)).toMatchObject({ state: 'REJECTED', cancelable: false, approvalDetails: [{ status: 'EXPIRED' }] })
  expect(await story(requestId)).toEqual(['30 APPROVAL_REQUEST_TIMED_OUT', '30 ACCESS_REQUEST_REJECTED'])
  const completed = await app.call('mgr.one', 'GET', `/v3/access-request-approvals/completed?owner-id=me&filters=id eq "${approvalId}"`)
  expect(completed.json[0].state).toBe('REJECTED')
  const late = await decide(app, 'mgr.one', approvalId, 'approve')
  expect([late.status, late.json.messages[0].text]).toEqual([400, 'This approval is closed: it is EXPIRED.'])
  const [decision] = await app.sql(
    `select payload from outgoing_event where type = 'access-request-decision' and payload->>'accessRequestId' = $1`,
    [requestId],
  )
  expect(decision?.['payload']).toMatchObject({ decision: 'REJECTED' })
})

test('with the result APPROVED each step passes by itself, flagged as automatic, and the request goes on', async () => {
  await configureType({ timeoutConfig: { enabled: true, daysUntilTimeout: 10, timeoutResult: 'APPROVED' } })
  const { requestId } = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  await moveClock(app, { advance: 'P10D' })
  const status = await statusOf(app, requestId)
  expect(status.approvalDetails.map((one: { status: string }) => one.status)).toEqual(['APPROVED', 'PENDING'])
  await moveClock(app, { advance: 'P10D' })
  const [item] = await app.sql('select state, approvals_finished_at from requested_item where request_id = $1', [requestId])
  expect(item).toEqual({ state: 'SCHEDULED', approvals_finished_at: new Date('2030-01-21T09:00:00Z') })
  const rows = await app.sql(
    `select canonical from audit_event where tracking_number = $1 and action = 'APPROVAL_REQUEST_APPROVED' order by id`,
    [requestId],
  )
  expect(rows.map((row) => JSON.parse(String(row['canonical'])).details.automatic)).toEqual([true, true])
})

test('an item of its own rules: they come before those of all requests', async () => {
  await configureType({ timeoutConfig: { enabled: true, daysUntilTimeout: 10 } })
  const itemId = await app.itemId('ROLE', 'Finance Analyst')
  const put = await app.call('admin', 'PUT', `/v2025/generic-approvals/config/${itemId}/ROLE`, {
    timeoutConfig: { enabled: true, daysUntilTimeout: 3 },
  })
  expect(put.status).toBe(200)
  const own = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  const other = await askFor(app, 'emp.alice', 'ROLE', 'Auditor')
  await moveClock(app, { advance: 'P20D' })
  expect((await story(own.requestId))[0]).toBe('3 APPROVAL_REQUEST_TIMED_OUT')
  expect((await story(other.requestId))[0]).toBe('10 APPROVAL_REQUEST_TIMED_OUT')
})

test('a request whose snapshot knows no timers waits for ever', async () => {
  const { requestId, approvalId } = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  await app.sql(`update requested_item set policy = policy - 'timers' - 'autoApprove' - 'fallbackApproverId' where request_id = $1`, [
    requestId,
  ])
  expect((await decide(app, 'mgr.one', approvalId, 'approve')).status).toBe(202)
  await moveClock(app, { advance: 'P5Y' })
  expect(await story(requestId)).toEqual([])
  expect((await statusOf(app, requestId)).state).toBe('EXECUTING')
})
