import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256ClientSecrets } from '../adapters/client-secrets.ts'
import { systemClock } from '../adapters/clock.ts'
import { type ConnectorRegistry, openConnectors } from '../adapters/connectors/registry.ts'
import { timeOrderedIds } from '../adapters/ids.ts'
import { EmbeddedPostgresError, findEmbeddedPostgres, startEmbeddedPostgres } from '../adapters/postgres-embedded.ts'
import { loadOrMakeKeys } from '../adapters/sandbox-files.ts'
import { aesSecretBox } from '../adapters/secret-box.ts'
import type { Config } from '../config.ts'
import type { ClientSecrets, Logger, SecretBox } from '../ports.ts'
import { Database } from '../store/db.ts'
import { migrate, readMigrations } from '../store/migrate.ts'

/** What every command needs, opened and ready. */
export interface Node {
  /** Where the package lies: the folder with migrations/, demo/ and dist/. */
  home: string
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

/** Opens the database (starting the embedded one unless it runs already or another was named), migrates it and loads the keys. */
export async function openNode(home: string, config: Config, log: Logger, mayShare: boolean): Promise<Node> {
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
    const ids = timeOrderedIds(systemClock)
    return { home, config, log, db, ids, secrets, clientSecrets: sha256ClientSecrets, signingKey, connectors, close }
  } catch (error) {
    await close()
    throw error
  }
}

export async function embeddedUrl(config: Config, log: Logger, mayShare: boolean, undo: (() => Promise<unknown>)[]): Promise<string> {
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
