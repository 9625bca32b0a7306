import { readdirSync, readFileSync } from 'node:fs'
import type pg from 'pg'

/** What a piece of work has cost this process and the database, in milliseconds of CPU; nobody knows the latter where it runs elsewhere. */
export interface Cpu {
  nodeMs: number
  databaseMs: number | undefined
}

/** Looks at the clocks of processes rather than at the one on the wall: what else the machine does hardly moves them. */
export class CpuMeter {
  private readonly postmaster: number | undefined

  private constructor(postmaster: number | undefined) {
    this.postmaster = postmaster
  }

  static async of(pool: pg.Pool): Promise<CpuMeter> {
    const { rows } = await pool.query('select pg_backend_pid() as pid')
    const stat = statOf(Number(rows[0].pid))
    return new CpuMeter(stat?.name === 'postgres' ? stat.parent : undefined)
  }

  /** Returns what `work` answers and what each of the `count` things it did has cost. */
  async measure<T>(work: () => Promise<{ count: number; answer: T }>): Promise<{ answer: T; cpu: Cpu }> {
    const [before, databaseBefore] = [process.cpuUsage(), this.databaseTicks()]
    const { count, answer } = await work()
    const { user, system } = process.cpuUsage(before)
    const databaseAfter = this.databaseTicks()
    const databaseMs =
      databaseBefore === undefined || databaseAfter === undefined ? undefined : ((databaseAfter - databaseBefore) * MS_PER_TICK) / count
    return { answer, cpu: { nodeMs: (user + system) / 1000 / count, databaseMs } }
  }

  private databaseTicks(): number | undefined {
    if (this.postmaster === undefined) return undefined
    const all = readdirSync('/proc').flatMap((name) => statOf(Number(name)) ?? [])
    // Of those that have ended, the postmaster knows.
    return all
      .filter(({ pid, parent }) => pid === this.postmaster || parent === this.postmaster)
      .reduce((sum, { pid, ticks, endedTicks }) => sum + ticks + (pid === this.postmaster ? endedTicks : 0), 0)
  }
}

/** As Linux counts them. */
export const MS_PER_TICK = 10

/** What Linux says of a process; undefined where there is none. */
export function statOf(pid: number): { pid: number; name: string; parent: number; ticks: number; endedTicks: number } | undefined {
  if (!Number.isInteger(pid)) return undefined
  try {
    const [, name = '', rest = ''] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    const fields = rest.split(' ').map(Number)
    const [parent = 0, user = 0, system = 0, endedUser = 0, endedSystem = 0] = [fields[1], ...fields.slice(11, 15)]
    return { pid, name, parent, ticks: user + system, endedTicks: endedUser + endedSystem }
  } catch {
    return undefined
  }
}
