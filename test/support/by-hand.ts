import { jobs } from '../../src/jobs/jobs.ts'
import type { WorkContext } from '../../src/jobs/runner.ts'
import { followTheClock } from '../../src/operations/follow-the-clock.ts'
import type { Connector } from '../../src/ports.ts'
import { claimJobs, finishJobs, releaseJob } from '../../src/store/jobs.ts'
import { type TestApp, usualWork } from './app.ts'
import { hurry, unsettled } from './books.ts'
import { mailSettings } from './fake-mailer.ts'

const MOST_ROUNDS = 300

/**
 * A worker that works only when it is told to, one job after the other, and for which no time has to pass: the same happens every time. Where
 * calls arrive late, it has to leave accounts alone as others do (`isPatient`).
 */
export function workerByHand(app: TestApp, connector: Connector, giveUpAfterMs: number, { isPatient = false } = {}) {
  const worker = app.app.ids.next()
  const context: WorkContext = {
    db: app.db,
    ids: app.app.ids,
    connectorFor: () => connector,
    random: () => 0,
    mail: mailSettings(app.mailer),
    ...usualWork,
    giveUpAfterMs,
  }

  async function doSome(limit: number): Promise<number> {
    if (!isPatient) await app.sql('update account set leased_until = null where leased_by is null')
    const { jobs: claimed } = await claimJobs(app.db, { worker, limit, leaseMs: 60_000, jobsPerSource: 100 })
    for (const job of claimed) {
      const result = await jobs[job.name](context, job.key, { ...job, worker })
      if (result === 'done') await finishJobs(app.db, [job], worker)
      else if (result !== 'ended') await releaseJob(app.db, job, worker, 0, 'not yet')
    }
    return claimed.length
  }

  return {
    context,
    /** Looks for what is due and does so many jobs of it. */
    async some(limit: number): Promise<void> {
      await followTheClock(context)
      await doSome(limit)
    },
    /** Works until there is nothing left to do. */
    async all(): Promise<void> {
      for (let round = 0; round < MOST_ROUNDS; round++) {
        await hurry(app.sql)
        const found = await followTheClock(context)
        const done = await doSome(50)
        if (found + done === 0 && (await unsettled(app.sql)).every((what) => what.includes('assignment ENDING'))) return
      }
      throw new Error(`never at rest: ${(await unsettled(app.sql)).join(', ')}`)
    },
  }
}
