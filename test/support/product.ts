import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { makeTestFolder, removeTestFolder } from './database.ts'

const root = join(import.meta.dirname, '..', '..')
const script = join(root, 'dist', 'main.js')
const run = promisify(execFile)

/** The product as its users run it: a process of its own on a data folder of its own. */
export interface Product {
  readonly url: string
  readonly folder: string
  readonly output: string
  readonly pid: number
  env: Record<string, string>
  /** kill -9; what it started lives on. */
  kill(): Promise<void>
  /** Starts it again on the same folder. */
  start(): Promise<void>
  /** As a person would stop it; returns the exit code. */
  stop(): Promise<number | null>
  /** An access token of the sandbox's admin. */
  adminToken(): Promise<string>
  /** A connection of the test's own to the embedded database. */
  connect(): Promise<pg.Client>
  /** Runs another command on the same folder; returns what it printed. */
  command(...args: string[]): Promise<string>
  /** Stops everything and removes the folder. */
  remove(): Promise<void>
}

/** Builds nothing: `npm test` has built before. Takes the command line and the environment beside the data folder, which is a new one unless named. */
export async function startProduct(args: string[] = ['sandbox'], env: Record<string, string> = {}, named?: string): Promise<Product> {
  const folder = named ?? (await makeTestFolder())
  const product = new RunningProduct(folder, args, { PORT: '0', ...env })
  await product.start()
  return product
}

class RunningProduct implements Product {
  readonly folder: string
  env: Record<string, string>
  url = ''
  output = ''
  readonly #args: string[]
  #child: ChildProcess | undefined

  constructor(folder: string, args: string[], env: Record<string, string>) {
    this.folder = folder
    this.#args = args
    this.env = env
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  #environment(): Record<string, string> {
    // Most tests want nothing to have happened yet.
    return { PATH: process.env['PATH'] ?? '', COUNTERSIGN_DATA: this.folder, COUNTERSIGN_DEMO: 'organisation', ...this.env }
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [script, ...this.#args], { env: this.#environment(), stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    const from = this.output.length
    const listening = new Promise<string>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        this.output += chunk.toString()
        const port = /"port":(\d+),"msg":"listening"/.exec(this.output.slice(from))?.[1]
        if (port && (!this.#args.includes('sandbox') || this.output.slice(from).includes('Try:'))) resolve(`http://127.0.0.1:${port}`)
      }
      child.stdout?.on('data', read)
      child.stderr?.on('data', read)
      child.once('exit', (code, signal) => reject(new Error(`the product ended (${code ?? signal}):\n${this.output.slice(from)}`)))
    })
    this.url = await listening
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async stop(): Promise<number | null> {
    return this.#end('SIGTERM')
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null
    child.removeAllListeners('exit')
    const exited = once(child, 'exit')
    child.kill(signal)
    const [code] = (await exited) as [number | null]
    return code
  }

  async adminToken(): Promise<string> {
    const text = await readFile(join(this.folder, 'admin.env'), 'utf8')
    const value = (name: string) => new RegExp(`^${name}=(.+)$`, 'm').exec(text)?.[1] ?? ''
    const credentials = { client_id: value('SAIL_CLIENT_ID'), client_secret: value('SAIL_CLIENT_SECRET') }
    const body = new URLSearchParams({ grant_type: 'client_credentials', ...credentials })
    const response = await fetch(`${this.url}/oauth/token`, { method: 'POST', body })
    return ((await response.json()) as { access_token: string }).access_token
  }

  async connect(): Promise<pg.Client> {
    const { port, password } = JSON.parse(await readFile(join(this.folder, 'postgres', 'server.json'), 'utf8'))
    const login = { host: '127.0.0.1', port, user: 'countersign', password, database: 'countersign' }
    const client = new pg.Client({ ...login, options: '-c search_path=countersign' })
    // The database goes away with the product, and this connection with it.
    client.on('error', () => undefined)
    await client.connect()
    return client
  }

  async command(...args: string[]): Promise<string> {
    const { stdout } = await run(process.execPath, [script, ...args], { env: { ...this.#environment(), COUNTERSIGN_LOG_LEVEL: 'silent' } })
    return stdout
  }

  async remove(): Promise<void> {
    try {
      // A clean start and stop also ends what an earlier kill left running: the database and the demo's target.
      if (this.#child === undefined && this.#args.includes('sandbox')) await this.start()
      await this.stop()
    } finally {
      await removeTestFolder(this.folder)
    }
  }
}
