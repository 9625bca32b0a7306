import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { postgresConnector } from '../../src/adapters/connectors/postgres/connector.ts'
import type { PostgresSettings } from '../../src/adapters/connectors/postgres/settings.ts'
import type { Connector, NewTargetAccount } from '../../src/ports.ts'
import { connectorSuite } from '../ports/connector.ts'
import { opensslMissingReason } from '../support/certificate.ts'
import { startPostgresOverTls } from '../support/postgres-over-tls.ts'

/** Roles belong to the whole server, which other tests use, too. */
const mark = `cs${randomBytes(4).toString('hex')}`
const operator = { user: `${mark}_operator`, password: 'password-of-the-operator' }
const readers = `${mark} "readers" ; \\`
const writers = `${mark}_WRITERS`

let admin: pg.Client
let users = 0

const quoted = pg.escapeIdentifier

beforeAll(async () => {
  admin = new pg.Client(inject('databaseUrl'))
  await admin.connect()
  await admin.query(`create role ${quoted(operator.user)} login createrole password '${operator.password}'`)
  for (const group of [readers, writers]) {
    await admin.query(`create role ${quoted(group)}`)
    await admin.query(`grant ${quoted(group)} to ${quoted(operator.user)} with admin option`)
  }
  await admin.query(`comment on role ${quoted(writers)} is 'May write'`)
})

afterAll(async () => {
  const { rows } = await admin.query(`select rolname::text as name from pg_roles where rolname like '${mark}%' order by rolname = $1`, [
    operator.user,
  ])
  for (const { name } of rows) {
    await admin.query(`drop owned by ${quoted(name)} cascade`)
    await admin.query(`drop role ${quoted(name)}`)
  }
  await admin.end()
})

function settings(own: Partial<PostgresSettings> = {}): Partial<PostgresSettings> {
  const { hostname, port, pathname } = new URL(inject('databaseUrl'))
  return { host: hostname, port: Number(port), database: pathname.slice(1), ...operator, tls: 'off', ...own }
}

function newUser(name = `${mark} "user" ${++users}`): NewTargetAccount {
  return { nativeIdentity: name, displayName: `User's ${users} \\ name`, firstName: 'User', lastName: `${users}`, email: null }
}

const value = (nativeIdentity: string, group = readers) => ({ nativeIdentity, attribute: 'roles', value: group })

connectorSuite('PostgreSQL, as an operator with CREATEROLE,', async () => ({
  connector: postgresConnector(settings()),
  newUser,
  group: { attribute: 'roles', value: readers },
  otherGroup: { attribute: 'roles', value: writers },
  close: async () => {},
}))

connectorSuite('PostgreSQL, as a superuser,', async () => {
  const { username, password } = new URL(inject('databaseUrl'))
  return {
    connector: postgresConnector(settings({ user: decodeURIComponent(username), password: decodeURIComponent(password) })),
    newUser,
    group: { attribute: 'roles', value: readers },
    otherGroup: { attribute: 'roles', value: writers },
    close: async () => {},
  }
})

describe('roles of PostgreSQL', () => {
  let connector: Connector
  beforeAll(() => {
    connector = postgresConnector(settings())
  })

  async function made(name?: string): Promise<string> {
    const user = newUser(name)
    await connector.createAccount(user)
    return user.nativeIdentity
  }

  /** What an account may do, asked of the server itself. */
  async function can(name: string): Promise<{ login: boolean; read: boolean }> {
    const { rows } = await admin.query(
      'select rolcanlogin as login, pg_has_role(rolname, $2::name, $3) as read from pg_roles where rolname = $1',
      [name, readers, 'usage'],
    )
    return rows[0]
  }

  test('a granted group is usable, and a disabled account keeps it and cannot log in', async () => {
    const name = await made()
    expect(await can(name)).toEqual({ login: true, read: false })
    await connector.addValue(value(name))
    await connector.disableAccount(name)
    expect(await can(name)).toEqual({ login: false, read: true })
    await connector.enableAccount(name)
    expect(await can(name)).toEqual({ login: true, read: true })
  })

  test('a name that would end a statement is a name', async () => {
    const name = await made(`${mark}"; drop role ${readers}; --'`)
    await connector.addValue(value(name))
    expect((await connector.readAccount(name))?.values).toEqual({ roles: [readers] })
    expect(await can(name)).toEqual({ login: true, read: true })
  })

  test('names that the server would cut off or fold are kept apart or refused', async () => {
    await made(`${mark}_Mixed`)
    expect(await connector.readAccount(`${mark}_mixed`)).toBeUndefined()
    const long = `${mark}${'x'.repeat(63 - mark.length)}`
    await made(long)
    expect(await connector.readAccount(`${long}y`)).toBeUndefined()
    await expect(connector.createAccount(newUser(`${long}y`))).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('63'),
    })
    await expect(connector.addValue(value(`${long}y`))).rejects.toMatchObject({ kind: 'refused' })
    await expect(connector.createAccount(newUser(`${mark}\0`))).rejects.toMatchObject({ kind: 'refused' })
    await expect(connector.createAccount(newUser('pg_mine'))).rejects.toMatchObject({ kind: 'refused' })
  })

  test('a group is never taken for an account, and what one person gets is not given to all of its members', async () => {
    expect(await connector.readAccount(writers)).toBeUndefined()
    await expect(connector.createAccount(newUser(writers))).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('cannot log in'),
    })
    await expect(connector.addValue(value(writers))).rejects.toMatchObject({ kind: 'refused' })
    await expect(connector.disableAccount(writers)).resolves.toBeUndefined()
  })

  test('an account is never taken for a group, a disabled one either', async () => {
    const [name, other] = [await made(), await made()]
    await expect(connector.addValue(value(name, other))).rejects.toMatchObject({ kind: 'refused' })
    await connector.disableAccount(other)
    await expect(connector.addValue(value(name, other))).rejects.toMatchObject({ kind: 'refused' })
    for await (const entitlement of connector.listEntitlements()) expect(entitlement.value).not.toBe(other)
  })

  test('superusers and the operator itself are not disabled from here', async () => {
    const { username } = new URL(inject('databaseUrl'))
    for (const name of [operator.user, decodeURIComponent(username)]) {
      await expect(connector.disableAccount(name)).rejects.toMatchObject({ kind: 'refused' })
    }
  })

  test('predefined roles are entitlements only when the settings say so', async () => {
    const listed = async (own: Partial<PostgresSettings>) => {
      const names: string[] = []
      for await (const { value: name } of postgresConnector(settings(own)).listEntitlements()) names.push(name)
      return names
    }
    expect(await listed({})).not.toContain('pg_monitor')
    expect(await listed({ predefinedRoles: true })).toEqual(expect.arrayContaining(['pg_monitor', readers]))
    await expect(connector.addValue(value(await made(), 'pg_monitor'))).rejects.toMatchObject({ kind: 'refused' })
  })

  test('the comment of a group is its description', async () => {
    for await (const entitlement of connector.listEntitlements()) {
      if (entitlement.value === writers) expect(entitlement).toMatchObject({ name: writers, description: 'May write' })
    }
  })

  test('a membership that somebody else gave is taken away, or refused in words, but never said to be gone when it is not', async () => {
    const name = await made()
    await admin.query(`grant ${quoted(readers)} to ${quoted(name)}`)
    const outcome = await connector.removeValue(value(name)).then(
      () => 'gone',
      (error: Error & { kind: string }) => error.kind,
    )
    const read = (await connector.readAccount(name))?.values['roles']
    expect([outcome, read]).toEqual(outcome === 'gone' ? ['gone', []] : ['refused', [readers]])
    const { username, password } = new URL(inject('databaseUrl'))
    const superuser = { user: decodeURIComponent(username), password: decodeURIComponent(password) }
    await postgresConnector(settings(superuser)).removeValue(value(name))
    expect((await connector.readAccount(name))?.values).toEqual({ roles: [] })
  })

  test('an operator without the right to give a group is refused in the words of the server', async () => {
    const foreign = `${mark}_foreign`
    await admin.query(`create role ${quoted(foreign)} superuser`)
    await expect(connector.addValue(value(await made(), foreign))).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/superuser|permission/),
    })
  })
})

describe('a PostgreSQL that does not answer', () => {
  test('wrong credentials are refused and a wrong database, too; the password stands in no message', async () => {
    const password = 'wrong-password-of-mine'
    const error = await postgresConnector(settings({ password }))
      .test()
      .catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ name: 'TargetError', kind: 'refused' })
    expect(String(error)).not.toContain(password)
    await expect(postgresConnector(settings({ database: `${mark}_none` })).test()).rejects.toMatchObject({ kind: 'refused' })
  })

  test('a role that may not make roles fails the test', async () => {
    const { nativeIdentity: user } = newUser(`${mark}_weak`)
    await admin.query(`create role ${quoted(user)} login password 'weak'`)
    await expect(postgresConnector(settings({ user, password: 'weak' })).test()).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('CREATEROLE'),
    })
  })

  test('a server without TLS is not spoken to unless the settings say so', async () => {
    await expect(postgresConnector(settings({ tls: 'verify' })).test()).rejects.toMatchObject({
      name: 'TargetError',
      message: expect.stringMatching(/SSL|certificate/),
    })
  })

  test.skipIf(opensslMissingReason)('a certificate is trusted only from who is named, and only for its own name', async () => {
    const { hostname, port } = new URL(inject('databaseUrl'))
    const server = await startPostgresOverTls({ host: hostname, port: Number(port) })
    try {
      const connect = (own: Partial<PostgresSettings>) => postgresConnector(settings({ port: server.port, tls: 'verify', ...own }))
      const caCertificate = server.certificate
      for (const host of ['127.0.0.1', 'localhost']) await expect(connect({ host, caCertificate }).test()).resolves.toBeUndefined()
      const refused = { 'self-signed': connect({ host: '127.0.0.1' }), altnames: connect({ host: '127.0.0.2', caCertificate }) }
      for (const [words, connector] of Object.entries(refused)) {
        await expect(connector.test()).rejects.toMatchObject({ kind: 'unreachable', message: expect.stringContaining(words) })
      }
    } finally {
      await server.stop()
    }
  })

  test('a change that waits for a lock ends within its limit, and is not carried out later', async () => {
    const connector = postgresConnector(settings({ timeoutMs: 300 }))
    const user = newUser()
    await connector.createAccount(user)
    const blocker = new pg.Client(inject('databaseUrl'))
    await blocker.connect()
    await blocker.query('begin; lock table pg_catalog.pg_auth_members in access exclusive mode')
    try {
      const started = performance.now()
      await expect(connector.addValue(value(user.nativeIdentity))).rejects.toMatchObject({ name: 'TargetError' })
      expect(performance.now() - started).toBeLessThan(2500)
    } finally {
      await blocker.query('rollback')
      await blocker.end()
    }
    expect((await connector.readAccount(user.nativeIdentity))?.values).toEqual({ roles: [] })
  })

  test.each(['hangs up', 'talks nonsense', 'says nothing'])('one that %s is unreachable', async (what) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      if (what === 'hangs up') socket.destroy()
      if (what === 'talks nonsense') socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const address = server.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    for (const tls of ['off', 'verify'] as const) {
      const connector = postgresConnector(settings({ port, tls, timeoutMs: 300 }))
      await expect(connector.test()).rejects.toMatchObject({ name: 'TargetError', kind: 'unreachable' })
    }
    server.close()
  })
})
