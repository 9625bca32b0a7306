import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'
import { asking } from '../../support/asking.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

/** Who is told that a request was withdrawn or closed, that work waits for them, and that access ends: by mail, at a sensible time. */

let app: TestApp
let http: ReturnType<typeof asking>

beforeAll(async () => {
  app = await startApp({ movableClock: true })
  await hold('2031-03-01T00:00:00Z')
  http = asking(app)
  app.startWorker({ scim: new FakeConnector() })
})
afterAll(() => app.close())

const hold = (at: string) => app.sql('update business_clock set held_at = $1', [at])

async function quiet(): Promise<void> {
  // A sweep after the last change has seen all there is to tell.
  await new Promise((resolve) => setTimeout(resolve, 250))
  await app.until(async () => (await app.sql(`select 1 from notification where state = 'WAITING'`)).length === 0)
}

async function mailsTo(alias: string): Promise<{ subject: string; text: string }[]> {
  await quiet()
  return app.mailer.taken.filter((mail) => mail.to === `${alias}@example.com`)
}
const subjects = async (alias: string) => (await mailsTo(alias)).map((mail) => mail.subject)

test('who asked and whom it was for are told that a request was withdrawn, with the reason, but not whoever withdrew it', async () => {
  const requestedItems = [{ type: 'ROLE', id: await app.itemId('ROLE', 'Finance Analyst'), comment: 'x' }]
  const body = { requestedFor: [await app.idOf('emp.alice')], requestedItems }
  const { json } = await app.call('mgr.one', 'POST', '/v2026/access-requests', body)
  const accountActivityId = json.newRequests[0].accessRequestIds[0]
  await app.call('mgr.one', 'POST', '/v2026/access-requests/cancel', { accountActivityId, comment: 'asked for the wrong person' })
  const [mail] = await mailsTo('emp.alice')
  expect(mail?.subject).toBe('Grant: Finance Analyst for Alice Moreau was withdrawn')
  expect(mail?.text).toContain('Mona Ellis withdrew it.')
  expect(mail?.text).toContain('asked for the wrong person')
  expect((await subjects('mgr.one')).filter((subject) => subject.includes('withdrawn'))).toEqual([])
})

test('who asked and whom it was for are told that a request was closed, with the words of whoever closed it', async () => {
  const id = await http.ask('emp.bob', ['ROLE', 'Finance Analyst'])
  const message = 'The audit asked for it.'
  await app.call('admin', 'POST', '/v2026/access-requests/close', { accessRequestIds: [id], message })
  const [mail] = await mailsTo('emp.bob')
  expect(mail?.subject).toBe('Grant: Finance Analyst for Bob Anders was closed')
  expect(mail?.text).toContain(`An administrator ended it by hand: ${message}`)
  expect((await subjects('admin')).filter((subject) => subject.includes('was closed'))).toEqual([])
})

test('closing up to 500 requests names in the record what could not be closed, and tells others of each that was', async () => {
  const open = await http.ask('emp.carol', ['ROLE', 'Finance Analyst'])
  const accessRequestIds = [open, 'unknown', open]
  await app.call('admin', 'POST', '/v2026/access-requests/close', {
    accessRequestIds,
    executionStatus: 'Completed',
    completionStatus: 'Success',
  })
  const records = await app.sql(`select action, canonical from audit_event where action like 'CLOSE_IDENTITY%' order by id desc limit 2`)
  expect(records.map((row) => row['action'])).toEqual(['CLOSE_IDENTITY_REQUESTS_COMPLETED', 'CLOSE_IDENTITY_REQUESTS_STARTED'])
  expect(JSON.parse(String(records[0]?.['canonical'])).details).toMatchObject({ failedIds: ['unknown'], accessRequestIds })
  const events = await app.sql(
    `select payload from outgoing_event where type = 'provisioning-completed' and payload ->> 'accessRequestId' = $1`,
    [open],
  )
  expect(events).toHaveLength(1)
  expect((await http.status(open)).state).toBe('REQUEST_COMPLETED')
  const default_ = await http.ask('emp.carol', ['ROLE', 'Finance Analyst'])
  await app.call('admin', 'POST', '/v2026/access-requests/close', { accessRequestIds: [default_] })
  expect((await http.activity(default_)).warnings).toEqual(['The IdentityNow Administrator manually closed this request.'])
  const many = Array.from({ length: 501 }, (_, n) => `r${n}`)
  expect((await app.call('admin', 'POST', '/v2026/access-requests/close', { accessRequestIds: many })).status).toBe(400)
})

test('whoever has work to do by hand is told what, also when it is handed to them', async () => {
  await http.withoutApprovals()
  const id = await http.ask('emp.alice', ['ACCESS_PROFILE', 'Laboratory Badge'])
  const [work] = await app.until(async () => (await http.status(id)).manualWorkItemDetails)
  const [mail] = await mailsTo('petra.holm')
  expect(mail?.subject).toBe('Grant: Laboratory Badge for Alice Moreau needs work by you')
  expect(mail?.text).toContain('on Building Badges (Laboratory Badge for Alice Moreau).')
  expect(mail?.text).toContain(`/tasks/${work.workItemId}`)
  const forward = { targetOwnerId: await app.idOf('tomas.berg'), comment: 'yours' }
  await app.call('petra.holm', 'POST', `/v2026/work-items/${work.workItemId}/forward`, forward)
  expect(await subjects('tomas.berg')).toContain('Grant: Laboratory Badge for Alice Moreau needs work by you')
})

test('the end of access for a day is announced in its last six hours, that of access for an hour not at all', async () => {
  const ends = async (alias: string) => (await subjects(alias)).filter((subject) => subject.includes('ends on'))
  await http.reaches(
    await http.ask('kim.tran', ['ACCESS_PROFILE', 'VPN Access'], { removeDate: '2031-03-02T00:00:00Z' }),
    'REQUEST_COMPLETED',
  )
  await http.reaches(
    await http.ask('emp.carol', ['ACCESS_PROFILE', 'VPN Access'], { removeDate: '2031-03-01T01:00:00Z' }),
    'REQUEST_COMPLETED',
  )
  expect(await ends('kim.tran')).toEqual([])
  await hold('2031-03-01T00:59:00Z')
  expect(await ends('emp.carol')).toEqual([])
  await hold('2031-03-01T17:59:00Z')
  expect(await ends('kim.tran')).toEqual([])
  await hold('2031-03-01T18:00:00Z')
  await app.until(async () => (await ends('kim.tran')).length > 0)
  expect(await ends('kim.tran')).toEqual(['Remove: VPN Access of Kim Tran ends on 2031-03-02 00:00 UTC'])
})

test('whoever has just put an end off by two days is not told at once that it ends', async () => {
  const ends = async () => (await subjects('dora.finch')).filter((subject) => subject.includes('ends on'))
  await hold('2031-03-10T00:00:00Z')
  await http.reaches(
    await http.ask('dora.finch', ['ACCESS_PROFILE', 'VPN Access'], { removeDate: '2031-05-10T00:00:00Z' }),
    'REQUEST_COMPLETED',
  )
  await hold('2031-05-09T00:00:00Z')
  await app.until(async () => (await ends()).length === 1)
  await http.reaches(
    await http.ask('dora.finch', ['ACCESS_PROFILE', 'VPN Access'], { removeDate: '2031-05-12T00:00:00Z' }, 'MODIFY_ACCESS'),
    'REQUEST_COMPLETED',
  )
  expect(await ends()).toHaveLength(1)
  await hold('2031-05-11T12:00:00Z')
  await app.until(async () => (await ends()).length === 2)
})
