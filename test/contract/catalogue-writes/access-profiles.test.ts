import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dialects, pathIn } from '../../../src/api/dialect.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { replace, type Writes, writesOf } from '../../support/catalogue-writes.ts'

let app: TestApp
let w: Writes
let owner: { type: string; id: string }
const source: Record<string, { type: string; id: string }> = {}
const entitlement: Record<string, { type: string; id: string }> = {}

beforeAll(async () => {
  app = await startApp()
  w = writesOf(app)
  owner = { type: 'IDENTITY', id: await app.idOf('mgr.two') }
  for (const { id, name } of await app.sql('select id, name from source')) source[String(name)] = { type: 'SOURCE', id: String(id) }
  for (const name of ['VPN Users', 'Audit Readers', 'Laboratory']) {
    entitlement[name] = { type: 'ENTITLEMENT', id: await app.itemId('ENTITLEMENT', name) }
  }
})
afterAll(() => app.close())

let made = 0
const newProfile = (more: object = {}) => ({ name: `Profile ${++made}`, owner, source: source['Corporate Directory'], ...more })
const withEntitlement = (more: object = {}) => newProfile({ enabled: true, entitlements: [entitlement['VPN Users']], ...more })

describe.each(dialects)('in %s', (dialect) => {
  const profiles = pathIn(dialect, '/access-profiles')

  test('an access profile is made, read, changed, read and deleted', async () => {
    const profile = await w.did('POST', profiles, withEntitlement({ description: 'made here' }))
    expect(profile).toMatchObject({ description: 'made here', enabled: true, requestable: true, source: { name: 'Corporate Directory' } })
    expect(await w.get(`${profiles}/${profile.id}`)).toEqual(profile)

    const patch = [{ op: 'add', path: '/entitlements/-', value: entitlement['Audit Readers'] }, replace('/requestable', false)]
    const changed = await w.did('PATCH', `${profiles}/${profile.id}`, patch)
    expect(changed.entitlements.map(({ name }: { name: string }) => name)).toEqual(['Audit Readers', 'VPN Users'])
    expect(changed.requestable).toBe(false)
    expect(await w.get(`${profiles}/${profile.id}`)).toEqual(changed)

    await w.did('DELETE', `${profiles}/${profile.id}`)
    await w.refused('GET', `${profiles}/${profile.id}`, undefined, 404)
  })
})

test('the entitlements of an access profile are of its source, also when both are changed at once', async () => {
  const field = 'entitlements[0].id'
  expect(await w.refused('POST', '/v2025/access-profiles', newProfile({ entitlements: [entitlement['Laboratory']] }))).toContain(field)
  const profile = await w.did('POST', '/v2025/access-profiles', withEntitlement())
  const path = `/v2025/access-profiles/${profile.id}`
  expect(await w.refused('PATCH', path, [replace('/source', source['Building Badges'])])).toContain('is not of the source')
  const both = [replace('/source', source['Building Badges']), replace('/entitlements', [entitlement['Laboratory']])]
  expect(await w.did('PATCH', path, both)).toMatchObject({ source: { name: 'Building Badges' }, entitlements: [{ name: 'Laboratory' }] })
})

test('one that is enabled has an entitlement, one that is not may have none', async () => {
  expect(await w.refused('POST', '/v2025/access-profiles', newProfile({ enabled: true }))).toContain('entitlements: an access profile that')
  const profile = await w.did('POST', '/v2025/access-profiles', newProfile({ entitlements: null }))
  expect(profile).toMatchObject({ enabled: false, requestable: true, entitlements: [] })
  expect(await w.refused('PATCH', `/v2025/access-profiles/${profile.id}`, [replace('/enabled', true)])).toContain(
    'at least one entitlement',
  )
})

test('ids that name nothing, a name that is taken and what is not supported yet are refused with the field named', async () => {
  const nobody = { id: 'nobody' }
  for (const [more, text] of [
    [{ source: nobody }, '400.1.404 Referenced object not found source.id: there is no source nobody'],
    [{ owner: nobody }, 'owner.id: there is no identity nobody'],
    [{ entitlements: [entitlement['VPN Users'], nobody] }, 'entitlements[1].id: there is no entitlement nobody'],
    [{ name: 'vpn access' }, 'name: another access profile has this name'],
    [{ owner: null }, 'owner: is required'],
    [{ segments: ['a'] }, 'segments: is not supported yet'],
    [{ provisioningCriteria: { operation: 'EQUALS' } }, 'provisioningCriteria: is not supported yet'],
    [{ accessModelMetadata: { attributes: [{ key: 'a' }] } }, 'accessModelMetadata: is not supported yet'],
  ] as const) {
    expect(await w.refused('POST', '/v2025/access-profiles', newProfile(more))).toContain(text)
  }
  const { source: _source, ...without } = newProfile()
  expect(await w.refused('POST', '/v2025/access-profiles', without)).toContain('source: is required')
})

test('its approvers are asked, those of its application and its source among them', async () => {
  const id = await app.itemId('ACCESS_PROFILE', 'Design Workspace')
  const ask = (startDate: string) => w.ask({ type: 'ACCESS_PROFILE', id, startDate })
  for (const [approverType, alias] of [
    ['SOURCE_OWNER', 'tomas.berg'],
    ['APP_OWNER', 'mgr.two'],
    ['MANAGER', 'mgr.one'],
  ] as const) {
    const config = { approvalSchemes: [{ approverType }], denialCommentsRequired: true }
    const changed = await w.did('PATCH', `/v2024/access-profiles/${id}`, [replace('/accessRequestConfig', config)])
    expect(changed.accessRequestConfig.denialCommentsRequired).toBe(true)
    expect(await w.approversOf(await ask(`2050-01-0${++made % 9}T00:00:00Z`))).toEqual([alias])
  }
})

test('one that is in a role, in an application or was asked for is not deleted', async () => {
  const vpn = await app.itemId('ACCESS_PROFILE', 'VPN Access')
  expect(await w.refused('DELETE', `/v2025/access-profiles/${vpn}`)).toMatch(
    /is part of Software Engineer, and it belongs to .* Remote Access/,
  )
  const asked = await w.did('POST', '/v2025/access-profiles', withEntitlement())
  await w.ask({ type: 'ACCESS_PROFILE', id: asked.id })
  expect(await w.refused('DELETE', `/v2025/access-profiles/${asked.id}`)).toContain('is in use')
})

test('in bulk none is deleted when one is in use, unless the rest shall be; what is in use is told', async () => {
  const vpn = await app.itemId('ACCESS_PROFILE', 'VPN Access')
  const free = await w.did('POST', '/v2025/access-profiles', newProfile())
  const path = '/v2025/access-profiles/bulk-delete'
  const send = (body: object) => app.call('admin', 'POST', path, body)

  const none = await send({ accessProfileIds: [free.id, vpn] })
  expect([none.status, none.json.pending, none.json.inUse[0].accessProfileId]).toEqual([200, [], vpn])
  expect(none.json.inUse[0].usedBy.map(({ name }: { name: string }) => name)).toEqual(['Software Engineer'])
  await w.get(`/v2025/access-profiles/${free.id}`)
  expect(await w.refused('POST', path, { accessProfileIds: ['nobody'] })).toContain('accessProfileIds[0]')

  const rest = await send({ accessProfileIds: [free.id, vpn, 'nobody'], bestEffortOnly: true })
  expect([rest.status, rest.json.pending, rest.json.inUse.length]).toEqual([202, [free.id], 1])
  await w.refused('GET', `/v2025/access-profiles/${free.id}`, undefined, 404)
})

test('many are made requestable or not in one call that tells how it went with each', async () => {
  const one = await w.did('POST', '/v2025/access-profiles', withEntitlement())
  const wishes = [
    { id: one.id, requestable: false },
    { id: 'nobody', requestable: true },
  ]
  const { status, json } = await app.call('admin', 'POST', '/v2025/access-profiles/bulk-update-requestable', wishes)
  expect([status, json.map((row: { status: string }) => row.status)]).toEqual([207, ['201', '404']])
  expect((await w.get(`/v2025/access-profiles/${one.id}`)).requestable).toBe(false)
  expect((await w.lastRecord('ACCESS_PROFILE_UPDATED')).details).toEqual({ requestable: { from: true, to: false } })
  await w.did('POST', '/v2025/access-profiles/bulk-update-requestable', [])
})
