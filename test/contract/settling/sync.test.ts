import { afterAll, beforeAll, expect, test } from 'vitest'
import { TargetError } from '../../../src/ports.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { asking } from '../../support/asking.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

/** What a target has is read, compared, shown, and put right on command only. */

const GROUPS = ['All Staff', 'VPN Users', 'Design Library', 'Finance Readers', 'Ledger Readers', 'GitHub Developers', 'Secret Circle']

let app: TestApp
let http: ReturnType<typeof asking>
let sourceId: string
const target = new FakeConnector({ groups: GROUPS })

beforeAll(async () => {
  app = await startApp()
  http = asking(app)
  await http.withoutApprovals()
  const [source] = await app.sql(`select id from source where name = 'Corporate Directory'`)
  sourceId = String(source?.['id'])
  await app.sql(`update source set connector_settings = 'not read by this connector' where id = $1`, [sourceId])
  // The target as the organisation's files tell of it, and a little more.
  const holdings = await app.sql(
    `select c.native_identity as who, c.name, coalesce(array_agg(e.value) filter (where e.value is not null), '{}') as values from account c
     left join access_grant g on g.account_id = c.id and g.present left join access_item e on e.id = g.entitlement_id
     where c.source_id = $1 group by c.id`,
    [sourceId],
  )
  for (const { who, name, values } of holdings) put(String(who), values as string[], String(name))
  app.startWorker({ scim: target })
})
afterAll(() => app.close())

function put(nativeIdentity: string, groups: string[], name = nativeIdentity): void {
  target.accounts.set(nativeIdentity, { nativeIdentity, name, disabled: false, values: { groups: [...groups] } })
}
const groupsOf = (alias: string) => target.valuesOf(alias, 'groups')
function take(alias: string, group: string): void {
  put(
    alias,
    groupsOf(alias).filter((one) => one !== group),
  )
}

const own = (method: string, path: string, body?: object) => app.call('admin', method, `/countersign/v1${path}`, body)

/** Has it read by a worker; returns what that came to. */
async function sync() {
  const before = (await own('GET', `/sources/${sourceId}`)).json.lastSync?.id
  expect((await own('POST', `/sources/${sourceId}/sync`)).status).toBe(202)
  return app.until(async () => {
    const { lastSync } = (await own('GET', `/sources/${sourceId}`)).json
    return lastSync && lastSync.id !== before && lastSync.state !== 'RUNNING' && lastSync
  })
}

async function drift() {
  const { json } = await own('GET', `/sources/${sourceId}/drift`)
  return json as {
    id: string
    kind: string
    account: { nativeIdentity: string }
    entitlement: { value: string }
    heldBy: { origin: string }[]
  }[]
}
const inShort = async () => (await drift()).map((one) => `${one.kind} ${one.account.nativeIdentity} ${one.entitlement.value}`).sort()
const idOf = async (what: string) => {
  const [kind = '', who, ...value] = what.split(' ')
  const found = (await drift()).find((d) => d.kind === kind && d.account.nativeIdentity === who && d.entitlement.value === value.join(' '))
  return found?.id ?? 'none'
}
const settle = async (verb: 'adopt' | 'revert', ...what: string[]) =>
  own('POST', `/sources/${sourceId}/drift/${verb}`, { driftIds: await Promise.all(what.map(idOf)) })

async function assignments(alias: string, value: string) {
  return app.sql(
    `select a.origin, a.state from assignment a join identity i on i.id = a.identity_id join access_item e on e.id = a.item_id
     where i.alias = $1 and e.value = $2 and a.state <> 'ENDED'`,
    [alias, value],
  )
}

test('a source that was never asked says so', async () => {
  expect((await own('GET', `/sources/${sourceId}`)).json).toMatchObject({ state: 'NOT_CHECKED', lastSync: null, openDrift: 0 })
})

test('the first reading takes what it finds for granted: imported access, new accounts by alias, new entitlements nobody may ask for', async () => {
  put('emp.alice', [...groupsOf('emp.alice'), 'Secret Circle'])
  put('service-robot', ['VPN Users'])
  const owner = await app.idOf('dora.finch')
  await app.sql(
    `delete from assignment_grant where grant_id in (select id from access_grant where account_id in (select id from account where identity_id = $1))`,
    [owner],
  )
  await app.sql(`delete from assignment where identity_id = $1`, [owner])
  await app.sql(`delete from access_grant where account_id in (select id from account where identity_id = $1)`, [owner])
  await app.sql(`delete from account where identity_id = $1 and source_id = $2`, [owner, sourceId])
  put('dora.finch', ['Finance Readers'])
  const done = await sync()
  expect(done).toMatchObject({
    state: 'DONE',
    isFirst: true,
    newAccounts: 2,
    newEntitlements: 1,
    imported: 2,
    added: 0,
    removed: 0,
    error: null,
  })
  expect(done.missing).toBeGreaterThan(0)
  expect(await assignments('emp.alice', 'Secret Circle')).toEqual([{ origin: 'IMPORTED', state: 'ACTIVE' }])
  expect(await assignments('dora.finch', 'Finance Readers')).toEqual([{ origin: 'IMPORTED', state: 'ACTIVE' }])
  const [secret] = await app.sql(`select requestable, name from access_item where value = 'Secret Circle'`)
  expect(secret).toEqual({ requestable: false, name: 'Secret Circle' })
  expect(await inShort()).toEqual([])
  expect((await own('GET', `/sources/${sourceId}`)).json.state).toBe('HEALTHY')
})

test('reading again without a change finds nothing, and nothing is ever written at the target by reading', async () => {
  const writes = target.writes.length
  expect(await sync()).toMatchObject({ isFirst: false, newAccounts: 0, newEntitlements: 0, imported: 0, added: 0, removed: 0 })
  expect(target.writes).toHaveLength(writes)
})

test('what came or went behind our back is drift: reported once, and no assignment changes', async () => {
  await http.reaches(await http.ask('emp.bob', ['ACCESS_PROFILE', 'Finance Reporting']), 'REQUEST_COMPLETED')
  await http.reaches(await http.ask('kim.tran', ['ACCESS_PROFILE', 'Design Workspace']), 'REQUEST_COMPLETED')
  take('emp.bob', 'Ledger Readers')
  take('kim.tran', 'Design Library')
  take('emp.alice', 'Secret Circle')
  put('emp.carol', [...groupsOf('emp.carol'), 'Secret Circle'])
  put('service-robot', ['VPN Users', 'Secret Circle'])
  expect(await sync()).toMatchObject({ added: 2, removed: 3 })
  const found = [
    'ADDED emp.carol Secret Circle',
    'ADDED service-robot Secret Circle',
    'REMOVED emp.alice Secret Circle',
    'REMOVED emp.bob Ledger Readers',
    'REMOVED kim.tran Design Library',
  ]
  expect(await inShort()).toEqual(found)
  expect(await sync()).toMatchObject({ added: 0, removed: 0 })
  expect(await inShort()).toEqual(found)
  expect(await assignments('emp.carol', 'Secret Circle')).toEqual([])
  expect(await assignments('emp.alice', 'Secret Circle')).toEqual([{ origin: 'IMPORTED', state: 'ACTIVE' }])
  expect(groupsOf('emp.carol')).toContain('Secret Circle')
})

test('what was added is adopted as imported access, which a request can revoke', async () => {
  expect((await settle('adopt', 'ADDED emp.carol Secret Circle')).json.settled).toHaveLength(1)
  expect(await assignments('emp.carol', 'Secret Circle')).toEqual([{ origin: 'IMPORTED', state: 'ACTIVE' }])
  await app.sql(`update access_item set requestable = true where value = 'Secret Circle'`)
  const revoke = await http.ask('emp.carol', ['ENTITLEMENT', 'Secret Circle'], {}, 'REVOKE_ACCESS')
  await http.reaches(revoke, 'REQUEST_COMPLETED')
  expect(groupsOf('emp.carol')).not.toContain('Secret Circle')
})

test('what was removed of ours is put back on command, and what is put back is drift no more', async () => {
  expect((await settle('revert', 'REMOVED emp.bob Ledger Readers', 'REMOVED kim.tran Design Library')).json.settled).toHaveLength(2)
  await app.until(async () => groupsOf('emp.bob').includes('Ledger Readers') && groupsOf('kim.tran').includes('Design Library'))
  expect(await sync()).toMatchObject({ added: 0, removed: 0 })
  expect(await inShort()).toEqual(['ADDED service-robot Secret Circle', 'REMOVED emp.alice Secret Circle'])
})

test('a removal that is adopted ends the access of that value; what else an assignment holds stays', async () => {
  await settle('adopt', 'REMOVED emp.alice Secret Circle')
  await app.until(async () => (await assignments('emp.alice', 'Secret Circle')).length === 0)
  take('emp.bob', 'Ledger Readers')
  await sync()
  await settle('adopt', 'REMOVED emp.bob Ledger Readers')
  expect(await inShort()).toEqual(['ADDED service-robot Secret Circle'])
  expect(groupsOf('emp.bob')).toContain('Finance Readers')
  const held = await app.sql(`select 1 from assignment a join identity i on i.id = a.identity_id join access_item p on p.id = a.item_id
    where i.alias = 'emp.bob' and p.name = 'Finance Reporting' and a.state = 'ACTIVE'`)
  expect(held).toHaveLength(1)
})

test('on an account of nobody, what was added is known once it is adopted, and removed on command; what the target refuses is reported again', async () => {
  await settle('adopt', 'ADDED service-robot Secret Circle')
  await sync()
  expect(await inShort()).toEqual([])
  expect(groupsOf('service-robot')).toContain('Secret Circle')
  put('service-robot', [...groupsOf('service-robot'), 'Finance Readers'])
  await sync()
  target.failNext(1, new TargetError('refused', 'not today'), ['removeValue'])
  await settle('revert', 'ADDED service-robot Finance Readers')
  await app.until(async () => (await inShort()).includes('ADDED service-robot Finance Readers'))
  const events = () =>
    app.sql(`select action from audit_event where action like 'ACCESS_DRIFT_REVERT%' and canonical like '%service-robot%' order by id`)
  expect((await events()).map(({ action }) => action)).toContain('ACCESS_DRIFT_REVERT_FAILED')
  await settle('revert', 'ADDED service-robot Finance Readers')
  await app.until(async () => !groupsOf('service-robot').includes('Finance Readers'))
  await app.until(async () => (await app.sql(`select 1 from provisioning_step where state in ('INTENDED', 'SENT')`)).length === 0)
  await sync()
  expect(await inShort()).toEqual([])
  expect(
    await app.sql(`select 1 from assignment a join account c on c.id = a.account_id where c.native_identity = 'service-robot'`),
  ).toEqual([])
})

test('what was added is removed on command', async () => {
  put('emp.alice', [...groupsOf('emp.alice'), 'Secret Circle'])
  await sync()
  await settle('revert', 'ADDED emp.alice Secret Circle')
  await app.until(async () => !groupsOf('emp.alice').includes('Secret Circle'))
  await app.until(async () => (await app.sql(`select 1 from assignment where state = 'ENDING'`)).length === 0)
})

test('drift that goes away by itself is reported no more, and an id that is none is named', async () => {
  put('service-robot', ['VPN Users'])
  put('emp.bob', [...groupsOf('emp.bob'), 'Secret Circle'])
  await sync()
  expect(await inShort()).toEqual(['ADDED emp.bob Secret Circle'])
  await app.sql(`update access_item e set request_config = p.request_config from access_item p
    where e.value = 'Secret Circle' and p.name = 'Design Workspace' and p.type = 'ACCESS_PROFILE'`)
  await http.reaches(await http.ask('emp.bob', ['ENTITLEMENT', 'Secret Circle']), 'REQUEST_COMPLETED')
  await sync()
  expect(await inShort()).toEqual([])
  expect((await own('POST', `/sources/${sourceId}/drift/adopt`, { driftIds: ['nonsense'] })).json.refused).toHaveLength(1)
})

test('an account that is gone takes its values with it: all of it is drift, and putting it back makes the account again', async () => {
  target.accounts.delete('kim.tran')
  await sync()
  expect((await inShort()).filter((one) => one.includes('kim.tran'))).toContain('REMOVED kim.tran Design Library')
  const all = (await drift()).filter((one) => one.account.nativeIdentity === 'kim.tran').map((one) => one.id)
  await own('POST', `/sources/${sourceId}/drift/revert`, { driftIds: all })
  await app.until(async () => groupsOf('kim.tran').length === all.length)
})

test('drift that the target refuses to have put right is listed as stuck, and tried again by command', async () => {
  take('emp.bob', 'Secret Circle')
  await sync()
  target.failNext(1, new TargetError('refused', 'the circle is closed'), ['addValue'])
  await settle('revert', 'REMOVED emp.bob Secret Circle')
  const row = await app.until(async () => {
    const { json } = await own('GET', '/access-requests/stuck')
    return json.find((one: { assignmentId: string | null }) => one.assignmentId !== null)
  })
  expect(row).toMatchObject({ reason: 'FAILED', requestType: 'GRANT_ACCESS', requestedFor: { id: await app.idOf('emp.bob') } })
  expect(row.why).toContain('the circle is closed')
  expect((await own('POST', `/access-requests/${row.assignmentId}/retry`)).status).toBe(202)
  await app.until(async () => groupsOf('emp.bob').includes('Secret Circle'))
})

test('a value that a list leaves out although it is there is no drift: the account is read by itself first', async () => {
  const list = target.listAccounts.bind(target)
  target.listAccounts = async function* () {
    for await (const account of list()) if (account.nativeIdentity !== 'emp.bob') yield account
  }
  expect(await sync()).toMatchObject({ added: 0, removed: 0 })
  target.listAccounts = list
})

test('a target that breaks off in the middle is not taken for one that has nothing: nothing is reported, and its words are shown', async () => {
  const list = target.listAccounts.bind(target)
  target.listAccounts = async function* () {
    let n = 0
    for await (const account of list()) {
      if (++n > 3) throw new TargetError('failed', '503: in maintenance')
      yield account
    }
  }
  expect(await sync()).toMatchObject({ state: 'FAILED', error: '503: in maintenance', removed: 0 })
  target.listAccounts = list
  expect((await own('GET', `/sources/${sourceId}`)).json).toMatchObject({ state: 'FAILING', why: '503: in maintenance' })
  expect(await inShort()).toEqual([])
  expect(await sync()).toMatchObject({ state: 'DONE', isFirst: false })
})

test('two thousand accounts are read while people are given access, and no drift is made up', async () => {
  for (let n = 0; n < 2_000; n++) put(`mass-${n}`, ['VPN Users'])
  await sync()
  const people = ['lena.marsh', 'ravi.desai', 'elio.bruni', 'felix.haas', 'ines.falk', 'tomas.berg']
  const asked = people.map((alias) => http.ask(alias, ['ACCESS_PROFILE', 'Design Workspace']))
  const [done] = await Promise.all([sync(), ...asked])
  for (const id of await Promise.all(asked)) await http.reaches(id, 'REQUEST_COMPLETED')
  expect(done).toMatchObject({ state: 'DONE', added: 0, removed: 0 })
  const revokes = people.map((alias) => http.ask(alias, ['ACCESS_PROFILE', 'Design Workspace'], {}, 'REVOKE_ACCESS'))
  const [again] = await Promise.all([sync(), ...revokes])
  for (const id of await Promise.all(revokes)) await http.reaches(id, 'REQUEST_COMPLETED')
  expect(again).toMatchObject({ state: 'DONE', added: 0, removed: 0 })
})

test('a source that people work by hand cannot be read, and a second reading beside the first is refused', async () => {
  const [badges] = await app.sql(`select id from source where name = 'Building Badges'`)
  const refused = await own('POST', `/sources/${badges?.['id']}/sync`)
  expect([refused.status, refused.json.messages[0].text]).toEqual([400, 'Building Badges has no connector that could be asked.'])
  expect((await own('GET', `/sources/${badges?.['id']}`)).json.state).toBe('MANUAL')
})

test('the limit of a source is set and taken back', async () => {
  expect((await own('PUT', `/sources/${sourceId}/limit`, { maxJobs: 2 })).json).toMatchObject({ maxJobs: 2, hasOwnLimit: true })
  expect((await own('PUT', `/sources/${sourceId}/limit`, { maxJobs: null })).json).toMatchObject({ maxJobs: 8, hasOwnLimit: false })
})
