import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ldapConnector } from '../../src/adapters/connectors/ldap/connector.ts'
import { openLdapSession } from '../../src/adapters/connectors/ldap/session.ts'
import { type LdapSettings, ldapTable } from '../../src/adapters/connectors/ldap/settings.ts'
import { readSettings } from '../../src/adapters/connectors/settings.ts'
import { callBudget } from '../../src/adapters/connectors/time-budget.ts'
import type { Connector, NewTargetAccount, TargetAccount } from '../../src/ports.ts'
import { connectorSuite } from '../ports/connector.ts'
import { startCuttingProxy } from '../support/cutting-proxy.ts'
import { newScimUser } from '../support/scim-demo.ts'
import { type Slapd, slapdMissingReason, startSlapd } from '../support/slapd.ts'

if (slapdMissingReason !== undefined) console.warn(slapdMissingReason)

const ODD = 'A + B, "C" \\ <D> ; =E #F é'

function settingsOf(slapd: Slapd): Partial<LdapSettings> {
  return {
    url: slapd.url,
    caCertificate: slapd.certificate,
    bindDn: slapd.bindDn,
    password: slapd.password,
    accountsBase: `ou=people,${slapd.base}`,
    groupsBase: `ou=groups,${slapd.base}`,
    timeoutMs: 5000,
  }
}

const ways: Array<[string, (slapd: Slapd) => Partial<LdapSettings>]> = [
  ['over StartTLS, groups by their whole name', () => ({})],
  ['over ldaps, groups by cn', (slapd) => ({ url: slapd.ldapsUrl, groupKey: 'cn' })],
  [
    'with groups of names and userAccountControl',
    (slapd) => ({
      groupsBase: `ou=posix,${slapd.base}`,
      groupFilter: '(objectClass=posixGroup)',
      groupKey: 'cn',
      memberAttribute: 'memberUid',
      memberBy: 'name',
      disabledBy: 'userAccountControl',
      accountClasses: ['inetOrgPerson', 'testAccount'],
      accountAttributes: { userAccountControl: '512' },
    }),
  ],
  [
    'with entries named by cn and nsAccountLock',
    () => ({ accountRdn: 'cn', accountClasses: ['inetOrgPerson', 'testAccount'], disabledBy: 'nsAccountLock' }),
  ],
]

// Where there is no slapd, the line above says so.
describe.skipIf(slapdMissingReason)('LDAP against OpenLDAP', () => {
  for (const [name, own] of ways) {
    connectorSuite(`LDAP ${name}`, async () => {
      const slapd = await startSlapd(['Readers', 'Writers'])
      const settings = { ...settingsOf(slapd), ...own(slapd) }
      const namedBy = (cn: string) => (settings.groupKey === 'cn' ? cn : `cn=${cn},${settings.groupsBase}`)
      return {
        connector: ldapConnector(settings),
        newUser: newScimUser,
        group: { attribute: 'groups', value: namedBy('Readers') },
        otherGroup: { attribute: 'groups', value: namedBy('Writers') },
        close: slapd.stop,
      }
    })
  }

  let slapd: Slapd
  let connector: Connector
  beforeAll(async () => {
    slapd = await startSlapd(['Readers', 'Writers', ...Array.from({ length: 150 }, (_, index) => `Group ${index}`)])
    connector = connect()
  })
  afterAll(() => slapd.stop())

  const connect = (own: Partial<LdapSettings> = {}) => ldapConnector({ ...settingsOf(slapd), groupKey: 'cn', ...own })
  const inGroup = (user: NewTargetAccount, value: string) => ({ nativeIdentity: user.nativeIdentity, attribute: 'groups', value })
  const groupsOf = async (user: NewTargetAccount) => (await connector.readAccount(user.nativeIdentity))?.values['groups']

  async function made(name?: string): Promise<NewTargetAccount> {
    const user = newScimUser()
    const account = name === undefined ? user : { ...user, nativeIdentity: name }
    await connector.createAccount(account)
    return account
  }

  describe('what LDAP asks of a connection', () => {
    test('the password does not leave without encryption, and the certificate has to be trusted', async () => {
      await expect(connect({ startTls: false }).test()).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('bind') })
      for (const url of [slapd.url, slapd.ldapsUrl]) {
        await expect(connect({ url, caCertificate: null }).test()).rejects.toMatchObject({
          kind: 'unreachable',
          message: expect.stringContaining('certificate'),
        })
      }
    })

    test('a certificate for another name is not trusted, with StartTLS either', async () => {
      for (const url of [slapd.url, slapd.ldapsUrl]) {
        const elsewhere = url.replace('127.0.0.1', '127.0.0.2')
        await expect(connect({ url: elsewhere }).test()).rejects.toMatchObject({
          kind: 'unreachable',
          message: expect.stringContaining('altnames'),
        })
        await expect(connect({ url: url.replace('127.0.0.1', 'localhost') }).test()).resolves.toBeUndefined()
      }
    })

    test('a wrong password is refused and stands in no message', async () => {
      const password = 'wrong-password-of-mine'
      const error = await connect({ password })
        .test()
        .catch((thrown: Error) => thrown)
      expect(error).toMatchObject({ kind: 'refused' })
      expect(String(error)).not.toContain(password)
    })

    test('a base that is not there fails the test by name', async () => {
      await expect(connect({ groupsBase: `ou=nowhere,${slapd.base}` }).test()).rejects.toMatchObject({
        kind: 'refused',
        message: expect.stringContaining('ou=nowhere'),
      })
    })

    test('a filter that is none is refused', async () => {
      await expect(connect({ accountFilter: '(uid)' }).readAccount('a')).rejects.toMatchObject({ name: 'TargetError', kind: 'refused' })
    })
  })

  describe('names in a directory', () => {
    test('whatever characters a name holds, it names one entry and no other', async () => {
      const names = [ODD, '*', 'a)(uid=*', 'A']
      for (const [index, name] of names.entries()) {
        const user = await made(name)
        await connector.addValue(inGroup(user, `Group ${index}`))
      }
      for (const [index, name] of names.entries()) {
        const account = await connector.readAccount(name)
        expect(account).toMatchObject({ nativeIdentity: name, values: { groups: [`Group ${index}`] } })
      }
      expect(await connector.readAccount('?')).toBeUndefined()
    })

    test('a group outside the base is not to be had, however privileged the connection', async () => {
      const user = await made()
      const byName = connect({ groupKey: 'dn', groupsBase: `ou=posix,${slapd.base}`, groupFilter: '(objectClass=*)' })
      const value = { ...inGroup(user, `cn=Readers,ou=groups,${slapd.base}`) }
      await expect(byName.addValue(value)).rejects.toMatchObject({ kind: 'refused' })
      expect(await groupsOf(user)).toEqual([])
    })

    test('a group written in another way than the target writes it is refused with the right one', async () => {
      const user = await made()
      await expect(connector.addValue(inGroup(user, 'READERS'))).rejects.toMatchObject({
        kind: 'refused',
        message: expect.stringContaining("'Readers'"),
      })
    })

    test('an account without a surname gets the display name as one', async () => {
      const user = { ...newScimUser(), firstName: '', lastName: '' }
      await connector.createAccount(user)
      expect(await connector.readAccount(user.nativeIdentity)).toMatchObject({ name: user.displayName })
    })

    test('an entry that is no account but sits where one should be is a refusal, not an account', async () => {
      const user = await made()
      const strict = connect({ accountFilter: '(title=chief)' })
      await expect(strict.createAccount(user)).rejects.toMatchObject({ kind: 'refused' })
    })
  })

  describe('groups of a directory', () => {
    test('the last member can leave a group that must not be empty, and the next one come', async () => {
      const only = connect({ emptyMember: 'cn=nobody else' })
      const [user, next] = [await made(), await made()]
      await only.addValue(inGroup(user, 'Group 100'))
      await only.addValue(inGroup(next, 'Group 100'))
      // Who stood in for nobody is nobody's account, so it may go.
      for (const one of [user, next, next]) await only.removeValue(inGroup(one, 'Group 100'))
      expect(await groupsOf(user)).toEqual([])
      await only.addValue(inGroup(next, 'Group 100'))
      expect(await groupsOf(next)).toEqual(['Group 100'])
    })

    test('lists longer than the server gives at once come in pages, whole', async () => {
      for (let number = 0; number < 120; number++) await made()
      const accounts = new Set<string>()
      for await (const account of connector.listAccounts()) accounts.add(account.nativeIdentity)
      expect(accounts.size).toBeGreaterThanOrEqual(120)
      const values: string[] = []
      for await (const entitlement of connector.listEntitlements()) values.push(entitlement.value)
      expect(new Set(values).size).toBe(152)
      for await (const { description } of connector.listEntitlements()) expect(description).toMatch(/^Those who are/)
    })

    test('a lock that ends by itself is no disabled account, and other account flags are kept', async () => {
      const classes = { accountClasses: ['inetOrgPerson', 'testAccount'], accountAttributes: { userAccountControl: '66048' } }
      const flags = connect({ ...classes, disabledBy: 'userAccountControl' })
      const user = newScimUser()
      await flags.createAccount(user)
      await flags.disableAccount(user.nativeIdentity)
      const control = connect({ accountFilter: '(userAccountControl=66050)' })
      expect(await control.readAccount(user.nativeIdentity)).toBeDefined()
      await flags.enableAccount(user.nativeIdentity)
      expect(await control.readAccount(user.nativeIdentity)).toBeUndefined()
    })
  })

  describe('a directory that does not answer', () => {
    test('one that hangs costs a call its limit, in a list too, and works again when it wakes', async () => {
      const hasty = connect({ timeoutMs: 300 })
      const user = await made()
      slapd.process.kill('SIGSTOP')
      const started = performance.now()
      try {
        await expect(hasty.addValue(inGroup(user, 'Readers'))).rejects.toMatchObject({
          kind: 'unreachable',
          message: expect.stringContaining('300 ms'),
        })
        await expect(hasty.listAccounts()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ kind: 'unreachable' })
      } finally {
        slapd.process.kill('SIGCONT')
      }
      expect(performance.now() - started).toBeLessThan(2000)
      await connector.addValue(inGroup(user, 'Readers'))
      expect(await groupsOf(user)).toEqual(['Readers'])
    })

    test.each(['ldap', 'ldaps'])(
      'a connection over %s that was lost in between is not made again, as nobody to whom nothing is shown',
      async (scheme) => {
        const url = new URL(scheme === 'ldap' ? slapd.url : slapd.ldapsUrl)
        const proxy = await startCuttingProxy({ host: url.hostname, port: Number(url.port) })
        const settings = { ...settingsOf(slapd), url: `${scheme}://127.0.0.1:${proxy.port}`, timeoutMs: 1000 }
        const session = await openLdapSession(readSettings('ldap', ldapTable, settings), callBudget(1000))
        const look = () => session.search({ base: slapd.base, scope: 'base', filter: '(objectClass=*)', attributes: ['dc'] })
        expect(await look()).toHaveLength(1)
        await proxy.close()
        const again = await startCuttingProxy({ host: url.hostname, port: Number(url.port) }, proxy.port)
        // So that the client has noticed; when it has not, it writes to the old connection, which is no harm.
        await sleep(100)
        await expect(look()).rejects.toMatchObject({ name: 'TargetError', kind: 'unreachable' })
        expect(again.sent()).toEqual({ bytes: 0, parts: 0 })
        session.close()
        await again.close()
      },
    )

    test('one that is not there is unreachable', async () => {
      await expect(connect({ url: 'ldap://127.0.0.1:1' }).test()).rejects.toMatchObject({
        kind: 'unreachable',
        message: expect.stringContaining('ECONNREFUSED'),
      })
    })

    test.each(['hangs up', 'talks nonsense', 'says nothing'])('one that %s is unreachable', async (what) => {
      const server: Server = createServer((socket) => {
        socket.on('error', () => undefined)
        if (what === 'hangs up') socket.destroy()
        if (what === 'talks nonsense') socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')
      })
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
      const address = server.address()
      const port = typeof address === 'object' ? address?.port : 0
      for (const scheme of ['ldap', 'ldaps']) {
        const own = { url: `${scheme}://127.0.0.1:${port}`, timeoutMs: 300 }
        await expect(connect(own).test()).rejects.toMatchObject({ name: 'TargetError', kind: 'unreachable' })
      }
      server.close()
    })
  })

  test('the list tells of disabled accounts and memberships as single reads do', async () => {
    const [user, other] = [await made(), await made()]
    await connector.addValue(inGroup(user, 'Writers'))
    await connector.disableAccount(other.nativeIdentity)
    const listed: TargetAccount[] = []
    for await (const account of connector.listAccounts()) listed.push(account)
    const find = (one: NewTargetAccount) => listed.find((account) => account.nativeIdentity === one.nativeIdentity)
    expect(find(user)).toMatchObject({ disabled: false, values: { groups: ['Writers'] } })
    expect(find(other)).toMatchObject({ disabled: true, values: { groups: [] } })
  })
})
