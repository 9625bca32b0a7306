import type { Actor } from '../../domain/actor.ts'
import { type ItemUses, mayDeleteItem, nounOf, reasonToKeep } from '../../domain/catalogue-changes.ts'
import { DomainError } from '../../domain/errors.ts'
import type { Ids } from '../../ports.ts'
import { saveApprovalRules } from '../../store/approval-config.ts'
import { deleteAccessItemRows, listItemUses, lockAccessItems } from '../../store/catalogue/item-writes.ts'
import type { Tx } from '../../store/db.ts'
import type { Context } from '../context.ts'
import { recordChange } from './record-change.ts'
import type { WholeType } from './write-access-item.ts'

type UsedItem = ItemUses & { id: string; name: string }

/** Deletes a role or an access profile for good. Refuses an unknown id (not_found) and one that something refers to (conflict). */
export async function deleteAccessItem({ db, ids }: Context, actor: Actor, type: WholeType, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const [item] = await lockUses(tx, type, [id])
    if (!item) throw new DomainError('not_found', `There is no ${nounOf[type]} ${id}.`)
    mayDeleteItem(type, item.name, item)
    await deleteThem(tx, ids, actor, type, [item])
  })
}

/** Deletes all of these roles, or none: refuses ids that name nothing and a role that something refers to, the place in the list named. */
export async function deleteRoles({ db, ids }: Context, actor: Actor, roleIds: string[]): Promise<void> {
  await db.transaction(async (tx) => {
    const roles = await lockUses(tx, 'ROLE', roleIds)
    mustBeThere('ROLE', roleIds, roles, 'roleIds')
    for (const role of roles) mayDeleteItem('ROLE', role.name, role, `roleIds[${roleIds.indexOf(role.id)}]`)
    await deleteThem(tx, ids, actor, 'ROLE', roles)
  })
}

/**
 * Deletes those of these access profiles that nothing refers to; without `bestEffort` none of them when one is in use. Returns which were
 * deleted and which are in use. Refuses ids that name nothing, unless it is to do its best.
 */
export async function deleteAccessProfiles(
  { db, ids }: Context,
  actor: Actor,
  profileIds: string[],
  bestEffort: boolean,
): Promise<{ deleted: string[]; inUse: UsedItem[] }> {
  return db.transaction(async (tx) => {
    const profiles = await lockUses(tx, 'ACCESS_PROFILE', profileIds)
    if (!bestEffort) mustBeThere('ACCESS_PROFILE', profileIds, profiles, 'accessProfileIds')
    const inUse = profiles.filter((profile) => reasonToKeep(profile) !== undefined)
    const free = inUse.length > 0 && !bestEffort ? [] : profiles.filter((profile) => !inUse.includes(profile))
    await deleteThem(tx, ids, actor, 'ACCESS_PROFILE', free)
    return { deleted: free.map(({ id }) => id), inUse }
  })
}

/** Nobody asks for the items, gives them or makes them part of something until the transaction has ended. */
async function lockUses(tx: Tx, type: WholeType, wanted: string[]): Promise<UsedItem[]> {
  const present = await lockAccessItems(tx, type, wanted, true)
  return listItemUses(tx.sql, [...present])
}

function mustBeThere(type: WholeType, wanted: string[], found: UsedItem[], field: string): void {
  const known = new Set(found.map(({ id }) => id))
  const place = wanted.findIndex((id) => !known.has(id))
  if (place >= 0) throw new DomainError('unknown_reference', `there is no ${nounOf[type]} ${wanted[place]}.`, `${field}[${place}]`)
}

async function deleteThem(tx: Tx, ids: Ids, actor: Actor, type: WholeType, items: UsedItem[]): Promise<void> {
  await deleteAccessItemRows(
    tx,
    items.map(({ id }) => id),
  )
  for (const item of items) {
    await saveApprovalRules(tx, item.id, undefined)
    await recordChange(tx, ids, actor, { action: `${type}_DELETED`, target: item, details: {} })
  }
}
