import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endOf, lastDay, momentOf, someEnd } from '../../web/src/api/basket.ts'

const moment = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true })

test('the last day that is offered ends no later than what is allowed, and a day before it at its own end', () => {
  fc.assert(
    fc.property(moment, (latest) => {
      const at = latest.toISOString()
      const end = endOf(lastDay(at), at)
      expect(Date.parse(end ?? '')).toBeLessThanOrEqual(latest.getTime())
      expect(lastDay(end ?? '')).toBe(lastDay(at))
      expect(endOf('2025-12-30', at)).toBe(momentOf('2025-12-30', 'end'))
    }),
  )
})

test('an end that is filled in lies ahead and within the hour, which is the least that items are given for', () => {
  fc.assert(
    fc.property(moment, (from) => {
      const ms = Date.parse(someEnd(from.getTime())) - from.getTime()
      expect(ms).toBeGreaterThan(0)
      expect(ms).toBeLessThanOrEqual(3_600_000)
    }),
  )
})
