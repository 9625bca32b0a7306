import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/app.ts'
import { Portal } from '../support/browser.ts'
import { writesIn } from '../support/scim-demo.ts'
import { servers } from '../support/servers.ts'

let portal: Portal
beforeAll(async () => {
  portal = await Portal.open(servers().portalUrl)
})
afterAll(() => portal.close())

/** What the target was told about somebody's groups. */
const toldOf = (alias: string) =>
  writesIn(join(servers().portalFolder, 'demo-target')).filter((line) => JSON.stringify(line).includes(alias))

test('somebody asks, two people agree in windows of their own, the target has it, and the manager takes it away again', async () => {
  const carol = await portal.windowOf('emp.carol')
  const mona = await portal.windowOf('mgr.one')
  const marco = await portal.windowOf('mgr.two')
  await portal.go(mona, '/approvals')

  await portal.go(carol, '/request')
  await carol.getByRole('searchbox', { name: 'What do you need?' }).fill('softw eng')
  await carol.getByRole('link', { name: 'Software Engineer' }).click()
  await carol.getByRole('heading', { name: 'What it gives' }).waitFor()
  expect(await carol.getByText('GitHub Developers').count()).toBeGreaterThan(0)
  await carol.getByText('Mona Ellis', { exact: true }).waitFor()
  await carol.getByRole('button', { name: /^Add/ }).click()
  await carol.getByRole('link', { name: 'Basket, 1 item' }).click()
  await carol.getByLabel('Why it is needed').fill('I begin on the product team')
  // The preview: the manager now, an owner of the role afterwards.
  await carol.getByText('Mona Ellis', { exact: true }).waitFor()
  await carol.getByText('1 of: Marco Tull, Lena Marsh').waitFor()
  await carol.getByRole('button', { name: 'Send the request' }).click()
  await carol.getByRole('heading', { name: 'Sent' }).waitFor()
  await carol.getByRole('link', { name: 'Software Engineer' }).click()
  await carol.getByRole('heading', { name: 'Request for Carol Nwosu' }).waitFor()

  // It appears without anybody pressing reload.
  await mona.getByRole('link', { name: /Carol Nwosu.*Software Engineer/ }).click()
  await mona.getByRole('heading', { name: 'Give Software Engineer to Carol Nwosu?' }).waitFor()
  expect(await mona.getByText('I begin on the product team').count()).toBe(1)
  await mona.getByRole('button', { name: 'Grant', exact: true }).click()
  await mona.getByText('You granted Software Engineer to Carol Nwosu.').waitFor()

  await portal.go(marco, '/approvals')
  await marco.getByRole('link', { name: /Carol Nwosu.*Software Engineer/ }).click()
  await marco.getByRole('button', { name: 'Grant', exact: true }).click()
  await marco.getByText('You granted Software Engineer to Carol Nwosu.').waitFor()

  // The page that shows the request follows it to its end.
  await carol.getByText('Done', { exact: true }).first().waitFor({ timeout: 30_000 })
  expect(await carol.getByText('Mona Ellis agreed.').count()).toBe(1)
  expect(toldOf('emp.carol').length).toBeGreaterThan(0)

  await portal.go(carol, '/access')
  await carol.getByRole('row', { name: /Software Engineer/ }).waitFor()

  const before = toldOf('emp.carol').length
  await portal.go(mona, '/team?q=Carol')
  await mona.getByRole('button', { name: 'What to do with Software Engineer of Carol Nwosu' }).click()
  await mona.getByRole('menuitem', { name: 'Remove' }).click()
  const remove = mona.getByRole('dialog').getByRole('button', { name: 'Remove' })
  expect(await remove.isDisabled(), 'a removal needs a reason').toBe(true)
  await mona.getByLabel('Reason').fill('Back in customer operations')
  await remove.click()
  await mona.getByText('It is asked that Carol Nwosu loses Software Engineer.').waitFor()
  await carol.getByRole('row', { name: /Software Engineer/ }).waitFor({ state: 'detached', timeout: 30_000 })
  await until(async () => toldOf('emp.carol').length > before)
  expect(portal.complaints).toEqual([])
})
