import { afterAll, beforeAll, expect, test } from 'vitest'
import { TargetError } from '../../../src/ports.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

let app: TestApp
let target: FakeConnector

beforeAll(async () => {
  app = await startApp({ movableClock: true })
  target = new FakeConnector()
  app.startWorker({ scim: target })
})
afterAll(() => app.close())

async function ask(alias: string, type: string, name: string, more: object = {}): Promise<string> {
  const item = { type, id: await app.itemId(type as 'ROLE', name), comment: 'please', ...more }
  const made = await app.call(alias, 'POST', '/v2024/access-requests', { requestedFor: [await app.idOf(alias)], requestedItems: [item] })
  return made.json.newRequests[0].accessRequestIds[0]
}

async function answer(
  alias: string,
  requestId: string,
  verb: 'approve' | 'reject' | 'forward',
  body: object = { comment: 'so be it' },
): Promise<void> {
  const filters = encodeURIComponent(`accessRequestId eq "${requestId}"`)
  const [approval] = (await app.call(alias, 'GET', `/v3/access-request-approvals/pending?filters=${filters}`)).json
  expect((await app.call(alias, 'POST', `/v3/access-request-approvals/${approval.id}/${verb}`, body)).status).toBe(202)
}

const timeline = (alias: string, id: string) => app.call(alias, 'GET', `/countersign/v1/access-requests/${id}/timeline`)
const only = async (alias: string, id: string) => (await timeline(alias, id)).json[0]
interface Event {
  what: string
  actor: { name: string } | null
  people: { name: string }[]
}
const told = (events: Event[]) =>
  events.map(({ what, actor, people }) => [what, actor?.name ?? '', ...people.map((p) => p.name)].join(' ').trim())
const remind = (alias: string, id: string) => app.call(alias, 'POST', `/countersign/v1/access-requests/${id}/remind`)

test('a request tells who asked, who was asked and what they said, when it was handed on, and what came of it', async () => {
  const id = await ask('emp.alice', 'ROLE', 'Finance Analyst')
  const waiting = await only('emp.alice', id)
  expect(waiting).toMatchObject({ state: 'EXECUTING', requestedObject: { name: 'Finance Analyst' }, cancelable: true, finished: null })
  expect(waiting.waitsFor).toMatchObject([{ kind: 'APPROVAL', scheme: 'MANAGER', people: [{ name: 'Mona Ellis' }], canRemind: true }])
  await answer('mgr.one', id, 'forward', { newOwnerId: await app.idOf('mgr.two'), comment: 'yours' })
  await answer('mgr.two', id, 'approve', { comment: 'fine' })
  await answer('dora.finch', id, 'approve')
  await app.until(async () => (await only('emp.alice', id)).finished !== null)
  const done = await only('emp.alice', id)
  expect(told(done.events)).toEqual([
    'SUBMITTED Alice Moreau',
    'CHECKED',
    'ASKED Alice Moreau Mona Ellis',
    'FORWARDED Mona Ellis Marco Tull',
    'AGREED Marco Tull',
    'ASKED Marco Tull Dora Finch',
    'AGREED Dora Finch',
    'APPROVED Dora Finch',
    'PROCESSED',
  ])
  expect(done.events[1]).toMatchObject({ result: 'CLEAR', because: null })
  expect(done.events[4]).toMatchObject({ comment: 'fine', automatic: false, approvalId: waiting.waitsFor[0].id })
  expect(done.events.at(-1).result).toBe('PROVISIONED')
  expect([done.state, done.waitsFor]).toEqual(['REQUEST_COMPLETED', []])
  expect(
    done.steps.map((step: { entitlement: { name: string }; state: string; verified: boolean }) => [
      step.entitlement.name,
      step.state,
      step.verified,
    ]),
  ).toEqual([
    ['Finance Readers', 'DONE', true],
    ['Ledger Readers', 'DONE', true],
  ])
  const times = done.events.map((event: { at: string }) => event.at)
  expect([...times].sort()).toEqual(times)
})

test('work by hand is told from the task to its end, and while it waits, whose it is', async () => {
  const id = await ask('emp.bob', 'ACCESS_PROFILE', 'Laboratory Badge')
  await answer('petra.holm', id, 'approve')
  await app.until(async () => (await only('emp.bob', id)).waitsFor[0]?.kind === 'WORK_ITEM')
  const waiting = await only('emp.bob', id)
  expect(waiting.waitsFor[0]).toMatchObject({ people: [{ name: 'Petra Holm' }], source: { name: 'Building Badges' }, canRemind: false })
  await app.call('petra.holm', 'POST', `/v3/work-items/${waiting.waitsFor[0].id}`)
  await app.until(async () => (await only('emp.bob', id)).finished !== null)
  const events = told((await only('emp.bob', id)).events)
  expect(events.slice(-3)).toEqual(['TASK_GIVEN', 'TASK_DONE Petra Holm', 'PROCESSED'])
})

test('what a target refuses is told with its words', async () => {
  target.failNext(1, new TargetError('refused', 'there is no such group'))
  const id = await ask('emp.carol', 'ACCESS_PROFILE', 'GitHub Developers')
  await answer('mgr.one', id, 'approve')
  await app.until(async () => (await only('emp.carol', id)).finished !== null)
  const row = await only('emp.carol', id)
  expect([row.state, row.events.at(-1).result]).toEqual(['PROVISIONING_FAILED', 'FAILED'])
  expect(row.steps).toMatchObject([{ state: 'FAILED', verified: false, attempts: 1, problem: 'there is no such group' }])
  expect(row.errorMessages[0]).toContain('there is no such group')
})

test('while a target is away, it is what a request waits for, with the next try', async () => {
  target.failNext(2)
  const id = await ask('hugo.lind', 'ACCESS_PROFILE', 'GitHub Developers')
  await answer('mgr.one', id, 'approve')
  const waits = await app.until(async () =>
    (await only('hugo.lind', id)).waitsFor.find((one: { problem: string | null }) => one.problem !== null),
  )
  expect(waits).toMatchObject({ kind: 'TARGET', people: [], source: { name: 'Corporate Directory' }, nextTry: expect.any(String) })
  await app.until(async () => (await only('hugo.lind', id)).state === 'REQUEST_COMPLETED', 30)
})

test('a start that lies ahead is what a request waits for', async () => {
  const id = await ask('emp.carol', 'ACCESS_PROFILE', 'GitHub Developers', { startDate: '2080-01-01T00:00:00Z' })
  await answer('mgr.one', id, 'approve')
  expect((await only('emp.carol', id)).waitsFor).toMatchObject([{ kind: 'START_DATE', people: [] }])
})

test('each item of a request has a timeline of its own', async () => {
  const items = await Promise.all(
    ['Auditor', 'Software Engineer'].map(async (name) => ({ type: 'ROLE', id: await app.itemId('ROLE', name), comment: 'x' })),
  )
  const made = await app.call('emp.bob', 'POST', '/v2024/access-requests', {
    requestedFor: [await app.idOf('emp.bob')],
    requestedItems: items,
  })
  const rows = (await timeline('emp.bob', made.json.newRequests[0].accessRequestIds[0])).json
  expect(rows.map((row: { requestedObject: { name: string } }) => row.requestedObject.name).sort()).toEqual([
    'Auditor',
    'Software Engineer',
  ])
  for (const row of rows) expect(told(row.events)).toEqual(['SUBMITTED Bob Anders', 'CHECKED', 'ASKED Bob Anders Mona Ellis'])
})

test('cancelled and refused requests say by whom and why', async () => {
  const cancelled = await ask('emp.alice', 'ACCESS_PROFILE', 'VPN Access')
  await app.call('emp.alice', 'POST', '/v3/access-requests/cancel', { accountActivityId: cancelled, comment: 'not needed' })
  expect((await only('emp.alice', cancelled)).events.at(-1)).toMatchObject({
    what: 'CANCELLED',
    actor: { name: 'Alice Moreau' },
    comment: 'not needed',
  })
  const refused = await ask('emp.alice', 'ACCESS_PROFILE', 'VPN Access')
  await answer('tomas.berg', refused, 'reject', { comment: 'no need' })
  const events = (await only('emp.alice', refused)).events
  expect(told(events).slice(-2)).toEqual(['REFUSED Tomas Berg', 'REJECTED Tomas Berg'])
  expect(events.at(-2).comment).toBe('no need')
})

test('those who have a part in it see it, others do not', async () => {
  const id = await ask('emp.alice', 'ROLE', 'Software Engineer')
  for (const alias of ['emp.alice', 'mgr.one', 'admin']) expect([alias, (await timeline(alias, id)).status]).toEqual([alias, 200])
  expect((await timeline('yara.costa', id)).status).toBe(403)
  expect((await timeline('yara.costa', 'nothing')).status).toBe(403)
  expect((await timeline('admin', 'nothing')).status).toBe(404)
  expect((await only('mgr.one', id)).waitsFor[0].canRemind).toBe(false)
})

test('an approver is reminded by mail when the requester asks for it, once a day', async () => {
  await app.call('admin', 'POST', '/countersign/v1/clock', { hold: true })
  const id = await ask('emp.bob', 'ACCESS_PROFILE', 'Design Workspace')
  const answered = await remind('emp.bob', id)
  expect([answered.status, answered.json.reminded[0].people]).toEqual([202, [expect.objectContaining({ name: 'Mona Ellis' })]])
  const isReminder = (mail: { to: string; text: string }) =>
    mail.to === 'mgr.one@example.com' && /Design Workspace[\s\S]*(still needs your decision|has waited for you)/.test(mail.text)
  await app.until(async () => app.mailer.taken.some(isReminder))
  const row = await only('emp.bob', id)
  expect(told(row.events).at(-1)).toBe('REMINDED Bob Anders Mona Ellis')
  expect([row.waitsFor[0].canRemind, row.waitsFor[0].remindableFrom]).toEqual([false, answered.json.remindableFrom])
  const again = await remind('emp.bob', id)
  expect([again.status, again.json.messages[0].text]).toEqual([400, expect.stringContaining(`from ${answered.json.remindableFrom} on`)])
  await app.call('admin', 'POST', '/countersign/v1/clock', { advance: 'P1D' })
  expect((await remind('emp.bob', id)).status).toBe(202)
  await app.call('admin', 'POST', '/countersign/v1/clock', { release: true })
})

test('of two who remind at once one is told that it was done', async () => {
  const id = await ask('emp.carol', 'ACCESS_PROFILE', 'Design Workspace')
  const answers = await Promise.all([remind('emp.carol', id), remind('admin', id)])
  expect(answers.map((one) => one.status).sort()).toEqual([202, 400])
})

test('nobody reminds of what is not theirs or does not wait', async () => {
  const id = await ask('hugo.lind', 'ACCESS_PROFILE', 'Design Workspace')
  for (const alias of ['mgr.one', 'yara.costa']) expect((await remind(alias, id)).status).toBe(403)
  await answer('mgr.one', id, 'reject', { comment: 'no' })
  expect((await remind('hugo.lind', id)).json.messages[0].text).toBe('This request does not wait for an approver.')
  expect((await remind('admin', 'nothing')).status).toBe(404)
})
