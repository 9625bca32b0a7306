import { randomInt } from 'node:crypto'
import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { jwtTokens } from '../adapters/access-tokens.ts'
import { systemClock } from '../adapters/clock.ts'
import { folderMailer, mailsInFolder } from '../adapters/mail-folder.ts'
import { smtpMailer } from '../adapters/mail-smtp.ts'
import { openIdProvider } from '../adapters/openid.ts'
import type { Role } from '../cli/arguments.ts'
import type { App } from '../http/app.ts'
import { buildServer, buildWorkerServer } from '../http/server.ts'
import { jobs } from '../jobs/jobs.ts'
import { type Runner, startRunner } from '../jobs/runner.ts'
import type { Mailer } from '../ports.ts'
import { startListening } from '../store/listening.ts'
import type { Node } from './open-node.ts'

/** Runs until told to stop, then drains: takes no new call, ends those under way and the jobs begun, and returns the exit code. */
export async function runServer(node: Node, role: Role, onListening: (origin: string) => void | Promise<void>): Promise<number> {
  const { config, log } = node
  let runner: Runner | undefined
  const app = appOf(node, () => runner?.wake())
  const server = role === 'worker' ? buildWorkerServer(app) : await buildServer(app)
  const silent = silentConnections(server.server)
  await server.listen({ host: config.host, port: config.port })
  const { port } = server.server.address() as AddressInfo
  log.info({ role, port }, 'listening')
  const host = config.host.includes(':') ? `[${config.host}]` : config.host === '0.0.0.0' ? 'localhost' : config.host
  const origin = config.publicUrl || `http://${host}:${port}`
  if (role !== 'api') runner = startRunner(workerContext(node, origin), jobs, runnerOptions(node), log)
  await onListening(origin)
  const signal = await stopSignal()
  log.info({ signal }, 'stopping: ending what is under way')
  // A connection that was busy when closing began is idle after its answer; unasked, it would be kept open for a minute.
  const closer = setInterval(() => {
    server.server.closeIdleConnections()
    for (const socket of silent) if (socket.bytesRead === 0) socket.destroy()
  }, 50)
  await server.close()
  clearInterval(closer)
  await runner?.stop()
  return 0
}

/** Browsers open connections ahead of need. Node does not count one that never spoke among the idle, and would wait for it to time out. */
function silentConnections(server: Server): Set<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

function appOf(node: Node, wakeWorkers: () => void): App {
  const { config } = node
  const tenant = { id: `tenant-${config.schema}`, name: config.tenantName }
  return {
    db: node.db,
    ids: node.ids,
    clientSecrets: node.clientSecrets,
    clock: systemClock,
    tokens: jwtTokens(node.signingKey, tenant, systemClock),
    secrets: node.secrets,
    listen: (heard) => startListening(node.db.options, heard),
    openId: config.openId && openIdProvider(config.openId),
    log: node.log,
    settings: {
      sandbox: config.mode === 'sandbox',
      publicUrl: config.publicUrl,
      tenantName: tenant.name,
      tenantId: tenant.id,
      strictExperimental: config.strictExperimental,
      rateLimit: config.rateLimit,
      bodyLimitBytes: config.bodyLimitBytes,
      jobsPerSource: config.jobsPerSource,
      requestTimeoutMs: config.requestTimeoutMs,
      searchTimeoutMs: config.searchTimeoutMs,
      session: config.session,
      openIdMatch: config.openId?.match ?? { claim: 'email', by: 'email' },
      webFolder: join(node.home, 'dist', 'web'),
    },
    wakeWorkers,
  }
}

function workerContext(node: Node, publicUrl: string) {
  const { settleMs, endingSoonDays } = node.config.mail
  return {
    mail: { mailer: openMailer(node), publicUrl, settleMs, endingSoonDays, giveUpAfterMs: MAIL_GIVE_UP_AFTER_MS },
    db: node.db,
    ids: node.ids,
    connectorFor: node.connectors.connectorFor,
    giveUpAfterMs: node.config.giveUpAfterMs,
    keep: node.config.keep,
    keptMails: node.config.mail.smtpUrl === undefined ? mailsInFolder(mailFolderOf(node)) : undefined,
    random: () => randomInt(1_000_000) / 1_000_000,
  }
}

const mailFolderOf = ({ config }: Pick<Node, 'config'>) => join(config.dataFolder, 'mail')

/** A day: later, nobody waits for what it says. */
const MAIL_GIVE_UP_AFTER_MS = 86_400_000

/** The mail server, or a folder where none is set. */
function openMailer({ config, log }: Node): Mailer {
  const { smtpUrl, from } = config.mail
  if (config.mode === 'production' && config.publicUrl === '')
    log.warn({}, 'COUNTERSIGN_PUBLIC_URL is not set: the links in mails lead to this machine')
  const onFailure = (kind: string) => log.warn({ kind }, 'a mail did not go out; trying again')
  if (smtpUrl !== undefined) return smtpMailer({ url: smtpUrl, from, onFailure })
  const folder = mailFolderOf({ config })
  const tell = config.mode === 'production' ? log.warn.bind(log) : log.info.bind(log)
  tell({ folder }, 'no mail server is set (COUNTERSIGN_SMTP_URL): mails are written to a folder and reach nobody')
  return folderMailer({ folder, from, clock: systemClock })
}

function runnerOptions(node: Node) {
  const { workerConcurrency: concurrency, jobsPerSource } = node.config
  return { worker: node.ids.next(), concurrency, jobsPerSource, pollMs: 500, sweepMs: 1_000, leaseMs: 10_000, tidyMs: 600_000 }
}

/** Resolves with the first signal to stop; a second one ends the process at once. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1))
        resolve(signal)
      })
    }
  })
}
