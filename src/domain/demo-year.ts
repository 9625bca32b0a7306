/** The year behind the demo organisation is shipped as it was made; when it is read, all of it moves so that its end is today. */

const DAY_MS = 86_400_000

/** How many whole days lie between the year's end and now; the time of day stays what it was. */
export function daysSince(endsAt: Date, now: Date): number {
  return Math.floor((now.getTime() - endsAt.getTime()) / DAY_MS)
}

const momentDay = /(?<![\d-])(\d{4}-\d\d-\d\d)(?=T\d\d:\d\d:\d\d)/g

/** The text with every moment in it so many days later. Moments are in UTC, where every day has the same length. */
export function shiftedBy(text: string, days: number): string {
  if (days === 0) return text
  const shifted = new Map<string, string>()
  return text.replace(momentDay, (day: string) => {
    const known = shifted.get(day)
    if (known !== undefined) return known
    const later = new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
    shifted.set(day, later)
    return later
  })
}
