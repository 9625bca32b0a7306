import { sql } from 'kysely'
import type { ItemType, RequestKind } from '../../domain/access-model.ts'
import type { ItemState } from '../../domain/lifecycle.ts'
import type { StuckAfter, StuckStep } from '../../domain/stuck.ts'
import type { Reader } from '../db.ts'
import { named } from '../named.ts'
import { decidedLater, leftUndone } from '../retries.ts'
import { type Page, type SliceQuery, totalOf } from './page.ts'
import type { JsonDate, Named } from './request-status.ts'

/** Something that has not moved: a requested item, or an assignment that is to be taken away and that no request stands for. */
export interface StuckRow {
  /** Of the item or, without one, of the assignment. */
  id: string
  requestId: string | null
  requestedItemId: string | null
  assignmentId: string | null
  kind: RequestKind
  state: ItemState | null
  item: { type: ItemType; id: string; name: string }
  recipient: Named
  requester: Named | null
  startAt: Date | null
  /** It was to give or change something until a moment that has passed. */
  isOver: boolean
  problem: string | null
  since: Date
  waitsFor: Named[]
  step: StepRow | null
  hasIdleJob: boolean
}

type StepRow = StuckStep & { sourceId: string }

/** JSON has no dates. */
type RawStep = Omit<StepRow, 'retryAt' | 'pausedUntil'> & { retryAt: JsonDate | null; pausedUntil: JsonDate | null }

/** A moment of real time as the business has it: the list goes by one clock, also where a sandbox holds or moves that of the business. */
const told = (realTime: ReturnType<typeof sql>, now: Date) => sql`${realTime} + (${now}::timestamptz - now())`

const idleJob = (key: ReturnType<typeof sql>, hours: number) => sql`
  select from job j where j.key = ${key} and j.run_at <= now() - ${hours}::float8 * interval '1 hour' and (j.locked_by is null or j.locked_until < now())`

/** Of several steps the one that says most: what failed, then what has trouble, then what waits. */
const step = (which: ReturnType<typeof sql>, { now, jobsPerSource }: Moment) => sql`
  (select json_build_object('state', p.state, 'operation', p.operation, 'attempts', p.attempts, 'taken', p.taken, 'error', p.last_error,
      'sourceId', s.id, 'sourceName', s.name, 'nativeIdentity', acc.native_identity, 'retryAt', ${told(sql`p.retry_at`, now)},
      'pausedUntil', ${told(sql`s.paused_until`, now)},
      'isTargetFull', (select count(*) from job busy where busy.source_id = s.id and busy.locked_by is not null and busy.locked_until >= now())
        >= coalesce(s.max_jobs, ${jobsPerSource}))
    from provisioning_step p join source s on s.id = p.source_id join account acc on acc.id = p.account_id
    where ${which} and p.state in ('FAILED', 'SENT', 'INTENDED', 'BY_HAND')
    order by p.state = 'FAILED' desc, p.last_error is not null desc, p.first_tried_at nulls last, p.id limit 1)`

interface Moment {
  /** Business time. */
  now: Date
  after: StuckAfter
  jobsPerSource: number
}

const hoursAgo = (now: Date, hours: number) => sql`${now}::timestamptz - ${hours}::float8 * interval '1 hour'`

const earliestWait = sql`
  (select min(waits.since) from (
    select a.created_at as since from approval a where a.requested_item_id = i.id and a.state = 'PENDING' and i.state = 'AWAITING_APPROVAL'
    union all
    select w.created_at from work_item w where w.requested_item_id = i.id and w.state = 'PENDING') waits)`

const firstTrouble = sql`
  (select min(coalesce(p.first_tried_at, j.run_at)) from provisioning_step p left join job j on j.name = 'run-step' and j.key = p.id
    where p.requested_item_id = i.id and p.state in ('INTENDED', 'SENT'))`

/** Open items past their time, and failed ones that nobody has dealt with: no later request decides about the same access. */
function stuckItems({ now, after }: Moment) {
  const people = hoursAgo(now, after.peopleHours)
  const machine = hoursAgo(now, after.machineHours)
  return sql`
    select i.id, coalesce(i.finished_at, ${earliestWait}, ${told(firstTrouble, now)}, i.modified_at) as since, true as is_item
    from requested_item i
    where i.state in ('PARTLY_PROVISIONED', 'FAILED', 'ERROR')
      and not ${decidedLater}
    union all
    select i.id, coalesce(${earliestWait}, ${told(firstTrouble, now)}, i.start_at, i.modified_at), true
    from requested_item i
    where i.finished_at is null and (
      (i.state in ('AWAITING_SCREENING', 'AWAITING_EXTRA_APPROVER') and i.modified_at <= ${people})
      or (i.state in ('AWAITING_APPROVAL', 'PROVISIONING', 'VERIFYING') and ${earliestWait} <= ${people})
      or (i.state = 'SCHEDULED' and i.start_at <= ${machine})
      or (i.state in ('PROVISIONING', 'VERIFYING') and (
        ${firstTrouble} <= now() - ${after.machineHours}::float8 * interval '1 hour'
        or exists (${idleJob(sql`i.id`, after.machineHours)})
        or (i.modified_at <= ${machine} and not exists (select from provisioning_step p where p.requested_item_id = i.id)))))`
}

/**
 * Assignments of which something is left undone that no request stands for: a date or a doubt is to take them away, drift was to be put right, or
 * another content of their item to be followed.
 */
function stuckAssignments({ now, after }: Moment) {
  const since = (hours: number) => sql`now() - ${hours}::float8 * interval '1 hour'`
  return sql`
    select id, min(since) as since, false as is_item from (
    select assignment_id as id, created_at as since from assignment_change where problem is not null
    union all
    select a.id, min(coalesce(${told(sql`p.first_tried_at`, now)}, p.modified_at)) as since
    from assignment a join provisioning_step p on p.assignment_id = a.id
    where ${leftUndone} and (p.state = 'FAILED' or (p.state in ('INTENDED', 'SENT') and p.first_tried_at <= ${since(after.machineHours)})
      or (p.state = 'BY_HAND' and p.created_at <= ${since(after.peopleHours)}))
    group by a.id) undone group by id`
}

const peopleOfItem = sql`
  (select coalesce(json_agg(distinct jsonb_build_object('id', who.id, 'name', who.name)), '[]') from identity who where who.id in (
    select c.identity_id from approval_candidate c join approval a on a.id = c.approval_id
      where a.requested_item_id = i.id and a.state = 'PENDING' and c.open
    union select w.owner_id from work_item w where w.requested_item_id = i.id and w.state = 'PENDING'))`

const peopleOfAssignment = sql`
  (select coalesce(json_agg(${named('o')}), '[]') from work_item w join provisioning_step p on p.id = w.step_id join identity o on o.id = w.owner_id
    where p.assignment_id = a.id and w.state = 'PENDING')`

/** A page of what has not moved, the longest first. */
export async function listStuck(reader: Reader, moment: Moment, query: SliceQuery): Promise<Page<StuckRow>> {
  const all = sql`(${stuckItems(moment)} union all ${stuckAssignments(moment)}) stuck`
  const found = await sql<Omit<StuckRow, 'step'> & { step: RawStep | null }>`
    with page as (select * from ${all} order by since, id limit ${query.limit} offset ${query.offset})
    select * from (${itemRows(moment)} union all ${assignmentRows(moment)}) told order by since, id`.execute(reader)
  const rows = found.rows.map((row) => ({ ...row, step: row.step && stepOf(row.step) }))
  return { rows, total: await totalOf(reader, query, sql`from ${all}`) }
}

function stepOf({ retryAt, pausedUntil, ...same }: RawStep): StepRow {
  return { ...same, retryAt: retryAt === null ? null : new Date(retryAt), pausedUntil: pausedUntil === null ? null : new Date(pausedUntil) }
}

function itemRows(moment: Moment) {
  const { now, after } = moment
  return sql`
    select i.id, i.request_id as "requestId", i.id as "requestedItemId", null::text as "assignmentId", i.kind, i.state,
      json_build_object('type', thing.type, 'id', thing.id, 'name', thing.name) as item, ${named('holder')} as recipient,
      ${named('asker')} as requester, i.start_at as "startAt",
      i.kind <> 'REVOKE' and coalesce(i.end_at <= ${now}, false) as "isOver",
      i.error_messages ->> -1 as problem, page.since, ${peopleOfItem} as "waitsFor",
      ${step(sql`p.requested_item_id = i.id`, moment)} as step,
      exists (select from provisioning_step p join job j on j.key = p.id and j.locked_by is null where p.requested_item_id = i.id)
        or exists (${idleJob(sql`i.id`, after.machineHours)}) as "hasIdleJob"
    from page join requested_item i on i.id = page.id join access_item thing on thing.id = i.item_id
    join identity holder on holder.id = i.recipient_id join identity asker on asker.id = i.requester_id
    where page.is_item`
}

function assignmentRows(moment: Moment) {
  return sql`
    select a.id, made.request_id, null, a.id, case when a.state = 'ENDING' then 'REVOKE' else 'GRANT' end, null, json_build_object('type', thing.type, 'id', thing.id, 'name', thing.name),
      ${named('holder')}, null, null, false, (select min(c.problem) from assignment_change c where c.assignment_id = a.id), page.since, ${peopleOfAssignment},
      ${step(sql`p.assignment_id = a.id and ${leftUndone}`, moment)}, false
    from page join assignment a on a.id = page.id join access_item thing on thing.id = a.item_id
    join identity holder on holder.id = a.identity_id left join requested_item made on made.id = a.requested_item_id
    where not page.is_item`
}
