import { randomUUID } from 'node:crypto'
import type { Email } from 'postal-mime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Mail, Mailer } from '../../src/ports.ts'

/** A mail as it arrived. */
export interface Arrived {
  to: string[]
  subject: string | undefined
  text: string | undefined
  html: string | undefined
  messageId: string | undefined
  headers: Record<string, string>
}

export interface MailerUnderTest {
  mailer: Mailer
  /** All that arrived so far. */
  arrived(): Promise<Arrived[]>
  close(): Promise<void>
}

export function arrivedOf({ to, subject, text, html, messageId, headers }: Email): Arrived {
  const named = Object.fromEntries(headers.map(({ key, value }) => [key, value]))
  return { to: to?.map((one) => one.address ?? '') ?? [], subject, text, html, messageId, headers: named }
}

/** A mail that is told from others by its id. */
export function mailTo(to: string, more: Partial<Mail> = {}): Mail {
  const messageId = `<${randomUUID()}@access.example.com>`
  return { to, subject: 'Grant: a badge', text: 'Plain words.\n', html: '<p>Words.</p>\n', messageId, ...more }
}

/** What every mailer does, the fake one too. */
export function mailerSuite(name: string, start: () => Promise<MailerUnderTest>): void {
  describe(`${name} as a mailer`, () => {
    let under: MailerUnderTest
    beforeAll(async () => {
      under = await start()
    })
    afterAll(() => under.close())

    async function send(mail: Mail): Promise<Arrived[]> {
      await under.mailer.send(mail)
      return (await under.arrived()).filter((one) => one.messageId === mail.messageId)
    }

    test('a mail arrives once, at its address, with subject, text, HTML and id', async () => {
      const mail = mailTo('ann@example.com')
      const [first, ...others] = await send(mail)
      expect(others).toEqual([])
      expect(first).toMatchObject({ to: ['ann@example.com'], subject: mail.subject, messageId: mail.messageId })
      expect(first?.text?.trim()).toBe('Plain words.')
      expect(first?.html?.trim()).toBe('<p>Words.</p>')
    })

    test('letters of any script, long lines and lines that begin with a dot arrive as they were', async () => {
      const text = `Žofie 日本 🎫\n.\n..two dots\n${'long '.repeat(500)}end`
      const [first] = await send(mailTo('ann@example.com', { subject: 'Grant: Prüfstand für 李明 🎫', text, html: `<p>${text}</p>` }))
      expect(first?.subject).toBe('Grant: Prüfstand für 李明 🎫')
      expect(first?.text?.trim().replaceAll('\r\n', '\n')).toBe(text)
      expect(first?.html).toContain('Žofie 日本 🎫')
    })

    test('a line break in a subject makes no header and no recipient', async () => {
      const mail = mailTo('ann@example.com', { subject: 'Grant: x\r\nBcc: eve@example.com\r\nX-Forged: yes' })
      const [first] = await send(mail)
      expect(first?.to).toEqual(['ann@example.com'])
      expect(first?.headers['x-forged']).toBeUndefined()
      expect((await under.arrived()).some((one) => one.to.includes('eve@example.com'))).toBe(false)
    })

    test('the same mail sent again carries the same id', async () => {
      const mail = mailTo('ann@example.com')
      await send(mail)
      for (const copy of await send(mail)) expect(copy).toMatchObject({ subject: mail.subject, messageId: mail.messageId })
    })

    test('ten mails sent at once all arrive', async () => {
      const mails = Array.from({ length: 10 }, (_, n) => mailTo(`person.${n}@example.com`))
      await Promise.all(mails.map((mail) => under.mailer.send(mail)))
      const arrived = (await under.arrived()).map((one) => one.messageId)
      for (const { messageId } of mails) expect(arrived).toContain(messageId)
    })
  })
}
