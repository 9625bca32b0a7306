import { sql } from 'kysely'
import type { ItemType, Policy, RequestKind } from '../domain/access-model.ts'
import { DomainError } from '../domain/errors.ts'
import type { AccountChoice } from '../domain/held.ts'
import { type ItemState, isFinished } from '../domain/lifecycle.ts'
import type { Reader, Tx } from './db.ts'

/** A requested item with what decisions about it depend on. */
export interface RequestedItem {
  id: string
  requestId: string
  kind: RequestKind
  state: ItemState
  requesterId: string
  requesterName: string
  recipientId: string
  recipientName: string
  recipientAlias: string
  itemType: ItemType
  itemId: string
  itemName: string
  comment: string | null
  startAt: Date | null
  endAt: Date | null
  accountSelection: AccountChoice[] | null
  assignmentId: string | null
  nativeIdentity: string | null
  policy: Policy
  stepNumber: number
  createdAt: Date
}

const columns = sql`
  i.id, i.request_id as "requestId", i.kind, i.state, i.requester_id as "requesterId", asker.name as "requesterName",
  i.recipient_id as "recipientId", recipient.name as "recipientName", recipient.alias as "recipientAlias",
  i.item_type as "itemType", i.item_id as "itemId", item.name as "itemName", i.comment, i.start_at as "startAt", i.end_at as "endAt",
  i.account_selection as "accountSelection", i.assignment_id as "assignmentId", i.native_identity as "nativeIdentity", i.policy,
  i.step_number as "stepNumber", i.created_at as "createdAt"
  from requested_item i
  join identity asker on asker.id = i.requester_id
  join identity recipient on recipient.id = i.recipient_id
  join access_item item on item.id = i.item_id`

/** Locks one item. Refuses an unknown id (not_found). */
export async function lockRequestedItem(tx: Tx, id: string): Promise<RequestedItem> {
  const { rows } = await sql<RequestedItem>`select ${columns} where i.id = ${id} for update of i`.execute(tx.sql)
  if (!rows[0]) throw new DomainError('not_found', `There is no requested item ${id}.`)
  return rows[0]
}

/** Locks one item that is to be put in place, and keeps what it is made of from changing meanwhile. Refuses an unknown id (not_found). */
export async function lockItemToProvision(tx: Tx, id: string): Promise<RequestedItem> {
  const { rows } = await sql<RequestedItem>`select ${columns} where i.id = ${id} for update of i for share of item`.execute(tx.sql)
  if (!rows[0]) throw new DomainError('not_found', `There is no requested item ${id}.`)
  return rows[0]
}

/** Locks the item that an approval asks about; undefined when there is no such approval. */
export async function lockItemOfApproval(tx: Tx, approvalId: string): Promise<RequestedItem | undefined> {
  const { rows } = await sql<RequestedItem>`
    select ${columns} where i.id = (select requested_item_id from approval where id = ${approvalId}) for update of i`.execute(tx.sql)
  return rows[0]
}

/** Locks the item that a step is for; undefined when no request has asked for the step, or there is none. */
export async function lockItemOfStep(tx: Tx, stepId: string): Promise<RequestedItem | undefined> {
  const { rows } = await sql<RequestedItem>`
    select ${columns} where i.id = (select requested_item_id from provisioning_step where id = ${stepId}) for update of i`.execute(tx.sql)
  return rows[0]
}

/**
 * Locks the items under way that are to put an assignment in place, in id order; to be called before the assignment is locked. Whoever works on
 * one of their steps locks item, step and assignment in this order, and whoever ends the assignment touches the steps and then settles the items.
 */
export async function lockItemsUnderWay(tx: Tx, of: { assignmentId: string } | { recipientId: string; itemId: string }): Promise<void> {
  const which = 'assignmentId' in of ? sql`a.id = ${of.assignmentId}` : sql`a.identity_id = ${of.recipientId} and a.item_id = ${of.itemId}`
  tx.send(sql`
    select from requested_item where finished_at is null and id in (
      select p.requested_item_id from assignment a join provisioning_step p on p.assignment_id = a.id
      where ${which} and a.state in ('PENDING', 'ACTIVE') and p.operation = 'ADD')
    order by id for update`)
}

/** Locks every item of these requests, in id order so that two callers cannot wait for each other. */
export async function lockItemsOfRequests(tx: Tx, requestIds: string[]): Promise<RequestedItem[]> {
  const { rows } = await sql<RequestedItem>`
    select ${columns} where i.request_id = any(${requestIds}::text[]) order by i.id for update of i`.execute(tx.sql)
  return rows
}

/** What changes together with an item's state. */
export interface ItemChange {
  stepNumber?: number
  approvalsFinished?: boolean
  cancelledBy?: string
  cancelComment?: string
  close?: { execution: 'Terminated' | 'Completed'; completion: 'Success' | 'Incomplete' | 'Failure'; message: string }
  /** Joined to those there are. */
  errorMessages?: string[]
}

/** Saves an item's new state and what goes with it; sets the moments that the state implies. */
export async function updateItemState(tx: Tx, id: string, state: ItemState, change: ItemChange = {}): Promise<void> {
  tx.send(
    tx.sql
      .updateTable('requested_item')
      .set({
        state,
        modified_at: tx.now,
        finished_at: isFinished(state) ? tx.now : null,
        ...(state === 'PROVISIONING' ? { provisioning_started_at: sql`coalesce(provisioning_started_at, ${tx.now})` as never } : {}),
        ...(change.stepNumber === undefined ? {} : { step_number: change.stepNumber }),
        ...(change.approvalsFinished ? { approvals_finished_at: tx.now } : {}),
        ...(change.cancelledBy ? { cancelled_by: change.cancelledBy, cancel_comment: change.cancelComment ?? null } : {}),
        ...(change.close
          ? { close_execution: change.close.execution, close_completion: change.close.completion, close_message: change.close.message }
          : {}),
        ...(change.errorMessages?.length
          ? { error_messages: sql`error_messages || ${JSON.stringify(change.errorMessages)}::jsonb` as never }
          : {}),
      })
      .where('id', '=', id),
  )
}

/** Ids of items approved for a start date that has come. */
export async function listStartingItems(reader: Reader, now: Date, limit: number): Promise<string[]> {
  const rows = await reader
    .selectFrom('requested_item')
    .select('id')
    .where('state', '=', 'SCHEDULED')
    .where('start_at', '<=', now)
    .orderBy('start_at')
    .limit(limit)
    .execute()
  return rows.map((row) => row.id)
}

/** Ids of items to provision that have no step and no job: what a lost job leaves behind. */
export async function listUnplannedItems(reader: Reader, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select i.id from requested_item i where i.finished_at is null and i.state = 'PROVISIONING'
      and not exists (select 1 from provisioning_step s where s.requested_item_id = i.id)
      and not exists (select 1 from job j where j.name = 'provision-item' and j.key = i.id)
    order by i.created_at limit ${limit}`.execute(reader)
  return rows.map((row) => row.id)
}

/** Locks the other items that wait for their start date with the same access for the same person; in id order. */
export async function lockScheduledRivals(tx: Tx, of: Pick<RequestedItem, 'id' | 'recipientId' | 'itemId'>): Promise<RequestedItem[]> {
  const { rows } = await sql<RequestedItem>`
    select ${columns} where i.recipient_id = ${of.recipientId} and i.item_id = ${of.itemId} and i.id <> ${of.id} and i.state = 'SCHEDULED'
    order by i.id for update of i`.execute(tx.sql)
  return rows
}

/** Saves another end for an item that has not begun. */
export async function updateItemEnd(tx: Tx, id: string, endAt: Date): Promise<void> {
  tx.send(tx.sql.updateTable('requested_item').set({ end_at: endAt, modified_at: tx.now }).where('id', '=', id))
}
