import { afterAll, beforeAll, expect, test } from 'vitest'
import { followApprovals } from '../../src/operations/follow-approvals.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { askFor, decide, holdersOf, mendPeople, statusOf, type TimedRequest } from '../support/timed-request.ts'

/** Time against people, over real connections: exactly one of them moves the approval, the other is told or does nothing. */

let app: TestApp
const ROUNDS = process.env['TEST_LONG'] === '1' ? 200 : 15

beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())

const configure = (config: object) =>
  app.call('admin', 'PUT', '/v2026/generic-approvals/config/ACCESS_REQUEST_APPROVAL/APPROVAL_TYPE', config)

/** An approval of which something has been due since a minute ago. */
async function dueApproval(column: 'remind_at' | 'escalate_at' | 'expires_at'): Promise<TimedRequest> {
  const asked = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  await app.sql(`update approval set ${column} = now() - interval '1 minute' where id = $1`, [asked.approvalId])
  return asked
}

const sweep = () => followApprovals(app.app)
const record = async (requestId: string, action: string) =>
  (await app.sql('select 1 from audit_event where tracking_number = $1 and action = $2', [requestId, action])).length

test.each(['EXPIRED', 'APPROVED'])(
  'an approval that runs out (%s) against a rejection: one of them is the outcome',
  async (timeoutResult) => {
    await configure({ timeoutConfig: { enabled: true, daysUntilTimeout: 90, timeoutResult } })
    for (let i = 0; i < ROUNDS; i++) {
      const { requestId, approvalId } = await dueApproval('expires_at')
      const [answer] = await Promise.all([decide(app, 'mgr.one', approvalId, 'reject', { comment: 'no' }), sweep(), sweep()])
      const [first] = (await statusOf(app, requestId)).approvalDetails
      expect(first.status).toBe(answer.status === 202 ? 'REJECTED' : timeoutResult)
      if (answer.status !== 202) expect(answer.json.messages[0].text).toBe(`This approval is closed: it is ${timeoutResult}.`)
      expect(await record(requestId, 'APPROVAL_REQUEST_TIMED_OUT')).toBe(answer.status === 202 ? 0 : 1)
      expect((await app.sql('select 1 from approval_candidate where approval_id = $1 and open', [approvalId])).length).toBe(0)
    }
  },
)

test('an escalation against an approval: decided, or with the manager above, never both', async () => {
  await configure({ escalationConfig: { enabled: true, daysUntilFirstEscalation: 90 } })
  for (let i = 0; i < ROUNDS; i++) {
    const { requestId, approvalId } = await dueApproval('escalate_at')
    const [answer] = await Promise.all([decide(app, 'mgr.one', approvalId, 'approve'), sweep(), sweep()])
    const escalated = await record(requestId, 'ACCESS_REQUEST_ESCALATED')
    expect([answer.status, escalated]).toEqual(answer.status === 202 ? [202, 0] : [400, 1])
    if (answer.status !== 202) expect(await holdersOf(app, requestId)).toEqual(['Dora Finch'])
  }
})

test('eight sweeps at the same moment remind once, and a second time only when the second is due', async () => {
  await configure({ reminderConfig: { enabled: true, daysUntilFirstReminder: 90, maxReminders: 5 } })
  for (let i = 0; i < ROUNDS; i++) {
    const { requestId } = await dueApproval('remind_at')
    await Promise.all(Array.from({ length: 8 }, sweep))
    expect(await record(requestId, 'APPROVAL_REQUEST_REMINDED')).toBe(1)
  }
})

test('a forward against an escalation: both happen in some order, and one person has it', async () => {
  await configure({ escalationConfig: { enabled: true, daysUntilFirstEscalation: 90 } })
  const newOwnerId = await app.idOf('yara.costa')
  for (let i = 0; i < ROUNDS; i++) {
    const { requestId, approvalId } = await dueApproval('escalate_at')
    const forward = decide(app, 'mgr.one', approvalId, 'forward', { newOwnerId, comment: 'yours' })
    const [answer] = await Promise.all([forward, sweep()])
    // Escalated first, the forwarder has it no more; forwarded first, the manager of the new owner gets it.
    expect([answer.status, ...(await holdersOf(app, requestId))]).toEqual(answer.status === 202 ? [202, 'Marco Tull'] : [400, 'Dora Finch'])
  }
})

test('an approver who leaves, against sweeps of two nodes and a decision by an org admin: one outcome, one hand-over at most', async () => {
  await configure({})
  for (let i = 0; i < ROUNDS; i++) {
    await app.sql(`update identity set status = 'ACTIVE' where alias = 'mgr.one'`)
    const { requestId, approvalId } = await askFor(app, 'emp.alice', 'ACCESS_PROFILE', 'Design Workspace')
    await app.sql(`update identity set status = 'INACTIVE' where alias = 'mgr.one'`)
    const [answer] = await Promise.all([decide(app, 'admin', approvalId, 'approve'), mendPeople(app), mendPeople(app)])
    expect(answer.status).toBe(202)
    expect((await statusOf(app, requestId)).approvalDetails).toMatchObject([{ status: 'APPROVED' }])
    expect(await record(requestId, 'APPROVAL_REQUEST_ASSIGNED')).toBeLessThanOrEqual(1)
    expect((await app.sql('select 1 from approval_candidate where approval_id = $1 and open', [approvalId])).length).toBe(0)
  }
  await app.sql(`update identity set status = 'ACTIVE' where alias = 'mgr.one'`)
})
