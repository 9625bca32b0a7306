import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../src/adapters/clock.ts'
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../../src/adapters/postgres-embedded.ts'
import { holdClock } from '../../src/store/clock.ts'
import { Database } from '../../src/store/db.ts'
import { migrate, readMigrations } from '../../src/store/migrate.ts'

const root = join(import.meta.dirname, '..', '..')
const quietly = () => undefined

/** A sandbox that a script lives through a year with: the product as it is, in a folder that is thrown away. */
export interface YearSandbox {
  folder: string
  databaseUrl: string
  /** As a person, by alias. Throws what the server says where it refuses. */
  call<T>(alias: string, method: string, path: string, body?: object): Promise<T>
  /** Sets the business clock and lets everything that is due happen. */
  moveTo(at: Date): Promise<void>
  /** Waits until no job is left to do. */
  quiet(): Promise<void>
  remove(): Promise<void>
}

export class Refused extends Error {}

/** Starts one whose clock stands at `at` before anything is in it. */
export async function startYear(at: Date): Promise<YearSandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-year-'))
  // PostgreSQL may run as somebody else.
  await chmod(folder, 0o755)
  await holdAt(folder, at)
  const port = await freePort()
  const child = spawn(process.execPath, [join(root, 'dist', 'main.js'), 'sandbox'], {
    // Nobody is written to: a mail waits longer than this takes.
    env: {
      PATH: process.env['PATH'] ?? '',
      COUNTERSIGN_DATA: folder,
      COUNTERSIGN_DEMO: 'organisation',
      PORT: String(port),
      COUNTERSIGN_MAIL_SETTLE_MS: '3600000',
      COUNTERSIGN_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await listening(child)
  const origin = `http://127.0.0.1:${port}`
  const cookies = new Map<string, string>()
  const call = async <T>(alias: string, method: string, path: string, body?: object): Promise<T> => {
    const cookie = cookies.get(alias) ?? (await become(origin, alias))
    cookies.set(alias, cookie)
    const headers = { cookie, 'sec-fetch-site': 'same-origin', ...(body ? { 'content-type': 'application/json' } : {}) }
    const response = await fetch(`${origin}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
    const text = await response.text()
    if (!response.ok) throw new Refused(`${method} ${path} as ${alias}: ${response.status} ${text.slice(0, 400)}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
  const databaseUrl = (await findEmbeddedPostgres(folder)) ?? ''
  return {
    folder,
    databaseUrl,
    call,
    moveTo: async (moment) => {
      await call('admin', 'POST', '/countersign/v1/clock', { set: moment.toISOString(), hold: true })
    },
    quiet: () => quiet(origin),
    remove: async () => {
      child.kill('SIGTERM')
      await once(child, 'exit')
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** The clock stands still before the organisation is imported, so that it is as old as the year. */
async function holdAt(folder: string, at: Date): Promise<void> {
  const postgres = await startEmbeddedPostgres({ folder, log: quietly })
  const options = { url: postgres.url, schema: 'countersign' }
  await migrate(options, await readMigrations(join(root, 'migrations')))
  const limits = { poolSize: 2, statementTimeoutMs: 20_000, lockTimeoutMs: 5_000, movableClock: true }
  const db = new Database({ ...options, ...limits }, systemClock, quietly)
  await db.transaction((tx) => holdClock(tx, at))
  await db.close()
  await postgres.stop()
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function listening(child: ChildProcess): Promise<void> {
  let output = ''
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes('Countersign listens on')) resolve()
    })
    child.once('exit', (code) => reject(new Error(`the sandbox ended with ${code}:\n${output}`)))
  })
}

async function become(origin: string, alias: string): Promise<string> {
  const people = (await (await fetch(`${origin}/countersign/v1/sandbox/people?limit=250`)).json()) as { id: string; alias: string }[]
  const personId = people.find((person) => person.alias === alias)?.id
  const response = await fetch(`${origin}/countersign/v1/sandbox/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ personId }),
  })
  if (!response.ok) throw new Refused(`nobody can be ${alias}: ${await response.text()}`)
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

/** Mails do not count: they wait on purpose. */
async function quiet(origin: string): Promise<void> {
  for (let calm = 0; calm < 2; ) {
    const metrics = await (await fetch(`${origin}/metrics`)).text()
    calm = /^countersign_jobs_waiting 0$/m.test(metrics) ? calm + 1 : 0
    await sleep(25)
  }
}
