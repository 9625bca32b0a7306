import { groupsOfSteps } from '../../domain/access-model.ts'
import type { Actor } from '../../domain/actor.ts'
import { canonicalJson, type Json } from '../../domain/audit.ts'
import { DomainError } from '../../domain/errors.ts'
import { mayDeleteGroup, reasonToKeepGroup } from '../../domain/group-members.ts'
import type { TenantConfig } from '../../domain/tenant-config.ts'
import {
  deleteGroupRow,
  findGroupNamed,
  type GroupTerms,
  insertGroup,
  listGroupUses,
  lockGroups,
  updateGroupRow,
} from '../../store/catalogue/group-writes.ts'
import { findGroup, type GroupRow } from '../../store/catalogue/workgroups.ts'
import type { Tx } from '../../store/db.ts'
import { findPerson } from '../../store/people.ts'
import { lockTenantConfig } from '../../store/settings.ts'
import type { Context } from '../context.ts'
import { recordChange } from './record-change.ts'

/** Makes a governance group without members and returns it. Refuses a name that is taken and an unknown owner. */
export async function createGroup({ db, ids }: Context, actor: Actor, terms: GroupTerms): Promise<GroupRow> {
  return db.transaction(async (tx) => {
    const id = ids.next()
    await mustBeSound(tx, id, terms)
    await insertGroup(tx, id, terms)
    await recordChange(tx, ids, actor, { action: 'WORKGROUP_CREATED', target: { id, name: terms.name }, details: { to: plain(terms) } })
    return (await findGroup(tx.sql, id)) as GroupRow
  })
}

/**
 * Takes a pure function from a stored group to what shall be, saves what it gives and returns it. Refuses an unknown id (not_found) and
 * whatever a new group is refused for.
 */
export async function updateGroup(
  { db, ids }: Context,
  actor: Actor,
  id: string,
  change: (row: GroupRow) => GroupTerms,
): Promise<GroupRow> {
  return db.transaction(async (tx) => {
    await lockGroups(tx, [id])
    const row = await findGroup(tx.sql, id)
    if (!row) throw new DomainError('not_found', `There is no workgroup ${id}.`)
    const terms = change(row)
    await mustBeSound(tx, id, terms)
    const details = { from: plain({ name: row.name, description: row.description, ownerId: row.owner?.id ?? null }), to: plain(terms) }
    if (canonicalJson(details.from) === canonicalJson(details.to)) return row
    await updateGroupRow(tx, id, terms)
    await recordChange(tx, ids, actor, { action: 'WORKGROUP_UPDATED', target: { id, name: terms.name }, details })
    return (await findGroup(tx.sql, id)) as GroupRow
  })
}

/** Deletes a group for good. Refuses an unknown id (not_found) and one that something refers to (conflict). */
export async function deleteGroup({ db, ids }: Context, actor: Actor, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const config = await lockTenantConfig(tx)
    const [group] = await lockGroups(tx, [id])
    if (!group) throw new DomainError('not_found', `There is no workgroup ${id}.`)
    mayDeleteGroup(group.name, { ...(await listGroupUses(tx.sql, id)), ofTenant: isAskedBy(config, id) })
    await deleteGroupRow(tx, id)
    await recordChange(tx, ids, actor, { action: 'WORKGROUP_DELETED', target: group, details: {} })
  })
}

/** How it went with one of many groups that were to be deleted; `reason` says why one is still there. */
export interface GroupDeletion {
  id: string
  outcome: 'deleted' | 'in use' | 'unknown'
  reason?: string
}

/** Deletes those of these groups that nothing refers to, in one transaction; returns how it went with each. */
export async function deleteGroups({ db, ids }: Context, actor: Actor, groupIds: string[]): Promise<GroupDeletion[]> {
  return db.transaction(async (tx) => {
    const config = await lockTenantConfig(tx)
    const outcomes = new Map<string, GroupDeletion>()
    for (const group of await lockGroups(tx, groupIds)) {
      const reason = reasonToKeepGroup({ ...(await listGroupUses(tx.sql, group.id)), ofTenant: isAskedBy(config, group.id) })
      outcomes.set(group.id, { id: group.id, ...(reason === undefined ? { outcome: 'deleted' } : { outcome: 'in use', reason }) })
      if (reason !== undefined) continue
      await deleteGroupRow(tx, group.id)
      await recordChange(tx, ids, actor, { action: 'WORKGROUP_DELETED', target: group, details: {} })
    }
    return [...new Set(groupIds)].map((id) => outcomes.get(id) ?? { id, outcome: 'unknown' })
  })
}

function isAskedBy({ entitlements: { grant, revoke }, sod }: TenantConfig, groupId: string): boolean {
  return sod.stepGroupId === groupId || groupsOfSteps([...grant.steps, ...revoke.steps]).includes(groupId)
}

async function mustBeSound(tx: Tx, id: string, { name, ownerId }: GroupTerms): Promise<void> {
  const owner = ownerId === null ? undefined : await findPerson(tx.sql, ownerId)
  if (ownerId !== null && !owner) throw new DomainError('unknown_reference', `there is no identity ${ownerId}.`, 'owner.id')
  const namesake = await findGroupNamed(tx.sql, name)
  if (namesake !== undefined && namesake !== id) throw new DomainError('invalid', 'another workgroup has this name.', 'name')
}

function plain({ name, description, ownerId }: GroupTerms): Json {
  return { name, description, ownerId }
}
