import { type RawBuilder, sql } from 'kysely'
import type { ItemType, RequestKind } from '../../domain/access-model.ts'
import type { ItemState, StepState } from '../../domain/lifecycle.ts'
import type { Reader } from '../db.ts'
import { named } from '../named.ts'
import { type Columns, filterCondition, orderAndSlice, type Page, type PageQuery, totalOf, whereAll } from './page.ts'
import type { JsonDate, Named } from './request-status.ts'

export interface ActivityStep {
  state: StepState
  error: string | null
  nativeIdentity: string
  /** The target took the change, and no read has shown it yet. */
  taken: boolean
  /** A person's word is the proof that it was done. */
  byPerson: boolean
}

/** One requested item as its activity tells of it. */
export interface ActivityItem {
  id: string
  kind: RequestKind
  state: ItemState
  duplicate: boolean
  itemType: ItemType
  itemId: string
  itemName: string
  attribute: string | null
  value: string | null
  sourceId: string | null
  comment: string | null
  clientMetadata: Record<string, string> | null
  endAt: JsonDate | null
  /** Null when nobody had to be asked. */
  approvalsStartedAt: JsonDate | null
  approvalsFinishedAt: JsonDate | null
  finishedAt: JsonDate | null
  cancelledBy: Named | null
  cancelComment: string | null
  closeExecution: 'Terminated' | 'Completed' | null
  closeCompletion: 'Success' | 'Incomplete' | 'Failure' | null
  closeMessage: string | null
  errorMessages: string[]
  createdAt: JsonDate
  modifiedAt: JsonDate
  /** The last decision on it. */
  decision: { by: Named; comment: string | null; at: JsonDate } | null
  steps: ActivityStep[]
}

/** One request by one requester for one recipient, with its items. */
export interface ActivityRow {
  id: string
  requester: Named
  recipient: Named
  clientMetadata: Record<string, string> | null
  createdAt: Date
  items: ActivityItem[]
}

/** Whose activities: all conditions hold together; undefined ones do not narrow. */
export interface ActivityScope {
  recipientId?: string | undefined
  requesterId?: string | undefined
  /** Requester or recipient. */
  regardingId?: string | undefined
  hideDuplicates: boolean
}

const columns: Columns = {
  id: { sql: sql`r.id`, type: 'id', notNull: true },
  created: { sql: sql`r.created_at`, type: 'date', notNull: true },
  modified: { sql: sql`(select max(x.modified_at) from requested_item x where x.request_id = r.id)`, type: 'date', notNull: true },
  // Every activity is of the same type.
  type: { sql: sql`''`, type: 'id', notNull: true },
}

const decisionOfItem = sql`
  (select json_build_object('by', ${named('d')}, 'comment', v.comment, 'at', v.decided_at)
    from approval v join identity d on d.id = v.decided_by
    where v.requested_item_id = i.id and v.state in ('APPROVED', 'REJECTED') order by v.decided_at desc, v.id desc limit 1)`

const stepsOfItem = sql`
  (select coalesce(json_agg(json_build_object('state', s.state, 'error', s.last_error, 'nativeIdentity', c.native_identity, 'taken', s.taken,
      'byPerson', exists (select from work_item w where w.step_id = s.id and w.state = 'FINISHED')) order by s.id), '[]')
    from provisioning_step s join account c on c.id = s.account_id where s.requested_item_id = i.id)`

const itemsOfRequest = (shown: RawBuilder<unknown>) => sql`
  (select coalesce(json_agg(json_build_object(
      'id', i.id, 'kind', i.kind, 'state', i.state, 'duplicate', i.duplicate, 'itemType', i.item_type, 'itemId', i.item_id,
      'itemName', t.name, 'attribute', t.attribute, 'value', t.value, 'sourceId', t.source_id, 'comment', i.comment,
      'clientMetadata', i.client_metadata, 'endAt', i.end_at, 'finishedAt', i.finished_at,
      'approvalsStartedAt', i.approvals_started_at, 'approvalsFinishedAt', i.approvals_finished_at,
      'cancelledBy', (select ${named('b')} from identity b where b.id = i.cancelled_by), 'cancelComment', i.cancel_comment,
      'closeExecution', i.close_execution, 'closeCompletion', i.close_completion, 'closeMessage', i.close_message,
      'errorMessages', i.error_messages, 'createdAt', i.created_at, 'modifiedAt', i.modified_at,
      'decision', ${decisionOfItem}, 'steps', ${stepsOfItem}) order by i.id), '[]')
    from requested_item i join access_item t on t.id = i.item_id where i.request_id = r.id and ${shown})`

function shownItems(scope: Pick<ActivityScope, 'hideDuplicates'>, alias: string): RawBuilder<unknown> {
  return scope.hideDuplicates ? sql`not ${sql.ref(`${alias}.duplicate`)}` : sql`true`
}

function rowsFrom(from: RawBuilder<unknown>, scope: Pick<ActivityScope, 'hideDuplicates'>): RawBuilder<ActivityRow> {
  return sql<ActivityRow>`
    select r.id, ${named('asker')} as requester, ${named('recipient')} as recipient, r.client_metadata as "clientMetadata",
      r.created_at as "createdAt", ${itemsOfRequest(shownItems(scope, 'i'))} as items
    from ${from} join identity asker on asker.id = r.requester_id join identity recipient on recipient.id = r.recipient_id`
}

function conditions(scope: ActivityScope, query: PageQuery): (RawBuilder<unknown> | undefined)[] {
  const { recipientId, requesterId, regardingId } = scope
  const shown = sql`exists (select from requested_item x where x.request_id = r.id and ${shownItems(scope, 'x')})`
  return [
    recipientId === undefined ? undefined : sql`r.recipient_id = ${recipientId}`,
    requesterId === undefined ? undefined : sql`r.requester_id = ${requesterId}`,
    regardingId === undefined ? undefined : sql`(r.recipient_id = ${regardingId} or r.requester_id = ${regardingId})`,
    scope.hideDuplicates ? shown : undefined,
    filterCondition(query, columns),
  ]
}

/** A page of activities, newest first unless asked otherwise. */
export async function listAccountActivities(reader: Reader, scope: ActivityScope, query: PageQuery): Promise<Page<ActivityRow>> {
  const where = whereAll(conditions(scope, query))
  const rows = query.limit === 0 ? [] : await pageRows(reader, scope, where, query)
  return { rows, total: await totalOf(reader, query, sql`from access_request r ${where}`) }
}

async function pageRows(reader: Reader, scope: ActivityScope, where: RawBuilder<unknown>, query: PageQuery): Promise<ActivityRow[]> {
  const slice = orderAndSlice(query, columns, sql`r.created_at desc, r.id desc`, sql`r.id desc`)
  const page = sql`(select r.*, row_number() over () as place from (select r.* from access_request r ${where} ${slice}) r) r`
  return (await sql<ActivityRow>`${rowsFrom(page, scope)} order by r.place`.execute(reader)).rows
}

/** One activity by the id of its request, or undefined. */
export async function findAccountActivity(reader: Reader, id: string): Promise<ActivityRow | undefined> {
  const { rows } = await sql<ActivityRow>`${rowsFrom(sql`access_request r`, { hideDuplicates: false })} where r.id = ${id}`.execute(reader)
  return rows[0]
}
