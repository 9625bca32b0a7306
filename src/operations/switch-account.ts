import { planSwitch } from '../domain/account-switch.ts'
import { accountSwitch as switchLife } from '../domain/lifecycle.ts'
import { patienceMs, restMs, retryDelayMs } from '../domain/provisioning.ts'
import { TargetError } from '../ports.ts'
import { type LockedSwitch, lockSwitch, markSwitchSent, noteAccountDisabled, updateSwitch } from '../store/account-switches.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { leaseAccount, pauseSource, returnAccount } from '../store/provisioning.ts'
import type { Context } from './context.ts'
import { theSystem } from './item-event.ts'
import { ACCOUNT_LEASE_MS, whileLeased } from './lease-account.ts'
import type { StepContext } from './run-step.ts'

/**
 * Takes the id of a switch and makes one attempt: the account is read, disabled or enabled when it is not as wanted, and read again; only a
 * read that shows it ends the switch. Returns 'busy' when another worker has the account. Running it twice is safe.
 */
export async function switchAccount(context: StepContext, id: string): Promise<'settled' | 'busy'> {
  const lease = context.ids.next()
  const begun = await begin(context, id, lease)
  if (begun === 'busy' || begun === 'settled') return begun
  const begunAt = performance.now()
  const found = await whileLeased(context.db, begun.accountId, lease, () => attempt(context, begun))
  const rest = found instanceof TargetError && saysNothing(found) ? restMs(performance.now() - begunAt) : 0
  await context.db.transaction(async (tx) => {
    const now = await lockSwitch(tx, id)
    if (!(await returnAccount(tx, begun.accountId, lease, rest)) || now?.state !== 'SENT') return
    if (found instanceof TargetError) await noteTrouble(tx, context, now, found)
    else await noteDone(tx, context, now, found)
  })
  return 'settled'
}

async function begin({ db }: StepContext, id: string, lease: string): Promise<LockedSwitch | 'settled' | 'busy'> {
  return db.transaction(async (tx) => {
    const facts = await lockSwitch(tx, id)
    if (!facts || !switchLife.can(facts.state, 'send')) return 'settled'
    const todo = planSwitch(facts, facts.disable, facts.attempts > 0)
    if (todo === 'drop') {
      await updateSwitch(tx, id, { state: switchLife.next(facts.state, 'drop'), error: null })
      return 'settled'
    }
    if (!(await leaseAccount(tx, facts.accountId, lease, ACCOUNT_LEASE_MS))) return 'busy'
    const disable = todo === 'turn round' ? !facts.disable : facts.disable
    await markSwitchSent(tx, id, disable)
    return { ...facts, disable }
  })
}

/** Talks to the target, outside every transaction; returns what came of it. An account that is gone keeps nobody in, and is not for us to make. */
async function attempt(
  context: StepContext,
  { source, nativeIdentity, disable }: LockedSwitch,
): Promise<'changed' | 'was so' | TargetError> {
  try {
    const connector = context.connectorFor(source)
    const isAsWanted = async () => {
      const account = await connector.readAccount(nativeIdentity)
      return account === undefined || account.disabled === disable
    }
    if (await isAsWanted()) return 'was so'
    if (disable) await connector.disableAccount(nativeIdentity)
    else await connector.enableAccount(nativeIdentity)
    return (await isAsWanted()) ? 'changed' : new TargetError('failed', 'The target took the change but a read does not show it yet.')
  } catch (error) {
    if (error instanceof TargetError) return error
    throw error
  }
}

/** True when the target may have done what it was asked, or may still do it. */
function saysNothing({ kind }: TargetError): boolean {
  return kind !== 'refused' && kind !== 'busy'
}

/** That it is still as we had made it (a file may have said otherwise) is no news for the record. */
async function noteDone(tx: Tx, { ids }: Context, one: LockedSwitch, found: 'changed' | 'was so'): Promise<void> {
  await updateSwitch(tx, one.id, { state: switchLife.next(one.state, 'confirm'), error: null })
  await noteAccountDisabled(tx, one.accountId, one.disable)
  if (found === 'was so' && one.switchedOff === one.disable) return
  await recordAudit(tx, [eventOf(one, one.disable ? 'ACCOUNT_DISABLED' : 'ACCOUNT_ENABLED', ids)])
}

async function noteTrouble(tx: Tx, context: StepContext, one: LockedSwitch, failure: TargetError): Promise<void> {
  // Only a target that is busy as a whole is left alone as a whole; whatever else names a time names it for this call.
  const asked = failure.retryAfterMs
  if (failure.kind === 'busy' && asked !== undefined) await pauseSource(tx, one.source.id, patienceMs(asked))
  const isHopeless = failure.kind === 'refused' || one.tryingForMs > context.giveUpAfterMs
  if (!isHopeless) {
    const againInMs = retryDelayMs(one.attempts, context.random(), asked)
    await updateSwitch(tx, one.id, { state: one.state, error: failure.message, againInMs })
    return
  }
  await updateSwitch(tx, one.id, { state: switchLife.next(one.state, 'fail'), error: failure.message })
  const action = one.disable ? 'ACCOUNT_DISABLE_FAILED' : 'ACCOUNT_ENABLE_FAILED'
  await recordAudit(tx, [eventOf(one, action, context.ids, failure.message)])
}

function eventOf(
  { id, accountId, nativeIdentity, source }: LockedSwitch,
  action: string,
  ids: Context['ids'],
  error: string | null = null,
) {
  return {
    id: ids.next(),
    action,
    actor: { id: theSystem.identityId, name: theSystem.name },
    target: { id: accountId, name: nativeIdentity },
    trackingNumber: null,
    details: { switchId: id, sourceId: source.id, error },
  }
}
