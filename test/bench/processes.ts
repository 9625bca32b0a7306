import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MS_PER_TICK, statOf } from './cpu.ts'
import { root } from './product.ts'

export interface StartUp {
  firstMs: number
  againMs: number
  /** CPU of the Node process until then. */
  firstCpuMs: number
  againCpuMs: number
  /** Of the Node process alone, after ten idle seconds, in megabytes. */
  idleMb: number
}

const port = 20_000 + (process.pid % 10_000)

/** The bundle as a process of its own: how long until its first answer on an empty data folder and on the one it left, and how much it holds. */
export async function startUps(databaseUrl: string | undefined): Promise<StartUp> {
  const data = await mkdtemp(join(tmpdir(), 'countersign-bench-'))
  try {
    const environment = { COUNTERSIGN_DATA: data, PORT: String(port), ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}) }
    const first = await start(environment)
    await first.stop()
    const agains: Awaited<ReturnType<typeof start>>[] = []
    let idleMb = 0
    for (let round = 0; round < 3; round++) {
      const again = await start(environment)
      agains.push(again)
      if (round === 2) {
        await sleep(10_000)
        idleMb = await residentMb(again.child)
      }
      await again.stop()
    }
    const middle = agains.sort((a, b) => a.ms - b.ms)[1] as (typeof agains)[number]
    return { firstMs: first.ms, firstCpuMs: first.cpuMs, againMs: middle.ms, againCpuMs: middle.cpuMs, idleMb }
  } finally {
    await rm(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  }
}

async function start(environment: Record<string, string>) {
  const begun = performance.now()
  const role = environment['DATABASE_URL'] ? 'serve' : 'sandbox'
  const child = spawn(process.execPath, ['--enable-source-maps', join(root, 'dist', 'main.js'), role], {
    env: { ...process.env, ...environment, ...secrets },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  while (!(await answers())) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`)
    await sleep(5)
  }
  const ms = performance.now() - begun
  const cpuMs = (statOf(child.pid ?? 0)?.ticks ?? Number.NaN) * MS_PER_TICK
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  return { child, ms, cpuMs, stop }
}

const secrets = { COUNTERSIGN_SIGNING_KEY: 'a1b2c3d4e5f60718'.repeat(4), COUNTERSIGN_ENCRYPTION_KEY: '18f7e6d5c4b3a209'.repeat(4) }

async function answers(): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health/ready`).then(
    (answer) => answer.ok,
    () => false,
  )
}

async function residentMb(child: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024
}
