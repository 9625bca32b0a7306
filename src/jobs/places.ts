import type { Job, JobName } from '../store/jobs.ts'

/**
 * A job that is at it for so long waits for somebody else, and gives its place to another: a target that hangs holds up nothing but itself.
 * It still counts among the jobs of its target.
 */
const PARKED_AFTER_MS = 250
/** So many jobs for every place at most, those that wait for somebody else among them. */
const MOST_PER_PLACE = 16

/** Work within our own house keeps its place however long it takes: more of it at a time would only make the database slower. */
const waitsForOthers: JobName[] = ['run-step', 'send-notifications', 'sync-source', 'switch-account']

/** So many jobs for every place wait here at most, so that one look for work finds several, and a place that becomes free need not wait for it. */
const AHEAD_PER_PLACE = 2

interface Running {
  job: Job
  work: Promise<void>
}

/** The places of this node, the jobs that have one or are next, and the places that are kept for a job which is just being stored. */
export class Places {
  private readonly count: number
  private readonly onFree: () => void
  private readonly running = new Map<string, Running>()
  private readonly kept: (string | null)[] = []
  private next: { job: Job; begin: () => Promise<void> }[] = []
  private parked = 0

  /** `onFree` is told when a place has become free. */
  constructor(count: number, onFree: () => void) {
    this.count = count
    this.onFree = onFree
  }

  /** How many more jobs may come. */
  room(): number {
    const known = this.running.size + this.next.length + this.kept.length
    return Math.min(this.count * (1 + AHEAD_PER_PLACE) - (known - this.parked), this.count * MOST_PER_PLACE - known)
  }

  /** True while every place knows its next job. */
  hasSupply(): boolean {
    return this.next.length >= this.count
  }

  jobIds(): string[] {
    return [...this.running.keys(), ...this.next.map(({ job }) => job.id)]
  }

  /** Ends when what is under way has ended; returns what had not begun. */
  async empty(): Promise<Job[]> {
    const left = this.next.map(({ job }) => job)
    this.next = []
    await Promise.all([...this.running.values()].map(({ work }) => work))
    return left
  }

  /** Keeps a place for a job of this target; returns how many it has here then. */
  keep(sourceId: string | null): number {
    this.kept.push(sourceId)
    const jobs = [...[...this.running.values()].map(({ job }) => job), ...this.next.map(({ job }) => job)]
    return jobs.filter((job) => job.sourceId === sourceId).length + this.kept.filter((id) => id === sourceId).length
  }

  /** The targets for which places are kept. */
  keptFor(): string[] {
    return this.kept.filter((id) => id !== null)
  }

  giveBack(sourceIds: (string | null)[]): void {
    for (const id of sourceIds) this.kept.splice(this.kept.indexOf(id), 1)
  }

  /** Begins a job, or has it wait for a place. */
  take(job: Job, begin: () => Promise<void>): void {
    this.next.push({ job, begin })
    this.beginNext()
  }

  private beginNext(): void {
    while (this.running.size - this.parked < this.count) {
      const next = this.next.shift()
      if (!next) return
      this.run(next.job, next.begin())
    }
  }

  private run(job: Job, work: Promise<void>): void {
    let isParked = false
    const parking = setTimeout(() => {
      if (!waitsForOthers.includes(job.name)) return
      isParked = true
      this.parked++
      this.beginNext()
      this.onFree()
    }, PARKED_AFTER_MS)
    const ended = work.finally(() => {
      clearTimeout(parking)
      this.running.delete(job.id)
      if (isParked) this.parked--
      this.beginNext()
      this.onFree()
    })
    this.running.set(job.id, { job, work: ended })
  }
}
