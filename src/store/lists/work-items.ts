import { sql } from 'kysely'
import type { WorkItemState } from '../../domain/lifecycle.ts'
import type { Reader } from '../db.ts'
import { type Page, type PageQuery, whereAll } from './page.ts'
import type { Named } from './request-status.ts'

export interface WorkItemRow {
  id: string
  state: WorkItemState
  description: string
  /** The one change that is to be made by hand. */
  change: { id: string; account: string; application: string; operation: 'ADD' | 'REMOVE'; attribute: string; value: string }
  comment: string | null
  owner: Named
  requester: Named | null
  requestId: string | null
  completedBy: string | null
  completedAt: Date | null
  forwardHistory: object[]
  createdAt: Date
  modifiedAt: Date
}

const columns = sql`
  w.id, w.state, w.description, w.comment, json_build_object('id', p.id, 'account', acc.native_identity, 'application', s.name,
    'operation', p.operation, 'attribute', e.attribute, 'value', e.value) as change, json_build_object('id', o.id, 'name', o.name) as owner,
  case when r.id is not null then json_build_object('id', r.id, 'name', r.name) end as requester, i.request_id as "requestId",
  w.completed_by as "completedBy", w.completed_at as "completedAt", w.forward_history as "forwardHistory",
  w.created_at as "createdAt", w.modified_at as "modifiedAt"
  from work_item w join identity o on o.id = w.owner_id join provisioning_step p on p.id = w.step_id join source s on s.id = p.source_id
  join account acc on acc.id = p.account_id join access_grant g on g.id = p.grant_id join access_item e on e.id = g.entitlement_id
  left join requested_item i on i.id = w.requested_item_id left join identity r on r.id = i.requester_id`

/** Work items that wait or that have ended, of one owner or of everybody, oldest first. */
export async function listWorkItems(
  reader: Reader,
  ownerId: string | undefined,
  which: 'open' | 'ended',
  query: PageQuery,
): Promise<Page<WorkItemRow>> {
  const state = which === 'open' ? sql`w.state = 'PENDING'` : sql`w.state <> 'PENDING'`
  const owned = which === 'open' ? sql`w.owner_id = ${ownerId}` : sql`(w.completed_by = ${ownerId} or w.owner_id = ${ownerId})`
  const where = whereAll([state, ownerId === undefined ? undefined : owned])
  const { rows } = await sql<WorkItemRow>`
    select ${columns} ${where} order by w.created_at, w.id limit ${query.limit} offset ${query.offset}`.execute(reader)
  if (!query.count) return { rows, total: undefined }
  const counts = await countWorkItems(reader, ownerId)
  return { rows, total: which === 'open' ? counts.open : counts.ended }
}

/** One work item, or undefined. */
export async function findWorkItem(reader: Reader, id: string): Promise<WorkItemRow | undefined> {
  const { rows } = await sql<WorkItemRow>`select ${columns} where w.id = ${id}`.execute(reader)
  return rows[0]
}

/** How many work items wait and how many have ended, of one owner or of everybody. */
export async function countWorkItems(reader: Reader, ownerId: string | undefined): Promise<{ open: number; ended: number }> {
  const where = ownerId === undefined ? sql`true` : sql`(w.owner_id = ${ownerId} or (w.completed_by = ${ownerId} and w.state <> 'PENDING'))`
  const { rows } = await sql<{ open: number; ended: number }>`
    select count(*) filter (where w.state = 'PENDING')::int as open, count(*) filter (where w.state <> 'PENDING')::int as ended
    from work_item w where ${where}`.execute(reader)
  return rows[0] ?? { open: 0, ended: 0 }
}
