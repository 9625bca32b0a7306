import { step as stepLife } from '../domain/lifecycle.ts'
import { type Attempt, type AttemptTrace, isInDoubt, patienceMs, planAttempt, restMs, retryDelayMs } from '../domain/provisioning.ts'
import { type Connector, type NewTargetAccount, type TargetAccount, TargetError } from '../ports.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { insertDrift } from '../store/drift.ts'
import { endJob, type JobLease } from '../store/jobs.ts'
import {
  doubtAdditions,
  doubtGrant,
  dropAssignmentGrant,
  endStep,
  failStep,
  leaseForStep,
  lockStep,
  noteGrant,
  pauseSource,
  postponeStep,
  returnAccount,
  type StepFacts,
} from '../store/provisioning.ts'
import type { Context } from './context.ts'
import { endHeldAccess } from './end-held-access.ts'
import { theSystem } from './item-event.ts'
import { ACCOUNT_LEASE_MS, whileLeased } from './lease-account.ts'
import { settleAssignment, settleItem } from './settle-item.ts'

/** What running a step needs beside the database. */
export interface StepContext extends Context {
  /** Opens the connector of a source; refuses (TargetError) when its settings are missing or broken. */
  connectorFor(source: StepFacts['source']): Connector
  /** After this long without success, in milliseconds of real time, a step fails for good. */
  giveUpAfterMs: number
  random(): number
}

export type StepOutcome = 'settled' | 'busy'

/**
 * Takes a step's id and makes one attempt: intent is stored, the target is read, called when it must change, and read again; only a read
 * that shows the wanted state ends the step. Returns 'busy' when another worker has the account, or something was in the way: try again soon; otherwise the job that this was
 * has ended with it. Running it twice is safe.
 */
export async function runStep(context: StepContext, stepId: string, job?: JobLease): Promise<StepOutcome> {
  const lease = context.ids.next()
  const begun = await begin(context, stepId, lease, job)
  if (begun === 'settled') return begun
  if ('overdueId' in begun) {
    // What has passed its end is not put in place any more: with its assignment the step falls, and if the end was put off meanwhile it goes on.
    await endHeldAccess(context, begun.overdueId)
    return 'busy'
  }
  if (!(await begun.leased)) return 'busy'
  const found = await whileLeased(context.db, begun.facts.accountId, lease, () => attempt(context, begun))
  await conclude(context, begun, lease, found, job)
  return 'settled'
}

/** A step whose account is ours for now, and what is to be done with it. */
interface Begun {
  /** As they were before this attempt. */
  facts: StepFacts
  todo: Extract<Attempt, 'call' | 'look'>
  /** False when another worker has the account; then nothing was noted. */
  leased: Promise<boolean>
}

/** The assignment that a step adds to, when its end date has passed. */
interface Overdue {
  overdueId: string
}

async function begin(
  { db, ids }: StepContext,
  stepId: string,
  lease: string,
  job: JobLease | undefined,
): Promise<Begun | Overdue | 'settled'> {
  return db.transaction(async (tx) => {
    const facts = await lockStep(tx, stepId)
    if (!facts || !stepLife.can(facts.state, 'send')) {
      endJob(tx, job)
      return 'settled'
    }
    if (facts.operation === 'ADD' && facts.isOver && facts.assignmentId !== null) return { overdueId: facts.assignmentId }
    const todo = planAttempt(facts.operation, facts.needed, facts.item?.state === 'CLOSED')
    if (todo === 'keep' || todo === 'drop') {
      await endStep(tx, facts.id, stepLife.next(facts.state, todo === 'keep' ? 'confirm' : 'drop'), false, null)
      if (todo === 'keep') await doubtAdditions(tx, facts.grantId)
      await settle(tx, facts, 'kept', ids)
      endJob(tx, job)
      return 'settled'
    }
    return { facts, todo, leased: leaseForStep(tx, facts, lease, ACCOUNT_LEASE_MS) }
  })
}

/**
 * What an attempt has found: the target is as wanted, or not (a look changes nothing), or why nobody can say. `waitedMs`: how long ago a change
 * was sent.
 */
type Found =
  | { as: 'wanted' | 'not wanted' }
  | { as: 'trouble'; failure: TargetError; trace: AttemptTrace; taken: boolean; waitedMs: number }

const NOT_SHOWN = 'The target took the change but a read does not show it yet.'

/** Talks to the target, outside every transaction: reads it, changes what is not as wanted, and reads it again. */
async function attempt(context: StepContext, { facts, todo }: Begun): Promise<Found> {
  let stage: 'reading' | 'sending' | 'checking' = 'reading'
  let begunAt = performance.now()
  try {
    const connector = context.connectorFor(facts.source)
    const account = await connector.readAccount(facts.nativeIdentity)
    if (isAsWanted(account, facts)) return { as: 'wanted' }
    if (todo === 'look') return { as: 'not wanted' }
    stage = 'sending'
    begunAt = performance.now()
    await send(connector, facts, account)
    stage = 'checking'
    if (isAsWanted(await connector.readAccount(facts.nativeIdentity), facts)) return { as: 'wanted' }
    throw new TargetError('failed', NOT_SHOWN)
  } catch (failure) {
    if (!(failure instanceof TargetError)) throw failure
    const wasRefused = stage === 'sending' && (failure.kind === 'refused' || failure.kind === 'busy')
    const trace = { read: stage !== 'reading', sentInDoubt: stage !== 'reading' && !wasRefused }
    return { as: 'trouble', failure, trace, taken: stage === 'checking', waitedMs: performance.now() - begunAt }
  }
}

function isAsWanted(account: TargetAccount | undefined, { attribute, value, operation }: StepFacts): boolean {
  const isThere = account?.values[attribute]?.includes(value) ?? false
  return isThere === (operation === 'ADD')
}

async function send(connector: Connector, facts: StepFacts, account: TargetAccount | undefined): Promise<void> {
  if (facts.operation === 'REMOVE') return connector.removeValue(facts)
  if (!account) await connector.createAccount(newAccount(facts))
  await connector.addValue(facts)
}

function newAccount({ nativeIdentity, holder }: StepFacts): NewTargetAccount {
  return {
    nativeIdentity,
    displayName: holder?.name ?? nativeIdentity,
    firstName: holder?.firstName ?? '',
    lastName: holder?.lastName ?? '',
    email: holder?.email ?? null,
  }
}

async function conclude(context: StepContext, begun: Begun, lease: string, found: Found, job: JobLease | undefined): Promise<void> {
  await context.db.transaction(async (tx) => {
    endJob(tx, job)
    const { id, accountId } = begun.facts
    const rest = found.as === 'trouble' && found.trace.sentInDoubt ? restMs(found.waitedMs) : 0
    const [facts, isOurs] = await Promise.all([lockStep(tx, id), returnAccount(tx, accountId, lease, rest)])
    // Whoever lost the lease says nothing: another worker has the account and reads the truth for itself.
    if (!isOurs || !facts || facts.state !== 'SENT') return
    if (found.as === 'trouble') {
      await noteTrouble(tx, context, facts, begun, found)
      return
    }
    if (found.as === 'wanted') {
      await endStep(tx, facts.id, stepLife.next(facts.state, 'confirm'), true, null)
      await noteGrant(tx, facts.grantId, facts.accountId, facts.operation === 'ADD')
    } else {
      // It was closed before the target had done it, so it stays undone.
      await endStep(tx, facts.id, stepLife.next(facts.state, 'drop'), true, null)
      await noteGrant(tx, facts.grantId, facts.accountId, facts.operation === 'REMOVE')
      if (facts.operation === 'ADD' && facts.assignmentId !== null) await dropAssignmentGrant(tx, facts.assignmentId, facts.grantId)
    }
    await settle(tx, facts, 'done', context.ids)
  })
}

async function noteTrouble(
  tx: Tx,
  context: StepContext,
  facts: StepFacts,
  begun: Begun,
  { failure, trace, taken }: Extract<Found, { as: 'trouble' }>,
): Promise<void> {
  const trouble = { error: failure.message, taken, inDoubt: isInDoubt(begun.facts.inDoubt, trace) }
  if (facts.operation === 'REMOVE' && trouble.inDoubt) await doubtGrant(tx, facts.grantId)
  // Only a target that is busy as a whole is left alone as a whole; whatever else names a time names it for this call.
  const asked = failure.retryAfterMs
  if (failure.kind === 'busy' && asked !== undefined) await pauseSource(tx, facts.source.id, patienceMs(asked))
  // A look goes on until the target has answered: nobody else would ever learn what it has.
  const hopeless = begun.todo === 'call' && (failure.kind === 'refused' || facts.tryingForMs > context.giveUpAfterMs)
  if (!hopeless) {
    await postponeStep(tx, facts.id, retryDelayMs(facts.attempts, context.random(), asked), trouble)
    if (facts.item) await settleItem(tx, facts.item, context.ids)
    return
  }
  await failStep(tx, facts.id, stepLife.next(facts.state, 'fail'), trouble)
  await settle(tx, facts, 'failed', context.ids)
}

/** What could not be removed from an account of nobody is drift as before: somebody has to see to it. */
async function reportAgain(tx: Tx, { grantId, source }: StepFacts, ids: Context['ids']): Promise<void> {
  await insertDrift(tx, [{ id: ids.next(), sourceId: source.id, grantId, kind: 'ADDED' }])
}

/** What became of a step that no request has asked for, in the words of the record, by why it was made. */
const endings = {
  DATE: { done: 'ACCESS_ENDED_BY_DATE', kept: 'ACCESS_KEPT_FOR_OTHER_ASSIGNMENT', failed: 'ACCESS_END_FAILED' },
  DOUBT: { done: 'ACCESS_CLEARED_AFTER_FAILURE', kept: 'ACCESS_KEPT_FOR_OTHER_ASSIGNMENT', failed: 'ACCESS_CLEARING_FAILED' },
  CONTENT: { done: 'ACCESS_CONTENT_SETTLED', kept: 'ACCESS_KEPT_FOR_OTHER_ASSIGNMENT', failed: 'ACCESS_CONTENT_FAILED' },
  DRIFT: { done: 'ACCESS_DRIFT_REVERTED', kept: 'ACCESS_DRIFT_SETTLED', failed: 'ACCESS_DRIFT_REVERT_FAILED' },
}

async function settle(tx: Tx, facts: StepFacts, ending: 'done' | 'kept' | 'failed', ids: Context['ids']): Promise<void> {
  if (facts.item) {
    await settleItem(tx, facts.item, ids)
    return
  }
  if (facts.assignmentId !== null) await settleAssignment(tx, facts.assignmentId, ids)
  else if (ending === 'failed') await reportAgain(tx, facts, ids)
  const event = {
    id: ids.next(),
    action: endings[facts.cause ?? 'DATE'][ending],
    actor: { id: theSystem.identityId, name: theSystem.name },
    target: { id: facts.accountId, name: facts.nativeIdentity },
    trackingNumber: null,
    details: {
      stepId: facts.id,
      operation: facts.operation,
      assignmentId: facts.assignmentId,
      attribute: facts.attribute,
      value: facts.value,
    },
  }
  await recordAudit(tx, [event])
}
