import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { askFor, decide, holdersOf, mendPeople, pendingOf } from '../support/timed-request.ts'

/** Approvers who leave, and managers who change, while a request waits for them. */

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())
beforeEach(async () => {
  await app.sql(`update identity set status = case when alias = 'nadia.roth' then 'INACTIVE' else 'ACTIVE' end`)
  await app.sql(`update identity set manager_id = (select id from identity where alias = 'mgr.one') where alias = 'emp.alice'`)
  await mendPeople(app)
})

const leave = async (...aliases: string[]) => app.sql(`update identity set status = 'INACTIVE' where alias = any($1)`, [aliases])
const mend = () => mendPeople(app)
const history = async (requestId: string) => (await pendingOf(app, requestId)).forwardHistory

test('a question whose only approver leaves goes to their manager at once, and the history says so', async () => {
  const { requestId, approvalId } = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  await leave('mgr.one')
  expect(await mend()).toBeGreaterThanOrEqual(1)
  expect(await holdersOf(app, requestId)).toEqual(['Dora Finch'])
  expect(await history(requestId)).toMatchObject([
    { oldApproverName: 'Mona Ellis', newApproverName: 'Dora Finch', reassignmentType: 'AUTOMATIC_REASSIGNMENT' },
  ])
  expect((await decide(app, 'dora.finch', approvalId, 'approve')).status).toBe(202)
  expect(await mend()).toBe(0)
})

test('somebody who left and whose manager left is passed over twice, and an org admin is the last', async () => {
  const { requestId } = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  await leave('mgr.one', 'dora.finch', 'ruth.vane')
  await mend()
  expect(await holdersOf(app, requestId)).toHaveLength(1)
  expect(['Ada Quill', 'Oren Blake']).toContain((await holdersOf(app, requestId))[0])
})

test('a group loses the member who left and keeps the question; the last one hands it to the last resort', async () => {
  const { requestId, approvalId } = await askFor(app, 'emp.alice', 'ROLE', 'Auditor')
  expect((await decide(app, 'mgr.one', approvalId, 'approve')).status).toBe(202)
  await leave('otto.weiss')
  await mend()
  expect(await holdersOf(app, requestId)).toEqual(['Ines Falk', 'Paula Reyes'])
  expect(await history(requestId)).toEqual([])
  await leave('ines.falk')
  await mend()
  expect(await holdersOf(app, requestId)).toEqual(['Paula Reyes'])
  await leave('paula.reyes')
  await mend()
  expect(['Ada Quill', 'Oren Blake']).toContain((await holdersOf(app, requestId))[0])
  expect(await history(requestId)).toHaveLength(1)
})

test('of several owners the one who left is lost, the others keep it', async () => {
  const { requestId, approvalId } = await askFor(app, 'emp.alice', 'ROLE', 'Software Engineer')
  expect((await decide(app, 'mgr.one', approvalId, 'approve')).status).toBe(202)
  expect(await holdersOf(app, requestId)).toEqual(['Lena Marsh', 'Marco Tull'])
  await leave('mgr.two')
  await mend()
  expect(await holdersOf(app, requestId)).toEqual(['Lena Marsh'])
  expect((await pendingOf(app, requestId)).owner.name).toBe('Lena Marsh')
})

test('a new manager can decide instead of the old one, and the history stays', async () => {
  const { requestId, approvalId } = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  await app.sql(`update identity set manager_id = (select id from identity where alias = 'mgr.two') where alias = 'emp.alice'`)
  await mend()
  expect(await holdersOf(app, requestId)).toEqual(['Marco Tull'])
  expect((await decide(app, 'mgr.one', approvalId, 'approve')).status).toBe(403)
  expect(await history(requestId)).toMatchObject([
    { oldApproverName: 'Mona Ellis', newApproverName: 'Marco Tull', reassignmentType: 'AUTOMATIC_REASSIGNMENT' },
  ])
  expect((await decide(app, 'mgr.two', approvalId, 'approve')).status).toBe(202)
})

test('somebody it was forwarded to keeps it beside the new manager', async () => {
  const { requestId, approvalId } = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  const newOwnerId = await app.idOf('yara.costa')
  expect((await decide(app, 'mgr.one', approvalId, 'forward', { newOwnerId, comment: 'yours' })).status).toBe(202)
  await app.sql(`update identity set manager_id = (select id from identity where alias = 'mgr.two') where alias = 'emp.alice'`)
  await mend()
  expect(await holdersOf(app, requestId)).toEqual(['Marco Tull', 'Yara Costa'])
  expect((await pendingOf(app, requestId)).owner.name).toBe('Yara Costa')
})

test('a manager who left and is replaced: one sweep finds the new one', async () => {
  const { requestId } = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  await leave('mgr.one')
  await app.sql(`update identity set manager_id = (select id from identity where alias = 'mgr.two') where alias = 'emp.alice'`)
  await mend()
  expect(await holdersOf(app, requestId)).toEqual(['Marco Tull'])
  expect(await mend()).toBe(0)
})

test('what nobody can be asked about now is left as it is, and is found again when somebody is there', async () => {
  const { requestId } = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  await app.sql(`update identity set status = 'INACTIVE' where alias <> 'emp.alice'`)
  expect(await mend()).toBe(0)
  await app.sql(`update identity set status = 'ACTIVE' where alias in ('admin', 'admin.two')`)
  expect(await mend()).toBeGreaterThanOrEqual(1)
  expect(['Ada Quill', 'Oren Blake']).toContain((await holdersOf(app, requestId))[0])
})

test('a decided approval is left alone, whoever leaves', async () => {
  const { approvalId } = await askFor(app, 'emp.alice', 'ACCESS_PROFILE', 'Design Workspace')
  expect((await decide(app, 'mgr.one', approvalId, 'reject', { comment: 'no' })).status).toBe(202)
  await leave('mgr.one')
  expect(await mend()).toBe(0)
})
