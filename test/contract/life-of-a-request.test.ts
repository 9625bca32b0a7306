import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { FakeConnector } from '../support/fake-connector.ts'

let app: TestApp
const target = new FakeConnector()

beforeAll(async () => {
  app = await startApp()
  app.startWorker({ scim: target })
})
afterAll(() => app.close())

type ItemType = 'ROLE' | 'ACCESS_PROFILE' | 'ENTITLEMENT'

async function ask(by: string, whom: string, type: ItemType, name: string, more: object = {}, requestType = 'GRANT_ACCESS') {
  const item = { type, id: await app.itemId(type, name), comment: 'for the year end', ...more }
  const answer = await app.call(by, 'POST', '/v2024/access-requests', {
    requestedFor: [await app.idOf(whom)],
    requestType,
    requestedItems: [item],
  })
  expect(answer.status, JSON.stringify(answer.json)).toBe(202)
  return answer.json.newRequests[0].accessRequestIds[0] as string
}

async function pending(alias: string, requestId: string) {
  const answer = await app.call(
    alias,
    'GET',
    `/v2024/access-request-approvals/pending?owner-id=me&filters=accessRequestId+eq+%22${requestId}%22`,
  )
  expect(answer.status).toBe(200)
  return answer.json
}

async function decide(alias: string, requestId: string, verb: 'approve' | 'reject', comment = 'seen') {
  const [approval] = await pending(alias, requestId)
  expect(approval, `${alias} has no approval of ${requestId}`).toBeDefined()
  const answer = await app.call(alias, 'POST', `/v2024/access-request-approvals/${approval.id}/${verb}`, { comment })
  expect(answer.status, JSON.stringify(answer.json)).toBe(202)
  return approval
}

async function statusOf(requestId: string) {
  const answer = await app.call('admin', 'GET', `/v2024/access-request-status?filters=accessRequestId+eq+%22${requestId}%22`)
  expect(answer.status).toBe(200)
  return answer.json[0]
}

const ended = (requestId: string, state: string) =>
  app.until(async () => {
    const row = await statusOf(requestId)
    return row.state === state && row
  })

test('a role goes from manager to owner, is put in place value by value, and its revocation takes every value away', async () => {
  const requestId = await ask('emp.alice', 'emp.alice', 'ROLE', 'Finance Analyst')
  expect((await statusOf(requestId)).approvalDetails.map((a: { scheme: string }) => a.scheme)).toEqual(['MANAGER'])
  expect(await pending('dora.finch', requestId)).toEqual([])
  await decide('mgr.one', requestId, 'approve')
  const waiting = await statusOf(requestId)
  expect(waiting.state).toBe('EXECUTING')
  expect(waiting.approvalDetails.map((a: { status: string }) => a.status)).toEqual(['APPROVED', 'PENDING'])
  expect(waiting.accessRequestPhases.map((p: { name: string; state: string }) => [p.name, p.state])).toEqual([
    ['SOD_PHASE', 'COMPLETED'],
    ['APPROVAL_PHASE', 'EXECUTING'],
    ['PROVISIONING_PHASE', 'PENDING'],
  ])
  await decide('dora.finch', requestId, 'approve')
  const done = await ended(requestId, 'REQUEST_COMPLETED')
  expect(done.accessRequestPhases.map((p: { result: string }) => p.result)).toEqual(['SUCCESSFUL', 'SUCCESSFUL', 'SUCCESSFUL'])
  expect(target.accounts.get('emp.alice')?.values['groups']).toEqual(expect.arrayContaining(['Finance Readers', 'Ledger Readers']))

  const revoke = await ask('mgr.one', 'emp.alice', 'ROLE', 'Finance Analyst', {}, 'REVOKE_ACCESS')
  expect((await ended(revoke, 'REQUEST_COMPLETED')).requestType).toBe('REVOKE_ACCESS')
  expect(target.accounts.get('emp.alice')?.values['groups'] ?? []).not.toContain('Finance Readers')
})

test('an account that is missing at the target is created before its first value', async () => {
  const requestId = await ask('emp.carol', 'emp.carol', 'ENTITLEMENT', 'CN=Reports,OU=Groups')
  await decide('dora.finch', requestId, 'approve')
  await ended(requestId, 'REQUEST_COMPLETED')
  const writes = target.writes.filter((write) => write.nativeIdentity === 'emp.carol')
  expect(writes.map((write) => write.call)).toEqual(['createAccount', 'addValue'])
})

test('the first rejection ends the item: nobody else is asked and nothing is sent', async () => {
  const before = target.writes.length
  const requestId = await ask('emp.bob', 'emp.bob', 'ROLE', 'Finance Analyst')
  await decide('mgr.one', requestId, 'reject', 'not this year')
  const row = await statusOf(requestId)
  expect(row.state).toBe('REJECTED')
  expect(row.approvalDetails).toHaveLength(1)
  expect(row.approvalDetails[0]).toMatchObject({ status: 'REJECTED', comment: 'not this year' })
  expect(await pending('dora.finch', requestId)).toEqual([])
  expect(target.writes.length).toBe(before)
})

test('any one member of a governance group decides and the card vanishes for the others', async () => {
  const requestId = await ask('emp.bob', 'emp.bob', 'ROLE', 'Auditor')
  await decide('mgr.one', requestId, 'approve')
  expect(await pending('paula.reyes', requestId)).toHaveLength(1)
  expect((await statusOf(requestId)).approvalDetails[1].currentOwners).toHaveLength(3)
  await decide('otto.weiss', requestId, 'approve')
  expect(await pending('paula.reyes', requestId)).toEqual([])
  await ended(requestId, 'REQUEST_COMPLETED')
})

test('one who approved an earlier step is not asked again in a later step of the same item', async () => {
  const requestId = await ask('sven.okafor', 'sven.okafor', 'ROLE', 'Software Engineer')
  await decide('mgr.two', requestId, 'approve')
  const row = await ended(requestId, 'REQUEST_COMPLETED')
  const decided = row.approvalDetails.map((a: { status: string; reviewedBy: { name: string } }) => [a.status, a.reviewedBy.name])
  expect(decided).toEqual([
    ['APPROVED', 'Marco Tull'],
    ['APPROVED', 'Marco Tull'],
  ])
})

test('a source without a connector gives its owner a work item, and the request ends when they say it is done', async () => {
  const requestId = await ask('emp.alice', 'emp.alice', 'ACCESS_PROFILE', 'Laboratory Badge')
  await decide('petra.holm', requestId, 'approve')
  const row = await app.until(async () => {
    const found = await statusOf(requestId)
    return found.manualWorkItemDetails && found
  })
  expect(row.state).toBe('EXECUTING')
  const [work] = row.manualWorkItemDetails
  expect(work).toMatchObject({ status: 'PENDING', currentOwner: { name: 'Petra Holm' } })
  const refused = await app.call('emp.bob', 'POST', `/v3/work-items/${work.workItemId}`)
  expect(refused.status).toBe(403)
  const listed = await app.call('petra.holm', 'GET', '/v3/work-items')
  expect(listed.json.map((w: { id: string }) => w.id)).toContain(work.workItemId)
  const completed = await app.call('petra.holm', 'POST', `/v3/work-items/${work.workItemId}`)
  expect(completed.json).toMatchObject({ state: 'Finished' })
  expect((await ended(requestId, 'REQUEST_COMPLETED')).manualWorkItemDetails[0].status).toBe('APPROVED')
  const again = await app.call('petra.holm', 'POST', `/v3/work-items/${work.workItemId}`)
  expect(again.status).toBe(400)
})

test('a target that does not answer is tried again, the row says what it said, and the value is added once', async () => {
  target.failNext(3)
  const requestId = await ask('emp.bob', 'emp.bob', 'ACCESS_PROFILE', 'VPN Access')
  await decide('tomas.berg', requestId, 'approve')
  const trying = await app.until(async () => {
    const row = await statusOf(requestId)
    return row.errorMessages && row
  })
  expect(trying.state).toBe('EXECUTING')
  expect(trying.errorMessages[0][0].text).toContain('no answer')
  await app.until(async () => (await statusOf(requestId)).state === 'REQUEST_COMPLETED', 30)
  const writes = target.writes.filter((write) => write.nativeIdentity === 'emp.bob' && write.value === 'VPN Users')
  expect(writes.filter((write) => write.effective)).toHaveLength(1)
})

test('a call that was applied and whose answer was lost is not made again', async () => {
  target.failAfterApplying(1, undefined, ['addValue'])
  const requestId = await ask('emp.alice', 'emp.alice', 'ACCESS_PROFILE', 'GitHub Developers')
  await decide('mgr.one', requestId, 'approve')
  await app.until(async () => (await statusOf(requestId)).state === 'REQUEST_COMPLETED', 30)
  expect(target.writes.filter((write) => write.nativeIdentity === 'emp.alice' && write.value === 'GitHub Developers')).toHaveLength(1)
})

test('a value that two assignments need stays until the last of them goes', async () => {
  for (const name of ['Finance Analyst', 'Auditor']) {
    const requestId = await ask('yara.costa', 'yara.costa', 'ROLE', name)
    await decide('mgr.two', requestId, 'approve')
    await decide(name === 'Auditor' ? 'ines.falk' : 'dora.finch', requestId, 'approve')
    await ended(requestId, 'REQUEST_COMPLETED')
  }
  const groups = () => target.accounts.get('yara.costa')?.values['groups'] ?? []
  await ended(await ask('mgr.two', 'yara.costa', 'ROLE', 'Finance Analyst', {}, 'REVOKE_ACCESS'), 'REQUEST_COMPLETED')
  expect(groups()).toContain('Finance Readers')
  await ended(await ask('mgr.two', 'yara.costa', 'ROLE', 'Auditor', {}, 'REVOKE_ACCESS'), 'REQUEST_COMPLETED')
  expect(groups()).not.toContain('Finance Readers')
})

test('every step of a life left an audit row whose hash is that of its text', async () => {
  const { createHash } = await import('node:crypto')
  const rows = await app.sql('select action, canonical, leaf_hash, tracking_number from audit_event')
  for (const row of rows) expect(createHash('sha256').update(String(row['canonical'])).digest('hex')).toBe(row['leaf_hash'])
  const actions = new Set(rows.map((row) => row['action']))
  for (const action of [
    'ACCESS_REQUEST_REQUESTED',
    'APPROVAL_REQUEST_CREATED',
    'APPROVAL_REQUEST_APPROVED',
    'ACCESS_REQUEST_APPROVED',
    'ACCESS_REQUEST_REJECTED',
    'ACCESS_REQUEST_PROCESSED',
    'ACCESS_REVOKE_REQUEST_PROCESSED',
    'WORK_ITEM_COMPLETED',
  ]) {
    expect(actions, action).toContain(action)
  }
})
