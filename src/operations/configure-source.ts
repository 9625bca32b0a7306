import { DomainError } from '../domain/errors.ts'
import { recordAudit } from '../store/audit.ts'
import { updateSourceConnector } from '../store/sources.ts'
import type { Context } from './context.ts'

/** Gives a source its connector and the sealed settings of it. Refuses a name that no source has (not_found). */
export async function configureSource(
  { db, ids }: Context,
  source: { name: string; connector: string; sealedSettings: string },
  by: string,
): Promise<void> {
  await db.transaction(async (tx) => {
    const id = await updateSourceConnector(tx, source)
    if (id === undefined) throw new DomainError('not_found', `There is no source named ${source.name}.`)
    const target = { id, name: source.name }
    const details = { connector: source.connector }
    await recordAudit(tx, [
      { id: ids.next(), action: 'SOURCE_CONNECTOR_UPDATED', actor: { id: null, name: by }, target, trackingNumber: null, details },
    ])
  })
}
