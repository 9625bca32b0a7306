import { DomainError } from '../domain/errors.ts'
import { enqueue } from '../store/jobs.ts'
import { lockSyncSource } from '../store/source-syncs.ts'
import type { Context } from './context.ts'
import type { Doer } from './item-event.ts'
import { recordSyncRequest } from './sync-source.ts'

/** Has a worker read all that the target of a source has. Refuses an unknown id (not_found) and a source without a connector (invalid). */
export async function requestSync(context: Context, by: Doer, sourceId: string): Promise<void> {
  await context.db.transaction(async (tx) => {
    const source = await lockSyncSource(tx, sourceId)
    if (!source) throw new DomainError('not_found', `There is no source ${sourceId}.`)
    if (source.connector === null) throw new DomainError('invalid', `${source.name} has no connector that could be asked.`)
    await recordSyncRequest(tx, context, by, source)
    await enqueue(tx, [{ name: 'sync-source', key: source.id, target: { sourceId: source.id } }], context.ids.next)
  })
}
