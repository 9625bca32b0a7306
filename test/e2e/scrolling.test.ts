import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Portal, settled } from '../support/browser.ts'
import { generateOrganisation } from '../support/generate-organisation.ts'
import { type Product, startProduct } from '../support/product.ts'

const rows = 10_000
const longestMs = 50
/** Tasks and what is in them; a profiler beside them would be measured, too. */
const categories = ['__metadata', 'toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline']

let product: Product
let portal: Portal
beforeAll(async () => {
  product = await startProduct()
  const folder = join(product.folder, 'ten-thousand')
  // One person, who holds every other entitlement.
  generateOrganisation(folder, { identities: 1, entitlements: 2 * rows + 1, holdings: rows, sources: 1 })
  await product.command('import', folder)
  portal = await Portal.open(product.url)
}, 180_000)
afterAll(async () => {
  await portal?.close()
  await product?.remove()
})

interface TraceEvent {
  name: string
  pid: number
  tid: number
  /** Time of the processor, in microseconds; what other programs of the machine took is not in it. */
  tdur?: number
  args: { name?: string }
}

/** The longest task of a page's main thread in a trace, in milliseconds. */
function longestTaskIn(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString('utf8')) as { traceEvents: TraceEvent[] }
  const main = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
  const ofMain = traceEvents.filter((event) => main.some(({ pid, tid }) => event.pid === pid && event.tid === tid))
  const tasks = ofMain.filter(({ name }) => name === 'RunTask')
  expect(tasks.length, 'a trace without tasks shows nothing').toBeGreaterThan(100)
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur / 1_000))
}

/** Scrolls through the table in a window of its own, by the wheel and then in strides; the longest task of that, in milliseconds. */
async function longestTaskOfScrolling(): Promise<number> {
  const page = await portal.windowOf('user0')
  await portal.go(page, '/access')
  const table = page.getByRole('table', { name: 'My access' })
  expect(await table.getAttribute('aria-rowcount')).toBe(String(rows + 1))
  // What is on the screen, and little more, is there; and nothing more was asked for.
  expect(await table.locator('tbody tr').count()).toBeLessThan(60)
  await portal.browser.startTracing(page, { screenshots: false, categories })
  await page.mouse.move(640, 600)
  for (let turn = 0; turn < 120; turn++) {
    await page.mouse.wheel(0, 600)
    await page.waitForTimeout(16)
  }
  // The rest in strides, as one drags the bar.
  for (let stride = 1; stride <= 20; stride++) {
    await page.evaluate((part) => window.scrollTo(0, (document.documentElement.scrollHeight * part) / 20), stride)
    await page.waitForTimeout(30)
  }
  const longest = longestTaskIn(await portal.browser.stopTracing())
  await settled(page)
  expect(await table.locator('tbody tr').last().getAttribute('aria-rowindex')).toBe(String(rows + 1))
  await page.context().close()
  return longest
}

/**
 * A machine whose memory is taken and given back by another has that in the time of a thread: the same strides take 15 ms or 60. It only ever adds, so
 * what the page takes is the least of several traces.
 */
const traces = 4

test('no task is longer than 50 ms while a table of 10,000 rows is scrolled to its end', async () => {
  const longest: number[] = []
  for (let trace = 0; trace < traces; trace++) {
    longest.push(await longestTaskOfScrolling())
    if (Math.min(...longest) < longestMs) break
  }
  expect(Math.min(...longest), `the longest task of each trace: ${longest.join(', ')} ms`).toBeLessThan(longestMs)
}, 240_000)
