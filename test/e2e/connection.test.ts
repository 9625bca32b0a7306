import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Portal } from '../support/browser.ts'
import { askMany } from '../support/many-approvals.ts'
import { servers } from '../support/servers.ts'

let portal: Portal
beforeAll(async () => {
  portal = await Portal.open(servers().portalUrl)
  await askMany(portal, 'otto.weiss', 10)
})
afterAll(() => portal.close())

test('a lost connection is told, a decision fails at once instead of later, and all is well when it is back', async () => {
  const page = await portal.windowOf('otto.weiss')
  await portal.go(page, '/approvals')
  await page.context().setOffline(true)
  await page.getByText('The connection is lost.', { exact: false }).waitFor({ timeout: 15_000 })
  await page.getByRole('button', { name: 'Grant', exact: true }).click()
  await page.getByText('The server cannot be reached').waitFor()
  // What was loaded is still there to read.
  expect(await page.locator('.inbox-row').count()).toBeGreaterThan(0)
  await page.context().setOffline(false)
  await page.getByText('The connection is lost.', { exact: false }).waitFor({ state: 'detached', timeout: 20_000 })
  await page.getByRole('button', { name: 'Grant', exact: true }).click()
  await page.getByText(/^You granted/).waitFor()
  await page.context().close()
})

test('many tabs of one browser all load and all hear what happens, also when the one that listens for them is closed', async () => {
  const first = await portal.windowOf('otto.weiss')
  await portal.go(first, '/approvals?view=decided')
  const others = await Promise.all(Array.from({ length: 6 }, () => first.context().newPage()))
  for (const page of others) await portal.go(page, '/approvals?view=decided')
  await first.close()
  const [decided] = await portal.call(others[0] as Page, 'GET', '/v2025/access-request-approvals/pending')
  await portal.call(others[0] as Page, 'POST', `/v2025/access-request-approvals/${decided.id}/approve`, {})
  for (const page of others) await page.locator(`a[href="/approvals/${decided.id}"]`).waitFor({ timeout: 5_000 })
  await first.context().close()
})

test('what is typed into a field for searching stands where it was typed, although the address is told of it', async () => {
  const page = await portal.windowOf('otto.weiss')
  await portal.go(page, '/request')
  const field = page.getByRole('searchbox', { name: 'What do you need?' })
  await field.pressSequentially('lger', { delay: 100 })
  for (let at = 0; at < 3; at++) await field.press('ArrowLeft')
  await field.pressSequentially('ed', { delay: 200 })
  await page.waitForURL(/q=ledger/)
  expect(await field.inputValue()).toBe('ledger')
  await page.context().close()
})

test('whose session has ended is sent to sign in, and comes back to the page they wanted', async () => {
  const page = await portal.windowOf('otto.weiss')
  await portal.go(page, '/approvals?view=table')
  await page.context().clearCookies()
  await page.goto(`${portal.url}/requests?view=all`)
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.getByRole('button', { name: /^Otto Weiss/ }).click()
  await page.getByRole('heading', { name: 'My requests' }).waitFor()
  expect(new URL(page.url()).search).toBe('?view=all')
  await page.context().close()
})
