import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'

/** Two hands at one thing at the same moment, over real connections: exactly one wins, the other is told. */

let app: TestApp
const ROUNDS = process.env['TEST_LONG'] === '1' ? 200 : 15

beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())

async function newApproval(alias = 'emp.alice', approver = 'mgr.one'): Promise<{ requestId: string; approvalId: string }> {
  const itemId = await app.itemId('ROLE', 'Auditor')
  const clientMetadata = { round: app.app.ids.next() }
  // A start date of its own makes every round another ask.
  const startDate = new Date(Date.parse('2040-01-01T00:00:00Z') + round++ * 1000).toISOString()
  const answer = await app.call(alias, 'POST', '/v3/access-requests', {
    requestedFor: [await app.idOf(alias)],
    requestedItems: [{ type: 'ROLE', id: itemId, startDate }],
    clientMetadata,
  })
  const requestId = answer.json.newRequests[0].accessRequestIds[0]
  const [approval] = (
    await app.call(approver, 'GET', `/v3/access-request-approvals/pending?owner-id=me&filters=accessRequestId eq "${requestId}"`)
  ).json
  return { requestId, approvalId: approval.id }
}
let round = 0

const decide = (alias: string, approvalId: string, verb: string) =>
  app.call(alias, 'POST', `/v3/access-request-approvals/${approvalId}/${verb}`, { comment: 'now', newOwnerId: undefined })

async function stateOf(requestId: string): Promise<{ state: string; approvalDetails: { status: string }[] }> {
  return (await app.call('admin', 'GET', `/v3/access-request-status?filters=accessRequestId eq "${requestId}"`)).json[0]
}

test('an approval and a rejection at the same moment: one is taken, the other is told the outcome', async () => {
  for (let i = 0; i < ROUNDS; i++) {
    const { requestId, approvalId } = await newApproval()
    const answers = await Promise.all([decide('mgr.one', approvalId, 'approve'), decide('admin', approvalId, 'reject')])
    expect(answers.map((a) => a.status).sort()).toEqual([202, 400])
    const loser = answers.find((a) => a.status === 400)
    expect(loser?.json.messages[0].text).toMatch(/it is (APPROVED|REJECTED)/)
    const row = await stateOf(requestId)
    const approved = answers[0]?.status === 202
    expect(row.approvalDetails.map((a) => a.status)).toEqual(approved ? ['APPROVED', 'PENDING'] : ['REJECTED'])
  }
})

test('the same approval given five times at once is counted once and starts the next step once', async () => {
  for (let i = 0; i < ROUNDS; i++) {
    const { requestId, approvalId } = await newApproval()
    const answers = await Promise.all(Array.from({ length: 5 }, () => decide('mgr.one', approvalId, 'approve')))
    expect(answers.filter((a) => a.status === 202)).toHaveLength(1)
    expect((await stateOf(requestId)).approvalDetails).toHaveLength(2)
  }
})

test('an approval against a cancellation: the request is cancelled or went on, never both', async () => {
  for (let i = 0; i < ROUNDS; i++) {
    const { requestId, approvalId } = await newApproval()
    const cancel = app.call('emp.alice', 'POST', '/v3/access-requests/cancel', { accountActivityId: requestId, comment: 'no' })
    const [approved, cancelled] = await Promise.all([decide('mgr.one', approvalId, 'approve'), cancel])
    expect(cancelled.status).toBe(202)
    const row = await stateOf(requestId)
    expect(row.state).toBe('CANCELLED')
    const open = await app.sql(
      `select 1 from approval a join requested_item i on i.id = a.requested_item_id where i.request_id = $1 and a.state = 'PENDING'`,
      [requestId],
    )
    expect(open).toEqual([])
    expect(row.approvalDetails[0]?.status).toBe(approved.status === 202 ? 'APPROVED' : 'CANCELLED')
  }
})

test('a forward against a decision: the decision stands, or the new owner has it', async () => {
  const newOwnerId = await app.idOf('mgr.two')
  for (let i = 0; i < ROUNDS; i++) {
    const { approvalId } = await newApproval()
    const forward = app.call('mgr.one', 'POST', `/v3/access-request-approvals/${approvalId}/forward`, { newOwnerId, comment: 'yours' })
    const [decided, forwarded] = await Promise.all([decide('admin', approvalId, 'approve'), forward])
    expect(decided.status).toBe(202)
    expect([202, 400]).toContain(forwarded.status)
    const open = await app.sql('select 1 from approval_candidate where approval_id = $1 and open', [approvalId])
    expect(open).toEqual([])
  }
})

test('one create that arrives eight times at the same moment makes one request; the other answers list it as existing', async () => {
  for (let i = 0; i < ROUNDS; i++) {
    const startDate = new Date(Date.parse('2041-01-01T00:00:00Z') + i * 1000).toISOString()
    const body = {
      requestedFor: [await app.idOf('emp.bob')],
      requestedItems: [{ type: 'ROLE', id: await app.itemId('ROLE', 'Auditor'), startDate }],
    }
    const answers = await Promise.all(Array.from({ length: 8 }, () => app.call('emp.bob', 'POST', '/v3/access-requests', body)))
    expect(answers.map((a) => a.status)).toEqual(Array(8).fill(202))
    const made = answers.flatMap((a) => a.json.newRequests.flatMap((r: { accessRequestIds: string[] }) => r.accessRequestIds))
    expect(made).toHaveLength(1)
    const existing = answers.flatMap((a) => a.json.existingRequests.flatMap((r: { accessRequestIds: string[] }) => r.accessRequestIds))
    expect(new Set(existing)).toEqual(new Set(made))
    const live = await app.sql(`select 1 from requested_item where start_at = $1 and not duplicate`, [startDate])
    expect(live).toHaveLength(1)
  }
})
