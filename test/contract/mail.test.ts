import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { smtpMailer } from '../../src/adapters/mail-smtp.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { FakeConnector } from '../support/fake-connector.ts'
import { FakeMailer } from '../support/fake-mailer.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { moveClock } from '../support/timed-request.ts'

/** Who is told what, once, by a real mail server; and what becomes of it when that is away. */

let app: TestApp
let server: MailServer
let clock = new Date('2030-05-01T09:00:00Z')
const target = new FakeConnector()

beforeAll(async () => {
  server = await startMailServer()
  app = await startApp({ movableClock: true })
  await app.sql('update business_clock set held_at = $1', [clock])
})
afterEach(async () => {
  await stopWorker()
  server.mails.length = 0
})
afterAll(async () => {
  await app.close()
  await server.stop()
})

let worker: ReturnType<TestApp['startWorker']> | undefined

function startWorker(settings: object = {}): void {
  const mailer = smtpMailer({ url: server.url, from: 'Countersign <access@example.com>', silentMs: 2_000 })
  worker = app.startWorker({ scim: target }, { mailer, ...settings })
}

async function stopWorker(): Promise<void> {
  await worker?.stop()
  worker = undefined
}

const addressOf = (alias: string) => `${alias}@example.com`
const mailsTo = (alias: string) => server.to(addressOf(alias))

/** Everybody was told all there is to tell. */
async function quiet(): Promise<void> {
  await app.until(async () => {
    const [row] = await app.sql(`select count(*)::int as open from notification where state = 'WAITING'`)
    return row?.['open'] === 0
  })
}

async function ask(
  by: string,
  whom: string,
  type: 'ROLE' | 'ACCESS_PROFILE',
  name: string,
  more: object = {},
  requestType = 'GRANT_ACCESS',
) {
  const item = { type, id: await app.itemId(type, name), comment: 'for the <b>year end</b>', ...more }
  const requestedFor = [await app.idOf(whom)]
  const answer = await app.call(by, 'POST', '/v2024/access-requests', { requestedFor, requestType, requestedItems: [item] })
  expect(answer.status, JSON.stringify(answer.json)).toBe(202)
  return answer.json.newRequests[0].accessRequestIds[0] as string
}

async function approvalOf(alias: string, requestId: string): Promise<string> {
  const filters = `filters=accessRequestId eq "${requestId}"`
  const { json } = await app.call(alias, 'GET', `/v2024/access-request-approvals/pending?owner-id=me&${filters}`)
  return json[0].id
}

/** The approval of a request that waits, whoever has it. */
async function pendingId(requestId: string): Promise<string> {
  const filters = `filters=accessRequestId eq "${requestId}"`
  return (await app.call('admin', 'GET', `/v2024/access-request-approvals/pending?${filters}`)).json[0].id
}

async function decide(alias: string, requestId: string, verb: 'approve' | 'reject', comment = 'seen'): Promise<string> {
  const id = await approvalOf(alias, requestId)
  const answer = await app.call(alias, 'POST', `/v2024/access-request-approvals/${id}/${verb}`, { comment })
  expect(answer.status, JSON.stringify(answer.json)).toBe(202)
  return id
}

async function states(): Promise<Record<string, unknown>[]> {
  return app.sql(`select kind, p.alias, n.state, last_error from notification n join identity p on p.id = n.identity_id order by n.id`)
}

test('an approver gets exactly one mail, that says Grant, who, what and why, with a link; agreed and done, the recipient is told once', async () => {
  startWorker()
  const requestId = await ask('emp.bob', 'emp.bob', 'ACCESS_PROFILE', 'VPN Access')
  const approvalId = await approvalOf('tomas.berg', requestId)
  await quiet()
  const [mail, ...others] = mailsTo('tomas.berg')
  expect(others).toEqual([])
  expect(mail?.subject).toBe('Grant: VPN Access for Bob Anders needs your decision')
  expect(mail?.text).toContain(`https://access.example.com/approvals/${approvalId}`)
  expect(mail?.html).toContain(`href="https://access.example.com/approvals/${approvalId}"`)
  expect(mail?.text).toContain('> for the <b>year end</b>')
  expect(mail?.html).toContain('for the &lt;b&gt;year end&lt;/b&gt;')
  await decide('tomas.berg', requestId, 'approve')
  await app.until(async () => mailsTo('emp.bob').some((one) => one.subject === 'Grant: VPN Access for Bob Anders is done'))
  await quiet()
  expect(server.mails.filter((one) => one.subject?.endsWith('is done'))).toHaveLength(1)
  expect(mailsTo('emp.bob').at(-1)?.text).toContain(`https://access.example.com/requests/${requestId}`)
  expect(mailsTo('tomas.berg')).toHaveLength(1)
})

test('a revocation says Remove in the subject and loudly in the mail', async () => {
  startWorker()
  await ask('mgr.one', 'emp.bob', 'ACCESS_PROFILE', 'VPN Access', {}, 'REVOKE_ACCESS')
  await app.until(async () => mailsTo('emp.bob').some((one) => one.subject?.startsWith('Remove: VPN Access from Bob Anders')))
  await quiet()
  const all = server.mails.filter((one) => one.subject?.includes('VPN Access'))
  expect(all.every((one) => one.subject?.startsWith('Remove: '))).toBe(true)
  expect(all[0]?.text).toContain('*** REMOVE: VPN Access from Bob Anders')
})

test('every member of a group is told, and the decision of one before the mails go out keeps them from the others', async () => {
  const asked = await ask('emp.bob', 'emp.bob', 'ROLE', 'Auditor')
  await decide('mgr.one', asked, 'approve')
  startWorker()
  await quiet()
  const [group] = await app.sql(`select array_agg(p.alias order by p.alias) as aliases from approval a
    join approval_candidate c on c.approval_id = a.id join identity p on p.id = c.identity_id
    where a.id = '${await approvalOf('paula.reyes', asked)}'`)
  const aliases = group?.['aliases'] as string[]
  expect(aliases.length).toBeGreaterThan(2)
  for (const alias of aliases)
    expect(mailsTo(alias).map((one) => one.subject)).toEqual(['Grant: Auditor for Bob Anders needs your decision'])
  expect(mailsTo('mgr.one')).toEqual([])

  await stopWorker()
  server.mails.length = 0
  await decide('otto.weiss', asked, 'reject', 'not this year')
  const again = await ask('emp.bob', 'emp.bob', 'ROLE', 'Auditor')
  await decide('mgr.one', again, 'approve')
  await decide('otto.weiss', again, 'reject', 'nor the next')
  startWorker()
  await quiet()
  for (const alias of aliases) expect(mailsTo(alias)).toEqual([])
  expect(mailsTo('emp.bob').map((one) => one.subject)).toEqual(Array(2).fill('Grant: Auditor for Bob Anders was rejected'))
  expect(mailsTo('emp.bob')[0]?.text).toContain('> not this year')
})

test('forwarded, the new approver is told by whom and why, and who had it before hears nothing more', async () => {
  const requestId = await ask('emp.alice', 'emp.alice', 'ACCESS_PROFILE', 'VPN Access')
  const approvalId = await approvalOf('tomas.berg', requestId)
  const body = { newOwnerId: await app.idOf('ines.falk'), comment: 'you know her better' }
  expect((await app.call('tomas.berg', 'POST', `/v2024/access-request-approvals/${approvalId}/forward`, body)).status).toBe(202)
  startWorker()
  await quiet()
  expect(mailsTo('tomas.berg')).toEqual([])
  const [mail, ...others] = mailsTo('ines.falk')
  expect(others).toEqual([])
  expect(mail?.subject).toBe('Grant: VPN Access for Alice Moreau was handed to you')
  expect(mail?.text).toContain('Tomas Berg handed it to you.')
  expect(mail?.text).toContain('> you know her better')
})

test('forty requests at once are one digest, with a link to each', async () => {
  await app.sql(`insert into identity (id, alias, name, manager_id, email, created_at, modified_at)
    select 'crowd' || n, 'crowd.' || n, 'Crowd ' || n, (select id from identity where alias = 'mgr.one'), null, now(), now() from generate_series(1, 40) n`)
  const requestedFor = Array.from({ length: 40 }, (_, n) => `crowd${n + 1}`)
  const requestedItems = [{ type: 'ACCESS_PROFILE', id: await app.itemId('ACCESS_PROFILE', 'VPN Access') }]
  const answer = await app.call('admin', 'POST', '/v3/access-requests', { requestedFor, requestedItems })
  expect(answer.json.newRequests).toHaveLength(40)
  startWorker()
  await quiet()
  const [digest, ...others] = mailsTo('tomas.berg')
  expect(others).toEqual([])
  expect(digest?.subject).toBe('Grant: 40 wait for your decision')
  expect(new Set(digest?.text?.match(/https:\/\/access\.example\.com\/approvals\/\w+/g)).size).toBe(40)
})

test('who has no mail address, or is not active any more, is not written to, and the reason is kept', async () => {
  await app.sql(`update identity set email = null where alias = 'tomas.berg'`)
  const requestId = await ask('yara.costa', 'yara.costa', 'ACCESS_PROFILE', 'VPN Access')
  startWorker()
  await quiet()
  expect((await states()).at(-1)).toMatchObject({ alias: 'tomas.berg', state: 'DROPPED', last_error: 'The person has no mail address.' })
  await app.sql(`update identity set email = 'tomas.berg@example.com' where alias = 'tomas.berg'`)
  await app.sql(`update identity set status = 'INACTIVE' where alias = 'yara.costa'`)
  await decide('tomas.berg', requestId, 'reject')
  await quiet()
  expect((await states()).at(-1)).toMatchObject({ alias: 'yara.costa', state: 'DROPPED', last_error: 'The person is not active.' })
  expect(server.mails).toEqual([])
})

test('a mail server that is away holds up no request, and each mail arrives once when it is back', async () => {
  await server.stop()
  startWorker()
  const requestId = await ask('sven.okafor', 'sven.okafor', 'ACCESS_PROFILE', 'VPN Access')
  await app.until(async () => (await app.sql(`select 1 from notification where state = 'WAITING' and failure = 'unreachable'`)).length > 0)
  await decide('tomas.berg', requestId, 'approve')
  const path = `/v2024/access-request-status?filters=accessRequestId eq "${requestId}"`
  await app.until(async () => (await app.call('admin', 'GET', path)).json[0].state === 'REQUEST_COMPLETED')
  server = await startMailServer(server.port)
  await quiet()
  expect(mailsTo('tomas.berg')).toEqual([])
  expect(mailsTo('sven.okafor').map((one) => one.subject)).toEqual(['Grant: VPN Access for Sven Okafor is done'])
})

test('a mail whose answer was lost goes again under the same id, and is not mixed with what came later', async () => {
  const ids: string[] = []
  server.onMail = (mail) => {
    ids.push(`${mail.messageId} ${mail.subject}`)
    return ids.length === 1 ? 'hang up' : undefined
  }
  startWorker()
  await ask('lena.marsh', 'lena.marsh', 'ACCESS_PROFILE', 'VPN Access')
  await app.until(async () => ids.length > 0)
  await ask('ravi.desai', 'ravi.desai', 'ACCESS_PROFILE', 'VPN Access')
  await quiet()
  server.onMail = () => undefined
  expect(ids).toHaveLength(3)
  expect(ids[1]).toBe(ids[0])
  expect(new Set(ids).size).toBe(2)
  expect(mailsTo('tomas.berg').map((one) => one.subject)).toEqual([
    'Grant: VPN Access for Lena Marsh needs your decision',
    'Grant: VPN Access for Ravi Desai needs your decision',
  ])
})

test('a mail server that hangs, with many waiting for it, leaves places for other work, and is then tried by one at a time', async () => {
  await app.sql(`insert into identity (id, alias, name, manager_id, email, created_at, modified_at)
    select 'boss' || n, 'boss.' || n, 'Boss ' || n, null, 'boss.' || n || '@example.com', now(), now() from generate_series(1, 12) n`)
  await app.sql(`update identity set manager_id = 'boss' || substr(id, 6) where id like 'crowd%' and substr(id, 6)::int <= 12`)
  const hanging = new FakeMailer()
  const waiting: (() => void)[] = []
  hanging.onSend = () => new Promise((resolve) => waiting.push(resolve))
  hanging.failNext(100)
  startWorker({ mailer: hanging })
  const requestedFor = Array.from({ length: 12 }, (_, n) => `crowd${n + 1}`)
  const requestedItems = [{ type: 'ROLE', id: await app.itemId('ROLE', 'Auditor') }]
  expect((await app.call('admin', 'POST', '/v3/access-requests', { requestedFor, requestedItems })).status).toBe(202)
  await app.until(async () => waiting.length === 3)
  const own = await ask('lena.marsh', 'lena.marsh', 'ACCESS_PROFILE', 'Finance Reporting')
  await app.call('admin', 'POST', `/v2024/access-request-approvals/${await pendingId(own)}/approve`, {})
  const path = `/v2024/access-request-status?filters=accessRequestId eq "${own}"`
  await app.until(async () => (await app.call('admin', 'GET', path)).json[0].state === 'REQUEST_COMPLETED')
  expect(waiting.length).toBe(3)

  for (const release of waiting.splice(0)) release()
  for (let i = 0; i < 3; i++) {
    await app.until(async () => waiting.length > 0)
    expect((await app.sql(`select count(*)::int as jobs from job where name = 'send-notifications'`))[0]).toEqual({ jobs: 1 })
    waiting.pop()?.()
  }
  hanging.onSend = () => undefined
  for (const release of waiting.splice(0)) release()
  await stopWorker()
  startWorker()
  await quiet()
  for (let n = 1; n <= 12; n++) expect(mailsTo(`boss.${n}`)).toHaveLength(1)
})

test('what no server took for a day is given up, and can be seen', async () => {
  server.onRecipient = () => ({ code: 550, text: 'no such mailbox' })
  startWorker({ giveUpAfterMs: 0 })
  await ask('kim.tran', 'kim.tran', 'ACCESS_PROFILE', 'VPN Access')
  await quiet()
  server.onRecipient = () => undefined
  expect((await states()).at(-1)).toMatchObject({
    alias: 'tomas.berg',
    state: 'FAILED',
    last_error: expect.stringContaining('no such mailbox'),
  })
  const metrics = await app.callWithToken(undefined, 'GET', '/metrics')
  expect(metrics.json).toContain('countersign_mail_failed 1')
})

test('whose access ends within a week is told once for that end, and again when the end was moved', async () => {
  const endDate = '2030-06-01T12:00:00.000Z'
  const requestId = await ask('emp.carol', 'emp.carol', 'ACCESS_PROFILE', 'VPN Access', { removeDate: endDate })
  startWorker()
  await decide('tomas.berg', requestId, 'approve')
  await app.until(async () => mailsTo('emp.carol').some((one) => one.subject?.endsWith('is done')))
  await quiet()
  const ofEnds = () =>
    mailsTo('emp.carol')
      .filter((one) => one.subject?.includes('ends on'))
      .map((one) => one.subject)
  expect(ofEnds()).toEqual([])
  clock = new Date('2030-05-26T12:00:00Z')
  await app.sql('update business_clock set held_at = $1', [clock])
  await app.until(async () => ofEnds().length > 0)
  await app.sql(`update assignment set end_at = '2030-06-02T12:00:00Z' where end_at = $1`, [endDate])
  await app.until(async () => ofEnds().length > 1)
  await quiet()
  expect(ofEnds()).toEqual([
    'Remove: VPN Access of Carol Nwosu ends on 2030-06-01 12:00 UTC',
    'Remove: VPN Access of Carol Nwosu ends on 2030-06-02 12:00 UTC',
  ])
})

test('a reminder, an escalation and an end without an answer reach whoever they concern, once each', async () => {
  const moved = { daysUntilEscalation: 2, daysBetweenReminders: 1, maxReminders: 1 }
  await app.call('admin', 'PUT', '/v2025/access-request-config', { approvalReminderAndEscalationConfig: moved })
  startWorker()
  await ask('emp.alice', 'emp.alice', 'ROLE', 'Finance Analyst')
  await quiet()
  const subjects = (alias: string) => mailsTo(alias).map((one) => one.subject?.replace('Grant: Finance Analyst for Alice Moreau ', ''))
  expect(subjects('mgr.one')).toEqual(['needs your decision'])
  await moveClock(app, { advance: 'P2D' })
  await quiet()
  expect(subjects('mgr.one')).toEqual(['needs your decision', 'still needs your decision'])
  await moveClock(app, { advance: 'P1D' })
  await quiet()
  expect(subjects('dora.finch')).toEqual(['was passed up to you'])
  expect(mailsTo('dora.finch')[0]?.text).toContain('Before, it was with Mona Ellis.')
  expect(subjects('mgr.one')).toHaveLength(2)

  const timeout = { timeoutConfig: { enabled: true, daysUntilTimeout: 1 } }
  await app.call('admin', 'PUT', '/v2026/generic-approvals/config/ACCESS_REQUEST_APPROVAL/APPROVAL_TYPE', timeout)
  await ask('hugo.lind', 'hugo.lind', 'ROLE', 'Finance Analyst')
  await moveClock(app, { advance: 'P1D' })
  await quiet()
  expect(mailsTo('hugo.lind').map((one) => one.subject)).toEqual(['Grant: Finance Analyst for Hugo Lind was not decided in time'])
  await app.sql('delete from setting')
})

test('several workers at once send each mail once', async () => {
  const workers = [1, 2, 3].map(() => {
    startWorker()
    return worker
  })
  const people = ['emp.alice', 'lena.marsh', 'ravi.desai', 'kim.tran', 'hugo.lind']
  for (const person of people) await ask(person, person, 'ROLE', 'Auditor')
  await quiet()
  await Promise.all(workers.map((one) => one?.stop()))
  const ids = server.mails.map((mail) => mail.messageId)
  expect(new Set(ids).size).toBe(ids.length)
  const told = server.mails.flatMap(
    (mail) => mail.text?.match(/\/approvals\/\w+/g)?.map((link) => `${mail.to?.[0]?.address} ${link}`) ?? [],
  )
  expect(told.length).toBeGreaterThanOrEqual(people.length)
  expect(new Set(told).size).toBe(told.length)
})
