import { sql } from 'kysely'
import type { Database, Tx } from './db.ts'

/** Names of the work there is; jobs/ has one function for each. */
export type JobName = 'provision-item' | 'run-step' | 'send-notifications'

export interface NewJob {
  name: JobName
  /** What it is about: an id. A second job of one name and key joins the first while that still waits. */
  key: string
}

export interface Job {
  id: string
  name: JobName
  key: string
  attempts: number
}

/** Joins the caller's transaction: a job exists exactly when the change that caused it does. */
export async function enqueue(tx: Pick<Tx, 'sql'>, jobs: NewJob[], newId: () => string): Promise<void> {
  if (jobs.length === 0) return
  await tx.sql
    .insertInto('job')
    .values(jobs.map(({ name, key }) => ({ id: newId(), name, key, payload: '{}' })))
    .onConflict((conflict) => conflict.columns(['name', 'key']).where('locked_by', 'is', null).doNothing())
    .execute()
}

/** Leases up to `limit` due jobs to `worker` for `leaseMs`. A job whose lease ran out (its worker died) is due again. */
export async function claimJobs(db: Database, worker: string, limit: number, leaseMs: number): Promise<Job[]> {
  const { rows } = await sql<Job>`
    update job set locked_by = ${worker}, locked_until = now() + ${leaseMs}::int * interval '1 ms', attempts = attempts + 1
    where id in (
      select id from job
      where run_at <= now() and (locked_by is null or locked_until < now())
      order by run_at, id limit ${limit} for update skip locked)
    returning id, name, key, attempts`.execute(db.sql)
  return rows
}

/** Keeps the leases of jobs that are still being done. */
export async function renewJobs(db: Database, jobIds: string[], worker: string, leaseMs: number): Promise<void> {
  await sql`update job set locked_until = now() + ${leaseMs}::int * interval '1 ms'
    where id = any(${jobIds}::text[]) and locked_by = ${worker}`.execute(db.sql)
}

/** Ends a job. The fence (worker and attempt) makes a worker that lost its lease end nothing. */
export async function finishJob(db: Database, job: Job, worker: string): Promise<void> {
  await sql`delete from job where id = ${job.id} and locked_by = ${worker} and attempts = ${job.attempts}`.execute(db.sql)
}

/** Gives a job back to be tried again after `delayMs`; where the same work already waits, it joins that. */
export async function releaseJob(db: Database, job: Job, worker: string, delayMs: number, error: string): Promise<void> {
  await sql`
    with mine as (select id, name, key from job where id = ${job.id} and locked_by = ${worker} and attempts = ${job.attempts} for update),
    joined as (
      delete from job using mine where job.id = mine.id
        and exists (select 1 from job other where other.name = mine.name and other.key = mine.key and other.locked_by is null)
      returning job.id)
    update job set locked_by = null, locked_until = null, last_error = ${error}, run_at = now() + ${delayMs}::int * interval '1 ms'
    from mine where job.id = mine.id and not exists (select 1 from joined)`.execute(db.sql)
}

/** How many jobs wait and how late the oldest is, in seconds. */
export async function countBacklog(db: Database): Promise<{ waiting: number; oldestSeconds: number }> {
  const { rows } = await sql<{ waiting: number; oldest: number | null }>`
    select count(*)::int as waiting, extract(epoch from now() - min(run_at))::float as oldest from job
    where run_at <= now() and (locked_by is null or locked_until < now())`.execute(db.sql)
  return { waiting: rows[0]?.waiting ?? 0, oldestSeconds: Math.max(0, rows[0]?.oldest ?? 0) }
}
