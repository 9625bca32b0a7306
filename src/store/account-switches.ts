import { sql } from 'kysely'
import type { SwitchFacts } from '../domain/account-switch.ts'
import type { SwitchState } from '../domain/lifecycle.ts'
import type { Reader, Tx } from './db.ts'
import type { StepToRun } from './provisioning.ts'

/** Accounts that are to be disabled, or enabled again, at their targets. */

/** Which accounts are looked at: those of a source, or those of all. */
export interface SwitchScope {
  sourceId: string | undefined
}

/**
 * Notes for accounts of people who have left, and of those who are back, what is to be done about them, where nothing is noted yet; what was
 * given up and is not wanted any more is turned round. Returns how many were noted. What somebody else has disabled stays so, and
 * accounts of nobody are left alone.
 */
export async function noteSwitches(tx: Tx, { sourceId }: SwitchScope, newId: () => string): Promise<number> {
  const ofScope = sql`(${sourceId ?? null}::text is null or c.source_id = ${sourceId ?? null})`
  await sql`
    update account_switch w set disable = not w.disable, state = 'INTENDED', attempts = 1, first_tried_at = null, retry_at = now(), last_error = null
    from account c join identity i on i.id = c.identity_id join source s on s.id = c.source_id
    where c.id = w.account_id and w.state = 'FAILED' and ${ofScope} and w.disable <> (i.status = 'INACTIVE' and s.disables_leavers)`.execute(
    tx.sql,
  )
  const { rows } = await sql<{ id: string }>`
    select c.id from account c join identity i on i.id = c.identity_id join source s on s.id = c.source_id
    where ${ofScope} and s.connector is not null and c.present
      and ((i.status = 'INACTIVE' and s.disables_leavers and not c.disabled) or (i.status = 'ACTIVE' and c.switched_off))
      and not exists (select from account_switch w where w.account_id = c.id and w.state in ('INTENDED', 'SENT', 'FAILED'))`.execute(tx.sql)
  if (rows.length === 0) return 0
  const fresh = rows.map(({ id }) => ({ id: newId(), account: id }))
  await sql`
    insert into account_switch (id, account_id, source_id, disable, state, retry_at, created_at, modified_at)
    select f.id, c.id, c.source_id, i.status = 'INACTIVE', 'INTENDED', now(), ${tx.now}::timestamptz, ${tx.now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(fresh)}::jsonb) as f(id text, account text)
    join account c on c.id = f.account join identity i on i.id = c.identity_id
    on conflict do nothing`.execute(tx.sql)
  return rows.length
}

/** Switches whose next try is due (by real time), oldest first. */
export async function listDueSwitches(reader: Reader, limit: number): Promise<StepToRun[]> {
  const { rows } = await sql<StepToRun>`
    select w.id, w.source_id as "sourceId", w.account_id as "accountId" from account_switch w
    where w.state in ('INTENDED', 'SENT') and w.retry_at <= now()
      and not exists (select 1 from job j where j.name = 'switch-account' and j.key = w.id)
    order by w.retry_at limit ${limit}`.execute(reader)
  return rows
}

/** A switch with all that an attempt needs. */
export interface LockedSwitch extends SwitchFacts {
  id: string
  state: SwitchState
  disable: boolean
  attempts: number
  /** Milliseconds of real time since the first try. */
  tryingForMs: number
  accountId: string
  /** That it is disabled was our doing. */
  switchedOff: boolean
  nativeIdentity: string
  source: { id: string; connector: string | null; connectorSettings: string | null }
}

/** Locks a switch. */
export async function lockSwitch(tx: Tx, id: string): Promise<LockedSwitch | undefined> {
  const { rows } = await sql<LockedSwitch>`
    select w.id, w.state, w.disable, w.attempts, coalesce(extract(epoch from now() - w.first_tried_at) * 1000, 0)::float as "tryingForMs",
      w.account_id as "accountId", c.native_identity as "nativeIdentity", i.status = 'ACTIVE' as "ownerActive",
      s.disables_leavers as "disablesLeavers", c.switched_off as "switchedOff",
      json_build_object('id', s.id, 'connector', s.connector, 'connectorSettings', s.connector_settings) as source
    from account_switch w join account c on c.id = w.account_id join source s on s.id = w.source_id left join identity i on i.id = c.identity_id
    where w.id = ${id} for update of w`.execute(tx.sql)
  return rows[0]
}

/** Notes that the target is about to be asked. */
export async function markSwitchSent(tx: Tx, id: string, disable: boolean): Promise<void> {
  await sql`
    update account_switch set state = 'SENT', disable = ${disable}, attempts = attempts + 1, first_tried_at = coalesce(first_tried_at, now()),
      retry_at = now() + interval '30 seconds', modified_at = ${tx.now} where id = ${id}`.execute(tx.sql)
}

/** Ends a switch, or puts it off by so many milliseconds where it goes on. */
export async function updateSwitch(
  tx: Tx,
  id: string,
  { state, error, againInMs }: { state: SwitchState; error: string | null; againInMs?: number },
): Promise<void> {
  const retryAt = againInMs === undefined ? sql`null` : sql`now() + ${againInMs}::int * interval '1 ms'`
  await sql`
    update account_switch set state = ${state}, last_error = ${error}, retry_at = ${retryAt}, modified_at = ${tx.now} where id = ${id}`.execute(
    tx.sql,
  )
}

/** Notes what a read of the target has shown of an account; that it is disabled is ours from then on. */
export async function noteAccountDisabled(tx: Tx, accountId: string, disabled: boolean): Promise<void> {
  await tx.sql.updateTable('account').set({ disabled, switched_off: disabled, modified_at: tx.now }).where('id', '=', accountId).execute()
}

/** Takes up again what was given up at a source; returns the ids of the accounts. */
export async function retrySwitches(tx: Tx, sourceId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update account_switch set state = 'INTENDED', first_tried_at = null, retry_at = now(), modified_at = ${tx.now}
    where source_id = ${sourceId} and state = 'FAILED' returning account_id as id`.execute(tx.sql)
  return rows.map(({ id }) => id)
}
