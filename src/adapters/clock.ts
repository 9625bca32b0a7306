import type { Clock } from '../ports.ts'

/** Real time: the only place that asks the machine. */
export const systemClock: Clock = { now: () => new Date() }
