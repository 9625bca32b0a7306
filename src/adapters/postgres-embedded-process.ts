import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { platform } from 'node:os'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

/** The only environment our child processes inherit: nothing of ours, secrets least of all, belongs in PostgreSQL's. */
export const childEnvironment = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError'
}

/** One life of one process. A pid alone is not enough: it is used again after its process is gone. */
export interface LivingProcess {
  readonly pid: number
  /** Opaque; differs between two processes that had the same pid. */
  readonly startedAt: string
  /** The arguments joined by spaces, or '' where the platform does not tell. */
  readonly command: string
}

const runFile = promisify(execFile)

/** The living process of this pid; undefined when there is none or only a zombie is left. */
export async function findProcess(pid: number): Promise<LivingProcess | undefined> {
  if (platform() === 'linux') return findInProc(pid)
  if (platform() === 'win32') return pidIsTaken(pid) ? { pid, startedAt: '', command: '' } : undefined
  return findWithPs(pid)
}

async function findInProc(pid: number): Promise<LivingProcess | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
    // The second field is the program's name in parentheses and may hold anything, so count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, startedAt] = [fields[0], fields[19]]
    if (state === 'Z' || state === 'X' || startedAt === undefined) return undefined
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    return { pid, startedAt, command: command.split('\0').join(' ').trimEnd() }
  } catch {
    return undefined
  }
}

async function findWithPs(pid: number): Promise<LivingProcess | undefined> {
  try {
    const args = ['-ww', '-o', 'stat=,lstart=,command=', '-p', String(pid)]
    const { stdout } = await runFile('ps', args, { env: childEnvironment })
    const match = /^\s*(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/m.exec(stdout)
    if (!match || match[1]?.startsWith('Z')) return undefined
    return { pid, startedAt: match[2] ?? '', command: match[3]?.trimEnd() ?? '' }
  } catch {
    return undefined
  }
}

export async function isStillRunning(process: LivingProcess): Promise<boolean> {
  const now = await findProcess(process.pid)
  return now?.startedAt === process.startedAt
}

/** Whether a signal would find somebody under this pid: true for zombies and for processes of other users, too. */
export function pidIsTaken(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Fast shutdown (open transactions are rolled back); a postmaster that does not obey is stopped harder. WAL makes all of them safe. */
export async function stopPostmaster(postmaster: LivingProcess, pgCtl: string): Promise<void> {
  const steps = [
    { signal: 'SIGINT', patienceMs: 10_000 },
    { signal: 'SIGQUIT', patienceMs: 10_000 },
    { signal: 'SIGKILL', patienceMs: 5_000 },
  ] as const
  for (const { signal, patienceMs } of steps) {
    if (!(await isStillRunning(postmaster))) return
    await send(signal, postmaster.pid, pgCtl)
    if (await isGoneWithin(postmaster, patienceMs)) return
  }
  throw new EmbeddedPostgresError(`PostgreSQL (process ${postmaster.pid}) does not stop, not even when killed`)
}

async function isGoneWithin(target: LivingProcess, patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs
  while (await isStillRunning(target)) {
    if (performance.now() > deadline) return false
    await delay(15)
  }
  return true
}

async function send(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL', pid: number, pgCtl: string): Promise<void> {
  try {
    // Windows has no signals: there PostgreSQL listens on a pipe that pg_ctl knows how to write to.
    if (platform() === 'win32' && signal !== 'SIGKILL') await runFile(pgCtl, ['kill', signal.slice(3), String(pid)])
    else process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
