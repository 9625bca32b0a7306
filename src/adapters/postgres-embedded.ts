import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { chmod, mkdir, readFile, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { chooseRunAs, createCluster, findBinaries, giveDataTo, type RunAs, removeUnfinished } from './postgres-embedded-cluster.ts'
import { type FolderLock, lockFolder } from './postgres-embedded-lock.ts'
import {
  adoptPostmaster,
  databaseUrl,
  dataFolder,
  launchPostmaster,
  type ServerRecord,
  type Site,
  saveRecord,
  trimLog,
} from './postgres-embedded-postmaster.ts'
import { EmbeddedPostgresError, isStillRunning, type LivingProcess, stopPostmaster } from './postgres-embedded-process.ts'

export { EmbeddedPostgresError }

export interface EmbeddedPostgres {
  readonly url: string
  /** The postmaster's; another one after it was restarted. */
  readonly pid: number
  stop(): Promise<void>
}

const watchMs = 2_000
const longestBackOffMs = 10_000
/** A postmaster that lived this long was well; its end begins a new count of restarts. */
const healthyAfterMs = 30_000

/**
 * Starts PostgreSQL in `folder`/postgres, or adopts the one that an earlier process left running there, and keeps it running until stop().
 * Returns when the database answers. Refuses a folder that another living process has open.
 */
export async function startEmbeddedPostgres(options: {
  folder: string
  log: (message: string) => void
  /** More PostgreSQL settings, for tests. */
  settings?: Record<string, string>
}): Promise<EmbeddedPostgres> {
  const home = await makeHome(options.folder)
  const lock = await lockFolder(home)
  try {
    const binaries = await findBinaries(home)
    const site: Site = {
      home,
      binaries,
      settings: options.settings ?? {},
      log: options.log,
      exits: new EventEmitter(),
      record: await loadRecord(home),
    }
    const postmaster = (await adoptPostmaster(site)) ?? (await startAnew(site))
    return new Supervisor(site, lock, postmaster)
  } catch (error) {
    await lock.release()
    throw error
  }
}

/**
 * The address of a PostgreSQL that another living process keeps in `folder`, for commands beside a running server; undefined when nothing
 * answers there.
 */
export async function findEmbeddedPostgres(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'postgres', 'server.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const url = databaseUrl(JSON.parse(text) as ServerRecord)
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  try {
    await client.connect()
    return url
  } catch {
    return undefined
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function makeHome(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  // Resolved, so that one folder has one name wherever it is compared.
  const home = join(await realpath(folder), 'postgres')
  await mkdir(home, { recursive: true })
  // As root the postmaster is somebody else and must get through to its data, which it keeps to itself.
  await chmod(home, process.getuid?.() === 0 ? 0o711 : 0o700)
  return home
}

async function loadRecord(home: string): Promise<ServerRecord> {
  const text = await readFile(join(home, 'server.json'), 'utf8').catch(whenMissing)
  if (text !== undefined) return JSON.parse(text) as ServerRecord
  if (await hasCluster(home))
    throw new EmbeddedPostgresError(`${join(home, 'server.json')}, which holds the password of the data, is missing`)
  const record = { port: 0, password: randomBytes(24).toString('base64url') }
  await saveRecord(home, record)
  return record
}

async function hasCluster(home: string): Promise<boolean> {
  const version = await stat(join(home, 'data', 'PG_VERSION')).catch(whenMissing)
  return version !== undefined
}

/** Only absence is an answer: a folder we may not read must not look like one where a new password and cluster belong. */
function whenMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw new EmbeddedPostgresError(`The data folder cannot be read: ${error.message}`, { cause: error })
}

async function startAnew(site: Site): Promise<LivingProcess> {
  const begun = performance.now()
  const runAs = await chooseRunAs(site.binaries, site.home)
  await removeUnfinished(site.home)
  if (!(await hasCluster(site.home))) {
    site.log(`Making a new database in ${site.home}`)
    await createCluster(site.binaries, runAs, site.home, site.record.password)
  }
  return launchAs(site, runAs, { mayMove: true, begun })
}

async function launchAs(site: Site, runAs: RunAs, { mayMove, begun }: { mayMove: boolean; begun: number }): Promise<LivingProcess> {
  await giveDataTo(runAs, dataFolder(site))
  const postmaster = await launchPostmaster(site, runAs, mayMove)
  const tookMs = Math.round(performance.now() - begun)
  site.log(`PostgreSQL is ready on 127.0.0.1:${site.record.port} (process ${postmaster.pid}, ${tookMs} ms)`)
  return postmaster
}

/**
 * Keeps one postmaster alive. It looks by pid, because an adopted postmaster is no child of ours; the exit of a child only makes it look
 * at once.
 */
class Supervisor implements EmbeddedPostgres {
  readonly url: string
  readonly #site: Site
  readonly #lock: FolderLock
  readonly #watch: NodeJS.Timeout
  readonly #ending = new AbortController()
  #postmaster: LivingProcess
  #startedMs = performance.now()
  #restarts = 0
  #looking: Promise<void> | undefined
  #stopped: Promise<void> | undefined

  constructor(site: Site, lock: FolderLock, postmaster: LivingProcess) {
    this.url = databaseUrl(site.record)
    this.#site = site
    this.#lock = lock
    this.#postmaster = postmaster
    const look = () => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined
      })
    }
    this.#watch = setInterval(look, watchMs).unref()
    site.exits.on('exit', look)
  }

  get pid(): number {
    return this.#postmaster.pid
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    clearInterval(this.#watch)
    this.#ending.abort()
    try {
      // A restart under way ends first, or its postmaster would be nobody's.
      await this.#looking
      await stopPostmaster(this.#postmaster, this.#site.binaries.pgCtl)
      this.#site.log('PostgreSQL has stopped')
    } finally {
      await this.#lock.release()
    }
  }

  async #look(): Promise<void> {
    if (this.#ending.signal.aborted) return
    try {
      if (await isStillRunning(this.#postmaster)) return await trimLog(this.#site)
    } catch (error) {
      this.#site.log(`Looking after PostgreSQL failed: ${(error as Error).message}`)
      return
    }
    if (performance.now() - this.#startedMs > healthyAfterMs) this.#restarts = 0
    while (!this.#ending.signal.aborted) if (await this.#restart()) return
  }

  /** One attempt, after the back-off; true when PostgreSQL runs again. */
  async #restart(): Promise<boolean> {
    const backOffMs = this.#restarts === 0 ? 0 : Math.min(longestBackOffMs, 250 * 2 ** this.#restarts)
    this.#restarts++
    this.#site.log(`PostgreSQL (process ${this.pid}) is gone without being told to; starting it again in ${backOffMs} ms`)
    await delay(backOffMs, undefined, { ref: false, signal: this.#ending.signal }).catch(() => undefined)
    if (this.#ending.signal.aborted) return true
    try {
      const begun = performance.now()
      this.#postmaster = (await adoptPostmaster(this.#site)) ?? (await this.#relaunch(begun))
      this.#startedMs = performance.now()
      return true
    } catch (error) {
      this.#site.log(`PostgreSQL could not be started again: ${(error as Error).message}`)
      return false
    }
  }

  /** On the same port: the pool knows only that one. */
  async #relaunch(begun: number): Promise<LivingProcess> {
    const runAs = await chooseRunAs(this.#site.binaries, this.#site.home)
    return launchAs(this.#site, runAs, { mayMove: false, begun })
  }
}
