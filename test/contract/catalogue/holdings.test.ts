import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'
import type { Row } from '../../support/catalogue-lists.ts'

/** Who has what: entitlements by account and by person, accounts, applications, groups. */

let app: TestApp
let account: string

beforeAll(async () => {
  app = await startApp()
  const [row] = await app.sql(
    `select c.id from account c join source s on s.id = c.source_id where c.native_identity = 'emp.alice' and s.name = 'Corporate Directory'`,
  )
  account = String(row?.['id'])
})
afterAll(() => app.close())

const get = async (alias: string, url: string) => {
  const answer = await app.call(alias, 'GET', url)
  expect(answer.status, `${url} ${JSON.stringify(answer.json)}`).toBe(200)
  return answer.json
}
const status = async (alias: string, url: string) => (await app.call(alias, 'GET', url)).status
const names = (rows: Row[]) => rows.map((row) => row.name)

test('what an account has is the same in its attributes, its entitlements and the entitlements by account', async () => {
  const { attributes } = await get('admin', `/v2024/accounts/${account}`)
  const values = (rows: Row[]) => rows.map((row) => row.value).sort()
  expect(values(await get('admin', `/v2024/accounts/${account}/entitlements`))).toEqual(attributes.groups)
  expect(values(await get('admin', `/v2024/entitlements?account-id=${account}`))).toEqual(attributes.groups)
  const byAccount = await app.call('admin', 'GET', `/v2026/entitlements/account/${account}/entitlements?count=true`)
  expect(values(byAccount.json)).toEqual(attributes.groups)
  expect([byAccount.headers['total-count'], byAccount.headers['x-total-count']]).toEqual([
    String(attributes.groups.length),
    String(attributes.groups.length),
  ])
  expect((await get('admin', `/v2024/accounts?detailLevel=SLIM&filters=id+eq+%22${account}%22`))[0].attributes).toBeNull()
})

test('an account is found by its name at the target in any case, by ids only as they are', async () => {
  const ids = async (filter: string) => (await get('admin', `/v2024/accounts?filters=${filter}`)).map((row: Row) => row.id)
  expect(await ids('nativeIdentity eq "EMP.ALICE"')).toContain(account)
  expect(await ids('nativeIdentity sw "Emp.A" and source.connectionType in ("DIRECT", "File")')).toContain(account)
  expect(await ids(`id eq "${account}"`)).toEqual([account])
  expect(await ids(`id eq "${account.toUpperCase()}"`)).toEqual([])
})

test('what an account has is told to its person, their manager and org admins, and alone', async () => {
  const url = `/v2024/entitlements?account-id=${account}`
  expect([await status('emp.alice', url), await status('mgr.one', url), await status('mgr.two', url)]).toEqual([200, 200, 403])
  expect(await status('mgr.two', '/v2024/entitlements?account-id=nothing')).toBe(403)
  expect(await get('admin', '/v2024/entitlements?account-id=nothing')).toEqual([])
  for (const other of ['filters=requestable+eq+true', 'segmented-for-identity=me', 'for-segment-ids=s', 'include-unsegmented=true']) {
    expect(await status('admin', `${url}&${other}`)).toBe(400)
  }
})

test('a person has what all their accounts have, once', async () => {
  const rows = await get('emp.alice', '/v2024/entitlements/identities/me/entitlements')
  const expected = await app.sql(
    `select distinct g.entitlement_id as id from access_grant g join account c on c.id = g.account_id where c.identity_id = $1 and g.present`,
    [await app.idOf('emp.alice')],
  )
  expect(rows.map((row: Row) => row.objectRef.id).sort()).toEqual(expected.map((row) => row['id']).sort())
})

test('nothing is in a segment: everything is seen unless what is in none is left out', async () => {
  const all = (await get('admin', '/v2024/roles')).length
  for (const [path, count] of [
    ['/v2024/roles?for-segment-ids=a,b', all],
    ['/v2024/roles?for-segment-ids=a&include-unsegmented=false', 0],
  ] as const) {
    expect((await get('admin', path)).length).toBe(count)
  }
  for (const noun of ['roles', 'access-profiles', 'entitlements'])
    expect(await status('admin', `/v2024/${noun}?include-unsegmented=false`)).toBe(400)
  expect((await get('emp.alice', '/v2024/entitlements?segmented-for-identity=me')).length).toBeGreaterThan(0)
  expect(await status('emp.alice', `/v2024/entitlements?segmented-for-identity=${await app.idOf('emp.bob')}`)).toBe(403)
})

test('nobody is a sub-admin, so a list for one is refused', async () => {
  for (const noun of ['roles', 'access-profiles', 'sources']) expect(await status('admin', `/v3/${noun}?for-subadmin=me`)).toBe(400)
})

test('searchAfter begins behind the last row seen, through all pages and in any order', async () => {
  for (const sorters of ['id', '-id', 'name,id', '-requestable,-name,id', 'created,id']) {
    const url = (more: Record<string, string>) => `/v2026/entitlements?${new URLSearchParams({ sorters, limit: '5', ...more })}`
    const all = await get('admin', `/v2026/entitlements?${new URLSearchParams({ sorters })}`)
    const seen: string[] = []
    for (let page = await get('admin', url({})); page.length > 0; ) {
      seen.push(...page.map((row: Row) => row.id))
      const last = page.at(-1)
      page = await get(
        'admin',
        url({
          searchAfter: sorters
            .split(',')
            .map((one) => last[one.replace('-', '')])
            .join(','),
        }),
      )
    }
    expect(seen, sorters).toEqual(all.map((row: Row) => row.id))
  }
  for (const more of ['searchAfter=a', 'sorters=name,id&searchAfter=a', 'sorters=created&searchAfter=soon']) {
    expect(await status('admin', `/v2026/entitlements?${more}`)).toBe(400)
  }
})

test('an account that is not made yet at its target is in no list', async () => {
  await app.sql('update account set present = false where id = $1', [account])
  expect(await status('admin', `/v3/accounts/${account}`)).toBe(404)
  expect(await get('admin', `/v3/accounts?filters=id+eq+%22${account}%22`)).toEqual([])
  await app.sql('update account set present = true where id = $1', [account])
})

test('an account of nobody is uncorrelated and names nobody', async () => {
  const rows = await get('admin', '/v3/accounts?filters=uncorrelated+eq+true')
  expect(rows.length).toBeGreaterThan(0)
  for (const row of rows)
    expect([row.identityId, row.identity, row.identityState, row.uncorrelated]).toEqual([undefined, undefined, null, true])
})

test('applications: with something to ask for, held by the caller, and all', async () => {
  expect(names(await get('emp.alice', '/v2024/source-apps'))).toEqual(names(await get('admin', '/v2024/source-apps/all')))
  await app.sql(`update access_item set requestable = false where name = 'Design Workspace'`)
  expect(names(await get('emp.alice', '/v2024/source-apps'))).not.toContain('Design Studio')
  expect(names(await get('admin', '/v2024/source-apps/all'))).toContain('Design Studio')
  expect(await get('emp.alice', '/v2024/source-apps/assigned')).toEqual([])
  await app.sql(
    `insert into assignment (id, identity_id, item_type, item_id, origin, state, created_at, modified_at)
     values ('vpn', $1, 'ACCESS_PROFILE', $2, 'REQUESTED', 'ACTIVE', now(), now())`,
    [await app.idOf('emp.alice'), await app.itemId('ACCESS_PROFILE', 'VPN Access')],
  )
  const [remote] = await get('emp.alice', '/v2024/source-apps/assigned')
  expect([remote.name, remote.accountSource.name]).toEqual(['Remote Access', 'Corporate Directory'])
  const [profile] = await get('admin', `/v2024/source-apps/${remote.id}/access-profiles`)
  expect([profile.name, profile.disabled, profile.entitlementCount, profile.applicationId]).toEqual(['VPN Access', false, 1, remote.id])
})

test('a governance group counts its members and what asks it, and tells of each', async () => {
  const groups = await get('admin', '/v2024/workgroups')
  for (const group of groups) {
    expect((await get('admin', `/v2024/workgroups/${group.id}/members`)).length).toBe(group.memberCount)
    expect((await get('admin', `/v2024/workgroups/${group.id}/connections`)).length).toBe(group.connectionCount)
  }
  const committee = groups.find((one: Row) => one.name === 'Audit Committee')
  const connections = await get('admin', `/v2024/workgroups/${committee.id}/connections`)
  expect(connections.map((row: Row) => [row.object.type, row.object.name, row.connectionType])).toEqual([
    ['ROLE', 'Auditor', 'AccessRequestReviewer'],
    ['ROLE', 'Auditor', 'Owner'],
  ])
  expect(committee.owner).toMatchObject({ type: 'IDENTITY', displayName: 'Ines Falk', emailAddress: 'ines.falk@example.com' })
  const otto = await app.idOf('otto.weiss')
  expect(names(await get('admin', `/v2024/workgroups?filters=memberships.identityId+eq+%22${otto}%22`))).toEqual(['Audit Committee'])
})
