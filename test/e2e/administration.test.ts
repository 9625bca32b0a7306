import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Portal, settled } from '../support/browser.ts'
import { fillDemo } from '../support/portal-demo.ts'
import { servers } from '../support/servers.ts'

let portal: Portal
beforeAll(async () => {
  portal = await Portal.open(servers().portalUrl)
  await fillDemo(portal)
})
afterAll(() => portal.close())

/** The lines of the file that pressing a button saves. */
async function savedBy(page: Page, press: () => Promise<void>): Promise<{ name: string; lines: string[] }> {
  const [download] = await Promise.all([page.waitForEvent('download'), press()])
  const text = await readFile(await download.path(), 'utf8')
  return { name: download.suggestedFilename(), lines: text.replace('\uFEFF', '').trimEnd().split('\r\n') }
}

async function close(page: Page): Promise<void> {
  expect(portal.complaints.splice(0)).toEqual([])
  await page.context().close()
}

/** How many rows the table of a page has; -1 while that is not known. */
async function rowsOn(page: Page): Promise<number> {
  const count = Number(await page.getByRole('table').getAttribute('aria-rowcount'))
  return count > 0 ? count - 1 : -1
}

interface Named {
  id: string
  name: string
}

test('all requests are narrowed by a filter that stands in the address, and the file has what the table has', async () => {
  const page = await portal.windowOf('admin')
  await portal.go(page, '/admin/requests')
  await page.getByRole('button', { name: 'Any State' }).click()
  await page.getByRole('option', { name: 'In progress' }).click()
  await page.waitForURL(/state=EXECUTING/)
  await settled(page)
  await expect.poll(() => rowsOn(page)).toBeGreaterThan(0)
  const shown = await rowsOn(page)
  const { name, lines } = await savedBy(page, () => page.getByRole('button', { name: 'CSV' }).click())
  expect(name).toBe('requests.csv')
  expect(lines[0]).toBe('What,Action,For,Waits for,State,Asked')
  expect(lines).toHaveLength(shown + 1)
  expect(lines.slice(1).every((line) => line.includes('EXECUTING'))).toBe(true)
  await close(page)
})

test('how long something has not moved is chosen in the address', async () => {
  const page = await portal.windowOf('admin')
  await portal.go(page, '/admin/requests?view=stuck&longer=24')
  const chosen = page.getByRole('button', { name: /Waiting longer than/ })
  expect(await chosen.textContent()).toMatch(/day/)
  await chosen.click()
  const asked = page.waitForRequest((request) => request.url().includes('hours=0'))
  await page.getByRole('option').nth(1).click()
  await asked
  await page.waitForURL(/view=stuck&longer=/)
  await close(page)
})

test('an administrator cancels two requests at once, with a reason that is asked for', async () => {
  const page = await portal.windowOf('admin')
  const asker = await portal.windowOf('ben.archer')
  const me: { person: Named } = await portal.call(asker, 'GET', '/countersign/v1/session')
  const items: (Named & { type: string })[] = await portal.call(asker, 'GET', '/v2025/requestable-objects?identity-id=me&limit=250')
  for (const name of ['VPN Access', 'Design Workspace']) {
    const item = items.find((one) => one.name === name)
    const requestedItems = [{ type: item?.type, id: item?.id, comment: 'For a test' }]
    await portal.call(asker, 'POST', '/v2025/access-requests', { requestedFor: [me.person.id], requestedItems })
  }
  await portal.go(page, `/admin/requests?for=${me.person.id}`)
  for (const name of ['VPN Access', 'Design Workspace']) {
    await page.getByRole('checkbox', { name: `Select ${name} for Ben Archer` }).focus()
    await page.keyboard.press('Space')
  }
  await page.getByText('2 selected').waitFor()
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  const dialog = page.getByRole('dialog')
  const go = dialog.getByRole('button', { name: 'Cancel 2 requests' })
  expect(await go.isDisabled()).toBe(true)
  await dialog.getByLabel('Why').fill('Asked twice')
  await go.click()
  await page.getByText('2 requests cancelled.').waitFor()
  const rows: { state: string }[] = await portal.call(page, 'GET', `/v2025/access-request-administration?requested-for=${me.person.id}`)
  expect(rows.map(({ state }) => state)).toEqual(['CANCELLED', 'CANCELLED'])
  await asker.context().close()
  await close(page)
})

test('whoever runs nothing is told so, and asks the server for nothing they may not see', async () => {
  const page = await portal.windowOf('emp.alice')
  const refused: string[] = []
  page.on('response', (response) => response.status() === 403 && refused.push(response.url()))
  await portal.go(page, '/admin/configuration')
  await page.getByRole('heading', { name: 'This page is for administrators' }).waitFor()
  expect(await page.getByRole('link', { name: 'Configuration' }).count()).toBe(0)
  expect(refused).toEqual([])
  await close(page)
})

test('the picture of the schedule follows the numbers before they are saved, and saving keeps them', async () => {
  const page = await portal.windowOf('admin')
  await portal.go(page, '/admin/configuration')
  await page.getByText('Hand on what nobody answers').click()
  await page.getByLabel('First after (days)').fill('4')
  await page.getByText('To the approver’s manager').click()
  await page.getByText('Day 4').waitFor()
  await page.getByText('Their manager is asked instead').waitFor()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved. It holds for requests from now on.').waitFor()
  const kept = await portal.call(page, 'GET', '/v2025/generic-approvals/config/ACCESS_REQUEST_APPROVAL')
  expect(kept.escalationConfig).toMatchObject({
    enabled: true,
    daysUntilFirstEscalation: 4,
    escalationChain: [{ identityType: 'MANAGER_OF' }],
  })
  await portal.call(page, 'DELETE', '/v2025/generic-approvals/config/ACCESS_REQUEST_APPROVAL/APPROVAL_TYPE')
  await close(page)
})

test('who must agree to a role is changed by keyboard, and the preview then names them', async () => {
  const page = await portal.windowOf('admin')
  const roles: (Named & object)[] = await portal.call(page, 'GET', '/v2025/roles?limit=50')
  const role = roles.find(({ name }) => name === 'Auditor')
  const before = await portal.call(page, 'GET', `/v2025/roles/${role?.id}`)
  await portal.go(page, `/admin/items/role/${role?.id}`)
  await page.getByRole('button', { name: 'Approver 2: nobody any more' }).first().focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Save' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Saved. It holds for requests from now on.').waitFor()
  const after = await portal.call(page, 'GET', `/v2025/roles/${role?.id}`)
  expect(after.accessRequestConfig.approvalSchemes).toEqual([{ approverType: 'MANAGER', approverId: null }])
  await settled(page)
  const preview = page.getByRole('region', { name: 'What would happen' })
  await preview.getByText('Ruth Vane', { exact: true }).waitFor()
  expect(await preview.getByText('Audit Committee').count()).toBe(0)
  // As it was, for whoever comes after.
  const path = `${portal.url}/v2025/roles/${role?.id}`
  const data = JSON.stringify([{ op: 'replace', path: '/accessRequestConfig', value: before.accessRequestConfig }])
  const put = await page
    .context()
    .request.patch(path, { headers: { origin: portal.url, 'content-type': 'application/json-patch+json' }, data })
  expect(put.status()).toBe(200)
  await close(page)
})

test('a refused form says what the server says, and keeps what was written', async () => {
  const page = await portal.windowOf('admin')
  const groups: Named[] = await portal.call(page, 'GET', '/v2025/workgroups?limit=50')
  await portal.go(page, '/admin/groups')
  await page.getByRole('button', { name: 'New group' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill(groups[0]?.name ?? '')
  await dialog.getByRole('button', { name: 'Save' }).click()
  const alert = dialog.getByRole('alert')
  await alert.waitFor()
  expect(await alert.textContent()).toMatch(/Tracking id/)
  expect(await dialog.getByLabel('Name').inputValue()).toBe(groups[0]?.name)
  await close(page)
})

test('search finds what a query says, shows the columns that are chosen, and its file has the same', async () => {
  const page = await portal.windowOf('admin')
  await portal.go(page, '/admin/search')
  await page.getByRole('searchbox').fill('attributes.department:"Customer Operations"')
  await page.keyboard.press('Enter')
  await page.waitForURL(/q=/)
  await settled(page)
  await page.getByText(/^\d+ found$/).waitFor()
  const asked = page.waitForRequest((request) => request.url().includes('/search?') && (request.postData() ?? '').includes('accountCount'))
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'How many accounts' }).click()
  await asked
  await page.keyboard.press('Escape')
  await settled(page)
  await expect.poll(() => rowsOn(page)).toBeGreaterThan(0)
  const shown = await rowsOn(page)
  const { lines } = await savedBy(page, () => page.getByRole('button', { name: 'CSV' }).click())
  expect(lines[0]).toContain('How many accounts')
  expect(lines).toHaveLength(shown + 1)
  expect(lines.slice(1).every((line) => line.includes('Customer Operations'))).toBe(true)
  const address = new URL(page.url())
  await close(page)

  // Whoever gets the address sees the same, in another browser and also after another order is chosen.
  const other = await portal.windowOf('admin')
  await portal.go(other, address.pathname + address.search)
  await other.getByRole('columnheader', { name: 'How many accounts' }).waitFor()
  await other.getByRole('button', { name: 'Mail', exact: true }).click()
  await other.waitForURL(/sort=email/)
  expect(new URL(other.url()).searchParams.get('columns')).toBe(address.searchParams.get('columns'))
  expect(await other.getByRole('columnheader', { name: 'How many accounts' }).count()).toBe(1)
  await close(other)
})

test('the columns of all requests stand in the address, also when one comes back to the page', async () => {
  const page = await portal.windowOf('admin')
  await portal.go(page, '/admin/requests')
  expect(new URL(page.url()).searchParams.get('columns')).toBe(null)
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('menuitemcheckbox').first().click()
  await page.keyboard.press('Escape')
  await page.waitForURL(/columns=/)
  const chosen = new URL(page.url()).searchParams.get('columns')
  await portal.go(page, '/admin/requests')
  await page.waitForURL(/columns=/)
  expect(new URL(page.url()).searchParams.get('columns')).toBe(chosen)
  await close(page)
})

test('a query that cannot be read is refused in words, with its tracking id', async () => {
  const page = await portal.windowOf('admin')
  await page.goto(`${portal.url}/admin/search?q=${encodeURIComponent('name:/a.*/')}`)
  const alert = page.getByRole('alert')
  await alert.waitFor()
  expect(await alert.textContent()).toMatch(/Tracking id/)
  await close(page)
})

test('each plot leads to the rows behind it: by keyboard from its table, and by a press on a bar', async () => {
  const page = await portal.windowOf('admin')
  await portal.go(page, '/insight')
  const plot = page.getByRole('figure', { name: 'Asked for' })
  await plot.getByRole('button', { name: /As a table/ }).focus()
  await page.keyboard.press('Enter')
  const table = plot.getByRole('table', { name: 'Asked for' })
  await table.waitFor()
  const counts = await table.locator('tbody td').allTextContents()
  const last = counts.findLastIndex((count) => count !== '0')
  await table.getByRole('link').nth(last).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/insight\/rows\?.*of=requests/)
  await expect.poll(() => rowsOn(page)).toBe(Number(counts[last]))

  await page.goBack()
  await settled(page)
  const canvas = page.getByRole('figure', { name: 'Asked for' }).locator('.u-over')
  const box = await canvas.boundingBox()
  if (box === null) throw new Error('the plot is not drawn')
  await canvas.click({ position: { x: ((last + 0.5) / counts.length) * box.width, y: box.height - 5 } })
  await page.waitForURL(/\/insight\/rows\?.*of=requests/)
  await expect.poll(() => rowsOn(page)).toBe(Number(counts[last]))
  await close(page)
})

test('manual work is done by keyboard alone, and is gone from the list', async () => {
  const admin = await portal.windowOf('admin')
  const waiting: { id: string; requestedObject: Named }[] = await portal.call(
    admin,
    'GET',
    '/v2025/access-request-approvals/pending?limit=250',
  )
  const badge = waiting.find(({ requestedObject }) => requestedObject.name === 'Server Room Badge')
  for (let id = badge?.id; id !== undefined; ) {
    await portal.call(admin, 'POST', `/v2025/access-request-approvals/${id}/approve`, { comment: 'Fine' })
    const next: typeof waiting = await portal.call(admin, 'GET', '/v2025/access-request-approvals/pending?limit=250')
    id = next.find((one) => one.requestedObject.name === 'Server Room Badge' && !waiting.some((known) => known.id === one.id))?.id
  }
  const page = await portal.windowOf('petra.holm')
  await expect
    .poll(async () => (await portal.call(page, 'GET', '/v2025/work-items/count?ownerId=me')).count, { timeout: 20_000 })
    .toBeGreaterThan(0)
  const { count } = await portal.call(page, 'GET', '/v2025/work-items/count?ownerId=me')
  await portal.go(page, '/tasks')
  await page.getByRole('heading', { level: 2, name: /^Give badge/ }).waitFor()
  // It leads to what it is for, which whoever does it may see.
  const request = await page.getByRole('link', { name: 'What it is for' }).getAttribute('href')
  const requests = await page.context().newPage()
  await portal.go(requests, request ?? '')
  await requests.getByRole('heading', { name: 'What happened' }).first().waitFor()
  await requests.close()
  await page.keyboard.press('d')
  await page.getByText(/^Done\. The access counts as given/).waitFor()
  expect((await portal.call(page, 'GET', '/v2025/work-items/count?ownerId=me')).count).toBe(count - 1)
  await admin.context().close()
  await close(page)
})
