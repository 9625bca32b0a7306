import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { inject } from 'vitest'
import { jwtTokens } from '../../src/adapters/access-tokens.ts'
import { sha256ClientSecrets } from '../../src/adapters/client-secrets.ts'
import { systemClock } from '../../src/adapters/clock.ts'
import { openOrganisation } from '../../src/adapters/csv.ts'
import { timeOrderedIds } from '../../src/adapters/ids.ts'
import { aesSecretBox } from '../../src/adapters/secret-box.ts'
import type { ItemType } from '../../src/domain/access-model.ts'
import type { App, HttpSettings } from '../../src/http/app.ts'
import { buildServer } from '../../src/http/server.ts'
import { jobs } from '../../src/jobs/jobs.ts'
import { type Runner, startRunner } from '../../src/jobs/runner.ts'
import { importOrganisation } from '../../src/operations/import-organisation.ts'
import { makeClient } from '../../src/operations/make-client.ts'
import type { MailSettings } from '../../src/operations/send-notifications.ts'
import type { Retention } from '../../src/operations/tidy-up.ts'
import type { Clock, Connector, KeptMails, Logger, OpenIdProvider } from '../../src/ports.ts'
import { Database } from '../../src/store/db.ts'
import { startListening } from '../../src/store/listening.ts'
import { type Migration, migrate, readMigrations } from '../../src/store/migrate.ts'
import { findPersonByAlias } from '../../src/store/people.ts'
import { checkAnswer } from './check-answer.ts'
import { FakeMailer, mailSettings } from './fake-mailer.ts'

export const root = join(import.meta.dirname, '..', '..')
export const demoOrganisation = join(root, 'demo', 'organisation')

export interface Answered {
  status: number
  headers: Record<string, string | string[] | number | undefined>
  /** What came over the wire; tests look into it freely, its shape is checked elsewhere. */
  json: ReturnType<typeof JSON.parse>
}

export interface TestApp {
  server: FastifyInstance
  app: App
  db: Database
  /** A database connection of the test's own, in the same schema. */
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>
  /** A bearer token for a person (by alias), or for a client without one (null). */
  tokenFor(alias: string | null, scopes?: string[]): Promise<string>
  idOf(alias: string): Promise<string>
  /** By name; an entitlement may be called like the access profile around it, so the type says which. */
  itemId(type: ItemType, name: string): Promise<string>
  /** Calls as a person: method and path, and a body where there is one. */
  call(alias: string, method: string, url: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>
  callWithToken(token: string | undefined, method: string, url: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>
  /** Starts a worker in this process on the given connectors, by kind (`scim`); returns its runner. */
  startWorker(connectors?: Record<string, Connector>, mail?: Partial<MailSettings>, settings?: Partial<WorkerSettings>): Runner
  /** Takes the mails of workers that were given no other mailer. */
  mailer: FakeMailer
  /** Waits until `check` gives something, at most `seconds`. */
  until<T>(check: () => Promise<T | undefined | null | false>, seconds?: number): Promise<T>
  close(): Promise<void>
}

export interface WorkerSettings {
  giveUpAfterMs: number
  jobsPerSource: number
  tidyMs: number
  keep: Retention
  keptMails: KeptMails | undefined
}

export interface TestAppOptions {
  clock?: Clock
  movableClock?: boolean
  settings?: Partial<HttpSettings>
  openId?: OpenIdProvider
  organisation?: string | null
  /** Those to make the schema with, instead of all. */
  migrations?: Migration[]
}

const silent: Logger = { info: () => undefined, warn: () => undefined, error: (fields, message) => console.error(message, fields) }

const testSettings: HttpSettings = {
  sandbox: true,
  publicUrl: '',
  tenantName: 'test',
  tenantId: 'tenant-test',
  strictExperimental: false,
  rateLimit: undefined,
  bodyLimitBytes: 1_048_576,
  jobsPerSource: 8,
  requestTimeoutMs: 30_000,
  searchTimeoutMs: 10_000,
  openIdMatch: { claim: 'email', by: 'email' },
  session: { idleMs: 3_600_000, longestMs: 43_200_000 },
  webFolder: join(root, 'dist', 'no-web'),
}

export const usualWork: WorkerSettings = {
  giveUpAfterMs: 3_600_000,
  jobsPerSource: 8,
  tidyMs: 600_000,
  keep: { answersDays: 7, eventsDays: 30, noticesDays: 90 },
  keptMails: undefined,
}

/** A whole product in one process on a schema of its own: real routes, real SQL, the demo organisation. */
export async function startApp(options: TestAppOptions = {}): Promise<TestApp> {
  const schema = `t_${randomUUID().replaceAll('-', '')}`
  const url = inject('databaseUrl')
  const clock = options.clock ?? systemClock
  await migrate({ url, schema }, options.migrations ?? (await readMigrations(join(root, 'migrations'))))
  const limits = { poolSize: 8, statementTimeoutMs: 20_000, lockTimeoutMs: 5_000 }
  const db = new Database({ url, schema, ...limits, movableClock: options.movableClock ?? false }, clock, () => undefined)
  const ids = timeOrderedIds(systemClock)
  const key = Buffer.alloc(32, 'a test key, not a placeholder   ')
  let runner: Runner | undefined
  const app: App = {
    db,
    ids,
    clientSecrets: sha256ClientSecrets,
    clock: systemClock,
    tokens: jwtTokens(key, { id: 'tenant-test', name: 'test' }, systemClock),
    secrets: aesSecretBox(key),
    openId: options.openId,
    listen: (heard) => startListening(db.options, heard),
    log: silent,
    settings: { ...testSettings, ...options.settings },
    wakeWorkers: () => runner?.wake(),
  }
  if (options.organisation !== null) await importInto(app, options.organisation ?? demoOrganisation)
  const server = await buildServer(app)
  const tokens = new Map<string, Promise<string>>()
  const own = new pg.Client({ connectionString: url, options: `-c search_path=${schema}` })
  await own.connect()

  const testApp: TestApp = {
    server,
    app,
    db,
    sql: async (text, values) => (await own.query(text, values)).rows,
    tokenFor: (alias, scopes = ['sp:scopes:all']) => makeToken(app, alias, scopes),
    idOf: async (alias) => {
      const person = await findPersonByAlias(db.sql, alias)
      if (!person) throw new Error(`the organisation has no ${alias}`)
      return person.id
    },
    itemId: (type, name) => itemIdIn(db, type, name),
    call: async (alias, method, path, body, headers) => {
      let token = tokens.get(alias)
      if (!token) {
        token = testApp.tokenFor(alias)
        tokens.set(alias, token)
      }
      return testApp.callWithToken(await token, method, path, body, headers)
    },
    callWithToken: (token, method, path, body, headers) => callServer(server, token, method, path, body, headers),
    mailer: new FakeMailer(),
    startWorker: (connectors = {}, mail = {}, settings = {}) => {
      runner = startTestWorker(testApp, connectors, mail, { ...usualWork, ...settings })
      return runner
    },
    until,
    close: async () => {
      await runner?.stop()
      await server.close()
      await own.query(`drop schema ${schema} cascade`)
      await own.end()
      await db.close()
    },
  }
  return testApp
}

async function itemIdIn(db: Database, type: ItemType, name: string): Promise<string> {
  const item = await db.sql.selectFrom('access_item').select('id').where('type', '=', type).where('name', '=', name).executeTakeFirst()
  if (!item) throw new Error(`the organisation has no ${type} ${name}`)
  return item.id
}

async function importInto(app: App, folder: string): Promise<void> {
  const { files } = await openOrganisation(folder)
  const result = await importOrganisation(app, { files })
  if (!result.ok) throw new Error(`the organisation could not be imported: ${JSON.stringify(result.issues)}`)
}

/** A token as the token endpoint would give it, without asking it. */
async function makeToken(app: App, alias: string | null, scopes: string[]): Promise<string> {
  const person = alias === null ? null : await findPersonByAlias(app.db.sql, alias)
  if (person === undefined) throw new Error(`the organisation has no ${alias}`)
  const client = { name: `test client of ${alias}`, identityId: person?.id ?? null, scopes }
  const { id } = await makeClient(app, { identityId: null, name: 'test' }, client)
  const claims = { clientId: id, identityId: person?.id ?? null, userName: alias, authorities: [], scopes, tokenId: randomUUID() }
  return app.tokens.issue(claims, 3600)
}

async function callServer(
  server: FastifyInstance,
  token: string | undefined,
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const response = await server.inject({
    method: method as 'GET',
    url,
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
    ...(body === undefined ? {} : { payload: body as object }),
  })
  const json = response.body === '' ? undefined : tryJson(response.body)
  checkAnswer({ method, url, status: response.statusCode, json })
  return { status: response.statusCode, headers: response.headers, json }
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function startTestWorker(
  testApp: TestApp,
  connectors: Record<string, Connector>,
  mail: Partial<MailSettings>,
  { jobsPerSource, tidyMs, ...work }: WorkerSettings,
): Runner {
  const context = {
    mail: { ...mailSettings(testApp.mailer), ...mail },
    db: testApp.db,
    ids: testApp.app.ids,
    connectorFor: (source: { id: string; connector: string | null }) => {
      const connector = connectors[source.connector ?? '']
      if (!connector) throw new Error(`the test has no connector ${source.connector} for source ${source.id}`)
      return connector
    },
    ...work,
    random: () => 0,
  }
  const options = { worker: testApp.app.ids.next(), concurrency: 4, jobsPerSource, pollMs: 50, sweepMs: 100, leaseMs: 10_000, tidyMs }
  return startRunner(context, jobs, options, silent)
}

export async function until<T>(check: () => Promise<T | undefined | null | false>, seconds = 15): Promise<T> {
  const deadline = performance.now() + seconds * 1000
  for (;;) {
    const found = await check()
    if (found !== undefined && found !== null && found !== false) return found
    if (performance.now() > deadline) throw new Error(`what was waited for did not happen within ${seconds} s`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
