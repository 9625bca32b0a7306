import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { narrow, Portal, settled } from '../support/browser.ts'
import { coverOfFocus, tabTo, walk, walkBack } from '../support/keyboard.ts'
import { servers } from '../support/servers.ts'

/** What stays at an edge of the window, and what lies below it. */
let portal: Portal
beforeAll(async () => {
  portal = await Portal.open(servers().yearUrl)
})
afterAll(() => portal.close())

const unsaved = 'There are changes that are not saved.'

/** The page of a role to which a governance group must agree. */
async function openRole(page: Page): Promise<void> {
  const [role] = await portal.call(page, 'GET', `/v2025/roles?filters=${encodeURIComponent('name eq "Auditor"')}`)
  await portal.go(page, `/admin/items/role/${role.id}`)
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>('.scheme [role=combobox]')?.value === 'Audit Committee')
}

async function close(page: Page): Promise<void> {
  expect(portal.complaints.splice(0)).toEqual([])
  await page.context().close()
}

for (const what of ['is on its way', 'has it not'] as const) {
  test(`whoever leaves the field of a group by Tab while the list ${what} has changed nothing`, async () => {
    const page = await portal.windowOf('admin', { viewport: narrow })
    let answer = () => {}
    const isLate = new Promise<void>((resolve) => {
      answer = resolve
    })
    await page.route(/workgroups\?.*sorters=name/, async (route) => {
      if (what === 'has it not') return route.fulfill({ json: [] })
      await isLate
      await route.continue()
    })
    await openRole(page)
    await tabTo(page, 'combobox', 'Which group')
    await page.keyboard.press('Tab')
    await settled(page)
    answer()
    const field = page.getByRole('combobox', { name: 'Which group' }).first()
    expect(await field.inputValue()).toBe('Audit Committee')
    expect(await page.getByText(unsaved).count()).toBe(0)
    // Letters that were begun and left are no choice either.
    await tabTo(page, 'combobox', 'Which group')
    await page.keyboard.press('End')
    await page.keyboard.type('x')
    await page.keyboard.press('Tab')
    await expect.poll(() => field.inputValue()).toBe('Audit Committee')
    expect(await page.getByText(unsaved).count()).toBe(0)
    await close(page)
  })
}

test('what has the focus never lies under the bar that says what is not saved', async () => {
  const page = await portal.windowOf('admin', { viewport: narrow })
  await openRole(page)
  // At the lower edge, where the bar comes as soon as it is pressed.
  await tabTo(page, 'switch', 'It can only be asked for with an end')
  await page.evaluate(() => document.activeElement?.closest('label')?.scrollIntoView({ block: 'end' }))
  await page.keyboard.press('Space')
  const bar = page.getByRole('region', { name: unsaved })
  await bar.waitFor()
  await settled(page)
  expect(await coverOfFocus(page)).toEqual([])
  const { stops, problems } = await walk(page)
  expect(problems).toEqual([])
  expect(stops).toContain('button "Discard"')
  expect(await bar.isVisible()).toBe(true)
  await page.getByRole('button', { name: 'Discard' }).focus()
  expect((await walkBack(page, stops.length)).problems).toEqual([])
  await close(page)
})

test('what has the focus never lies under the head of a table, or under what is done with the rows that are chosen', async () => {
  const page = await portal.windowOf('mgr.one', { viewport: { width: 1280, height: 420 } })
  await portal.go(page, '/approvals?view=table')
  await page.locator('tbody a').last().focus()
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight))
  const { stops, problems } = await walkBack(page, 30)
  expect(stops.length).toBeGreaterThan(10)
  expect(problems).toEqual([])
  await close(page)
})
