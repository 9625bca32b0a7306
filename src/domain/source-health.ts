import { say } from './sentences.ts'
/** How a source does, in one word and a sentence. Pure: facts in, both out. */

export type SourceState = 'MANUAL' | 'NOT_CONNECTED' | 'PAUSED' | 'FAILING' | 'NOT_CHECKED' | 'HEALTHY'

export interface SourceHealthFacts {
  connector: string | null
  connected: boolean
  pausedUntil: Date | null
  lastSeenAt: Date | null
  trying: number
  failed: number
  lastError: { text: string } | null
  lastSync: { state: 'RUNNING' | 'DONE' | 'FAILED'; error: string | null } | null
}

/** Takes what is known of a source; returns how it does. What was given up long ago does not make a target unwell. */
export function sourceHealth(facts: SourceHealthFacts): { state: SourceState; why: string } {
  const { connector, lastSync, lastError, trying, pausedUntil } = facts
  if (connector === null) return { state: 'MANUAL', why: say('byHand') }
  if (!facts.connected) return { state: 'NOT_CONNECTED', why: say('noSettings') }
  if (pausedUntil) return { state: 'PAUSED', why: say('leftAlone', { until: pausedUntil.toISOString() }) }
  if (trying > 0) return { state: 'FAILING', why: lastError?.text ?? say('callsFail') }
  if (lastSync?.state === 'FAILED') return { state: 'FAILING', why: lastSync.error ?? say('unreadable') }
  if (facts.lastSeenAt === null && lastSync?.state !== 'DONE') return { state: 'NOT_CHECKED', why: say('notAsked') }
  const count = String(facts.failed)
  const given = facts.failed === 1 ? say('answersButOne', { count }) : say('answersButSome', { count })
  return { state: 'HEALTHY', why: facts.failed > 0 ? given : say('answers') }
}
