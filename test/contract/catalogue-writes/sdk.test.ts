import * as vendor from 'sailpoint-api-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeClient } from '../../../src/operations/make-client.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { type Writes, writesOf } from '../../support/catalogue-writes.ts'

/** The vendor's SDK, unmodified, sets a tenant up: a group, its members, a role that asks it, rules of an entitlement and of a source. */

let app: TestApp
let w: Writes
let configuration: vendor.Configuration
let owner: { type: 'IDENTITY'; id: string }

beforeAll(async () => {
  app = await startApp()
  w = writesOf(app)
  owner = { type: 'IDENTITY', id: await app.idOf('mgr.two') }
  const baseurl = await app.server.listen({ host: '127.0.0.1', port: 0 })
  const client = { name: 'sdk', identityId: await app.idOf('admin'), scopes: ['sp:scopes:all'] }
  const { id, secret } = await makeClient(app.app, { identityId: null, name: 'test' }, client)
  configuration = new vendor.Configuration({ baseurl, clientId: id, clientSecret: secret, tokenUrl: `${baseurl}/oauth/token` })
  configuration.experimental = true
})
afterAll(() => app.close())

test('a group made and filled through the SDK is asked by a role made and patched through it', async () => {
  const groups = new vendor.GovernanceGroupsV2024Api(configuration)
  const made = await groups.createWorkgroup({ xSailPointExperimental: 'true', workgroupDtoV2024: { name: 'From the SDK', owner } })
  const workgroupId = made.data.id ?? ''
  const member = { type: 'IDENTITY', id: await app.idOf('emp.bob') } as const
  const added = await groups.updateWorkgroupMembers({ workgroupId, identityPreviewResponseIdentityV2024: [member] })
  expect(added.data.map(({ status }) => status)).toEqual([201])

  const roles = new vendor.RolesApi(configuration)
  const role = await roles.createRole({ role: { name: 'SDK role', owner, enabled: true, requestable: true } })
  expect(role.status).toBe(201)
  const id = role.data.id ?? ''
  const schemes = [{ approverType: 'GOVERNANCE_GROUP', approverId: workgroupId }]
  const step = { op: 'replace', path: '/accessRequestConfig/approvalSchemes', value: schemes } as const
  const patched = await roles.patchRole({ id, jsonPatchOperation: [step] })
  expect(patched.data.accessRequestConfig?.approvalSchemes).toEqual(schemes)
  expect(await w.approversOf(await w.ask({ type: 'ROLE', id }))).toEqual(['emp.bob'])
})

test('an access profile is made, listed, patched and deleted through the SDK of beta', async () => {
  const [source] = await app.sql(`select id from source where name = 'Corporate Directory'`)
  const profiles = new vendor.AccessProfilesBetaApi(configuration)
  const entitlements = [{ type: 'ENTITLEMENT' as const, id: await app.itemId('ENTITLEMENT', 'VPN Users') }]
  const accessProfileBeta = { name: 'SDK profile', owner, source: { type: 'SOURCE' as const, id: String(source?.['id']) }, entitlements }
  const id = (await profiles.createAccessProfile({ accessProfileBeta })).data.id ?? ''
  const step = { op: 'replace', path: '/description', value: 'by the SDK' } as const
  expect((await profiles.patchAccessProfile({ id, jsonPatchOperationBeta: [step] })).data.description).toBe('by the SDK')
  expect((await profiles.listAccessProfiles({ filters: 'name eq "SDK profile"' })).data.map((row) => row.id)).toEqual([id])
  expect((await profiles.deleteAccessProfile({ id })).status).toBe(204)
})

test('rules of an entitlement and of its source are read and written back through the SDK of v2024', async () => {
  const entitlements = new vendor.EntitlementsV2024Api(configuration)
  const at = { id: await app.itemId('ENTITLEMENT', 'GitHub Developers'), xSailPointExperimental: 'true' }
  const { data } = await entitlements.getEntitlementRequestConfig(at)
  const written = await entitlements.putEntitlementRequestConfig({ ...at, entitlementRequestConfigV2024: data })
  expect(written.data).toEqual(data)
  const requestable = [{ op: 'replace', path: '/requestable', value: false } as const]
  const entitlementBulkUpdateRequestV2024 = { entitlementIds: [at.id], jsonPatch: requestable }
  expect((await entitlements.updateEntitlementsInBulk({ entitlementBulkUpdateRequestV2024 })).status).toBe(204)
  expect((await entitlements.getEntitlement({ id: at.id })).data.requestable).toBe(false)
})
