import { type RawBuilder, sql } from 'kysely'
import type { ItemType } from '../../domain/access-model.ts'
import type { WordPattern } from '../../domain/search.ts'
import type { Reader } from '../db.ts'
import { anyColumnHasWords, type DocumentTable, type ListTable, type SearchColumns } from './condition.ts'

interface Named {
  id: string
  name: string
}

export interface SearchedAccess extends Named {
  type: ItemType
  description: string | null
  source: Named | null
  owner: Named | null
  privileged: boolean
  enabled: boolean
  attribute: string | null
  value: string | null
}

export interface SearchedIdentity {
  id: string
  alias: string
  name: string
  firstName: string
  lastName: string
  email: string | null
  department: string | null
  status: 'ACTIVE' | 'INACTIVE'
  manager: { id: string; alias: string; name: string } | null
  isManager: boolean
  createdAt: Date
  modifiedAt: Date
  access: SearchedAccess[]
  accounts: { id: string; name: string; nativeIdentity: string; source: Named; disabled: boolean; createdAt: string }[]
}

/**
 * Who has what: items assigned, what those are made of (a role of access profiles, they of entitlements), and values found on accounts. A
 * pair may come more than once.
 */
const held = sql`(
  select a.identity_id as "of", a.item_id from assignment a where a.state = 'ACTIVE'
  union all
  select a.identity_id, o.part_id from assignment a join access_item_part o on o.whole_id = a.item_id where a.state = 'ACTIVE'
  union all
  select a.identity_id, i.part_id from assignment a join access_item_part o on o.whole_id = a.item_id
    join access_item_part i on i.whole_id = o.part_id where a.state = 'ACTIVE'
  union all
  select c.identity_id, g.entitlement_id from access_grant g join account c on c.id = g.account_id where g.present)`

const access = sql`(
  select h.of, t.id, t.type, t.name, t.description, t.source_id, src.name as source_name, t.owner_id, own.name as owner_name,
    t.privileged, t.enabled, t.attribute, t.value
  from ${held} h join access_item t on t.id = h.item_id left join source src on src.id = t.source_id left join identity own on own.id = t.owner_id)`

const accounts = sql`(
  select c.identity_id as "of", c.id, c.name, c.native_identity, c.source_id, src.name as source_name, c.disabled, c.created_at
  from account c join source src on src.id = c.source_id where c.present)`

/** Entitlements have no owner in these documents, and roles no source. */
const accessColumns: SearchColumns = {
  id: { is: 'id', sql: sql`n.id` },
  name: { is: 'text', sql: sql`n.name` },
  displayName: { is: 'text', sql: sql`n.name` },
  description: { is: 'text', sql: sql`n.description` },
  type: { is: 'text', sql: sql`n.type` },
  'source.id': { is: 'id', sql: sql`n.source_id` },
  'source.name': { is: 'text', sql: sql`n.source_name` },
  'owner.id': { is: 'id', sql: sql`(case when n.type <> 'ENTITLEMENT' then n.owner_id end)` },
  'owner.name': { is: 'text', sql: sql`(case when n.type <> 'ENTITLEMENT' then n.owner_name end)` },
  'owner.displayName': { is: 'text', sql: sql`(case when n.type <> 'ENTITLEMENT' then n.owner_name end)` },
  attribute: { is: 'text', sql: sql`n.attribute` },
  value: { is: 'text', sql: sql`n.value` },
  privileged: { is: 'boolean', sql: sql`(case when n.type = 'ENTITLEMENT' then n.privileged end)` },
  disabled: { is: 'boolean', sql: sql`(case when n.type = 'ROLE' then not n.enabled end)` },
}

const accountColumns: SearchColumns = {
  id: { is: 'id', sql: sql`n.id` },
  name: { is: 'text', sql: sql`n.name` },
  accountId: { is: 'text', sql: sql`n.native_identity` },
  'source.id': { is: 'id', sql: sql`n.source_id` },
  'source.name': { is: 'text', sql: sql`n.source_name` },
  disabled: { is: 'boolean', sql: sql`n.disabled` },
  created: { is: 'date', sql: sql`n.created_at` },
}

function countOf(type: ItemType | undefined): RawBuilder<unknown> {
  const ofType = type === undefined ? sql`` : sql`and t.type = ${type}`
  return sql`(select count(distinct h.item_id) from ${held} h join access_item t on t.id = h.item_id where h.of = p.id ${ofType})`
}

const columns: SearchColumns = {
  id: { is: 'id', sql: sql`p.id`, always: true },
  name: { is: 'text', sql: sql`p.alias`, always: true },
  displayName: { is: 'text', sql: sql`p.name`, always: true },
  firstName: { is: 'text', sql: sql`p.first_name`, always: true },
  lastName: { is: 'text', sql: sql`p.last_name`, always: true },
  email: { is: 'text', sql: sql`p.email` },
  created: { is: 'date', sql: sql`p.created_at`, always: true },
  modified: { is: 'date', sql: sql`p.modified_at`, always: true },
  synced: { is: 'date', sql: sql`p.modified_at`, always: true },
  status: { is: 'text', sql: sql`p.status` },
  'manager.id': { is: 'id', sql: sql`m.id` },
  'manager.name': { is: 'text', sql: sql`m.alias` },
  'manager.displayName': { is: 'text', sql: sql`m.name` },
  isManager: { is: 'boolean', sql: sql`exists (select from identity r where r.manager_id between p.id and p.id)` },
  'attributes.department': { is: 'text', sql: sql`p.department` },
  accountCount: { is: 'number', sql: sql`(select count(*) from account c where c.identity_id = p.id and c.present)` },
  accessCount: { is: 'number', sql: countOf(undefined) },
  entitlementCount: { is: 'number', sql: countOf('ENTITLEMENT') },
  roleCount: { is: 'number', sql: countOf('ROLE') },
  accessProfileCount: { is: 'number', sql: countOf('ACCESS_PROFILE') },
}

function listOf(rows: RawBuilder<unknown>, of: SearchColumns): ListTable {
  return { rows, columns: of, anyWords: (words: WordPattern) => anyColumnHasWords(of, words) }
}

const has = (rows: RawBuilder<unknown>, of: SearchColumns, words: WordPattern) =>
  sql<boolean>`exists (select from ${rows} n where n.of = p.id and ${anyColumnHasWords(of, words)})`

/** People, with what they hold and their accounts. */
export const identityTable: DocumentTable = {
  from: sql`identity p left join identity m on m.id = p.manager_id`,
  id: sql`p.id`,
  columns: {
    ...columns,
    'attributes.uid': { is: 'text', sql: sql`p.alias` },
    'attributes.displayName': { is: 'text', sql: sql`p.name` },
    'attributes.firstname': { is: 'text', sql: sql`p.first_name` },
    'attributes.lastname': { is: 'text', sql: sql`p.last_name` },
    'attributes.email': { is: 'text', sql: sql`p.email` },
  },
  lists: { access: listOf(access, accessColumns), accounts: listOf(accounts, accountColumns) },
  anyWords: (words) =>
    sql<boolean>`(${anyColumnHasWords(columns, words)} or ${has(access, accessColumns, words)} or ${has(accounts, accountColumns, words)})`,
}

/** These people, in any order; access by type and name. */
export async function listSearchedIdentities(reader: Reader, ids: string[]): Promise<SearchedIdentity[]> {
  const named = (id: RawBuilder<unknown>, name: RawBuilder<unknown>) =>
    sql`case when ${id} is not null then json_build_object('id', ${id}, 'name', ${name}) end`
  const { rows } = await sql<SearchedIdentity>`
    select p.id, p.alias, p.name, p.first_name as "firstName", p.last_name as "lastName", p.email, p.department, p.status,
      case when m.id is not null then json_build_object('id', m.id, 'alias', m.alias, 'name', m.name) end as manager,
      exists (select from identity r where r.manager_id between p.id and p.id) as "isManager",
      p.created_at as "createdAt", p.modified_at as "modifiedAt",
      (select coalesce(json_agg(json_build_object('id', n.id, 'name', n.name, 'type', n.type, 'description', n.description,
          'source', ${named(sql`n.source_id`, sql`n.source_name`)}, 'owner', ${named(sql`n.owner_id`, sql`n.owner_name`)},
          'privileged', n.privileged, 'enabled', n.enabled, 'attribute', n.attribute, 'value', n.value) order by n.type, lower(n.name), n.id), '[]')
        from (select distinct on (n.id) n.* from ${access} n where n.of = p.id order by n.id) n) as access,
      (select coalesce(json_agg(json_build_object('id', n.id, 'name', n.name, 'nativeIdentity', n.native_identity,
          'source', ${named(sql`n.source_id`, sql`n.source_name`)}, 'disabled', n.disabled, 'createdAt', n.created_at) order by lower(n.source_name), n.id), '[]')
        from ${accounts} n where n.of = p.id) as accounts
    from identity p left join identity m on m.id = p.manager_id where p.id = any(${ids}::text[])`.execute(reader)
  return rows
}
