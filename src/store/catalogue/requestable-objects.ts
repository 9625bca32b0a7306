import { type RawBuilder, sql } from 'kysely'
import type { ItemType } from '../../domain/access-model.ts'
import type { Reader } from '../db.ts'
import { escapeLike } from '../filter.ts'
import type { Page, PageQuery } from '../lists/page.ts'
import { type Listing, listRows } from './listing.ts'

export interface RequestableRow {
  id: string
  type: ItemType
  name: string
  description: string | null
  owner: { id: string; name: string; email: string | null } | null
  commentRequired: boolean
  /** The person's open request for it. */
  requestId: string | null
  held: boolean
  createdAt: Date
  modifiedAt: Date
}

export interface RequestableScope {
  types: ('ROLE' | 'ACCESS_PROFILE')[]
  /** Part of the name or of the description, in any case. */
  term?: string | undefined
  /** Whose requests and assignments decide what is pending and what is held; without it nothing is. */
  identityId?: string | undefined
  /** Only items of which one of these is so for the person. */
  standings?: ('available' | 'pending' | 'held')[] | undefined
}

const notKnown = sql`left join (select null::text as item_id, null::text as request_id where false)`

function joins(identityId: string | undefined): RawBuilder<unknown> {
  const owner = sql`left join identity o on o.id = i.owner_id`
  if (identityId === undefined) return sql`${owner} ${notKnown} pending on pending.item_id = i.id ${notKnown} held on held.item_id = i.id`
  return sql`${owner}
    left join (
      select distinct on (q.item_id) q.item_id, q.request_id from requested_item q
      where q.recipient_id = ${identityId} and q.kind = 'GRANT' and q.finished_at is null
      order by q.item_id, q.created_at desc, q.id desc) pending on pending.item_id = i.id
    left join (
      select distinct h.item_id from assignment h where h.identity_id = ${identityId} and h.state in ('PENDING', 'ACTIVE')) held on held.item_id = i.id`
}

const listing = (identityId: string | undefined): Listing => ({
  table: 'access_item',
  alias: 'i',
  joins: joins(identityId),
  columns: {
    id: { sql: sql`i.id`, type: 'id', notNull: true },
    name: { sql: sql`i.name`, type: 'string', notNull: true },
  },
  select: sql`
    i.id, i.type, i.name, i.description,
    case when o.id is not null then json_build_object('id', o.id, 'name', o.name, 'email', o.email) end as owner,
    coalesce((i.request_config #>> '{grant,commentRequired}')::boolean, false) as "commentRequired",
    pending.request_id as "requestId", held.item_id is not null as held, i.created_at as "createdAt", i.modified_at as "modifiedAt"`,
  usualOrder: sql`lower(i.name), i.id`,
})

const standings = {
  available: sql`(pending.item_id is null and held.item_id is null)`,
  pending: sql`(pending.item_id is not null)`,
  held: sql`(pending.item_id is null and held.item_id is not null)`,
}

/** A page of what can be asked for: requestable, enabled roles and access profiles, by name. */
export async function listRequestableObjects(reader: Reader, scope: RequestableScope, query: PageQuery): Promise<Page<RequestableRow>> {
  const types = sql.join(scope.types.map((type) => sql.lit(type)))
  const pattern = scope.term === undefined ? undefined : `%${escapeLike(scope.term)}%`
  const conditions = [
    sql`i.type in (${types}) and i.requestable and i.enabled`,
    pattern === undefined ? undefined : sql`(i.name ilike ${pattern} or i.description ilike ${pattern})`,
    scope.standings === undefined
      ? undefined
      : sql`(${sql.join(
          scope.standings.map((standing) => standings[standing]),
          sql` or `,
        )})`,
  ]
  return listRows(reader, listing(scope.identityId), conditions, query)
}
