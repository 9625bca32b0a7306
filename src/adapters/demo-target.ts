import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { connect, createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface DemoTargetOptions {
  /** Path of the target's program, .js or .ts. */
  script: string
  /** Where the target keeps its state, its log and its address. */
  folder: string
  /** The users and groups it begins with. */
  seed: string
  /** Default: the port it had before, else any free one. */
  port?: number
  log: (message: string) => void
}

export interface DemoTarget {
  baseUrl: string
  token: string
  /** Of the process that serves now; another one after a restart. */
  readonly pid: number
  /** Ends the target and the watch over it. */
  stop(): Promise<void>
}

interface Running {
  pid: number
  port: number
  /** Undefined when another process started it. */
  child: ChildProcess | undefined
}

const READY_POLLS = 150
const POLL_MS = 100
const WATCH_MS = 500
const LONGEST_BACKOFF_MS = 30_000
/** A target that lived this many rounds of the watch did not die of its start. */
const CALM_ROUNDS = 60

/**
 * Makes sure that the demo's target system runs, as a process of its own that outlives this one when it is killed:
 * adopts the one that serves the folder already, else starts it. Restarts it when it dies, until stopped.
 */
export async function startDemoTarget(options: DemoTargetOptions): Promise<DemoTarget> {
  fs.mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  const token = tokenIn(options.folder)
  const running = (await adopt(options, token)) ?? (await launch(options, token, await portFor(options)))
  const watch = watchOver(running, options, token)
  return {
    baseUrl: baseUrlOf(running.port),
    token,
    get pid() {
      return watch.running().pid
    },
    stop: () => watch.stop(),
  }
}

function baseUrlOf(port: number): string {
  return `http://127.0.0.1:${port}/scim/v2`
}

function tokenIn(folder: string): string {
  const file = join(folder, 'token')
  if (!fs.existsSync(file)) fs.writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' })
  return fs.readFileSync(file, 'utf8').trim()
}

async function adopt(options: DemoTargetOptions, token: string): Promise<Running | undefined> {
  const recorded = recordIn(options.folder)
  if (recorded === undefined || (options.port !== undefined && options.port !== recorded.port)) return undefined
  if (!(await answers(recorded.port, token))) return undefined
  options.log(`demo target adopted: process ${recorded.pid} on port ${recorded.port}`)
  return { ...recorded, child: undefined }
}

function recordIn(folder: string): { pid: number; port: number } | undefined {
  try {
    const { pid, port } = JSON.parse(fs.readFileSync(join(folder, 'target.json'), 'utf8'))
    return { pid: Number(pid), port: Number(port) }
  } catch {
    return undefined
  }
}

async function answers(port: number, token: string): Promise<boolean> {
  try {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(`${baseUrlOf(port)}/ServiceProviderConfig`, { headers, signal: AbortSignal.timeout(2000) })
    // Any server may answer 200 to anything; this one says what it is.
    return answer.ok && (await answer.text()).includes('urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig')
  } catch {
    return false
  }
}

/** The port asked for, else the one from last time while it is free, because sources refer to it, else 0 for any. */
async function portFor(options: DemoTargetOptions): Promise<number> {
  if (options.port !== undefined) return options.port
  const port = recordIn(options.folder)?.port ?? 0
  if (port === 0 || (await isFree(port))) return port
  options.log(`demo target: port ${port} is taken now, so its address changes`)
  return 0
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer()
    probe.once('error', () => done(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)))
  })
}

async function launch(options: DemoTargetOptions, token: string, port: number): Promise<Running> {
  const child = spawnTarget(options, port)
  let spawnError: Error | undefined
  child.once('error', (error) => {
    spawnError = error
  })
  for (let poll = 0; poll < READY_POLLS && isRunning(child) && spawnError === undefined; poll++) {
    const recorded = recordIn(options.folder)
    if (recorded !== undefined && recorded.pid === child.pid && (await answers(recorded.port, token))) {
      options.log(`demo target started: process ${recorded.pid} on port ${recorded.port}`)
      return { ...recorded, child }
    }
    await sleep(POLL_MS)
  }
  child.kill('SIGKILL')
  throw new Error(`The demo target did not start (${spawnError?.message ?? `see ${join(options.folder, 'target.log')}`})`)
}

function spawnTarget({ script, folder, seed }: DemoTargetOptions, port: number): ChildProcess {
  const path = resolve(script)
  const output = fs.openSync(join(folder, 'target.log'), 'a', 0o600)
  const home = resolve(folder)
  const loader = path.endsWith('.ts') ? ['--import', 'tsx'] : []
  const target = ['--folder', home, '--port', String(port), '--token-file', join(home, 'token'), '--seed', resolve(seed)]
  // In the script's own folder, because that is where the loader's package is looked for.
  const child = spawn(process.execPath, [...loader, path, ...target], {
    cwd: dirname(path),
    detached: true,
    stdio: ['ignore', output, output],
  })
  fs.closeSync(output)
  child.unref()
  return child
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

/** An adopted process is no child of ours, so its port tells whether it lives: only a dead one refuses connections. */
function isAlive({ child, port }: Running): Promise<boolean> {
  if (child !== undefined) return Promise.resolve(isRunning(child))
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => done(true)).once('error', (error) => done(!('code' in error && error.code === 'ECONNREFUSED')))
    socket.once('connect', () => socket.destroy())
  })
}

function watchOver(first: Running, options: DemoTargetOptions, token: string): { running(): Running; stop(): Promise<void> } {
  let running = first
  const stopping = new AbortController()
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => {})

  async function watch(): Promise<void> {
    let backoffMs = WATCH_MS
    let calmRounds = 0
    while (!stopping.signal.aborted) {
      await pause(WATCH_MS)
      if (stopping.signal.aborted || (await isAlive(running))) {
        calmRounds++
        continue
      }
      if (calmRounds > CALM_ROUNDS) backoffMs = WATCH_MS
      calmRounds = 0
      options.log(`demo target: process ${running.pid} is gone, starting it again in ${backoffMs} ms`)
      await pause(backoffMs)
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)
      if (!stopping.signal.aborted) await restart()
    }
  }

  async function restart(): Promise<void> {
    try {
      // The same port, whatever happens: sources refer to it.
      running = await launch(options, token, running.port)
    } catch (error) {
      options.log(`demo target: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  const watching = watch()
  return {
    running: () => running,
    async stop() {
      stopping.abort()
      await watching
      await end(running)
    },
  }
}

async function end(running: Running): Promise<void> {
  if (!(await isAlive(running))) return
  signal(running.pid, 'SIGTERM')
  for (let poll = 0; poll < 30; poll++) {
    if (!(await isAlive(running))) return
    await sleep(POLL_MS)
  }
  signal(running.pid, 'SIGKILL')
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended by itself in the meantime.
  }
}
