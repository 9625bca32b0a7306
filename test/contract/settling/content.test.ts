import { afterAll, beforeAll, expect, test } from 'vitest'
import { TargetError } from '../../../src/ports.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { asking } from '../../support/asking.ts'
import { union } from '../../support/books.ts'
import { replace, type Writes, writesOf } from '../../support/catalogue-writes.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

/** What a role or an access profile is made of changes: whoever holds it gets what came and loses what went, and nobody else does. */

let app: TestApp
let http: ReturnType<typeof asking>
let w: Writes
let sourceId: string
const target = new FakeConnector()
const GROUPS = ['Audit Readers', 'Ledger Readers', 'VPN Users', 'Design Library']
const entitlement = new Map<string, string>()
let made = 0

beforeAll(async () => {
  app = await startApp()
  http = asking(app)
  w = writesOf(app)
  await http.withoutApprovals()
  // What the organisation's files say of the directory is not there.
  for (const table of ['assignment_grant', 'assignment', 'access_grant']) await app.sql(`delete from ${table}`)
  sourceId = String((await app.sql(`select id from source where name = 'Corporate Directory'`))[0]?.['id'])
  for (const group of GROUPS) {
    const [row] = await app.sql(`select id from access_item where source_id = $1 and value = $2`, [sourceId, group])
    entitlement.set(group, String(row?.['id']))
  }
  await app.sql(
    `update access_item e set requestable = true, request_config = p.request_config from access_item p
    where e.type = 'ENTITLEMENT' and e.source_id = $1 and p.name = 'VPN Access' and p.type = 'ACCESS_PROFILE'`,
    [sourceId],
  )
  app.startWorker({ scim: target }, {}, { giveUpAfterMs: 0 })
})
afterAll(() => app.close())

const refs = (groups: string[]) => groups.map((group) => ({ type: 'ENTITLEMENT', id: entitlement.get(group) }))
const has = (account: string) => [...target.valuesOf(account, 'groups')].sort()

interface Whole {
  type: 'ROLE' | 'ACCESS_PROFILE'
  id: string
  name: string
}

async function newProfile(groups: string[]): Promise<Whole> {
  const name = `Profile ${++made}`
  const owner = { type: 'IDENTITY', id: await app.idOf('mgr.two') }
  const body = { name, owner, requestable: true, enabled: true, source: { type: 'SOURCE', id: sourceId }, entitlements: refs(groups) }
  return { type: 'ACCESS_PROFILE', name, id: (await w.did('POST', '/v2025/access-profiles', body)).id }
}

async function newRole(profiles: Whole[], groups: string[] = []): Promise<Whole> {
  const name = `Role ${++made}`
  const owner = { type: 'IDENTITY', id: await app.idOf('mgr.two') }
  const accessProfiles = profiles.map(({ id }) => ({ type: 'ACCESS_PROFILE', id }))
  const body = { name, owner, requestable: true, enabled: true, accessProfiles, entitlements: refs(groups) }
  return { type: 'ROLE', name, id: (await w.did('POST', '/v2025/roles', body)).id }
}

const change = (whole: Whole, groups: string[]) =>
  w.did('PATCH', `/v2025/${whole.type === 'ROLE' ? 'roles' : 'access-profiles'}/${whole.id}`, [replace('/entitlements', refs(groups))])

async function give(who: string, { type, name }: Whole, more: object = {}): Promise<string> {
  const id = await http.ask(who, [type, name], more)
  await http.reaches(id, 'REQUEST_COMPLETED')
  return id
}

const shows = (account: string, groups: string[]) =>
  app.until(async () => JSON.stringify(has(account)) === JSON.stringify([...groups].sort()))

test('an entitlement that comes to a profile comes to its holders, those of roles around it included, and to nobody else', async () => {
  const profile = await newProfile(['Audit Readers'])
  const role = await newRole([profile])
  await give('emp.alice', profile)
  await give('emp.bob', role)
  await give('emp.carol', await newProfile(['Audit Readers']))
  await change(profile, ['Audit Readers', 'Ledger Readers'])
  await shows('emp.alice', ['Audit Readers', 'Ledger Readers'])
  await shows('emp.bob', ['Audit Readers', 'Ledger Readers'])
  expect(has('emp.carol')).toEqual(['Audit Readers'])
  await app.until(async () => (await app.sql('select 1 from assignment_change')).length === 0)
  const [event] = await app.sql(
    `select canonical::jsonb -> 'details' as details, tracking_number as number from audit_event where action = 'ACCESS_CONTENT_FOLLOWED' and target_id = $1`,
    [await app.idOf('emp.bob')],
  )
  expect(event).toMatchObject({ details: { itemName: role.name, given: [entitlement.get('Ledger Readers')], taken: [] } })
  expect(event?.['number']).toMatch(/^[0-9a-f]{32}$/)
})

test('what goes from a profile is taken from its holders, unless something else they hold needs it; the rest stays', async () => {
  const profile = await newProfile(['Audit Readers', 'Ledger Readers'])
  await give('hugo.lind', profile)
  await give('kim.tran', profile)
  await give('kim.tran', await newRole([], ['Ledger Readers']))
  await change(profile, ['Audit Readers'])
  await shows('hugo.lind', ['Audit Readers'])
  await app.until(async () => (await app.sql(`select 1 from assignment where state = 'ENDING'`)).length === 0)
  expect(has('kim.tran')).toEqual(['Audit Readers', 'Ledger Readers'])
  const row = (await app.call('admin', 'GET', `/countersign/v1/held-access?for=${await app.idOf('hugo.lind')}`)).json
  expect(row).toMatchObject([{ item: { name: profile.name }, state: 'ACTIVE', complete: true }])
  await http.reaches(await http.ask('kim.tran', ['ACCESS_PROFILE', profile.name], {}, 'REVOKE_ACCESS'), 'REQUEST_COMPLETED')
  expect(has('kim.tran')).toEqual(['Ledger Readers'])
})

test('a profile that leaves a role takes its values with it, and one that comes brings them', async () => {
  const [one, other] = [await newProfile(['VPN Users']), await newProfile(['Design Library'])]
  const role = await newRole([one])
  await give('grace.obi', role)
  await w.did('PATCH', `/v2025/roles/${role.id}`, [replace('/accessProfiles', [{ type: 'ACCESS_PROFILE', id: other.id }])])
  await shows('grace.obi', ['Design Library'])
})

test('of several accounts, what comes goes to the one that the access sits on', async () => {
  const who = await app.idOf('felix.haas')
  for (const name of ['felix.haas', 'felix.admin']) {
    target.accounts.set(name, { nativeIdentity: name, name, disabled: false, values: {} })
    await app.sql(
      `insert into account (id, source_id, native_identity, identity_id, name, created_at, modified_at) values ($1, $2, $1, $3, $1, now(), now())
      on conflict do nothing`,
      [name, sourceId, who],
    )
  }
  const profile = await newProfile(['VPN Users'])
  await give('felix.haas', profile, { nativeIdentity: 'felix.admin' })
  await change(profile, ['VPN Users', 'Audit Readers'])
  await shows('felix.admin', ['Audit Readers', 'VPN Users'])
  expect(has('felix.haas')).toEqual([])
})

test('what a target refuses is listed as stuck until it is tried again with success', async () => {
  const profile = await newProfile(['VPN Users'])
  const request = await give('maya.stone', profile)
  target.failNext(1, new TargetError('refused', 'the group is closed'), ['addValue'])
  await change(profile, ['VPN Users', 'Audit Readers'])
  const row = await app.until(async () => {
    const { json } = await app.call('admin', 'GET', '/countersign/v1/access-requests/stuck')
    return json.find((one: { accessRequestId: string }) => one.accessRequestId === request)
  })
  expect(row).toMatchObject({ reason: 'FAILED', lastError: expect.stringContaining('the group is closed'), canRetry: true })
  const retried = await app.call('admin', 'POST', `/countersign/v1/access-requests/${request}/retry`)
  expect(retried.json.assignmentIds).toHaveLength(1)
  await shows('maya.stone', ['Audit Readers', 'VPN Users'])
})

test('what was given up by drift that was adopted is not brought back by another change', async () => {
  const profile = await newProfile(['VPN Users', 'Audit Readers'])
  await give('dora.finch', profile)
  await app.sql(
    `delete from assignment_grant ag using access_grant g, account c where g.id = ag.grant_id and c.id = g.account_id
    and c.native_identity = 'dora.finch' and g.entitlement_id = $1`,
    [entitlement.get('VPN Users')],
  )
  target.accounts.get('dora.finch')?.values['groups']?.splice(0, 2, 'Audit Readers')
  await change(profile, ['VPN Users', 'Audit Readers', 'Ledger Readers'])
  await shows('dora.finch', ['Audit Readers', 'Ledger Readers'])
})

test('where the account belongs to somebody else, the change waits, listed with the reason, until that is put right', async () => {
  const elsewhere = (await app.sql(`select id from source where connector is null order by name limit 1`))[0]?.['id']
  const work = (
    await app.sql(`select id from access_item where source_id = $1 and type = 'ENTITLEMENT' order by id limit 1`, [elsewhere])
  )[0]
  const role = await newRole([], ['VPN Users'])
  await give('ben.archer', role)
  await app.sql(
    `delete from assignment_grant where grant_id in (select g.id from access_grant g join account c on c.id = g.account_id where c.source_id = $1 and c.identity_id = $2)`,
    [elsewhere, await app.idOf('ben.archer')],
  )
  await app.sql(`update account set identity_id = null where source_id = $1 and identity_id = $2`, [
    elsewhere,
    await app.idOf('ben.archer'),
  ])
  await app.sql(
    `insert into account (id, source_id, native_identity, identity_id, name, created_at, modified_at) values ('theirs', $1, 'ben.archer', $2, 'x', now(), now())
    on conflict (source_id, native_identity) do update set identity_id = $2`,
    [elsewhere, await app.idOf('emp.carol')],
  )
  await w.did('PATCH', `/v2025/roles/${role.id}`, [
    replace('/entitlements', [...refs(['VPN Users']), { type: 'ENTITLEMENT', id: work?.['id'] }]),
  ])
  const stuck = async () => {
    const { json } = await app.call('admin', 'GET', '/countersign/v1/access-requests/stuck')
    return json.find((one: { why: string }) => one.why.includes('belongs to another identity'))
  }
  expect(await app.until(stuck)).toMatchObject({ reason: 'FAILED', requestedObject: { name: role.name }, canRetry: false })
  await app.sql(`update account set identity_id = $2 where source_id = $1 and native_identity = 'ben.archer'`, [
    elsewhere,
    await app.idOf('ben.archer'),
  ])
  await app.sql(`update assignment_change set retry_at = now()`)
  const task = await app.until(async () => {
    const rows = await app.sql(`select id from work_item where state = 'PENDING' and description like $1`, [`%(${role.name} for %`])
    return rows[0]
  })
  expect(task).toBeDefined()
  expect(await stuck()).toBeUndefined()
})

test('what we manage at the target is the union of live assignments after all of it', async () => {
  await app.until(async () => (await app.sql(`select 1 from assignment_change`)).length === 0)
  const there = [...target.accounts.keys()].flatMap((who) => has(who).map((group) => `${who} ${group}`))
  expect(await union(app.sql)).toEqual(there.sort())
})
