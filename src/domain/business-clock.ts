/** Moving the clock of a sandbox: durations, and where the clock then stands. */

/** A span of time: months and days have no fixed length in a calendar, so months are kept apart. */
export interface Duration {
  months: number
  milliseconds: number
}

const SECOND_MS = 1000
/** A day of 24 hours, in milliseconds: no calendar has a say in it. */
export const DAY_MS = 86_400_000
const iso =
  /^P(?=[\dT])(?:(\d{1,5})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,7})D)?(?:T(?=\d)(?:(\d{1,8})H)?(?:(\d{1,9})M)?(?:(\d{1,10}(?:\.\d{1,3})?)S)?)?$/

/** Reads an ISO 8601 duration such as P3D or PT1H30M; undefined when it is none. */
export function parseDuration(text: string): Duration | undefined {
  const match = iso.exec(text)
  if (!match) return undefined
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0))
  return {
    months: years * 12 + months,
    milliseconds: (weeks * 7 + days) * DAY_MS + Math.round((hours * 3600 + minutes * 60 + seconds) * SECOND_MS),
  }
}

/** The instant a duration after another, in UTC; a day that its month does not have becomes the month's last. */
export function later(from: Date, { months, milliseconds }: Duration): Date {
  const at = new Date(from)
  const day = at.getUTCDate()
  at.setUTCDate(1)
  at.setUTCMonth(at.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate()
  at.setUTCDate(Math.min(day, lastDay))
  return new Date(at.getTime() + milliseconds)
}

/** How far a clock may be moved: beyond these, dates are no longer written with four digits everywhere. */
export const FIRST_INSTANT = new Date('1970-01-01T00:00:00Z')
export const LAST_INSTANT = new Date('5000-01-01T00:00:00Z')

/** True for an instant a clock may be set to. */
export function isOnClock(at: Date): boolean {
  return at >= FIRST_INSTANT && at <= LAST_INSTANT
}
