import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { TargetError } from '../../../src/ports.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { asking } from '../../support/asking.ts'
import { union } from '../../support/books.ts'
import { type Writes, writesOf } from '../../support/catalogue-writes.ts'
import { FakeConnector } from '../../support/fake-connector.ts'
import { importFiles, membershipLines } from '../../support/import-files.ts'

/** Access that nobody asked for: a file says who holds a role by membership and what people hold by birthright, and targets follow it. */

let app: TestApp
let http: ReturnType<typeof asking>
let w: Writes
let sourceId: string
const target = new FakeConnector()
const entitlement = new Map<string, string>()
let role: string
let made = 0

beforeAll(async () => {
  app = await startApp()
  http = asking(app)
  w = writesOf(app)
  await http.withoutApprovals()
  // What the organisation's files say of the directory is not there.
  for (const table of ['assignment_grant', 'assignment', 'access_grant']) await app.sql(`delete from ${table}`)
  sourceId = String((await app.sql(`select id from source where name = 'Corporate Directory'`))[0]?.['id'])
  for (const row of await app.sql(`select id, value from access_item where source_id = $1 and type = 'ENTITLEMENT'`, [sourceId]))
    entitlement.set(String(row['value']), String(row['id']))
  await newItem('ACCESS_PROFILE', 'Everybody', ['VPN Users'])
  app.startWorker({ scim: target }, {}, { giveUpAfterMs: 0 })
})
afterAll(() => app.close())
beforeEach(async () => {
  role = `Members ${++made}`
  await newItem('ROLE', role, ['Audit Readers', 'Ledger Readers'])
})

async function newItem(type: 'ROLE' | 'ACCESS_PROFILE', name: string, groups: string[]): Promise<void> {
  const entitlements = groups.map((group) => ({ type: 'ENTITLEMENT', id: entitlement.get(group) }))
  const owner = { type: 'IDENTITY', id: await app.idOf('mgr.two') }
  const more = type === 'ACCESS_PROFILE' ? { source: { type: 'SOURCE', id: sourceId } } : {}
  const path = type === 'ACCESS_PROFILE' ? '/v2025/access-profiles' : '/v2025/roles'
  await w.did('POST', path, { name, owner, requestable: true, enabled: true, entitlements, ...more })
}

const importing = (lines: string[], more: Record<string, string[]> = {}) =>
  importFiles(app, { memberships: membershipLines(lines), ...more })
async function imported(lines: string[], counts: object, more: Record<string, string[]> = {}): Promise<void> {
  const result = await importing(lines, more)
  expect(result, JSON.stringify(result)).toMatchObject({ ok: true, files: [...Object.keys(more).map(() => ({})), counts] })
}
const member = (alias: string, item = role) => `${alias},ROLE,${item},ROLE_MEMBERSHIP`
const birthright = (alias: string) => `${alias},ACCESS_PROFILE,Everybody,BIRTHRIGHT`

const has = (account: string) => [...target.valuesOf(account, 'groups')].sort()
const shows = (account: string, groups: string[]) =>
  app.until(async () => JSON.stringify(has(account)) === JSON.stringify([...groups].sort()))
const held = async (alias: string) =>
  (await app.call('admin', 'GET', `/countersign/v1/held-access?for=${await app.idOf(alias)}`)).json as {
    item: { name: string }
    origin: string
    state: string
    complete: boolean
  }[]
/** Nobody works on anything any more, and every membership is seen to. */
const atRest = () =>
  app.until(
    async () =>
      (
        await app.sql(`select 1 from assignment_change union all select 1 from assignment where state = 'ENDING' or end_at <= now() and state <> 'ENDED'
          union all select 1 from provisioning_step where state in ('INTENDED', 'SENT')`)
      ).length === 0,
  )
const actions = async (alias: string) =>
  (
    await app.sql(`select action from audit_event where target_id = $1 and action like 'MEMBERSHIP%' order by id`, [await app.idOf(alias)])
  ).map((row) => row['action'])

async function revoke(alias: string, type: 'ROLE' | 'ACCESS_PROFILE', name: string) {
  const requestedItems = [{ type, id: await app.itemId(type, name), comment: 'x' }]
  return app.call('admin', 'POST', '/v2026/access-requests', {
    requestedFor: [await app.idOf(alias)],
    requestType: 'REVOKE_ACCESS',
    requestedItems,
  })
}

test('memberships and birthrights of a file come to their targets, are shown with their origin, and a request to revoke them is refused', async () => {
  await imported([member('emp.alice'), birthright('emp.alice'), birthright('emp.bob')], { created: 3, updated: 0, unchanged: 0 })
  await shows('emp.alice', ['Audit Readers', 'Ledger Readers', 'VPN Users'])
  await shows('emp.bob', ['VPN Users'])
  await atRest()
  const rows = await held('emp.alice')
  expect(rows.map(({ item, origin, state, complete }) => [item.name, origin, state, complete]).sort()).toEqual([
    ['Everybody', 'BIRTHRIGHT', 'ACTIVE', true],
    [role, 'ROLE_MEMBERSHIP', 'ACTIVE', true],
  ])
  for (const [type, name] of [['ROLE', role] as const, ['ACCESS_PROFILE', 'Everybody'] as const]) {
    const { status, json } = await revoke('emp.alice', type, name)
    expect([status, json.messages[0].text]).toEqual([
      400,
      'requestedItems[0].id: this access comes from role membership or birthright and cannot be revoked by request.',
    ])
  }
  expect(await union(app.sql, 'emp.alice')).toEqual(has('emp.alice').map((value) => `emp.alice ${value}`))
  expect(await actions('emp.alice')).toEqual(['MEMBERSHIP_BEGAN', 'MEMBERSHIP_BEGAN'])
})

test('a second import leaves alone what it names again, ends what it names no more, and an import without the file ends nothing', async () => {
  const lines = [member('emp.carol'), birthright('emp.carol')]
  await imported(lines, { created: 2 })
  await shows('emp.carol', ['Audit Readers', 'Ledger Readers', 'VPN Users'])
  await atRest()
  const written = target.writes.length
  await imported(lines, { created: 0, updated: 0, unchanged: 2 })
  expect(await importFiles(app, { 'governance-groups': ['name', 'Nobody in particular'] })).toMatchObject({ ok: true })
  await atRest()
  expect(target.writes.length).toBe(written)
  await imported([birthright('emp.carol')], { rows: 1, unchanged: 1, ended: 1 })
  await shows('emp.carol', ['VPN Users'])
  await atRest()
  expect((await held('emp.carol')).map(({ item }) => item.name)).toEqual(['Everybody'])
  expect(await actions('emp.carol')).toEqual(['MEMBERSHIP_BEGAN', 'MEMBERSHIP_BEGAN', 'MEMBERSHIP_ENDED'])
})

test('requested access survives the end of the membership beside it, and the membership the end of the request', async () => {
  for (const alias of ['hugo.lind', 'kim.tran']) await http.reaches(await http.ask(alias, ['ROLE', role]), 'REQUEST_COMPLETED')
  await imported([member('hugo.lind'), member('kim.tran')], { created: 2 })
  await atRest()
  expect((await held('kim.tran')).map(({ origin }) => origin).sort()).toEqual(['REQUESTED', 'ROLE_MEMBERSHIP'])
  await http.reaches(await http.ask('kim.tran', ['ROLE', role], {}, 'REVOKE_ACCESS'), 'REQUEST_COMPLETED')
  expect(has('kim.tran')).toEqual(['Audit Readers', 'Ledger Readers'])
  await imported([member('kim.tran')], { ended: 1, unchanged: 1 })
  await atRest()
  expect(has('hugo.lind')).toEqual(['Audit Readers', 'Ledger Readers'])
  expect((await held('hugo.lind')).map(({ origin }) => origin)).toEqual(['REQUESTED'])
  await imported([], { ended: 1 })
  await shows('kim.tran', [])
  expect(has('hugo.lind')).toEqual(['Audit Readers', 'Ledger Readers'])
  await http.reaches(await http.ask('hugo.lind', ['ROLE', role], {}, 'REVOKE_ACCESS'), 'REQUEST_COMPLETED')
  await shows('hugo.lind', [])
})

test('whoever moves from one role to another keeps the value that both have all the time', async () => {
  const other = `Other ${role}`
  await newItem('ROLE', other, ['Ledger Readers', 'Design Library'])
  await imported([member('grace.obi')], { created: 1 })
  await shows('grace.obi', ['Audit Readers', 'Ledger Readers'])
  await atRest()
  await imported([member('grace.obi', other)], { created: 1, ended: 1 })
  await shows('grace.obi', ['Design Library', 'Ledger Readers'])
  await atRest()
  expect(target.writes.filter((one) => one.nativeIdentity === 'grace.obi' && one.value === 'Ledger Readers')).toHaveLength(1)
})

test('another origin is another reason for the same access, and nothing moves at the target', async () => {
  await imported([member('maya.stone')], { created: 1 })
  await shows('maya.stone', ['Audit Readers', 'Ledger Readers'])
  await atRest()
  const written = target.writes.length
  await imported([`MAYA.STONE,ROLE,${role},BIRTHRIGHT`], { created: 0, updated: 1 })
  await atRest()
  expect((await held('maya.stone')).map(({ origin }) => origin)).toEqual(['BIRTHRIGHT'])
  expect(target.writes.length).toBe(written)
  expect(await actions('maya.stone')).toEqual(['MEMBERSHIP_BEGAN', 'MEMBERSHIP_CHANGED'])
})

test('what the same import finds on an account is there for the membership, and goes with it', async () => {
  const group = 'Audit Readers'
  target.accounts.set('found.member', { nativeIdentity: 'found.member', name: 'x', disabled: false, values: { groups: [group] } })
  const more = {
    accounts: ['source,nativeIdentity,identityAlias', 'Corporate Directory,found.member,felix.haas'],
    holdings: ['source,nativeIdentity,attribute,value', `Corporate Directory,found.member,groups,${group}`],
  }
  await app.sql(`delete from account where source_id = $1 and identity_id = $2`, [sourceId, await app.idOf('felix.haas')])
  await imported([member('felix.haas')], { created: 1 }, more)
  await shows('found.member', ['Audit Readers', 'Ledger Readers'])
  await atRest()
  expect((await held('felix.haas')).map(({ origin }) => origin)).toEqual(['ROLE_MEMBERSHIP'])
  await imported([], {})
  await shows('found.member', [])
})

test('what a target refuses is listed until it is tried again with success', async () => {
  target.failNext(1, new TargetError('refused', 'the group is closed'), ['addValue'])
  await imported([birthright('yara.costa')], { created: 1 })
  const own = (path: string, method = 'GET') => app.call('admin', method, `/countersign/v1/sources/${sourceId}${path}`)
  await app.until(async () => (await app.sql(`select 1 from provisioning_step where state = 'FAILED'`)).length === 1)
  expect(await held('yara.costa')).toMatchObject([{ origin: 'BIRTHRIGHT', state: 'ACTIVE', complete: false }])
  expect((await own('/retry', 'POST')).json.retried).toHaveLength(1)
  await shows('yara.costa', ['VPN Users'])
})

test('what comes to a role comes to its members, too', async () => {
  await imported([member('emp.bob')], { created: 1 })
  await shows('emp.bob', ['Audit Readers', 'Ledger Readers'])
  await atRest()
  const entitlements = [...entitlement].filter(([value]) => value === 'Design Library').map(([, id]) => ({ type: 'ENTITLEMENT', id }))
  const patch = [{ op: 'replace', path: '/entitlements', value: entitlements }]
  await w.did('PATCH', `/v2025/roles/${await app.itemId('ROLE', role)}`, patch)
  await shows('emp.bob', ['Design Library'])
})

test('a file with faults is refused with line, column and what to do, all faults at once, and leaves nothing behind', async () => {
  await imported([birthright('emp.alice')], {})
  await atRest()
  const state = () => app.sql(`select id, origin, state, end_at from assignment order by id`)
  const before = await state()
  const events = await app.sql('select id from audit_event')
  const result = await importing([
    'nobody.here,ROLE,No Such Role,ROLE_MEMBERSHIP',
    'emp.bob,ACCESS_PROFILE,Everybody,ROLE_MEMBERSHIP',
    `emp.bob,ENTITLEMENT,${role},BIRTHRIGHT`,
    `emp.bob,ROLE,${role},REQUESTED`,
    member('emp.carol'),
    `EMP.CAROL,ROLE,${role},BIRTHRIGHT`,
    ',,,',
  ])
  expect(result.ok ? [] : result.issues.map(({ file, line, column, reason }) => `${file}:${line} ${column}: ${reason}`)).toEqual([
    'memberships.csv:2 identityAlias: there is no identity "nobody.here".',
    'memberships.csv:2 item: there is no role "No Such Role".',
    'memberships.csv:3 origin: must be BIRTHRIGHT: only roles are held by ROLE_MEMBERSHIP.',
    'memberships.csv:4 type: must be ROLE or ACCESS_PROFILE, not "ENTITLEMENT".',
    'memberships.csv:5 origin: must be ROLE_MEMBERSHIP or BIRTHRIGHT, not "REQUESTED".',
    'memberships.csv:7 item: line 6 is about the same person and item: keep one of the two.',
    ...['identityAlias', 'item', 'origin', 'type'].map((column) => `memberships.csv:8 ${column}: must not be empty.`),
  ])
  expect(await state()).toEqual(before)
  expect(await app.sql('select id from audit_event')).toEqual(events)
  expect(await app.sql('select 1 from assignment_change')).toEqual([])
})

test('access begins neither for somebody who has left nor with an item that is switched off, and what is held by then stays', async () => {
  const name = async (alias: string) => String((await app.sql('select name from identity where alias = $1', [alias]))[0]?.['name'])
  await imported([member('kim.tran')], { created: 1 })
  await shows('kim.tran', ['Audit Readers', 'Ledger Readers'])
  await atRest()
  const gone = {
    identities: ['alias,name,status', `kim.tran,${await name('kim.tran')},INACTIVE`, `hugo.lind,${await name('hugo.lind')},INACTIVE`],
  }
  const off = { roles: ['name,ownerAlias,enabled', `Off ${role},mgr.two,false`] }
  const result = await importing([member('kim.tran'), member('hugo.lind'), member('emp.alice', `Off ${role}`)], { ...gone, ...off })
  expect(result.ok ? [] : result.issues.map(({ line, column, reason }) => `${line} ${column}: ${reason}`)).toEqual([
    '3 identityAlias: "hugo.lind" is INACTIVE and can be given no access: take the line out, or make them ACTIVE.',
    `4 item: "Off ${role}" is not enabled and can be given to nobody: take the line out, or enable it.`,
  ])
  await imported([member('kim.tran')], { unchanged: 1 }, gone)
  await atRest()
  expect(has('kim.tran')).toEqual(['Audit Readers', 'Ledger Readers'])
})
