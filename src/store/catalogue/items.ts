import { type RawBuilder, sql } from 'kysely'
import type { ItemType, RequestConfig } from '../../domain/access-model.ts'
import type { Columns } from '../lists/page.ts'
import type { Named } from '../lists/request-status.ts'
import { namedOrNull } from '../named.ts'
import { type Listing, noText, same } from './listing.ts'

/** What roles, access profiles and entitlements have in common. */
export interface ItemRow {
  id: string
  name: string
  description: string | null
  enabled: boolean
  requestable: boolean
  privileged: boolean
  requestConfig: RequestConfig | null
  owner: Named | null
  additionalOwners: Named[]
  additionalGroups: Named[]
  source: Named | null
  createdAt: Date
  modifiedAt: Date
}

/** An item that is made of others. */
export interface WholeRow extends ItemRow {
  parts: { type: ItemType; id: string; name: string }[]
}

const columns: Columns = {
  id: { sql: sql`i.id`, type: 'id', notNull: true },
  name: { sql: sql`i.name`, type: 'string', notNull: true },
  created: { sql: sql`i.created_at`, type: 'date', notNull: true },
  modified: { sql: sql`i.modified_at`, type: 'date', notNull: true },
  'owner.id': { sql: sql`i.owner_id`, type: 'id' },
  'source.id': { sql: sql`i.source_id`, type: 'id' },
  requestable: { sql: sql`i.requestable`, type: 'boolean', notNull: true },
  dimensional: same(false, 'i'),
  attribute: { sql: sql`i.attribute`, type: 'string' },
  value: { sql: sql`i.value`, type: 'string' },
  // Every value an account can have is, to the connectors we have, the membership of a group.
  type: { sql: sql`'group'::text`, type: 'string' },
  'privilegeLevel.direct': { sql: sql`i.privileged`, type: 'boolean', notNull: true },
  tags: noText,
}

const people = (ids: RawBuilder<unknown>, table: string) => sql`
  (select coalesce(json_agg(json_build_object('id', x.id, 'name', x.name) order by lower(x.name), x.id), '[]')
    from ${sql.table(table)} x where x.id = any(${ids}))`

const itemSelect = sql`
  i.id, i.name, i.description, i.enabled, i.requestable, i.privileged, i.request_config as "requestConfig", ${namedOrNull('o')} as owner,
  ${people(sql`i.additional_owner_ids`, 'identity')} as "additionalOwners",
  ${people(sql`i.additional_group_ids`, 'governance_group')} as "additionalGroups",
  ${namedOrNull('s')} as source, i.created_at as "createdAt", i.modified_at as "modifiedAt"`

const partsSelect = sql`
  (select coalesce(json_agg(json_build_object('type', p.type, 'id', p.id, 'name', p.name) order by lower(p.name), p.id), '[]')
    from access_item_part x join access_item p on p.id = x.part_id where x.whole_id = i.id) as parts`

const listing = (select: RawBuilder<unknown>): Listing => ({
  table: 'access_item',
  alias: 'i',
  joins: sql`left join identity o on o.id = i.owner_id left join source s on s.id = i.source_id`,
  columns,
  select,
  usualOrder: sql`lower(i.name), i.id`,
})

export const wholes = listing(sql`${itemSelect}, ${partsSelect}`)
export const leaves = listing(sql`${itemSelect}, i.attribute, i.value, s.request_config as "sourceRequestConfig"`)

/** The condition that an item is of this type. */
export function isOfType(type: ItemType): RawBuilder<unknown> {
  // Written out rather than a parameter, so that the partial indexes serve.
  return sql`i.type = ${sql.lit(type)}`
}
