import { sql } from 'kysely'
import type { ItemType } from '../../domain/access-model.ts'
import type { CatalogueReference, ItemTerms, ItemUses } from '../../domain/catalogue-changes.ts'
import type { Reader, Tx } from '../db.ts'

/**
 * Locks items of a type, in id order so that two callers cannot wait for each other; returns the ids that are there. Requests for them go on
 * meanwhile, unless they are to be deleted.
 */
export async function lockAccessItems(tx: Tx, type: ItemType, ids: string[], forDeletion = false): Promise<Set<string>> {
  const strength = sql.raw(forDeletion ? 'for update' : 'for no key update')
  const { rows } = await sql<{ id: string }>`
    select id from access_item where type = ${type} and id = any(${ids}::text[]) order by id ${strength}`.execute(tx.sql)
  return new Set(rows.map(({ id }) => id))
}

/** The id of the item of a type that has a name, whatever its case; undefined when there is none. */
export async function findAccessItemNamed(reader: Reader, type: ItemType, name: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from access_item where type = ${type} and lower(name) = lower(${name}::text collate "C")`.execute(reader)
  return rows[0]?.id
}

const tables = {
  IDENTITY: { table: 'identity', condition: sql`true` },
  GOVERNANCE_GROUP: { table: 'governance_group', condition: sql`true` },
  SOURCE: { table: 'source', condition: sql`true` },
  ACCESS_PROFILE: { table: 'access_item', condition: sql`type = 'ACCESS_PROFILE'` },
  ENTITLEMENT: { table: 'access_item', condition: sql`type = 'ENTITLEMENT'` },
}

/** The first of the references that names nothing. Nobody deletes what the others name until the transaction has ended. */
export async function lockReferences(tx: Tx, references: CatalogueReference[]): Promise<CatalogueReference | undefined> {
  const known = new Set<string>()
  for (const type of new Set(references.map((one) => one.type))) {
    const ids = references.filter((one) => one.type === type).map((one) => one.id)
    const { table, condition } = tables[type]
    const { rows } = await sql<{ id: string }>`
      select id from ${sql.table(table)} where ${condition} and id = any(${ids}::text[]) order by id for key share`.execute(tx.sql)
    for (const { id } of rows) known.add(`${type} ${id}`)
  }
  return references.find(({ type, id }) => !known.has(`${type} ${id}`))
}

/** The source of each of these entitlements, by id. */
export async function listSourceIds(reader: Reader, entitlementIds: string[]): Promise<Map<string, string>> {
  if (entitlementIds.length === 0) return new Map()
  const { rows } = await sql<{ id: string; sourceId: string }>`
    select id, source_id as "sourceId" from access_item where id = any(${entitlementIds}::text[])`.execute(reader)
  return new Map(rows.map(({ id, sourceId }) => [id, sourceId]))
}

/** Stores a new role or access profile with its parts. */
export async function insertAccessItem(tx: Tx, id: string, type: ItemType, terms: ItemTerms): Promise<void> {
  await tx.sql
    .insertInto('access_item')
    .values({ id, type, source_id: terms.sourceId, attribute: null, value: null, created_at: tx.now, ...columnsOf(terms, tx.now) })
    .execute()
  await insertParts(tx, id, terms.partIds)
}

/** Replaces all that is decided about an item. */
export async function updateAccessItemRow(tx: Tx, id: string, terms: ItemTerms): Promise<void> {
  await tx.sql
    .updateTable('access_item')
    .set({ source_id: terms.sourceId, ...columnsOf(terms, tx.now) })
    .where('id', '=', id)
    .execute()
  await sql`delete from access_item_part where whole_id = ${id} and part_id <> all(${terms.partIds}::text[])`.execute(tx.sql)
  await insertParts(tx, id, terms.partIds)
}

function columnsOf(terms: ItemTerms, now: Date) {
  return {
    name: terms.name,
    description: terms.description,
    owner_id: terms.ownerId,
    additional_owner_ids: terms.additionalOwnerIds,
    additional_group_ids: terms.additionalGroupIds,
    requestable: terms.requestable,
    enabled: terms.enabled,
    privileged: terms.privileged,
    request_config: terms.requestConfig && JSON.stringify(terms.requestConfig),
    modified_at: now,
  }
}

async function insertParts(tx: Tx, wholeId: string, partIds: string[]): Promise<void> {
  if (partIds.length === 0) return
  await sql`
    insert into access_item_part (whole_id, part_id) select ${wholeId}::text, part from unnest(${partIds}::text[]) part
    on conflict do nothing`.execute(tx.sql)
}

/** Deletes items that nothing refers to. */
export async function deleteAccessItemRows(tx: Tx, ids: string[]): Promise<void> {
  await sql`delete from access_item where id = any(${ids}::text[])`.execute(tx.sql)
}

/** Name and uses of each of these items, in id order. */
export async function listItemUses(reader: Reader, ids: string[]): Promise<(ItemUses & { id: string; name: string })[]> {
  const named = sql`coalesce(json_agg(json_build_object('id', r.id, 'name', r.name) order by lower(r.name), r.id), '[]')`
  const { rows } = await sql<ItemUses & { id: string; name: string }>`
    select i.id, i.name,
      (select count(distinct a.identity_id)::int from assignment a where a.item_id = i.id and a.state <> 'ENDED') as holders,
      (exists (select from requested_item q where q.item_id = i.id) or exists (select from assignment a where a.item_id = i.id)) as "hasHistory",
      (select ${named} from access_item_part x join access_item r on r.id = x.whole_id where x.part_id = i.id) as roles,
      (select ${named} from application_access_profile x join application r on r.id = x.application_id
        where x.access_profile_id = i.id) as applications
    from access_item i where i.id = any(${ids}::text[]) order by i.id`.execute(reader)
  return rows
}
