/** Days on which people work, in a time zone. Pure: a calendar and an instant in, another instant out. */

/** ISO days of the week: 1 is Monday, 7 is Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7

export interface WorkCalendar {
  /** An IANA time zone, such as Europe/Berlin. */
  timeZone: string
  /** At least one. */
  workingDays: Weekday[]
  /** Dates nobody works on, as YYYY-MM-DD. */
  holidays: string[]
}

const DAY_MS = 86_400_000
/** Longer than this nobody is away; a calendar of holidays only would never end. */
const MOST_DAYS_OFF = 3_660

/** A date and the time of day in some zone, as if it were UTC. */
type LocalTime = Date

/** True when the zone is one we can count in. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/**
 * The instant so many working days (whole, 0 or more) after another, at the same time of day there. Counting begins with the first working
 * day: what happens on a day off counts from the beginning of the next working day. A time of day that a change of clocks leaves out is the
 * one that clocks show instead, mostly an hour later.
 */
export function workingDaysAfter(from: Date, days: number, calendar: WorkCalendar): Date {
  let local = localTime(from, calendar.timeZone)
  if (!isWorkingDay(local, calendar)) local = nextWorkingDay(startOfDay(local), calendar)
  for (let counted = 0; counted < days; counted++) local = nextWorkingDay(local, calendar)
  return instantOf(local, calendar.timeZone)
}

function nextWorkingDay(from: LocalTime, calendar: WorkCalendar): LocalTime {
  let day = from
  for (let off = 0; off < MOST_DAYS_OFF; off++) {
    day = new Date(day.getTime() + DAY_MS)
    if (isWorkingDay(day, calendar)) return day
  }
  return day
}

function isWorkingDay(day: LocalTime, { workingDays, holidays }: WorkCalendar): boolean {
  const weekday = (day.getUTCDay() || 7) as Weekday
  return workingDays.includes(weekday) && !holidays.includes(day.toISOString().slice(0, 10))
}

function startOfDay(day: LocalTime): LocalTime {
  return new Date(Math.floor(day.getTime() / DAY_MS) * DAY_MS)
}

/** Making a formatter costs far more than using it. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known) return known
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const
  const made = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', calendar: 'gregory', ...numeric })
  formatters.set(timeZone, made)
  return made
}

function localTime(instant: Date, timeZone: string): LocalTime {
  const part = Object.fromEntries(
    formatterOf(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second, instant.getUTCMilliseconds()))
}

/**
 * A time that comes twice is the earlier one. One that never comes is later by as much as clocks went forward: it is read with the offset that
 * was in force before. Within two days clocks change once at most.
 */
function instantOf(local: LocalTime, timeZone: string): Date {
  const offsetAt = (instant: number) => localTime(new Date(instant), timeZone).getTime() - instant
  const at = local.getTime()
  const before = new Date(at - offsetAt(at - DAY_MS))
  const isBefore = localTime(before, timeZone).getTime() === at
  const behind = new Date(at - offsetAt(at + DAY_MS))
  return !isBefore && localTime(behind, timeZone).getTime() === at ? behind : before
}
