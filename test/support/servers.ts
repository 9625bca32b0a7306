import { inject } from 'vitest'

/** What one worker has to itself: its files come one after the other, and what they change nobody else sees. */
interface Servers {
  /** A sandbox with the demo organisation, for tests that leave nothing behind that others would stumble over. */
  portalUrl: string
  /** Where it keeps its data, and those of the target. */
  portalFolder: string
  /** Another, in which a year has passed, so that every page has something to show. */
  yearUrl: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    servers: Servers[]
  }
}

/** The sandboxes of the worker that asks; throws outside of one. */
export function servers(): Servers {
  const own = inject('servers')[Number(process.env['VITEST_POOL_ID']) - 1]
  if (own === undefined) throw new Error('only a worker of the browser tests has sandboxes')
  return own
}
