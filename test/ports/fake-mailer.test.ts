import { expect, test } from 'vitest'
import { FakeMailer } from '../support/fake-mailer.ts'
import { mailerSuite, mailTo } from './mailer.ts'

mailerSuite('the fake', async () => {
  const mailer = new FakeMailer()
  return {
    mailer,
    arrived: async () => mailer.taken.map((mail) => ({ ...mail, to: [mail.to], headers: {} })),
    close: async () => undefined,
  }
})

test('the fake fails as often as it was told to, with or without taking the mail', async () => {
  const mailer = new FakeMailer()
  mailer.failNext(1, 'busy')
  mailer.failNext(1, 'unknown', true)
  const mail = mailTo('ann@example.com')
  await expect(mailer.send(mail)).rejects.toMatchObject({ name: 'MailError', kind: 'busy' })
  expect(mailer.taken).toHaveLength(0)
  await expect(mailer.send(mail)).rejects.toMatchObject({ kind: 'unknown' })
  await mailer.send(mail)
  expect(mailer.taken).toHaveLength(2)
})
