import { afterAll, beforeAll, expect, test } from 'vitest'
import { Portal } from '../support/browser.ts'
import { fillDemo } from '../support/portal-demo.ts'
import { servers } from '../support/servers.ts'

let portal: Portal
beforeAll(async () => {
  portal = await Portal.open(servers().portalUrl)
  await fillDemo(portal)
})
afterAll(() => portal.close())

interface Named {
  id: string
  name: string
}

test('after sending, every line says what became of it: asked for now, already, or by somebody else', async () => {
  const page = await portal.windowOf('emp.alice')
  const people: (Named & { alias: string })[] = await portal.call(page, 'GET', '/countersign/v1/sandbox/people?limit=250')
  const recipients = ['emp.alice', 'hugo.lind'].map((alias) => people.find((one) => one.alias === alias))
  const objects: (Named & { type: string })[] = await portal.call(page, 'GET', '/v2025/requestable-objects?identity-id=me&limit=250')
  // Hugo has asked for the first himself, and so has Alice.
  const lines = ['Finance Analyst', 'Design Workspace', 'VPN Access'].map((name) => {
    const { id, type } = objects.find((one) => one.name === name) ?? { id: '', type: '' }
    return { id, type, name, comment: 'For the quarter', startDay: '', endDay: '', accounts: {} }
  })
  const me = recipients[0]?.id
  await page.addInitScript(
    ([name = '', value = '']) => localStorage.setItem(name, value),
    [`countersign.basket.${me}`, JSON.stringify({ recipients: recipients.map((one) => ({ id: one?.id, name: one?.name })), lines })],
  )
  await portal.go(page, '/request/basket')
  await page.getByRole('button', { name: 'Send the request' }).click()
  await page.getByRole('heading', { name: 'Sent' }).waitFor()
  const rows = page.locator('.list-item')
  const told = async () => {
    await expect.poll(() => rows.count()).toBe(recipients.length * lines.length)
    return (await rows.allTextContents()).map((text) => text.replaceAll(/\s+/g, ' ')).sort()
  }
  const first = await told()
  const linesOf = (item: string, person: string) => first.filter((text) => text.includes(item) && text.includes(person))
  for (const person of ['Alice', 'Hugo']) for (const { name } of lines) expect(linesOf(name, person), `${name} ${person}`).toHaveLength(1)
  expect(linesOf('Finance Analyst', 'Hugo')[0]).toMatch(/asked for already by somebody else/)
  expect(linesOf('Design Workspace', 'Hugo')[0]).toMatch(/waits for|Done/)
  expect(linesOf('Finance Analyst', 'Alice')[0]).toMatch(/waits for|Done/)
  // It is the page's own, so it is there after loading it anew, too.
  await page.reload()
  expect(await told()).toEqual(first)
  // Who gets the address sees of it what they may.
  const address = page.url()
  const other = await portal.windowOf('emp.bob')
  await other.goto(address)
  await other.getByText('What became of this cannot be shown to you.').first().waitFor()
  await other.context().close()
  await page.context().close()
  expect(portal.complaints.splice(0)).toEqual([])
})
