import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Portal, settled } from '../support/browser.ts'
import { startProvider, type TestProvider } from '../support/openid-provider.ts'
import { type Product, startProduct } from '../support/product.ts'

let provider: TestProvider
let product: Product
let portal: Portal
beforeAll(async () => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  provider = await startProvider({ redirectUris: [`${url}/countersign/v1/sign-in/callback`] })
  provider.claims.set('alice', { email: 'emp.alice@example.com', email_verified: true })
  provider.claims.set('stranger', { email: 'nobody@example.com', email_verified: true })
  product = await startProduct(['sandbox'], {
    PORT: String(port),
    COUNTERSIGN_PUBLIC_URL: url,
    COUNTERSIGN_OIDC_ISSUER: provider.issuer,
    COUNTERSIGN_OIDC_CLIENT_ID: provider.clientId,
    COUNTERSIGN_OIDC_CLIENT_SECRET: provider.clientSecret,
  })
  portal = await Portal.open(url)
})
afterAll(async () => {
  await portal?.close()
  await product?.remove()
  await provider?.close()
})

/** A port that is free now; the address must be known to the provider before the product has it. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

async function signInAtProvider(login: string, path: string) {
  const page = await portal.windowOf(null)
  await page.goto(`${portal.url}${path}`)
  await page.getByRole('link', { name: 'Sign in with your organisation' }).click()
  await page.locator('input[name=login]').fill(login)
  await page.locator('input[name=password]').fill('any')
  await page.locator('button[type=submit]').click()
  await page.locator('button[type=submit]').click()
  return page
}

test('who signs in at the provider comes back to the page they wanted, and can sign out', async () => {
  const page = await signInAtProvider('alice', '/requests?view=all')
  await page.getByRole('heading', { name: 'My requests' }).waitFor()
  expect(page.url()).toBe(`${portal.url}/requests?view=all`)
  const cookies = await page.context().cookies(portal.url)
  const cookie = cookies.find(({ name }) => name === 'countersign_session')
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
  await page.getByRole('button', { name: 'Alice Moreau' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.goto(`${portal.url}/requests`)
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.context().close()
})

test('whom the provider knows and we do not is told so, with a tracking id', async () => {
  const page = await signInAtProvider('stranger', '/')
  const problem = page.getByRole('alert')
  await problem.waitFor()
  expect(await problem.textContent()).toContain('Countersign does not')
  expect(await problem.locator('code').textContent()).toMatch(/^[0-9a-f]{32}$/)
  await page.context().close()
})

test('a personal access token is made on the profile page, shown once, and works', async () => {
  const page = await portal.windowOf('emp.bob')
  await portal.go(page, '/profile')
  await page.getByRole('button', { name: 'New token' }).click()
  await page.getByLabel(/^Name/).fill('nightly report')
  await page.getByRole('button', { name: 'Make the token' }).click()
  const id = await page.getByLabel('Client id', { exact: true }).inputValue()
  const secret = await page.getByLabel('Client secret', { exact: true }).inputValue()
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret })
  expect((await fetch(`${portal.url}/oauth/token`, { method: 'POST', body })).status).toBe(200)
  await page.getByRole('button', { name: 'Close' }).first().click()
  await settled(page)
  expect(await page.content()).not.toContain(secret)
  await page.getByRole('button', { name: 'Delete: nightly report' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('The token is deleted.').waitFor()
  expect((await fetch(`${portal.url}/oauth/token`, { method: 'POST', body })).status).toBe(401)
  await page.context().close()
})
