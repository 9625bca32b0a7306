import { step as stepLife } from '../domain/lifecycle.ts'
import { planAttempt, retryDelayMs } from '../domain/provisioning.ts'
import { type Connector, type NewTargetAccount, TargetError } from '../ports.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import {
  endStep,
  leaseAccount,
  lockStep,
  markStepSent,
  noteGrant,
  postponeStep,
  renewAccountLease,
  returnAccount,
  type StepFacts,
} from '../store/provisioning.ts'
import { lockRequestedItem } from '../store/requested-items.ts'
import type { Context } from './context.ts'
import { theSystem } from './item-event.ts'
import { settleAssignment, settleItem } from './settle-item.ts'

/** What running a step needs beside the database. */
export interface StepContext extends Context {
  /** Opens the connector of a source; refuses (TargetError) when its settings are missing or broken. */
  connectorFor(source: StepFacts['source']): Connector
  /** After this long without success, in milliseconds of real time, a step fails for good. */
  giveUpAfterMs: number
  random(): number
}

/** Short, so that the account of a worker that died is free soon; renewed while the worker lives. */
const ACCOUNT_LEASE_MS = 10_000
const RENEW_LEASE_MS = 3_000

export type StepOutcome = 'settled' | 'busy'

/**
 * Takes a step's id and makes one attempt: intent is stored, the target is read, called when it must change, and read again; only a read
 * that shows the wanted state ends the step. Returns 'busy' when another worker has the account: try again soon. Running it twice is safe.
 */
export async function runStep(context: StepContext, stepId: string): Promise<StepOutcome> {
  const lease = context.ids.next()
  const begun = await begin(context, stepId, lease)
  if (begun === 'busy' || begun === 'settled') return begun
  const failure = await whileLeased(context, begun.accountId, lease, () => attempt(context, begun))
  await conclude(context, begun, lease, failure)
  return 'settled'
}

async function begin({ db, ids }: StepContext, stepId: string, lease: string): Promise<StepFacts | StepOutcome> {
  return db.transaction(async (tx) => {
    const facts = await lockStep(tx, stepId)
    if (!facts || !stepLife.can(facts.state, 'send')) return 'settled'
    const todo = planAttempt(facts.operation, facts.needed)
    if (todo !== 'call') {
      await endStep(tx, facts.id, stepLife.next(facts.state, todo === 'keep' ? 'confirm' : 'drop'), false, null)
      await settle(tx, facts, 'kept', ids)
      return 'settled'
    }
    if (!(await leaseAccount(tx, facts.accountId, lease, ACCOUNT_LEASE_MS))) return 'busy'
    await markStepSent(tx, facts.id)
    return { ...facts, state: 'SENT', attempts: facts.attempts + 1 }
  })
}

/** Renews the lease while the target is at work. A renewal that fails costs nothing: whoever loses the lease says nothing. */
async function whileLeased<T>({ db }: StepContext, accountId: string, lease: string, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => void renewAccountLease(db.sql, accountId, lease, ACCOUNT_LEASE_MS).catch(() => undefined), RENEW_LEASE_MS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}

/** Talks to the target, outside every transaction; returns why it did not work, or undefined when a read has shown that it did. */
async function attempt(context: StepContext, facts: StepFacts): Promise<TargetError | undefined> {
  try {
    const connector = context.connectorFor(facts.source)
    const shown = await (facts.operation === 'ADD' ? add(connector, facts) : remove(connector, facts))
    return shown ? undefined : new TargetError('failed', 'The target took the change but a read does not show it yet.')
  } catch (error) {
    if (error instanceof TargetError) return error
    throw error
  }
}

async function has(connector: Connector, facts: StepFacts): Promise<boolean> {
  const account = await connector.readAccount(facts.nativeIdentity)
  return account?.values[facts.attribute]?.includes(facts.value) ?? false
}

async function add(connector: Connector, facts: StepFacts): Promise<boolean> {
  const account = await connector.readAccount(facts.nativeIdentity)
  if (account?.values[facts.attribute]?.includes(facts.value)) return true
  if (!account) await connector.createAccount(newAccount(facts))
  await connector.addValue(facts)
  return has(connector, facts)
}

async function remove(connector: Connector, facts: StepFacts): Promise<boolean> {
  if (!(await has(connector, facts))) return true
  await connector.removeValue(facts)
  return !(await has(connector, facts))
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

async function conclude(context: StepContext, begun: StepFacts, lease: string, failure: TargetError | undefined): Promise<void> {
  await context.db.transaction(async (tx) => {
    const facts = await lockStep(tx, begun.id)
    // Whoever lost the lease says nothing: another worker has the account and reads the truth for itself.
    if (!(await returnAccount(tx, begun.accountId, lease)) || !facts || facts.state !== 'SENT') return
    if (failure) {
      await noteFailure(tx, context, facts, failure)
      return
    }
    await endStep(tx, facts.id, stepLife.next(facts.state, 'confirm'), true, null)
    await noteGrant(tx, facts.grantId, facts.accountId, facts.operation === 'ADD')
    await settle(tx, facts, 'gone', context.ids)
  })
}

async function noteFailure(tx: Tx, context: StepContext, facts: StepFacts, failure: TargetError): Promise<void> {
  const hopeless = failure.kind === 'refused' || facts.tryingForMs > context.giveUpAfterMs
  if (!hopeless) {
    await postponeStep(tx, facts.id, retryDelayMs(facts.attempts, context.random(), failure.retryAfterMs), failure.message)
    return
  }
  await endStep(tx, facts.id, stepLife.next(facts.state, 'fail'), false, failure.message)
  await settle(tx, facts, 'failed', context.ids)
}

/** What became of a step that no request but a date has asked for, in the words of the record. */
const endings = { gone: 'ACCESS_ENDED_BY_DATE', kept: 'ACCESS_KEPT_FOR_OTHER_ASSIGNMENT', failed: 'ACCESS_END_FAILED' }

async function settle(tx: Tx, facts: StepFacts, ending: keyof typeof endings, ids: Context['ids']): Promise<void> {
  if (facts.requestedItemId) {
    await settleItem(tx, await lockRequestedItem(tx, facts.requestedItemId), ids)
    return
  }
  await settleAssignment(tx, facts.assignmentId)
  const event = {
    id: ids.next(),
    action: endings[ending],
    actor: { id: theSystem.identityId, name: theSystem.name },
    target: { id: facts.accountId, name: facts.nativeIdentity },
    trackingNumber: null,
    details: { stepId: facts.id, assignmentId: facts.assignmentId, attribute: facts.attribute, value: facts.value },
  }
  await recordAudit(tx, [event])
}
