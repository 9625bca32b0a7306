import { sql } from 'kysely'
import { DomainError } from '../domain/errors.ts'
import type { WorkItemState } from '../domain/lifecycle.ts'
import type { Reader, Tx } from './db.ts'
import type { ForwardEntry } from './tables.ts'

export interface NewWorkItem {
  id: string
  stepId: string
  requestedItemId: string | null
  ownerId: string
  description: string
}

/** Stores tasks for their owners. */
export async function insertWorkItems(tx: Tx, items: NewWorkItem[]): Promise<void> {
  if (items.length === 0) return
  tx.changed.personIds.push(...items.map((item) => item.ownerId))
  tx.send(
    tx.sql.insertInto('work_item').values(
      items.map((w) => ({
        id: w.id,
        step_id: w.stepId,
        requested_item_id: w.requestedItemId,
        owner_id: w.ownerId,
        original_owner_id: w.ownerId,
        state: 'PENDING' as const,
        description: w.description,
        created_at: tx.now,
        modified_at: tx.now,
      })),
    ),
  )
}

export interface LockedWorkItem {
  id: string
  state: WorkItemState
  ownerId: string
  ownerName: string
  stepId: string
  requestedItemId: string | null
  trackingNumber: string | null
}

/** Locks a work item, the requested item it belongs to first. Refuses an unknown id (not_found). */
export async function lockWorkItem(tx: Tx, id: string): Promise<LockedWorkItem> {
  tx.send(sql`select 1 from requested_item where id = (select requested_item_id from work_item where id = ${id}) for update`)
  const { rows } = await sql<LockedWorkItem>`
    select w.id, w.state, w.owner_id as "ownerId", o.name as "ownerName", w.step_id as "stepId", w.requested_item_id as "requestedItemId",
      i.request_id as "trackingNumber"
    from work_item w join identity o on o.id = w.owner_id left join requested_item i on i.id = w.requested_item_id
    where w.id = ${id} for update of w`.execute(tx.sql)
  if (!rows[0]) throw new DomainError('not_found', `There is no work item ${id}.`)
  tx.changed.personIds.push(rows[0].ownerId)
  return rows[0]
}

/** Saves how a task ended, by whom and what they said. */
export async function endWorkItem(tx: Tx, id: string, state: WorkItemState, by: string | null, comment: string | null): Promise<void> {
  tx.send(
    tx.sql
      .updateTable('work_item')
      .set({ state, completed_by: by, completed_at: tx.now, comment, modified_at: tx.now })
      .where('id', '=', id),
  )
}

/** Gives a task to another person and keeps who had it. */
export async function forwardWorkItem(tx: Tx, id: string, ownerId: string, entry: ForwardEntry): Promise<void> {
  tx.send(sql`
    update work_item set owner_id = ${ownerId}, forward_history = forward_history || ${JSON.stringify([entry])}::jsonb, modified_at = ${tx.now}
    where id = ${id}`)
}

/** The person whose access a provisioning step changes; undefined when there is no such step. */
export async function findRecipientOfStep(reader: Reader, stepId: string): Promise<string | undefined> {
  const row = await reader
    .selectFrom('provisioning_step as s')
    .innerJoin('assignment as a', 'a.id', 's.assignment_id')
    .select('a.identity_id as recipientId')
    .where('s.id', '=', stepId)
    .executeTakeFirst()
  return row?.recipientId
}

/** Whose a task is, and how often it was handed on. */
export async function loadTaskOwner(tx: Tx, id: string): Promise<{ id: string; ownerId: string; hops: number }> {
  const { rows } = await sql<{ id: string; ownerId: string; hops: number }>`
    select id, owner_id as "ownerId", jsonb_array_length(forward_history) as hops from work_item where id = ${id}`.execute(tx.sql)
  if (!rows[0]) throw new DomainError('not_found', `There is no work item ${id}.`)
  return rows[0]
}

/** A task that was ended because nobody needs it any more. */
export interface CancelledWorkItem {
  id: string
  ownerId: string
  trackingNumber: string | null
}

const cancelWaiting = (tx: Tx, which: ReturnType<typeof sql>) => sql<CancelledWorkItem>`
  update work_item w set state = 'CANCELLED', completed_at = ${tx.now}, modified_at = ${tx.now}
  where ${which} and w.state = 'PENDING'
  returning w.id, w.owner_id as "ownerId", (select i.request_id from requested_item i where i.id = w.requested_item_id) as "trackingNumber"`

/** Ends the waiting work items of steps that were withdrawn; returns them. */
export async function cancelWorkItemsOfSteps(tx: Tx, stepIds: string[]): Promise<CancelledWorkItem[]> {
  return (await cancelWaiting(tx, sql`w.step_id = any(${stepIds}::text[])`).execute(tx.sql)).rows
}

/** Ends the waiting work items of requested items that were closed; returns them. */
export async function cancelWorkItems(tx: Tx, requestedItemIds: string[]): Promise<CancelledWorkItem[]> {
  return (await cancelWaiting(tx, sql`w.requested_item_id = any(${requestedItemIds}::text[])`).execute(tx.sql)).rows
}
