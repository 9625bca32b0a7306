import { createServer, type Server } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { smtpMailer } from '../../src/adapters/mail-smtp.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { arrivedOf, mailerSuite, mailTo } from './mailer.ts'

const from = 'Access <access@example.com>'
let server: MailServer

beforeAll(async () => {
  server = await startMailServer()
})
afterEach(() => {
  server.onRecipient = () => undefined
  server.onMail = () => undefined
})
afterAll(() => server.stop())

mailerSuite('SMTP', async () => {
  const own = await startMailServer()
  return {
    mailer: smtpMailer({ url: own.url, from }),
    arrived: async () => own.mails.map(arrivedOf),
    close: () => own.stop(),
  }
})

const kindOf = (url: string) =>
  smtpMailer({ url, from, silentMs: 500, wholeMs: 2_000 })
    .send(mailTo('ann@example.com'))
    .then(
      () => 'taken',
      (error: { name: string; kind: string }) => `${error.name} ${error.kind}`,
    )

test('a mail says who it is from, and asks that no machine answer', async () => {
  await smtpMailer({ url: server.url, from }).send(mailTo('zoe@example.com'))
  const [mail] = server.to('zoe@example.com')
  expect(mail?.from).toMatchObject({ name: 'Access', address: 'access@example.com' })
  expect(mail && arrivedOf(mail).headers).toMatchObject({ 'auto-submitted': 'auto-generated', 'x-auto-response-suppress': 'All' })
})

test('a list of addresses is not read as one: nobody gets a mail that was meant for another', async () => {
  await smtpMailer({ url: server.url, from })
    .send(mailTo('ann@example.com, eve@example.com'))
    .catch(() => undefined)
  expect(server.to('eve@example.com')).toEqual([])
})

test('a server that says no for good has refused, one that says later is busy, to an address as to a whole mail', async () => {
  server.onRecipient = () => ({ code: 550, text: 'no such mailbox' })
  expect(await kindOf(server.url)).toBe('MailError refused')
  server.onRecipient = () => ({ code: 450, text: 'come back later' })
  expect(await kindOf(server.url)).toBe('MailError busy')
  server.onRecipient = () => undefined
  server.onMail = () => ({ code: 552, text: 'too large' })
  expect(await kindOf(server.url)).toBe('MailError refused')
  server.onMail = () => ({ code: 451, text: 'no room now' })
  expect(await kindOf(server.url)).toBe('MailError busy')
})

test('nobody at the port, a wrong password and a host that there is not are a server that cannot be reached', async () => {
  const gone = await startMailServer()
  await gone.stop()
  expect(await kindOf(gone.url)).toBe('MailError unreachable')
  expect(await kindOf(server.url.replace('//', '//ann:wrong@'))).toBe('MailError unreachable')
  expect(await kindOf(server.url.replace('//', '//ann:right@'))).toBe('taken')
  expect(await kindOf('smtp://mail.invalid:25')).toBe('MailError unreachable')
})

test('a connection that breaks before the answer to a whole mail leaves it unknown whether that was taken', async () => {
  server.onMail = () => 'hang up'
  expect(await kindOf(server.url)).toBe('MailError unknown')
})

test('a server that never greets is given up, and cannot be reached', async () => {
  const silent = await new Promise<Server>((resolve) => {
    const listening = createServer(() => undefined).listen(0, '127.0.0.1', () => resolve(listening))
  })
  const { port } = silent.address() as { port: number }
  expect(await kindOf(`smtp://127.0.0.1:${port}`)).toBe('MailError unreachable')
  silent.close()
})

test('a password goes to another machine over TLS only', async () => {
  const before = server.mails.length
  // In capitals it is this machine, too, but is not taken for it. The server does not know STARTTLS.
  const elsewhere = (login: string) => `smtp://${login}LOCALHOST:${server.port}`
  expect(await kindOf(elsewhere(''))).toBe('taken')
  const logins = server.logins
  expect(await kindOf(elsewhere('ann:right@'))).not.toBe('taken')
  expect(server.logins).toBe(logins)
  expect(server.mails.length).toBe(before + 1)
})
