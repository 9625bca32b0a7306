import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/app.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { type Product, startProduct } from '../support/product.ts'

/** A node that is killed with a mail on its way. */

let server: MailServer
let product: Product

beforeAll(async () => {
  server = await startMailServer()
  const mail = { COUNTERSIGN_SMTP_URL: server.url, COUNTERSIGN_MAIL_FROM: 'access@example.com', COUNTERSIGN_MAIL_SETTLE_MS: '0' }
  product = await startProduct(['sandbox'], mail)
})
afterAll(async () => {
  await product?.remove()
  await server.stop()
})

async function call(method: string, path: string, body?: unknown) {
  const credentials = Object.fromEntries((await product.command('token', 'admin')).split('\n').map((line) => line.split('=')))
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: credentials['SAIL_CLIENT_ID'] ?? '',
    client_secret: credentials['SAIL_CLIENT_SECRET'] ?? '',
  })
  const { access_token } = await (await fetch(`${product.url}/oauth/token`, { method: 'POST', body: form })).json()
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' }
  const answer = await fetch(`${product.url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  return answer.json()
}

test('a mail that the server had taken when the node was killed goes again once, under the same id', async () => {
  const [person] = await call('GET', '/v3/public-identities?filters=alias eq "emp.alice"')
  const [item] = await call('GET', '/v2024/access-profiles?filters=name eq "VPN Access"')
  let killing: Promise<void> | undefined
  server.onMail = () => {
    killing ??= product.kill()
    return undefined
  }
  const requestedItems = [{ type: 'ACCESS_PROFILE', id: item.id }]
  await call('POST', '/v2024/access-requests', { requestedFor: [person.id], requestedItems })
  await until(async () => killing !== undefined)
  await killing
  expect(server.mails).toHaveLength(1)
  await product.start()
  await until(async () => server.mails.length > 1)
  await until(async () => /countersign_mail_oldest_seconds 0\n/.test(await (await fetch(`${product.url}/metrics`)).text()))
  expect(server.mails).toHaveLength(2)
  expect(server.mails[1]?.messageId).toBe(server.mails[0]?.messageId)
  expect(server.mails[1]?.subject).toBe('Grant: VPN Access for Alice Moreau needs your decision')
})
