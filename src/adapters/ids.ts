import { randomBytes } from 'node:crypto'
import type { Clock, Ids } from '../ports.ts'

/** UUIDv7 as 32 hex characters; within one millisecond a counter keeps the order of one process. */
export function timeOrderedIds(clock: Clock): Ids {
  let lastMs = 0
  let counter = 0
  return {
    next() {
      const ms = clock.now().getTime()
      if (ms > lastMs) {
        lastMs = ms
        counter = randomBytes(2).readUInt16BE() & 0x03ff
      } else {
        counter++
        // Twelve bits of counter: when they are used up, borrow the next millisecond.
        if (counter > 0x0fff) {
          lastMs++
          counter = 0
        }
      }
      const time = lastMs.toString(16).padStart(12, '0')
      const random = randomBytes(8)
      random[0] = ((random[0] ?? 0) & 0x3f) | 0x80
      return `${time}7${counter.toString(16).padStart(3, '0')}${random.toString('hex')}`
    },
  }
}
