import { retryDelayMs } from '../domain/provisioning.ts'
import { followNotices } from '../operations/follow-notices.ts'
import { followTheClock } from '../operations/follow-the-clock.ts'
import type { StepContext } from '../operations/run-step.ts'
import type { MailContext } from '../operations/send-notifications.ts'
import type { Logger } from '../ports.ts'
import { claimJobs, finishJob, type Job, type JobName, releaseJob, renewJobs } from '../store/jobs.ts'

/** What a job answers: done, or not yet (try again in so many milliseconds). */
export type JobResult = 'done' | { againInMs: number }
/** What workers are given. */
export type WorkContext = StepContext & MailContext
export type JobFunction = (context: WorkContext, key: string) => Promise<JobResult>

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
  pollMs: number
  sweepMs: number
  leaseMs: number
}

/** Runs jobs on this node: claims what is due, does it, ends it. Any number of nodes may run one; the leases keep them apart. */
export function startRunner(context: WorkContext, jobs: Record<JobName, JobFunction>, options: RunnerOptions, log: Logger): Runner {
  let stopping = false
  let claiming: Promise<void> | undefined
  let wanted = false
  const running = new Map<string, Promise<void>>()

  async function claim(): Promise<void> {
    do {
      wanted = false
      const room = options.concurrency - running.size
      if (stopping || room <= 0) return
      const claimed = await claimJobs(context.db, options.worker, room, options.leaseMs)
      for (const job of claimed) track(job)
      if (claimed.length === room) wanted = true
    } while (wanted && running.size < options.concurrency)
  }

  function track(job: Job): void {
    const work = runJob(context, jobs, job, options, log).finally(() => {
      running.delete(job.id)
      // A free place: take the next job at once instead of at the next poll.
      wake()
    })
    running.set(job.id, work)
  }

  function wake(): void {
    wanted = true
    if (stopping || claiming) return
    claiming = claim()
      .catch((error: unknown) => log.warn({ err: error }, 'work could not be looked for; trying again'))
      .finally(() => {
        claiming = undefined
      })
  }

  const poll = setInterval(wake, options.pollMs)
  const renewal = setInterval(() => {
    // A renewal that fails costs nothing: a job may run twice.
    if (running.size > 0) void renewJobs(context.db, [...running.keys()], options.worker, options.leaseMs).catch(() => undefined)
  }, options.leaseMs / 3)
  const sweeper = startSweeper(context, options.sweepMs, wake, log)
  wake()
  return {
    wake,
    async stop() {
      stopping = true
      clearInterval(poll)
      await sweeper.stop()
      await claiming
      await Promise.all(running.values())
      clearInterval(renewal)
    },
  }
}

async function runJob(
  context: WorkContext,
  jobs: Record<JobName, JobFunction>,
  job: Job,
  options: RunnerOptions,
  log: Logger,
): Promise<void> {
  try {
    const result = await jobs[job.name](context, job.key)
    if (result === 'done') await finishJob(context.db, job, options.worker)
    else await releaseJob(context.db, job, options.worker, result.againInMs, 'not yet')
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

/** Does what is due by the clock, again and again, one sweep at a time. */
function startSweeper(context: WorkContext, sweepMs: number, wake: () => void, log: Logger): { stop(): Promise<void> } {
  let sweeping: Promise<void> | undefined
  const timer = setInterval(() => {
    sweeping ??= sweep(context)
      .then((found) => {
        if (found > 0) wake()
      })
      .catch((error: unknown) => log.warn({ err: error }, 'a sweep failed; trying again'))
      .finally(() => {
        sweeping = undefined
      })
  }, sweepMs)
  return {
    async stop() {
      clearInterval(timer)
      await sweeping
    },
  }
}
