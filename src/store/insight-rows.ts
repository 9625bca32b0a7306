import { type RawBuilder, sql } from 'kysely'
import type { ItemType, RequestKind } from '../domain/access-model.ts'
import type { ApprovalState, ItemState, StepState } from '../domain/lifecycle.ts'
import type { Reader } from './db.ts'
import { type Outcome, ofTeam, outcomeOf, type Span } from './insight.ts'
import { type Columns, orderAndSlice, type Page, type PageQuery, totalOf, whereAll } from './lists/page.ts'
import type { Named } from './lists/request-status.ts'
import { namedOrNull } from './named.ts'

/** The rows behind the plots of store/insight.ts: every bar can be opened. */

const itemNamed = sql`json_build_object('type', x.type, 'id', x.id, 'name', x.name) as item`

async function pageOf<Row>(
  reader: Reader,
  parts: {
    select: RawBuilder<unknown>
    from: RawBuilder<unknown>
    where: RawBuilder<unknown>
    columns: Columns
    usual: RawBuilder<unknown>
    id: RawBuilder<unknown>
  },
  query: PageQuery,
): Promise<Page<Row>> {
  const { select, from, where, columns, usual, id } = parts
  const { rows } = await sql<Row>`select ${select} ${from} ${where} ${orderAndSlice(query, columns, usual, id)}`.execute(reader)
  return { rows, total: await totalOf(reader, query, sql`${from} ${where}`) }
}

export interface RequestRow {
  requestId: string
  itemId: string
  kind: RequestKind
  item: { type: ItemType; id: string; name: string }
  source: Named | null
  recipient: Named
  requester: Named
  state: ItemState
  closeExecution: 'Terminated' | 'Completed' | null
  closeCompletion: 'Success' | 'Incomplete' | 'Failure' | null
  createdAt: Date
  finishedAt: Date | null
  hours: number | null
}

export interface RequestNarrowing {
  /** Which moment lies in the span. */
  moment: 'created' | 'finished'
  outcomes: Outcome[] | undefined
  itemId: string | undefined
  sourceId: string | undefined
}

const hoursBetween = (from: RawBuilder<unknown>, to: RawBuilder<unknown>) =>
  sql`round((extract(epoch from ${to} - ${from}) / 3600)::numeric, 2)::float8`

/** Requested items that were asked for, or that ended, in a span; the latest first. */
export async function listRequestRows(reader: Reader, span: Span, only: RequestNarrowing, query: PageQuery): Promise<Page<RequestRow>> {
  const moment = only.moment === 'created' ? sql`i.created_at` : sql`i.finished_at`
  const hours = hoursBetween(sql`i.created_at`, sql`i.finished_at`)
  return pageOf<RequestRow>(
    reader,
    {
      select: sql`i.request_id as "requestId", i.id as "itemId", i.kind, ${itemNamed}, ${namedOrNull('s')} as source, ${namedOrNull('r')} as recipient,
        ${namedOrNull('asker')} as requester, i.state, i.close_execution as "closeExecution", i.close_completion as "closeCompletion",
        i.created_at as "createdAt", i.finished_at as "finishedAt", ${hours} as hours`,
      from: sql`from requested_item i join access_item x on x.id = i.item_id left join source s on s.id = x.source_id
        join identity r on r.id = i.recipient_id join identity asker on asker.id = i.requester_id`,
      where: whereAll([
        sql`${moment} >= ${span.from} and ${moment} < ${span.to} and not i.duplicate and ${ofTeam(span)}`,
        only.outcomes && sql`${outcomeOf} = any(${only.outcomes}::text[])`,
        only.itemId === undefined ? undefined : sql`i.item_id = ${only.itemId}`,
        only.sourceId === undefined ? undefined : sql`x.source_id = ${only.sourceId}`,
      ]),
      columns: {
        created: { sql: sql`i.created_at`, type: 'date', notNull: true },
        finished: { sql: sql`i.finished_at`, type: 'date' },
        hours: { sql: hours, type: 'number' },
        item: { sql: sql`x.name`, type: 'string', notNull: true },
        recipient: { sql: sql`r.name`, type: 'string', notNull: true },
      },
      usual: sql`${moment} desc, i.id`,
      id: sql`i.id`,
    },
    query,
  )
}

export interface DecisionRow {
  approvalId: string
  requestId: string
  item: { type: ItemType; id: string; name: string }
  recipient: Named
  /** Null where a rule or nobody answered. */
  approver: Named | null
  state: ApprovalState
  askedAt: Date
  decidedAt: Date
  hours: number
  comment: string | null
}

/** Answers to questions in a span, each with how long it took; the latest first. */
export async function listDecisionRows(
  reader: Reader,
  span: Span,
  only: { approverId: string | undefined; itemId: string | undefined; states: ApprovalState[] },
  query: PageQuery,
): Promise<Page<DecisionRow>> {
  const hours = hoursBetween(sql`coalesce(c.created_at, a.created_at)`, sql`a.decided_at`)
  return pageOf<DecisionRow>(
    reader,
    {
      select: sql`a.id as "approvalId", i.request_id as "requestId", ${itemNamed}, ${namedOrNull('r')} as recipient, ${namedOrNull('d')} as approver, a.state,
        coalesce(c.created_at, a.created_at) as "askedAt", a.decided_at as "decidedAt", ${hours} as hours, a.comment`,
      from: sql`from approval a join requested_item i on i.id = a.requested_item_id join access_item x on x.id = i.item_id
        join identity r on r.id = i.recipient_id left join identity d on d.id = a.decided_by
        left join approval_candidate c on c.approval_id = a.id and c.identity_id = a.decided_by`,
      where: whereAll([
        sql`a.decided_at >= ${span.from} and a.decided_at < ${span.to} and a.state = any(${only.states}::text[]) and ${ofTeam(span)}`,
        only.approverId === undefined ? undefined : sql`a.decided_by = ${only.approverId}`,
        only.itemId === undefined ? undefined : sql`i.item_id = ${only.itemId}`,
      ]),
      columns: {
        decided: { sql: sql`a.decided_at`, type: 'date', notNull: true },
        hours: { sql: hours, type: 'number' },
        item: { sql: sql`x.name`, type: 'string', notNull: true },
        approver: { sql: sql`d.name`, type: 'string' },
      },
      usual: sql`a.decided_at desc, a.id`,
      id: sql`a.id`,
    },
    query,
  )
}

export interface PendingRow {
  approvalId: string
  requestId: string
  item: { type: ItemType; id: string; name: string }
  recipient: Named
  approvers: Named[]
  askedAt: Date
  hours: number
  expiresAt: Date | null
}

/** Open approvals of an age, the oldest first; `now` is business time, ages are hours. */
export async function listPendingRows(
  reader: Reader,
  now: Date,
  only: { managerId: string | undefined; olderThan: number; youngerThan: number | undefined; approverId: string | undefined },
  query: PageQuery,
): Promise<Page<PendingRow>> {
  const age = sql`extract(epoch from ${now}::timestamptz - a.created_at) / 3600`
  return pageOf<PendingRow>(
    reader,
    {
      select: sql`a.id as "approvalId", i.request_id as "requestId", ${itemNamed}, ${namedOrNull('r')} as recipient,
        (select coalesce(json_agg(${namedOrNull('p')} order by lower(p.name), p.id), '[]')
          from approval_candidate c join identity p on p.id = c.identity_id where c.approval_id = a.id and c.open) as approvers,
        a.created_at as "askedAt", round((${age})::numeric, 2)::float8 as hours, a.expires_at as "expiresAt"`,
      from: sql`from approval a join requested_item i on i.id = a.requested_item_id join access_item x on x.id = i.item_id
        join identity r on r.id = i.recipient_id`,
      where: whereAll([
        sql`a.state = 'PENDING' and ${age} >= ${only.olderThan} and ${ofTeam(only)}`,
        only.youngerThan === undefined ? undefined : sql`${age} < ${only.youngerThan}`,
        only.approverId === undefined
          ? undefined
          : sql`exists (select from approval_candidate c where c.approval_id = a.id and c.identity_id = ${only.approverId} and c.open)`,
      ]),
      columns: {
        asked: { sql: sql`a.created_at`, type: 'date', notNull: true },
        item: { sql: sql`x.name`, type: 'string', notNull: true },
        recipient: { sql: sql`r.name`, type: 'string', notNull: true },
      },
      usual: sql`a.created_at, a.id`,
      id: sql`a.id`,
    },
    query,
  )
}

export interface StepRow {
  stepId: string
  requestId: string | null
  source: Named
  account: string
  entitlement: Named
  person: Named | null
  operation: 'ADD' | 'REMOVE'
  state: StepState
  attempts: number
  problem: string | null
  createdAt: Date
  modifiedAt: Date
}

/** Provisioning steps that came up in a span, the latest first. */
export async function listStepRows(
  reader: Reader,
  span: Span,
  only: { sourceId: string | undefined; states: StepState[] | undefined },
  query: PageQuery,
): Promise<Page<StepRow>> {
  return pageOf<StepRow>(
    reader,
    {
      select: sql`p.id as "stepId", i.request_id as "requestId", ${namedOrNull('s')} as source, c.native_identity as account, ${namedOrNull('x')} as entitlement,
        ${namedOrNull('o')} as person, p.operation, p.state, p.attempts, p.last_error as problem, p.created_at as "createdAt", p.modified_at as "modifiedAt"`,
      from: sql`from provisioning_step p join source s on s.id = p.source_id join account c on c.id = p.account_id
        left join identity o on o.id = c.identity_id join access_grant g on g.id = p.grant_id join access_item x on x.id = g.entitlement_id
        left join requested_item i on i.id = p.requested_item_id`,
      where: whereAll([
        sql`p.created_at >= ${span.from} and p.created_at < ${span.to} and ${ofTeam(span, sql`c.identity_id`)}`,
        only.sourceId === undefined ? undefined : sql`p.source_id = ${only.sourceId}`,
        only.states && sql`p.state = any(${only.states}::text[])`,
      ]),
      columns: {
        created: { sql: sql`p.created_at`, type: 'date', notNull: true },
        source: { sql: sql`s.name`, type: 'string', notNull: true },
        attempts: { sql: sql`p.attempts`, type: 'number', notNull: true },
      },
      usual: sql`p.created_at desc, p.id`,
      id: sql`p.id`,
    },
    query,
  )
}
