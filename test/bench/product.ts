import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { jwtTokens } from '../../src/adapters/access-tokens.ts'
import { sha256ClientSecrets } from '../../src/adapters/client-secrets.ts'
import { systemClock } from '../../src/adapters/clock.ts'
import { openOrganisation } from '../../src/adapters/csv.ts'
import { timeOrderedIds } from '../../src/adapters/ids.ts'
import { aesSecretBox } from '../../src/adapters/secret-box.ts'
import type { App } from '../../src/http/app.ts'
import { buildServer } from '../../src/http/server.ts'
import { jobs } from '../../src/jobs/jobs.ts'
import { type Runner, startRunner } from '../../src/jobs/runner.ts'
import { importOrganisation } from '../../src/operations/import-organisation.ts'
import { makeClient } from '../../src/operations/make-client.ts'
import type { Connector, Logger } from '../../src/ports.ts'
import { Database } from '../../src/store/db.ts'
import { startListening } from '../../src/store/listening.ts'
import { migrate, readMigrations } from '../../src/store/migrate.ts'
import { GatheringSocket } from '../../src/store/pipelined.ts'
import { FakeConnector } from '../support/fake-connector.ts'
import { FakeMailer, mailSettings } from '../support/fake-mailer.ts'

/** Where the bench is started. */
export const root = process.cwd()

/** The product in this process, with a worker, a target in memory and a real socket. */
export interface Product {
  app: App
  db: Database
  connector: Connector
  /** Where it listens. */
  port: number
  schema: string
  tokenFor(identityId: string): Promise<string>
  /** Straight to the same schema, beside the product. */
  pool: pg.Pool
  startWorker(): Runner
  close(): Promise<void>
}

const quiet: Logger = { info: () => undefined, warn: () => undefined, error: (fields, message) => console.error(message, fields) }

/** Opens the product on a schema of its own, with the demo organisation. */
export async function openProduct(url: string): Promise<Product> {
  const schema = `bench_${randomUUID().replaceAll('-', '')}`
  await migrate({ url, schema }, await readMigrations(join(root, 'migrations')))
  const limits = { poolSize: 10, statementTimeoutMs: 600_000, lockTimeoutMs: 5_000 }
  const db = new Database({ url, schema, ...limits, movableClock: false }, systemClock, () => undefined)
  const key = Buffer.alloc(32, 'a bench key, not a placeholder  ')
  let runner: Runner | undefined
  const app: App = {
    db,
    ids: timeOrderedIds(systemClock),
    clientSecrets: sha256ClientSecrets,
    clock: systemClock,
    tokens: jwtTokens(key, { id: 'tenant-bench', name: 'bench' }, systemClock),
    secrets: aesSecretBox(key),
    listen: (heard) => startListening(db.options, heard),
    openId: undefined,
    log: quiet,
    settings: {
      sandbox: false,
      publicUrl: '',
      tenantName: 'bench',
      tenantId: 'tenant-bench',
      strictExperimental: false,
      rateLimit: undefined,
      bodyLimitBytes: 1_048_576,
      jobsPerSource: 8,
      requestTimeoutMs: 600_000,
      searchTimeoutMs: 10_000,
      openIdMatch: { claim: 'email', by: 'email' },
      session: { idleMs: 3_600_000, longestMs: 43_200_000 },
      webFolder: join(root, 'dist', 'no-web'),
    },
    wakeWorkers: () => runner?.wake(),
  }
  const { files } = await openOrganisation(join(root, 'demo', 'organisation'))
  const imported = await importOrganisation(app, { files })
  if (!imported.ok) throw new Error(JSON.stringify(imported.issues))
  const server = await buildServer(app)
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as AddressInfo
  const connector = new FakeConnector()
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    pipeline: true,
    stream: () => new GatheringSocket(),
    options: `-c search_path=${schema} -c timezone=UTC`,
  })
  // The server goes away while idle connections are open; what fails in use says so itself.
  pool.on('error', () => undefined)
  return {
    app,
    db,
    connector,
    pool,
    port,
    schema,
    tokenFor: (identityId) => makeToken(app, identityId),
    startWorker: () => {
      runner = startBenchWorker(app, connector)
      return runner
    },
    async close() {
      await runner?.stop()
      await server.close()
      await pool.query(`drop schema ${schema} cascade`)
      await pool.end()
      await db.close()
    },
  }
}

async function makeToken(app: App, identityId: string): Promise<string> {
  const scopes = ['sp:scopes:all']
  const { id } = await makeClient(app, { identityId: null, name: 'bench' }, { name: 'bench', identityId, scopes })
  return app.tokens.issue({ clientId: id, identityId, userName: 'bench', authorities: [], scopes, tokenId: randomUUID() }, 86_400)
}

function startBenchWorker(app: App, connector: Connector): Runner {
  const context = {
    mail: { ...mailSettings(new FakeMailer()), settleMs: 3_600_000 },
    db: app.db,
    ids: app.ids,
    connectorFor: () => connector,
    giveUpAfterMs: 3_600_000,
    random: () => 0,
    keep: { answersDays: 7, eventsDays: 30, noticesDays: 90 },
    keptMails: undefined,
  }
  const options = { worker: 'bench', concurrency: 4, jobsPerSource: 8, pollMs: 200, sweepMs: 1_000, leaseMs: 10_000, tidyMs: 3_600_000 }
  return startRunner(context, jobs, options, quiet)
}
