import { createHash } from 'node:crypto'

/** What a target may do to a call. The first five leave it as it was, `slow` does what it is asked, the rest is worse. */
export type Mischief =
  /** 429 with Retry-After. */
  | 'busy'
  /** 409. */
  | 'conflict'
  /** 500. */
  | 'error'
  /** No answer, ever. */
  | 'hang'
  /** The connection breaks on the way there. */
  | 'drop'
  /** Does it, late. */
  | 'slow'
  /** Does it; the connection breaks on the way back. */
  | 'drop-after'
  /** Does it; no answer, ever. */
  | 'hang-after'
  /** The connection breaks, and then it does it all the same, late. */
  | 'late'
  /** Does the first half of it, then answers 500. */
  | 'half'
  /** Says that it did, and did not. The same call is not lied to twice running. */
  | 'lie'

const READ_MISCHIEF: Mischief[] = ['busy', 'error', 'hang', 'drop', 'slow']

export interface Misbehaviour {
  /** The same seed does the same to the same calls, in whatever order they come: what befalls the third PATCH of a group depends on nothing else. */
  seed: number
  /** How likely each is, per call, from 0 to 1; together at most 1. */
  rates: Partial<Record<Mischief, number>>
  /** How late an answer is at most, in milliseconds; 50 when left out. */
  slowMs?: number
  /** How late is at most what is done after it was given up, in milliseconds; 50 when left out. */
  lateMs?: number
  /** What is asked for with 429, in seconds; 0 when left out. */
  retryAfterSeconds?: number
}

/** A bad day with a little of everything: about every fifth call has trouble. */
export const BAD_DAY: Misbehaviour['rates'] = {
  busy: 0.03,
  conflict: 0.02,
  error: 0.03,
  hang: 0.005,
  drop: 0.03,
  slow: 0.03,
  'drop-after': 0.03,
  'hang-after': 0.005,
  late: 0.01,
  half: 0.02,
  lie: 0.02,
}

/** Returns what to do to each call in turn, undefined for nothing. A call is known by its key; a read is only ever refused, dropped or late. */
export function mischiefMaker({ seed, rates }: Misbehaviour): (key: string, isRead: boolean) => Mischief | undefined {
  const counts = new Map<string, number>()
  const before = new Map<string, Mischief | undefined>()
  return (key, isRead) => {
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    let drawn = chance(seed, `${key} ${count}`)
    const entries = Object.entries(rates) as Array<[Mischief, number]>
    const found = entries.find(([mischief, rate]) => {
      if (isRead && !READ_MISCHIEF.includes(mischief)) return false
      drawn -= rate
      return drawn < 0
    })?.[0]
    const mischief = found === 'lie' && before.get(key) === 'lie' ? undefined : found
    before.set(key, mischief)
    return mischief
  }
}

/** How late this one is, in milliseconds. */
export function lateness({ seed, slowMs = 50, lateMs = 50 }: Misbehaviour, mischief: 'slow' | 'late', key: string): number {
  return Math.round(chance(seed, `late ${key}`) * (mischief === 'slow' ? slowMs : lateMs))
}

function chance(seed: number, text: string): number {
  return createHash('sha256').update(`${seed} ${text}`).digest().readUInt32BE() / 2 ** 32
}
