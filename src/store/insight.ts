import { type RawBuilder, sql } from 'kysely'
import type { Reader } from './db.ts'
import type { Named } from './lists/request-status.ts'

/** How a requested item ended, as plots tell it. */
export type Outcome = 'COMPLETED' | 'FAILED' | 'REJECTED' | 'EXPIRED' | 'CANCELLED'

/** A span of time, and whose: everybody's, or that of the direct reports of one person. */
export interface Span {
  from: Date
  to: Date
  managerId: string | undefined
}

export interface Buckets {
  interval: 'day' | 'week' | 'month'
  /** A name of the time zone database; days, weeks and months begin there. */
  zone: string
}

/** The condition that an item `i` is of the span's people. */
export const ofTeam = ({ managerId }: Pick<Span, 'managerId'>, person = sql`i.recipient_id`): RawBuilder<unknown> =>
  managerId === undefined ? sql`true` : sql`${person} in (select r.id from identity r where r.manager_id = ${managerId})`

/** How an item `i` ended, as an Outcome; null while it is open. A closed one was stopped by hand. */
export const outcomeOf = sql`(case when i.finished_at is null then null when i.state = 'PROVISIONED' then 'COMPLETED'
  when i.state in ('FAILED', 'ERROR', 'PARTLY_PROVISIONED') then 'FAILED' when i.state in ('REJECTED', 'EXPIRED') then i.state else 'CANCELLED' end)`

/** The buckets that a span touches; the first and the last end where the span does, so that the rows behind one are just its own. */
const bucketRows = ({ from, to }: Pick<Span, 'from' | 'to'>, { interval, zone }: Buckets) => sql`
  select g as at, greatest(g at time zone ${zone}, ${from}::timestamptz) as "from",
    least((g + ${`1 ${interval}`}::interval) at time zone ${zone}, ${to}::timestamptz) as "to"
  from generate_series(date_trunc(${interval}, ${from}::timestamptz at time zone ${zone}),
    (${to}::timestamptz - interval '1 microsecond') at time zone ${zone}, ${`1 ${interval}`}::interval) g`

const bucketOf = (moment: RawBuilder<unknown>, { interval, zone }: Buckets) => sql`date_trunc(${interval}, ${moment} at time zone ${zone})`

export interface RequestBucket {
  from: Date
  to: Date
  requested: number
  completed: number
  failed: number
  rejected: number
  expired: number
  cancelled: number
  agreed: number
  refused: number
  unanswered: number
}

/** Requests and decisions over time: what was asked, how items ended, and how questions were answered, each in the bucket it happened in. */
export async function listRequestBuckets(reader: Reader, span: Span, buckets: Buckets): Promise<RequestBucket[]> {
  const within = (moment: RawBuilder<unknown>) => sql`${moment} >= ${span.from} and ${moment} < ${span.to}`
  const { rows } = await sql<RequestBucket>`
    with asked as (
      select ${bucketOf(sql`i.created_at`, buckets)} as at, count(*)::int as n from requested_item i
      where ${within(sql`i.created_at`)} and not i.duplicate and ${ofTeam(span)} group by 1),
    ended as (
      select ${bucketOf(sql`i.finished_at`, buckets)} as at, ${outcomeOf} as outcome, count(*)::int as n from requested_item i
      where ${within(sql`i.finished_at`)} and not i.duplicate and ${ofTeam(span)} group by 1, 2),
    decided as (
      select ${bucketOf(sql`a.decided_at`, buckets)} as at, a.state, count(*)::int as n
      from approval a join requested_item i on i.id = a.requested_item_id
      where ${within(sql`a.decided_at`)} and a.state in ('APPROVED', 'REJECTED', 'EXPIRED') and ${ofTeam(span)} group by 1, 2)
    select b."from", b."to", coalesce((select n from asked where asked.at = b.at), 0) as requested,
      ${sql.join(
        (['COMPLETED', 'FAILED', 'REJECTED', 'EXPIRED', 'CANCELLED'] as const).map(
          (outcome) =>
            sql`coalesce((select n from ended where ended.at = b.at and ended.outcome = ${sql.lit(outcome)}), 0) as ${sql.id(outcome.toLowerCase())}`,
        ),
      )},
      coalesce((select n from decided d where d.at = b.at and d.state = 'APPROVED'), 0) as agreed,
      coalesce((select n from decided d where d.at = b.at and d.state = 'REJECTED'), 0) as refused,
      coalesce((select n from decided d where d.at = b.at and d.state = 'EXPIRED'), 0) as unanswered
    from (${bucketRows(span, buckets)}) b order by b.at`.execute(reader)
  return rows
}

export interface DecisionTimes {
  /** The approver or the item. */
  about: Named
  decisions: number
  agreed: number
  refused: number
  medianHours: number
  p90Hours: number
  longestHours: number
  /** Questions of theirs that are open now. */
  waiting: number
}

/** Hours from being asked to the answer: an approver is asked when the question comes to them, an item when it is put. */
const waitedBy = {
  approver: sql`extract(epoch from a.decided_at - coalesce(c.created_at, a.created_at)) / 3600`,
  item: sql`extract(epoch from a.decided_at - a.created_at) / 3600`,
}

const rounded = (hours: RawBuilder<unknown>) => sql`round((${hours})::numeric, 2)::float8`

/** Time to decision by approver or by item, of answers that a person gave; the slowest median first. */
export async function listDecisionTimes(
  reader: Reader,
  span: Span,
  by: 'approver' | 'item',
  page: { limit: number; offset: number },
): Promise<DecisionTimes[]> {
  const hours = waitedBy[by]
  const key = by === 'approver' ? sql`a.decided_by` : sql`i.item_id`
  const open =
    by === 'approver'
      ? sql`select count(*)::int from approval_candidate o where o.identity_id = found.id and o.open`
      : sql`select count(*)::int from approval o join requested_item q on q.id = o.requested_item_id where q.item_id = found.id and o.state = 'PENDING'`
  const { rows } = await sql<DecisionTimes>`
    select json_build_object('id', found.id, 'name', named.name) as about, found.decisions, found.agreed, found.refused, found."medianHours",
      found."p90Hours", found."longestHours", (${open}) as waiting
    from (
      select ${key} as id, count(*)::int as decisions, count(*) filter (where a.state = 'APPROVED')::int as agreed,
        count(*) filter (where a.state = 'REJECTED')::int as refused,
        ${rounded(sql`percentile_cont(0.5) within group (order by ${hours})`)} as "medianHours",
        ${rounded(sql`percentile_cont(0.9) within group (order by ${hours})`)} as "p90Hours", ${rounded(sql`max(${hours})`)} as "longestHours"
      from approval a join requested_item i on i.id = a.requested_item_id
      left join approval_candidate c on c.approval_id = a.id and c.identity_id = a.decided_by
      where a.decided_at >= ${span.from} and a.decided_at < ${span.to} and a.decided_by is not null and a.state in ('APPROVED', 'REJECTED')
        and ${ofTeam(span)}
      group by 1) found
    join ${by === 'approver' ? sql`identity` : sql`access_item`} named on named.id = found.id
    order by found."medianHours" desc, found.decisions desc, found.id limit ${page.limit} offset ${page.offset}`.execute(reader)
  return rows
}

/** How much access ends in each bucket of a span that lies ahead. */
export async function listEndingBuckets(
  reader: Reader,
  span: Span,
  buckets: Buckets,
): Promise<{ from: Date; to: Date; ending: number; privileged: number; people: number }[]> {
  const { rows } = await sql<{ from: Date; to: Date; ending: number; privileged: number; people: number }>`
    with ends as (
      select ${bucketOf(sql`h.end_at`, buckets)} as at, count(*)::int as ending, count(*) filter (where x.privileged)::int as privileged,
        count(distinct h.identity_id)::int as people
      from assignment h join access_item x on x.id = h.item_id
      where h.state in ('PENDING', 'ACTIVE') and h.end_at >= ${span.from} and h.end_at < ${span.to} and ${ofTeam(span, sql`h.identity_id`)} group by 1)
    select b."from", b."to", coalesce(ends.ending, 0) as ending, coalesce(ends.privileged, 0) as privileged, coalesce(ends.people, 0) as people
    from (${bucketRows(span, buckets)}) b left join ends on ends.at = b.at order by b.at`.execute(reader)
  return rows
}

/** Open approvals by age: `ages` are the hours at which one bucket ends and the next begins. */
export async function countPendingByAge(
  reader: Reader,
  now: Date,
  managerId: string | undefined,
  ages: number[],
): Promise<{ place: number; approvals: number; requests: number }[]> {
  const { rows } = await sql<{ place: number; approvals: number; requests: number }>`
    select width_bucket(extract(epoch from ${now}::timestamptz - a.created_at) / 3600, ${ages}::float8[])::int as place, count(*)::int as approvals,
      count(distinct i.request_id)::int as requests
    from approval a join requested_item i on i.id = a.requested_item_id
    where a.state = 'PENDING' and ${ofTeam({ managerId })} group by 1`.execute(reader)
  return rows
}

export interface SourceWork {
  source: Named
  steps: number
  done: number
  failed: number
  open: number
  byHand: number
  dropped: number
  /** Steps that took more than one try. */
  retried: number
  lastProblem: string | null
}

/** How provisioning went by source, of steps that came up in the span; the most failures first. */
export async function listSourceWork(reader: Reader, span: Span): Promise<SourceWork[]> {
  const { rows } = await sql<SourceWork>`
    select json_build_object('id', s.id, 'name', s.name) as source, count(*)::int as steps,
      count(*) filter (where p.state = 'DONE')::int as done, count(*) filter (where p.state = 'FAILED')::int as failed,
      count(*) filter (where p.state in ('INTENDED', 'SENT'))::int as open, count(*) filter (where p.state = 'BY_HAND')::int as "byHand",
      count(*) filter (where p.state = 'DROPPED')::int as dropped, count(*) filter (where p.attempts > 1)::int as retried,
      (array_agg(p.last_error order by p.modified_at desc) filter (where p.state = 'FAILED' and p.last_error is not null))[1] as "lastProblem"
    from provisioning_step p join source s on s.id = p.source_id join account c on c.id = p.account_id
    where p.created_at >= ${span.from} and p.created_at < ${span.to} and ${ofTeam(span, sql`c.identity_id`)}
    group by s.id, s.name order by failed desc, steps desc, s.id`.execute(reader)
  return rows
}
