import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { narrow, Portal, settled, wide } from '../support/browser.ts'
import { fillDemo } from '../support/portal-demo.ts'
import { startProduct } from '../support/product.ts'
import { pages } from './pages.ts'

/** Writes a picture of every page (or of those whose names begin like one of `wanted`) into the folder, at both widths, light and dark. */
export async function takeScreenshots(folder: string, wanted: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  const product = await startProduct()
  const portal = await Portal.open(product.url)
  try {
    await fillDemo(portal)
    const chosen = pages.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)))
    for (const { name, path, alias } of chosen) {
      const page = await portal.windowOf(alias)
      await portal.go(page, path)
      for (const [width, viewport] of Object.entries({ narrow, wide })) {
        await page.setViewportSize(viewport)
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          await settled(page)
          const file = `${name.replaceAll(/[^a-z]+/g, '-')}-${width}-${colorScheme}.png`
          await page.screenshot({ path: join(folder, file), fullPage: width === 'narrow' })
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
