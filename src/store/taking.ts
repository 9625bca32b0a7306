import { sql } from 'kysely'
import type { Appends } from './appends.ts'

/**
 * A worker of this process with places free. What is enqueued here is leased to it by the statement that stores it, so that what
 * follows at once need not be looked for: a claim costs more than the insert, and a commit of its own.
 */
export interface Taker {
  /** The name its leases carry. */
  worker: string
  leaseMs: number
  jobsPerSource: number
  /**
   * Keeps a place for a job, and tells how many jobs it has then with the same target, this one among them; undefined when there is no place,
   * or when others have waited longer.
   */
  keepPlace(sourceId: string | null): number | undefined
  /** What became of the places it kept: jobs that it has now, and the targets of those it was not given. */
  filled(taken: TakenJob[], inVain: (string | null)[]): void
}

export interface TakenJob {
  id: string
  name: string
  key: string
  sourceId: string | null
}

type NewRow = Appends['jobs'][number]

/** Which of the jobs of a transaction a worker would take: one for each target, since the others would be counted against what they cannot see. */
export class Offer {
  readonly taker: Taker
  /** By id of the job: how many its target has with this worker then. */
  readonly places = new Map<string, number>()
  private readonly jobs: NewRow[]

  constructor(taker: Taker, jobs: NewRow[]) {
    this.taker = taker
    this.jobs = jobs
    const targets = new Set<string>()
    for (const job of jobs) {
      if (job.source !== null && targets.has(job.source)) continue
      const place = taker.keepPlace(job.source)
      if (place === undefined) return
      this.places.set(job.id, place)
      if (job.source !== null) targets.add(job.source)
    }
  }

  /** Takes the ids of the jobs that were leased, none when the transaction failed; true when that is all there were. */
  close(leasedIds: string[]): boolean {
    const kept = this.jobs.filter((job) => this.places.has(job.id))
    const taken = kept.filter((job) => leasedIds.includes(job.id))
    const inVain = kept.filter((job) => !leasedIds.includes(job.id)).map((job) => job.source)
    this.taker.filled(
      taken.map(({ id, name, key, source }) => ({ id, name, key, sourceId: source })),
      inVain,
    )
    return taken.length === this.jobs.length
  }
}

/**
 * Stores jobs; one that waits already is joined. Those that are offered are leased at once, under the rules of a claim: a target has no more
 * than it may have (with those that other workers have with it), is not left alone just now, nothing waits for it, and nobody is at work on the
 * account.
 */
export function insertJobs(rows: NewRow[], offer: Offer | undefined) {
  const { worker = null, leaseMs = 0, jobsPerSource = 0 } = offer?.taker ?? {}
  const offered = rows.map((row) => ({ ...row, place: offer?.places.get(row.id) ?? null }))
  return sql<{ id: string }>`
    insert into job (id, name, key, payload, source_id, account_id, locked_by, locked_until, attempts)
    select r.id, r.name, r.key, '{}', r.source, r.account, case when r.mine then ${worker}::text end,
      case when r.mine then now() + ${leaseMs}::int * interval '1 ms' end, case when r.mine then 1 else 0 end
    from (
      select r.*, r.place is not null and not exists (select from job w where w.name = r.name and w.key = r.key and w.locked_by is null)
        and (r.source is null or exists (select from source s where s.id = r.source and (s.paused_until is null or s.paused_until <= now())
          and not exists (select from job w where w.source_id = s.id and w.run_at <= now() and w.locked_by is null)
          and coalesce(s.max_jobs, ${jobsPerSource}::int) >= r.place + (select count(*) from job o
            where o.source_id = s.id and o.locked_by <> ${worker}::text and o.locked_until >= now())))
        and not exists (select from account a where a.id = r.account and a.leased_until >= now()) as mine
      from json_to_recordset(${JSON.stringify(offered)}::json) as r(id text, name text, key text, source text, account text, place int)) r
    on conflict (name, key) where locked_by is null do nothing
    returning case when locked_by is not null then id end as id`
}
