import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accountActivityOperations } from '../../../src/api/account-activities.ts'
import { catalogueOperations } from '../../../src/api/catalogue.ts'
import { type Dialect, dialects } from '../../../src/api/dialect.ts'
import { type Operation, urlOf } from '../../../src/api/operation.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import type { Row } from '../../support/catalogue-lists.ts'
import { cataloguePermissions } from '../../support/permissions-catalogue.ts'

/** Every operation that reads in exactly its versions, and what differs between them. */

let app: TestApp
let alice: string
let requestId: string
let roleAssignmentId: string

beforeAll(async () => {
  app = await startApp()
  alice = await app.idOf('emp.alice')
  const role = await app.itemId('ROLE', 'Auditor')
  const body = { requestedFor: [alice], requestedItems: [{ type: 'ROLE', id: role, comment: 'for the audit' }] }
  requestId = (await app.call('emp.alice', 'POST', '/v3/access-requests', body)).json.newRequests[0].accessRequestIds[0]
  roleAssignmentId = app.app.ids.next()
  await app.sql(
    `insert into assignment (id, identity_id, item_type, item_id, origin, state, requested_item_id, created_at, modified_at)
     select $1, recipient_id, 'ROLE', item_id, 'REQUESTED', 'ACTIVE', id, now(), now() from requested_item where request_id = $2`,
    [roleAssignmentId, requestId],
  )
})
afterAll(() => app.close())

type Id = keyof typeof cataloguePermissions
const all: Record<string, Operation> = { ...catalogueOperations, ...accountActivityOperations }
const operations = Object.fromEntries(Object.entries(all).filter(([, operation]) => operation.method === 'GET'))

async function answerOf(id: Id, dialect: Dialect, alias = 'admin') {
  const situation = { app, alice, requestId, approvalId: '', itemId: '', workItemId: '', round: 0 }
  const { params = {}, query = '' } = await cataloguePermissions[id].call(situation, 'org admin')
  const ids: Record<string, string> = { ...params, assignmentId: roleAssignmentId }
  const path = urlOf(operations[id] as Operation, dialect).replace(/:(\w+)/g, (_hole, name) => ids[name] ?? 'missing')
  return app.call(alias, 'GET', `${path}${query}`)
}

const published: [Id, string][] = [
  ['listIdentities', 'beta v2024 v2025 v2026 v1'],
  ['getRoleAssignment', 'beta v2024 v2025 v2026 v1'],
  ['getPublicIdentities', 'v3 v2024 v2025 v2026 v1'],
  ['listRequestableObjects', 'beta v3 v2024 v2025 v2026 v1'],
  ['listRoles', 'beta v3 v2024 v2025 v2026 v1'],
  ['getRoleEntitlements', 'beta v2024 v2025 v2026 v1'],
  ['listAccessProfiles', 'beta v3 v2024 v2025 v2026 v1'],
  ['listEntitlements', 'beta v2024 v2025 v2026 v1'],
  ['listEntitlementsByIdentity', 'v2024 v2025 v2026 v1'],
  ['listEntitlementsByAccount', 'v2026 v1'],
  ['getSourceEntitlementRequestConfig', 'beta v2024 v2025 v2026 v1'],
  ['listAccounts', 'beta v3 v2024 v2025 v2026 v1'],
  ['listAvailableSourceApps', 'beta v2024 v2025 v2026 v1'],
  ['listWorkgroups', 'beta v2024 v2025 v2026 v1'],
  ['getEntitlementDetailsForIdentity', 'v2024 v2025 v2026 v1'],
  ['getAccountActivity', 'beta v3 v2024 v2025 v2026 v1'],
]

test.each(published)('%s is in %s', (id, versions) => {
  expect(operations[id]?.dialects.join(' ')).toBe(versions)
})

describe.each(Object.keys(operations) as Id[])('%s', (id) => {
  test.each(dialects)('%s answers as its row promises, or says that there is no such operation', async (dialect) => {
    const answer = await answerOf(id, dialect)
    const there = operations[id]?.dialects.includes(dialect)
    expect(answer.status, JSON.stringify(answer.json)).toBe(there ? 200 : 404)
    if (!there) expect(answer.json.messages[0].text).toMatch(/^There is no operation GET /)
  })
})

test.each(Object.keys(operations).filter((id) => operations[id]?.path.includes(':')) as Id[])(
  '%s of something that there is not is a 404 with the body of the wire',
  async (id) => {
    const operation = operations[id] as Operation
    const answer = await app.call('admin', 'GET', urlOf(operation, 'v2026').replace(/:\w+/g, 'nothing'))
    expect([answer.status, answer.json.detailCode]).toEqual([404, '404 Not found'])
    expect(answer.json.messages[0].text).toContain('nothing')
  },
)

const keys = (row: Row) => Object.keys(row).sort()

test('an entitlement of its own has a flag before v2026 and a level since, inside another noun always the flag', async () => {
  for (const dialect of dialects.filter((one) => one !== 'v3')) {
    const newest = dialect === 'v2026' || dialect === 'v1'
    const own = (await answerOf('getEntitlement', dialect)).json
    expect(['privileged' in own, 'additionalOwners' in own, 'privilegeLevel' in own, 'tags' in own]).toEqual([
      !newest,
      !newest,
      newest,
      newest,
    ])
    const [nested] = (await answerOf('getAccountEntitlements', dialect)).json
    expect(['privileged' in nested, 'privilegeLevel' in nested]).toEqual([true, false])
  }
  const [admins] = (await app.call('admin', 'GET', '/entitlements/v1?filters=name+eq+%22GitHub+Admins%22')).json
  expect(admins.privilegeLevel).toEqual({ direct: 'HIGH', setByType: null, inherited: null, effective: 'HIGH' })
  const high = await app.call('admin', 'GET', '/v2026/entitlements?filters=privilegeLevel.direct+eq+%22HIGH%22')
  expect(high.json.map((row: Row) => row.name)).toContain('GitHub Admins')
  expect((await app.call('admin', 'GET', '/v2026/entitlements?filters=privilegeLevel.direct+eq+%22LOW%22')).json).toEqual([])
})

test('a form in the request config is null for roles everywhere, for access profiles and entitlements in v1 only', async () => {
  for (const dialect of dialects.filter((one) => one !== 'v3')) {
    const has = async (id: Id) => 'formDefinitionId' in (await answerOf(id, dialect)).json.accessRequestConfig
    expect([await has('getRole'), await has('getAccessProfile'), await has('getEntitlementRequestConfig')]).toEqual([
      true,
      dialect === 'v1',
      dialect === 'v1',
    ])
  }
})

test('only beta tells of an activity whether it can be cancelled', async () => {
  const beta = (await answerOf('getAccountActivity', 'beta')).json
  const v1 = (await answerOf('getAccountActivity', 'v1')).json
  expect(beta.cancelable).toBe(true)
  expect(keys(beta).filter((key) => !keys(v1).includes(key))).toEqual(['cancelComment', 'cancelable'])
})

test('an owner without a mail address has none before v2024, where it could not be null', async () => {
  await app.sql(`update identity set email = null where alias = 'ines.falk'`)
  for (const dialect of dialects) {
    const rows = (await answerOf('listRequestableObjects', dialect)).json
    const { ownerRef } = rows.find((row: Row) => row.name === 'Auditor')
    expect(ownerRef.email).toBe(dialect === 'beta' || dialect === 'v3' ? undefined : null)
  }
})

test('lists of accounts are deprecated in beta, and an answer says so', async () => {
  expect((await answerOf('listAccounts', 'beta')).headers['deprecation']).toBe('true')
  expect((await answerOf('listAccounts', 'v3')).headers['deprecation']).toBeUndefined()
})

test('no answer anywhere tells the settings of a connector', async () => {
  await app.sql(`update source set connector_settings = 'sealed-settings-of-the-connector'`)
  for (const id of Object.keys(operations) as Id[]) {
    for (const dialect of operations[id]?.dialects ?? []) {
      expect(JSON.stringify((await answerOf(id, dialect)).json), `${dialect} ${id}`).not.toContain('sealed-settings')
    }
  }
  const source = (await answerOf('getSource', 'v2024')).json
  expect([source.connectorAttributes, source.healthy, source.status]).toEqual([{}, true, 'SOURCE_STATE_HEALTHY'])
})
