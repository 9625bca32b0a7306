import { sql } from 'kysely'
import type { StepState } from '../domain/lifecycle.ts'
import type { GrantPlan, HeldAccount, KnownGrant, NeededValue, NewStep, StepCause, StepStanding } from '../domain/provisioning.ts'
import type { Reader, Tx } from './db.ts'
import { lockItemOfStep, type RequestedItem } from './requested-items.ts'

/** The accounts a person has on these sources, oldest first. */
export async function listAccounts(reader: Reader, identityId: string, sourceIds: string[]): Promise<HeldAccount[]> {
  const { rows } = await sql<HeldAccount>`
    select id, source_id as "sourceId", native_identity as "nativeIdentity" from account
    where identity_id = ${identityId} and source_id = any(${sourceIds}::text[]) order by created_at, id`.execute(reader)
  return rows
}

/** The grants of these entitlements that are noted for any account of a person. */
export async function listGrants(reader: Reader, identityId: string, values: NeededValue[]): Promise<KnownGrant[]> {
  const { rows } = await sql<KnownGrant>`
    select g.id, g.account_id as "accountId", g.entitlement_id as "entitlementId" from access_grant g join account a on a.id = g.account_id
    where a.identity_id = ${identityId} and g.entitlement_id = any(${values.map((value) => value.entitlementId)}::text[])`.execute(reader)
  return rows
}

/**
 * Notes the accounts and grants a plan brings for a person. Another request may have noted the same ones a moment ago: then the whole plan is
 * made again.
 */
export async function insertGrantPlan(tx: Tx, plan: Pick<GrantPlan, 'newAccounts' | 'newGrants'>, identityId: string): Promise<void> {
  for (const account of plan.newAccounts) await noteAccount(tx, account, identityId)
  if (plan.newGrants.length > 0) {
    const rows = plan.newGrants.map((g) => ({
      id: g.id,
      account_id: g.accountId,
      entitlement_id: g.entitlementId,
      present: false,
      created_at: tx.now,
    }))
    tx.send(tx.sql.insertInto('access_grant').values(rows))
  }
}

/** Notes which grants an assignment needs. */
export async function linkGrants(tx: Tx, assignmentId: string, grantIds: string[]): Promise<void> {
  if (grantIds.length === 0) return
  const links = grantIds.map((grant_id) => ({ assignment_id: assignmentId, grant_id }))
  tx.send(tx.sql.insertInto('assignment_grant').values(links))
}

async function noteAccount(tx: Tx, account: GrantPlan['newAccounts'][number], identityId: string): Promise<void> {
  tx.send(
    tx.sql.insertInto('account').values({
      id: account.id,
      source_id: account.sourceId,
      native_identity: account.nativeIdentity,
      identity_id: identityId,
      name: account.nativeIdentity,
      present: false,
      created_at: tx.now,
      modified_at: tx.now,
    }),
  )
}

/** The account of a native identity on a source, whoever it belongs to. */
export async function findAccountByNativeIdentity(
  reader: Reader,
  sourceId: string,
  nativeIdentity: string,
): Promise<{ id: string; identityId: string | null } | undefined> {
  return reader
    .selectFrom('account')
    .select(['id', 'identity_id as identityId'])
    .where('source_id', '=', sourceId)
    .where('native_identity', '=', nativeIdentity)
    .executeTakeFirst()
}

/** Makes an account that belonged to nobody a person's. */
export async function linkAccount(tx: Tx, accountId: string, identityId: string): Promise<void> {
  tx.send(tx.sql.updateTable('account').set({ identity_id: identityId, modified_at: tx.now }).where('id', '=', accountId))
}

/** A grant of an assignment with what decides how its step is done. */
export interface AssignmentGrant {
  grantId: string
  accountId: string
  sourceId: string
  present: boolean
  byHand: boolean
  sourceOwnerId: string
  sourceName: string
  nativeIdentity: string
  attribute: string
  value: string
  /** True when a live assignment needs the value. */
  needed: boolean
}

/** The values an assignment needs, with what decides how each is put in place. */
export async function listGrantsOfAssignment(reader: Reader, assignmentId: string): Promise<AssignmentGrant[]> {
  const { rows } = await sql<AssignmentGrant>`
    select g.id as "grantId", g.account_id as "accountId", acc.source_id as "sourceId", g.present, s.connector is null as "byHand",
      s.owner_id as "sourceOwnerId", s.name as "sourceName", acc.native_identity as "nativeIdentity", e.attribute, e.value,
      ${neededGrant} as needed
    from assignment_grant ag join access_grant g on g.id = ag.grant_id
    join account acc on acc.id = g.account_id join source s on s.id = acc.source_id join access_item e on e.id = g.entitlement_id
    where ag.assignment_id = ${assignmentId} order by g.id`.execute(reader)
  return rows
}

const neededGrant = sql`exists (select 1 from assignment_grant n join assignment live on live.id = n.assignment_id
  where n.grant_id = g.id and live.state in ('PENDING', 'ACTIVE'))`

/** How long a step may lie before the sweep looks whether its job was lost. */
const SAFETY_NET = sql`now() + interval '30 seconds'`

/** True when an addition of the same value was given up and may have reached the target all the same. */
const addedInDoubt = (grantId: string) => sql<boolean>`exists (select from provisioning_step before
  where before.grant_id = ${grantId} and before.operation = 'ADD' and before.state = 'FAILED' and before.in_doubt)`

/** Stores steps; each is looked at again if its job should be lost. What is in doubt about an addition is in doubt about the next one, too. */
export async function insertSteps(
  tx: Tx,
  steps: (NewStep & { state: StepState })[],
  owner: { requestedItemId: string | null; assignmentId: string | null; cause?: StepCause },
): Promise<void> {
  if (steps.length === 0) return
  tx.send(
    tx.sql.insertInto('provisioning_step').values(
      steps.map((step) => ({
        id: step.id,
        requested_item_id: owner.requestedItemId,
        assignment_id: owner.assignmentId,
        grant_id: step.grantId,
        source_id: step.sourceId,
        account_id: step.accountId,
        operation: step.operation,
        state: step.state,
        in_doubt: step.operation === 'ADD' ? addedInDoubt(step.grantId) : false,
        cause: owner.cause ?? null,
        retry_at: SAFETY_NET as never,
        created_at: tx.now,
        modified_at: tx.now,
      })),
    ),
  )
}

export interface StepFacts {
  id: string
  state: StepState
  operation: 'ADD' | 'REMOVE'
  attempts: number
  /** Milliseconds of real time since the first try. */
  tryingForMs: number
  /** A change was sent and nobody knows what became of it. */
  inDoubt: boolean
  cause: StepCause | null
  requestedItemId: string | null
  /** Locked with it. */
  item: RequestedItem | undefined
  /** Null for a value on an account of nobody, which is no access of anybody's. */
  assignmentId: string | null
  grantId: string
  accountId: string
  source: { id: string; connector: string | null; connectorSettings: string | null }
  nativeIdentity: string
  attribute: string
  value: string
  holder: { name: string; firstName: string; lastName: string; email: string | null } | null
  needed: boolean
  /** The end date of the assignment it is for has passed, and nobody has ended it yet. */
  isOver: boolean
}

/** A step with all that an attempt needs, locked; the requested item, when there is one, is locked first. Undefined when there is none. */
export async function lockStep(tx: Tx, id: string): Promise<StepFacts | undefined> {
  const locking = lockItemOfStep(tx, id)
  const asking = sql<Omit<StepFacts, 'item'>>`
    select p.id, p.state, p.operation, p.attempts, p.in_doubt as "inDoubt", p.cause, p.requested_item_id as "requestedItemId",
      p.assignment_id as "assignmentId",
      coalesce(extract(epoch from now() - p.first_tried_at) * 1000, 0)::float as "tryingForMs",
      p.grant_id as "grantId", p.account_id as "accountId", acc.native_identity as "nativeIdentity", e.attribute, e.value,
      json_build_object('id', s.id, 'connector', s.connector, 'connectorSettings', s.connector_settings) as source,
      case when h.id is not null then
        json_build_object('name', h.name, 'firstName', h.first_name, 'lastName', h.last_name, 'email', h.email) end as holder,
      ${neededGrant} as needed,
      exists (select from assignment mine where mine.id = p.assignment_id and mine.state in ('PENDING', 'ACTIVE')
        and mine.end_at <= ${tx.now}) as "isOver"
    from provisioning_step p join access_grant g on g.id = p.grant_id join account acc on acc.id = p.account_id
    join source s on s.id = p.source_id join access_item e on e.id = g.entitlement_id left join identity h on h.id = acc.identity_id
    where p.id = ${id} for update of p`.execute(tx.sql)
  const [item, { rows }] = await Promise.all([locking, asking])
  return rows[0] && { ...rows[0], item }
}

/** Takes the account for one worker; false while another has it. The lease runs out by itself if the worker dies. */
export async function leaseAccount(tx: Tx, accountId: string, worker: string, leaseMs: number): Promise<boolean> {
  const result = await sql`
    update account set leased_by = ${worker}, leased_until = now() + ${leaseMs}::int * interval '1 ms'
    where id = ${accountId} and (leased_until is null or leased_until < now())`.execute(tx.sql)
  return result.numAffectedRows === 1n
}

/** Keeps the lease of a worker that is still at it. */
export async function renewAccountLease(reader: Reader, accountId: string, worker: string, leaseMs: number): Promise<void> {
  await sql`update account set leased_until = now() + ${leaseMs}::int * interval '1 ms' where id = ${accountId} and leased_by = ${worker}`.execute(
    reader,
  )
}

/**
 * Gives the account back, or leaves it to rest for so many milliseconds, during which nobody gets it; false when the lease was lost meanwhile, and
 * with it the right to say what was done.
 */
export async function returnAccount(tx: Tx, accountId: string, worker: string, restMs = 0): Promise<boolean> {
  const result = await sql`
    update account set leased_by = null, leased_until = case when ${restMs}::int > 0 then now() + ${restMs}::int * interval '1 ms' end
    where id = ${accountId} and leased_by = ${worker}`.execute(tx.sql)
  return result.numAffectedRows === 1n
}

/**
 * Takes a step's account for one worker and notes that the call is about to be made, before it is: from now on, until somebody says so, nobody
 * knows what became of it. False, and nothing is noted, while another worker has the account.
 */
export async function leaseForStep(
  tx: Tx,
  { id, accountId }: Pick<StepFacts, 'id' | 'accountId'>,
  worker: string,
  leaseMs: number,
): Promise<boolean> {
  const noted = await tx.send(sql`
    with leased as (
      update account set leased_by = ${worker}, leased_until = now() + ${leaseMs}::int * interval '1 ms'
      where id = ${accountId} and (leased_until is null or leased_until < now()) returning id)
    update provisioning_step p set state = 'SENT', attempts = p.attempts + 1, first_tried_at = coalesce(p.first_tried_at, now()),
      in_doubt = true, retry_at = ${SAFETY_NET}, modified_at = ${tx.now} from leased where p.id = ${id}`)
  return noted === 1
}

/** What is known of a step whose attempt did not end it. */
export interface StepTrouble {
  error: string
  /** The target took the change, and no read has shown it yet. */
  taken: boolean
  inDoubt: boolean
}

/** Ends a step. `verified` tells a read of the target from a person's word. */
export async function endStep(tx: Tx, id: string, state: StepState, verified: boolean, error: string | null): Promise<void> {
  tx.send(
    tx.sql
      .updateTable('provisioning_step')
      .set({ state, verified, retry_at: null, last_error: error, taken: false, in_doubt: false, modified_at: tx.now })
      .where('id', '=', id),
  )
}

/** Ends a step without success; it stays listed with what the target said. */
export async function failStep(tx: Tx, id: string, state: StepState, { error, taken, inDoubt }: StepTrouble): Promise<void> {
  tx.send(
    tx.sql
      .updateTable('provisioning_step')
      .set({ state, verified: false, retry_at: null, last_error: error, taken, in_doubt: inDoubt, modified_at: tx.now })
      .where('id', '=', id),
  )
}

/** Puts a step off; it stays visible with what the target said. */
export async function postponeStep(tx: Tx, id: string, delayMs: number, { error, taken, inDoubt }: StepTrouble): Promise<void> {
  tx.send(sql`
    update provisioning_step set retry_at = now() + ${delayMs}::int * interval '1 ms', last_error = ${error}, taken = ${taken},
      in_doubt = ${inDoubt}, modified_at = ${tx.now}
    where id = ${id}`)
}

/** Leaves the target of a source alone for a while, because it has asked for that. */
export async function pauseSource(tx: Tx, sourceId: string, forMs: number): Promise<void> {
  tx.send(sql`
    update source set paused_until = greatest(paused_until, now() + ${forMs}::int * interval '1 ms') where id = ${sourceId}`)
}

/** A value that never came to be is not part of the assignment any more. */
export async function dropAssignmentGrant(tx: Tx, assignmentId: string, grantId: string): Promise<void> {
  tx.send(tx.sql.deleteFrom('assignment_grant').where('assignment_id', '=', assignmentId).where('grant_id', '=', grantId))
}

/** Notes what a read of the target showed for a value, and that the account is there when the value is. */
export async function noteGrant(tx: Tx, grantId: string, accountId: string, present: boolean): Promise<void> {
  tx.send(sql`
    with seen as (update account set present = true where id = ${accountId} and not present and ${present}::boolean)
    update access_grant set present = ${present}, checked_at = ${tx.now}, touched_at = now() where id = ${grantId}`)
}

/** A value that may have been taken away is not taken for there any more: whoever needs it looks, and puts it back. */
export async function doubtGrant(tx: Tx, grantId: string): Promise<void> {
  tx.send(sql`update access_grant set present = false, touched_at = now() where id = ${grantId}`)
}

/**
 * A value that was left where it is for an addition that has not begun may be at the target because of that addition, now: should nothing
 * become of it, somebody has to look.
 */
export async function doubtAdditions(tx: Tx, grantId: string): Promise<void> {
  tx.send(sql`
    update provisioning_step set in_doubt = true, modified_at = ${tx.now}
    where grant_id = ${grantId} and operation = 'ADD' and state = 'INTENDED' and not in_doubt`)
}

/** Where the steps of a requested item stand, in the order in which they were made. */
export async function listStepStates(reader: Reader, requestedItemId: string): Promise<(StepStanding & { error: string | null })[]> {
  return reader
    .selectFrom('provisioning_step')
    .select(['state', 'taken', 'in_doubt as inDoubt', 'last_error as error'])
    .where('requested_item_id', '=', requestedItemId)
    .orderBy('id')
    .execute()
}

/** Steps whose next try is due (by real time), oldest first. */
export async function listDueSteps(reader: Reader, limit: number): Promise<StepToRun[]> {
  const { rows } = await sql<StepToRun>`
    select p.id, p.source_id as "sourceId", p.account_id as "accountId" from provisioning_step p
    where p.state in ('INTENDED', 'SENT') and p.retry_at <= now()
      and not exists (select 1 from job j where j.name = 'run-step' and j.key = p.id)
    order by p.retry_at limit ${limit}`.execute(reader)
  return rows
}

/** A step with the target it goes to. */
export interface StepToRun {
  id: string
  sourceId: string
  accountId: string
}

/** Drops what was still to be added for an assignment that ends; what was sent is read back by its removal. */
export async function withdrawAdditions(tx: Tx, assignmentId: string): Promise<{ id: string; requestedItemId: string | null }[]> {
  const { rows } = await sql<{ id: string; requestedItemId: string | null }>`
    update provisioning_step set state = 'DROPPED', retry_at = null, modified_at = ${tx.now}
    where assignment_id = ${assignmentId} and operation = 'ADD' and state in ('INTENDED', 'BY_HAND', 'FAILED')
    returning id, requested_item_id as "requestedItemId"`.execute(tx.sql)
  return rows
}

/**
 * Drops the steps of these items that were not sent. What was sent is left to be read back, and what was given up in doubt is taken up once
 * more for that.
 */
export async function dropUnsentSteps(tx: Tx, itemIds: string[]): Promise<void> {
  tx.send(sql`update provisioning_step set state = 'DROPPED', retry_at = null, modified_at = ${tx.now}
    where requested_item_id = any(${itemIds}::text[]) and state in ('INTENDED', 'BY_HAND', 'FAILED') and not in_doubt`)
  tx.send(sql`update provisioning_step p set state = 'INTENDED', retry_at = now(), attempts = 0, first_tried_at = null, modified_at = ${tx.now}
    where p.requested_item_id = any(${itemIds}::text[]) and p.state = 'FAILED' and p.in_doubt
      and exists (select from assignment a where a.id = p.assignment_id and a.state <> 'ENDED')`)
  // What was never put in place is not part of the assignment any more, so that target = union of assignments still holds.
  tx.send(sql`delete from assignment_grant ag using provisioning_step p
    where p.requested_item_id = any(${itemIds}::text[]) and p.state = 'DROPPED' and p.operation = 'ADD'
      and ag.assignment_id = p.assignment_id and ag.grant_id = p.grant_id`)
}
