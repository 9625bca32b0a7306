import type { RowOf } from '../../api/types.ts'
import type { Tone } from '../../parts/badges.tsx'
import type { Say } from '../../text/text.tsx'

export type Task = RowOf<'listWorkItems'>

export const stateTones: Record<Task['state'], Tone> = {
  Finished: 'good',
  Rejected: 'bad',
  Returned: 'neutral',
  Expired: 'warn',
  Pending: 'busy',
  Canceled: 'neutral',
}

/** As the server describes what is to be done. */
const described =
  /^(?<verb>Give|Take away) (?<value>.+) (?:to|from) account (?<account>.+) on (?<source>.+) \((?<item>.+) for (?<person>.+)\)\.$/s

/** What is to be done, in the reader's language; a task that is described otherwise says it in its own words. */
export function taskSentence(t: Say, { description }: Pick<Task, 'description'>): string {
  const { verb, ...values } = described.exec(description ?? '')?.groups ?? {}
  if (verb === undefined) return description ?? ''
  return t(verb === 'Give' ? 'tasks.give' : 'tasks.takeAway', values)
}
