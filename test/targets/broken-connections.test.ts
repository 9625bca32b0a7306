import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { ldapConnector } from '../../src/adapters/connectors/ldap/connector.ts'
import { postgresConnector } from '../../src/adapters/connectors/postgres/connector.ts'
import { saasConnector } from '../../src/adapters/connectors/saas/connector.ts'
import { scimConnector } from '../../src/adapters/connectors/scim/connector.ts'
import { type Connector, TargetError } from '../../src/ports.ts'
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.ts'
import { startSaasConnector } from '../support/saas-connector.ts'
import { startScimServer } from '../support/scim-server.ts'
import { slapdMissingReason, startSlapd } from '../support/slapd.ts'

/** One target, reached directly and through a proxy that breaks connections. */
interface Reached {
  direct: Connector
  broken: Connector
  proxy: CuttingProxy
  attribute: string
  value: string
  newName(): string
  close(): Promise<void>
}

/** Spread over every answer of a call. */
const CUTS = process.env['TEST_LONG'] === '1' ? 60 : 10
const mark = `cut${randomBytes(4).toString('hex')}`
let names = 0
const newName = () => `${mark}_${++names}`

async function reach(
  address: { host: string; port: number },
  connect: (port: number) => Connector,
  entitlement: { attribute: string; value: string },
  stop: () => Promise<void>,
): Promise<Reached> {
  const proxy = await startCuttingProxy(address)
  const close = async () => {
    await proxy.close()
    await stop()
  }
  return { direct: connect(address.port), broken: connect(proxy.port), proxy, ...entitlement, newName, close }
}

function addressOf(url: string) {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}

async function reachScim(): Promise<Reached> {
  const server = await startScimServer(['Readers'])
  const connect = (port: number) => scimConnector({ baseUrl: `http://127.0.0.1:${port}/scim`, token: server.token, timeoutMs: 10_000 })
  return reach(addressOf(server.baseUrl), connect, { attribute: 'groups', value: 'Readers' }, server.close)
}

async function reachSaas(): Promise<Reached> {
  const server = await startSaasConnector()
  const connect = (port: number) => saasConnector({ url: `http://127.0.0.1:${port}/`, config: server.config, timeoutMs: 10_000 })
  return reach(addressOf(server.url), connect, { attribute: 'groups', value: 'Readers' }, server.stop)
}

async function reachLdap(): Promise<Reached> {
  const server = await startSlapd(['Readers'])
  const connect = (port: number) =>
    ldapConnector({
      url: `ldap://127.0.0.1:${port}`,
      caCertificate: server.certificate,
      bindDn: server.bindDn,
      password: server.password,
      accountsBase: `ou=people,${server.base}`,
      groupsBase: `ou=groups,${server.base}`,
      groupKey: 'cn',
      timeoutMs: 10_000,
    })
  return reach(addressOf(server.url), connect, { attribute: 'groups', value: 'Readers' }, server.stop)
}

async function reachPostgres(): Promise<Reached> {
  const url = new URL(inject('databaseUrl'))
  const admin = new pg.Client(url.href)
  await admin.connect()
  const value = `${mark}_group`
  await admin.query(`create role ${value}`)
  const settings = { host: url.hostname, user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
  const connect = (port: number) => postgresConnector({ ...settings, port, database: url.pathname.slice(1), tls: 'off', timeoutMs: 10_000 })
  return reach(addressOf(url.href), connect, { attribute: 'roles', value }, async () => {
    const { rows } = await admin.query(`select rolname::text as name from pg_roles where rolname like '${mark}%'`)
    for (const { name } of rows) await admin.query(`drop role ${pg.escapeIdentifier(name)}`)
    await admin.end()
  })
}

const targets: Array<[string, () => Promise<Reached>, string | undefined]> = [
  ['SCIM', reachScim, undefined],
  ['LDAP', reachLdap, slapdMissingReason],
  ['PostgreSQL', reachPostgres, undefined],
  ['SaaS', reachSaas, undefined],
]

for (const [protocol, start, missingReason] of targets) {
  describe.skipIf(missingReason)(`a connection over ${protocol} that breaks anywhere`, () => {
    let target: Reached
    beforeAll(async () => {
      target = await start()
    })
    afterAll(() => target.close())

    /** Does something through the proxy, once whole and then with the connection broken later and later, within and between answers. */
    async function atEveryCut(work: (connector: Connector, name: string) => Promise<void>, prepare: (name: string) => Promise<void>) {
      const whole = target.newName()
      await prepare(whole)
      target.proxy.cutAfter(undefined)
      target.proxy.sent()
      await work(target.broken, whole)
      const { bytes, parts } = target.proxy.sent()
      const within = Array.from({ length: CUTS }, (_, cut) => ({ bytes: Math.floor((cut * bytes) / CUTS) }))
      const between = Array.from({ length: parts - 1 }, (_, cut) => ({ parts: cut + 1 }))
      const outcomes: Array<{ name: string; error: unknown }> = []
      for (const cut of [...within, ...between]) {
        const name = target.newName()
        await prepare(name)
        target.proxy.cutAfter(cut)
        const error = await work(target.broken, name).then(
          () => undefined,
          (thrown: unknown) => thrown,
        )
        if (error !== undefined) expect(error).toBeInstanceOf(TargetError)
        // It is worth another try.
        expect(error ?? {}).not.toMatchObject({ kind: 'refused' })
        outcomes.push({ name, error })
      }
      return outcomes
    }

    const make = (name: string) =>
      target.direct.createAccount({ nativeIdentity: name, displayName: `Person ${name}`, firstName: 'P', lastName: name, email: null })
    const valueFor = (name: string) => ({ nativeIdentity: name, attribute: target.attribute, value: target.value })
    const has = async (name: string) => {
      const account = await target.direct.readAccount(name)
      return account?.values[target.attribute]?.includes(target.value)
    }

    test('a read tells the truth or fails: nobody is missing and nothing is taken away', async () => {
      const prepare = async (name: string) => {
        await make(name)
        await target.direct.addValue(valueFor(name))
      }
      const read = async (connector: Connector, name: string) => {
        const account = await connector.readAccount(name)
        expect(account).toMatchObject({ nativeIdentity: name, values: { [target.attribute]: [target.value] } })
      }
      const outcomes = await atEveryCut(read, prepare)
      expect(outcomes.filter(({ error }) => error !== undefined).length).toBeGreaterThan(CUTS / 2)
    })

    test('a value that is added is there when the call says so, and when it is repeated', async () => {
      for (const { name, error } of await atEveryCut((connector, one) => connector.addValue(valueFor(one)), make)) {
        if (error === undefined) expect(await has(name)).toBe(true)
        await target.direct.addValue(valueFor(name))
        expect(await has(name)).toBe(true)
      }
    })

    test('a value that is removed is gone when the call says so, and when it is repeated', async () => {
      const prepare = async (name: string) => {
        await make(name)
        await target.direct.addValue(valueFor(name))
      }
      for (const { name, error } of await atEveryCut((connector, one) => connector.removeValue(valueFor(one)), prepare)) {
        if (error === undefined) expect(await has(name)).toBe(false)
        await target.direct.removeValue(valueFor(name))
        expect(await has(name)).toBe(false)
      }
    })

    test('an account that is made is there when the call says so, and once when it is repeated', async () => {
      const create = (connector: Connector, name: string) =>
        connector.createAccount({ nativeIdentity: name, displayName: name, firstName: 'P', lastName: name, email: null })
      for (const { name, error } of await atEveryCut(create, async () => {})) {
        if (error === undefined) expect(await target.direct.readAccount(name)).toBeDefined()
        await make(name)
        expect((await target.direct.readAccount(name))?.nativeIdentity).toBe(name)
      }
    })

    test('a list is whole or fails', async () => {
      const all = new Set<string>()
      for await (const { nativeIdentity } of target.direct.listAccounts()) all.add(nativeIdentity)
      const list = async (connector: Connector) => {
        const seen = new Set<string>()
        for await (const { nativeIdentity } of connector.listAccounts()) seen.add(nativeIdentity)
        expect(seen).toEqual(all)
      }
      const outcomes = await atEveryCut(list, async () => {})
      expect(outcomes.filter(({ error }) => error !== undefined).length).toBeGreaterThan(CUTS / 2)
    })
  })
}
