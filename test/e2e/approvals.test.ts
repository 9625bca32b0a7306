import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Portal, settled } from '../support/browser.ts'
import { askMany } from '../support/many-approvals.ts'
import { servers } from '../support/servers.ts'

let portal: Portal
beforeAll(async () => {
  portal = await Portal.open(servers().portalUrl)
  await askMany(portal, 'ines.falk', 64)
})
afterAll(() => portal.close())

let page: Page
beforeEach(async () => {
  page = await portal.windowOf('ines.falk')
})

const waiting = async () =>
  (await portal.call(page, 'GET', '/v2025/access-request-approvals/approval-summary?owner-id=me')).pending as number

/** Waits until the focus is on what a selector names. */
const focusIsOn = (on: Page, selector: string) =>
  on.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector, { timeout: 5_000 })

test('the inbox is cleared by keyboard alone: j and k move, a agrees, r asks why and rejects', async () => {
  await portal.go(page, '/approvals')
  const before = await waiting()
  const title = page.locator('#approval-title')
  const first = await title.textContent()
  await page.keyboard.press('j')
  await page.waitForFunction((old) => document.querySelector('#approval-title')?.textContent !== old, first)
  await page.keyboard.press('k')
  await page.waitForFunction((old) => document.querySelector('#approval-title')?.textContent === old, first)
  await page.keyboard.press('a')
  await page.getByText(/^You granted/).waitFor()
  await page.waitForFunction((old) => document.querySelector('#approval-title')?.textContent !== old, first)
  // The next one is told to whoever cannot see it.
  await focusIsOn(page, '#approval-title')

  await page.keyboard.press('r')
  const comment = page.getByLabel(/^Why not\?/)
  await comment.waitFor()
  expect(await comment.evaluate((element) => element === document.activeElement)).toBe(true)
  await page.keyboard.type('Not this year')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByText(/^You rejected/).waitFor()
  await focusIsOn(page, '#approval-title')
  expect(await waiting()).toBe(before - 2)
  await page.context().close()
})

test('whoever does not reject after all is back where they began, from the field and from the buttons', async () => {
  await portal.go(page, '/approvals')
  const reject = page.getByRole('button', { name: 'Reject', exact: true })
  for (const steps of [0, 1, 2]) {
    await reject.focus()
    await page.keyboard.press('Enter')
    await focusIsOn(page, '.decision textarea')
    for (let step = 0; step < steps; step++) await page.keyboard.press('Tab')
    await page.keyboard.press('Escape')
    await reject.waitFor()
    await focusIsOn(page, steps === 0 ? '.decision textarea' : '.decision-buttons button')
    expect(await reject.evaluate((element) => element === document.activeElement)).toBe(steps > 0)
  }
  await page.context().close()
})

test('forwarded by keyboard alone, an approval makes room for the next; after the last one the focus is on the page', async () => {
  await portal.go(page, '/approvals')
  const title = page.locator('#approval-title')
  const first = await title.textContent()
  await page.keyboard.press('f')
  await page.getByRole('dialog').waitFor()
  await focusIsOn(page, '[role=combobox]')
  await page.keyboard.type('Ben Archer')
  await page.getByRole('option', { name: 'Ben Archer' }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.waitForFunction(() => document.activeElement?.hasAttribute('aria-activedescendant'))
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await focusIsOn(page, 'textarea')
  await page.keyboard.type('He knows it better')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.waitForFunction((old) => document.querySelector('#approval-title')?.textContent !== old, first)
  await focusIsOn(page, '#approval-title')

  const other = await portal.windowOf('ben.archer')
  await portal.go(other, '/approvals')
  await other.keyboard.press('a')
  await other.getByText('Nothing waits for you').waitFor()
  await focusIsOn(other, 'h1')
  await other.context().close()
  await page.context().close()
})

test('a decision that the server refuses is shown with its reason and its tracking id, and nothing is lost', async () => {
  await portal.go(page, '/approvals')
  const id = await page.locator('.inbox-row').first().getAttribute('href')
  // Somebody else is faster, and this window has not heard of it.
  await page.route('**/countersign/v1/events', (route) => route.abort())
  await page.reload()
  await settled(page)
  await page.getByRole('button', { name: 'Add a comment' }).click()
  await page.getByLabel('Comment').fill('I had written this')
  const other = await portal.windowOf('ines.falk')
  await portal.call(other, 'POST', `/v2025/access-request-${id?.slice(1)}/approve`, {})
  await page.getByRole('button', { name: 'Grant', exact: true }).click()
  const problem = page.getByRole('alert').filter({ hasText: 'This was refused' })
  await problem.waitFor()
  expect(await problem.locator('code').textContent()).toMatch(/^[0-9a-f]{32}$/)
  expect(await page.getByLabel('Comment').inputValue()).toBe('I had written this')
  await other.context().close()
  await page.context().close()
})

test('the order of the inbox stands in the address, and stays there while one approval after the other is opened', async () => {
  await portal.go(page, '/approvals')
  const first = await page.locator('#approval-title').textContent()
  await page.getByRole('button', { name: /Oldest first/ }).click()
  await page.getByRole('option', { name: 'Newest first' }).click()
  await page.waitForURL(/sort=-created/)
  await page.waitForFunction((old) => document.querySelector('#approval-title')?.textContent !== old, first)
  await page.keyboard.press('j')
  await page.waitForURL(/approvals\/.*sort=-created/)
  const [opened, address] = [await page.locator('#approval-title').textContent(), page.url()]
  await portal.go(page, address.replace(portal.url, ''))
  await page.waitForFunction((wanted) => document.querySelector('#approval-title')?.textContent === wanted, opened)
  await page.getByRole('button', { name: /Newest first/ }).waitFor()
  await page.context().close()
})

test('an approval that is decided elsewhere leaves the inbox within a second', async () => {
  await portal.go(page, '/approvals')
  const row = page.locator('.inbox-row').nth(1)
  const href = (await row.getAttribute('href')) ?? ''
  const other = await portal.windowOf('ines.falk')
  await portal.call(other, 'POST', `/v2025/access-request-${href.slice(1)}/approve`, {})
  await page.locator(`.inbox-row[href="${href}"]`).waitFor({ state: 'detached', timeout: 1_000 })
  await other.context().close()
  await page.context().close()
})

test('fifty are chosen in the table and agreed to at once', async () => {
  await portal.go(page, '/approvals?view=table')
  const before = await waiting()
  expect(before).toBeGreaterThan(50)
  await page.getByRole('checkbox', { name: 'Select all of the first 50' }).click({ force: true })
  await page.getByText('50 of at most 50 selected').waitFor()
  await page.getByRole('button', { name: 'Approve the selected' }).click()
  const dialog = page.getByRole('dialog')
  expect(await dialog.getByText('× 50').count()).toBe(1)
  await dialog.getByLabel(/^Comment/).fill('Reviewed together with the team')
  await dialog.getByRole('button', { name: 'Approve 50 requests' }).click()
  await page.getByText('50 requests approved.').waitFor({ timeout: 30_000 })
  expect(await waiting()).toBe(before - 50)
  expect(portal.complaints.filter((complaint) => !complaint.includes('ERR_FAILED'))).toEqual([])
  await page.context().close()
})
