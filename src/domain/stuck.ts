import type { ItemState } from './lifecycle.ts'
import { say } from './sentences.ts'

/** Why something has not moved, in words a person can act on. Pure: facts in, a reason out. */

export type StuckReason =
  | 'FAILED'
  | 'APPROVAL'
  | 'OUTSIDE_ANSWER'
  | 'START_OVERDUE'
  | 'MANUAL_WORK'
  | 'NOT_CONFIRMED'
  | 'TARGET_TROUBLE'
  | 'TARGET_PAUSED'
  | 'TARGET_FULL'
  | 'NO_WORKER'
  | 'OTHER_REQUEST'

/** The longest anybody should wait before it is looked at, in hours. */
export interface StuckAfter {
  /** For people: an approval, work by hand, an answer from outside. */
  peopleHours: number
  /** For machines: targets, workers. */
  machineHours: number
}

/** Three days for people, a quarter of an hour for machines. */
export const usualStuckAfter: StuckAfter = { peopleHours: 72, machineHours: 0.25 }

/** A step of it that is not done, the one that says most. */
export interface StuckStep {
  state: 'INTENDED' | 'SENT' | 'BY_HAND' | 'FAILED'
  operation: 'ADD' | 'REMOVE'
  attempts: number
  taken: boolean
  error: string | null
  sourceName: string
  nativeIdentity: string
  /** Real time. */
  retryAt: Date | null
  pausedUntil: Date | null
  /** All jobs that its target may have at a time are at work. */
  isTargetFull: boolean
}

export interface StuckFacts {
  /** Null for an assignment that is to be taken away and no request stands for. */
  state: ItemState | null
  problem: string | null
  startAt: Date | null
  /** It was to give or change something until a moment that has passed. */
  isOver: boolean
  waitsFor: { name: string }[]
  step: StuckStep | null
  /** A job for it lies there and nobody takes it. */
  hasIdleJob: boolean
  /** Real time. */
  now: Date
}

export interface WhyStuck {
  reason: StuckReason
  text: string
  /** True when trying it again by command may help. */
  canRetry: boolean
}

const failedStates: ItemState[] = ['FAILED', 'PARTLY_PROVISIONED', 'ERROR']

/** Takes what is known of something that has not moved; returns why, and whether a retry may help. */
export function whyStuck(facts: StuckFacts): WhyStuck {
  const { state, step, waitsFor } = facts
  if (state !== null && failedStates.includes(state)) return whyFailed(facts)
  if (step?.state === 'FAILED') return { reason: 'FAILED', text: failureText(facts), canRetry: true }
  if (state === 'AWAITING_APPROVAL')
    return { reason: 'APPROVAL', text: say('waitsForDecision', { names: namesOf(waitsFor) }), canRetry: false }
  if (state === 'AWAITING_SCREENING' || state === 'AWAITING_EXTRA_APPROVER')
    return { reason: 'OUTSIDE_ANSWER', text: say('waitsOutside'), canRetry: false }
  if (state === 'SCHEDULED') return { reason: 'START_OVERDUE', text: say('startOverdue', { at: at(facts.startAt) }), canRetry: false }
  if (state === null && !step && facts.problem !== null)
    return { reason: 'FAILED', text: say('triedAgain', { problem: facts.problem }), canRetry: false }
  return step ? whyStepWaits(step, facts) : whyNotBegun(facts)
}

function whyFailed(facts: StuckFacts): WhyStuck {
  if (!facts.isOver) return { reason: 'FAILED', text: failureText(facts), canRetry: true }
  return { reason: 'FAILED', text: failureText(facts), canRetry: false }
}

/** What failed, and where its end has passed, that trying again would help nobody. */
function failureText({ problem, step, isOver }: StuckFacts): string {
  if (!step && problem === null) return say(isOver ? 'itFailedEnded' : 'itFailed')
  if (!step) return isOver ? `${problem} Its end date has passed: ask for it again, or close it.` : `${problem}`
  const values = { source: step.sourceName, account: step.nativeIdentity, error: step.error ?? problem ?? 'no reason was given.' }
  if (step.operation === 'ADD') return say(isOver ? 'notGivenEnded' : 'notGiven', values)
  return say(isOver ? 'notTakenAwayEnded' : 'notTakenAway', values)
}

function whyStepWaits(step: StuckStep, { waitsFor, now, hasIdleJob }: StuckFacts): WhyStuck {
  const { sourceName, pausedUntil, error } = step
  if (step.state === 'BY_HAND') return { reason: 'MANUAL_WORK', text: say('waitsForWork', { names: namesOf(waitsFor) }), canRetry: false }
  if (pausedUntil && pausedUntil > now)
    return { reason: 'TARGET_PAUSED', text: say('targetPaused', { source: sourceName, until: at(pausedUntil) }), canRetry: true }
  if (error !== null && step.taken)
    return { reason: 'NOT_CONFIRMED', text: say('notConfirmed', { source: sourceName, count: String(step.attempts) }), canRetry: true }
  if (error !== null) return { reason: 'TARGET_TROUBLE', text: troubleOf(step, error), canRetry: true }
  if (step.isTargetFull) return { reason: 'TARGET_FULL', text: say('targetFull', { source: sourceName }), canRetry: false }
  if (step.state === 'SENT') return { reason: 'TARGET_TROUBLE', text: say('notAnswered', { source: sourceName }), canRetry: false }
  return { reason: 'NO_WORKER', text: say(hasIdleJob ? 'notTaken' : 'notLooked'), canRetry: false }
}

function whyNotBegun({ hasIdleJob }: StuckFacts): WhyStuck {
  if (hasIdleJob) return { reason: 'NO_WORKER', text: say('notTaken'), canRetry: false }
  return { reason: 'OTHER_REQUEST', text: say('otherRequest'), canRetry: false }
}

function troubleOf({ sourceName: source, attempts, retryAt }: StuckStep, error: string): string {
  if (attempts === 1) return retryAt ? say('troubledOnceNext', { source, error, at: at(retryAt) }) : say('troubledOnce', { source, error })
  const count = String(attempts)
  return retryAt ? say('troubledNext', { source, error, count, at: at(retryAt) }) : say('troubled', { source, error, count })
}

/** Such as "Ann, Bo and 3 more". */
function namesOf(people: { name: string }[]): string {
  const names = people.slice(0, 3).map(({ name }) => name)
  if (names.length === 0) return 'nobody who could be named'
  if (people.length > names.length) return `${names.join(', ')} and ${people.length - names.length} more`
  return names.length === 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

function at(instant: Date | null): string {
  return instant === null ? 'no time' : `${instant.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
