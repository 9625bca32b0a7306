import { retryDelayMs } from '../domain/provisioning.ts'
import { followNotices } from '../operations/follow-notices.ts'
import { followTheClock } from '../operations/follow-the-clock.ts'
import type { StepContext } from '../operations/run-step.ts'
import type { MailContext } from '../operations/send-notifications.ts'
import { type TidyContext, tidyUp } from '../operations/tidy-up.ts'
import type { Logger } from '../ports.ts'
import { claimJobs, finishJobs, type Job, type JobName, releaseJob, renewJobs } from '../store/jobs.ts'

/** What a job answers: done, or not yet (try again in so many milliseconds). */
export type JobResult = 'done' | { againInMs: number }
/** What workers are given. */
export type WorkContext = StepContext & MailContext & TidyContext
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
  /** How many jobs may be at work with one target at a time, on all nodes together; a source may say otherwise for itself. */
  jobsPerSource: number
  pollMs: number
  sweepMs: number
  leaseMs: number
  /** How often what nobody needs any more is thrown away. */
  tidyMs: number
}

/** Runs jobs on this node: claims what is due, does it, ends it. Any number of nodes may run one; the leases keep them apart. */
export function startRunner(context: WorkContext, jobs: Record<JobName, JobFunction>, options: RunnerOptions, log: Logger): Runner {
  let stopping = false
  let claiming: Promise<void> | undefined
  let wanted = false
  // Done, but not yet ended: that goes with the next look for work, which follows at once. Should it fail, they run twice.
  let done: Job[] = []
  const places = openPlaces(options.concurrency, () => wake())

  async function claim(): Promise<void> {
    do {
      wanted = false
      const room = places.room()
      if (stopping || room <= 0) return
      const ended = done
      done = []
      const claimed = await claimJobs(context.db, { ...options, ended, limit: room }).catch((error: unknown) => {
        done.push(...ended)
        throw error
      })
      for (const job of claimed)
        places.take(
          job,
          runJob(context, jobs, job, options, log, () => done.push(job)),
        )
      if (claimed.length === room) wanted = true
    } while (wanted && places.room() > 0)
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
    const taken = [...places.jobIds(), ...done.map((job) => job.id)]
    if (taken.length > 0) void renewJobs(context.db, taken, options.worker, options.leaseMs).catch(() => undefined)
  }, options.leaseMs / 3)
  const sweeper = repeat(options.sweepMs, 'a sweep failed; trying again', log, async () => {
    if ((await sweep(context)) > 0) wake()
  })
  const tidier = repeat(options.tidyMs, 'old rows could not be removed; trying again', log, async () => {
    const removed = await tidyUp(context)
    if (removed > 0) log.info({ removed }, 'what nobody needs any more was removed')
  })
  wake()
  return {
    wake,
    async stop() {
      stopping = true
      clearInterval(poll)
      await sweeper.stop()
      await tidier.stop()
      await claiming
      await places.empty()
      await finishJobs(context.db, done, options.worker).catch(() => undefined)
      clearInterval(renewal)
    },
  }
}

/**
 * A job that is at it for so long waits for somebody else, and gives its place to another: a target that hangs holds up nothing but itself.
 * It still counts among the jobs of its target.
 */
const PARKED_AFTER_MS = 250
/** So many jobs for every place at most, those that wait for somebody else among them. */
const MOST_PER_PLACE = 16

/** Work within our own house keeps its place however long it takes: more of it at a time would only make the database slower. */
const waitsForOthers: JobName[] = ['run-step', 'send-notifications', 'sync-source', 'switch-account']

/** The places of this node, and the jobs that have one. `onFree` is told when there may be room for another. */
function openPlaces(count: number, onFree: () => void) {
  const running = new Map<string, Promise<void>>()
  let parked = 0
  return {
    room: () => Math.min(count - (running.size - parked), count * MOST_PER_PLACE - running.size),
    jobIds: () => [...running.keys()],
    async empty(): Promise<void> {
      await Promise.all(running.values())
    },
    take(job: Job, work: Promise<void>): void {
      let isParked = false
      const parking = setTimeout(() => {
        if (!waitsForOthers.includes(job.name)) return
        isParked = true
        parked++
        onFree()
      }, PARKED_AFTER_MS)
      const ended = work.finally(() => {
        clearTimeout(parking)
        running.delete(job.id)
        if (isParked) parked--
        // A free place: take the next job at once instead of at the next poll.
        onFree()
      })
      running.set(job.id, ended)
    },
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
    const result = await jobs[job.name](context, job.key)
    if (result === 'done') onDone()
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
