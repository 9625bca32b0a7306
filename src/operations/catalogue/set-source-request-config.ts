import type { RequestConfig } from '../../domain/access-model.ts'
import type { Actor } from '../../domain/actor.ts'
import type { Json } from '../../domain/audit.ts'
import { nounOf } from '../../domain/catalogue-changes.ts'
import { DomainError } from '../../domain/errors.ts'
import { lockReferences } from '../../store/catalogue/item-writes.ts'
import { findSource } from '../../store/catalogue/sources.ts'
import { loadTenantConfig } from '../../store/settings.ts'
import { lockSource, updateSourceRequestConfig } from '../../store/sources.ts'
import type { Context } from '../context.ts'
import { recordChange } from './record-change.ts'
import type { WrittenConfig } from './update-entitlements.ts'

/**
 * Gives a source request rules for those of its entitlements that have none of their own. Takes a pure function from the rules in force to
 * the new ones. Refuses an unknown id (not_found) and groups that are unknown.
 */
export async function setSourceRequestConfig(
  { db, ids }: Context,
  actor: Actor,
  id: string,
  replace: (inForce: RequestConfig) => WrittenConfig,
): Promise<RequestConfig> {
  return db.transaction(async (tx) => {
    await lockSource(tx, id)
    const source = await findSource(tx.sql, id)
    if (!source) throw new DomainError('not_found', `There is no source ${id}.`)
    const { config, references } = replace(source.requestConfig ?? (await loadTenantConfig(tx.sql)).entitlements)
    const unknown = await lockReferences(tx, references)
    if (unknown) throw new DomainError('unknown_reference', `there is no ${nounOf[unknown.type]} ${unknown.id}.`, unknown.field)
    await updateSourceRequestConfig(tx, id, config)
    const details = { from: plain(source.requestConfig), to: plain(config) }
    await recordChange(tx, ids, actor, { action: 'SOURCE_REQUEST_CONFIG_UPDATED', target: source, details })
    return config
  })
}

function plain(config: RequestConfig | null): Json {
  return JSON.parse(JSON.stringify(config))
}
