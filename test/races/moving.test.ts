import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { carryOutBulkMove } from '../../src/operations/carry-out-bulk-move.ts'
import { followApprovals } from '../../src/operations/follow-approvals.ts'
import { followReassignments } from '../../src/operations/follow-reassignments.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { movesOf, standInFor } from '../support/stand-in.ts'
import { askFor, decide, holdersOf, statusOf, type TimedRequest } from '../support/timed-request.ts'

/** Decisions against everything that moves them, over real connections: exactly one wins, the others are told, nothing happens twice. */

let app: TestApp
const ROUNDS = process.env['TEST_LONG'] === '1' ? 200 : 15

beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())
beforeEach(async () => {
  await app.sql('delete from setting')
  await app.sql('delete from reassignment')
})

/** One step, put to mgr.one. */
const single = () => askFor(app, 'emp.alice', 'ACCESS_PROFILE', 'Design Workspace')
const textOf = (answer: { json: { messages: { text: string }[] } }) => answer.json.messages[0]?.text

async function expectClosed({ approvalId }: TimedRequest): Promise<void> {
  expect(await app.sql('select 1 from approval_candidate where approval_id = $1 and open', [approvalId])).toEqual([])
}

async function record({ requestId }: TimedRequest, action: string): Promise<number> {
  return (await app.sql('select 1 from audit_event where tracking_number = $1 and action = $2', [requestId, action])).length
}

test('two members of a group at the same moment: one answer counts, the other member is told it', async () => {
  for (let i = 0; i < ROUNDS; i++) {
    const asked = await askFor(app, 'emp.alice', 'ROLE', 'Auditor')
    expect((await decide(app, 'mgr.one', asked.approvalId, 'approve')).status).toBe(202)
    const [second] = await app.sql(
      `select a.id from approval a join requested_item i on i.id = a.requested_item_id where i.request_id = $1 and a.state = 'PENDING'`,
      [asked.requestId],
    )
    const id = String(second?.['id'])
    const answers = await Promise.all([
      decide(app, 'otto.weiss', id, 'approve', { comment: 'otto' }),
      decide(app, 'paula.reyes', id, 'reject', { comment: 'paula' }),
    ])
    expect(answers.map((answer) => answer.status).sort()).toEqual([202, 400])
    const approved = answers[0]?.status === 202
    const loser = answers[approved ? 1 : 0]
    expect(loser && textOf(loser)).toBe(`This approval is closed: it is ${approved ? 'APPROVED' : 'REJECTED'}.`)
    const details = (await statusOf(app, asked.requestId)).approvalDetails[1]
    expect(details).toMatchObject({
      status: approved ? 'APPROVED' : 'REJECTED',
      reviewedBy: { name: approved ? 'Otto Weiss' : 'Paula Reyes' },
    })
  }
})

test('the last approval against a cancellation: the request went on or is cancelled, and whoever came late is told', async () => {
  for (let i = 0; i < ROUNDS; i++) {
    const asked = await single()
    const cancel = app.call('emp.alice', 'POST', '/v3/access-requests/cancel', { accountActivityId: asked.requestId, comment: 'no' })
    const [approved, cancelled] = await Promise.all([decide(app, 'mgr.one', asked.approvalId, 'approve'), cancel])
    expect([approved.status, cancelled.status].sort()).toEqual([202, 400])
    if (approved.status === 202) expect(textOf(cancelled)).toContain('cannot be cancelled any more: it is SCHEDULED')
    else expect(textOf(approved)).toBe('This approval is closed: it is CANCELLED.')
    const row = await statusOf(app, asked.requestId)
    expect(row.state).toBe(approved.status === 202 ? 'EXECUTING' : 'CANCELLED')
    expect(await record(asked, 'ACCESS_REQUEST_APPROVED')).toBe(approved.status === 202 ? 1 : 0)
    await expectClosed(asked)
  }
})

test('an approval against its own expiry: one of them is the outcome, and the approver is told', async () => {
  const config = { timeoutConfig: { enabled: true, daysUntilTimeout: 90 } }
  await app.call('admin', 'PUT', '/v2026/generic-approvals/config/ACCESS_REQUEST_APPROVAL/APPROVAL_TYPE', config)
  for (let i = 0; i < ROUNDS; i++) {
    const asked = await single()
    await app.sql(`update approval set expires_at = now() - interval '1 minute' where id = $1`, [asked.approvalId])
    const [answer] = await Promise.all([
      decide(app, 'mgr.one', asked.approvalId, 'approve'),
      followApprovals(app.app),
      followApprovals(app.app),
    ])
    expect((await statusOf(app, asked.requestId)).approvalDetails[0].status).toBe(answer.status === 202 ? 'APPROVED' : 'EXPIRED')
    if (answer.status !== 202) expect(textOf(answer)).toBe('This approval is closed: it is EXPIRED.')
    expect(await record(asked, 'APPROVAL_REQUEST_TIMED_OUT')).toBe(answer.status === 202 ? 0 : 1)
  }
})

test('a forward against a decision by the same person: decided, and the forward is told, or forwarded, and they may decide no more', async () => {
  const newOwnerId = await app.idOf('yara.costa')
  for (let i = 0; i < ROUNDS; i++) {
    const asked = await single()
    const [decided, forwarded] = await Promise.all([
      decide(app, 'mgr.one', asked.approvalId, 'approve'),
      decide(app, 'mgr.one', asked.approvalId, 'forward', { newOwnerId, comment: 'yours' }),
    ])
    expect([decided.status, forwarded.status]).toEqual(decided.status === 202 ? [202, 400] : [400, 202])
    if (decided.status === 202) expect(textOf(forwarded)).toBe('This approval is closed: it is APPROVED.')
    else expect(await holdersOf(app, asked.requestId)).toEqual(['Yara Costa'])
    expect(await movesOf(app, asked.approvalId)).toHaveLength(forwarded.status === 202 ? 1 : 0)
  }
})

test('two forwards at the same moment: one after the other, and one person has it', async () => {
  const [yara, kim] = [await app.idOf('yara.costa'), await app.idOf('kim.tran')]
  for (let i = 0; i < ROUNDS; i++) {
    const asked = await single()
    const answers = await Promise.all([
      decide(app, 'mgr.one', asked.approvalId, 'forward', { newOwnerId: yara, comment: 'yours' }),
      decide(app, 'admin', asked.approvalId, 'forward', { newOwnerId: kim, comment: 'yours' }),
    ])
    expect([202, 400]).toContain(answers[0]?.status)
    expect(answers[1]?.status).toBe(202)
    // Whoever is second takes it from the first, unless they hold it no more.
    const moves = await movesOf(app, asked.approvalId)
    expect(moves).toHaveLength(answers[0]?.status === 202 ? 2 : 1)
    expect(await holdersOf(app, asked.requestId)).toEqual(['Kim Tran'])
  }
})

test('a standing reassignment that begins against a decision: decided where it was, or moved once, and the decision is told', async () => {
  for (let i = 0; i < ROUNDS; i++) {
    await app.sql('delete from reassignment')
    const asked = await single()
    await standInFor(app, 'mgr.one', 'yara.costa')
    const [answer] = await Promise.all([
      decide(app, 'mgr.one', asked.approvalId, 'approve'),
      followReassignments(app.app),
      followReassignments(app.app),
    ])
    expect([202, 400]).toContain(answer.status)
    const moves = await movesOf(app, asked.approvalId)
    expect(moves).toHaveLength(answer.status === 202 ? 0 : 1)
    if (answer.status === 202) await expectClosed(asked)
    else expect(await holdersOf(app, asked.requestId)).toEqual(['Yara Costa'])
    // What no test of this file looks at any more does not wait for anybody.
    if (answer.status !== 202) await decide(app, 'yara.costa', asked.approvalId, 'reject', { comment: 'done' })
  }
})

test('a standing reassignment that begins against a forward by hand: the stand-in or the new owner has it, never the one who is away', async () => {
  const newOwnerId = await app.idOf('kim.tran')
  for (let i = 0; i < ROUNDS; i++) {
    await app.sql('delete from reassignment')
    const asked = await single()
    await standInFor(app, 'mgr.one', 'yara.costa')
    const [answer] = await Promise.all([
      decide(app, 'mgr.one', asked.approvalId, 'forward', { newOwnerId, comment: 'yours' }),
      followReassignments(app.app),
    ])
    expect(await holdersOf(app, asked.requestId)).toEqual(answer.status === 202 ? ['Kim Tran'] : ['Yara Costa'])
    await decide(app, 'admin', asked.approvalId, 'reject', { comment: 'done' })
  }
})

test('many at once against one of them: each is decided once, and what came late is told in its line', async () => {
  for (let i = 0; i < ROUNDS; i++) {
    const asked = [await single(), await single(), await single()]
    const [, middle] = asked as [TimedRequest, TimedRequest, TimedRequest]
    const approvalIds = asked.map(({ approvalId }) => approvalId)
    const [bulk, one] = await Promise.all([
      app.call('mgr.one', 'POST', '/v2025/generic-approvals/bulk-approve', { approvalIds, comment: 'all' }),
      decide(app, 'mgr.one', middle.approvalId, 'reject', { comment: 'not this one' }),
    ])
    const [first, second, third] = bulk.json.results
    expect([first.outcome, third.outcome]).toEqual(['DONE', 'DONE'])
    expect([second.outcome, one.status]).toEqual(second.outcome === 'DONE' ? ['DONE', 400] : ['CONFLICT', 202])
    if (one.status === 202) expect(second.reason).toBe('This approval is closed: it is REJECTED.')
    const states = await Promise.all(asked.map(async ({ requestId }) => (await statusOf(app, requestId)).approvalDetails[0].status))
    expect(states).toEqual(['APPROVED', one.status === 202 ? 'REJECTED' : 'APPROVED', 'APPROVED'])
  }
})

test('two lists of the same approvals in opposite order: each is decided once, and neither call fails', async () => {
  for (let i = 0; i < ROUNDS; i++) {
    const asked = [await single(), await single(), await single(), await single()]
    const ids = asked.map(({ approvalId }) => approvalId)
    const call = (approvalIds: string[], verb: string) =>
      app.call('mgr.one', 'POST', `/v2025/generic-approvals/bulk-${verb}`, { approvalIds, comment: verb })
    const answers = await Promise.all([call(ids, 'approve'), call([...ids].reverse(), 'reject')])
    const results = answers.flatMap(({ json }) => json.results as { id: string; outcome: string }[])
    expect(results.map(({ outcome }) => outcome).sort()).toEqual([...Array(4).fill('CONFLICT'), ...Array(4).fill('DONE')])
    expect(new Set(results.filter(({ outcome }) => outcome === 'DONE').map(({ id }) => id))).toEqual(new Set(ids))
  }
})

test('work moved in bulk against a decision: decided and left, or moved, and the decision is told', async () => {
  for (let i = 0; i < ROUNDS; i++) {
    const asked = await single()
    const body = { reassignFrom: [await app.idOf('mgr.one')], reassignTo: await app.idOf('kim.tran'), comment: 'left' }
    const { id } = (await app.call('admin', 'POST', '/countersign/v1/bulk-reassignments', body)).json
    const [answer] = await Promise.all([
      decide(app, 'mgr.one', asked.approvalId, 'approve'),
      carryOutBulkMove(app.app, id),
      carryOutBulkMove(app.app, id),
    ])
    const items = (await app.call('admin', 'GET', `/countersign/v1/bulk-reassignments/${id}/items`)).json
    const item = items.find((one: { id: string }) => one.id === asked.approvalId)
    expect([answer.status, item.outcome]).toEqual(answer.status === 202 ? [202, 'LEFT'] : [400, 'MOVED'])
    if (answer.status === 202) expect(item.reason).toBe('It is APPROVED.')
    expect(await movesOf(app, asked.approvalId)).toHaveLength(answer.status === 202 ? 0 : 1)
    await app.sql(`update approval_candidate set open = false where approval_id = $1`, [asked.approvalId])
  }
})

test('two org admins who decide in the place of the approver: one of them did, and the history names that one only', async () => {
  for (let i = 0; i < ROUNDS; i++) {
    const asked = await single()
    const answers = await Promise.all([
      decide(app, 'admin', asked.approvalId, 'approve', { comment: 'one' }),
      decide(app, 'admin.two', asked.approvalId, 'reject', { comment: 'two' }),
    ])
    expect(answers.map((answer) => answer.status).sort()).toEqual([202, 400])
    const winner = answers[0]?.status === 202 ? 'Ada Quill' : 'Oren Blake'
    expect(await movesOf(app, asked.approvalId)).toEqual([`Mona Ellis > ${winner} (MANUAL_REASSIGNMENT)`])
  }
})
