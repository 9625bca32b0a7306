/** Dates as a search writes them: an ISO date or a part of one, `now`, and sums of them (`now-7d/d`, `2026-01-31||+1M`). */

export interface DateSpan {
  /** The first and the last millisecond that the text means: a day is all of the day. */
  first: Date
  last: Date
}

type Unit = 'y' | 'M' | 'w' | 'd' | 'h' | 'm' | 's'

/** A zone by its name, or a fixed difference from UTC. */
export type Zone = { name: string } | { offsetMs: number }

export const utc: Zone = { offsetMs: 0 }

/** Takes the name of a zone (`Europe/Berlin`, `+02:00`, `GMT-8:00`, `UTC`); undefined when there is no such zone. */
export function readZone(text: string): Zone | undefined {
  const fixed = /^(?:GMT|UTC)?([+-])(\d{1,2})(?::?([0-5]\d))?$/.exec(text)
  if (fixed)
    return Number(fixed[2]) > 18
      ? undefined
      : { offsetMs: (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3] ?? 0)) * minuteMs }
  try {
    return { name: new Intl.DateTimeFormat('en-US', { timeZone: text }).resolvedOptions().timeZone }
  } catch {
    return undefined
  }
}

/** Takes a date as a search writes it; returns what it means in the zone, or undefined when it is none that the calendar has. */
export function readDateSpan(text: string, now: Date, zone: Zone): DateSpan | undefined {
  const [, anchor = '', sums = ''] = /^(now(?!\w)|.+?\|\||.+)(.*)$/.exec(text) ?? []
  if (anchor.endsWith('||') || anchor === 'now') {
    const start = anchor === 'now' ? exactly(now.getTime()) : readDate(anchor.slice(0, -2), zone)
    return start && checked(withSums(start, sums, zone))
  }
  return checked(readDate(text, zone))
}

interface Span {
  from: number
  /** The first millisecond after it. */
  until: number
}

const minuteMs = 60_000
const lengths = { w: 7 * 24 * 60 * minuteMs, d: 24 * 60 * minuteMs, h: 60 * minuteMs, m: minuteMs, s: 1000 }

function exactly(at: number): Span {
  return { from: at, until: at + 1 }
}

/** PostgreSQL's calendar and the wire's end at the same year. */
function checked(span: Span | undefined): DateSpan | undefined {
  if (!span) return undefined
  const [first, last] = [new Date(span.from), new Date(span.until - 1)]
  const fits = (date: Date) => date.getUTCFullYear() >= 1 && date.getUTCFullYear() <= 9999
  return fits(first) && fits(last) ? { first, last } : undefined
}

const isoDate = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z|[+-]\d\d(?::?\d\d)?)?)?)?)?$/

function readDate(text: string, zone: Zone): Span | undefined {
  const parts = isoDate.exec(text)
  if (!parts) return undefined
  const [, year, month, day, hour, minute, second, fraction, offset] = parts
  const numbers = [year, month ?? '1', day ?? '1', hour ?? '0', minute ?? '0', second ?? '0'].map(Number)
  const local = localTime(numbers, Number((fraction ?? '').padEnd(3, '0').slice(0, 3)))
  const own = offset === undefined ? zone : offset === 'Z' ? utc : readZone(offset)
  if (local === undefined || own === undefined) return undefined
  if (fraction !== undefined) return exactly(toInstant(local, own))
  const unit: Unit = second ? 's' : minute ? 'm' : hour ? 'h' : day ? 'd' : month ? 'M' : 'y'
  return { from: toInstant(local, own), until: toInstant(moved(local, 1, unit), own) }
}

/** Milliseconds since 1970 by the clock on the wall; undefined for a day or an hour that there is not. */
function localTime([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: number[], ms: number): number | undefined {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second, ms)
  const same = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour
  return same && minute < 60 && second < 60 ? date.getTime() : undefined
}

function withSums(start: Span, sums: string, zone: Zone): Span | undefined {
  let span = start
  for (let rest = sums; rest !== ''; ) {
    const [whole, sign, count, unit, rounded] = /^(?:([+-])(\d{0,6})([yMwdhHms])|\/([yMwdhHms]))/.exec(rest) ?? []
    if (whole === undefined) return undefined
    const by = (unit ?? rounded)?.replace('H', 'h') as Unit
    const local = toLocal(span.from, zone)
    if (rounded === undefined) {
      const times = (sign === '-' ? -1 : 1) * Number(count === '' ? 1 : count)
      span = exactly(by === 'h' || by === 'm' || by === 's' ? span.from + times * lengths[by] : toInstant(moved(local, times, by), zone))
    } else {
      const begin = beginOf(local, by)
      span = { from: toInstant(begin, zone), until: toInstant(moved(begin, 1, by), zone) }
    }
    if (Number.isNaN(span.from)) return undefined
    rest = rest.slice(whole.length)
  }
  return span
}

function moved(local: number, times: number, unit: Unit): number {
  if (unit !== 'y' && unit !== 'M') return local + times * lengths[unit]
  const date = new Date(local)
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + times * (unit === 'y' ? 12 : 1))
  // A month after 31 January is the last day of February.
  const last = new Date(date.getTime())
  last.setUTCMonth(last.getUTCMonth() + 1, 0)
  date.setUTCDate(Math.min(day, last.getUTCDate()))
  return date.getTime()
}

function beginOf(local: number, unit: Unit): number {
  const date = new Date(local)
  if (unit === 'y') date.setUTCMonth(0, 1)
  if (unit === 'M') date.setUTCDate(1)
  // Weeks begin on Monday.
  if (unit === 'w') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7))
  const step = unit === 'h' || unit === 'm' || unit === 's' ? lengths[unit] : lengths.d
  return Math.floor(date.getTime() / step) * step
}

function toLocal(at: number, zone: Zone): number {
  return at + offsetAt(at, zone)
}

function toInstant(local: number, zone: Zone): number {
  const guess = local - offsetAt(local, zone)
  return local - offsetAt(guess, zone)
}

function offsetAt(at: number, zone: Zone): number {
  if ('offsetMs' in zone) return zone.offsetMs
  if (Number.isNaN(new Date(at).getTime())) return Number.NaN
  const parts = formatOf(zone.name).formatToParts(at)
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  const local = Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second'))
  return local - Math.floor(at / 1000) * 1000
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const numeric = 'numeric' as const
  const fields = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric }
  return new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...fields })
}
