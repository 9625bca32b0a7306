/** Schedules as cron writes them, as far as they come down to "every so many days". */

const fields = /^(?:\d{1,2} )?\d{1,2} \d{1,2} (\*|\?|\*\/\d{1,4}|1\/\d{1,4}) \* (?:\*|\?)(?: \*)?$/

/**
 * Takes a cron expression of five fields, or of six or seven with seconds and year; returns the days from one time to the next when it means
 * one time of the day, every day or every so many days. Undefined for everything else.
 */
export function everyDaysOf(cron: string): number | undefined {
  const day = fields.exec(cron.trim().replace(/\s+/g, ' '))?.[1]
  if (day === undefined) return undefined
  const every = Number(day.split('/')[1] ?? 1)
  return every > 0 ? every : undefined
}

/** The cron expression of "every so many days", at midnight. */
export function cronOf(everyDays: number): string {
  return everyDays <= 1 ? '0 0 * * *' : `0 0 */${everyDays} * *`
}
