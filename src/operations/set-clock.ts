import type { Actor } from '../domain/actor.ts'
import { type Duration, isOnClock, later } from '../domain/business-clock.ts'
import { DomainError } from '../domain/errors.ts'
import { recordAudit } from '../store/audit.ts'
import { type BusinessClock, findNextMoment, holdClock, loadClock, lockClock, runClock } from '../store/clock.ts'
import type { Context } from './context.ts'
import { followTheClock } from './follow-the-clock.ts'

/** How the clock shall stand: at an instant or a span later (neither: where it is), and stopped, running, or as it was. */
export interface ClockChange {
  set?: Date
  advance?: Duration
  hold?: boolean
  /** Back to real time, running. */
  release?: boolean
}

/** Between where the clock stands and where it shall stand it stops at so many moments at most, each time something is due. */
const MAX_STOPS = 500
/** Sweeps at one moment; a chain of things that follow from each other is far shorter. */
const MAX_SWEEPS = 100

/**
 * Takes how the business clock shall stand; returns how it does. On its way forward it stops wherever something is due, so that what happens
 * is dated and ordered as if the time had passed. Refuses a node whose clock cannot be moved (conflict) and instants no clock shows (invalid).
 */
export async function setClock(context: Context, actor: Actor, change: ClockChange): Promise<BusinessClock> {
  if (!context.db.options.movableClock) throw new DomainError('conflict', 'The clock of this server cannot be moved.')
  const start = await loadClock(context.db)
  const target = targetOf(change, start)
  const field = change.advance ? 'advance' : 'set'
  if (!isOnClock(target)) throw new DomainError('invalid', 'lies outside what the clock can show: 1970 to 4999.', field)
  await recordChange(context, actor, start, target)
  const held = change.release ? false : (change.hold ?? start.held)
  try {
    if (target > start.now) await passTime(context, start.now, target)
  } finally {
    // Whatever failed on the way, the clock does not stay where it was last held.
    await arrive(context, target, held, change)
  }
  await followUntilQuiet(context)
  return loadClock(context.db)
}

function targetOf({ set, advance, release }: ClockChange, { now, realNow }: BusinessClock): Date {
  if (release) return realNow
  return set ?? (advance ? later(now, advance) : now)
}

/** Through the moments at which something is due, each held until all of it is done. */
async function passTime(context: Context, from: Date, target: Date): Promise<void> {
  const shortestMs = (target.getTime() - from.getTime()) / MAX_STOPS
  let at = from
  await followUntilQuiet(context)
  for (;;) {
    const next = await findNextMoment(context.db.sql, at, target)
    if (!next) return
    at = new Date(Math.min(target.getTime(), Math.max(next.getTime(), at === from ? 0 : at.getTime() + shortestMs)))
    await holdNoEarlier(context, at)
    await followUntilQuiet(context)
    if (at >= target) return
  }
}

/** Two callers may move the clock at once; while one passes time the other never takes it back. */
async function holdNoEarlier({ db }: Context, at: Date): Promise<void> {
  await db.transaction(async (tx) => {
    const clock = await lockClock(db, tx)
    if (clock.now < at) await holdClock(tx, at)
  })
}

async function arrive({ db }: Context, target: Date, held: boolean, change: ClockChange): Promise<void> {
  await db.transaction(async (tx) => {
    const clock = await lockClock(db, tx)
    const at = change.advance && clock.now > target ? clock.now : target
    if (held) await holdClock(tx, at)
    else await runClock(tx, change.release ? 0 : at.getTime() - clock.realNow.getTime())
  })
}

async function followUntilQuiet(context: Context): Promise<void> {
  for (let sweeps = 0; sweeps < MAX_SWEEPS; sweeps++) if ((await followTheClock(context)) === 0) return
}

async function recordChange({ db, ids }: Context, actor: Actor, from: BusinessClock, target: Date): Promise<void> {
  const event = { id: ids.next(), action: 'SANDBOX_CLOCK_SET', actor: { id: actor.identityId, name: actor.name } }
  const details = { from: from.now.toISOString(), to: target.toISOString() }
  await db.transaction((tx) => recordAudit(tx, [{ ...event, target: { id: null, name: 'clock' }, trackingNumber: null, details }]))
}
