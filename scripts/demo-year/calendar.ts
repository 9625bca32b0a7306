import { away } from './habits.ts'

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

const OPENS = 7
const CLOSES = 16

/** The working time of a year, in UTC: Monday to Friday, seven to four, and nobody works while they are away. */
export class Calendar {
  readonly beginsAt: Date

  constructor(beginsAt: Date) {
    this.beginsAt = beginsAt
  }

  /** The day of the year, from 0 on. */
  dayOf(at: Date): number {
    return Math.floor((at.getTime() - this.beginsAt.getTime()) / DAY_MS)
  }

  isWorkday(at: Date): boolean {
    return at.getUTCDay() !== 0 && at.getUTCDay() !== 6
  }

  /** So many working hours of a person later; the next working moment for none. */
  later(alias: string, from: Date, hours: number): Date {
    let at = from.getTime()
    for (let left = hours; ; ) {
      const here = new Date(at)
      if (this.#isAway(alias, here) || !this.isWorkday(here) || here.getUTCHours() >= CLOSES) {
        at = Date.UTC(here.getUTCFullYear(), here.getUTCMonth(), here.getUTCDate() + 1, OPENS) + (at % HOUR_MS)
        continue
      }
      if (here.getUTCHours() < OPENS) {
        at += (OPENS - here.getUTCHours()) * HOUR_MS
        continue
      }
      if (left <= 1) return new Date(at + left * HOUR_MS)
      at += HOUR_MS
      left -= 1
    }
  }

  #isAway(alias: string, at: Date): boolean {
    const day = this.dayOf(at)
    return (away[alias] ?? []).some(([first, last]) => day >= first && day <= last)
  }
}
