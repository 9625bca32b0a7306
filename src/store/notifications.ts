import { sql } from 'kysely'
import { type NewNotice, onceKey } from '../domain/notice.ts'
import type { MailErrorKind } from '../ports.ts'
import type { Database, Reader, Tx } from './db.ts'

/** Writes down whom to tell, in the transaction that gives them reason to be told. Who was told the same already is not told again. */
export async function tellPeople(tx: Tx, notices: NewNotice[], newId: () => string): Promise<void> {
  for (const notice of notices) {
    const { kind, personId, about, occurrence } = notice
    tx.appends.notices.push({ id: newId(), kind, identity: personId, ...about, occurrence, once: onceKey(notice) })
  }
}

/** So many people are written to at a time, on all nodes together: a mail server that hangs leaves places for other work. */
const MOST_JOBS = 3

const heldUp = sql`(failure in ('unreachable', 'unknown'))`

/**
 * Ids of people whose mail is due: told of something for `settleMs` (so that many become one), not being sent to, no retry ahead. While
 * the mail server is away, only one of those it failed for is tried at a time, so that a server that hangs holds up nothing else.
 */
export async function listPeopleToMail(reader: Reader, settleMs: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with waiting as (
      select identity_id as id, min(waiting_since) as since, max(retry_at) as retry_at, max(leased_until) as leased_until,
        coalesce(bool_or(${heldUp}), false) as held_up
      from notification where state = 'WAITING' group by identity_id),
    line as (
      select (select count(*) from job where name = 'send-notifications') as jobs, coalesce(bool_or(held_up), false) as away from waiting)
    select id from waiting, line
    where since + ${settleMs}::int * interval '1 ms' <= now() and (retry_at is null or retry_at <= now())
      and (leased_until is null or leased_until < now()) and (not away or held_up)
      and not exists (select 1 from job where name = 'send-notifications' and key = id)
    order by since, id
    limit (select greatest(0, case when away then 1 else ${MOST_JOBS}::int end - jobs) from line)`.execute(reader)
  return rows.map((row) => row.id)
}

/** Locks what waits for a person; false while another worker is sending it. */
export async function lockWaiting(tx: Tx, personId: string): Promise<boolean> {
  const { rows } = await sql<{ leased: boolean }>`
    select leased_until is not null and leased_until >= now() as leased from notification
    where identity_id = ${personId} and state = 'WAITING' order by id for update`.execute(tx.sql)
  return rows.every((row) => !row.leased)
}

/** Ends notices that must not go out, each with the reason. */
export async function dropNotices(tx: Tx, dropped: { id: string; because: string }[]): Promise<void> {
  if (dropped.length === 0) return
  tx.send(sql`
    update notification n set state = 'DROPPED', last_error = d.because, ended_at = now(), leased_by = null, leased_until = null
    from jsonb_to_recordset(${JSON.stringify(dropped)}::jsonb) as d(id text, because text) where n.id = d.id`)
}

/** Puts notices into a mail and takes it for one worker. The lease runs out by itself if the worker dies. */
export async function leaseMail(tx: Tx, mail: { id: string; noticeIds: string[] }, lease: string, leaseMs: number): Promise<void> {
  tx.send(sql`
    update notification set mail_id = ${mail.id}, leased_by = ${lease}, leased_until = now() + ${leaseMs}::int * interval '1 ms'
    where id = any(${mail.noticeIds}::text[])`)
}

/** Keeps the lease of a worker that is still at it. */
export async function renewMailLease(reader: Reader, lease: string, leaseMs: number): Promise<void> {
  await sql`update notification set leased_until = now() + ${leaseMs}::int * interval '1 ms'
    where leased_by = ${lease} and state = 'WAITING'`.execute(reader)
}

/** Notes that a mail was taken by the server, whoever holds the lease by now: it went out. */
export async function endMail(reader: Reader, mailId: string): Promise<void> {
  await sql`
    update notification set state = 'SENT', attempts = attempts + 1, ended_at = now(), failure = null, last_error = null, retry_at = null,
      leased_by = null, leased_until = null
    where mail_id = ${mailId} and state = 'WAITING'`.execute(reader)
}

/** The server takes mails again: what it was away for need not wait for its retry. */
export async function wakeHeldUp(db: Database): Promise<void> {
  await sql`
    update notification set retry_at = null, failure = null
    where id in (select id from notification where state = 'WAITING' and ${heldUp} order by id for update skip locked)`.execute(db.sql)
}

export interface MailFailure {
  lease: string
  kind: MailErrorKind
  message: string
  delayMs: number
  giveUpAfterMs: number
  /** Mails that may have gone out all the same: they stay as they are. The notices of others join what comes next. */
  doubtful: string[]
}

/** Puts off all that a worker had taken for a person; what has waited too long by now fails for good. */
export async function postponeMails(reader: Reader, failed: MailFailure): Promise<void> {
  await sql`
    update notification set attempts = attempts + 1, failure = ${failed.kind}, last_error = ${failed.message},
      leased_by = null, leased_until = null, retry_at = now() + ${failed.delayMs}::int * interval '1 ms',
      mail_id = case when mail_id = any(${failed.doubtful}::text[]) then mail_id end,
      state = case when ${tooOld(failed.giveUpAfterMs)} then 'FAILED' else state end,
      ended_at = case when ${tooOld(failed.giveUpAfterMs)} then now() end
    where leased_by = ${failed.lease} and state = 'WAITING'`.execute(reader)
}

const tooOld = (giveUpAfterMs: number) => sql`waiting_since + ${giveUpAfterMs}::float8 * interval '1 ms' < now()`

/**
 * Live assignments whose holder is to be told now that they end, and was not told of that end; `occurrence` is the end. Told are they `days`
 * before it, but in the last quarter of the time for which the end is known: access for a day is not announced to end when it begins. Access
 * for less than four hours ends unannounced.
 */
export async function listEndingSoon(
  reader: Reader,
  now: Date,
  days: number,
  limit: number,
): Promise<{ assignmentId: string; personId: string; occurrence: string }[]> {
  const end = sql`to_char(a.end_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  const { rows } = await sql<{ assignmentId: string; personId: string; occurrence: string }>`
    select a.id as "assignmentId", a.identity_id as "personId", ${end} as occurrence from assignment a
    cross join lateral (select a.end_at - greatest(a.start_at, a.end_set_at, a.created_at) as length) known
    where a.state in ('PENDING', 'ACTIVE') and a.end_at > ${now} and a.end_at <= ${now}::timestamptz + ${days}::int * interval '1 day'
      and known.length >= interval '4 hours' and a.end_at - known.length / 4 <= ${now}
      and not exists (select 1 from notification n where n.assignment_id = a.id and n.kind = 'ENDING_SOON' and n.occurrence = ${end})
    order by a.end_at, a.id limit ${limit}`.execute(reader)
  return rows
}

/** How long the oldest notice has waited, in seconds, and how many were given up. */
export async function countUnsent(db: Database): Promise<{ oldestSeconds: number; failed: number }> {
  const { rows } = await sql<{ oldest: number | null; failed: number }>`
    select (select extract(epoch from now() - min(waiting_since))::float from notification where state = 'WAITING') as oldest,
      (select count(*)::int from notification where state = 'FAILED') as failed`.execute(db.sql)
  return { oldestSeconds: Math.max(0, rows[0]?.oldest ?? 0), failed: rows[0]?.failed ?? 0 }
}
