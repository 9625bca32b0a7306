import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeNameValue, isBelow, nameKey } from '../../src/adapters/connectors/ldap/names.ts'

test.each([
  ['cn=Readers,ou=groups,dc=example,dc=org', 'CN=readers, OU=Groups ,DC=example,dc=ORG'],
  ['cn=a\\,b,dc=x', 'cn="a,b",dc=x'],
  ['cn=a\\2cb,dc=x', 'cn=a\\,b,dc=x'],
  ['cn=J\\c3\\bcrgen,dc=x', 'cn=Jürgen,dc=x'],
  ['cn=a\\ ,dc=x', 'cn=a\\20,dc=x'],
  ['cn=a+uid=b,dc=x', 'uid=b+cn=a,dc=x'],
])('%s and %s are one name', (one, other) => {
  expect(nameKey(one)).toBe(nameKey(other))
})

test.each([
  ['cn=a,dc=x', 'cn=a\\,dc=x'],
  ['cn=a b,dc=x', 'cn=ab,dc=x'],
  ['cn=a\\+b,dc=x', 'cn=a+b,dc=x'],
  ['cn=a,dc=x', 'uid=a,dc=x'],
])('%s and %s are two names', (one, other) => {
  expect(nameKey(one)).not.toBe(nameKey(other))
})

test('an entry is below its base and not below a base of which it only has the end', () => {
  expect(isBelow('cn=a,OU=groups,dc=x', 'ou=Groups, dc=x')).toBe(true)
  expect(isBelow('cn=a,ou=groups,dc=x', 'oups,dc=x')).toBe(false)
  expect(isBelow('ou=groups,dc=x', 'ou=groups,dc=x')).toBe(false)
  expect(isBelow('cn=a\\,ou=groups,dc=x', 'ou=groups,dc=x')).toBe(false)
})

test('no value, whatever it holds, leaves its place in a name or is mistaken for another', () => {
  const value = fc.string({ unit: 'binary', minLength: 1 }).filter((one) => !/\p{Surrogate}/u.test(one))
  const property = fc.property(value, value, (one, other) => {
    const name = (text: string) => nameKey(`uid=${escapeNameValue(text)},ou=people,dc=x`)
    expect(isBelow(`uid=${escapeNameValue(one)},ou=people,dc=x`, 'ou=people,dc=x')).toBe(true)
    expect(name(one) === name(other)).toBe(one.toLowerCase() === other.toLowerCase())
  })
  fc.assert(property, { numRuns: 200 })
})
