import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AccessRequestApprovalsV2024Api, AccessRequestsV2024Api, Configuration, PublicIdentitiesV2024Api } from 'sailpoint-api-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/app.ts'
import { type FaultyTarget, startFaultyTarget } from '../support/faulty-target.ts'
import { type Product, startProduct } from '../support/product.ts'

let product: Product
let proxy: FaultyTarget | undefined

beforeAll(async () => {
  product = await startProduct()
})
afterAll(async () => {
  await product?.remove()
  await proxy?.close()
})

/** The vendor's SDK, unmodified: base URL and credentials are all it is given. */
function sdk(credentials: Record<string, string>): Configuration {
  return new Configuration({
    baseurl: product.url,
    clientId: credentials['SAIL_CLIENT_ID'],
    clientSecret: credentials['SAIL_CLIENT_SECRET'],
    tokenUrl: `${product.url}/oauth/token`,
  })
}

const lines = (text: string) =>
  Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => line.split('=') as [string, string]),
  )

async function person(alias: string): Promise<Configuration> {
  return sdk(lines(await product.command('token', alias)))
}

async function idOf(alias: string): Promise<string> {
  const { data } = await new PublicIdentitiesV2024Api(await person('emp.alice')).getPublicIdentities({ filters: `alias eq "${alias}"` })
  return data[0]?.id ?? ''
}

async function itemId(table: string, name: string): Promise<string> {
  const configuration = sdk(lines(await readFile(join(product.folder, 'admin.env'), 'utf8')))
  const { RequestableObjectsV2024Api, EntitlementsV2024Api } = await import('sailpoint-api-client')
  if (table === 'entitlement') {
    const { data } = await new EntitlementsV2024Api(configuration).listEntitlements({ filters: `name eq "${name}"` })
    return data[0]?.id ?? ''
  }
  const { data } = await new RequestableObjectsV2024Api(configuration).listRequestableObjects({ filters: `name eq "${name}"` })
  return data[0]?.id ?? ''
}

async function targetGroups(user: string): Promise<string[]> {
  const { port, token } = JSON.parse(await readFile(join(product.folder, 'demo-target', 'target.json'), 'utf8'))
  const response = await fetch(`http://127.0.0.1:${port}/scim/v2/Users?filter=${encodeURIComponent(`userName eq "${user}"`)}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const body = (await response.json()) as { Resources?: { groups?: { display: string }[] }[] }
  return body.Resources?.[0]?.groups?.map((group) => group.display) ?? []
}

async function effectiveWrites(user: string, group: string): Promise<object[]> {
  const log = await readFile(join(product.folder, 'demo-target', 'writes.jsonl'), 'utf8')
  const writes = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  return writes.filter((w) => w.effective && w.name === group && JSON.stringify(w.change).includes(user))
}

async function approveAll(approver: Configuration, comment: string): Promise<void> {
  const api = new AccessRequestApprovalsV2024Api(approver)
  const pending = await api.listPendingApprovals({ ownerId: 'me' })
  expect(pending.data.length).toBeGreaterThan(0)
  for (const { id } of pending.data) await api.approveAccessRequest({ approvalId: id ?? '', commentDtoV2024: { comment } })
}

const stateOf = async (api: AccessRequestsV2024Api, requestId: string) =>
  (await api.listAccessRequestStatus({ filters: `accessRequestId in ("${requestId}")` })).data[0]

test('the sandbox writes the credentials of its admin where only its owner can read them', async () => {
  const file = join(product.folder, 'admin.env')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const admin = lines(await readFile(file, 'utf8'))
  expect(admin['SAIL_BASE_URL']).toBe(product.url)
  expect(product.output).toContain(admin['SAIL_CLIENT_ID'])
})

test('the vendor SDK asks, approves, sees the value at the target, revokes, and sees it gone', async () => {
  const alice = await person('emp.alice')
  const aliceId = await idOf('emp.alice')
  const profile = await itemId('access-profile', 'GitHub Developers')
  const requests = new AccessRequestsV2024Api(alice)
  const item = { type: 'ACCESS_PROFILE' as const, id: profile, comment: 'to work on the product' }
  const created = await requests.createAccessRequest({ accessRequestV2024: { requestedFor: [aliceId], requestedItems: [item] } })
  expect(created.status).toBe(202)
  const requestId = created.data.newRequests?.[0]?.accessRequestIds?.[0] ?? ''
  expect(await targetGroups('emp.alice')).not.toContain('GitHub Developers')

  await approveAll(await person('mgr.one'), 'welcome')
  await until(async () => (await stateOf(requests, requestId))?.state === 'REQUEST_COMPLETED')
  expect(await targetGroups('emp.alice')).toContain('GitHub Developers')

  const boss = new AccessRequestsV2024Api(await person('mgr.one'))
  const revoked = await boss.createAccessRequest({
    accessRequestV2024: { requestedFor: [aliceId], requestType: 'REVOKE_ACCESS', requestedItems: [item] },
  })
  const revokeId = revoked.data.newRequests?.[0]?.accessRequestIds?.[0] ?? ''
  await until(async () => (await stateOf(boss, revokeId))?.state === 'REQUEST_COMPLETED')
  expect(await targetGroups('emp.alice')).not.toContain('GitHub Developers')
})

test('settings that are not JSON are refused without a word of what they hold', async () => {
  const settings = join(product.folder, 'broken.json')
  await writeFile(settings, 'token: hush-hush')
  const refused = await product.command('source', 'connect', 'Corporate Directory', 'scim', settings).catch((error) => error)
  expect(refused.stderr).toBe(`${settings} is not JSON. It is to hold the settings of the connector; they are not shown here.\n`)
})

test('killed in the middle of provisioning and started again, the product completes the request with one effective write', async () => {
  const { port, token } = JSON.parse(await readFile(join(product.folder, 'demo-target', 'target.json'), 'utf8'))
  proxy = await startFaultyTarget(`http://127.0.0.1:${port}/scim/v2`)
  const settings = join(product.folder, 'proxied.json')
  await writeFile(settings, JSON.stringify({ baseUrl: proxy.url, token }))
  await product.command('source', 'connect', 'Corporate Directory', 'scim', settings)

  const bob = await person('emp.bob')
  const requests = new AccessRequestsV2024Api(bob)
  const item = { type: 'ACCESS_PROFILE' as const, id: await itemId('access-profile', 'GitHub Developers') }
  const created = await requests.createAccessRequest({
    accessRequestV2024: { requestedFor: [await idOf('emp.bob')], requestedItems: [item] },
  })
  const requestId = created.data.newRequests?.[0]?.accessRequestIds?.[0] ?? ''
  // The write is applied, and the product never hears of it.
  proxy.next({ kind: 'hang-after' }, { method: 'PATCH' })
  await approveAll(await person('mgr.one'), 'fine')
  await until(async () => (await effectiveWrites('emp.bob', 'GitHub Developers')).length === 1)
  expect((await stateOf(requests, requestId))?.state).toBe('EXECUTING')

  await product.kill()
  await product.start()
  const after = new AccessRequestsV2024Api(await person('emp.bob'))
  await until(async () => (await stateOf(after, requestId))?.state === 'REQUEST_COMPLETED', 40)
  expect(await targetGroups('emp.bob')).toContain('GitHub Developers')
  expect(await effectiveWrites('emp.bob', 'GitHub Developers')).toHaveLength(1)
})

test('told to stop, the product ends with code 0 and leaves no database running', async () => {
  expect(await product.stop()).toBe(0)
  await expect(stat(join(product.folder, 'postgres', 'data', 'postmaster.pid'))).rejects.toThrow('ENOENT')
  await product.start()
})
