import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { narrow, overflowOf, Portal, settled, violationsOn, wide } from '../support/browser.ts'
import { walk } from '../support/keyboard.ts'
import { servers } from '../support/servers.ts'
import { openPage, pages } from './pages.ts'

let portal: Portal
beforeAll(async () => {
  portal = await Portal.open(servers().yearUrl)
})
afterAll(() => portal.close())

const everyLook = [
  { viewport: narrow, colorScheme: 'light' },
  { viewport: wide, colorScheme: 'dark' },
  { viewport: wide, colorScheme: 'light' },
  { viewport: narrow, colorScheme: 'dark' },
] as const

/** Each page in one look, one after the other in turn; in all of them where there is time. */
const looksOf = (at: number) => (process.env['TEST_LONG'] === '1' ? everyLook : everyLook.slice(at % 2, (at % 2) + 1))

/** People come back to a browser that has the client already and knows who they are. */
const browsers = new Map<string | null, Promise<BrowserContext>>()

async function pageOf(alias: string | null, { viewport, colorScheme }: (typeof everyLook)[number]): Promise<Page> {
  const context = browsers.get(alias) ?? portal.contextOf(alias)
  browsers.set(alias, context)
  const page = await portal.tabIn(await context)
  await page.setViewportSize(viewport)
  await page.emulateMedia({ colorScheme })
  return page
}

for (const [at, { name, path, alias, before }] of pages.entries()) {
  test(`the page "${name}" breaks no rule of accessibility, fits, and is gone through by keyboard`, async () => {
    const [first, ...others] = looksOf(at)
    const page = await pageOf(alias, first)
    await openPage(portal, page, { path, before })
    for (const look of [first, ...others]) {
      if (look === undefined) continue
      const { viewport, colorScheme } = look
      if (look !== first) {
        await page.setViewportSize(viewport)
        await page.emulateMedia({ colorScheme })
        await settled(page)
      }
      const about = `${viewport.width} ${colorScheme}`
      expect(await violationsOn(page), about).toEqual([])
      expect(await overflowOf(page), `${about} overflows`).toBeLessThanOrEqual(0)
      expect((await walk(page)).problems, about).toEqual([])
    }
    await page.close()
    expect(portal.complaints.splice(0)).toEqual([])
  })
}

test('the menu, the shortcuts and a dialog break no rule of accessibility', async () => {
  const page = await portal.windowOf('mgr.one', { viewport: narrow })
  await portal.go(page, '/approvals')
  await page.getByRole('button', { name: 'Open the menu' }).click()
  await page.getByRole('dialog').waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /Account|Mona/ }).click()
  await page.getByRole('menu').waitFor()
  expect(await violationsOn(page)).toEqual([])
  await settled(page)
  await page.context().close()
})

/** While the list of a field is open, the library hides what is behind from readers, so that they stay in it; leaving the field shows it. */
const withoutWhatIsBehind = async (page: Page) =>
  (await violationsOn(page)).filter((violation) => !/^(aria-hidden-focus|page-has-heading-one):/.test(violation))

test('a list that is open breaks no rule of accessibility: people in a dialog, people on a page, and one of a few', async () => {
  const page = await portal.windowOf('admin', { viewport: narrow })
  await portal.go(page, '/admin/policies/new')
  await page.getByRole('combobox').first().focus()
  await page.getByRole('option').first().waitFor()
  await settled(page)
  expect(await withoutWhatIsBehind(page), 'people on a page').toEqual([])
  await page.keyboard.press('Escape')
  await portal.go(page, '/admin/requests')
  await page.setViewportSize(wide)
  await page.getByRole('button', { name: 'Any State' }).click()
  await page.getByRole('option').first().waitFor()
  await settled(page)
  expect(await violationsOn(page), 'one of a few').toEqual([])
  await page.context().close()

  const approver = await portal.windowOf('mgr.one', { viewport: narrow })
  const approvals: { id: string }[] = await portal.call(approver, 'GET', '/v2025/access-request-approvals/pending?limit=1')
  await portal.go(approver, `/approvals/${approvals[0]?.id}`)
  await approver.getByRole('button', { name: 'Forward' }).click()
  await approver.getByRole('option').first().waitFor()
  await settled(approver)
  expect(await withoutWhatIsBehind(approver), 'people in a dialog').toEqual([])
  await approver.context().close()
})
