import type { AccountChoice } from './access-request.ts'
import { DomainError } from './errors.ts'
import { type AssignmentState, assignment as assignmentLife, type ItemState, item as itemLife, type StepState } from './lifecycle.ts'

/** What it takes to put access in place or take it away: plain plans over plain facts. */

/** One entitlement that an item comes down to. */
export interface NeededValue {
  entitlementId: string
  sourceId: string
}

export interface HeldAccount {
  id: string
  sourceId: string
  nativeIdentity: string
}

export interface KnownGrant {
  id: string
  accountId: string
  entitlementId: string
}

export interface ProvisionFacts {
  requestedItemId: string | null
  recipientAlias: string
  recipientId: string
  values: NeededValue[]
  /** The recipient's accounts on the sources of the values. */
  accounts: HeldAccount[]
  grants: KnownGrant[]
  accountSelection: AccountChoice[] | null
}

export interface NewStep {
  id: string
  grantId: string
  accountId: string
  sourceId: string
  operation: 'ADD' | 'REMOVE'
}

export interface GrantPlan {
  newAccounts: { id: string; sourceId: string; nativeIdentity: string }[]
  newGrants: KnownGrant[]
  /** Every grant the assignment needs, new ones included. */
  grantIds: string[]
  steps: NewStep[]
}

/**
 * Takes what an item comes down to and what the recipient has; returns the accounts and grants to note and one step per value.
 * A missing account is planned under the recipient's alias. Refuses a chosen account that is not the recipient's.
 */
export function planGrant(facts: ProvisionFacts, newId: () => string): GrantPlan {
  const plan: GrantPlan = { newAccounts: [], newGrants: [], grantIds: [], steps: [] }
  const accountOf = new Map<string, string>()
  for (const sourceId of new Set(facts.values.map((v) => v.sourceId))) {
    const account = chosenAccount(facts, sourceId) ?? { id: newId(), sourceId, nativeIdentity: facts.recipientAlias }
    if (!facts.accounts.some((a) => a.id === account.id)) plan.newAccounts.push(account)
    accountOf.set(sourceId, account.id)
  }
  for (const { entitlementId, sourceId } of facts.values) {
    const accountId = accountOf.get(sourceId) as string
    const known = facts.grants.find((g) => g.accountId === accountId && g.entitlementId === entitlementId)
    const grant = known ?? { id: newId(), accountId, entitlementId }
    if (!known) plan.newGrants.push(grant)
    plan.grantIds.push(grant.id)
    plan.steps.push({ id: newId(), grantId: grant.id, accountId, sourceId, operation: 'ADD' })
  }
  return plan
}

function chosenAccount(facts: ProvisionFacts, sourceId: string): HeldAccount | undefined {
  const here = facts.accounts.filter((account) => account.sourceId === sourceId)
  const choice = facts.accountSelection?.find((c) => c.sourceId === sourceId)?.accounts[0]
  if (!choice) return here[0]
  const chosen = here.find((account) => account.nativeIdentity === choice.nativeIdentity || account.id === choice.accountUuid)
  if (!chosen) throw new DomainError('invalid', 'the chosen account is not an account of the recipient on this source.', 'accountSelection')
  return chosen
}

/** What one attempt at a step should do, decided when it is about to be made. */
export type Attempt = 'call' | 'keep' | 'drop'

/**
 * Takes the step's operation and whether a live assignment needs the value now. A removal of what somebody still needs is done without a
 * call; an addition nobody needs any more is dropped. So the target always moves towards the union of live assignments.
 */
export function planAttempt(operation: 'ADD' | 'REMOVE', needed: boolean): Attempt {
  if (operation === 'REMOVE') return needed ? 'keep' : 'call'
  return needed ? 'call' : 'drop'
}

/**
 * Where a requested item stands once its steps do; undefined while steps are still being worked on. Dropped steps are those that nobody
 * needed any more: an item with nothing else was overtaken by a revoke and never came to be.
 */
export function itemStateAfter(current: ItemState, steps: StepState[]): ItemState | undefined {
  const counts = { open: 0, byHand: 0, failed: 0, done: 0, dropped: 0 }
  for (const state of steps) {
    if (state === 'INTENDED' || state === 'SENT') counts.open++
    else if (state === 'BY_HAND') counts.byHand++
    else if (state === 'FAILED') counts.failed++
    else if (state === 'DROPPED') counts.dropped++
    else counts.done++
  }
  if (counts.open > 0) return undefined
  if (counts.byHand > 0) return current === 'VERIFYING' ? undefined : itemLife.next(current, 'verify')
  if (counts.failed + counts.dropped === 0) return itemLife.next(current, 'provision')
  if (counts.done > 0) return itemLife.next(current, 'failPartly')
  return itemLife.next(current, counts.failed > 0 ? 'fail' : 'withdraw')
}

/**
 * Where an assignment stands once the steps for it do. One of which nothing could be put in place is no assignment; one whose removal was
 * stopped before anything went stays. Steps are those that add while it is PENDING, those that remove while it is ENDING.
 */
export function assignmentStateAfter(current: AssignmentState, steps: StepState[]): AssignmentState {
  if (steps.some((state) => state === 'INTENDED' || state === 'SENT' || state === 'BY_HAND')) return current
  const has = (state: StepState) => steps.includes(state)
  if (current === 'PENDING') return assignmentLife.next(current, steps.length === 0 || has('DONE') ? 'confirm' : 'drop')
  if (current !== 'ENDING' || has('FAILED')) return current
  return assignmentLife.next(current, has('DROPPED') ? 'keep' : 'confirm')
}

const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 5 * 60_000

/** Milliseconds until the next try: doubling, at most five minutes, spread by `random` (0..1), never sooner than the target asked. */
export function retryDelayMs(attempts: number, random: number, retryAfterMs = 0): number {
  const doubled = Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 20), LONGEST_RETRY_MS)
  return Math.max(retryAfterMs, Math.round(doubled * (0.5 + random / 2)))
}
