import { sql } from 'kysely'
import type { Reader } from '../db.ts'
import { leftUndone } from '../retries.ts'
import type { SyncResult } from '../source-syncs.ts'
import { type Page, type SliceQuery, totalOf } from './page.ts'
import type { JsonDate, Named } from './request-status.ts'

/** How a source does: whether its target answers, what waits for it, and what its last reading found. */
export interface SourceHealthRow {
  id: string
  name: string
  owner: Named
  /** Null when a person does the work. */
  connector: string | null
  connected: boolean
  maxJobs: number | null
  /** Real time. */
  pausedUntil: Date | null
  /** When its target last showed something. */
  lastSeenAt: Date | null
  jobsAtWork: number
  jobsWaiting: number
  /** Steps that are being tried again, and those that were given up and that nobody has dealt with. */
  trying: number
  failed: number
  workItems: number
  /** In the words of the target: of what is being tried again, else of what was given up. */
  lastError: { text: string; at: JsonDate } | null
  openDrift: number
  lastSync: SyncRow | null
  syncQueued: boolean
  disablesLeavers: boolean
  /** Accounts that are to be disabled or enabled: the first of them, those that were given up before the others. */
  switches: { nativeIdentity: string; to: 'DISABLED' | 'ENABLED'; state: 'WAITING' | 'FAILED'; error: string | null }[]
}

/** A reading, under way or ended. */
export interface SyncRow extends SyncResult {
  startedBy: string
  startedAt: JsonDate
  finishedAt: JsonDate | null
}

const lastSync = sql`
  (select json_build_object('id', y.id, 'state', y.state, 'isFirst', y.is_first, 'startedBy', y.started_by, 'startedAt', y.started_at,
      'finishedAt', y.finished_at, 'accounts', y.accounts, 'entitlements', y.entitlements, 'newAccounts', y.new_accounts,
      'newEntitlements', y.new_entitlements, 'imported', y.imported, 'added', y.added, 'removed', y.removed, 'skipped', y.skipped,
      'missing', y.missing, 'missingNames', y.missing_names, 'error', y.error)
    from source_sync y where y.source_id = s.id order by y.id desc limit 1)`

const openSwitches = sql`from account_switch w where w.source_id = s.id and w.state in ('INTENDED', 'SENT', 'FAILED')`

const switches = sql`
  (select coalesce(json_agg(one), '[]') from (
    select c.native_identity as "nativeIdentity", case when w.disable then 'DISABLED' else 'ENABLED' end as "to",
      case when w.state = 'FAILED' then 'FAILED' else 'WAITING' end as state, w.last_error as error
    from account_switch w join account c on c.id = w.account_id where w.source_id = s.id and w.state in ('INTENDED', 'SENT', 'FAILED')
    order by w.state = 'FAILED' desc, w.id limit 100) one)`

const failedSteps = sql`
  from provisioning_step p join assignment a on a.id = p.assignment_id left join requested_item i on i.id = p.requested_item_id
  where p.source_id = s.id and p.state = 'FAILED'
    and (i.state in ('FAILED', 'PARTLY_PROVISIONED') or ${leftUndone})`

const columns = sql`
  s.id, s.name, json_build_object('id', o.id, 'name', o.name) as owner, s.connector,
  (s.connector is null or s.connector_settings is not null) as connected, s.max_jobs as "maxJobs",
  case when s.paused_until > now() then s.paused_until end as "pausedUntil",
  greatest((select max(p.modified_at) from provisioning_step p where p.source_id = s.id and p.verified),
    (select max(y.finished_at) from source_sync y where y.source_id = s.id and y.state = 'DONE')) as "lastSeenAt",
  (select count(*)::int from job j where j.source_id = s.id and j.locked_by is not null and j.locked_until >= now()) as "jobsAtWork",
  (select count(*)::int from job j where j.source_id = s.id and (j.locked_by is null or j.locked_until < now())) as "jobsWaiting",
  (select count(*)::int from provisioning_step p where p.source_id = s.id and p.state in ('INTENDED', 'SENT') and p.last_error is not null)
    + (select count(*)::int ${openSwitches} and w.state <> 'FAILED' and w.last_error is not null) as trying,
  (select count(*)::int ${failedSteps}) + (select count(*)::int ${openSwitches} and w.state = 'FAILED') as failed,
  (select count(*)::int from work_item w join provisioning_step p on p.id = w.step_id where p.source_id = s.id and w.state = 'PENDING') as "workItems",
  coalesce(
    (select json_build_object('text', p.last_error, 'at', p.modified_at) from provisioning_step p
      where p.source_id = s.id and p.state in ('INTENDED', 'SENT') and p.last_error is not null order by p.modified_at desc, p.id limit 1),
    (select json_build_object('text', p.last_error, 'at', p.modified_at) ${failedSteps} order by p.modified_at desc, p.id limit 1),
    (select json_build_object('text', w.last_error, 'at', w.modified_at) ${openSwitches} and w.last_error is not null
      order by w.modified_at desc, w.id limit 1)) as "lastError",
  (select count(*)::int from source_drift d where d.source_id = s.id and d.state = 'OPEN') as "openDrift", ${lastSync} as "lastSync",
  exists (select from job j where j.name = 'sync-source' and j.key = s.id and j.locked_by is null) as "syncQueued",
  s.disables_leavers as "disablesLeavers", ${switches} as switches
  from source s join identity o on o.id = s.owner_id`

/** A page of sources with how they do, by name. */
export async function listSourceHealth(reader: Reader, query: SliceQuery): Promise<Page<SourceHealthRow>> {
  const { rows } = await sql<SourceHealthRow>`
    select ${columns} order by lower(s.name), s.id limit ${query.limit} offset ${query.offset}`.execute(reader)
  return { rows, total: await totalOf(reader, query, sql`from source`) }
}

/** One source with how it does, or undefined. */
export async function findSourceHealth(reader: Reader, id: string): Promise<SourceHealthRow | undefined> {
  return (await sql<SourceHealthRow>`select ${columns} where s.id = ${id}`.execute(reader)).rows[0]
}
