import { retryDelayMs } from '../domain/provisioning.ts'
import { followNotices } from '../operations/follow-notices.ts'
import { followTheClock } from '../operations/follow-the-clock.ts'
import type { StepContext } from '../operations/run-step.ts'
import type { MailContext } from '../operations/send-notifications.ts'
import { type TidyContext, tidyUp } from '../operations/tidy-up.ts'
import type { Logger } from '../ports.ts'
import { claimJobs, finishJobs, type Job, type JobLease, type JobName, releaseJob, renewJobs } from '../store/jobs.ts'
import type { TakenJob, Taker } from '../store/taking.ts'
import { Places } from './places.ts'

/** What a job answers: ended with what it has done, done and to be ended, or not yet (try again in so many milliseconds). */
export type JobResult = 'ended' | 'done' | { againInMs: number }
/** What workers are given. */
export type WorkContext = StepContext & MailContext & TidyContext
export type JobFunction = (context: WorkContext, key: string, job: JobLease) => Promise<JobResult>

export interface Runner {
  /** Looks for work now. */
  wake(): void
  /** Takes no more work, waits for what is under way. */
  stop(): Promise<void>
}

export interface RunnerOptions {
  /** The name this node's leases carry. */
  worker: string
  concurrency: number
  /** How many jobs may be at work with one target at a time, on all nodes together; a source may say otherwise for itself. */
  jobsPerSource: number
  pollMs: number
  sweepMs: number
  leaseMs: number
  /** How often what nobody needs any more is thrown away. */
  tidyMs: number
}

/**
 * Runs jobs on this node: takes what is enqueued in this process while it has places, claims what is due otherwise, does it, ends it. Any number
 * of nodes may run one; the leases keep them apart.
 */
export function startRunner(context: WorkContext, jobs: Record<JobName, JobFunction>, options: RunnerOptions, log: Logger): Runner {
  const { db } = context
  const worker = new Worker(context, jobs, options, log)
  const notOffered = db.offerJobsTo(worker)
  const poll = setInterval(() => worker.wake(), options.pollMs)
  const renewal = setInterval(() => {
    const ids = worker.jobIds()
    // A renewal that fails costs nothing: a job may run twice.
    if (ids.length > 0) void renewJobs(db, ids, options.worker, options.leaseMs).catch(() => undefined)
  }, options.leaseMs / 3)
  const sweeper = repeat(options.sweepMs, 'a sweep failed; trying again', log, async () => {
    if ((await sweep(context)) > 0) worker.wake()
  })
  const tidier = repeat(options.tidyMs, 'old rows could not be removed; trying again', log, async () => {
    const removed = await tidyUp(context)
    if (removed > 0) log.info({ removed }, 'what nobody needs any more was removed')
  })
  worker.wake()
  return {
    wake: () => worker.wake(),
    async stop() {
      notOffered()
      clearInterval(poll)
      const stopped = worker.stop()
      await sweeper.stop()
      await tidier.stop()
      await stopped
      clearInterval(renewal)
    },
  }
}

class Worker implements Taker {
  readonly worker: string
  readonly leaseMs: number
  readonly jobsPerSource: number
  private readonly context: WorkContext
  private readonly jobs: Record<JobName, JobFunction>
  private readonly options: RunnerOptions
  private readonly log: Logger
  private readonly places: Places
  private stopping = false
  private claiming: Promise<void> | undefined
  private wanted = false
  /** More was due than there was room for: whatever comes now has to wait its turn. */
  private othersWait = false
  /** Something was due and could not be had: its target has as many as it may. It can be, perhaps, when a job has ended. */
  private mayBeMore = false
  /** Done, but not yet ended: that goes with the next look for work, which follows at once. Should it fail, they run twice. */
  private done: Job[] = []

  constructor(context: WorkContext, jobs: Record<JobName, JobFunction>, options: RunnerOptions, log: Logger) {
    this.worker = options.worker
    this.leaseMs = options.leaseMs
    this.jobsPerSource = options.jobsPerSource
    this.context = context
    this.jobs = jobs
    this.options = options
    this.log = log
    this.places = new Places(options.concurrency, () => this.onFree())
  }

  /** What is under way, or done and not yet ended. */
  jobIds(): string[] {
    return [...this.places.jobIds(), ...this.done.map((job) => job.id)]
  }

  keepPlace(sourceId: string | null): number | undefined {
    // Two that count at the same moment would not see each other: a claim counts for itself.
    if (this.stopping || this.claiming || this.othersWait || this.places.room() <= 0) return undefined
    return this.places.keep(sourceId)
  }

  filled(taken: TakenJob[], inVain: (string | null)[]): void {
    this.places.giveBack([...inVain, ...taken.map((job) => job.sourceId)])
    for (const { name, ...rest } of taken) {
      const job = { ...rest, name: name as JobName, attempts: 1 }
      if (this.stopping) void this.giveBack(job)
      else this.run(job)
    }
  }

  wake(): void {
    this.wanted = true
    if (this.stopping || this.claiming) return
    this.claiming = this.claim()
      .catch((error: unknown) => this.log.warn({ err: error }, 'work could not be looked for; trying again'))
      .finally(() => {
        this.claiming = undefined
      })
  }

  /** Ends what is under way, gives back what has not begun, takes no more. */
  async stop(): Promise<void> {
    this.stopping = true
    await this.claiming
    const notBegun = await this.places.empty()
    await Promise.all(notBegun.map((job) => this.giveBack(job)))
    await finishJobs(this.context.db, this.done, this.worker).catch(() => undefined)
  }

  private async claim(): Promise<void> {
    do {
      this.wanted = false
      const limit = this.places.room()
      this.othersWait ||= limit <= 0
      if (this.stopping || limit <= 0 || this.places.hasSupply()) return
      const ended = this.done
      this.done = []
      const keptFor = this.places.keptFor()
      const { jobs, more } = await claimJobs(this.context.db, { ...this.options, ended, keptFor, limit }).catch((error: unknown) => {
        this.done.push(...ended)
        throw error
      })
      for (const job of jobs) this.run(job)
      this.othersWait = jobs.length === limit
      this.mayBeMore = more
    } while (this.wanted)
  }

  private run(job: Job): void {
    const { context, jobs, options, log } = this
    this.places.take(job, () => runJob(context, jobs, job, options, log, () => this.done.push(job)))
  }

  /** Takes the next jobs at once instead of at the next poll, if there may be some. */
  private onFree(): void {
    if (this.mayBeMore || this.done.length > 0 || this.context.db.takeEnqueued()) this.wake()
  }

  /** Should this fail, the lease runs out. */
  private async giveBack(job: Job): Promise<void> {
    await releaseJob(this.context.db, job, this.worker, 0, 'its worker has stopped').catch(() => undefined)
  }
}

async function runJob(
  context: WorkContext,
  jobs: Record<JobName, JobFunction>,
  job: Job,
  options: RunnerOptions,
  log: Logger,
  onDone: () => void,
): Promise<void> {
  try {
    const result = await jobs[job.name](context, job.key, { id: job.id, worker: options.worker, attempts: job.attempts })
    if (result === 'done') onDone()
    else if (result !== 'ended') await releaseJob(context.db, job, options.worker, result.againInMs, 'not yet')
  } catch (error) {
    log.error({ err: error, job: job.name, key: job.key, attempts: job.attempts }, 'a job failed and will be tried again')
    const delayMs = retryDelayMs(job.attempts, context.random())
    // If even this fails (the database is away), the lease runs out and the job is due again.
    await releaseJob(context.db, job, options.worker, delayMs, String(error)).catch(() => undefined)
  }
}

/** What fails in one half does not hold up the other. */
async function sweep(context: WorkContext): Promise<number> {
  const halves = await Promise.allSettled([followTheClock(context), followNotices(context)])
  const failures = halves.flatMap((half) => (half.status === 'rejected' ? [half.reason] : []))
  if (failures.length > 0) throw failures.length === 1 ? failures[0] : new AggregateError(failures, 'both halves of a sweep failed')
  return halves.reduce((sum, half) => sum + (half.status === 'fulfilled' ? half.value : 0), 0)
}

/** Does something again and again, one time after the other. */
function repeat(everyMs: number, onFailure: string, log: Logger, work: () => Promise<void>): { stop(): Promise<void> } {
  let under: Promise<void> | undefined
  const timer = setInterval(() => {
    under ??= work()
      .catch((error: unknown) => log.warn({ err: error }, onFailure))
      .finally(() => {
        under = undefined
      })
  }, everyMs)
  return {
    async stop() {
      clearInterval(timer)
      await under
    },
  }
}
