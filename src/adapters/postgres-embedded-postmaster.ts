import { spawn } from 'node:child_process'
import type { EventEmitter } from 'node:events'
import { copyFile, open, readFile, readlink, rename, rm, stat, truncate } from 'node:fs/promises'
import { createServer } from 'node:net'
import { platform } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { type Binaries, type RunAs, roleName } from './postgres-embedded-cluster.ts'
import {
  EmbeddedPostgresError,
  findProcess,
  isStillRunning,
  type LivingProcess,
  pidIsTaken,
  stopPostmaster,
} from './postgres-embedded-process.ts'

const databaseName = 'countersign'
const logLimitBytes = 10 * 1024 * 1024
const attempts = 6

/** Small enough for a laptop, large enough for a small site. fsync stays on: this is the system of record. */
const baseSettings: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  shared_buffers: '64MB',
  max_connections: '60',
  max_wal_size: '256MB',
  // Workers share memory through /dev/shm, of which a container has 64 MB: a large query would fail there, and ours are short.
  max_parallel_workers_per_gather: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
}

/** One data folder and what is needed to run a postmaster on it. */
export interface Site {
  readonly home: string
  readonly binaries: Binaries
  readonly settings: Record<string, string>
  readonly log: (message: string) => void
  /** Emits 'exit' when a postmaster that is our child ends; an adopted one is nobody's child here. */
  readonly exits: EventEmitter
  /** What a restart must know; kept in `home`/server.json. */
  readonly record: ServerRecord
}

export interface ServerRecord {
  port: number
  password: string
}

export const dataFolder = (site: Site) => join(site.home, 'data')
const logFile = (site: Site) => join(site.home, 'postgres.log')

export function databaseUrl({ port, password }: ServerRecord, database = databaseName): string {
  return `postgres://${roleName}:${password}@127.0.0.1:${port}/${database}`
}

export async function saveRecord(home: string, record: ServerRecord): Promise<void> {
  const draft = join(home, 'server.json.new')
  const handle = await open(draft, 'w', 0o600)
  await handle.writeFile(JSON.stringify(record))
  await handle.sync()
  await handle.close()
  await rename(draft, join(home, 'server.json'))
}

/** The arguments are also how a later start recognises a postmaster it would have started just like this. */
function postmasterArguments(site: Site): string[] {
  const settings = { ...baseSettings, port: String(site.record.port), ...site.settings }
  return ['-D', dataFolder(site), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

interface PidFile {
  pid: number
  status: string
}

async function readPidFile(site: Site): Promise<PidFile | undefined> {
  const text = await readFile(join(dataFolder(site), 'postmaster.pid'), 'utf8').catch(() => undefined)
  const lines = text?.split('\n') ?? []
  const pid = Number(lines[0])
  return Number.isInteger(pid) && pid > 0 ? { pid, status: lines[7]?.trim() ?? '' } : undefined
}

/**
 * The postmaster that an earlier process left running here, or undefined when there is none any more: one that is not as we would start it
 * now (other binaries, other settings) or that does not let us in is stopped.
 */
export async function adoptPostmaster(site: Site): Promise<LivingProcess | undefined> {
  const file = await readPidFile(site)
  if (!file) return undefined
  const found = await findProcess(file.pid)
  if (!found || !(await belongsHere(found, site))) {
    await removeForeignPidFile(site)
    return undefined
  }
  if (found.command === [site.binaries.postgres, ...postmasterArguments(site)].join(' ') && (await comesUp(site, found))) {
    const reached = await openDatabase(site).then(
      () => true,
      () => false,
    )
    if (reached) {
      site.log(`Found PostgreSQL still running (process ${found.pid}, port ${site.record.port}) and go on with it`)
      return found
    }
  }
  site.log(`Stopping a PostgreSQL left running that cannot be used as it is (process ${found.pid})`)
  await stopPostmaster(found, site.binaries.pgCtl)
  // One that had to be killed has left its file, and is a zombie for as long as its new parent does not care.
  await removeForeignPidFile(site)
  return undefined
}

async function belongsHere({ pid, command }: LivingProcess, site: Site): Promise<boolean> {
  if (command.includes(`postgres -D ${dataFolder(site)} -c `)) return true
  // A postmaster works in its data folder, so Linux finds it even when the folder was renamed under it.
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
  return folder === dataFolder(site) && command.includes('postgres -D ')
}

/**
 * PostgreSQL deals with a pid file whose process is gone, and looks for orphaned backends first. What it cannot see is that the pid is a
 * zombie's or belongs to a stranger now; it would refuse to start.
 */
async function removeForeignPidFile(site: Site): Promise<void> {
  const pid = (await readPidFile(site))?.pid
  if (pid === undefined || !pidIsTaken(pid) || platform() === 'win32') return
  site.log(`Removing a stale postmaster.pid: process ${pid} is not our PostgreSQL`)
  await rm(join(dataFolder(site), 'postmaster.pid'), { force: true })
}

/** Starts a postmaster and returns when the database answers. With `mayMove` it takes another port if its own is in use. */
export async function launchPostmaster(site: Site, runAs: RunAs, mayMove: boolean): Promise<LivingProcess> {
  for (let attempt = 1; ; attempt++) {
    if (mayMove && !(await isPortFree(site.record.port))) {
      site.record.port = await findFreePort()
      await saveRecord(site.home, site.record)
    }
    await trimLog(site)
    const logStart = await logSize(site)
    const postmaster = await spawnPostmaster(site, runAs)
    if (await comesUp(site, postmaster)) return await openOrStop(site, postmaster)
    const said = (await readFile(logFile(site))).subarray(logStart).toString('utf8').trim()
    // Backends of a killed postmaster need a moment to notice and leave; a port may be taken between our look and its use.
    const mayPass = /still in use|could not bind|could not create any TCP\/IP sockets/.test(said)
    if (!mayPass || attempt === attempts) throw new EmbeddedPostgresError(`PostgreSQL does not start. It said: ${said.slice(-2_000)}`)
    await delay(50 * 2 ** attempt)
  }
}

async function spawnPostmaster(site: Site, runAs: RunAs): Promise<LivingProcess> {
  const [program, ...args] = [...runAs.prefix, site.binaries.postgres, ...postmasterArguments(site)]
  // A file, not a pipe: the postmaster may outlive us and must be able to go on writing.
  const output = await open(logFile(site), 'a', 0o600)
  try {
    // Detached: Ctrl-C goes to the whole group of the terminal, but PostgreSQL must stay until our own shutdown has finished with it.
    const child = spawn(program as string, args, {
      ...runAs.ids,
      cwd: '/',
      env: site.binaries.env,
      stdio: ['ignore', output.fd, output.fd],
      detached: true,
    })
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    child.once('exit', () => site.exits.emit('exit'))
    child.unref()
    const pid = child.pid as number
    return (await findProcess(pid)) ?? { pid, startedAt: 'gone already', command: '' }
  } catch (error) {
    throw new EmbeddedPostgresError(`${site.binaries.postgres} cannot be run: ${(error as Error).message}. Set DATABASE_URL instead`, {
      cause: error,
    })
  } finally {
    await output.close()
  }
}

/** Waits, as long as crash recovery takes, until this postmaster is ready; false when it ended or is shutting down instead. */
async function comesUp(site: Site, postmaster: LivingProcess): Promise<boolean> {
  const begun = performance.now()
  for (let patient = false; ; ) {
    const file = await readPidFile(site)
    if (file?.pid === postmaster.pid && file.status === 'ready') return await isStillRunning(postmaster)
    if (file?.pid === postmaster.pid && file.status === 'stopping') return false
    if (!(await isStillRunning(postmaster))) return false
    if (!patient && performance.now() - begun > 5_000) {
      patient = true
      site.log('PostgreSQL takes its time to start; after a crash it first repeats what its log says')
    }
    await delay(10)
  }
}

async function openOrStop(site: Site, postmaster: LivingProcess): Promise<LivingProcess> {
  try {
    await openDatabase(site)
    return postmaster
  } catch (error) {
    await stopPostmaster(postmaster, site.binaries.pgCtl)
    throw new EmbeddedPostgresError(`PostgreSQL runs but does not let us in: ${(error as Error).message}`, { cause: error })
  }
}

/** Proves that our password opens the database; makes the database when it is not there yet. */
async function openDatabase(site: Site): Promise<void> {
  try {
    await runStatement(databaseUrl(site.record), 'select 1')
  } catch (error) {
    const isMissing = (error as { code?: string }).code === '3D000'
    if (!isMissing) throw error
    await runStatement(databaseUrl(site.record, 'postgres'), `create database ${databaseName}`)
  }
}

async function runStatement(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 })
  // A connection that breaks also emits; the rejected promise says it already.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query(statement)
  } finally {
    await client.end()
  }
}

function listenOn(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ port, host: '127.0.0.1' }, () => {
      const address = server.address()
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : undefined))
    })
  })
}

async function isPortFree(port: number): Promise<boolean> {
  return port !== 0 && (await listenOn(port)) !== undefined
}

async function findFreePort(): Promise<number> {
  const port = await listenOn(0)
  if (port === undefined) throw new EmbeddedPostgresError('There is no free port on 127.0.0.1')
  return port
}

async function logSize(site: Site): Promise<number> {
  const now = await stat(logFile(site)).catch(() => undefined)
  return now?.size ?? 0
}

/** Keeps the log to two files of bounded size. Copied and cut, not renamed: a running postmaster holds the file open (for appending). */
export async function trimLog(site: Site): Promise<void> {
  if ((await logSize(site)) < logLimitBytes) return
  await copyFile(logFile(site), `${logFile(site)}.1`)
  await truncate(logFile(site))
}
