import { DomainError } from '../domain/errors.ts'
import { carryOutBulkMove } from '../operations/carry-out-bulk-move.ts'
import { theSystem } from '../operations/item-event.ts'
import { provisionItem } from '../operations/provision-item.ts'
import { runStep } from '../operations/run-step.ts'
import { sendNotifications } from '../operations/send-notifications.ts'
import { switchAccount } from '../operations/switch-account.ts'
import { syncSource } from '../operations/sync-source.ts'
import { TargetError } from '../ports.ts'
import type { JobName } from '../store/jobs.ts'
import type { JobFunction } from './runner.ts'

/** How soon a step is tried again whose account another worker has just now. */
const ACCOUNT_BUSY_MS = 100
/** How soon it is looked again whether another worker has sent a person's mails. */
const PERSON_BUSY_MS = 1_000

/** How soon the next portion of a long order is taken up: other work has its turn in between. */
const NEXT_PORTION_MS = 10

/** The work there is. Every job carries an id, reads the truth again and may run twice. */
export const jobs: Record<JobName, JobFunction> = {
  'provision-item': async (context, itemId, job) => {
    await provisionItem(context, itemId, job)
    return 'ended'
  },
  'run-step': async (context, stepId, job) => {
    const outcome = await runStep(context, stepId, job)
    return outcome === 'busy' ? { againInMs: ACCOUNT_BUSY_MS } : 'ended'
  },
  'switch-account': async (context, id) => {
    const outcome = await switchAccount(context, id)
    return outcome === 'busy' ? { againInMs: ACCOUNT_BUSY_MS } : 'done'
  },
  'move-in-bulk': async (context, id) => {
    const outcome = await carryOutBulkMove(context, id)
    return outcome === 'more' ? { againInMs: NEXT_PORTION_MS } : 'done'
  },
  'sync-source': async (context, sourceId) => {
    // What the target says, or that somebody reads it already, stands where the source's health is told.
    await syncSource(context, theSystem, sourceId).catch((error: unknown) => {
      if (!(error instanceof TargetError) && !(error instanceof DomainError)) throw error
    })
    return 'done'
  },
  'send-notifications': async (context, personId) => {
    const outcome = await sendNotifications(context, personId)
    return outcome === 'busy' ? { againInMs: PERSON_BUSY_MS } : 'done'
  },
}
