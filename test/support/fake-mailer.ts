import type { MailSettings } from '../../src/operations/send-notifications.ts'
import { type Mail, MailError, type MailErrorKind, type Mailer } from '../../src/ports.ts'

/** A mail server in memory: what it took can be looked at, the next tries can be made to fail. */
export class FakeMailer implements Mailer {
  /** In the order in which they came. */
  readonly taken: Mail[] = []
  tries = 0
  /** Runs before a mail is taken: a place to wait, or to look. */
  onSend: (mail: Mail) => void | Promise<void> = () => {}
  #failures: { kind: MailErrorKind; taking: boolean }[] = []

  /** The next `count` tries fail; with `taking`, the mail is taken all the same and only the answer is lost. */
  failNext(count: number, kind: MailErrorKind = 'unreachable', taking = false): void {
    for (let i = 0; i < count; i++) this.#failures.push({ kind, taking })
  }

  async send(mail: Mail): Promise<void> {
    this.tries++
    await this.onSend(mail)
    const failure = this.#failures.shift()
    if (!failure || failure.taking) this.taken.push({ ...mail })
    if (failure) throw new MailError(failure.kind, `the fake was told to be ${failure.kind}`)
  }

  to(address: string): Mail[] {
    return this.taken.filter((mail) => mail.to === address)
  }
}

/** Settings of a worker whose mails settle fast enough for a test. */
export function mailSettings(mailer: Mailer): MailSettings {
  return { mailer, publicUrl: 'https://access.example.com', settleMs: 50, endingSoonDays: 7, giveUpAfterMs: 86_400_000 }
}
