import { type RawBuilder, sql } from 'kysely'
import type { AssignmentOrigin, ItemType, RequestKind } from '../domain/access-model.ts'
import type { AssignmentState } from '../domain/lifecycle.ts'
import type { Reader } from './db.ts'
import { escapeLike } from './filter.ts'
import { type Columns, orderAndSlice, type Page, type PageQuery, totalOf, whereAll } from './lists/page.ts'
import type { JsonDate, Named } from './lists/request-status.ts'
import { namedOrNull } from './named.ts'

/** One item that somebody holds, since when, until when and why. */
export interface HeldRow {
  id: string
  person: Named
  item: { id: string; type: ItemType; name: string; description: string | null; privileged: boolean; requestable: boolean }
  source: Named | null
  /** The account an entitlement sits on. */
  account: { id: string; name: string; nativeIdentity: string } | null
  origin: AssignmentOrigin
  state: AssignmentState
  /** True when every value of it was seen at its target. */
  complete: boolean
  since: Date
  until: Date | null
  request: { id: string; requester: Named; at: JsonDate; comment: string | null } | null
  /** An open request about the same item for the same person: a change or a removal that is on its way. */
  open: { id: string; kind: RequestKind } | null
}

/** Whose: one person's, those of somebody's direct reports, or (of one item) everybody's. All conditions hold together. */
export interface HeldScope {
  personId?: string | undefined
  managerId?: string | undefined
  itemId?: string | undefined
  types?: ItemType[] | undefined
  sourceId?: string | undefined
  origins?: HeldRow['origin'][] | undefined
  endsBefore?: Date | undefined
  endsAfter?: Date | undefined
  /** Part of the name of the item or of the person. */
  text?: string | undefined
}

const columns: Columns = {
  name: { sql: sql`i.name`, type: 'string', notNull: true },
  person: { sql: sql`p.name`, type: 'string', notNull: true },
  since: { sql: sql`coalesce(h.start_at, h.created_at)`, type: 'date', notNull: true },
  until: { sql: sql`h.end_at`, type: 'date' },
}

const joins = sql`
  from assignment h join identity p on p.id = h.identity_id join access_item i on i.id = h.item_id
  left join source s on s.id = i.source_id left join account c on c.id = h.account_id
  left join requested_item q on q.id = h.requested_item_id left join identity asker on asker.id = q.requester_id`

const select = sql`
  h.id, ${namedOrNull('p')} as person, json_build_object('id', i.id, 'type', i.type, 'name', i.name, 'description', i.description,
    'privileged', i.privileged, 'requestable', i.requestable and i.enabled) as item,
  ${namedOrNull('s')} as source,
  case when c.id is not null then json_build_object('id', c.id, 'name', c.name, 'nativeIdentity', c.native_identity) end as account,
  h.origin, h.state, coalesce(h.start_at, h.created_at) as since, h.end_at as until,
  not exists (select from assignment_grant ag join access_grant g on g.id = ag.grant_id where ag.assignment_id = h.id and not g.present) as complete,
  case when q.id is not null then json_build_object('id', q.request_id, 'requester', ${namedOrNull('asker')}, 'at', q.created_at, 'comment', q.comment) end
    as request,
  (select json_build_object('id', o.request_id, 'kind', o.kind) from requested_item o
    where o.recipient_id = h.identity_id and o.item_id = h.item_id and o.finished_at is null and o.kind <> 'GRANT'
    order by o.created_at desc limit 1) as open`

function conditionsOf(scope: HeldScope): RawBuilder<unknown> {
  const { personId, managerId, itemId, types, sourceId, origins, endsBefore, endsAfter, text } = scope
  const pattern = text === undefined ? undefined : `%${escapeLike(text.toLowerCase())}%`
  return whereAll([
    sql`h.state <> 'ENDED'`,
    personId === undefined ? undefined : sql`h.identity_id = ${personId}`,
    managerId === undefined ? undefined : sql`p.manager_id = ${managerId} and p.status = 'ACTIVE'`,
    itemId === undefined ? undefined : sql`h.item_id = ${itemId}`,
    types === undefined ? undefined : sql`i.type = any(${types}::text[])`,
    sourceId === undefined ? undefined : sql`i.source_id = ${sourceId}`,
    origins === undefined ? undefined : sql`h.origin = any(${origins}::text[])`,
    endsAfter === undefined ? undefined : sql`h.end_at >= ${endsAfter}`,
    endsBefore === undefined ? undefined : sql`h.end_at < ${endsBefore}`,
    pattern === undefined ? undefined : sql`(lower(i.name) like ${pattern} or lower(p.name) like ${pattern})`,
  ])
}

/** A page of what is held, by name unless asked otherwise. */
export async function listHeldAccess(reader: Reader, scope: HeldScope, query: PageQuery): Promise<Page<HeldRow>> {
  const where = conditionsOf(scope)
  const slice = orderAndSlice(query, columns, sql`lower(i.name), lower(p.name), h.id`, sql`h.id`)
  const { rows } = await sql<HeldRow>`select ${select} ${joins} ${where} ${slice}`.execute(reader)
  return { rows, total: await totalOf(reader, query, sql`${joins} ${where}`) }
}
