import fc from 'fast-check'
import { expect, test } from 'vitest'
import { later, parseDuration } from '../../src/domain/business-clock.ts'
import { cronOf, everyDaysOf } from '../../src/domain/schedule.ts'

test.each([
  ['0 0 * * *', 1],
  ['30 9 * * *', 1],
  ['  0   9 */2 * *  ', 2],
  ['0 9 1/3 * *', 3],
  ['0 0 12 * * ?', 1],
  ['0 0 12 */5 * ?', 5],
  ['0 0 12 * * ? *', 1],
  ['0 9 * * 1', undefined],
  ['0 9 1 * *', undefined],
  ['*/5 * * * *', undefined],
  ['0 9,17 * * *', undefined],
  ['0 * * * *', undefined],
  ['0 9 */0 * *', undefined],
  ['every day', undefined],
  ['', undefined],
])('the schedule "%s" comes down to every %s days', (cron, days) => {
  expect(everyDaysOf(cron)).toBe(days)
})

test('what is written as a schedule is read back as the same number of days', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 3650 }), (days) => everyDaysOf(cronOf(days)) === days))
})

test.each([
  ['P3D', '2030-01-31T12:00:00Z', '2030-02-03T12:00:00.000Z'],
  ['PT1H30M', '2030-01-31T12:00:00Z', '2030-01-31T13:30:00.000Z'],
  ['P1M', '2030-01-31T12:00:00Z', '2030-02-28T12:00:00.000Z'],
  ['P1Y2M', '2030-01-31T12:00:00Z', '2031-03-31T12:00:00.000Z'],
  ['P1W', '2030-01-31T12:00:00Z', '2030-02-07T12:00:00.000Z'],
  ['P1DT0.5S', '2030-01-31T12:00:00Z', '2030-02-01T12:00:00.500Z'],
])('%s after %s is %s', (text, from, to) => {
  expect(later(new Date(from), parseDuration(text) as NonNullable<ReturnType<typeof parseDuration>>).toISOString()).toBe(to)
})

test.each(['', 'P', 'PT', '3D', 'P3', 'P1DT', 'P-1D', 'p3d', 'P1H', '3 days'])('"%s" is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})
