import { type RawBuilder, sql } from 'kysely'
import type { ItemType, RequestKind, RequestRules } from '../../domain/access-model.ts'
import type { ApprovalState } from '../../domain/lifecycle.ts'
import type { SodCheck } from '../../domain/sod.ts'
import { heldBefore } from '../assignments.ts'
import type { Reader } from '../db.ts'
import { named } from '../named.ts'
import { type Columns, filterCondition, orderAndSlice, type Page, type PageQuery, totalOf, whereAll } from './page.ts'
import { accountsOfItem, approvalMoves, type JsonDate, type MoveRow, type Named, type RequestedAccount } from './request-status.ts'

/** One approval with the item it asks about. */
export interface ApprovalRow {
  id: string
  state: ApprovalState
  createdAt: Date
  modifiedAt: Date
  decidedAt: Date | null
  comment: string | null
  owner: Named
  decidedBy: Named | null
  moves: MoveRow[]
  earlierComments: { comment: string; at: JsonDate; author: Named }[]
  requestId: string
  requestCreatedAt: Date
  kind: RequestKind
  requester: Named
  recipient: Named
  itemType: ItemType
  itemId: string
  itemName: string
  itemDescription: string | null
  privileged: boolean
  requesterComment: string | null
  clientMetadata: Record<string, string> | null
  startAt: Date | null
  endAt: Date | null
  currentStartAt: Date | null
  currentEndAt: Date | null
  /** An earlier assignment keeps the access: this asks for other dates of it. */
  heldBefore: boolean
  requestedAccounts: RequestedAccount[] | null
  policy: RequestRules
  sod: SodCheck | null
}

const columns: Columns = {
  id: { sql: sql`a.id`, type: 'id', notNull: true },
  created: { sql: sql`a.created_at`, type: 'date', notNull: true },
  modified: { sql: sql`a.modified_at`, type: 'date', notNull: true },
  'requestedFor.id': { sql: sql`i.recipient_id`, type: 'id', notNull: true },
  accessRequestId: { sql: sql`i.request_id`, type: 'id', notNull: true },
}

/** Approvals that wait: those a person may decide, or everybody's. Oldest first, since they wait longest. */
export async function listPendingApprovals(reader: Reader, ownerId: string | undefined, query: PageQuery): Promise<Page<ApprovalRow>> {
  const mine =
    ownerId === undefined
      ? undefined
      : sql`a.id in (select c.approval_id from approval_candidate c where c.identity_id = ${ownerId} and c.open)`
  return listApprovals(reader, ownerId, query, [sql`a.state = 'PENDING'`, mine], sql`a.created_at, a.id`)
}

/** Approvals that were decided (or ran out): by a person, or by anybody. Latest first. */
export async function listCompletedApprovals(reader: Reader, ownerId: string | undefined, query: PageQuery): Promise<Page<ApprovalRow>> {
  const mine =
    ownerId === undefined
      ? undefined
      : sql`(a.decided_by = ${ownerId} or (a.state = 'EXPIRED' and a.id in (select c.approval_id from approval_candidate c where c.identity_id = ${ownerId})))`
  return listApprovals(
    reader,
    ownerId,
    query,
    [sql`a.state in ('APPROVED', 'REJECTED', 'EXPIRED')`, mine],
    sql`a.modified_at desc, a.id desc`,
  )
}

async function listApprovals(
  reader: Reader,
  ownerId: string | undefined,
  query: PageQuery,
  conditions: (RawBuilder<unknown> | undefined)[],
  usualOrder: RawBuilder<unknown>,
): Promise<Page<ApprovalRow>> {
  const where = whereAll([...conditions, filterCondition(query, columns)])
  const slice = orderAndSlice(query, columns, usualOrder, sql`a.id`)
  const from = sql`from approval a join requested_item i on i.id = a.requested_item_id ${where}`
  const { rows } = await sql<ApprovalRow>`
    with page as (select a.*, row_number() over () as place from (select a.* ${from} ${slice}) a)
    select ${rowColumns(ownerId)} from page a ${rowJoins} order by a.place`.execute(reader)
  return { rows, total: await totalOf(reader, query, from) }
}

/**
 * The wire shows an identity as owner, never a group: the person whose list it is, else whoever holds it, else the first who could decide.
 */
function ownerColumn(ownerId: string | undefined): RawBuilder<unknown> {
  return sql`(select ${named('o')} from identity o where o.id = coalesce(${ownerId ?? null}::text, a.owner_id,
    (select min(c.identity_id) from approval_candidate c where c.approval_id = a.id)))`
}

const earlierComments = sql`
  (select coalesce(json_agg(json_build_object('comment', e.comment, 'at', e.decided_at, 'author', ${named('o')}) order by e.step_number), '[]')
    from approval e join identity o on o.id = e.decided_by
    where e.requested_item_id = a.requested_item_id and e.step_number < a.step_number and e.comment is not null and e.state = 'APPROVED')`

const rowColumns = (ownerId: string | undefined) => sql`
  a.id, a.state, a.created_at as "createdAt", a.modified_at as "modifiedAt", a.decided_at as "decidedAt", a.comment,
  ${ownerColumn(ownerId)} as owner, (select ${named('o')} from identity o where o.id = a.decided_by) as "decidedBy",
  ${approvalMoves} as moves, ${earlierComments} as "earlierComments",
  i.request_id as "requestId", i.created_at as "requestCreatedAt", i.kind, ${named('asker')} as requester, ${named('recipient')} as recipient,
  i.item_type as "itemType", i.item_id as "itemId", item.name as "itemName", item.description as "itemDescription", item.privileged,
  i.comment as "requesterComment", i.client_metadata as "clientMetadata", i.start_at as "startAt", i.end_at as "endAt",
  i.current_start_at as "currentStartAt", i.current_end_at as "currentEndAt", ${heldBefore} as "heldBefore",
  ${accountsOfItem} as "requestedAccounts", i.policy,
  i.sod`

const rowJoins = sql`
  join requested_item i on i.id = a.requested_item_id
  join access_item item on item.id = i.item_id
  join identity asker on asker.id = i.requester_id
  join identity recipient on recipient.id = i.recipient_id`

/** How many approvals wait for a person (or for anybody), and how many were answered since an instant. */
export async function countApprovals(
  reader: Reader,
  ownerId: string | undefined,
  since: Date | undefined,
): Promise<{ pending: number; approved: number; rejected: number }> {
  const mine = ownerId === undefined ? sql`true` : sql`c.identity_id = ${ownerId}`
  const by = ownerId === undefined ? sql`true` : sql`decided_by = ${ownerId}`
  const from = since === undefined ? sql`true` : sql`modified_at >= ${since}`
  const { rows } = await sql<{ pending: number; approved: number; rejected: number }>`
    select
      (select count(distinct c.approval_id)::int from approval_candidate c where c.open and ${mine}) as pending,
      (select count(*)::int from approval where state = 'APPROVED' and ${by} and ${from}) as approved,
      (select count(*)::int from approval where state = 'REJECTED' and ${by} and ${from}) as rejected`.execute(reader)
  return rows[0] ?? { pending: 0, approved: 0, rejected: 0 }
}

export interface ApproverRow {
  id: string
  name: string
  email: string | null
  approvalId: string
}

/** Everybody who can decide an approval of a request now; undefined when there is no such request. */
export async function listApprovers(reader: Reader, requestId: string, query: PageQuery): Promise<Page<ApproverRow> | undefined> {
  const known = await reader.selectFrom('access_request').select('id').where('id', '=', requestId).executeTakeFirst()
  if (!known) return undefined
  const from = sql`from approval_candidate c join approval a on a.id = c.approval_id join requested_item i on i.id = a.requested_item_id
    join identity o on o.id = c.identity_id where i.request_id = ${requestId} and c.open`
  const { rows } = await sql<ApproverRow>`
    select o.id, o.name, o.email, a.id as "approvalId" ${from} order by a.id, o.id limit ${query.limit} offset ${query.offset}`.execute(
    reader,
  )
  return { rows, total: await totalOf(reader, query, from) }
}
