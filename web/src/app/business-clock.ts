import { useMemo } from 'react'
import type { Session } from '../api/session.ts'
import type { BusinessClock } from '../parts/clock.tsx'

/** Business time as the session told it; `askedAt` is when, by this machine's clock. */
export function useBusinessClock(clock: Session['clock'] | undefined, askedAt: number): BusinessClock | undefined {
  const now = clock?.now
  const held = clock?.held ?? false
  return useMemo(() => (now === undefined ? undefined : { at: Date.parse(now), askedAt, held }), [now, askedAt, held])
}
