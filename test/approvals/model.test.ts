import fc from 'fast-check'
import { afterAll, beforeAll, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { stories } from '../support/random-actions.ts'
import { tell } from '../support/story-on-product.ts'

/**
 * Organisations, policies and what people do, by chance, on the real operations and a real database with a held clock. COUNTERSIGN_SEED
 * repeats a run; the long one goes on for a quarter of an hour.
 */

const isLong = process.env['TEST_LONG'] === '1'
const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 20261122)
/** The short run tells the same ones everywhere; the long one goes on for a time. */
const ROUNDS = 9
const patienceMs = 900_000
/** In one round; a story is always told to its end. */
const AT_ONCE = isLong ? 20 : 4

let app: TestApp
beforeAll(async () => {
  app = await startApp({ movableClock: true, organisation: null })
})
afterAll(() => app?.close())

let told = 0

test(
  'whatever happens, requests end or wait for somebody, nothing passes unearned, and the simulator foresees it',
  async () => {
    const until = performance.now() + patienceMs
    const property = fc.asyncProperty(stories, (story) => tell(app, `w${++told}.`, story))
    for (let round = 0; isLong ? performance.now() < until : round < ROUNDS; round++) {
      await fc.assert(property, { seed: seed + round, numRuns: AT_ONCE, endOnFailure: !isLong })
    }
    console.log(`${told} stories from seed ${seed} on`)
  },
  isLong ? 3_600_000 : 60_000,
)
