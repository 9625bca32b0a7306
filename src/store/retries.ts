import { sql } from 'kysely'
import type { AssignmentState, StepState } from '../domain/lifecycle.ts'
import type { Reader, Tx } from './db.ts'
import type { StepToRun } from './provisioning.ts'
import type { RequestedItem } from './requested-items.ts'

/** What of a request was given up, and what stands in the way of trying it again. */

/** A step that was given up, with the assignment it was for. */
export interface FailedStep extends StepToRun {
  operation: 'ADD' | 'REMOVE'
  grantId: string
  assignmentId: string
  assignmentState: AssignmentState
  /** The requested item that made the assignment. */
  madeById: string | null
}

const failedStep = sql`
  select p.id, p.operation, p.grant_id as "grantId", p.source_id as "sourceId", p.account_id as "accountId", a.id as "assignmentId",
    a.state as "assignmentState", a.requested_item_id as "madeById"
  from provisioning_step p join assignment a on a.id = p.assignment_id
  join assignment_grant ag on ag.assignment_id = a.id and ag.grant_id = p.grant_id`

/** The steps of a requested item that were given up. Locks their assignments, in the order of their ids. */
export async function lockFailedSteps(tx: Tx, requestedItemId: string): Promise<FailedStep[]> {
  tx.send(sql`
    select 1 from assignment a where a.id in (select assignment_id from provisioning_step where requested_item_id = ${requestedItemId})
    order by a.id for update`)
  const { rows } = await sql<FailedStep>`
    ${failedStep} where p.requested_item_id = ${requestedItemId} and p.state = 'FAILED' order by p.id`.execute(tx.sql)
  return rows
}

/**
 * True for a step `p` that no request stands for, for assignment `a`, and that somebody has yet to deal with: a removal (by date, or of what
 * was left in doubt), drift that could not be put right, or content that could not be followed. Of several tries of one value the last one counts.
 */
export const leftUndone = sql`(p.requested_item_id is null and p.state <> 'DONE' and p.state <> 'DROPPED'
  and ((a.state = 'ENDING' and p.operation = 'REMOVE') or (a.state = 'ACTIVE' and p.operation = 'ADD' and p.cause in ('DRIFT', 'CONTENT')))
  and not exists (select from provisioning_step later where later.assignment_id = a.id and later.grant_id = p.grant_id
    and later.operation = p.operation and later.id > p.id))`

/** The steps of an assignment that failed and that no request stands for. Locks it. */
export async function lockLeftUndone(tx: Tx, assignmentId: string): Promise<FailedStep[]> {
  tx.send(sql`select 1 from assignment where id = ${assignmentId} for update`)
  const { rows } = await sql<FailedStep>`
    ${failedStep} where a.id = ${assignmentId} and p.state = 'FAILED' and ${leftUndone} order by p.id`.execute(tx.sql)
  return rows
}

/** Ids of the assignments that the items of a request made and of which something was left undone; or of this one, when `id` is its own. */
export async function listLeftUndone(reader: Reader, id: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select a.id from assignment a left join requested_item i on i.id = a.requested_item_id
    where (a.id = ${id} or i.request_id = ${id})
      and exists (select from provisioning_step p where p.assignment_id = a.id and p.state = 'FAILED' and ${leftUndone})
    order by a.id`.execute(reader)
  return rows.map((row) => row.id)
}

/** The request that came after this item and decides about the same access of the same person now, if there is one. */
export async function findLaterRequest(
  tx: Tx,
  item: Pick<RequestedItem, 'id' | 'recipientId' | 'itemId' | 'kind'>,
): Promise<string | undefined> {
  const { rows } = await sql<{ requestId: string }>`
    select r.request_id as "requestId" from requested_item mine join requested_item r
      on r.recipient_id = mine.recipient_id and r.item_id = mine.item_id and r.id <> mine.id
    where mine.id = ${item.id} and ${laterRequest}
    order by r.created_at desc, r.id desc limit 1`.execute(tx.sql)
  return rows[0]?.requestId
}

const stepOf = (item: 'r' | 'mine') => sql`(select from provisioning_step p where p.requested_item_id = ${sql.ref(`${item}.id`)})`

/** True unless both `r` and `mine` have steps and none of them for the same account: then they are about different accounts. */
const aboutOneAccount = sql`(not exists ${stepOf('r')} or not exists ${stepOf('mine')} or exists (
  select from provisioning_step p join provisioning_step q on q.account_id = p.account_id
  where p.requested_item_id = r.id and q.requested_item_id = mine.id))`

/** True when `r` came after `mine` and was carried out or is being carried out, or is the same ask again and open. */
const laterRequest = sql`(
  (${aboutOneAccount} and r.created_at >= mine.created_at and r.state in ('SCHEDULED', 'PROVISIONING', 'VERIFYING', 'PROVISIONED', 'PARTLY_PROVISIONED'))
  or (r.kind = mine.kind and r.same_ask = mine.same_ask
    and r.state in ('AWAITING_SCREENING', 'AWAITING_APPROVAL', 'AWAITING_EXTRA_APPROVER', 'SCHEDULED', 'PROVISIONING', 'VERIFYING')))`

/** For a requested item `i`: true when a later request decides about the same access of the same person. */
export const decidedLater = sql`exists (select from requested_item mine join requested_item r
  on r.recipient_id = mine.recipient_id and r.item_id = mine.item_id and r.id <> mine.id where mine.id = i.id and ${laterRequest})`

/** Takes a step up again, as if it had never been tried; what is in doubt about it stays in doubt. */
export async function reopenStep(tx: Tx, id: string, state: StepState, assignmentId: string): Promise<void> {
  tx.send(sql`
    update provisioning_step set state = ${state}, assignment_id = ${assignmentId}, attempts = 0, first_tried_at = null,
      retry_at = case when ${state === 'INTENDED'} then now() + interval '30 seconds' end, last_error = null, taken = false,
      modified_at = ${tx.now}
    where id = ${id}`)
}

/** Makes an assignment like one that came to nothing, for the values that are tried again. */
export async function copyAssignment(tx: Tx, from: string, to: { id: string; grantIds: string[] }): Promise<void> {
  tx.send(sql`
    insert into assignment (id, identity_id, item_type, item_id, origin, state, account_id, requested_item_id, start_at, end_at, end_set_at,
      created_at, modified_at)
    select ${to.id}, identity_id, item_type, item_id, origin, 'PENDING', account_id, requested_item_id, start_at, end_at, end_set_at,
      ${tx.now}, ${tx.now} from assignment where id = ${from}`)
  const links = to.grantIds.map((grant_id) => ({ assignment_id: to.id, grant_id }))
  if (links.length > 0) tx.send(tx.sql.insertInto('assignment_grant').values(links))
}

/** Makes the next try of what is being tried again due now; returns those steps. */
export async function hurrySteps(tx: Tx, requestedItemId: string): Promise<StepToRun[]> {
  const { rows } = await sql<StepToRun>`
    update provisioning_step set retry_at = now()
    where requested_item_id = ${requestedItemId} and state in ('INTENDED', 'SENT') and last_error is not null
    returning id, source_id as "sourceId", account_id as "accountId"`.execute(tx.sql)
  return rows
}

/** Forgets what a request said of its failure. */
export async function clearErrors(tx: Tx, requestedItemId: string): Promise<void> {
  tx.send(sql`update requested_item set error_messages = '[]' where id = ${requestedItemId}`)
}

/** True when the item was agreed to and went on to be provisioned. */
export async function wasAgreedTo(tx: Tx, requestedItemId: string): Promise<boolean> {
  const row = await tx.sql
    .selectFrom('requested_item')
    .select('provisioning_started_at')
    .where('id', '=', requestedItemId)
    .executeTakeFirst()
  return row?.provisioning_started_at !== null && row?.provisioning_started_at !== undefined
}

/** For a failed step `p` of item `i`, for assignment `a`: true where a retry is likely to be refused, for what has been decided or come to pass since. */
const isPassedBy = (now: Date) => sql`(i.id is not null and case
  when p.operation = 'REMOVE' then a.state <> 'ENDING'
  else coalesce(i.end_at <= ${now}, false) or ${decidedLater} end)`

/**
 * Ids of requests, and of assignments without one, of which something failed for good at a source; first those that nothing later has passed by,
 * which may be few among thousands that nobody will ever try again, and of these the oldest.
 */
export async function listFailedAtSource(reader: Reader, sourceId: string, now: Date, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select coalesce(i.request_id, made.request_id, a.id) as id, min(p.id) as first, bool_and(${isPassedBy(now)}) as passed
    from provisioning_step p join assignment a on a.id = p.assignment_id
    left join requested_item i on i.id = p.requested_item_id left join requested_item made on made.id = a.requested_item_id
    where p.source_id = ${sourceId} and p.state = 'FAILED'
      and (i.state in ('FAILED', 'PARTLY_PROVISIONED') or ${leftUndone})
    group by 1 order by passed, first limit ${limit}`.execute(reader)
  return rows.map((row) => row.id)
}

/** Calls at a source go on, whatever it has asked for. */
export async function unpauseSource(tx: Tx, sourceId: string): Promise<void> {
  tx.send(sql`update source set paused_until = null where id = ${sourceId} and paused_until is not null`)
}
