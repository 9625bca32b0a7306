import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { narrow, Portal, settled, wide } from '../support/browser.ts'
import { startProduct } from '../support/product.ts'
import { openPage, pages } from './pages.ts'

const longest = 3_000

const heightOf = (page: Page) => page.evaluate(() => document.documentElement.scrollHeight)

/** Writes a picture of every page (or of those whose names begin like one of `wanted`) into the folder, at both widths, light and dark. */
export async function takeScreenshots(folder: string, wanted: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  // With the year behind it, as somebody sees it who starts it for the first time.
  const product = await startProduct(['sandbox'], { COUNTERSIGN_DEMO: 'year' })
  const portal = await Portal.open(product.url)
  try {
    const chosen = pages.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)))
    for (const { name, path, alias, before } of chosen) {
      const page = await portal.windowOf(alias)
      await openPage(portal, page, { path, before })
      for (const [width, viewport] of Object.entries({ narrow, wide })) {
        await page.setViewportSize(viewport)
        // A table draws the rows that are in the window, so the window is made as long as the page.
        if (width === 'narrow') await page.setViewportSize({ ...viewport, height: Math.min(longest, await heightOf(page)) })
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          await settled(page)
          const file = `${name.replaceAll(/[^a-z]+/g, '-')}-${width}-${colorScheme}.png`
          await page.screenshot({ path: join(folder, file) })
        }
      }
      await page.context().close()
    }
    console.log(`${chosen.length * 4} pictures in ${folder}`)
  } finally {
    await portal.close()
    await product.remove()
  }
}
