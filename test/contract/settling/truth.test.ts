import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type TargetAccount, TargetError } from '../../../src/ports.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { asking } from '../../support/asking.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

/** What rows and account activities say is what is true at the target. */

/** Takes what it is told and shows it only when the test says so. */
class LateTarget extends FakeConnector {
  shows = true

  override async readAccount(nativeIdentity: string): Promise<TargetAccount | undefined> {
    const account = await super.readAccount(nativeIdentity)
    return account && !this.shows ? { ...account, values: {} } : account
  }
}

let app: TestApp
let http: ReturnType<typeof asking>
const target = new LateTarget()
let worker: ReturnType<TestApp['startWorker']>

beforeAll(async () => {
  app = await startApp()
  http = asking(app)
  await http.withoutApprovals()
})
afterEach(async () => {
  target.shows = true
  target.heal()
  await worker.stop()
})
afterAll(() => app.close())

const approvalStatus = async (id: string) => (await http.activity(id)).items[0].approvalStatus

/** The results that others were told of. */
async function toldOthers(id: string) {
  const rows = await app.sql(
    `select payload ->> 'result' as result from outgoing_event where type = 'provisioning-completed' and payload ->> 'accessRequestId' = $1`,
    [id],
  )
  return rows.map((row) => row['result'])
}

/** The same access once more, on another account of the same source: what a revoke means is not clear any longer. */
async function holdOnSecondAccount(requestId: string): Promise<void> {
  const [held] = await app.sql(
    `select a.id, g.id as grant, g.account_id as account from assignment a join requested_item i on i.id = a.requested_item_id
      join assignment_grant l on l.assignment_id = a.id join access_grant g on g.id = l.grant_id where i.request_id = $1`,
    [requestId],
  )
  await app.sql(
    `insert into account (id, source_id, native_identity, identity_id, name, created_at, modified_at)
      select 'another', source_id, 'another', identity_id, 'another', created_at, modified_at from account where id = $1`,
    [held?.['account']],
  )
  await app.sql(
    `insert into access_grant (id, account_id, entitlement_id, present, created_at)
      select 'another', 'another', entitlement_id, present, created_at from access_grant where id = $1`,
    [held?.['grant']],
  )
  await app.sql(
    `insert into assignment (id, identity_id, item_type, item_id, origin, state, created_at, modified_at)
      select 'another', identity_id, item_type, item_id, 'IMPORTED', state, created_at, modified_at from assignment where id = $1`,
    [held?.['id']],
  )
  await app.sql(`insert into assignment_grant (assignment_id, grant_id) values ('another', 'another')`)
}

test('a request that the target took and does not show yet is pending verification, and complete once it is shown', async () => {
  worker = app.startWorker({ scim: target })
  target.shows = false
  const id = await http.ask('emp.alice', ['ACCESS_PROFILE', 'VPN Access'])
  const row = await http.reaches(id, 'PROVISIONING_VERIFICATION_PENDING')
  expect(row.errorMessages[0][0].text).toContain('a read does not show it yet')
  expect(await http.words(id)).toBe('VERIFYING PENDING COMMITED')
  target.shows = true
  await http.reaches(id, 'REQUEST_COMPLETED')
  expect(await http.words(id)).toBe('COMPLETED SUCCESS FINISHED')
})

test('a request that was pending verification is executing again when a later look fails', async () => {
  worker = app.startWorker({ scim: target })
  target.shows = false
  const id = await http.ask('emp.bob', ['ACCESS_PROFILE', 'VPN Access'])
  await http.reaches(id, 'PROVISIONING_VERIFICATION_PENDING')
  target.failNext(1000)
  await http.reaches(id, 'EXECUTING')
  expect(await http.words(id)).toBe('EXECUTING PENDING RETRY')
  target.shows = true
  target.heal()
  await http.reaches(id, 'REQUEST_COMPLETED')
})

test('what the target took and never showed is unverifiable', async () => {
  worker = app.startWorker({ scim: target }, {}, { giveUpAfterMs: 0 })
  target.shows = false
  const id = await http.ask('emp.carol', ['ACCESS_PROFILE', 'VPN Access'])
  await http.reaches(id, 'PROVISIONING_FAILED')
  expect(await http.words(id)).toBe('COMPLETED FAILURE UNVERIFIABLE')
})

test('work done by hand is complete and unverifiable: a person is its proof', async () => {
  worker = app.startWorker({ scim: target })
  const id = await http.ask('emp.alice', ['ACCESS_PROFILE', 'Laboratory Badge'])
  const [work] = await app.until(async () => (await http.status(id)).manualWorkItemDetails)
  expect((await http.status(id)).state).toBe('EXECUTING')
  expect(await http.words(id)).toBe('EXECUTING PENDING PENDING')
  await app.call('petra.holm', 'POST', `/v2026/work-items/${work.workItemId}`)
  await http.reaches(id, 'REQUEST_COMPLETED')
  expect(await http.words(id)).toBe('COMPLETED SUCCESS UNVERIFIABLE')
})

test('an item whose account belongs to somebody else is an error that says so', async () => {
  worker = app.startWorker({ scim: target })
  const sourceId = (await app.sql(`select id from source where name = 'Corporate Directory'`))[0]?.['id']
  await app.sql(
    `insert into identity (id, alias, name, created_at, modified_at) values ('newcomer', 'newcomer', 'New Comer', now(), now())`,
  )
  await app.sql(
    `insert into account (id, source_id, native_identity, identity_id, name, created_at, modified_at) values ('taken', $1, 'newcomer', $2, 'x', now(), now())`,
    [sourceId, await app.idOf('emp.bob')],
  )
  const id = await http.ask('newcomer', ['ACCESS_PROFILE', 'VPN Access'])
  const row = await http.reaches(id, 'ERROR')
  expect(row.errorMessages[0][0].text).toContain('belongs to another identity')
  expect(await http.words(id)).toBe('COMPLETED FAILURE FAILED')
  expect(await approvalStatus(id), 'nobody had to decide').toBe('FINISHED')
  expect(await toldOthers(id)).toEqual(['ERROR'])
  await app.sql(`update account set identity_id = 'newcomer' where id = 'taken'`)
  expect((await app.call('admin', 'POST', `/countersign/v1/access-requests/${id}/retry`)).status).toBe(202)
  await http.reaches(id, 'REQUEST_COMPLETED')
})

test('a revoke that ends as an error is recorded and told to others like every other end of a revoke', async () => {
  worker = app.startWorker({ scim: target })
  const granted = await http.ask('petra.holm', ['ACCESS_PROFILE', 'VPN Access'])
  await http.reaches(granted, 'REQUEST_COMPLETED')
  await worker.stop()
  const id = await http.ask('petra.holm', ['ACCESS_PROFILE', 'VPN Access'], {}, 'REVOKE_ACCESS')
  await holdOnSecondAccount(granted)
  worker = app.startWorker({ scim: target })
  expect((await http.reaches(id, 'ERROR')).errorMessages[0][0].text).toContain('held on several accounts')
  const actions = await app.sql(`select action from audit_event where tracking_number = $1 and action like '%PROCESSED'`, [id])
  expect(actions.map((row) => row['action'])).toEqual(['ACCESS_REVOKE_REQUEST_PROCESSED'])
  expect(await toldOthers(id)).toEqual(['ERROR'])
})

test('what needed no approval reads as finished in that, also once it is closed', async () => {
  worker = app.startWorker({ scim: target })
  target.failNext(1000)
  const id = await http.ask('tomas.berg', ['ACCESS_PROFILE', 'VPN Access'])
  await app.until(async () => (await http.words(id)) === 'EXECUTING PENDING RETRY')
  expect(await approvalStatus(id)).toBe('FINISHED')
  expect((await app.call('admin', 'POST', '/v2026/access-requests/close', { accessRequestIds: [id] })).status).toBe(202)
  expect((await http.activity(id)).executionStatus).toBe('TERMINATED')
  expect(await approvalStatus(id)).toBe('FINISHED')
})

test('nothing more is sent for a request that was closed while its target was away: what was applied is kept, what was not is forgotten', async () => {
  worker = app.startWorker({ scim: target })
  const away = new TargetError('unreachable', 'no answer')
  target.failAfterApplying(1, away, ['addValue'])
  target.onCall = (call) => {
    if (target.writes.length > 0 && call === 'readAccount') throw away
  }
  target.writes.length = 0
  const applied = await http.ask('dora.finch', ['ACCESS_PROFILE', 'VPN Access'])
  await app.until(async () => target.valuesOf('dora.finch', 'groups').includes('VPN Users'))
  const unsent = await http.ask('felix.haas', ['ACCESS_PROFILE', 'Design Workspace'])
  await app.until(async () => (await http.status(unsent)).errorMessages !== null)
  const sent = () => target.writes.filter(({ nativeIdentity }) => nativeIdentity === 'dora.finch' || nativeIdentity === 'felix.haas').length
  const writes = sent()
  const close = await app.call('admin', 'POST', '/v2026/access-requests/close', { accessRequestIds: [applied, unsent] })
  expect(close.status).toBe(202)
  target.onCall = () => {}
  await app.until(async () => (await app.sql(`select 1 from provisioning_step where state in ('INTENDED', 'SENT')`)).length === 0)
  expect(sent()).toBe(writes)
  const states = await app.sql(
    `select i.request_id as id, a.state from assignment a join requested_item i on i.id = a.requested_item_id where i.request_id = any($1)`,
    [[applied, unsent]],
  )
  expect(new Map(states.map((row) => [row['id'], row['state']]))).toEqual(
    new Map([
      [applied, 'ACTIVE'],
      [unsent, 'ENDED'],
    ]),
  )
})
