import { afterAll, beforeAll, expect, test } from 'vitest'
import { TargetError } from '../../../src/ports.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { asking } from '../../support/asking.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

/** What has not moved is listed, with the reason and whom or what it waits for. */

let app: TestApp
let http: ReturnType<typeof asking>
const target = new FakeConnector()

beforeAll(async () => {
  app = await startApp({ movableClock: true })
  await hold('2031-01-01T00:00:00Z')
  http = asking(app)
  app.startWorker({ scim: target })
})
afterAll(() => app.close())

const hold = (at: string) => app.sql('update business_clock set held_at = $1', [at])
async function stuck(query = '') {
  const answer = await app.call('admin', 'GET', `/countersign/v1/access-requests/stuck${query}`)
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  return answer.json as { accessRequestId: string; assignmentId: string; reason: string; why: string; [key: string]: unknown }[]
}
const rowOf = async (requestId: string, query = '') => (await stuck(query)).find((row) => row.accessRequestId === requestId)

test('an approval that waits is listed after three days, with the people it waits for, and sooner when asked', async () => {
  const id = await http.ask('emp.alice', ['ROLE', 'Finance Analyst'])
  await hold('2031-01-03T00:00:00Z')
  expect(await rowOf(id)).toBeUndefined()
  expect(await rowOf(id, '?hours=47')).toMatchObject({ reason: 'APPROVAL', why: 'Waits for a decision by Mona Ellis.', canRetry: false })
  await hold('2031-01-04T00:00:01Z')
  const row = await rowOf(id)
  expect(row).toMatchObject({ state: 'EXECUTING', requestType: 'GRANT_ACCESS', since: '2031-01-01T00:00:00.000Z', source: null })
  expect(row?.['waitsFor']).toEqual([{ type: 'IDENTITY', id: await app.idOf('mgr.one'), name: 'Mona Ellis' }])
  await app.call('admin', 'POST', '/v2026/access-requests/cancel', { accountActivityId: id, comment: 'no more' })
  expect(await rowOf(id)).toBeUndefined()
})

test('work by hand, a target in trouble and one that shows nothing are listed, each with its reason', async () => {
  await http.withoutApprovals()
  const byHand = await http.ask('emp.bob', ['ACCESS_PROFILE', 'Laboratory Badge'])
  await app.until(async () => (await http.status(byHand)).manualWorkItemDetails)
  target.failNext(1000, new TargetError('failed', '503: maintenance'), ['readAccount'])
  const trouble = await http.ask('emp.bob', ['ACCESS_PROFILE', 'VPN Access'])
  await app.until(async () => (await http.status(trouble)).errorMessages)
  await app.sql(`update provisioning_step set first_tried_at = now() - interval '20 minutes' where state = 'SENT'`)
  expect(await rowOf(byHand)).toBeUndefined()
  expect((await rowOf(byHand, '?hours=0'))?.why).toBe('Waits for work by hand of Petra Holm.')
  const row = await rowOf(trouble)
  expect(row).toMatchObject({
    reason: 'TARGET_TROUBLE',
    canRetry: true,
    lastError: '503: maintenance',
    source: { name: 'Corporate Directory' },
  })
  expect(row?.why).toMatch(/^Corporate Directory: 503: maintenance \(\d+ tr(y|ies), the next at/)
  await app.sql(`update provisioning_step set taken = true where state = 'SENT'`)
  expect((await rowOf(trouble))?.reason).toBe('NOT_CONFIRMED')
  await app.sql(`update source set paused_until = now() + interval '1 hour' where name = 'Corporate Directory'`)
  expect((await rowOf(trouble))?.reason).toBe('TARGET_PAUSED')
  await app.sql('update source set paused_until = null')
  target.heal()
  await http.reaches(trouble, 'REQUEST_COMPLETED', 30)
  expect(await rowOf(trouble, '?hours=0')).toBeUndefined()
})

test('what failed for good is listed at once and stays, in the words of the target, until somebody deals with it', async () => {
  target.failNext(2, new TargetError('refused', '403: insufficient rights'), ['addValue'])
  const retried = await http.ask('emp.carol', ['ACCESS_PROFILE', 'GitHub Developers'])
  await http.reaches(retried, 'PROVISIONING_FAILED')
  const closed = await http.ask('kim.tran', ['ACCESS_PROFILE', 'Design Workspace'])
  await http.reaches(closed, 'PROVISIONING_FAILED')
  for (const id of [retried, closed])
    expect(await rowOf(id)).toMatchObject({ reason: 'FAILED', state: 'PROVISIONING_FAILED', canRetry: true })
  expect((await rowOf(retried))?.why).toBe(
    'Corporate Directory did not give what was asked for on account emp.carol: 403: insufficient rights',
  )
  const again = await http.ask('emp.carol', ['ACCESS_PROFILE', 'GitHub Developers'])
  await http.reaches(again, 'REQUEST_COMPLETED')
  expect(await rowOf(retried)).toBeUndefined()
  await app.call('admin', 'POST', '/v2026/access-requests/close', { accessRequestIds: [closed] })
  expect(await rowOf(closed)).toBeUndefined()
})

test('what failed and would have ended by now is not to be tried again: it says so, until it is closed', async () => {
  target.failNext(1, new TargetError('refused', 'no'), ['addValue'])
  const id = await http.ask('kim.tran', ['ACCESS_PROFILE', 'Design Workspace'], { removeDate: '2031-01-10T00:00:00Z' })
  await http.reaches(id, 'PROVISIONING_FAILED')
  expect(await rowOf(id)).toMatchObject({ canRetry: true })
  await hold('2031-01-10T00:00:00Z')
  expect(await rowOf(id)).toMatchObject({ canRetry: false, why: expect.stringMatching(/has passed: ask for it again, or close it\.$/) })
  expect((await app.call('admin', 'POST', `/countersign/v1/access-requests/${id}/retry`)).status).toBe(400)
  await app.call('admin', 'POST', '/v2026/access-requests/close', { accessRequestIds: [id] })
  expect(await rowOf(id)).toBeUndefined()
})

test('access that should have ended by its date and is still at the target is listed under its assignment', async () => {
  const id = await http.ask('ravi.desai', ['ACCESS_PROFILE', 'Design Workspace'], { removeDate: '2031-02-01T00:00:00Z' })
  await http.reaches(id, 'REQUEST_COMPLETED')
  target.failNext(1, new TargetError('refused', 'locked'), ['removeValue'])
  await hold('2031-02-02T00:00:00Z')
  const row = await app.until(async () => rowOf(id))
  expect(row).toMatchObject({ reason: 'FAILED', requestType: 'REVOKE_ACCESS', accountActivityItemId: null, state: null })
  expect(row?.why).toContain('did not take away what was asked for on account ravi.desai: locked')
  await app.call('admin', 'POST', `/countersign/v1/access-requests/${row?.assignmentId}/retry`)
  await app.until(async () => (await rowOf(id)) === undefined)
})

test('pages of what is stuck do not overlap and count is the whole', async () => {
  const open = `select 1 from provisioning_step where state in ('INTENDED', 'SENT')`
  await app.until(async () => (await app.sql(open)).length === 0)
  const all = await stuck('?hours=0')
  const first = await app.call('admin', 'GET', '/countersign/v1/access-requests/stuck?hours=0&limit=1&count=true')
  expect(first.json).toHaveLength(Math.min(1, all.length))
  expect(Number(first.headers['x-total-count'])).toBe(all.length)
})
