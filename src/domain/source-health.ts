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
  if (connector === null) return { state: 'MANUAL', why: 'Its owner does the work by hand.' }
  if (!facts.connected) return { state: 'NOT_CONNECTED', why: 'Its connector has no settings yet.' }
  if (pausedUntil) return { state: 'PAUSED', why: `Its target has asked to be left alone until ${pausedUntil.toISOString()}.` }
  if (trying > 0) return { state: 'FAILING', why: lastError?.text ?? 'Calls to its target fail.' }
  if (lastSync?.state === 'FAILED') return { state: 'FAILING', why: lastSync.error ?? 'It could not be read.' }
  if (facts.lastSeenAt === null && lastSync?.state !== 'DONE') return { state: 'NOT_CHECKED', why: 'Its target was not asked yet.' }
  const given =
    facts.failed > 0 ? `Its target answers; ${facts.failed} ${facts.failed === 1 ? 'call was' : 'calls were'} given up.` : undefined
  return { state: 'HEALTHY', why: given ?? 'Its target answers.' }
}
