import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Announcement, inPieces } from '../../src/store/announcements.ts'

const ids = fc.array(
  fc.uuid().map((id) => id.replaceAll('-', '')),
  { maxLength: 1_000 },
)

test('however much is announced, every piece fits into a NOTIFY and together they say the same', () => {
  fc.assert(
    fc.property(fc.record({ requestIds: ids, targetIds: ids, personIds: ids, everybody: fc.boolean() }), (announcement) => {
      const pieces = inPieces(announcement)
      expect(Math.max(...pieces.map((piece) => Buffer.byteLength(piece)))).toBeLessThan(8_000)
      const read = pieces.map((piece) => JSON.parse(piece) as Announcement)
      for (const of of ['requestIds', 'targetIds', 'personIds'] as const) expect(read.flatMap((one) => one[of])).toEqual(announcement[of])
      expect(read.some((one) => one.everybody)).toBe(announcement.everybody)
    }),
    { numRuns: 50 },
  )
})
