import { type RawBuilder, sql } from 'kysely'
import type { ItemType, RequestKind, RequestRules } from '../../domain/access-model.ts'
import type { ApprovalState, ItemState, StepState, WorkItemState } from '../../domain/lifecycle.ts'
import type { SodCheck } from '../../domain/sod.ts'
import type { Reader } from '../db.ts'
import { named } from '../named.ts'
import { type Columns, filterCondition, orderAndSlice, type Page, type PageQuery, totalOf, whereAll } from './page.ts'

export interface Named {
  id: string
  name: string
}

/** Dates inside JSON arrive as text. */
export type JsonDate = string

/** An account the requester chose, with the names of it and of its source. */
export interface RequestedAccount {
  name: string
  accountUuid: string | null
  accountId: string | null
  sourceName: string
}

/** The accounts chosen or named for an item `i`; null when none were. */
export const accountsOfItem = sql`coalesce(
  (select json_agg(json_build_object('name', coalesce(acc.name, chosen->>'nativeIdentity', chosen->>'accountUuid', ''),
      'accountUuid', coalesce(acc.id, chosen->>'accountUuid'), 'accountId', coalesce(acc.native_identity, chosen->>'nativeIdentity'),
      'sourceName', coalesce(s.name, '')))
    from jsonb_array_elements(i.account_selection) choice cross join lateral jsonb_array_elements(choice->'accounts') chosen
    left join source s on s.id = choice->>'sourceId'
    left join account acc on acc.source_id = s.id and (acc.native_identity = chosen->>'nativeIdentity' or acc.id = chosen->>'accountUuid')),
  case when i.native_identity is not null then
    (select json_agg(json_build_object('name', acc.name, 'accountUuid', acc.id, 'accountId', acc.native_identity, 'sourceName', s.name))
    from account acc join source s on s.id = acc.source_id join access_item thing on thing.id = i.item_id
    where acc.identity_id = i.recipient_id and acc.native_identity = i.native_identity and acc.source_id = coalesce(thing.source_id, acc.source_id)) end)`

export interface MoveRow {
  reason: 'MANUAL_REASSIGNMENT' | 'AUTOMATIC_REASSIGNMENT' | 'AUTO_ESCALATION' | 'SELF_REVIEW_DELEGATION'
  fromName: string
  toName: string
  movedByName: string | null
  comment: string | null
  at: JsonDate
}

export interface StatusApproval {
  id: string
  scheme: string
  state: ApprovalState
  originalOwner: { type: 'IDENTITY' | 'GOVERNANCE_GROUP'; id: string; name: string | null }
  owner: Named | null
  candidates: Named[]
  decidedBy: Named | null
  comment: string | null
  modified: JsonDate
  moves: MoveRow[]
}

export interface StatusWorkItem {
  id: string
  state: WorkItemState
  owner: Named
  originalOwner: Named
  modified: JsonDate
  forwardHistory: object[]
}

/** One requested item with all that is told about it. */
export interface StatusRow {
  id: string
  requestId: string
  kind: RequestKind
  state: ItemState
  itemType: ItemType
  itemId: string
  itemName: string
  itemDescription: string | null
  privileged: boolean
  requester: Named
  recipient: Named
  comment: string | null
  clientMetadata: Record<string, string> | null
  startAt: Date | null
  endAt: Date | null
  requestedAccounts: RequestedAccount[] | null
  policy: RequestRules
  sod: SodCheck | null
  approvalsStartedAt: Date | null
  approvalsFinishedAt: Date | null
  provisioningStartedAt: Date | null
  finishedAt: Date | null
  cancelledBy: Named | null
  cancelComment: string | null
  closeExecution: 'Terminated' | 'Completed' | null
  closeCompletion: 'Success' | 'Incomplete' | 'Failure' | null
  closeMessage: string | null
  errorMessages: string[]
  createdAt: Date
  modifiedAt: Date
  approvals: StatusApproval[]
  workItems: StatusWorkItem[]
  steps: { state: StepState; attempts: number; error: string | null }[]
}

/** Whose rows: all conditions hold together; undefined ones do not narrow. */
export interface StatusScope {
  recipientId?: string | undefined
  requesterId?: string | undefined
  /** Requester or recipient. */
  regardingId?: string | undefined
  /** Holds an open approval or work item of it. */
  assignedToId?: string | undefined
  onlyOpen?: boolean | undefined
  hideDuplicates?: boolean | undefined
}

/** `outcome` is the state, and for closed items how they were closed: "CLOSED Terminated Failure". */
const columns: Columns = {
  accessRequestId: { sql: sql`i.request_id`, type: 'id', notNull: true },
  accountActivityItemId: { sql: sql`i.id`, type: 'id', notNull: true },
  created: { sql: sql`i.created_at`, type: 'date', notNull: true },
  modified: { sql: sql`i.modified_at`, type: 'date', notNull: true },
  name: { sql: sql`item.name`, type: 'string', notNull: true },
  outcome: {
    sql: sql`(case when i.state = 'CLOSED' then concat_ws(' ', i.state, i.close_execution, i.close_completion) else i.state end)`,
    type: 'id',
    notNull: true,
  },
}

function conditions(scope: StatusScope, query: PageQuery): RawBuilder<unknown>[] {
  const { recipientId, requesterId, regardingId, assignedToId } = scope
  return [
    recipientId === undefined ? undefined : sql`i.recipient_id = ${recipientId}`,
    requesterId === undefined ? undefined : sql`i.requester_id = ${requesterId}`,
    regardingId === undefined ? undefined : sql`(i.recipient_id = ${regardingId} or i.requester_id = ${regardingId})`,
    assignedToId === undefined ? undefined : assignedTo(assignedToId),
    scope.onlyOpen ? sql`i.finished_at is null` : undefined,
    scope.hideDuplicates ? sql`not i.duplicate` : undefined,
    filterCondition(query, columns),
  ].filter((condition) => condition !== undefined)
}

function assignedTo(id: string): RawBuilder<unknown> {
  return sql`i.id in (
    select a.requested_item_id from approval_candidate c join approval a on a.id = c.approval_id where c.identity_id = ${id} and c.open
    union all select w.requested_item_id from work_item w where w.owner_id = ${id} and w.state = 'PENDING')`
}

/** A page of requested items, newest first unless asked otherwise. */
export async function listRequestStatus(reader: Reader, scope: StatusScope, query: PageQuery): Promise<Page<StatusRow>> {
  const where = whereAll(conditions(scope, query))
  const byName = query.sorters.some((s) => s.field === 'name') ? sql`join access_item item on item.id = i.item_id` : sql``
  const slice = orderAndSlice(query, columns, sql`i.created_at desc, i.id desc`, sql`i.id desc`)
  const { rows } = await sql<StatusRow>`
    with page as (select i.*, row_number() over () as place from (select i.* from requested_item i ${byName} ${where} ${slice}) i)
    select ${rowColumns} from page i ${rowJoins} order by i.place`.execute(reader)
  return { rows, total: await totalOf(reader, query, sql`from requested_item i ${byName} ${where}`) }
}

export const approvalMoves = sql`
  (select coalesce(json_agg(json_build_object('reason', m.reason, 'fromName', m.from_name, 'toName', m.to_name, 'movedByName', m.moved_by_name,
     'comment', m.comment, 'at', m.created_at) order by m.created_at, m.id), '[]') from approval_move m where m.approval_id = a.id)`

const approvalsOfItem = sql`
  (select coalesce(json_agg(json_build_object(
      'id', a.id, 'scheme', a.scheme, 'state', a.state,
      'originalOwner', json_build_object('type', a.original_owner_type, 'id', a.original_owner_id,
        'name', coalesce((select o.name from identity o where o.id = a.original_owner_id), (select g.name from governance_group g where g.id = a.original_owner_id))),
      'owner', (select ${named('o')} from identity o where o.id = a.owner_id),
      'candidates', (select coalesce(json_agg(${named('o')} order by o.name, o.id), '[]')
        from approval_candidate c join identity o on o.id = c.identity_id where c.approval_id = a.id),
      'decidedBy', (select ${named('o')} from identity o where o.id = a.decided_by),
      'comment', a.comment, 'modified', a.modified_at, 'moves', ${approvalMoves}) order by a.step_number, a.created_at, a.id), '[]')
    from approval a where a.requested_item_id = i.id)`

const workItemsOfItem = sql`
  (select coalesce(json_agg(json_build_object('id', w.id, 'state', w.state, 'owner', ${named('o')}, 'originalOwner', ${named('f')},
      'modified', w.modified_at, 'forwardHistory', w.forward_history) order by w.created_at, w.id), '[]')
    from work_item w join identity o on o.id = w.owner_id join identity f on f.id = w.original_owner_id where w.requested_item_id = i.id)`

const stepsOfItem = sql`
  (select coalesce(json_agg(json_build_object('state', p.state, 'attempts', p.attempts, 'error', p.last_error) order by p.id), '[]')
    from provisioning_step p where p.requested_item_id = i.id)`

const rowColumns = sql`
  i.id, i.request_id as "requestId", i.kind, i.state, i.item_type as "itemType", i.item_id as "itemId", item.name as "itemName",
  item.description as "itemDescription", item.privileged, ${named('asker')} as requester, ${named('recipient')} as recipient, i.comment,
  i.client_metadata as "clientMetadata", i.start_at as "startAt", i.end_at as "endAt", ${accountsOfItem} as "requestedAccounts", i.policy, i.sod,
  i.approvals_started_at as "approvalsStartedAt", i.approvals_finished_at as "approvalsFinishedAt",
  i.provisioning_started_at as "provisioningStartedAt", i.finished_at as "finishedAt",
  (select ${named('o')} from identity o where o.id = i.cancelled_by) as "cancelledBy", i.cancel_comment as "cancelComment",
  i.close_execution as "closeExecution", i.close_completion as "closeCompletion", i.close_message as "closeMessage",
  i.error_messages as "errorMessages", i.created_at as "createdAt", i.modified_at as "modifiedAt",
  ${approvalsOfItem} as approvals, ${workItemsOfItem} as "workItems", ${stepsOfItem} as steps`

const rowJoins = sql`
  join access_item item on item.id = i.item_id
  join identity asker on asker.id = i.requester_id
  join identity recipient on recipient.id = i.recipient_id`
