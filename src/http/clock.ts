import { type Duration, parseDuration } from '../domain/business-clock.ts'
import { DomainError } from '../domain/errors.ts'
import { type ClockChange, setClock } from '../operations/set-clock.ts'
import { type BusinessClock, loadClock } from '../store/clock.ts'
import type { Handler } from './call.ts'

export const clockHandlers = {
  getClock: async (call) => ({ body: toWire(await loadClock(call.app.db)) }),
  setClock: async (call) => {
    const clock = await setClock(call.app, call.actor, fromWire(call.body as Body))
    call.app.wakeWorkers()
    return { body: toWire(clock) }
  },
} satisfies Record<string, Handler>

interface Body {
  set?: string
  advance?: string | number
  hold?: boolean
  release?: true
}

function fromWire({ set, advance, hold, release }: Body): ClockChange {
  if ([set, advance, hold, release].every((one) => one === undefined))
    throw new DomainError('invalid', 'say at least one of set, advance, hold and release.', 'body')
  if (release && [set, advance, hold].some((one) => one !== undefined))
    throw new DomainError('invalid', 'stands alone: it means real time.', 'release')
  if (set !== undefined && advance !== undefined) throw new DomainError('invalid', 'cannot be said together with set.', 'advance')
  return {
    ...(set === undefined ? {} : { set: new Date(set) }),
    ...(advance === undefined ? {} : { advance: durationOf(advance) }),
    ...(hold === undefined ? {} : { hold }),
    ...(release === undefined ? {} : { release }),
  }
}

function durationOf(advance: string | number): Duration {
  const duration = typeof advance === 'number' ? { months: 0, milliseconds: Math.round(advance * 1000) } : parseDuration(advance)
  if (!duration) throw new DomainError('invalid', 'must be seconds or an ISO 8601 duration such as P3D or PT1H.', 'advance')
  return duration
}

function toWire({ now, held, realNow }: BusinessClock): object {
  return { now: now.toISOString(), held, realNow: realNow.toISOString() }
}
