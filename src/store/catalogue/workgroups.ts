import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../db.ts'
import { type Page, type PageQuery, totalOf } from '../lists/page.ts'
import { findRow, type Listing, listRows } from './listing.ts'

export interface GroupRow {
  id: string
  name: string
  description: string | null
  owner: { id: string; name: string; email: string | null } | null
  members: number
  connections: number
  createdAt: Date
  modifiedAt: Date
}

export interface GroupMemberRow {
  id: string
  name: string
  email: string | null
}

/** Something whose rules ask the group, or that the group owns beside others. */
export interface GroupConnectionRow {
  type: 'ROLE' | 'ACCESS_PROFILE' | 'SOURCE'
  id: string
  name: string
  description: string | null
  how: 'asked' | 'owner'
}

const groupsAsked = (config: RawBuilder<unknown>) => sql`
  (select distinct x.id #>> '{}' as group_id from jsonb_path_query(${config}, '$.*.steps.**.groupId') x (id)) asked`

/** What any group is connected with. Entitlements are not among it: the wire has no word for that. */
const connections = sql`(
  select asked.group_id, i.type, i.id, i.name, i.description, 'asked' as how, i.created_at, i.modified_at
    from access_item i cross join lateral ${groupsAsked(sql`i.request_config`)} where i.type <> 'ENTITLEMENT'
  union all select own.group_id, i.type, i.id, i.name, i.description, 'owner', i.created_at, i.modified_at
    from access_item i cross join lateral unnest(i.additional_group_ids) own (group_id) where i.type <> 'ENTITLEMENT'
  union all select asked.group_id, 'SOURCE', s.id, s.name, s.description, 'asked', s.created_at, s.modified_at
    from source s cross join lateral ${groupsAsked(sql`s.request_config`)})`

const listing: Listing = {
  table: 'governance_group',
  alias: 'g',
  joins: sql`
    left join identity o on o.id = g.owner_id
    left join (select c.group_id, count(*)::int as how_many from ${connections} c group by c.group_id) n on n.group_id = g.id`,
  columns: {
    id: { sql: sql`g.id`, type: 'id', notNull: true },
    name: { sql: sql`g.name`, type: 'string', notNull: true },
    description: { sql: sql`g.description`, type: 'string' },
    created: { sql: sql`g.created_at`, type: 'date', notNull: true },
    modified: { sql: sql`g.modified_at`, type: 'date', notNull: true },
    'memberships.identityId': {
      sql: sql`array(select m.identity_id from governance_group_member m where m.group_id = g.id)`,
      type: 'id',
      array: true,
    },
  },
  select: sql`
    g.id, g.name, g.description,
    case when o.id is not null then json_build_object('id', o.id, 'name', o.name, 'email', o.email) end as owner,
    (select count(*)::int from governance_group_member m where m.group_id = g.id) as members,
    coalesce(n.how_many, 0) as connections, g.created_at as "createdAt", g.modified_at as "modifiedAt"`,
  usualOrder: sql`lower(g.name), g.id`,
}

/** A page of the governance groups, by name. */
export async function listGroups(reader: Reader, query: PageQuery): Promise<Page<GroupRow>> {
  return listRows(reader, listing, [], query)
}

/** One governance group, or undefined. */
export async function findGroup(reader: Reader, id: string): Promise<GroupRow | undefined> {
  return findRow(reader, listing, id)
}

const members: Listing = {
  table: 'identity',
  alias: 'p',
  joins: sql``,
  columns: {
    name: { sql: sql`p.name`, type: 'string', notNull: true },
    created: { sql: sql`p.created_at`, type: 'date', notNull: true },
    modified: { sql: sql`p.modified_at`, type: 'date', notNull: true },
  },
  select: sql`p.id, p.name, p.email`,
  usualOrder: sql`lower(p.name), p.id`,
}

/** A page of a group's members, by name. */
export async function listGroupMembers(reader: Reader, groupId: string, query: PageQuery): Promise<Page<GroupMemberRow>> {
  return listRows(
    reader,
    members,
    [sql`p.id in (select m.identity_id from governance_group_member m where m.group_id = ${groupId})`],
    query,
  )
}

const connectionOrder: Record<string, RawBuilder<unknown>> = {
  name: sql`lower(c.name)`,
  created: sql`c.created_at`,
  modified: sql`c.modified_at`,
}

/** A page of what a group is connected with, by name. */
export async function listGroupConnections(reader: Reader, groupId: string, query: PageQuery): Promise<Page<GroupConnectionRow>> {
  const wanted = query.sorters.map(({ field, descending }) => sql`${connectionOrder[field]} ${sql.raw(descending ? 'desc' : 'asc')}`)
  const order = sql.join([...(wanted.length > 0 ? wanted : [sql`lower(c.name)`]), sql`c.id`, sql`c.how`])
  const all = sql`from ${connections} c where c.group_id = ${groupId}`
  const { rows } = await sql<GroupConnectionRow>`
    select c.type, c.id, c.name, c.description, c.how ${all} order by ${order} limit ${query.limit} offset ${query.offset}`.execute(reader)
  return { rows, total: await totalOf(reader, query, all) }
}
