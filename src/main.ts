import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { jwtTokens } from './adapters/access-tokens.ts'
import { sha256ClientSecrets } from './adapters/client-secrets.ts'
import { systemClock } from './adapters/clock.ts'
import { type ConnectorRegistry, connectorKinds, openConnectors } from './adapters/connectors/registry.ts'
import { openOrganisation } from './adapters/csv.ts'
import { type DemoTarget, startDemoTarget } from './adapters/demo-target.ts'
import { timeOrderedIds } from './adapters/ids.ts'
import { pinoLogger } from './adapters/log.ts'
import { folderMailer } from './adapters/mail-folder.ts'
import { smtpMailer } from './adapters/mail-smtp.ts'
import { EmbeddedPostgresError, findEmbeddedPostgres, startEmbeddedPostgres } from './adapters/postgres-embedded.ts'
import { findAdminCredentials, loadOrMakeKeys, saveAdminCredentials } from './adapters/sandbox-files.ts'
import { aesSecretBox, SealError } from './adapters/secret-box.ts'
import { type Command, parseCommand, type Role, UsageError, usage } from './cli/arguments.ts'
import { printSettings } from './cli/doctor.ts'
import { runImport } from './cli/import.ts'
import { welcome } from './cli/welcome.ts'
import { type Config, ConfigError, describeSettings, readConfig } from './config.ts'
import { DomainError } from './domain/errors.ts'
import type { App } from './http/app.ts'
import { buildServer, buildWorkerServer } from './http/server.ts'
import { jobs } from './jobs/jobs.ts'
import { type Runner, startRunner } from './jobs/runner.ts'
import { configureSource } from './operations/configure-source.ts'
import { ensureAdmin } from './operations/ensure-admin.ts'
import { importOrganisation } from './operations/import-organisation.ts'
import { makeClient } from './operations/make-client.ts'
import { takeOver } from './operations/take-over.ts'
import { type ClientSecrets, type Logger, type Mailer, type SecretBox, TargetError } from './ports.ts'
import { Database } from './store/db.ts'
import { listPendingMigrations, migrate, readMigrations } from './store/migrate.ts'
import { findOauthClient } from './store/oauth-clients.ts'
import { findAnyIdentity, findPersonByAlias } from './store/people.ts'
import { findSourceByName } from './store/sources.ts'

/** Where the package lies: this file is in src/ or, bundled, in dist/. */
const home = join(import.meta.dirname, '..')
const DEMO_ADMIN = 'admin'
const DEMO_SOURCE = 'Corporate Directory'
const SANDBOX = 'countersign sandbox'

interface Node {
  config: Config
  log: Logger
  db: Database
  ids: ReturnType<typeof timeOrderedIds>
  secrets: SecretBox
  clientSecrets: ClientSecrets
  signingKey: Uint8Array
  connectors: ConnectorRegistry
  /** Undoes what opening did, last thing first. */
  close(): Promise<void>
}

async function main(argv: string[]): Promise<number> {
  const { command, production } = parseCommand(argv)
  if (command.name === 'help') {
    console.log(usage)
    return 0
  }
  if (command.name === 'import' && !process.execArgv.includes(CAREFUL[0])) return runCarefully(argv)
  const config = readConfig(production ? 'production' : 'sandbox')
  const log = pinoLogger(config.logLevel)
  if (command.name === 'doctor') return doctor(config, log)
  const node = await openNode(config, log, command.name !== 'sandbox')
  try {
    return await run(node, command)
  } finally {
    await node.close()
  }
}

/**
 * An import makes much garbage, which V8 clears away late when it has the room. Told at its start to be careful (later it cannot be), the
 * process needs no more memory for a million lines than for a thousand.
 */
const CAREFUL = ['--max-semi-space-size=1', '--max-old-space-size=64'] as const

/** The same command in a process of its own that is careful with memory; returns its exit code. */
async function runCarefully(argv: string[]): Promise<number> {
  const child = spawn(process.execPath, [...CAREFUL, ...process.execArgv, process.argv[1] ?? '', ...argv], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}

function run(node: Node, command: Exclude<Command, { name: 'help' | 'doctor' }>): Promise<number> {
  switch (command.name) {
    case 'sandbox':
      return runSandbox(node)
    case 'serve':
      return runServer(node, command.role, () => undefined)
    case 'migrate':
      return Promise.resolve(0)
    case 'import':
      return importFolder(node, command.folder)
    case 'token':
      return makeToken(node, command)
    case 'source-connect':
      return connectSource(node, command)
    case 'source-test':
      return testSource(node, command.source)
  }
}

/** Opens the database (starting the embedded one unless it runs already or another was named), migrates it and loads the keys. */
async function openNode(config: Config, log: Logger, mayShare: boolean): Promise<Node> {
  const undo: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step().catch((error: unknown) => log.error({ err: error }, 'closing failed'))
  }
  try {
    await mkdir(config.dataFolder, { recursive: true, mode: 0o755 })
    const url = config.databaseUrl ?? (await embeddedUrl(config, log, mayShare, undo))
    const applied = await migrate({ url, schema: config.schema }, await readMigrations(join(home, 'migrations')))
    if (applied.length > 0) log.info({ applied }, 'the database schema is up to date')
    const db = openDatabase(config, url, log)
    undo.push(() => db.close())
    const keys = config.mode === 'sandbox' ? await loadOrMakeKeys(config.dataFolder) : undefined
    const secrets = aesSecretBox(Buffer.from(config.encryptionKey ?? keys?.encryptionKey ?? '', 'hex'))
    const connectors = openConnectors(secrets)
    undo.push(() => connectors.close())
    const signingKey = Buffer.from(config.signingKey ?? keys?.signingKey ?? '', 'hex')
    return { config, log, db, ids: timeOrderedIds(systemClock), secrets, clientSecrets: sha256ClientSecrets, signingKey, connectors, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function embeddedUrl(config: Config, log: Logger, mayShare: boolean, undo: (() => Promise<unknown>)[]): Promise<string> {
  try {
    const postgres = await startEmbeddedPostgres({ folder: config.dataFolder, log: (message) => log.info({}, message) })
    undo.push(() => postgres.stop())
    return postgres.url
  } catch (error) {
    // A command beside a running server uses that server's database.
    const running = mayShare && error instanceof EmbeddedPostgresError ? await findEmbeddedPostgres(config.dataFolder) : undefined
    if (running === undefined) throw error
    return running
  }
}

function openDatabase(config: Config, url: string, log: Logger): Database {
  const options = {
    url,
    schema: config.schema,
    poolSize: config.poolSize,
    statementTimeoutMs: config.statementTimeoutMs,
    lockTimeoutMs: config.lockTimeoutMs,
    movableClock: config.mode === 'sandbox',
  }
  return new Database(options, systemClock, (error) => log.warn({ err: error }, 'a database connection broke'))
}

async function runSandbox(node: Node): Promise<number> {
  const { config, log } = node
  // The data folder is locked by us alone; work that a killed process had leased need not wait for its lease to run out.
  if (config.databaseUrl === undefined) await takeOver(node)
  const target = await startDemoTarget({
    script: join(home, 'dist', 'scim-target.js'),
    folder: join(config.dataFolder, 'demo-target'),
    seed: join(home, 'demo', 'scim-target-seed.json'),
    log: (message) => log.info({}, message),
  })
  try {
    await setUpDemo(node, target)
    return await runServer(node, 'all', async (origin) => {
      const admin = await adminOf(node, origin)
      console.log(welcome({ ...admin, dataFolder: config.dataFolder, targetUrl: target.baseUrl }))
    })
  } finally {
    await target.stop()
  }
}

/** The demo organisation on the first start; the target's present address on every one. */
async function setUpDemo(node: Node, target: DemoTarget): Promise<void> {
  if (!(await findAnyIdentity(node.db.sql))) {
    const demo = await openOrganisation(join(home, 'demo', 'organisation'))
    const result = await importOrganisation(node, { files: demo.files })
    if (!result.ok) throw new Error(`The demo organisation could not be imported: ${JSON.stringify(result.issues.slice(0, 5))}`)
  }
  const source = await findSourceByName(node.db.sql, DEMO_SOURCE)
  if (!source || !isOurs(node, source.connectorSettings, target)) return
  const sealedSettings = node.secrets.seal(JSON.stringify({ baseUrl: target.baseUrl, token: target.token, madeBy: SANDBOX }))
  await configureSource(node, { name: DEMO_SOURCE, connector: 'scim', sealedSettings }, SANDBOX)
}

/** True when the source has no settings yet, or an earlier address of the demo target; settings that a person gave stay. */
function isOurs(node: Node, sealed: string | null, target: DemoTarget): boolean {
  if (sealed === null) return true
  const { baseUrl, madeBy } = JSON.parse(node.secrets.open(sealed)) as { baseUrl?: string; madeBy?: string }
  return madeBy === SANDBOX && baseUrl !== target.baseUrl
}

/** The admin's credentials: those of an earlier start while they are good, else new ones. */
async function adminOf(node: Node, origin: string) {
  const { config, db } = node
  const known = await findAdminCredentials(config.dataFolder)
  const client = known && (await findOauthClient(db.sql, known.clientId))
  if (known && client?.person?.isAdmin && client.person.active) {
    if (known.baseUrl !== origin) await saveAdminCredentials(config.dataFolder, { ...known, baseUrl: origin })
    return { ...known, baseUrl: origin }
  }
  // An imported organisation may have no org admin; a sandbox that nobody can run is of no use.
  const person = await ensureAdmin(node, { alias: DEMO_ADMIN, name: 'Sandbox Admin' }, SANDBOX)
  const wanted = { name: 'sandbox admin', identityId: person.id, scopes: ['sp:scopes:all'] }
  const { id, secret } = await makeClient(node, { identityId: null, name: SANDBOX }, wanted)
  const admin = { baseUrl: origin, clientId: id, clientSecret: secret }
  await saveAdminCredentials(config.dataFolder, admin)
  return admin
}

/** Runs until told to stop, then drains: takes no new call, ends those under way and the jobs begun, and returns the exit code. */
async function runServer(node: Node, role: Role, onListening: (origin: string) => void | Promise<void>): Promise<number> {
  const { config, log } = node
  let runner: Runner | undefined
  const app = appOf(node, () => runner?.wake())
  const server = role === 'worker' ? buildWorkerServer(app) : await buildServer(app)
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
  const closer = setInterval(() => server.server.closeIdleConnections(), 50)
  await server.close()
  clearInterval(closer)
  await runner?.stop()
  return 0
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
    log: node.log,
    settings: {
      sandbox: config.mode === 'sandbox',
      publicUrl: config.publicUrl,
      tenantName: tenant.name,
      tenantId: tenant.id,
      strictExperimental: config.strictExperimental,
      rateLimit: config.rateLimit,
      bodyLimitBytes: config.bodyLimitBytes,
      requestTimeoutMs: config.requestTimeoutMs,
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
    random: () => randomInt(1_000_000) / 1_000_000,
  }
}

/** A day: later, nobody waits for what it says. */
const MAIL_GIVE_UP_AFTER_MS = 86_400_000

/** The mail server, or a folder where none is set. */
function openMailer({ config, log }: Node): Mailer {
  const { smtpUrl, from } = config.mail
  if (config.mode === 'production' && config.publicUrl === '')
    log.warn({}, 'COUNTERSIGN_PUBLIC_URL is not set: the links in mails lead to this machine')
  const onFailure = (kind: string) => log.warn({ kind }, 'a mail did not go out; trying again')
  if (smtpUrl !== undefined) return smtpMailer({ url: smtpUrl, from, onFailure })
  const folder = join(config.dataFolder, 'mail')
  const tell = config.mode === 'production' ? log.warn.bind(log) : log.info.bind(log)
  tell({ folder }, 'no mail server is set (COUNTERSIGN_SMTP_URL): mails are written to a folder and reach nobody')
  return folderMailer({ folder, from, clock: systemClock })
}

function runnerOptions(node: Node) {
  return { worker: node.ids.next(), concurrency: node.config.workerConcurrency, pollMs: 500, sweepMs: 1_000, leaseMs: 10_000 }
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

function importFolder(node: Node, folder: string): Promise<number> {
  return runImport(folder, {
    importOrganisation: (files, onProgress) => importOrganisation(node, { files, onProgress }),
    out: console.log,
    error: console.error,
  })
}

async function makeToken(node: Node, { alias, client, scopes }: Extract<Command, { name: 'token' }>): Promise<number> {
  const person = alias === undefined ? null : await findPersonByAlias(node.db.sql, alias)
  if (person === undefined) throw new DomainError('not_found', `There is no identity with the alias ${alias}.`)
  const made = await makeClient(
    node,
    { identityId: null, name: 'countersign token' },
    { name: client, identityId: person?.id ?? null, scopes },
  )
  console.log(`SAIL_CLIENT_ID=${made.id}\nSAIL_CLIENT_SECRET=${made.secret}`)
  return 0
}

async function connectSource(
  node: Node,
  { source, connector, settingsFile }: Extract<Command, { name: 'source-connect' }>,
): Promise<number> {
  if (!connectorKinds.includes(connector))
    throw new UsageError(`There is no connector "${connector}"; there are ${connectorKinds.join(', ')}.`)
  const settings: unknown = JSON.parse(await readFile(settingsFile, 'utf8'))
  await configureSource(
    node,
    { name: source, connector, sealedSettings: node.secrets.seal(JSON.stringify(settings)) },
    'countersign source connect',
  )
  return testSource(node, source)
}

async function testSource(node: Node, name: string): Promise<number> {
  const source = await findSourceByName(node.db.sql, name)
  if (!source) throw new DomainError('not_found', `There is no source named ${name}.`)
  if (source.connector === null) {
    console.log(`${source.name} has no connector: its owner does the work by hand.`)
    return 0
  }
  await node.connectors.connectorFor(source).test()
  console.log(`${source.name}: the target answers and takes the credentials.`)
  return 0
}

/** Says how it is set up and whether the database answers; changes nothing. */
async function doctor(config: Config, log: Logger): Promise<number> {
  printSettings(config, describeSettings(), console.log)
  const undo: (() => Promise<unknown>)[] = []
  try {
    const url = config.databaseUrl ?? (await embeddedUrl(config, log, true, undo))
    const missing = await listPendingMigrations({ url, schema: config.schema }, await readMigrations(join(home, 'migrations')))
    console.log(
      `The database answers${missing.length === 0 ? ' and its schema is up to date.' : `; migrations to come: ${missing.join(', ')}.`}`,
    )
    return 0
  } finally {
    for (const step of undo.reverse()) await step()
  }
}

/** What a person at the keyboard can mend needs no stack trace. */
function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${usage}`
  if (error instanceof ConfigError || error instanceof DomainError || error instanceof EmbeddedPostgresError) return error.message
  if (error instanceof SealError || error instanceof TargetError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    console.error(explain(error))
    process.exitCode = 1
  },
)
