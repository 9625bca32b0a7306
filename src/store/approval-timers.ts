import { sql } from 'kysely'
import type { Reason } from '../domain/routing.ts'
import type { DueMoments, TimerProgress } from '../domain/timers.ts'
import type { Reader, Tx } from './db.ts'

/** Open approvals of which something is due, the longest due first; without those that were passed over. */
export async function listDueApprovals(reader: Reader, now: Date, passedOver: string[], limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from approval where state = 'PENDING' and least(remind_at, escalate_at, expires_at) <= ${now} and not id = any(${passedOver}::text[])
    order by least(remind_at, escalate_at, expires_at), id limit ${limit}`.execute(reader)
  return rows.map((row) => row.id)
}

/** What has happened to an approval, what is due when, and everybody it was ever given to. */
export interface ApprovalTimers {
  progress: TimerProgress
  due: DueMoments
  earlierIds: string[]
}

interface TimerRow extends DueMoments, TimerProgress {
  earlierIds: string[]
}

/** The timers of an approval that the caller has locked. */
export async function loadApprovalTimers(tx: Tx, id: string): Promise<ApprovalTimers> {
  const { rows } = await sql<TimerRow>`
    select a.created_at as "createdAt", coalesce(a.round_started_at, a.created_at) as "roundStartedAt", a.reminders_sent as "remindersSent",
      a.escalations, a.remind_at as "remindAt", a.escalate_at as "escalateAt", a.expires_at as "expiresAt",
      array(select a.named_id where a.named_id is not null union select a.rule_holder_id where a.rule_holder_id is not null
        union select m.to_id from approval_move m where m.approval_id = a.id) as "earlierIds"
    from approval a where a.id = ${id}`.execute(tx.sql)
  const { createdAt, roundStartedAt, remindersSent, escalations, remindAt, escalateAt, expiresAt, earlierIds } = rows[0] as TimerRow
  const progress = { createdAt, roundStartedAt, remindersSent, escalations }
  return { progress, due: { remindAt, escalateAt, expiresAt }, earlierIds }
}

/** Saves what has happened to an approval and what is due next. */
export async function updateApprovalTimers(tx: Tx, id: string, progress: TimerProgress, due: DueMoments): Promise<void> {
  tx.send(
    tx.sql
      .updateTable('approval')
      .set({
        reminders_sent: progress.remindersSent,
        escalations: progress.escalations,
        round_started_at: progress.roundStartedAt,
        remind_at: due.remindAt,
        escalate_at: due.escalateAt,
        expires_at: due.expiresAt,
      })
      .where('id', '=', id),
  )
}

/** Adds to why an approval stands as it does. */
export async function explainApproval(tx: Tx, id: string, reason: Reason): Promise<void> {
  tx.send(sql`update approval set explanation = explanation || ${JSON.stringify([reason])}::jsonb where id = ${id}`)
}
