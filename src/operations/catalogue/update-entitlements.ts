import type { RequestConfig } from '../../domain/access-model.ts'
import type { Actor } from '../../domain/actor.ts'
import type { CatalogueReference, WrittenItem } from '../../domain/catalogue-changes.ts'
import { DomainError } from '../../domain/errors.ts'
import type { TenantConfig } from '../../domain/tenant-config.ts'
import { type EntitlementRow, findEntitlement } from '../../store/catalogue/entitlements.ts'
import { lockAccessItems } from '../../store/catalogue/item-writes.ts'
import type { Tx } from '../../store/db.ts'
import { loadTenantConfig } from '../../store/settings.ts'
import type { Context } from '../context.ts'
import { recordChange } from './record-change.ts'
import { saveChange, termsOf } from './write-access-item.ts'

type Change = (row: EntitlementRow) => WrittenItem

/** Request rules as somebody wrote them, and the groups they ask. */
export interface WrittenConfig {
  config: RequestConfig
  references: CatalogueReference[]
}

/**
 * Takes a pure function from a stored entitlement to what shall be, saves what it gives and returns it. Refuses an unknown id (not_found)
 * and ids that name nothing.
 */
export async function updateEntitlement(context: Context, actor: Actor, id: string, change: Change): Promise<EntitlementRow> {
  return context.db.transaction(async (tx) => {
    await lockAccessItems(tx, 'ENTITLEMENT', [id])
    return changeOne(tx, context, actor, 'ENTITLEMENT_UPDATED', await loadOne(tx, id), change)
  })
}

/** Changes all of these entitlements in the same way, or none. Refuses ids that name nothing, the place in the list named. */
export async function updateEntitlements(context: Context, actor: Actor, entitlementIds: string[], change: Change): Promise<void> {
  await context.db.transaction(async (tx) => {
    const present = await lockAccessItems(tx, 'ENTITLEMENT', entitlementIds)
    const place = entitlementIds.findIndex((id) => !present.has(id))
    if (place >= 0)
      throw new DomainError('unknown_reference', `there is no entitlement ${entitlementIds[place]}.`, `entitlementIds[${place}]`)
    for (const id of present) await changeOne(tx, context, actor, 'ENTITLEMENT_UPDATED', await loadOne(tx, id), change)
  })
}

/**
 * Gives an entitlement request rules of its own; from then on neither its source's nor the tenant's reach it. Takes a pure function from
 * the rules in force to the new ones. Refuses an unknown id (not_found) and groups that are unknown.
 */
export async function setEntitlementRequestConfig(
  context: Context,
  actor: Actor,
  id: string,
  replace: (inForce: RequestConfig) => WrittenConfig,
): Promise<RequestConfig> {
  return context.db.transaction(async (tx) => {
    await lockAccessItems(tx, 'ENTITLEMENT', [id])
    const row = await loadOne(tx, id)
    const written = replace(rulesInForce(row, await loadTenantConfig(tx.sql)))
    await changeOne(tx, context, actor, 'ENTITLEMENT_REQUEST_CONFIG_UPDATED', row, () => ({
      terms: { ...termsOf(row), requestConfig: written.config },
      references: written.references,
    }))
    return written.config
  })
}

function rulesInForce(row: EntitlementRow, tenant: TenantConfig): RequestConfig {
  return row.requestConfig ?? row.sourceRequestConfig ?? tenant.entitlements
}

async function loadOne(tx: Tx, id: string): Promise<EntitlementRow> {
  const row = await findEntitlement(tx.sql, id)
  if (!row) throw new DomainError('not_found', `There is no entitlement ${id}.`)
  return row
}

async function changeOne(
  tx: Tx,
  { ids }: Context,
  actor: Actor,
  action: string,
  row: EntitlementRow,
  change: Change,
): Promise<EntitlementRow> {
  const changed = await saveChange(tx, { id: row.id, type: 'ENTITLEMENT' }, termsOf(row), change(row))
  if (!changed) return row
  await recordChange(tx, ids, actor, { action, target: row, details: changed })
  return loadOne(tx, row.id)
}
