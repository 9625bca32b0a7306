import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Portal } from '../support/browser.ts'
import { askMany } from '../support/many-approvals.ts'
import { servers } from '../support/servers.ts'

let portal: Portal
beforeAll(async () => {
  portal = await Portal.open(servers().portalUrl)
  await askMany(portal, 'julia.novak', 60)
})
afterAll(() => portal.close())

test('a table is downloaded as CSV with all its rows, not only with those on the screen', async () => {
  const page = await portal.windowOf('julia.novak')
  await portal.go(page, '/approvals?view=table')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()])
  expect(download.suggestedFilename()).toBe('approvals.csv')
  const text = await readFile((await download.path()) ?? '', 'utf8')
  const lines = text.trimEnd().split('\r\n')
  const { pending } = await portal.call(page, 'GET', '/v2025/access-request-approvals/approval-summary?owner-id=me')
  expect(lines).toHaveLength(pending + 1)
  expect(lines[0]).toContain('What')
  expect(lines[1]).toContain('shelf')
  await page.context().close()
})
