import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Connector,
  type NewTargetAccount,
  type TargetAccount,
  type TargetEntitlement,
  TargetError,
  type TargetValue,
} from '../../src/ports.ts'
import { lateness, type Misbehaviour, type Mischief, mischiefMaker } from './misbehaviour.ts'

export type FakeCall = 'test' | 'readAccount' | FakeWrite['call'] | 'listAccounts' | 'listEntitlements'

/** One write that reached the fake, and whether it changed anything. */
export interface FakeWrite {
  call: 'createAccount' | 'addValue' | 'removeValue' | 'disableAccount' | 'enableAccount'
  nativeIdentity: string
  attribute?: string
  value?: string
  effective: boolean
}

interface Plan {
  when: 'before' | 'after' | 'late'
  calls: FakeCall[]
  error: TargetError
  left: number
  /** How late, in milliseconds. */
  lateMs?: number
}

const WRITES: FakeCall[] = ['createAccount', 'addValue', 'removeValue', 'disableAccount', 'enableAccount']
const READS: FakeCall[] = ['readAccount', 'test', 'listAccounts', 'listEntitlements']

/** How long a call that hangs takes to be given up, in milliseconds. */
const PATIENCE_MS = 100

/** A target in memory. What it holds and what was written can be looked at; the next calls can be made to fail. */
export class FakeConnector implements Connector {
  readonly accounts = new Map<string, TargetAccount>()
  /** In the order in which they came. */
  readonly writes: FakeWrite[] = []
  /** How often each call was made, failed or not. */
  readonly calls: Array<{ call: FakeCall; nativeIdentity: string | undefined }> = []
  closed = false
  /** Runs before a call does anything: a place to wait, or to look. */
  onCall: (call: FakeCall, nativeIdentity: string | undefined) => void | Promise<void> = () => {}
  readonly #known: Record<string, string[]> | undefined
  #plans: Plan[] = []
  #byChance: ((call: FakeCall, subject: string) => Trouble | undefined) | undefined

  /** `known`: the values there are, per attribute; when left out, every value exists. */
  constructor(known?: Record<string, string[]>) {
    this.#known = known
  }

  /** The next `count` calls (of the kinds named) fail and do nothing. */
  failNext(
    count: number,
    error: TargetError = new TargetError('unreachable', 'no answer'),
    calls: FakeCall[] = [...WRITES, ...READS],
  ): void {
    this.#plans.push({ when: 'before', calls, error, left: count })
  }

  /** The next `count` writes are applied and fail nevertheless: the answer was lost. */
  failAfterApplying(
    count: number,
    error: TargetError = new TargetError('unreachable', 'the connection broke'),
    calls: FakeCall[] = WRITES,
  ): void {
    this.#plans.push({ when: 'after', calls, error, left: count })
  }

  /** The next `count` writes fail at once, and are applied when whoever sent them has long given them up. */
  applyLate(count: number, lateMs: number, calls: FakeCall[] = WRITES): void {
    this.#plans.push({ when: 'late', calls, error: new TargetError('unreachable', 'the connection broke'), left: count, lateMs })
  }

  /** From now on any call may meet trouble, by chance; what was planned for it goes first. */
  misbehave(how: Misbehaviour): void {
    const make = mischiefMaker(how)
    this.#byChance = (call, subject) => {
      const mischief = make(`${call} ${subject}`, READS.includes(call))
      return mischief === undefined ? undefined : { mischief, how }
    }
  }

  /** Forgets the failures that are planned, and behaves. */
  heal(): void {
    this.#plans = []
    this.#byChance = undefined
  }

  /** The values an account has now, empty when there is no account. */
  valuesOf(nativeIdentity: string, attribute: string): string[] {
    return this.accounts.get(nativeIdentity)?.values[attribute] ?? []
  }

  test(): Promise<void> {
    return this.#do('test', undefined, () => {})
  }

  readAccount(nativeIdentity: string): Promise<TargetAccount | undefined> {
    return this.#do('readAccount', nativeIdentity, () => structuredClone(this.accounts.get(nativeIdentity)))
  }

  createAccount({ nativeIdentity, displayName }: NewTargetAccount): Promise<void> {
    return this.#write('createAccount', nativeIdentity, '', (isHalf) => {
      const effective = !this.accounts.has(nativeIdentity)
      const name = isHalf ? '' : displayName
      if (effective) this.accounts.set(nativeIdentity, { nativeIdentity, name, disabled: false, values: {} })
      this.writes.push({ call: 'createAccount', nativeIdentity, effective })
    })
  }

  addValue({ nativeIdentity, attribute, value }: TargetValue): Promise<void> {
    return this.#write('addValue', nativeIdentity, value, () => {
      const account = this.accounts.get(nativeIdentity)
      if (account === undefined) throw new TargetError('refused', `the target has no account '${nativeIdentity}'`)
      if (this.#known !== undefined && !this.#known[attribute]?.includes(value)) {
        throw new TargetError('refused', `the target has no value '${value}' of '${attribute}'`)
      }
      const before = account.values[attribute] ?? []
      account.values[attribute] = [...new Set([...before, value])].sort()
      this.writes.push({ call: 'addValue', nativeIdentity, attribute, value, effective: !before.includes(value) })
    })
  }

  removeValue({ nativeIdentity, attribute, value }: TargetValue): Promise<void> {
    return this.#write('removeValue', nativeIdentity, value, () => {
      const account = this.accounts.get(nativeIdentity)
      const before = account?.values[attribute] ?? []
      if (account !== undefined) account.values[attribute] = before.filter((one) => one !== value)
      this.writes.push({ call: 'removeValue', nativeIdentity, attribute, value, effective: before.includes(value) })
    })
  }

  disableAccount(nativeIdentity: string): Promise<void> {
    return this.#switch('disableAccount', nativeIdentity, true)
  }

  enableAccount(nativeIdentity: string): Promise<void> {
    return this.#switch('enableAccount', nativeIdentity, false)
  }

  async *listAccounts(): AsyncGenerator<TargetAccount> {
    yield* await this.#do('listAccounts', undefined, () => structuredClone([...this.accounts.values()]))
  }

  /** The values it knows; one that takes every value lists those that somebody has. */
  async *listEntitlements(): AsyncGenerator<TargetEntitlement> {
    const values = this.#known ?? merged([...this.accounts.values()].map((account) => account.values))
    const entitlements = Object.entries(values).flatMap(([attribute, list]) =>
      list.map((value) => ({ attribute, value, name: value, description: null })),
    )
    yield* await this.#do('listEntitlements', undefined, () => entitlements)
  }

  async close(): Promise<void> {
    this.closed = true
  }

  #switch(call: 'disableAccount' | 'enableAccount', nativeIdentity: string, disabled: boolean): Promise<void> {
    return this.#write(call, nativeIdentity, '', () => {
      const account = this.accounts.get(nativeIdentity)
      if (account === undefined && !disabled) throw new TargetError('refused', `the target has no account '${nativeIdentity}'`)
      const effective = account !== undefined && account.disabled !== disabled
      if (account !== undefined) account.disabled = disabled
      this.writes.push({ call, nativeIdentity, effective })
    })
  }

  #write(call: FakeWrite['call'], nativeIdentity: string, value: string, work: (isHalf: boolean) => void): Promise<void> {
    const subject = `${nativeIdentity} ${value}`
    return this.#do(call, nativeIdentity, (mischief) => (mischief === 'lie' ? undefined : work(mischief === 'half')), subject)
  }

  async #do<T>(
    call: FakeCall,
    nativeIdentity: string | undefined,
    work: (mischief?: Mischief) => T,
    subject = nativeIdentity ?? '',
  ): Promise<T> {
    this.calls.push({ call, nativeIdentity })
    await this.onCall(call, nativeIdentity)
    const plan = this.#plans.find((one) => one.left > 0 && one.calls.includes(call))
    if (plan !== undefined) plan.left--
    if (plan?.when === 'late') doLate(work, plan.lateMs ?? 0)
    if (plan?.when === 'before' || plan?.when === 'late') throw plan.error
    const trouble = plan === undefined ? this.#byChance?.(call, subject) : undefined
    if (trouble?.mischief === 'late') doLate(work, lateness(trouble.how, 'late', `${call} ${subject}`))
    if (trouble !== undefined) await meet(trouble, `${call} ${subject}`)
    const result = work(trouble?.mischief)
    if (plan?.when === 'after') throw plan.error
    if (trouble !== undefined) await endIn(trouble)
    return result
  }
}

interface Trouble {
  mischief: Mischief
  how: Misbehaviour
}

/** What comes before the call does anything. */
async function meet({ mischief, how }: Trouble, key: string): Promise<void> {
  if (mischief === 'busy') throw new TargetError('busy', 'a bad day: busy', (how.retryAfterSeconds ?? 0) * 1000)
  if (mischief === 'conflict' || mischief === 'error') throw new TargetError('failed', `a bad day: ${mischief}`)
  if (mischief === 'drop' || mischief === 'late') throw new TargetError('unreachable', `a bad day: ${mischief}`)
  if (mischief === 'slow') await sleep(lateness(how, 'slow', key))
  if (mischief === 'hang') await giveUp()
}

/** What comes after the call did its work. */
async function endIn({ mischief }: Trouble): Promise<void> {
  if (mischief === 'half') throw new TargetError('failed', 'a bad day: half')
  if (mischief === 'drop-after') throw new TargetError('unreachable', 'a bad day: drop-after')
  if (mischief === 'hang-after') await giveUp()
}

/** Nobody hears any more what comes of it. */
function doLate(work: () => unknown, lateMs: number): void {
  setTimeout(() => {
    try {
      work()
    } catch (error) {
      if (!(error instanceof TargetError)) throw error
    }
  }, lateMs)
}

async function giveUp(): Promise<never> {
  await sleep(PATIENCE_MS)
  throw new TargetError('unreachable', `a bad day: no answer within ${PATIENCE_MS} ms`)
}

function merged(all: Array<Record<string, string[]>>): Record<string, string[]> {
  const values: Record<string, Set<string>> = {}
  for (const [attribute, list] of all.flatMap(Object.entries<string[]>)) {
    values[attribute] = new Set([...(values[attribute] ?? []), ...list])
  }
  return Object.fromEntries(Object.entries(values).map(([attribute, list]) => [attribute, [...list]]))
}
