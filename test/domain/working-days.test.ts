import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isTimeZone, type Weekday, type WorkCalendar, workingDaysAfter } from '../../src/domain/working-days.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const weekdays: Weekday[] = [1, 2, 3, 4, 5]
const calendar = (timeZone: string, more: Partial<WorkCalendar> = {}): WorkCalendar => ({
  timeZone,
  workingDays: weekdays,
  holidays: [],
  ...more,
})
const after = (from: string, days: number, of: WorkCalendar) => workingDaysAfter(new Date(from), days, of).toISOString()

/** What a clock on the wall there shows, as `2026-03-30 09:00` and the ISO day of the week; written independently of what it checks. */
function wall(at: Date, timeZone: string): { date: string; time: string; weekday: Weekday } {
  const text = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('sv-SE', { timeZone, ...options }).format(at)
  const date = text({ year: 'numeric', month: '2-digit', day: '2-digit' })
  const time = text({ hour: '2-digit', minute: '2-digit', second: '2-digit' })
  const weekday = (new Date(`${date}T12:00:00Z`).getUTCDay() || 7) as Weekday
  return { date, time, weekday }
}

const isWorkingDay = (at: Date, { timeZone, workingDays, holidays }: WorkCalendar) => {
  const { date, weekday } = wall(at, timeZone)
  return workingDays.includes(weekday) && !holidays.includes(date)
}

test.each<[name: string, from: string, days: number, of: WorkCalendar, expected: string]>([
  ['Friday to Monday', '2026-03-06T10:00:00Z', 1, calendar('UTC'), '2026-03-09T10:00:00.000Z'],
  ['no day at all on a working day', '2026-03-06T10:00:00Z', 0, calendar('UTC'), '2026-03-06T10:00:00.000Z'],
  [
    'no day at all on a day off is the beginning of the next working day',
    '2026-03-07T10:00:00Z',
    0,
    calendar('UTC'),
    '2026-03-09T00:00:00.000Z',
  ],
  ['a day off counts from the beginning of the next working day', '2026-03-07T10:00:00Z', 1, calendar('UTC'), '2026-03-10T00:00:00.000Z'],
  ['five working days are a week', '2026-03-04T10:00:00Z', 5, calendar('UTC'), '2026-03-11T10:00:00.000Z'],
  ['a holiday is left out', '2026-03-06T10:00:00Z', 1, calendar('UTC', { holidays: ['2026-03-09'] }), '2026-03-10T10:00:00.000Z'],
  [
    'a holiday on a day off costs nothing',
    '2026-03-06T10:00:00Z',
    1,
    calendar('UTC', { holidays: ['2026-03-08'] }),
    '2026-03-09T10:00:00.000Z',
  ],
  ['over the end of a year', '2026-12-31T22:30:00Z', 1, calendar('UTC', { holidays: ['2027-01-01'] }), '2027-01-04T22:30:00.000Z'],
  ['it is the new year already in Auckland', '2026-12-31T12:00:00Z', 1, calendar('Pacific/Auckland'), '2027-01-03T12:00:00.000Z'],
  ['over the last of February in a leap year', '2028-02-28T10:00:00Z', 1, calendar('UTC'), '2028-02-29T10:00:00.000Z'],
  ['when clocks go forward a day is an hour shorter', '2026-03-27T15:00:00Z', 1, calendar('Europe/Berlin'), '2026-03-30T14:00:00.000Z'],
  ['when clocks go back a day is an hour longer', '2026-10-23T14:00:00Z', 1, calendar('Europe/Berlin'), '2026-10-26T15:00:00.000Z'],
  ['clocks go forward in the south in October', '2026-10-02T03:00:00Z', 1, calendar('Australia/Sydney'), '2026-10-05T02:00:00.000Z'],
  ['half an hour forward on Lord Howe Island', '2026-10-02T03:00:00Z', 1, calendar('Australia/Lord_Howe'), '2026-10-05T02:30:00.000Z'],
  ['midnight lies before that of London in Kolkata', '2026-03-06T18:29:59Z', 1, calendar('Asia/Kolkata'), '2026-03-09T18:29:59.000Z'],
  ['and half an hour later it is Saturday there', '2026-03-06T18:30:00Z', 1, calendar('Asia/Kolkata'), '2026-03-09T18:30:00.000Z'],
  ['three quarters of an hour in Kathmandu', '2026-03-06T18:15:00Z', 1, calendar('Asia/Kathmandu'), '2026-03-09T18:15:00.000Z'],
  ['behind London by half an hour more in St. John’s', '2026-03-06T23:00:00Z', 1, calendar('America/St_Johns'), '2026-03-09T22:00:00.000Z'],
  [
    'a week that begins on Sunday',
    '2026-03-05T10:00:00Z',
    1,
    calendar('Asia/Riyadh', { workingDays: [7, 1, 2, 3, 4] }),
    '2026-03-08T10:00:00.000Z',
  ],
  ['one working day a week', '2026-03-03T10:00:00Z', 2, calendar('UTC', { workingDays: [3] }), '2026-03-18T00:00:00.000Z'],
  [
    'a time that the change of clocks leaves out is an hour later',
    '2026-03-28T01:30:00Z',
    1,
    calendar('Europe/Berlin', { workingDays: [6, 7] }),
    '2026-03-29T01:30:00.000Z',
  ],
  ['so it is in the west', '2026-03-07T07:30:00Z', 1, calendar('America/New_York', { workingDays: [6, 7] }), '2026-03-08T07:30:00.000Z'],
  [
    'where clocks go forward by half an hour, half an hour later',
    '2026-10-02T15:45:00Z',
    1,
    calendar('Australia/Lord_Howe', { workingDays: [6, 7] }),
    '2026-10-03T15:45:00.000Z',
  ],
  [
    'a time that comes twice is the earlier one in the west as well',
    '2026-10-31T05:30:00Z',
    1,
    calendar('America/New_York', { workingDays: [6, 7] }),
    '2026-11-01T05:30:00.000Z',
  ],
  [
    'a time that comes twice is the earlier one',
    '2026-10-24T00:30:00Z',
    1,
    calendar('Europe/Berlin', { workingDays: [6, 7] }),
    '2026-10-25T00:30:00.000Z',
  ],
  [
    'a day without a midnight begins an hour later',
    '2026-03-28T10:00:00Z',
    0,
    calendar('Asia/Beirut', { workingDays: [7, 1, 2, 3, 4] }),
    '2026-03-28T22:00:00.000Z',
  ],
])('working days: %s', (_name, from, days, of, expected) => {
  expect(after(from, days, of)).toBe(expected)
})

const zones = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/St_Johns',
  'America/Sao_Paulo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Beirut',
  'Australia/Lord_Howe',
  'Australia/Adelaide',
  'Pacific/Auckland',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
]
const anyDate = fc.date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2035-12-31T00:00:00Z'), noInvalidDate: true })
/** Days on which clocks change somewhere in the zones above; what goes wrong goes wrong there. */
const changes = [
  ['2026-03-08', '2026-11-01', '2026-03-29', '2026-10-25', '2026-04-05', '2026-10-04', '2026-09-27'],
  ['2018-02-18', '2018-11-04', '2025-03-30', '2025-10-26', '2024-03-31', '2024-10-27'],
].flat()
const aroundChange = fc
  .tuple(fc.constantFrom(...changes), fc.integer({ min: -4 * 96, max: 2 * 96 }))
  .map(([date, quarters]) => new Date(Date.parse(`${date}T00:00:00Z`) + quarters * (HOUR_MS / 4)))
const someDate = fc.oneof(anyDate, aroundChange)
const calendars: fc.Arbitrary<WorkCalendar> = fc.record({
  timeZone: fc.constantFrom(...zones),
  workingDays: fc.subarray<Weekday>([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
  holidays: fc.array(
    anyDate.map((date) => date.toISOString().slice(0, 10)),
    { maxLength: 20 },
  ),
})
const days = fc.integer({ min: 0, max: 40 })
const runs = { numRuns: 400, seed: 20261122 }

test('whatever the calendar, what so many working days lead to is a working day, and never earlier', () => {
  fc.assert(
    fc.property(someDate, days, calendars, (from, count, of) => {
      const to = workingDaysAfter(from, count, of)
      expect(isWorkingDay(to, of)).toBe(true)
      expect(to >= from).toBe(true)
    }),
    runs,
  )
})

test('so many working days later so many working days have passed, at the same time of day', () => {
  fc.assert(
    fc.property(someDate, fc.integer({ min: 1, max: 15 }), calendars, (from, count, of) => {
      fc.pre(isWorkingDay(from, of))
      const to = workingDaysAfter(from, count, of)
      const begun = wall(from, of.timeZone)
      const ended = wall(to, of.timeZone)
      expect(workingDatesBetween(begun.date, ended.date, of)).toBe(count)
      if (begun.time !== ended.time) expect(isLeftOut(ended.date, begun.time, of.timeZone)).toBe(true)
    }),
    runs,
  )
})

/** Working days after the first date, up to and with the second; dates only. */
function workingDatesBetween(first: string, last: string, { workingDays, holidays }: WorkCalendar): number {
  let found = 0
  for (let at = Date.parse(`${first}T00:00:00Z`) + DAY_MS; at <= Date.parse(`${last}T00:00:00Z`); at += DAY_MS) {
    const day = new Date(at)
    if (workingDays.includes((day.getUTCDay() || 7) as Weekday) && !holidays.includes(day.toISOString().slice(0, 10))) found++
  }
  return found
}

/** True when no clock there ever shows this time on this date. */
function isLeftOut(date: string, time: string, timeZone: string): boolean {
  const about = Date.parse(`${date}T${time}Z`)
  for (let at = about - 15 * HOUR_MS; at <= about + 15 * HOUR_MS; at += HOUR_MS / 4) {
    const shown = wall(new Date(at), timeZone)
    if (shown.date === date && shown.time === time) return false
  }
  return true
}

test('some days and then some more are as good as all of them at once', () => {
  fc.assert(
    fc.property(someDate, days, days, calendars, (from, one, other, of) => {
      const between = workingDaysAfter(from, one, of)
      const begun = isWorkingDay(from, of) ? wall(from, of.timeZone).time : '00:00:00'
      // Where a change of clocks puts off the moment in between, the rest is an hour later too.
      fc.pre(wall(between, of.timeZone).time === begun)
      expect(workingDaysAfter(between, other, of)).toEqual(workingDaysAfter(from, one + other, of))
    }),
    runs,
  )
})

test('a later moment never leads to an earlier end, but for the hour in which clocks change', () => {
  fc.assert(
    fc.property(someDate, fc.integer({ min: 0, max: 30 * DAY_MS }), days, calendars, (from, more, count, of) => {
      const later = new Date(from.getTime() + more)
      expect(workingDaysAfter(later, count, of).getTime()).toBeGreaterThanOrEqual(workingDaysAfter(from, count, of).getTime() - HOUR_MS)
    }),
    runs,
  )
})

test('with every day a working day and no change of clocks, working days are days', () => {
  fc.assert(
    fc.property(someDate, days, (from, count) => {
      const of = calendar('Asia/Kolkata', { workingDays: [1, 2, 3, 4, 5, 6, 7] })
      expect(workingDaysAfter(from, count, of).getTime()).toBe(from.getTime() + count * DAY_MS)
    }),
    runs,
  )
})

test('a zone is one by its name in the database of zones, whatever somebody calls their own', () => {
  expect(['Europe/Berlin', 'UTC', 'Asia/Kathmandu'].filter(isTimeZone)).toHaveLength(3)
  expect(['Berlin', '', 'Europe/Atlantis', 'here'].filter(isTimeZone)).toEqual([])
})
