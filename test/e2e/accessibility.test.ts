import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { narrow, overflowOf, Portal, settled, violationsOn, wide } from '../support/browser.ts'
import { fillDemo } from '../support/portal-demo.ts'
import { openPage, pages } from './pages.ts'

let portal: Portal
beforeAll(async () => {
  portal = await Portal.open(inject('portalUrl'))
  await fillDemo(portal)
})
afterAll(() => portal.close())

const widths = { narrow, wide }
const schemes = ['light', 'dark'] as const

for (const { name, path, alias, before } of pages) {
  test(`the page "${name}" breaks no rule of accessibility and fits, narrow and wide, light and dark`, async () => {
    const page = await portal.windowOf(alias, { viewport: narrow })
    await openPage(portal, page, { path, before })
    for (const [width, viewport] of Object.entries(widths)) {
      await page.setViewportSize(viewport)
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme })
        await settled(page)
        expect(await violationsOn(page), `${width} ${colorScheme}`).toEqual([])
        expect(await overflowOf(page), `${width} ${colorScheme} overflows`).toBeLessThanOrEqual(0)
      }
    }
    await page.context().close()
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
