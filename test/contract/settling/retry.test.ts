import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { TargetError } from '../../../src/ports.ts'
import { startApp, type TestApp, type WorkerSettings } from '../../support/app.ts'
import { asking } from '../../support/asking.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

/** What failed for good is tried again by one command, and what was left in doubt is cleared away. */

let app: TestApp
let http: ReturnType<typeof asking>
const target = new FakeConnector()
let worker: ReturnType<TestApp['startWorker']> | undefined

beforeAll(async () => {
  app = await startApp({ movableClock: true })
  await app.sql(`update business_clock set held_at = '2031-01-01T00:00:00Z'`)
  http = asking(app)
  await http.withoutApprovals()
})
afterEach(async () => {
  target.heal()
  await worker?.stop()
})
afterAll(() => app.close())

const startWorker = (settings: Partial<WorkerSettings> = {}) => {
  worker = app.startWorker({ scim: target }, {}, settings)
}
const retry = (id: string) => app.call('admin', 'POST', `/countersign/v1/access-requests/${id}/retry`)
const groups = (alias: string) => target.valuesOf(alias, 'groups')
const refusal = (text: string) => new TargetError('refused', text)

test('a grant that the target refused for good is given by a retry, and its row forgets the failure', async () => {
  startWorker()
  target.failNext(1, refusal('the group is frozen'), ['addValue'])
  const id = await http.ask('emp.alice', ['ACCESS_PROFILE', 'GitHub Developers'])
  const failed = await http.reaches(id, 'PROVISIONING_FAILED')
  expect(failed.errorMessages[0][0].text).toContain('the group is frozen')
  expect(await http.words(id)).toBe('COMPLETED FAILURE FAILED')
  const retried = await retry(id)
  expect(retried.status).toBe(202)
  expect(retried.json.accountActivityItemIds).toEqual([failed.accountActivityItemId])
  const done = await http.reaches(id, 'REQUEST_COMPLETED')
  expect(done.errorMessages).toBeNull()
  expect(await http.words(id)).toBe('COMPLETED SUCCESS FINISHED')
  expect(groups('emp.alice')).toContain('GitHub Developers')
  const actions = await app.sql('select action from audit_event where tracking_number = $1', [id])
  expect(actions.map((row) => row['action'])).toEqual(expect.arrayContaining(['ACCESS_REQUEST_RETRIED', 'ACCESS_REQUEST_PROCESSED']))
})

test('access that a retried request brought is taken away by a revoke like any other', async () => {
  startWorker()
  const revoke = await http.ask('emp.alice', ['ACCESS_PROFILE', 'GitHub Developers'], {}, 'REVOKE_ACCESS')
  await http.reaches(revoke, 'REQUEST_COMPLETED')
  expect(groups('emp.alice')).not.toContain('GitHub Developers')
})

test('what was given in part is completed by a retry, and what is there already is not written again', async () => {
  startWorker()
  target.failNext(1, refusal('not today'), ['addValue'])
  const id = await http.ask('emp.bob', ['ACCESS_PROFILE', 'Finance Reporting'])
  await http.reaches(id, 'NOT_ALL_ITEMS_PROVISIONED')
  expect(await http.words(id)).toBe('COMPLETED INCOMPLETE FAILED')
  const before = target.writes.length
  await retry(id)
  await http.reaches(id, 'REQUEST_COMPLETED')
  expect(target.writes.slice(before).filter((write) => write.call === 'addValue')).toHaveLength(1)
  expect(groups('emp.bob').sort()).toEqual(['Finance Readers', 'Ledger Readers'])
})

test('what waits for its next try is tried at once', async () => {
  startWorker()
  target.failNext(1, new TargetError('busy', 'come back in an hour', 3_600_000), ['addValue'])
  const id = await http.ask('emp.carol', ['ACCESS_PROFILE', 'VPN Access'])
  await app.until(async () => (await http.status(id)).errorMessages !== null)
  expect(await http.words(id)).toBe('EXECUTING PENDING RETRY')
  expect((await retry(id)).status).toBe(202)
  // The whole source was asked to be left alone; its own retry overrules that.
  const [source] = await app.sql(`select id from source where name = 'Corporate Directory' and paused_until > now()`)
  const atSource = await app.call('admin', 'POST', `/countersign/v1/sources/${source?.['id']}/retry`)
  expect(atSource.status).toBe(202)
  await http.reaches(id, 'REQUEST_COMPLETED')
})

test('a conflict that names a time is tried again after that time, and the rest of the target is not left alone for it', async () => {
  startWorker()
  target.failNext(1, new TargetError('failed', 'somebody else is at it for an hour', 3_600_000), ['addValue'])
  const id = await http.ask('mgr.two', ['ACCESS_PROFILE', 'VPN Access'])
  await app.until(async () => (await http.status(id)).errorMessages !== null)
  const later = await app.sql(
    `select 1 from provisioning_step s join requested_item i on i.id = s.requested_item_id
      where i.request_id = $1 and s.retry_at > now() + interval '50 minutes'`,
    [id],
  )
  expect(later).toHaveLength(1)
  expect(await app.sql('select 1 from source where paused_until > now()')).toEqual([])
  expect((await retry(id)).status).toBe(202)
  await http.reaches(id, 'REQUEST_COMPLETED')
})

test('work that its owner refused becomes a new task by a retry', async () => {
  startWorker()
  const id = await http.ask('emp.alice', ['ACCESS_PROFILE', 'Laboratory Badge'])
  const waiting = await app.until(async () => (await http.status(id)).manualWorkItemDetails)
  const first = waiting[0].workItemId
  const [change] = (await app.call('petra.holm', 'GET', `/v2026/work-items/${first}`)).json.approvalItems
  expect(change).toMatchObject({ application: 'Building Badges', operation: 'Add', state: 'Pending' })
  const strange = await app.call('petra.holm', 'POST', `/v2026/work-items/${first}/reject/another`)
  expect(strange.status).toBe(404)
  const json = { 'content-type': 'application/json' }
  const refused = await app.call('petra.holm', 'POST', `/v2026/work-items/${first}/reject/${change.id}`, '"no badges left"', json)
  expect(refused.json).toMatchObject({ state: 'Rejected', errors: ['no badges left'] })
  const failed = await http.reaches(id, 'PROVISIONING_FAILED')
  expect(failed.errorMessages[0][0].text).toContain('no badges left')
  expect((await retry(id)).status).toBe(202)
  const tasks = await app.until(async () => {
    const rows = (await http.status(id)).manualWorkItemDetails
    return rows.length === 2 && rows
  })
  const second = tasks.find((task: { workItemId: string }) => task.workItemId !== first)
  expect((await app.call('petra.holm', 'POST', `/v2026/work-items/${second.workItemId}`)).status).toBe(200)
  await http.reaches(id, 'REQUEST_COMPLETED')
  expect(await http.words(id)).toBe('COMPLETED SUCCESS UNVERIFIABLE')
})

test('a retry is refused where nothing failed, where a later request decides, and where the end has passed', async () => {
  startWorker()
  const done = await http.ask('kim.tran', ['ACCESS_PROFILE', 'VPN Access'])
  await http.reaches(done, 'REQUEST_COMPLETED')
  const nothing = await retry(done)
  expect([nothing.status, nothing.json.messages[0].text]).toEqual([400, 'Nothing of VPN Access has failed: it is PROVISIONED.'])
  expect((await retry('unknown')).status).toBe(404)

  target.failNext(1, refusal('no'), ['addValue'])
  const first = await http.ask('kim.tran', ['ACCESS_PROFILE', 'GitHub Developers'])
  await http.reaches(first, 'PROVISIONING_FAILED')
  const second = await http.ask('kim.tran', ['ACCESS_PROFILE', 'GitHub Developers'])
  await http.reaches(second, 'REQUEST_COMPLETED')
  expect((await retry(first)).json.messages[0].text).toContain(`Request ${second} came later`)

  target.failNext(1, refusal('no'), ['addValue'])
  const brief = await http.ask('kim.tran', ['ACCESS_PROFILE', 'Design Workspace'], { removeDate: '2031-01-02T00:00:00Z' })
  await http.reaches(brief, 'PROVISIONING_FAILED')
  await app.sql(`update business_clock set held_at = '2031-01-03T00:00:00Z'`)
  expect((await retry(brief)).json.messages[0].text).toContain('end date of Design Workspace has passed')
})

test('whatever failed at a source is tried again by one call', async () => {
  startWorker()
  target.failNext(4, refusal('credentials have expired'), ['addValue'])
  const people = ['lena.marsh', 'ravi.desai', 'elio.bruni', 'felix.haas']
  const ids = await Promise.all(people.map((alias) => http.ask(alias, ['ACCESS_PROFILE', 'VPN Access'])))
  for (const id of ids) await http.reaches(id, 'PROVISIONING_FAILED')
  const [source] = await app.sql(`select id from source where name = 'Corporate Directory'`)
  const { json } = await app.call('admin', 'POST', `/countersign/v1/sources/${source?.['id']}/retry`)
  expect(json.retried.sort()).toEqual(expect.arrayContaining(ids.sort()))
  for (const id of ids) await http.reaches(id, 'REQUEST_COMPLETED')
})

test('what can be tried again is, however much failed before it that nobody will ever try again', async () => {
  startWorker()
  target.failNext(1, refusal('no'), ['addValue'])
  const passedBy = await http.ask('dora.finch', ['ACCESS_PROFILE', 'GitHub Developers'])
  await http.reaches(passedBy, 'PROVISIONING_FAILED')
  await http.reaches(await http.ask('dora.finch', ['ACCESS_PROFILE', 'GitHub Developers']), 'REQUEST_COMPLETED')
  const like = (table: string, alias: string, changes: string) =>
    `select (jsonb_populate_record(null::${table}, to_jsonb(${alias}) || jsonb_build_object(${changes}))).*`
  await app.sql(
    `insert into access_request ${like('access_request', 'r', `'id', '0000' || n`)} from access_request r, generate_series(1, 1000) n where r.id = $1`,
    [passedBy],
  )
  await app.sql(
    `insert into requested_item ${like('requested_item', 'i', `'id', '0000' || n, 'request_id', '0000' || n`)}
    from requested_item i, generate_series(1, 1000) n where i.request_id = $1`,
    [passedBy],
  )
  await app.sql(
    `insert into provisioning_step ${like('provisioning_step', 'p', `'id', '0000' || n, 'requested_item_id', '0000' || n`)}
    from provisioning_step p join requested_item i on i.id = p.requested_item_id, generate_series(1, 1000) n where i.request_id = $1`,
    [passedBy],
  )
  target.failNext(1, refusal('no'), ['addValue'])
  const fresh = await http.ask('dora.finch', ['ACCESS_PROFILE', 'Design Workspace'])
  await http.reaches(fresh, 'PROVISIONING_FAILED')
  const [source] = await app.sql(`select id from source where name = 'Corporate Directory'`)
  const { json } = await app.call('admin', 'POST', `/countersign/v1/sources/${source?.['id']}/retry`)
  expect(json.retried).toContain(fresh)
  await http.reaches(fresh, 'REQUEST_COMPLETED')
})

test('a removal by date that failed for good is tried again with the request that gave the access', async () => {
  startWorker()
  const id = await http.ask('sven.okafor', ['ACCESS_PROFILE', 'Design Workspace'], { removeDate: '2031-01-05T00:00:00Z' })
  await http.reaches(id, 'REQUEST_COMPLETED')
  target.failNext(1, refusal('the group is locked'), ['removeValue'])
  await app.sql(`update business_clock set held_at = '2031-01-06T00:00:00Z'`)
  await app.until(async () => (await app.sql(`select 1 from provisioning_step where state = 'FAILED' and operation = 'REMOVE'`)).length > 0)
  expect(groups('sven.okafor')).toContain('Design Library')
  const retried = await retry(id)
  expect(retried.json.assignmentIds).toHaveLength(1)
  await app.until(async () => !groups('sven.okafor').includes('Design Library'))
  await app.until(async () => (await app.sql(`select 1 from assignment where state = 'ENDING'`)).length === 0)
})

test('a removal that failed, was asked for again and then worked ends the assignment', async () => {
  startWorker()
  await http.reaches(await http.ask('yara.costa', ['ACCESS_PROFILE', 'Design Workspace']), 'REQUEST_COMPLETED')
  target.failNext(1, refusal('the group is locked'), ['removeValue'])
  await http.reaches(await http.ask('yara.costa', ['ACCESS_PROFILE', 'Design Workspace'], {}, 'REVOKE_ACCESS'), 'PROVISIONING_FAILED')
  await http.reaches(await http.ask('yara.costa', ['ACCESS_PROFILE', 'Design Workspace'], {}, 'REVOKE_ACCESS'), 'REQUEST_COMPLETED')
  expect(await app.sql(`select 1 from assignment where state = 'ENDING'`)).toEqual([])
})

test('a removal that failed before the access was given again ends by a retry, and takes nothing away', async () => {
  startWorker()
  await http.reaches(await http.ask('julia.novak', ['ACCESS_PROFILE', 'Design Workspace']), 'REQUEST_COMPLETED')
  target.failNext(1, refusal('the group is locked'), ['removeValue'])
  const revoke = await http.ask('julia.novak', ['ACCESS_PROFILE', 'Design Workspace'], {}, 'REVOKE_ACCESS')
  await http.reaches(revoke, 'PROVISIONING_FAILED')
  await http.reaches(await http.ask('julia.novak', ['ACCESS_PROFILE', 'Design Workspace']), 'REQUEST_COMPLETED')
  expect((await retry(revoke)).status).toBe(202)
  await http.reaches(revoke, 'REQUEST_COMPLETED')
  expect(await app.sql(`select 1 from assignment where state = 'ENDING'`)).toEqual([])
  expect(groups('julia.novak')).toContain('Design Library')
})

test('a value whose removal is in doubt, and which is needed again, is looked for when the dates change, and put back', async () => {
  startWorker({ giveUpAfterMs: 0 })
  const ask = (kind?: string, more = {}) => http.ask('ben.archer', ['ACCESS_PROFILE', 'Finance Reporting'], more, kind)
  await http.reaches(await ask(), 'REQUEST_COMPLETED')
  target.failAfterApplying(1, undefined, ['removeValue'])
  const revoke = await ask('REVOKE_ACCESS')
  await http.reaches(revoke, 'NOT_ALL_ITEMS_PROVISIONED')
  target.failNext(1, refusal('not now'), ['addValue'])
  await http.reaches(await ask(), 'NOT_ALL_ITEMS_PROVISIONED')
  await http.reaches(await ask('MODIFY_ACCESS', { removeDate: '2031-03-01T00:00:00Z' }), 'REQUEST_COMPLETED')
  expect(groups('ben.archer')).toEqual(expect.arrayContaining(['Finance Readers', 'Ledger Readers']))
  expect((await retry(revoke)).status).toBe(202)
  await http.reaches(revoke, 'REQUEST_COMPLETED')
  expect(groups('ben.archer')).toEqual(expect.arrayContaining(['Finance Readers', 'Ledger Readers']))
})

test('a value that was applied although its step was given up is taken away again, and the record says so', async () => {
  startWorker({ giveUpAfterMs: 0 })
  target.failAfterApplying(1, undefined, ['addValue'])
  const id = await http.ask('dora.finch', ['ACCESS_PROFILE', 'VPN Access'])
  await http.reaches(id, 'PROVISIONING_FAILED')
  await app.until(async () => !groups('dora.finch').includes('VPN Users'))
  await app.until(async () => (await app.sql(`select 1 from assignment where state = 'ENDING'`)).length === 0)
  expect(await app.sql(`select 1 from audit_event where action = 'ACCESS_CLEARED_AFTER_FAILURE'`)).toHaveLength(1)
  expect((await retry(id)).status).toBe(202)
  await http.reaches(id, 'REQUEST_COMPLETED')
  expect(groups('dora.finch')).toContain('VPN Users')
})
