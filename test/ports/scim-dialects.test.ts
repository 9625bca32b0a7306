import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ScimSettings } from '../../src/adapters/connectors/scim/client.ts'
import { scimConnector } from '../../src/adapters/connectors/scim/connector.ts'
import type { NewTargetAccount, TargetAccount } from '../../src/ports.ts'
import { newScimUser } from '../support/scim-demo.ts'
import { type ScimDialect, type ScimServer, startScimServer } from '../support/scim-server.ts'
import { connectorSuite } from './connector.ts'

const closing: Array<() => Promise<void>> = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const dialects: Array<[string, ScimDialect, Partial<ScimSettings>?]> = [
  ['a second implementation', {}],
  ['one with the words "True" and "False" for booleans', { stringBooleans: true }],
  ['one with these words and without PATCH', { stringBooleans: true, patch: 'none' }],
  ['one whose PATCH names in its value who leaves', { patch: 'values' }],
  ['the same, told so', { patch: 'values' }, { groupUpdates: 'patch-values' }],
  ['one without PATCH and ETag', { patch: 'none', etag: false }],
  ['one that is told to get whole groups', {}, { groupUpdates: 'put' }],
  ['one whose totals are those of the page', { totals: 'page', longestPage: 10 }],
  ['one whose totals are too high', { totals: 'high', longestPage: 10 }],
  ['one whose totals are text', { totals: 'text', longestPage: 10 }],
  ['one without totals', { totals: 'absent', longestPage: 10 }],
  ['one without filters, whose users do not show their groups', { filters: 'none', groupsOfUsers: false }],
  ['one that ignores filters and shows members in single groups only', { filters: 'ignored', groupsOfUsers: false, members: 'single' }],
  ['one that finds nobody by membership and leaves empty lists out', { filters: 'names', groupsOfUsers: false, members: 'unless empty' }],
]

for (const [name, dialect, settings] of dialects) {
  connectorSuite(`SCIM, ${name},`, async () => {
    const server = await startScimServer(['Readers', 'Writers'], dialect)
    return {
      connector: scimConnector({ baseUrl: server.baseUrl, token: server.token, ...settings }),
      newUser: newScimUser,
      group: { attribute: 'groups', value: 'Readers' },
      otherGroup: { attribute: 'groups', value: 'Writers' },
      close: server.close,
    }
  })
}

async function start(groups: string[], dialect: ScimDialect = {}, settings: Partial<ScimSettings> = {}) {
  const server = await startScimServer(groups, dialect)
  closing.push(server.close)
  return { server, connector: scimConnector({ baseUrl: server.baseUrl, token: server.token, ...settings }) }
}

function named(number: number): NewTargetAccount {
  return { nativeIdentity: `person.${number}`, displayName: `Person ${number}`, firstName: 'Person', lastName: `${number}`, email: null }
}

async function listed(accounts: AsyncIterable<TargetAccount>): Promise<TargetAccount[]> {
  const list: TargetAccount[] = []
  for await (const account of accounts) list.push(account)
  return list
}

describe('lists of a SCIM server that miscounts', () => {
  const groups = Array.from({ length: 45 }, (_, index) => `Group ${index}`)
  let server: ScimServer
  beforeAll(async () => {
    server = await startScimServer(groups)
  })
  afterAll(() => server.close())

  test.each(['right', 'page', 'high', 'text', 'absent'] as const)('totals that are %s lose nobody and no group', async (totals) => {
    const { connector } = await start(groups, { totals, longestPage: 20 })
    for (let number = 0; number < 60; number++) await connector.createAccount(named(number))
    await connector.addValue({ nativeIdentity: 'person.59', attribute: 'groups', value: 'Group 44' })
    const accounts = await listed(connector.listAccounts())
    expect(accounts.map((account) => account.nativeIdentity)).toEqual(Array.from({ length: 60 }, (_, number) => `person.${number}`))
    expect(accounts.at(-1)?.values).toEqual({ groups: ['Group 44'] })
    const entitlements: string[] = []
    for await (const { value } of connector.listEntitlements()) entitlements.push(value)
    expect(entitlements).toEqual(groups)
  })
})

describe('what a SCIM dialect must not lead to', () => {
  const value = (nativeIdentity: string) => ({ nativeIdentity, attribute: 'groups', value: 'Readers' })

  test('a server that goes by the standard is never sent a removal that means everybody', async () => {
    const { server, connector } = await start(['Readers'])
    for (const number of [1, 2, 3]) {
      await connector.createAccount(named(number))
      await connector.addValue(value(`person.${number}`))
    }
    await connector.removeValue(value('person.2'))
    expect([1, 2, 3].map((number) => server.directory.groupsOf(`person.${number}`))).toEqual([['Readers'], [], ['Readers']])
  })

  test.each([true, false])('ten at once in a group without PATCH are all in it (with versions: %s)', async (etag) => {
    const { server, connector } = await start(['Readers'], { patch: 'none', etag })
    const numbers = Array.from({ length: 10 }, (_, index) => index)
    for (const number of numbers) await connector.createAccount(named(number))
    await Promise.all(numbers.map((number) => connector.addValue(value(`person.${number}`))))
    for (const number of numbers) expect(server.directory.groupsOf(`person.${number}`)).toEqual(['Readers'])
    const removed = server.writes.filter((write) => write.call === 'removeValue')
    expect(removed).toEqual([])
  })

  test('disabling by PUT keeps the other attributes of the user', async () => {
    const { server, connector } = await start(['Readers'], { patch: 'none', stringBooleans: true })
    await connector.createAccount({ ...named(1), email: 'one@example.org' })
    await connector.disableAccount('person.1')
    expect(server.directory.users()[0]?.attributes).toMatchObject({
      displayName: 'Person 1',
      active: false,
      emails: [{ value: 'one@example.org' }],
    })
    expect(server.writes.filter((write) => write.call === 'disableAccount')).toHaveLength(1)
  })
})
