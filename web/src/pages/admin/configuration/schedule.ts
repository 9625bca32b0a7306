import type { Timers } from './timers.ts'

/** What happens to an approval that nobody answers: the same rules as the server's, drawn before they are saved. */

/** Somebody holds the approval from one day to another; days are counted from when it was asked. */
export interface Round {
  /** 0: who was asked; 1 and 2: managers; 3: the fallback approver. */
  holder: 0 | 1 | 2 | 3
  from: number
  /** Undefined: until somebody answers. */
  until: number | undefined
  reminders: number[]
}

export interface Schedule {
  rounds: Round[]
  /** Undefined: nothing ends it. */
  endsAt: number | undefined
  /** How many days the picture shows. */
  horizon: number
}

const holders = [0, 1, 2, 3] as const

/** Takes complete timers; returns who holds it when, and when each of them is reminded. */
export function scheduleOf(timers: Timers): Schedule {
  const endsAt = timers.expires ? Number(timers.expireAfter) : undefined
  const rounds: Round[] = []
  const escalations = timers.escalates ? Number(timers.levels) : 0
  let from = 0
  for (const holder of holders.slice(0, escalations + 1)) {
    const lasts = holder > 0 && timers.escalateEvery.trim() !== '' ? Number(timers.escalateEvery) : Number(timers.escalateAfter)
    const handedOn = holder < escalations ? from + lasts : undefined
    const until = least(handedOn, endsAt)
    rounds.push({ holder, from, until, reminders: remindersIn(timers, from, until) })
    if (handedOn === undefined || (endsAt !== undefined && handedOn >= endsAt)) break
    from = handedOn
  }
  const last = Math.max(...rounds.flatMap(({ from: start, until, reminders }) => [start, until ?? 0, ...reminders]), endsAt ?? 0)
  // What has no end is seen to go on.
  return { rounds, endsAt, horizon: endsAt ?? Math.max(last * 1.25, last + 3) }
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return Math.min(a, b)
}

/** Everybody who holds it gets the reminders of their own; what is due together with a hand-over or the end is not sent. */
function remindersIn(timers: Timers, from: number, until: number | undefined): number[] {
  if (!timers.reminds) return []
  const moments = Array.from(
    { length: Number(timers.mostReminders) },
    (_, sent) => from + Number(timers.firstReminder) + sent * Number(timers.everyReminder),
  )
  return moments.filter((moment) => until === undefined || moment < until)
}

/** What happens, in the order of the days; all reminders of one person together. */
export type Happening =
  | { days: number[]; what: 'asked' | 'reminded' | 'escalated'; holder: Round['holder'] }
  | { days: number[]; what: 'ended' }

export function happeningsOf({ rounds, endsAt }: Schedule): Happening[] {
  const told = rounds.flatMap(({ holder, from, reminders }): Happening[] => [
    { days: [from], what: holder === 0 ? 'asked' : 'escalated', holder },
    ...(reminders.length === 0 ? [] : [{ days: reminders, what: 'reminded' as const, holder }]),
  ])
  return endsAt === undefined ? told : [...told, { days: [endsAt], what: 'ended' }]
}
