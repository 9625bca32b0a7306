import type { Page, Response } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Portal, settled } from '../support/browser.ts'
import { servers } from '../support/servers.ts'
import { findPath, pages } from './pages.ts'

/** No page asks the server for more than it shows, but for these rows beyond the edge of the screen: they are there when one scrolls. */
const overscan = 3
/** What scrolling asks for at once. */
const step = 10

let portal: Portal
beforeAll(async () => {
  portal = await Portal.open(servers().yearUrl)
})
afterAll(() => portal.close())

interface Asked {
  call: string
  /** How many rows came; undefined for what is no list. */
  rows: number | undefined
  from: number
}

/** What an answer that a page got was for. */
async function askedBy(response: Response): Promise<Asked | undefined> {
  const { pathname, search, searchParams } = new URL(response.url())
  if (!/\/v\d+\//.test(pathname) || /\/(events|session)$/.test(pathname)) return undefined
  const body: unknown = await response.json().catch(() => undefined)
  // Of a plot every row is a bar.
  const isList = Array.isArray(body) && !/\/insight\/[\w-]+$/.test(pathname)
  const request = response.request()
  return {
    call: `${request.method()} ${decodeURIComponent(pathname + search)} ${request.postData() ?? ''}`,
    rows: isList ? body.length : undefined,
    from: Number(searchParams.get('offset') ?? 0),
  }
}

/** Listens to what a page asks; what it returns tells it once every answer has come. */
function listen(page: Page): () => Promise<Asked[]> {
  const answers: Promise<Asked | undefined>[] = []
  const heard = (response: Response) => void answers.push(askedBy(response))
  page.on('response', heard)
  return async () => {
    await settled(page)
    await page.waitForLoadState('networkidle').catch(() => undefined)
    page.off('response', heard)
    return (await Promise.all(answers)).filter((one) => one !== undefined)
  }
}

/** Rows of tables in the window, everything in other lists, and how many tables there are. */
async function inSight(page: Page): Promise<{ rows: number; tables: number }> {
  return page.evaluate(() => {
    const isSeen = (element: Element) => {
      const { top, bottom } = element.getBoundingClientRect()
      return bottom > 0 && top < window.innerHeight
    }
    const tables = document.querySelectorAll('main table, main .cards')
    const rows = [...document.querySelectorAll('main tbody tr, main .cards > li')].filter(isSeen)
    return { rows: rows.length + document.querySelectorAll('main li:not(.cards > li)').length, tables: tables.length }
  })
}

/** How many tables can be saved. */
const files = (page: Page) => page.locator('main').getByRole('button', { name: 'CSV' }).count()

/** Half of the pages; all of them where there is time. */
const some = process.env['TEST_LONG'] === '1' ? pages : pages.filter((_, at) => at % 2 === 0)
const aliases = [...new Set(some.map(({ alias }) => alias))]

for (const alias of aliases) {
  const theirs = some.filter((page) => page.alias === alias)
  test(`no page of ${alias ?? 'nobody'} asks for more rows than it shows, or for anything twice; its tables are files, too, and its times tell UTC`, async () => {
    const page = await portal.windowOf(alias)
    for (const shown of theirs) {
      const path = await findPath(portal, page, shown)
      const asked = listen(page)
      await page.goto(`${portal.url}${path}`)
      const calls = await asked()
      const { rows, tables } = await inSight(page)
      const received = calls.reduce((sum, one) => sum + (one.rows ?? 0), 0)
      // A page about one thing shows it without a list.
      const most = Math.max(1, rows + overscan * tables)
      expect(received, `${shown.name} shows ${rows} rows and asked\n${calls.map(({ call }) => call).join('\n')}`).toBeLessThanOrEqual(most)
      const twice = calls.filter(({ call }, at) => calls.findIndex((other) => other.call === call) !== at)
      expect(twice, shown.name).toEqual([])
      expect(await files(page), `${shown.name} has ${tables} tables`).toBeGreaterThanOrEqual(await page.locator('main table').count())
      expect(await page.locator('main time:not([title*="UTC"])').count(), shown.name).toBe(0)
    }
    await page.context().close()
  }, 180_000)
}

test('scrolling asks for what comes into sight and a step beyond it, and a leap for nothing in between', async () => {
  const page = await portal.windowOf('admin')
  await portal.go(page, '/admin/requests')
  const table = page.getByRole('table', { name: 'All requests' })
  const drawn = async () => {
    const places = await table.locator('tbody tr').evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('aria-rowindex')) - 2))
    return { first: Math.min(...places), last: Math.max(...places) }
  }
  const before = await drawn()
  const scrolled = listen(page)
  await page.mouse.move(640, 600)
  for (let turn = 0; turn < 10; turn++) {
    await page.mouse.wheel(0, 100)
    await page.waitForTimeout(60)
  }
  const onTheWay = await scrolled()
  const after = await drawn()
  expect(after.last).toBeGreaterThan(before.last + step)
  expect(onTheWay.reduce((sum, { rows = 0 }) => sum + rows, 0)).toBeLessThan(after.last - before.last + step)

  const leapt = listen(page)
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight))
  await page.waitForFunction(
    (last) => Number(document.querySelector('tbody tr:last-child')?.getAttribute('aria-rowindex')) > last + 100,
    after.last,
  )
  const atTheEnd = await leapt()
  const { first, last } = await drawn()
  expect(atTheEnd.reduce((sum, { rows = 0 }) => sum + rows, 0)).toBeLessThanOrEqual(last - first + 1 + step)
  expect(Math.min(...atTheEnd.map(({ from }) => from))).toBeGreaterThan(first - step)
  await page.context().close()
})
