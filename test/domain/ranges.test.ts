import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gapsIn, meet, type Range } from '../../web/src/api/ranges.ts'

const sizes = { least: 10, most: 50 }

test('the first look asks for what is looked at and nothing else', () => {
  expect(gapsIn([], { from: 0, to: 15 }, sizes)).toEqual([{ from: 0, to: 15 }])
  expect(gapsIn([], { from: 0, to: 60 }, sizes)).toEqual([
    { from: 0, to: 50 },
    { from: 50, to: 60 },
  ])
})

test('a step beyond what is known asks for a few rows onwards; a step back, for a few before', () => {
  expect(gapsIn([{ from: 0, to: 15 }], { from: 3, to: 18 }, sizes)).toEqual([{ from: 15, to: 25 }])
  expect(gapsIn([{ from: 100, to: 115 }], { from: 98, to: 113 }, sizes)).toEqual([{ from: 90, to: 100 }])
})

test('a leap asks for where it ends, not for what it passes', () => {
  expect(gapsIn([{ from: 0, to: 15 }], { from: 9_980, to: 9_995 }, { ...sizes, reach: 10_000 })).toEqual([{ from: 9_980, to: 9_995 }])
})

const range = fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 60 })).map(([from, length]) => ({ from, to: from + length }))

test('whatever is looked at, every row of it comes, none twice, and at most a step that is not looked at at each end', () => {
  const wantedRanges = fc.array(range, { minLength: 1, maxLength: 12 })
  const property = fc.property(wantedRanges, fc.integer({ min: 50, max: 300 }), (looks, reach) => {
    const known: Range[] = []
    for (const wanted of looks) {
      const gaps = gapsIn(known, wanted, { ...sizes, reach })
      for (const gap of gaps) {
        expect(gap.to - gap.from).toBeLessThanOrEqual(sizes.most)
        expect(gap.to).toBeGreaterThan(gap.from)
        expect(known.some((other) => meet(gap, other))).toBe(false)
        expect(gap.to).toBeLessThanOrEqual(reach)
        expect(gap.from).toBeGreaterThan(wanted.from - sizes.least)
        expect(gap.to).toBeLessThan(wanted.to + sizes.least)
        known.push(gap)
      }
      for (let at = wanted.from; at < Math.min(wanted.to, reach); at++)
        expect(known.filter(({ from, to }) => from <= at && at < to)).toHaveLength(1)
    }
  })
  fc.assert(property)
})
