import { randomFillSync } from 'node:crypto'
import type { Clock, Ids } from '../ports.ts'

/** UUIDv7 as 32 hex characters; within one millisecond a counter keeps the order of one process. */
export function timeOrderedIds(clock: Clock): Ids {
  const random = randomBytesInBulk()
  let lastMs = 0
  let counter = 0
  return {
    next() {
      const ms = clock.now().getTime()
      if (ms > lastMs) {
        lastMs = ms
        counter = random(2).readUInt16BE() & 0x03ff
      } else {
        counter++
        // Twelve bits of counter: when they are used up, borrow the next millisecond.
        if (counter > 0x0fff) {
          lastMs++
          counter = 0
        }
      }
      const time = lastMs.toString(16).padStart(12, '0')
      const tail = random(8)
      tail[0] = ((tail[0] ?? 0) & 0x3f) | 0x80
      return `${time}7${counter.toString(16).padStart(3, '0')}${tail.toString('hex')}`
    },
  }
}

/** Random bytes, fetched for some hundred ids at a time: asking for each costs more than the rest of an id. None is given out twice. */
function randomBytesInBulk(): (count: number) => Buffer {
  const stock = Buffer.alloc(4_096)
  let used = stock.length
  return (count) => {
    if (used + count > stock.length) {
      randomFillSync(stock)
      used = 0
    }
    used += count
    return stock.subarray(used - count, used)
  }
}
