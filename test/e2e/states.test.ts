import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Portal } from '../support/browser.ts'
import { servers } from '../support/servers.ts'
import { findPath, pages } from './pages.ts'

/** Before its answer has come every page says that it is on its way, and when it fails, what it was and how it is found in the log. */
let portal: Portal
beforeAll(async () => {
  portal = await Portal.open(servers().yearUrl)
})
afterAll(() => portal.close())

const trackingId = '0123456789abcdef0123456789abcdef'
const said = 'The database did not answer.'

/** What asks for nothing: it is there at once. Who one is and the stream are asked for by every page. */
const withoutAnswer = new Set([
  'sign-in',
  'basket, empty',
  'insight, for nobody',
  'administration, for somebody else',
  'not found',
  'a new policy',
])
const ofEveryPage = /^\/countersign\/v1\/(session|events|home)/

/** Lets no answer through until it is told to; then each is a failure of the server. */
async function holdBack(page: Page): Promise<() => void> {
  let release = (): void => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route(
    ({ pathname }) => /\/v\d+\//.test(pathname) && !ofEveryPage.test(pathname),
    async (route) => {
      await released
      const body = { detailCode: '500.0 Internal fault', trackingId, messages: [{ text: said }], causes: [] }
      await route.fulfill({ status: 500, contentType: 'application/json', body: JSON.stringify(body) }).catch(() => undefined)
    },
  )
  return release
}

const asking = pages.filter(({ name }) => !withoutAnswer.has(name))
/** All of them take a while: each waits until the client has tried again. */
const looked = process.env['TEST_LONG'] === '1' ? asking : asking.filter((_, at) => at % 10 === 0)

for (const shown of looked) {
  test(`the page "${shown.name}" says that it loads, and when that fails, why and with its tracking id`, async () => {
    const page = await portal.windowOf(shown.alias)
    page.setDefaultTimeout(20_000)
    const path = await findPath(portal, page, shown)
    const release = await holdBack(page)
    await page.goto(`${portal.url}${path}`)
    await page.locator('h1').first().waitFor()
    await page.locator('.loading, .skeleton, .skeleton-row, [aria-busy=true]').first().waitFor()
    release()
    const problem = page.getByRole('alert').filter({ hasText: trackingId }).first()
    await problem.waitFor()
    expect(await problem.textContent()).toContain(said)
    expect(portal.complaints.splice(0)).toEqual([])
    await page.context().close()
  })
}
