import { expect } from 'vitest'

type Sql = (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>

/** One write that reached a target and changed something there. */
export interface EffectiveWrite {
  call: string
  nativeIdentity: string
  value?: string
}

/** What is at a target after all that was written there, as "account value". */
export function leftOf(writes: EffectiveWrite[]): string[] {
  const held = new Set<string>()
  for (const { call, nativeIdentity, value } of writes) {
    if (call === 'addValue') held.add(`${nativeIdentity} ${value}`)
    if (call === 'removeValue') held.delete(`${nativeIdentity} ${value}`)
  }
  return [...held].sort()
}

/** Whatever anybody is still to do, in a few words; an empty list means that all is settled. */
export async function unsettled(sql: Sql): Promise<string[]> {
  const rows = await sql(`
    select 'item ' || state as what, count(*)::int as n from requested_item where finished_at is null and state <> 'SCHEDULED' group by 1
    union all select 'assignment ' || state, count(*)::int from assignment where state in ('PENDING', 'ENDING') group by 1
    union all select 'step ' || state, count(*)::int from provisioning_step where state in ('INTENDED', 'SENT', 'BY_HAND') group by 1
    union all select 'job ' || name, count(*)::int from job where name <> 'send-notifications' group by 1`)
  return rows.map((row) => `${row['n']} ${row['what']}`)
}

/** Every try that has a time to wait for is due now: what would take minutes of real time takes none. */
export async function hurry(sql: Sql): Promise<void> {
  await sql(
    `update provisioning_step set retry_at = now() where state in ('INTENDED', 'SENT') and retry_at > now() and last_error is not null`,
  )
  await sql(`update source set paused_until = null where paused_until is not null`)
}

/** What live assignments come to, as "account value", for accounts whose names are like that. */
export async function union(sql: Sql, accounts = '%'): Promise<string[]> {
  const rows = await sql(
    `select distinct c.native_identity || ' ' || e.value as held from assignment a join assignment_grant ag on ag.assignment_id = a.id
    join access_grant g on g.id = ag.grant_id join account c on c.id = g.account_id join access_item e on e.id = g.entitlement_id
    join source s on s.id = c.source_id where a.state in ('PENDING', 'ACTIVE') and s.connector is not null and c.native_identity like $1`,
    [accounts],
  )
  return rows.map((row) => String(row['held'])).sort()
}

/**
 * The books of a product against the target's own: every acknowledged request is there and has ended, its record is whole, and no value was
 * put in place or taken away more often than a step asked for it.
 */
export async function balance(sql: Sql, acknowledged: string[], writes: EffectiveWrite[]): Promise<void> {
  const items = await sql('select request_id as id, state, finished_at from requested_item')
  const byRequest = new Map(items.map((row) => [row['id'], row]))
  const lost = acknowledged.filter((id) => !byRequest.has(id))
  expect(lost, 'acknowledged requests that are gone').toEqual([])
  expect(await unsettled(sql)).toEqual([])
  await balanceRecord(sql)
  await balanceWrites(sql, writes)
}

/** Whoever was asked for something is on record, and so is every end; a request that was tried again has ended once more often. */
async function balanceRecord(sql: Sql): Promise<void> {
  const unasked = await sql(`
    select request_id from requested_item except select tracking_number from audit_event where action like 'ACCESS%REQUESTED'`)
  expect(unasked, 'requests without a record of having been made').toEqual([])
  // Grouped once: to look at the record anew for each request takes minutes when there are ten thousand.
  const unended = await sql(`
    with ends as (
      select tracking_number as request_id, canonical::jsonb -> 'details' ->> 'requestedItemId' as id,
        count(*) filter (where action like '%REQUEST_PROCESSED')::int as processed,
        count(*) filter (where action like '%REQUEST_RETRIED')::int as retried
      from audit_event where action like '%REQUEST_PROCESSED' or action like '%REQUEST_RETRIED' group by 1, 2)
    select i.request_id, i.state, e.processed, e.retried from requested_item i left join ends e using (request_id, id)
    where i.state in ('PROVISIONED', 'PARTLY_PROVISIONED', 'FAILED', 'ERROR') and coalesce(e.processed, 0) <> coalesce(e.retried, 0) + 1`)
  expect(unended, 'requests whose ends are not on record once each').toEqual([])
  // What was asked for or held already is kept as cancelled from its first moment on: it never began.
  const unsaid = await sql(`
    select request_id, state from requested_item where state in ('CLOSED', 'CANCELLED', 'REJECTED') and finished_at > created_at
    except select tracking_number, coalesce(canonical::jsonb -> 'details' ->> 'result', substring(action from '[A-Z]+$')) from audit_event`)
  expect(unsaid, 'requests whose end without access is not on record').toEqual([])
  const undecided = await sql(`
    select id, state from approval where state in ('APPROVED', 'REJECTED') and decided_by is not null
    except select canonical::jsonb -> 'details' ->> 'approvalId', substring(action from '[A-Z]+$') from audit_event`)
  expect(undecided, 'decisions without a record').toEqual([])
  const unaskedSteps = await sql(`
    select id from provisioning_step where requested_item_id is null and state in ('DONE', 'FAILED')
    except select canonical::jsonb -> 'details' ->> 'stepId' from audit_event`)
  expect(unaskedSteps, 'steps that no request asked for, without a record of what became of them').toEqual([])
}

/** A value that is there cannot be put there again: what took effect alternates, and there is a step for each. */
async function balanceWrites(sql: Sql, writes: EffectiveWrite[]): Promise<void> {
  // A step that was given up and taken up again may write once more: what it had done in doubt was cleared away meanwhile.
  const steps = await sql(`
    with retried as (
      select canonical::jsonb -> 'details' ->> 'requestedItemId' as item, canonical::jsonb -> 'details' ->> 'assignmentId' as assignment
      from audit_event where action like '%RETRIED'),
    step as (
      select p.operation, c.native_identity || ' ' || e.value as held,
        1 + (select count(*) from retried r where r.item = p.requested_item_id or r.assignment = p.assignment_id) as times
      from provisioning_step p join access_grant g on g.id = p.grant_id join account c on c.id = g.account_id
      join access_item e on e.id = g.entitlement_id)
    select held, coalesce(sum(times) filter (where operation = 'ADD'), 0)::int as adds,
      coalesce(sum(times) filter (where operation = 'REMOVE'), 0)::int as removes from step group by held`)
  const asked = new Map(steps.map((row) => [String(row['held']), { adds: Number(row['adds']), removes: Number(row['removes']) }]))
  const done = new Map<string, { adds: number; removes: number }>()
  for (const { call, nativeIdentity, value } of writes) {
    if (value === undefined) continue
    const held = `${nativeIdentity} ${value}`
    const count = done.get(held) ?? { adds: 0, removes: 0 }
    if (call === 'addValue') count.adds++
    if (call === 'removeValue') count.removes++
    done.set(held, count)
  }
  const tooOften = [...done].filter(([held, { adds, removes }]) => {
    const wanted = asked.get(held) ?? { adds: 0, removes: 0 }
    return adds > wanted.adds || removes > wanted.removes || adds - removes > 1 || removes > adds
  })
  expect(tooOften, 'values that were written more often than anybody asked').toEqual([])
}
