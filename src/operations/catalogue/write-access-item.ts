import type { ItemType } from '../../domain/access-model.ts'
import type { Actor } from '../../domain/actor.ts'
import { canonicalJson, type Json } from '../../domain/audit.ts'
import { checkItem, type ItemTerms, nounOf, type WrittenItem } from '../../domain/catalogue-changes.ts'
import { DomainError } from '../../domain/errors.ts'
import { findAccessProfile } from '../../store/catalogue/access-profiles.ts'
import {
  findAccessItemNamed,
  insertAccessItem,
  listSourceIds,
  lockAccessItems,
  lockReferences,
  updateAccessItemRow,
} from '../../store/catalogue/item-writes.ts'
import type { ItemRow, WholeRow } from '../../store/catalogue/items.ts'
import { findRole } from '../../store/catalogue/roles.ts'
import { noteContentChanges, partChangesOf } from '../../store/content-changes.ts'
import type { Tx } from '../../store/db.ts'
import type { Context } from '../context.ts'
import { recordChange } from './record-change.ts'

/** A role or an access profile. */
export type WholeType = 'ROLE' | 'ACCESS_PROFILE'

const finders = { ROLE: findRole, ACCESS_PROFILE: findAccessProfile }

/**
 * Makes a role or an access profile and returns it. Refuses a name that another of the kind has, ids that name nothing, and what an item of
 * the kind cannot be.
 */
export async function createAccessItem({ db, ids }: Context, actor: Actor, type: WholeType, written: WrittenItem): Promise<WholeRow> {
  return db.transaction(async (tx) => {
    const id = ids.next()
    await mustBeSound(tx, { id, type }, written, null)
    await insertAccessItem(tx, id, type, written.terms)
    const event = { action: `${type}_CREATED`, target: { id, name: written.terms.name }, details: { to: plain(written.terms) } }
    await recordChange(tx, ids, actor, event)
    return (await finders[type](tx.sql, id)) as WholeRow
  })
}

/**
 * Takes a pure function from a stored role or access profile to what shall be, saves what it gives and returns it. Requests made before
 * keep the rules of then; whoever holds it, or something that it is in, is given what came to it and loses what went. Refuses an unknown id (not_found) and whatever a new one is refused for.
 */
export async function updateAccessItem(
  { db, ids }: Context,
  actor: Actor,
  type: WholeType,
  id: string,
  change: (row: WholeRow) => WrittenItem,
): Promise<WholeRow> {
  return db.transaction(async (tx) => {
    await lockAccessItems(tx, type, [id])
    const row = await finders[type](tx.sql, id)
    if (!row) throw new DomainError('not_found', `There is no ${nounOf[type]} ${id}.`)
    const changed = await saveChange(tx, { id, type }, termsOf(row), change(row))
    if (!changed) return row
    await recordChange(tx, ids, actor, { action: `${type}_UPDATED`, target: row, details: changed })
    return (await finders[type](tx.sql, id)) as WholeRow
  })
}

/**
 * Says of access profiles whether they can be asked for, all in one transaction. Takes the wish for each; returns the ids that are there,
 * the others are passed over.
 */
export async function setRequestable(
  { db, ids }: Context,
  actor: Actor,
  wishes: { id: string; requestable: boolean }[],
): Promise<Set<string>> {
  return db.transaction(async (tx) => {
    const present = await lockAccessItems(
      tx,
      'ACCESS_PROFILE',
      wishes.map(({ id }) => id),
    )
    for (const { id, requestable } of wishes.filter((wish) => present.has(wish.id))) {
      const row = (await findAccessProfile(tx.sql, id)) as WholeRow
      if (row.requestable === requestable) continue
      await updateAccessItemRow(tx, id, { ...termsOf(row), requestable })
      const details = { requestable: { from: row.requestable, to: requestable } }
      await recordChange(tx, ids, actor, { action: 'ACCESS_PROFILE_UPDATED', target: row, details })
    }
    return present
  })
}

/** Checks and saves what was decided about an item that is locked; returns what changed for the record, undefined when nothing did. */
export async function saveChange(
  tx: Tx,
  item: { id: string; type: ItemType },
  before: ItemTerms,
  written: WrittenItem,
): Promise<{ from: Json; to: Json } | undefined> {
  await mustBeSound(tx, item, written, before)
  const [from, to] = [plain(before), plain(written.terms)]
  if (canonicalJson(from) === canonicalJson(to)) return undefined
  await updateAccessItemRow(tx, item.id, written.terms)
  if (before.partIds.join() !== written.terms.partIds.toSorted().join())
    await noteContentChanges(tx, partChangesOf(item.id, before.partIds, written.terms.partIds))
  return { from, to }
}

async function mustBeSound(tx: Tx, item: { id: string; type: ItemType }, written: WrittenItem, before: ItemTerms | null): Promise<void> {
  const unknown = await lockReferences(tx, written.references)
  if (unknown) throw new DomainError('unknown_reference', `there is no ${nounOf[unknown.type]} ${unknown.id}.`, unknown.field)
  checkItem(item.type, written, before, await listSourceIds(tx.sql, item.type === 'ACCESS_PROFILE' ? written.terms.partIds : []))
  if (item.type === 'ENTITLEMENT') return
  const namesake = await findAccessItemNamed(tx.sql, item.type, written.terms.name)
  if (namesake !== undefined && namesake !== item.id)
    throw new DomainError('invalid', `another ${nounOf[item.type]} has this name.`, 'name')
}

/** What was decided about a stored item. */
export function termsOf(row: ItemRow & Partial<Pick<WholeRow, 'parts'>>): ItemTerms {
  return {
    name: row.name,
    description: row.description,
    ownerId: row.owner?.id ?? null,
    additionalOwnerIds: row.additionalOwners.map(({ id }) => id),
    additionalGroupIds: row.additionalGroups.map(({ id }) => id),
    sourceId: row.source?.id ?? null,
    requestable: row.requestable,
    enabled: row.enabled,
    privileged: row.privileged,
    requestConfig: row.requestConfig,
    partIds: (row.parts ?? []).map(({ id }) => id).sort(),
  }
}

function plain(terms: ItemTerms): Json {
  return JSON.parse(JSON.stringify(terms))
}
