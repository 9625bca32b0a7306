import { type RawBuilder, sql } from 'kysely'
import type { ReassignedWork } from '../domain/reassignment.ts'
import type { Reader, Tx } from './db.ts'

const SETTINGS = 'work-reassignment'

/** A second look at what waited when a period began finds what was being written at that moment; no transaction lasts as long as this. */
const LOOK_AGAIN_MS = 60_000
const LOOKS = 2

/** The condition that reassignment `r` applies at `now` to a kind of work; nothing applies while the tenant has switched it off. */
export function inForce(kind: ReassignedWork, now: Date): RawBuilder<unknown> {
  return sql`r.kind = ${kind} and r.start_at <= ${now} and (r.end_at is null or r.end_at > ${now})
    and not exists (select 1 from setting where key = ${SETTINGS} and (value ->> 'disabled')::boolean)`
}

/** Who stands in for whom, for what work and when, with whoever said so. */
export interface Reassignment {
  id: string
  fromId: string
  kind: ReassignedWork
  toId: string
  startAt: Date
  endAt: Date | null
  createdBy: string
  modifiedBy: string
  createdAt: Date
  modifiedAt: Date
}

const columns = sql`
  r.id, r.from_id as "fromId", r.kind, r.to_id as "toId", r.start_at as "startAt", r.end_at as "endAt", r.created_by as "createdBy",
  r.modified_by as "modifiedBy", r.created_at as "createdAt", r.modified_at as "modifiedAt"`

/** Locks what is said for a person and a kind of work; undefined when nothing is. Who says something first waits for others who do. */
export async function lockReassignment(tx: Tx, fromId: string, kind: ReassignedWork): Promise<Reassignment | undefined> {
  const { rows } = await sql<Reassignment>`
    select ${columns} from reassignment r where r.from_id = ${fromId} and r.kind = ${kind} for update`.execute(tx.sql)
  return rows[0]
}

/** Saves a reassignment, new or instead of the one of the same person and kind; what waits is looked through from its start on. */
export async function saveReassignment(tx: Tx, one: Reassignment): Promise<void> {
  const said = { to_id: one.toId, start_at: one.startAt, end_at: one.endAt, modified_by: one.modifiedBy, modified_at: one.modifiedAt }
  const toFollow = { follow_at: one.startAt, followed_to: '', looks: 0 }
  await tx.sql
    .insertInto('reassignment')
    .values({ id: one.id, from_id: one.fromId, kind: one.kind, created_by: one.createdBy, created_at: one.createdAt, ...said, ...toFollow })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ ...said, ...toFollow }))
    .execute()
}

/** Takes away what was said; what was moved because of it stays where it is. */
export async function deleteReassignment(tx: Tx, id: string): Promise<void> {
  await tx.sql.deleteFrom('reassignment').where('id', '=', id).execute()
}

/** A reassignment whose period has begun and that has not been followed to its end. */
export interface DueReassignment {
  id: string
  fromId: string
  kind: ReassignedWork
  /** The id of the last thing looked at. */
  followedTo: string
  /** When it began to apply as it does now. */
  since: Date
  modifiedAt: Date
}

/** Those in force at `now` for which what waits has yet to be looked through, the longest due first. */
export async function listDueReassignments(reader: Reader, now: Date, limit: number): Promise<DueReassignment[]> {
  const { rows } = await sql<DueReassignment>`
    select r.id, r.from_id as "fromId", r.kind, r.followed_to as "followedTo", r.modified_at as "modifiedAt",
      greatest(r.start_at, r.modified_at) as since
    from reassignment r
    where r.follow_at <= ${now} and (${inForce('APPROVALS', now)} or ${inForce('WORK_ITEMS', now)})
    order by r.follow_at, r.id limit ${limit}`.execute(reader)
  return rows
}

/**
 * Ids of what waits for the person who is away, after the last one looked at. What somebody gave them by hand since it applies is not among
 * it: it was given to them although it does.
 */
export async function listWaitingFor(
  reader: Reader,
  { kind, fromId, followedTo, since }: DueReassignment,
  limit: number,
): Promise<string[]> {
  const approvals = sql<{ id: string }>`
    select c.approval_id as id from approval_candidate c
    where c.identity_id = ${fromId} and c.open and c.approval_id > ${followedTo} and not exists (
      select 1 from approval_move m where m.approval_id = c.approval_id and m.to_id = ${fromId} and m.reason = 'MANUAL_REASSIGNMENT'
        and m.created_at >= ${since})
    order by c.approval_id limit ${limit}`
  const workItems = sql<{ id: string }>`
    select id from work_item
    where owner_id = ${fromId} and state = 'PENDING' and id > ${followedTo} and not coalesce(
      forward_history -> -1 ->> 'reassignmentType' = 'MANUAL_REASSIGNMENT' and (forward_history -> -1 ->> 'modified')::timestamptz >= ${since}, false)
    order by id limit ${limit}`
  const { rows } = await (kind === 'APPROVALS' ? approvals : workItems).execute(reader)
  return rows.map((row) => row.id)
}

/** Notes how far a reassignment was followed; null: to the end. Does nothing when it was changed meanwhile. */
export async function noteFollowed(tx: Tx, one: DueReassignment, to: string | null): Promise<void> {
  const again = new Date(tx.now.getTime() + LOOK_AGAIN_MS)
  await sql`
    update reassignment set followed_to = ${to ?? ''},
      looks = case when ${to}::text is null then looks + 1 else looks end,
      follow_at = case when ${to}::text is not null then follow_at when looks + 1 < ${LOOKS} then ${again}::timestamptz end
    where id = ${one.id} and modified_at = ${one.modifiedAt} and followed_to = ${one.followedTo}`.execute(tx.sql)
}

/** Whether reassignment is switched off, and by whom that was last said; ids and ISO instants, absent when it never was. */
export interface ReassignmentSettings {
  disabled: boolean
  changes?: { createdBy: string; createdAt: string; modifiedBy: string; modifiedAt: string }
}

/** The tenant's switch; on unless somebody has said otherwise. */
export async function loadReassignmentSettings(reader: Reader): Promise<ReassignmentSettings> {
  const row = await reader.selectFrom('setting').select('value').where('key', '=', SETTINGS).executeTakeFirst()
  return (row?.value as ReassignmentSettings | undefined) ?? { disabled: false }
}

/** The key under which the tenant's switch is stored. */
export const reassignmentSettingsKey = SETTINGS
