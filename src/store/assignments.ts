import { sql } from 'kysely'
import type { AssignmentOrigin, ItemType } from '../domain/access-model.ts'
import type { AccountOn } from '../domain/held.ts'
import type { AssignmentState, StepState } from '../domain/lifecycle.ts'
import type { Reader, Tx } from './db.ts'

/** True when every value of an assignment `a` was seen at its target. */
export const wholeAssignment = sql<boolean>`not exists (select 1 from assignment_grant ag join access_grant g on g.id = ag.grant_id
  where ag.assignment_id = a.id and not g.present)`

/** True when a requested item `i` chooses the account `c`. */
export const accountChosenBy = sql<boolean>`i.account_selection @> jsonb_build_array(jsonb_build_object(
  'sourceId', c.source_id, 'accounts', jsonb_build_array(jsonb_build_object('nativeIdentity', c.native_identity))))`

/** For a requested item `i`. An earlier assignment keeps the access: a grant of it changes dates, unless it names another account. */
export const heldBefore = sql<boolean>`exists (select 1 from assignment live
  where live.identity_id = i.recipient_id and live.item_id = i.item_id and live.state in ('PENDING', 'ACTIVE')
    and live.origin in ('REQUESTED', 'IMPORTED') and live.requested_item_id is distinct from i.id
    and (i.assignment_id is null or live.id = i.assignment_id)
    and ((i.account_selection is null and i.native_identity is null) or exists (
      select from assignment_grant ag join access_grant g on g.id = ag.grant_id join account c on c.id = g.account_id
      where ag.assignment_id = live.id and (c.native_identity = i.native_identity or ${accountChosenBy}))))`

/** The accounts that an assignment `a` sits on. */
export const accountsOfAssignment = sql<AccountOn[]>`(
  select coalesce(json_agg(distinct jsonb_build_object('id', c.id, 'sourceId', c.source_id, 'nativeIdentity', c.native_identity)), '[]')
  from assignment_grant ag join access_grant g on g.id = ag.grant_id join account c on c.id = g.account_id where ag.assignment_id = a.id)`

export interface HeldAssignment {
  id: string
  origin: AssignmentOrigin
  state: AssignmentState
  endAt: Date | null
  whole: boolean
  accounts: AccountOn[]
}

/** An assignment that is ending but whose removal has failed for good: a revoke may try again. */
export const stuckEnding = sql<boolean>`(a.state = 'ENDING' and not exists (select 1 from provisioning_step p
  where p.assignment_id = a.id and p.operation = 'REMOVE' and p.state in ('INTENDED', 'SENT', 'BY_HAND')))`

/**
 * Locks the assignments of a person on an item that are live, or whose removal is stuck, oldest first. `whole` tells whether every value of
 * it was seen at its target.
 */
export async function lockHeldAssignments(tx: Tx, recipientId: string, itemId: string): Promise<HeldAssignment[]> {
  const { rows } = await sql<HeldAssignment>`
    select a.id, a.origin, a.state, a.end_at as "endAt", ${wholeAssignment} as whole, ${accountsOfAssignment} as accounts
    from assignment a
    where a.identity_id = ${recipientId} and a.item_id = ${itemId} and (a.state in ('PENDING', 'ACTIVE') or ${stuckEnding})
    order by a.id for update of a`.execute(tx.sql)
  return rows
}

export interface NewAssignment {
  id: string
  identityId: string
  itemType: ItemType
  itemId: string
  requestedItemId: string
  state: AssignmentState
  accountId: string | null
  startAt: Date | null
  endAt: Date | null
}

/** Stores a requested assignment. */
export async function insertAssignment(tx: Tx, assignment: NewAssignment): Promise<void> {
  tx.send(
    tx.sql.insertInto('assignment').values({
      id: assignment.id,
      identity_id: assignment.identityId,
      item_type: assignment.itemType,
      item_id: assignment.itemId,
      origin: 'REQUESTED',
      state: assignment.state,
      account_id: assignment.accountId,
      requested_item_id: assignment.requestedItemId,
      start_at: assignment.startAt,
      end_at: assignment.endAt,
      end_set_at: assignment.endAt && tx.now,
      created_at: tx.now,
      modified_at: tx.now,
    }),
  )
}

/** Saves the state an assignment has moved to. */
export async function updateAssignmentState(tx: Tx, id: string, state: AssignmentState): Promise<void> {
  tx.send(tx.sql.updateTable('assignment').set({ state, modified_at: tx.now }).where('id', '=', id))
}

/** Saves other dates; a start that is left out stays. */
export async function updateAssignmentDates(tx: Tx, id: string, dates: { startAt?: Date | null; endAt: Date | null }): Promise<void> {
  const start = dates.startAt === undefined ? {} : { start_at: dates.startAt }
  const endSetAt = sql`case when end_at is distinct from ${dates.endAt}::timestamptz then ${tx.now}::timestamptz else end_set_at end`
  tx.send(
    tx.sql
      .updateTable('assignment')
      .set({ ...start, end_at: dates.endAt, end_set_at: endSetAt as never, modified_at: tx.now })
      .where('id', '=', id),
  )
}

export interface AssignmentSteps {
  id: string
  state: AssignmentState
  /** Of the request that made it. */
  trackingNumber: string | null
  steps: { grantId: string; state: StepState; inDoubt: boolean }[]
}

/**
 * The assignments given, or those that the steps of a requested item touch, in id order, each with the steps that put it in place, or take it
 * away once it is ending: of several for one value the last, which says how it stands. Locks them.
 */
export async function lockAssignmentSteps(tx: Tx, of: { ids: string[] } | { requestedItemId: string }): Promise<AssignmentSteps[]> {
  const which =
    'ids' in of
      ? sql`= any(${of.ids}::text[])`
      : sql`in (select assignment_id from provisioning_step where requested_item_id = ${of.requestedItemId})`
  const locking = sql<Omit<AssignmentSteps, 'steps'>>`
    select a.id, a.state, (select i.request_id from requested_item i where i.id = a.requested_item_id) as "trackingNumber"
    from assignment a where a.id ${which} order by a.id for update of a`.execute(tx.sql)
  const reading = sql<AssignmentSteps['steps'][number] & { assignmentId: string; operation: 'ADD' | 'REMOVE' }>`
    select distinct on (p.assignment_id, p.grant_id, p.operation) p.assignment_id as "assignmentId", p.grant_id as "grantId", p.operation, p.state,
      p.in_doubt as "inDoubt"
    from provisioning_step p where p.assignment_id ${which} order by p.assignment_id, p.grant_id, p.operation, p.id desc`.execute(tx.sql)
  const [assignments, steps] = await Promise.all([locking, reading])
  return assignments.rows.map((assignment) => {
    const operation = assignment.state === 'ENDING' ? 'REMOVE' : 'ADD'
    return { ...assignment, steps: steps.rows.filter((step) => step.assignmentId === assignment.id && step.operation === operation) }
  })
}

/** Ids of live assignments whose end has come. */
export async function listEndedAssignments(reader: Reader, now: Date, limit: number): Promise<string[]> {
  const rows = await reader
    .selectFrom('assignment')
    .select('id')
    .where('state', 'in', ['PENDING', 'ACTIVE'])
    .where('end_at', '<=', now)
    .orderBy('end_at')
    .limit(limit)
    .execute()
  return rows.map((row) => row.id)
}

/** Locks an assignment whose end has come; undefined when it is over already or was extended meanwhile. */
export async function lockExpiredAssignment(
  tx: Tx,
  id: string,
): Promise<{ id: string; state: AssignmentState; identityId: string; itemId: string; requestId: string | null; endAt: Date } | undefined> {
  const { rows } = await sql<{
    id: string
    state: AssignmentState
    identityId: string
    itemId: string
    requestId: string | null
    endAt: Date
  }>`
    select a.id, a.state, a.identity_id as "identityId", a.item_id as "itemId", ri.request_id as "requestId", a.end_at as "endAt"
    from assignment a left join requested_item ri on ri.id = a.requested_item_id
    where a.id = ${id} and a.state in ('PENDING', 'ACTIVE') and a.end_at <= ${tx.now} for update of a`.execute(tx.sql)
  return rows[0]
}

/** Forgets the grants of an assignment that were taken away before its removal was stopped. */
export async function dropRemovedGrants(tx: Tx, id: string): Promise<void> {
  tx.send(sql`delete from assignment_grant ag using provisioning_step p where ag.assignment_id = ${id} and p.assignment_id = ag.assignment_id
    and p.grant_id = ag.grant_id and p.operation = 'REMOVE' and p.state = 'DONE'`)
}
