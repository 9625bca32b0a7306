import { afterAll, beforeAll, expect, test } from 'vitest'
import { Portal, wide } from '../support/browser.ts'
import { askMany } from '../support/many-approvals.ts'
import { servers } from '../support/servers.ts'

let portal: Portal
beforeAll(async () => {
  portal = await Portal.open(servers().portalUrl)
  await askMany(portal, 'paula.reyes', 10)
})
afterAll(() => portal.close())

test('times are shown in the zone of the reader, and hovering shows them in UTC', async () => {
  const page = await portal.windowOf('paula.reyes', { timezoneId: 'Pacific/Auckland' })
  await portal.go(page, '/profile')
  const time = page.locator('time').first()
  const at = new Date((await time.getAttribute('datetime')) ?? '')
  const there = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Pacific/Auckland' })
  expect(await time.textContent()).toBe(there.format(at))
  expect(await time.getAttribute('title')).toBe(`${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`)
  await page.context().close()
})

test('a moment within a sentence of the server is shown in the zone of the reader, too', async () => {
  const withYear = await Portal.open(servers().yearUrl)
  // Mona's manager is away, and somebody stands in.
  const page = await withYear.windowOf('mgr.one', { timezoneId: 'Pacific/Auckland' })
  const [item] = await withYear.call(page, 'GET', '/countersign/v1/request-center/items?q=Ledger%20Editors')
  const body = { requestedFor: ['me'], requestedItems: [{ type: item.type, id: item.id, comment: '–' }] }
  const { person } = await withYear.call(page, 'GET', '/countersign/v1/session')
  const preview = await withYear.call(page, 'POST', '/countersign/v1/access-requests/preview', { ...body, requestedFor: [person.id] })
  const said = /until (\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC/.exec(JSON.stringify(preview))
  const there = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Pacific/Auckland' })
  await withYear.go(page, `/request/items/${item.id}`)
  await page
    .getByText(`until ${there.format(new Date(`${said?.[1]}T${said?.[2]}Z`))}`)
    .first()
    .waitFor()
  await withYear.close()
})

test('whose browser asks for German gets German, and can choose English, which is remembered', async () => {
  const page = await portal.windowOf('paula.reyes', { locale: 'de-CH' })
  await portal.go(page, '/approvals')
  expect(await page.locator('h1').textContent()).toBe('Genehmigungen')
  expect(await page.locator('html').getAttribute('lang')).toBe('de')
  // Why one is asked comes from the server, and is said in German all the same.
  await page.getByRole('heading', { name: 'Warum Sie gefragt werden' }).waitFor()
  expect(await page.locator('.bullets').first().textContent()).not.toMatch(/ is | owns | asked/)
  await page.getByRole('button', { name: 'Paula Reyes' }).click()
  await page.getByRole('menuitem', { name: 'English' }).click()
  await page.getByRole('heading', { name: 'Approvals', exact: true }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'Approvals', exact: true }).waitFor()
  await page.context().close()
})

test('a theme that was chosen holds from the first paint of the next page', async () => {
  const page = await portal.windowOf('paula.reyes', { colorScheme: 'light' })
  await portal.go(page, '/')
  await page.getByRole('button', { name: 'Paula Reyes' }).click()
  await page.getByRole('menuitem', { name: 'Dark' }).click()
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const dark = await background()
  await page.goto(`${portal.url}/tasks`, { waitUntil: 'commit' })
  await page.waitForFunction(() => document.body !== null)
  expect(await background()).toBe(dark)
  await page.context().close()
})

test('every answer forbids scripts that are not ours, and framing', async () => {
  const answer = await fetch(`${portal.url}/approvals`, { headers: { accept: 'text/html' } })
  const policy = answer.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("script-src 'self'")
  expect(policy).not.toContain('unsafe')
  expect(policy).toContain("frame-ancestors 'none'")
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
})

test('every page can be reached from the keyboard: skip link, navigation, and keys that go to a page', async () => {
  const page = await portal.windowOf('paula.reyes', { viewport: wide })
  await portal.go(page, '/')
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content')
  await page.keyboard.press('Enter')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
  const places: [key: string, title: string][] = [
    ['n', 'Request access'],
    ['a', 'Approvals'],
    ['m', 'My requests'],
    ['y', 'My access'],
    ['t', 'Tasks'],
    ['h', 'Hello, Paula'],
  ]
  for (const [key, title] of places) {
    await page.keyboard.press('g')
    await page.keyboard.press(key)
    await page.getByRole('heading', { name: title, level: 1 }).waitFor()
  }
  await page.keyboard.press('?')
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await dialog.waitFor()
  await dialog.getByText('Use single keys as shortcuts').click()
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('a')
  expect(await page.locator('h1').textContent()).toBe('Hello, Paula')
  await page.context().close()
})
