import { describe, expect, test } from 'vitest'
import { checkSettings, kinds, openConnectors } from '../../src/adapters/connectors/registry.ts'

const good: Record<string, Record<string, unknown>> = {
  scim: { baseUrl: 'https://directory.example.org/scim/v2', token: 'secret' },
  ldap: { url: 'ldap://directory.example.org', bindDn: 'cn=c', password: 'p', accountsBase: 'ou=people', groupsBase: 'ou=groups' },
  postgres: { host: 'db.example.org', user: 'countersign', password: 'p' },
  saas: { url: 'http://127.0.0.1:3000/' },
}

describe.each(Object.keys(kinds))('the settings of a %s connector', (kind) => {
  test('as few as these are enough', () => {
    expect(() => checkSettings(kind, good[kind])).not.toThrow()
  })

  test('each that has to be given is asked for by name', () => {
    for (const name of Object.keys(good[kind] ?? {})) {
      const { [name]: _left, ...rest } = good[kind] ?? {}
      expect(() => checkSettings(kind, rest)).toThrow(`"${name}" has to be given`)
    }
  })

  test('one that there is not, and one that is not what it has to be, are refused by name and without their value', () => {
    expect(() => checkSettings(kind, { ...good[kind], passwrd: 'x' })).toThrow('"passwrd" is not one of them; there are ')
    for (const name of Object.keys(kinds[kind]?.table ?? {})) {
      const problem = (() => {
        try {
          checkSettings(kind, { ...good[kind], [name]: -1.5 })
        } catch (error) {
          return String(error)
        }
      })()
      expect(problem).toContain(`"${name}" has to be`)
      expect(problem).not.toContain('-1.5')
    }
    expect(() => checkSettings(kind, { ...good[kind], timeoutMs: 1 })).toThrow('"timeoutMs" has to be a whole number from 50 to 600000')
    expect(() => checkSettings(kind, null)).toThrow('JSON object')
  })
})

test.each([
  ['scim', { token: 'two\nlines' }, '"token" has to be plain characters without spaces'],
  ['scim', { baseUrl: 'ldap://x' }, '"baseUrl" has to be an address that begins with https:// or http://'],
  ['scim', { groupUpdates: 'POST' }, '"groupUpdates" has to be "patch" or "patch-values" or "put"'],
  ['ldap', { url: 'directory.example.org' }, '"url" has to be an address that begins with ldaps:// or ldap://'],
  ['ldap', { accountFilter: 'uid=a' }, '"accountFilter" has to be a filter in parentheses'],
  ['ldap', { caCertificate: '/etc/ssl/ca.pem' }, '"caCertificate" has to be the PEM text of a certificate'],
  ['postgres', { tls: 'prefer' }, '"tls" has to be "verify" or "off"'],
  ['saas', { entitlements: { groups: 1 } }, '"entitlements" has to be a JSON object of texts, at least one'],
])('%s with %j is told what it has to be', (kind, own, words) => {
  expect(() => checkSettings(kind, { ...good[kind], ...own })).toThrow(words)
})

test('a kind that there is not is refused with those there are', () => {
  expect(() => checkSettings('sftp', {})).toThrow('there are scim, ldap, postgres, saas')
})

test('stored settings that cannot be used fail in a way that is tried again, so that whoever mends them finds the work still there', () => {
  const registry = openConnectors({ seal: (plain) => plain, open: (sealed) => sealed })
  const source = { id: 's', connector: 'scim', connectorSettings: '{"baseUrl":"https://x"}' }
  expect(() => registry.connectorFor(source)).toThrow(
    expect.objectContaining({ kind: 'failed', message: expect.stringContaining('"token"') }),
  )
})
