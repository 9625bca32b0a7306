import { createTransport } from 'nodemailer'
import { type Mail, MailError, type MailErrorKind, type Mailer } from '../ports.ts'

export interface SmtpOptions {
  /** smtp://user:password@host:587 or smtps://host:465. */
  url: string
  /** The address mails are from, alone or as `Name <address>`. */
  from: string
  /** How long the server may be silent, and how long one mail may take. */
  silentMs?: number
  wholeMs?: number
  /** Hears of every mail that did not go out; of what kind the failure was, and nothing about anybody. */
  onFailure?: (kind: MailErrorKind) => void
}

/** Mails go to a real server, each over a connection of its own. */
export function smtpMailer({ url, from, silentMs = 10_000, wholeMs = 45_000, onFailure }: SmtpOptions): Mailer {
  const transport = createTransport({
    url,
    // A password is sent over TLS or not at all, unless it does not leave the machine.
    requireTLS: needsTls(new URL(url)),
    connectionTimeout: silentMs,
    // Sooner than the socket's own time-out: a server that never greets has taken nothing, and must not pass for one that fell silent later.
    greetingTimeout: Math.ceil(silentMs * 0.8),
    socketTimeout: silentMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send(mail) {
      try {
        await transport.sendMail({ ...messageOf(mail, from), signal: AbortSignal.timeout(wholeMs) })
      } catch (error) {
        const failure = mailErrorOf(error)
        onFailure?.(failure.kind)
        throw failure
      }
    },
  }
}

function needsTls({ protocol, username, hostname }: URL): boolean {
  return protocol === 'smtp:' && username !== '' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}

function messageOf(mail: Mail, from: string) {
  return {
    from,
    // As an object: text would be read as a list of addresses.
    to: { name: '', address: mail.to },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: mail.messageId,
    // So that nobody's holiday notice answers.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  }
}

function mailErrorOf(error: unknown): MailError {
  const { code, originalCode, responseCode, message } = error as Record<string, unknown>
  return new MailError(kindOf(String(code), Number(responseCode) || 0, typeof originalCode === 'string', String(message)), String(message))
}

/** `ofSystem`: the operating system said why there is no connection. What is not known to have failed before the end may have been taken. */
function kindOf(code: string, responseCode: number, ofSystem: boolean, message: string): MailErrorKind {
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return responseCode >= 400 && responseCode < 500 ? 'busy' : 'refused'
  if (['EAUTH', 'ENOAUTH', 'ETLS', 'EDNS', 'ECONFIG', 'EPROTOCOL'].includes(code)) return 'unreachable'
  if (responseCode >= 400 || /^(Greeting never received|Connection timeout)/.test(message)) return 'unreachable'
  return code === 'ESOCKET' && ofSystem && !/ECONNRESET|EPIPE/.test(message) ? 'unreachable' : 'unknown'
}
