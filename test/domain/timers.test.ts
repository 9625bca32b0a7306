import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  afterEscalation,
  afterLastEscalation,
  afterReminder,
  dueAction,
  dueMoments,
  freshProgress,
  type TimerProgress,
  type TimerRules,
} from '../../src/domain/timers.ts'

const start = new Date('2030-01-01T08:30:00Z')
const DAY_MS = 86_400_000
const day = (number: number) => new Date(start.getTime() + number * DAY_MS)

const rules = (more: Partial<TimerRules> = {}): TimerRules => ({
  firstReminderAfterDays: null,
  daysBetweenReminders: null,
  maxReminders: 0,
  escalateAfterDays: null,
  daysBetweenEscalations: null,
  escalationLevels: 0,
  expireAfterDays: null,
  expiryResult: 'EXPIRED',
  ...more,
})

/** The published sample: a mail on day 0, reminders on days 3, 4 and 5, escalation on day 6. */
const sample = rules({ firstReminderAfterDays: 3, daysBetweenReminders: 1, maxReminders: 3, escalateAfterDays: 6, escalationLevels: 3 })

/** What happens on which day, when somebody looks often enough and there is always somebody above. */
function story(of: TimerRules, days: number, lookEveryHours = 1): string[] {
  const told: string[] = []
  let progress = freshProgress(start)
  for (let hour = 0; hour <= days * 24; hour += lookEveryHours) {
    const now = new Date(start.getTime() + hour * 3_600_000)
    for (let action = dueAction(dueMoments(of, progress), now); action; action = dueAction(dueMoments(of, progress), now)) {
      told.push(`${hour / 24} ${action}`)
      if (action === 'expire') return told
      progress = action === 'remind' ? afterReminder(of, progress, now) : afterEscalation(progress, progress.escalations + 1, now)
    }
  }
  return told
}

test.each<[string, TimerRules, string[]]>([
  ['nothing configured: nothing happens', rules(), []],
  [
    'the published sample, and the same again for everybody above',
    sample,
    [0, 6, 12]
      .flatMap((from) => [3, 4, 5].map((n) => `${from + n} remind`).concat(`${from + 6} escalate`))
      .concat(['21 remind', '22 remind', '23 remind']),
  ],
  ['no reminders: escalation only', rules({ escalateAfterDays: 2, escalationLevels: 2 }), ['2 escalate', '4 escalate']],
  ['one level and no further', rules({ escalateAfterDays: 2, escalationLevels: 1 }), ['2 escalate']],
  [
    'a faster pace after the first hand-over',
    rules({ escalateAfterDays: 5, daysBetweenEscalations: 1, escalationLevels: 3 }),
    ['5 escalate', '6 escalate', '7 escalate'],
  ],
  [
    'reminders that come later than the escalation go to those above, who have longer',
    rules({ firstReminderAfterDays: 4, daysBetweenReminders: 2, maxReminders: 2, escalateAfterDays: 3, escalationLevels: 1 }),
    ['3 escalate', '7 remind', '9 remind'],
  ],
  ['an end is an end', rules({ ...sample, expireAfterDays: 5 }), ['3 remind', '4 remind', '5 expire']],
  ['a first reminder on the day itself', rules({ firstReminderAfterDays: 0, maxReminders: 1 }), ['0 remind']],
])('%s', (_name, of, expected) => {
  expect(story(of, 40)).toEqual(expected)
})

test('reminders that nobody was there to send are sent as one, and whoever is next still has the whole time', () => {
  const late = day(20)
  expect(afterReminder(sample, freshProgress(start), late).remindersSent).toBe(3)
  expect(afterReminder(sample, freshProgress(start), day(4.5)).remindersSent).toBe(2)
  const above = afterEscalation(freshProgress(start), 1, late)
  expect(dueMoments(sample, above)).toEqual({ remindAt: day(23), escalateAt: day(26), expiresAt: null })
})

test('an approval without timers, as older requests have it, has nothing due', () => {
  expect(dueMoments(undefined, freshProgress(start))).toEqual({ remindAt: null, escalateAt: null, expiresAt: null })
})

test('when there is nobody above it is not handed up again, and its reminders and its end stay as they were', () => {
  const of = rules({ ...sample, expireAfterDays: 30 })
  const progress: TimerProgress = { ...freshProgress(start), remindersSent: 2, escalations: 1 }
  const before = dueMoments(of, progress)
  expect(dueMoments(of, afterLastEscalation(of, progress))).toEqual({ ...before, escalateAt: null })
})

const someDays = fc.option(fc.integer({ min: 0, max: 20 }), { nil: null })
const someRules: fc.Arbitrary<TimerRules> = fc.record({
  firstReminderAfterDays: someDays,
  daysBetweenReminders: someDays,
  maxReminders: fc.integer({ min: 0, max: 5 }),
  escalateAfterDays: someDays,
  daysBetweenEscalations: someDays,
  escalationLevels: fc.integer({ min: 0, max: 3 }),
  expireAfterDays: fc.option(fc.integer({ min: 1, max: 90 }), { nil: null }),
  expiryResult: fc.constantFrom('EXPIRED', 'APPROVED'),
})
const lookEveryHours = fc.constantFrom(1, 5, 24, 100, 1000)

test('whatever the rules and however seldom somebody looks: no more reminders and hand-ups than said, at most one end, and it is the last', () => {
  fc.assert(
    fc.property(someRules, lookEveryHours, (of, every) => {
      const told = story(of, 200, every).map((line) => line.split(' ')[1])
      const count = (action: string) => told.filter((one) => one === action).length
      expect(count('escalate')).toBeLessThanOrEqual(of.escalationLevels)
      expect(count('remind')).toBeLessThanOrEqual(of.maxReminders * (count('escalate') + 1))
      expect(count('expire')).toBeLessThanOrEqual(1)
      if (count('expire') === 1) expect(told.at(-1)).toBe('expire')
    }),
  )
})

test('what is due after something happened is never due before it', () => {
  fc.assert(
    fc.property(
      someRules,
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 90 }),
      (of, up, sent, on) => {
        const progress = { createdAt: start, roundStartedAt: start, remindersSent: sent, escalations: up }
        const reminded = dueMoments(of, afterReminder(of, progress, day(on))).remindAt
        expect(reminded === null || reminded > day(on)).toBe(true)
        const escalated = dueMoments(of, afterEscalation(progress, up + 1, day(on)))
        for (const moment of [escalated.remindAt, escalated.escalateAt]) expect(moment === null || moment >= day(on)).toBe(true)
        expect(escalated.expiresAt).toEqual(dueMoments(of, progress).expiresAt)
      },
    ),
  )
})
