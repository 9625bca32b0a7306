import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Runner } from '../../src/jobs/runner.ts'
import { lockItemToProvision } from '../../src/store/requested-items.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { union, unsettled } from '../support/books.ts'
import { replace, type Writes, writesOf } from '../support/catalogue-writes.ts'
import { FakeConnector } from '../support/fake-connector.ts'

/** A profile is given to many and changed at the same moments, by several workers: everybody ends with what it is made of at the end. */

const GROUPS = ['Audit Readers', 'Ledger Readers', 'VPN Users', 'Finance Readers']
const PEOPLE = 24
let app: TestApp
let w: Writes
const target = new FakeConnector()
const workers: Runner[] = []

beforeAll(async () => {
  app = await startApp()
  w = writesOf(app)
  for (const table of ['assignment_grant', 'assignment', 'access_grant']) await app.sql(`delete from ${table}`)
})
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()))
  await app.close()
})

test('while something is put in place what it is made of does not change, and it is put in place as it is made of then', async () => {
  const role = await w.did('POST', '/v2025/roles', {
    name: 'Held',
    owner: { type: 'IDENTITY', id: await app.idOf('mgr.two') },
    requestable: true,
    enabled: true,
  })
  const body = { requestedFor: [await app.idOf('emp.bob')], requestedItems: [{ type: 'ROLE', id: role.id, comment: 'x' }] }
  const asked = await app.call('admin', 'POST', '/v2026/access-requests', body)
  const [item] = await app.sql('select id from requested_item where request_id = $1', [asked.json.newRequests[0].accessRequestIds[0]])
  const order: string[] = []
  let letGo: () => void = () => undefined
  const isLetGo = new Promise<void>((resolve) => {
    letGo = resolve
  })
  let changing: Promise<unknown> = Promise.resolve()
  await app.db.transaction(async (tx) => {
    await lockItemToProvision(tx, String(item?.['id']))
    const entitlements = [{ type: 'ENTITLEMENT', id: await app.itemId('ENTITLEMENT', 'Audit Readers') }]
    changing = w.did('PATCH', `/v2025/roles/${role.id}`, [replace('/entitlements', entitlements)]).then(() => order.push('changed'))
    setTimeout(letGo, 500)
    await isLetGo
    order.push('put in place')
  })
  await changing
  expect(order).toEqual(['put in place', 'changed'])
})

test('nobody is left with what a profile was made of before, however giving it and changing it meet', async () => {
  for (let n = 0; n < 3; n++) workers.push(app.startWorker({ scim: target }))
  const [source] = await app.sql(`select id from source where name = 'Corporate Directory'`)
  const found = await app.sql(`select id, value from access_item where source_id = $1 and type = 'ENTITLEMENT'`, [source?.['id']])
  const refs = (groups: string[]) =>
    groups.map((group) => ({ type: 'ENTITLEMENT', id: String(found.find(({ value }) => value === group)?.['id']) }))
  const profile = await w.did('POST', '/v2025/access-profiles', {
    name: 'Contested',
    owner: { type: 'IDENTITY', id: await app.idOf('mgr.two') },
    source: { type: 'SOURCE', id: source?.['id'] },
    requestable: true,
    enabled: true,
    entitlements: refs(['Audit Readers']),
  })
  const people = Array.from({ length: PEOPLE }, (_, n) => `contested.${n}`)
  for (const who of people)
    await app.sql(`insert into identity (id, alias, name, created_at, modified_at) values ($1, $1, $1, now(), now())`, [who])
  const give = async (who: string, n: number) => {
    await new Promise((resolve) => setTimeout(resolve, n * 25))
    const body = { requestedFor: [who], requestedItems: [{ type: 'ACCESS_PROFILE', id: profile.id, comment: 'x' }] }
    expect((await app.call('admin', 'POST', '/v2026/access-requests', body)).status).toBe(202)
  }
  const change = async () => {
    for (let n = 0; n < 20; n++) {
      const groups = GROUPS.filter((_, at) => ((n % 15) + 1) & (1 << at))
      await w.did('PATCH', `/v2025/access-profiles/${profile.id}`, [replace('/entitlements', refs(groups))])
    }
    return w.did('PATCH', `/v2025/access-profiles/${profile.id}`, [replace('/entitlements', refs(['Ledger Readers', 'VPN Users']))])
  }
  await Promise.all([...people.map(give), change()])
  const isDone = async () => (await unsettled(app.sql)).length === 0 && (await app.sql('select 1 from assignment_change')).length === 0
  await app.until(isDone, 60)
  const shown = people.map((who) => [...target.valuesOf(who, 'groups')].sort().join())
  expect(shown).toEqual(people.map(() => 'Ledger Readers,VPN Users'))
  const ours = people.flatMap((who) => [`${who} Ledger Readers`, `${who} VPN Users`]).sort()
  expect(await union(app.sql, 'contested.%')).toEqual(ours)
})
