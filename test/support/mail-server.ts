import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

/** What a real SMTP server on loopback got. */
export interface MailServer {
  url: string
  port: number
  /** In the order in which they came, as a mail program reads them. */
  mails: Email[]
  /** How often somebody tried to log in. */
  logins: number
  /** Those to one address. */
  to(address: string): Email[]
  /** Gives a reply instead of taking what comes at this point; return undefined to take it. */
  onRecipient: (address: string) => { code: number; text: string } | undefined
  /** Runs when a mail has come in whole, before the answer; may reply with an error or throw the connection away. */
  onMail: (mail: Email) => { code: number; text: string } | 'hang up' | undefined
  stop(): Promise<void>
}

/** Starts one; `port` to come back where another was. The only user there is has the password `right`. */
export async function startMailServer(port = 0): Promise<MailServer> {
  const connections = new Set<{ destroy(): void }>()
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    onAuth: ({ password, username }, _session, done) => {
      here.logins++
      if (password === 'right') done(null, { user: username ?? '' })
      else done(new Error('wrong password'))
    },
    onRcptTo: ({ address }, _session, done) => done(errorOf(here.onRecipient(address))),
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', async () => {
        const mail = await PostalMime.parse(Buffer.concat(chunks))
        const reply = here.onMail(mail)
        if (reply === undefined) here.mails.push(mail)
        if (reply === 'hang up') for (const connection of connections) connection.destroy()
        else done(errorOf(reply))
      })
    },
  })
  server.on('error', () => undefined)
  server.server.on('connection', (socket) => connections.add(socket))
  server.listen(port, '127.0.0.1')
  await once(server.server, 'listening')
  const taken = (server.server.address() as AddressInfo).port
  const here: MailServer = {
    url: `smtp://127.0.0.1:${taken}`,
    port: taken,
    mails: [],
    logins: 0,
    to: (address) => here.mails.filter((mail) => mail.to?.some((one) => one.address === address)),
    onRecipient: () => undefined,
    onMail: () => undefined,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return here
}

function errorOf(reply: { code: number; text: string } | undefined): Error | null {
  return reply === undefined ? null : Object.assign(new Error(reply.text), { responseCode: reply.code })
}
