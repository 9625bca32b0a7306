import { DomainError } from '../domain/errors.ts'
import { recordAudit } from '../store/audit.ts'
import { updateSourceLimit } from '../store/sources.ts'
import type { Context } from './context.ts'
import type { Doer } from './item-event.ts'

/** Sets how many jobs may be at work with a source's target at a time; null: as many as is usual. Refuses an unknown id (not_found). */
export async function limitSource({ db, ids }: Context, by: Doer, sourceId: string, maxJobs: number | null): Promise<void> {
  await db.transaction(async (tx) => {
    const name = await updateSourceLimit(tx, sourceId, maxJobs)
    if (name === undefined) throw new DomainError('not_found', `There is no source ${sourceId}.`)
    const actor = { id: by.identityId, name: by.name }
    const event = { id: ids.next(), action: 'SOURCE_LIMIT_UPDATED', actor, target: { id: sourceId, name }, trackingNumber: null }
    await recordAudit(tx, [{ ...event, details: { maxJobs } }])
  })
}
