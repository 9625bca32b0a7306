import { DomainError } from './errors.ts'
import { type AccountChoice, isChosen } from './held.ts'
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
  recipientAlias: string
  values: NeededValue[]
  /** The recipient's accounts on the sources of the values. */
  accounts: HeldAccount[]
  grants: KnownGrant[]
  accountSelection: AccountChoice[] | null
  /** The account it is for by name, on whichever source has one. */
  nativeIdentity: string | null
}

export interface NewStep {
  id: string
  grantId: string
  accountId: string
  sourceId: string
  operation: 'ADD' | 'REMOVE'
}

/**
 * Why a step is made that no request asked for: an end date, something that a failed step may have left behind, drift put right, or another
 * content of what is held.
 */
export type StepCause = 'DATE' | 'DOUBT' | 'DRIFT' | 'CONTENT'

export interface GrantPlan {
  newAccounts: { id: string; sourceId: string; nativeIdentity: string }[]
  newGrants: KnownGrant[]
  /** Every grant the assignment needs, new ones included. */
  grantIds: string[]
  steps: NewStep[]
}

/**
 * Takes what an item comes down to and what the recipient has; returns the accounts and grants to note and one step per value.
 * A missing account is planned under the recipient's alias. Refuses a chosen or named account that is not the recipient's.
 */
export function planGrant(facts: ProvisionFacts, newId: () => string): GrantPlan {
  const plan: GrantPlan = { newAccounts: [], newGrants: [], grantIds: [], steps: [] }
  const accountOf = new Map<string, string>()
  if (facts.nativeIdentity !== null && !facts.accounts.some((account) => account.nativeIdentity === facts.nativeIdentity))
    throw new DomainError('invalid', 'the named account is not an account of the recipient.', 'nativeIdentity')
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
  const choice = facts.accountSelection?.find((c) => c.sourceId === sourceId && c.accounts.length > 0)
  if (!choice) return here.find((account) => account.nativeIdentity === facts.nativeIdentity) ?? here[0]
  const chosen = here.find((account) => isChosen(account, choice))
  if (!chosen) throw new DomainError('invalid', 'the chosen account is not an account of the recipient on this source.', 'accountSelection')
  return chosen
}

/**
 * What one attempt at a step should do, decided when it is about to be made. `look` reads the target and changes nothing there.
 */
export type Attempt = 'call' | 'look' | 'keep' | 'drop'

/**
 * Takes the step's operation, whether a live assignment needs the value now, and whether its request was closed. A removal of what somebody
 * still needs is done without a call; an addition nobody needs any more is dropped. So the target always moves towards the union of live
 * assignments. Of what was under way when its request was closed, only what became of it is found out.
 */
export function planAttempt(operation: 'ADD' | 'REMOVE', needed: boolean, closed = false): Attempt {
  if (operation === 'REMOVE' && needed) return 'keep'
  if (operation === 'ADD' && !needed) return 'drop'
  return closed ? 'look' : 'call'
}

/** What came of one attempt that did not end its step, as far as it says something about the target. */
export interface AttemptTrace {
  /** A read worked before anything was sent: what earlier attempts had done is known. */
  read: boolean
  /** A change was sent, and neither a refusal nor a read says what became of it. */
  sentInDoubt: boolean
}

/** True when nobody knows whether the target has what a step was to change. `before`: whether that was so when the attempt began. */
export function isInDoubt(before: boolean, { read, sentInDoubt }: AttemptTrace): boolean {
  return sentInDoubt || (before && !read)
}

/** A step as its item and its assignment see it. */
export interface StepStanding {
  state: StepState
  /** The target took the change, and no read has shown it yet. */
  taken: boolean
  /** A change was sent and nobody knows what became of it. */
  inDoubt: boolean
}

/**
 * Where a requested item stands once its steps moved; undefined when it stays where it is. While steps are worked on, it is VERIFYING when
 * the target took all that is still open. Dropped steps are those that nobody needed any more: an item with nothing else was overtaken by a
 * revoke and never came to be.
 */
export function itemStateAfter(current: ItemState, steps: Pick<StepStanding, 'state' | 'taken'>[]): ItemState | undefined {
  const open = steps.filter(isWaiting)
  if (open.length > 0) {
    const verifying = open.every((step) => step.state === 'SENT' && step.taken)
    if (verifying === (current === 'VERIFYING')) return undefined
    return itemLife.next(current, verifying ? 'verify' : 'resume')
  }
  const has = (state: StepState) => steps.some((step) => step.state === state)
  if (!has('FAILED') && !has('DROPPED')) return itemLife.next(current, 'provision')
  if (has('DONE')) return itemLife.next(current, 'failPartly')
  return itemLife.next(current, has('FAILED') ? 'fail' : 'withdraw')
}

/** True while something is still to be done, or to be found out, for a step. */
export function isWaiting({ state }: Pick<StepStanding, 'state'>): boolean {
  return state === 'INTENDED' || state === 'SENT' || state === 'BY_HAND'
}

/**
 * Where an assignment stands once the steps for it do. One of which nothing could be put in place is no assignment; it is ENDING while
 * something of it may be at the target all the same. One whose removal was stopped before anything went stays. Steps are those that add
 * while it is PENDING, those that remove while it is ENDING; of several for one value the last.
 */
export function assignmentStateAfter(current: AssignmentState, steps: Pick<StepStanding, 'state' | 'inDoubt'>[]): AssignmentState {
  if (steps.some(isWaiting)) return current
  const has = (state: StepState) => steps.some((step) => step.state === state)
  if (current === 'PENDING') {
    if (steps.length === 0 || has('DONE')) return assignmentLife.next(current, 'confirm')
    return assignmentLife.next(current, steps.some((step) => step.inDoubt) ? 'end' : 'drop')
  }
  if (current !== 'ENDING' || has('FAILED')) return current
  return assignmentLife.next(current, has('DROPPED') ? 'keep' : 'confirm')
}

const SHORTEST_REST_MS = 1_000
const LONGEST_REST_MS = 60_000

/**
 * How long an account is left alone, in milliseconds, after a call was waited for so long and nobody knows what became of it: as long again, at
 * least a second, at most a minute. Until then it may still reach the target, after whatever a read has shown.
 */
export function restMs(waitedMs: number): number {
  return Math.round(Math.min(Math.max(waitedMs, SHORTEST_REST_MS), LONGEST_REST_MS))
}

const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 5 * 60_000
/** What a target asks for beyond this is a mistake of the target's. */
const LONGEST_PATIENCE_MS = 24 * 3_600_000

/** How long a target that asked for patience is given it, in milliseconds: what it asked for, at most a day. */
export function patienceMs(retryAfterMs: number): number {
  return Math.min(Math.max(0, Math.round(retryAfterMs)), LONGEST_PATIENCE_MS)
}

/**
 * Milliseconds until the next try: doubling, at most five minutes, spread by `random` (0..1), never sooner than the target asked (but no
 * more than a day).
 */
export function retryDelayMs(attempts: number, random: number, retryAfterMs = 0): number {
  const doubled = Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 20), LONGEST_RETRY_MS)
  return Math.max(patienceMs(retryAfterMs), Math.round(doubled * (0.5 + random / 2)))
}
