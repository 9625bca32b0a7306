import { afterAll, beforeAll, expect, test } from 'vitest'
import { Portal, settled } from '../support/browser.ts'
import { servers } from '../support/servers.ts'

/** What the server says in English by itself: in the portal it is in the reader's language. */
let portal: Portal
beforeAll(async () => {
  portal = await Portal.open(servers().yearUrl)
})
afterAll(() => portal.close())

test('somebody who reads German is refused in German, with the tracking id', async () => {
  const page = await portal.windowOf('admin', { locale: 'de-CH' })
  await page.goto(`${portal.url}/admin/search?q=${encodeURIComponent('name:/a.*/')}`)
  const alert = page.getByRole('alert')
  await alert.waitFor()
  expect(await alert.textContent()).toMatch(/reguläre Ausdrücke gibt es nicht/)
  expect(await alert.locator('code').textContent()).toMatch(/^[0-9a-f]{32}$/)
  await page.context().close()
})

test('the language that is spoken in the portal counts, not the one that the browser prefers', async () => {
  const page = await portal.windowOf('emp.alice', { locale: 'en-GB' })
  await portal.go(page, '/')
  await page.getByRole('button', { name: /^Alice Moreau/ }).click()
  await page.getByRole('menuitem', { name: 'Deutsch' }).click()
  await page.getByText('Guten Tag, Alice').waitFor()
  await page.goto(`${portal.url}/requests/0123456789abcdef0123456789abcdef`)
  const alert = page.getByRole('alert')
  await alert.waitFor()
  expect(await alert.textContent()).toMatch(/Sie dürfen nur Anträge sehen|Es gibt keinen Antrag/)
  await page.context().close()
})

test('work by hand, and what is stuck, is told in German', async () => {
  const page = await portal.windowOf('petra.holm', { locale: 'de-CH' })
  await portal.go(page, '/tasks')
  expect(await page.locator('#task-title').textContent()).toMatch(/ dem Konto .+ auf .+ (geben|entziehen) \(.+ für .+\)\.$/)
  await page.context().close()
  const admin = await portal.windowOf('admin', { locale: 'de-CH' })
  await portal.go(admin, '/admin/requests?view=stuck')
  await settled(admin)
  const table = await admin.getByRole('table').textContent()
  expect(table).toMatch(/Wartet auf|nicht gegeben/)
  expect(table).not.toMatch(/Waits for|did not give|Its end date/)
  await admin.context().close()
})
