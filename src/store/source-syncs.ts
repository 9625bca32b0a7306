import { sql } from 'kysely'
import type { SyncState } from '../domain/lifecycle.ts'
import type { Database, Tx } from './db.ts'

/** A source as it is read, with the reading that was begun. */
export interface BegunSync {
  id: string
  isFirst: boolean
  /** Real time, by the database's clock. */
  beganAt: Date
  source: { id: string; name: string; ownerId: string; connector: string | null; connectorSettings: string | null }
}

/** How much a reading has seen and done. */
export interface SyncCounts {
  accounts: number
  entitlements: number
  newAccounts: number
  newEntitlements: number
  imported: number
  added: number
  removed: number
  skipped: number
}

/** Locks the source; undefined when there is none of that id. */
export async function lockSyncSource(tx: Tx, sourceId: string): Promise<BegunSync['source'] | undefined> {
  const { rows } = await sql<BegunSync['source']>`
    select id, name, owner_id as "ownerId", connector, connector_settings as "connectorSettings" from source where id = ${sourceId}
    for no key update`.execute(tx.sql)
  return rows[0]
}

/** The reading of a source that is under way: `alive` says whether whoever reads is. */
export async function findRunningSync(tx: Tx, sourceId: string): Promise<{ id: string; startedAt: Date; alive: boolean } | undefined> {
  const { rows } = await sql<{ id: string; startedAt: Date; alive: boolean }>`
    select id, started_at as "startedAt", leased_until >= now() as alive from source_sync
    where source_id = ${sourceId} and state = 'RUNNING'`.execute(tx.sql)
  return rows[0]
}

/** Begins a reading. It is the first as long as none was done. */
export async function insertSync(
  tx: Tx,
  sync: { id: string; sourceId: string; startedBy: string; leaseMs: number },
): Promise<Pick<BegunSync, 'isFirst' | 'beganAt'>> {
  const { rows } = await sql<{ isFirst: boolean; beganAt: Date }>`
    insert into source_sync (id, source_id, state, is_first, started_by, started_at, leased_until)
    values (${sync.id}, ${sync.sourceId}, 'RUNNING',
      not exists (select from source_sync earlier where earlier.source_id = ${sync.sourceId} and earlier.state = 'DONE'),
      ${sync.startedBy}, ${tx.now}, now() + ${sync.leaseMs}::int * interval '1 ms')
    returning is_first as "isFirst", began_at as "beganAt"`.execute(tx.sql)
  const [row] = rows
  if (!row) throw new Error('an insert returned nothing')
  return row
}

/** Keeps a reading from being taken for dead. */
export async function renewSync(db: Database, id: string, leaseMs: number): Promise<void> {
  await sql`update source_sync set leased_until = now() + ${leaseMs}::int * interval '1 ms' where id = ${id}`.execute(db.sql)
}

/** Adds to what a reading has counted. */
export async function countSync(tx: Tx, id: string, counts: Partial<SyncCounts>): Promise<void> {
  const { accounts = 0, entitlements = 0, newAccounts = 0, newEntitlements = 0, imported = 0, added = 0, removed = 0, skipped = 0 } = counts
  await sql`
    update source_sync set accounts = accounts + ${accounts}, entitlements = entitlements + ${entitlements},
      new_accounts = new_accounts + ${newAccounts}, new_entitlements = new_entitlements + ${newEntitlements},
      imported = imported + ${imported}, added = added + ${added}, removed = removed + ${removed}, skipped = skipped + ${skipped}
    where id = ${id}`.execute(tx.sql)
}

/** What a reading came to. */
export interface SyncResult extends SyncCounts {
  id: string
  state: SyncState
  isFirst: boolean
  missing: number
  missingNames: string[]
  error: string | null
}

const MOST_NAMES = 20

/** Ends a reading that is still under way; returns what it came to, or undefined when somebody else has ended it. */
export async function endSync(tx: Tx, id: string, state: SyncState, error: string | null): Promise<SyncResult | undefined> {
  const { rows } = await sql<SyncResult>`
    with lacking as (
      select e.name from source_sync s join access_item e on e.source_id = s.source_id and e.type = 'ENTITLEMENT'
      where s.id = ${id} and ${state} = 'DONE' and e.seen_in is distinct from s.id order by e.name),
    told as (select count(*)::int as missing, coalesce((array_agg(name))[1:${MOST_NAMES}::int], '{}') as names from lacking)
    update source_sync s set state = ${state}, error = ${error}, finished_at = ${tx.now}, leased_until = null,
      missing = told.missing, missing_names = told.names
    from told where s.id = ${id} and s.state = 'RUNNING'
    returning s.id, s.state, s.is_first as "isFirst", s.accounts, s.entitlements, s.new_accounts as "newAccounts",
      s.new_entitlements as "newEntitlements", s.imported, s.added, s.removed, s.skipped, s.missing, s.missing_names as "missingNames",
      s.error`.execute(tx.sql)
  return rows[0]
}

/** What was read at a target long ago: all but the last ones of each source that was done. Returns how many were removed. */
export async function deleteOldSyncs(db: Database, days: number, limit: number): Promise<number> {
  const result = await sql`
    delete from source_sync where id in (
      select s.id from source_sync s where s.state <> 'RUNNING' and s.began_at < now() - ${days}::int * interval '1 day'
        and exists (select from source_sync later where later.source_id = s.source_id and later.state = 'DONE' and later.id > s.id)
      limit ${limit} for update skip locked)`.execute(db.sql)
  return Number(result.numAffectedRows ?? 0n)
}
