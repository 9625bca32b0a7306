import { sql } from 'kysely'
import type { KnownValue } from '../domain/drift.ts'
import type { Reader, Tx } from './db.ts'
import type { BegunSync } from './source-syncs.ts'

/** What a reading of a target has found, against what is stored. */

export interface FoundAccount {
  nativeIdentity: string
  name: string
  disabled: boolean
  values: Record<string, string[]>
}

export interface KnownAccount {
  id: string
  nativeIdentity: string
  identityId: string | null
}

export interface FoundEntitlement {
  attribute: string
  value: string
  name: string
  description: string | null
}

/** The stored id of an attribute's value. */
export type EntitlementIds = Map<string, string>

/** By what a value is known among those of a source. */
export const valueKey = (attribute: string, value: string) => `${attribute} ${value}`

/**
 * Notes entitlements that a target has: those that are not known are stored under the name the target gives them, and nobody may ask for
 * them until somebody says so. Returns the ids of all and how many are new.
 */
export async function noteEntitlements(
  tx: Tx,
  sync: BegunSync,
  found: FoundEntitlement[],
  newId: () => string,
): Promise<{ ids: EntitlementIds; created: number }> {
  const rows = found.map((one) => ({ id: newId(), ...one }))
  const created = await sql`
    insert into access_item (id, type, name, description, owner_id, source_id, attribute, value, requestable, seen_in, created_at, modified_at)
    select f.id, 'ENTITLEMENT', f.name, f.description, ${sync.source.ownerId}, ${sync.source.id}, f.attribute, f.value, false, ${sync.id},
      ${tx.now}::timestamptz, ${tx.now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as f(id text, attribute text, value text, name text, description text)
    on conflict (source_id, attribute, value) where type = 'ENTITLEMENT' do nothing`.execute(tx.sql)
  const { rows: all } = await sql<{ id: string; attribute: string; value: string }>`
    update access_item e set seen_in = ${sync.id}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as f(attribute text, value text)
    where e.type = 'ENTITLEMENT' and e.source_id = ${sync.source.id} and e.attribute = f.attribute and e.value = f.value
    returning e.id, e.attribute, e.value`.execute(tx.sql)
  return {
    ids: new Map(all.map(({ id, attribute, value }) => [valueKey(attribute, value), id])),
    created: Number(created.numAffectedRows ?? 0n),
  }
}

/**
 * Notes accounts that a target has. One that is not known is stored, and is the person's whose alias it bears; on the first reading, so is
 * a known one without owner. Returns all of them and how many are new.
 */
export async function noteAccounts(
  tx: Tx,
  sync: BegunSync,
  found: FoundAccount[],
  newId: () => string,
): Promise<{ accounts: KnownAccount[]; created: number }> {
  const rows = found.map(({ nativeIdentity, name, disabled }) => ({ id: newId(), native: nativeIdentity, name, disabled }))
  const list = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as f(id text, native text, name text, disabled boolean)`
  const ownerOf = sql`(select i.id from identity i where lower(i.alias) = lower(f.native))`
  const created = await sql`
    insert into account (id, source_id, native_identity, identity_id, name, disabled, present, seen_in, created_at, modified_at)
    select f.id, ${sync.source.id}, f.native, ${ownerOf}, f.name, f.disabled, true, ${sync.id}, ${tx.now}::timestamptz, ${tx.now}::timestamptz
    from ${list} on conflict (source_id, native_identity) do nothing`.execute(tx.sql)
  const { rows: accounts } = await sql<KnownAccount>`
    update account a set present = true, disabled = f.disabled, name = f.name, seen_in = ${sync.id},
      identity_id = case when ${sync.isFirst} then coalesce(a.identity_id, ${ownerOf}) else a.identity_id end
    from ${list} where a.source_id = ${sync.source.id} and a.native_identity = f.native
    returning a.id, a.native_identity as "nativeIdentity", a.identity_id as "identityId"`.execute(tx.sql)
  return { accounts, created: Number(created.numAffectedRows ?? 0n) }
}

/**
 * What is known of the values of these accounts, by account. `touchedSince`: what a step of ours touched since then counts as under way;
 * null when the account is ours alone and was read a moment ago.
 */
export async function listKnownValues(tx: Tx, accountIds: string[], touchedSince: Date | null): Promise<Map<string, KnownValue[]>> {
  const { rows } = await sql<KnownValue & { accountId: string }>`
    select g.account_id as "accountId", g.id as "grantId", g.entitlement_id as "entitlementId", e.attribute, e.value, g.present,
      exists (select from assignment_grant ag join assignment a on a.id = ag.assignment_id where ag.grant_id = g.id and a.state <> 'ENDED') as held,
      exists (select from assignment_grant ag join assignment a on a.id = ag.assignment_id where ag.grant_id = g.id and a.state = 'ACTIVE') as needed,
      (exists (select from provisioning_step p where p.grant_id = g.id and p.state in ('INTENDED', 'SENT', 'BY_HAND'))
        or coalesce(g.touched_at >= ${touchedSince}::timestamptz, false)) as "underWay",
      (select json_build_object('id', d.id, 'kind', d.kind) from source_drift d where d.grant_id = g.id and d.state = 'OPEN') as drift,
      coalesce((select d.state = 'REVERTED' from source_drift d where d.grant_id = g.id order by d.id desc limit 1), false) as "wasReverted"
    from access_grant g join access_item e on e.id = g.entitlement_id where g.account_id = any(${accountIds}::text[]) order by g.id`.execute(
    tx.sql,
  )
  const byAccount = new Map<string, KnownValue[]>(accountIds.map((id) => [id, []]))
  for (const { accountId, ...known } of rows) byAccount.get(accountId)?.push(known)
  return byAccount
}

/** A value that was found on an account and that nothing was known of. */
export interface FoundGrant {
  id: string
  accountId: string
  entitlementId: string
}

/** Notes values that are there. */
export async function insertFoundGrants(tx: Tx, grants: FoundGrant[]): Promise<void> {
  if (grants.length === 0) return
  const rows = grants.map(({ id, accountId, entitlementId }) => ({ id, account_id: accountId, entitlement_id: entitlementId }))
  await tx.sql
    .insertInto('access_grant')
    .values(rows.map((row) => ({ ...row, present: true, checked_at: tx.now, created_at: tx.now })))
    .execute()
}

/** Notes what a reading has shown of values that were thought to be otherwise. */
export async function markGrants(tx: Tx, grantIds: string[], present: boolean): Promise<void> {
  if (grantIds.length === 0) return
  await tx.sql.updateTable('access_grant').set({ present, checked_at: tx.now }).where('id', 'in', grantIds).execute()
}

/** Makes what was found on an account the access of its owner. */
export async function insertImported(tx: Tx, found: { grantId: string }[], newId: () => string): Promise<void> {
  if (found.length === 0) return
  const rows = found.map(({ grantId }) => ({ id: newId(), grant: grantId }))
  const list = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as f(id text, "grant" text)`
  await sql`
    insert into assignment (id, identity_id, item_type, item_id, origin, state, account_id, created_at, modified_at)
    select f.id, c.identity_id, 'ENTITLEMENT', g.entitlement_id, 'IMPORTED', 'ACTIVE', c.id, ${tx.now}::timestamptz, ${tx.now}::timestamptz
    from ${list} join access_grant g on g.id = f."grant" join account c on c.id = g.account_id`.execute(tx.sql)
  await sql`insert into assignment_grant (assignment_id, grant_id) select f.id, f."grant" from ${list}`.execute(tx.sql)
}

/** Accounts of a source that were there and that this reading has not seen; a page of them, by id. */
export async function listUnseenAccounts(reader: Reader, sync: BegunSync, after: string, limit: number): Promise<KnownAccount[]> {
  const { rows } = await sql<KnownAccount>`
    select id, native_identity as "nativeIdentity", identity_id as "identityId" from account
    where source_id = ${sync.source.id} and present and seen_in is distinct from ${sync.id} and id > ${after}
    order by id limit ${limit}`.execute(reader)
  return rows
}

/** Notes that an account is gone from its target. */
export async function markAccountGone(tx: Tx, accountId: string): Promise<void> {
  await tx.sql.updateTable('account').set({ present: false, modified_at: tx.now }).where('id', '=', accountId).execute()
}
