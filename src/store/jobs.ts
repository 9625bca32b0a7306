import { sql } from 'kysely'
import type { Database, Tx } from './db.ts'

/** Names of the work there is; jobs/ has one function for each. */
export type JobName = 'provision-item' | 'run-step' | 'send-notifications' | 'move-in-bulk' | 'sync-source' | 'switch-account'

/** The target that a job works on: no more at a time than it is given. With an account: one at a time on that. */
export interface JobTarget {
  sourceId: string
  accountId?: string
}

export interface NewJob {
  name: JobName
  /** What it is about: an id. A second job of one name and key joins the first while that still waits. */
  key: string
  /** Left out for work within our own house. */
  target?: JobTarget
}

export interface Job {
  id: string
  name: JobName
  key: string
  attempts: number
  sourceId: string | null
}

/** What says that a job is somebody's: the fence (worker and attempt) makes a worker that lost its lease end nothing. */
export interface JobLease {
  id: string
  worker: string
  attempts: number
}

/** Ends a job with the transaction that does its work: what is done is done once, unless the lease was lost. */
export function endJob(tx: Tx, job: JobLease | undefined): void {
  if (job) tx.appends.ended.push(job)
}

/** Joins the caller's transaction: a job exists exactly when the change that caused it does. One that waits already is joined. */
export async function enqueue(tx: Tx, jobs: NewJob[], newId: () => string): Promise<void> {
  for (const { name, key, target } of jobs)
    tx.appends.jobs.push({ id: newId(), name, key, source: target?.sourceId ?? null, account: target?.accountId ?? null })
}

export interface ClaimOptions {
  worker: string
  /** Jobs of this worker that are done: they go in the same statement. */
  ended?: Job[]
  limit: number
  leaseMs: number
  /** How many jobs may be at work with one target at a time, on all nodes together; a source may say otherwise for itself. */
  jobsPerSource: number
  /** Targets for whose jobs this worker keeps places (one entry for each) that the database may not know of yet. */
  keptFor?: string[]
}

export interface Claimed {
  jobs: Job[]
  /** There is more that is due, for which there was no room here or at its target. */
  more: boolean
}

/** Work within our own house is short and people wait for it: it gets so many places for one of a target. */
const OWN_SHARE = 4

const isDue = sql`j.run_at <= now() and (j.locked_by is null or j.locked_until < now())`

/**
 * Leases due jobs to a worker. A job whose lease ran out (its worker died) is due again. A target gets no more jobs than it may have at a
 * time, none while it has asked to be left alone, and none for an account somebody is at work on. Our own house and the targets have it in
 * turn, those with the fewest jobs under way first, our own house with a larger share: neither a target that is slow nor a rush of requests
 * keeps anybody else waiting.
 *
 * What is chosen is locked once and for all ("materialized"): as a part of the update, PostgreSQL did it anew for every job that waited.
 */
export async function claimJobs(
  db: Database,
  { worker, ended = [], limit, leaseMs, jobsPerSource, keptFor = [] }: ClaimOptions,
): Promise<Claimed> {
  const endedIds = ended.map((job) => job.id)
  const { rows } = await sql<Claimed>`
    with ended as (${deleteOf(ended.map((job) => ({ ...job, worker })))}),
    busy as materialized (
      select source_id, sum(jobs)::int as jobs from (
        select source_id, count(*) as jobs from job
        where locked_by is not null and locked_until >= now() and id <> all(${endedIds}::text[]) group by source_id
        union all select source_id, count(*) from unnest(${keptFor}::text[]) k (source_id) group by source_id) b
      group by source_id),
    due as materialized (
      select d.id, (coalesce((select jobs from busy where source_id is null), 0) + row_number() over (order by d.run_at, d.id)) / ${OWN_SHARE}::numeric as turn, d.run_at
      from (select j.id, j.run_at from job j where j.source_id is null and ${isDue} order by j.run_at, j.id limit ${limit}) d
      union all
      select d.id, coalesce(b.jobs, 0) + row_number() over (partition by s.id order by d.run_at, d.id) as turn, d.run_at
      from source s left join busy b on b.source_id = s.id
      cross join lateral (
        select j.id, j.run_at from job j
        where j.source_id = s.id and ${isDue}
          and not exists (select from account a where a.id = j.account_id and a.leased_until >= now())
        order by j.run_at, j.id
        limit least(${limit}, greatest(0, coalesce(s.max_jobs, ${jobsPerSource}) - coalesce(b.jobs, 0)))) d
      where s.paused_until is null or s.paused_until <= now()),
    chosen as materialized (
      select j.id from job j
      where j.id = any(array(select id from due order by turn, run_at, id limit ${limit})) and ${isDue}
        and j.id <> all(${endedIds}::text[]) for update skip locked),
    claimed as (
      update job set locked_by = ${worker}, locked_until = now() + ${leaseMs}::int * interval '1 ms', attempts = attempts + 1
      where id = any(array(select id from chosen))
      returning id, name, key, attempts, source_id)
    select
      coalesce((select json_agg(json_build_object('id', id, 'name', name, 'key', key, 'attempts', attempts, 'sourceId', source_id)) from claimed),
        '[]') as jobs,
      exists (select from job j where ${isDue} and j.id <> all(${endedIds}::text[]) and j.id <> all(array(select id from chosen))) as more`.execute(
    db.sql,
  )
  return rows[0] ?? { jobs: [], more: false }
}

/** Keeps the leases of jobs that are still being done. */
export async function renewJobs(db: Database, jobIds: string[], worker: string, leaseMs: number): Promise<void> {
  await sql`update job set locked_until = now() + ${leaseMs}::int * interval '1 ms'
    where id = any(${jobIds}::text[]) and locked_by = ${worker}`.execute(db.sql)
}

/** Deletes jobs that are done. */
export function deleteOf(jobs: JobLease[]) {
  const ids = jobs.map((job) => job.id)
  // All ids once more: from the pairs alone PostgreSQL would read every job there is.
  return sql`delete from job j
    using unnest(${ids}::text[], ${jobs.map((job) => job.worker)}::text[], ${jobs.map((job) => job.attempts)}::int[]) as d(id, worker, attempts)
    where j.id = any(${ids}::text[]) and j.id = d.id and j.locked_by = d.worker and j.attempts = d.attempts`
}

/** Ends jobs that are done. */
export async function finishJobs(db: Database, jobs: Job[], worker: string): Promise<void> {
  if (jobs.length > 0) await deleteOf(jobs.map((job) => ({ ...job, worker }))).execute(db.sql)
}

/** Gives a job back to be tried again after `delayMs`; where the same work waits already, or begins to in this moment, it joins that. */
export async function releaseJob(db: Database, job: Job, worker: string, delayMs: number, error: string): Promise<void> {
  const release = sql`
    with mine as (select id, name, key from job where id = ${job.id} and locked_by = ${worker} and attempts = ${job.attempts} for update),
    joined as (
      delete from job using mine where job.id = mine.id
        and exists (select 1 from job other where other.name = mine.name and other.key = mine.key and other.locked_by is null)
      returning job.id)
    update job set locked_by = null, locked_until = null, last_error = ${error}, run_at = now() + ${delayMs}::int * interval '1 ms'
    from mine where job.id = mine.id and not exists (select 1 from joined)`
  await db.transaction(async (tx) => void tx.send(release))
}

/** How many jobs wait and how late the oldest is, in seconds. */
export async function countBacklog(db: Database): Promise<{ waiting: number; oldestSeconds: number }> {
  const { rows } = await sql<{ waiting: number; oldest: number | null }>`
    select count(*)::int as waiting, extract(epoch from now() - min(run_at))::float as oldest from job
    where run_at <= now() and (locked_by is null or locked_until < now())`.execute(db.sql)
  return { waiting: rows[0]?.waiting ?? 0, oldestSeconds: Math.max(0, rows[0]?.oldest ?? 0) }
}
