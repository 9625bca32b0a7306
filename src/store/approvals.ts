import { sql } from 'kysely'
import type { NewApproval, OpenApproval } from '../domain/approval.ts'
import type { DecisionOfStep } from '../domain/approval-steps.ts'
import { DomainError } from '../domain/errors.ts'
import type { ApprovalState } from '../domain/lifecycle.ts'
import { dueMoments, freshProgress, type TimerRules } from '../domain/timers.ts'
import type { Reader, Tx } from './db.ts'
import { lockItemOfApproval, type RequestedItem } from './requested-items.ts'

/** An approval to store, with the item it asks about and the timers of that item's snapshot. */
export interface ApprovalOfItem {
  itemId: string
  approval: NewApproval
  timers: TimerRules | undefined
}

/** Stores approvals with the people who may decide them, the hand-overs that led there, and when their timers are due. */
export async function insertApprovals(tx: Tx, approvals: ApprovalOfItem[], newId: () => string): Promise<void> {
  if (approvals.length === 0) return
  const candidates = approvals.flatMap(({ approval }) =>
    approval.candidateIds.map((identity_id) => ({
      approval_id: approval.id,
      identity_id,
      open: approval.state === 'PENDING',
      created_at: tx.now,
    })),
  )
  const rows = approvals.map((one) => approvalRow(one, tx.now))
  if (candidates.length === 0) tx.send(tx.sql.insertInto('approval').values(rows))
  else {
    const asked = tx.sql.with('asked', (db) => db.insertInto('approval').values(rows))
    tx.send(asked.insertInto('approval_candidate').values(candidates))
  }
  await insertHandovers(
    tx,
    approvals.map(({ approval }) => approval),
    newId,
  )
}

function approvalRow({ itemId, approval, timers }: ApprovalOfItem, now: Date) {
  const due = dueMoments(approval.state === 'PENDING' ? timers : undefined, freshProgress(now))
  return {
    id: approval.id,
    requested_item_id: itemId,
    step_number: approval.stepNumber,
    scheme: approval.scheme,
    original_owner_type: approval.originalOwnerType,
    original_owner_id: approval.originalOwnerId,
    owner_id: approval.ownerId,
    state: approval.state,
    decided_by: approval.decidedBy,
    decided_at: approval.state === 'PENDING' ? null : now,
    comment: approval.comment,
    explanation: JSON.stringify(approval.explanation),
    remind_at: due.remindAt,
    escalate_at: due.escalateAt,
    expires_at: due.expiresAt,
    round_started_at: now,
    named_id: approval.namedId,
    rule_holder_id: approval.ownerId,
    created_at: now,
    modified_at: now,
  }
}

async function insertHandovers(tx: Tx, approvals: NewApproval[], newId: () => string): Promise<void> {
  const moves = approvals.flatMap((approval) => approval.handovers.map((handover) => ({ approval, handover })))
  for (const { approval, handover } of moves) {
    tx.send(
      tx.sql
        .insertInto('approval_move')
        .columns(['id', 'approval_id', 'reason', 'from_name', 'to_id', 'to_name', 'created_at'])
        .expression(
          tx.sql
            .selectFrom('identity as f')
            .innerJoin('identity as t', (join) => join.on('t.id', '=', handover.toId))
            .where('f.id', '=', handover.fromId)
            .select([
              sql<string>`${newId()}`.as('id'),
              sql<string>`${approval.id}`.as('approval_id'),
              sql<'SELF_REVIEW_DELEGATION'>`${handover.reason}`.as('reason'),
              'f.name as from_name',
              't.id as to_id',
              't.name as to_name',
              sql<Date>`${tx.now}::timestamptz`.as('created_at'),
            ]),
        ),
    )
  }
}

export interface LockedApproval extends OpenApproval {
  itemId: string
  /** Locked with it. */
  item: RequestedItem
  comment: string | null
  ownerId: string | null
}

/**
 * Locks an approval and the item it belongs to, the item first: every path takes the two in that order. Refuses an unknown id (not_found).
 */
export async function lockApproval(tx: Tx, id: string): Promise<LockedApproval> {
  const locking = lockItemOfApproval(tx, id)
  const asking = sql<Omit<LockedApproval, 'item'>>`
    select a.id, a.state, a.step_number as "stepNumber", a.requested_item_id as "itemId", a.comment, a.owner_id as "ownerId",
      i.recipient_id as "recipientId", coalesce((i.policy->>'denialCommentRequired')::boolean, false) as "denialCommentRequired",
      coalesce((i.policy->>'approvalCommentRequired')::boolean, false) as "approvalCommentRequired",
      array(select c.identity_id from approval_candidate c where c.approval_id = a.id) as "candidateIds",
      array(select a.named_id where a.named_id is not null union select a.rule_holder_id where a.rule_holder_id is not null
        union select m.to_id from approval_move m where m.approval_id = a.id) as "formerIds"
    from approval a join requested_item i on i.id = a.requested_item_id
    where a.id = ${id} for update of a`.execute(tx.sql)
  const [item, { rows }] = await Promise.all([locking, asking])
  if (!item || !rows[0]) throw new DomainError('not_found', `There is no approval ${id}.`)
  return { ...rows[0], item }
}

/** Writes a decision (or an end without one) and closes the question for everybody who was asked. */
export async function closeApproval(
  tx: Tx,
  id: string,
  state: ApprovalState,
  decidedBy: string | null,
  comment: string | null,
): Promise<void> {
  tx.send(sql`
    with closed as (update approval_candidate set open = false where approval_id = ${id})
    update approval set state = ${state}, decided_by = ${decidedBy}, decided_at = ${tx.now}, comment = ${comment}, modified_at = ${tx.now}
    where id = ${id}`)
}

/** Ends whatever approvals of these items still wait (the item was cancelled, closed or rejected); returns their ids. */
export async function cancelPendingApprovals(tx: Tx, itemIds: string[]): Promise<string[]> {
  if (itemIds.length === 0) return []
  const rows = await tx.sql
    .updateTable('approval')
    .set({ state: 'CANCELLED', decided_at: tx.now, modified_at: tx.now })
    .where('requested_item_id', 'in', itemIds)
    .where('state', '=', 'PENDING')
    .returning('id')
    .execute()
  const ids = rows.map((row) => row.id)
  if (ids.length > 0) tx.send(tx.sql.updateTable('approval_candidate').set({ open: false }).where('approval_id', 'in', ids))
  return ids
}

/** What people agreed to of an item, in the order of its steps, and what a switch agreed to in their name. */
export async function listApprovedBy(reader: Reader, itemId: string): Promise<DecisionOfStep[]> {
  const { rows } = await sql<DecisionOfStep>`
    select step_number as "stepNumber", decided_by as "decidedBy", comment, explanation @> '[{"rule":"AUTOMATIC"}]' as automatic from approval
    where requested_item_id = ${itemId} and state = 'APPROVED' and decided_by is not null order by step_number`.execute(reader)
  return rows
}

export interface Move {
  id: string
  approvalId: string
  reason: 'MANUAL_REASSIGNMENT' | 'AUTOMATIC_REASSIGNMENT' | 'AUTO_ESCALATION' | 'SELF_REVIEW_DELEGATION'
  fromName: string
  to: { id: string; name: string }
  movedByName: string | null
  comment: string | null
}

/** Hands an approval to another person: they alone can decide it now; the history keeps who had it. */
export async function moveApproval(tx: Tx, move: Move): Promise<void> {
  await insertMove(tx, move)
  await setHolders(tx, move.approvalId, [move.to.id])
}

/** Writes a hand-over into an approval's history. */
export async function insertMove(tx: Tx, move: Move): Promise<void> {
  tx.send(
    tx.sql.insertInto('approval_move').values({
      id: move.id,
      approval_id: move.approvalId,
      reason: move.reason,
      from_name: move.fromName,
      to_id: move.to.id,
      to_name: move.to.name,
      moved_by_name: move.movedByName,
      comment: move.comment,
      created_at: tx.now,
    }),
  )
}

/** Says who can decide an open approval now; its owner is the one person, or (of several) the one it was. */
export async function setHolders(tx: Tx, approvalId: string, holderIds: string[]): Promise<void> {
  const { rows: former } = await sql<{ identity_id: string }>`
    delete from approval_candidate where approval_id = ${approvalId} and identity_id <> all(${holderIds}::text[]) returning identity_id`.execute(
    tx.sql,
  )
  tx.changed.personIds.push(...former.map((row) => row.identity_id))
  const rows = holderIds.map((identity_id) => ({ approval_id: approvalId, identity_id, open: true, created_at: tx.now }))
  tx.send(
    tx.sql
      .insertInto('approval_candidate')
      .values(rows)
      .onConflict((c) => c.columns(['approval_id', 'identity_id']).doNothing()),
  )
  const only = holderIds.length === 1 ? holderIds[0] : null
  tx.send(sql`update approval set modified_at = ${tx.now},
      owner_id = coalesce(${only}::text, case when owner_id = any(${holderIds}::text[]) then owner_id end)
    where id = ${approvalId}`)
}

/** Takes an open approval from some of the people who hold it; at least one is left. */
export async function removeHolders(tx: Tx, approvalId: string, goneIds: string[]): Promise<void> {
  tx.send(tx.sql.deleteFrom('approval_candidate').where('approval_id', '=', approvalId).where('identity_id', 'in', goneIds))
  tx.changed.personIds.push(...goneIds)
  tx.send(sql`update approval set modified_at = ${tx.now}, owner_id = case when owner_id = any(${goneIds}::text[])
      then (select min(identity_id) from approval_candidate where approval_id = ${approvalId}) else owner_id end
    where id = ${approvalId}`)
}
