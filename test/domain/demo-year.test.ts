import fc from 'fast-check'
import { expect, test } from 'vitest'
import { daysSince, shiftedBy } from '../../src/domain/demo-year.ts'

test('every moment in a text moves by whole days, over the ends of months and years, and nothing else changes', () => {
  expect(shiftedBy('{"at":"2026-02-27T23:59:59.123456+00:00","by":"hand 2026-12-31T00:00:00.000Z"}', 2)).toBe(
    '{"at":"2026-03-01T23:59:59.123456+00:00","by":"hand 2027-01-02T00:00:00.000Z"}',
  )
  const kept = '{"day":"2026-02-27","id":"01a202f69ee473908556f65c30db3cba","text":"at 12:00, 2026"}'
  expect(shiftedBy(kept, 400)).toBe(kept)
  expect(shiftedBy(kept, 0)).toBe(kept)
})

test('however far apart, the year ends within the last day and not in the future', () => {
  const moment = fc.date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2060-01-01T00:00:00Z'), noInvalidDate: true })
  fc.assert(
    fc.property(moment, fc.nat(10_000), fc.nat(86_399_999), (endsAt, days, more) => {
      const now = new Date(endsAt.getTime() + days * 86_400_000 + more)
      const moved = new Date(shiftedBy(endsAt.toISOString(), daysSince(endsAt, now)))
      expect(now.getTime() - moved.getTime()).toBe(more)
    }),
  )
})
