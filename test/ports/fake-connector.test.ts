import { describe, expect, test } from 'vitest'
import { TargetError } from '../../src/ports.ts'
import { FakeConnector } from '../support/fake-connector.ts'
import { connectorSuite } from './connector.ts'

let users = 0
const newUser = () => ({
  nativeIdentity: `user-${++users}`,
  displayName: `User ${users}`,
  firstName: 'User',
  lastName: `${users}`,
  email: `u${users}@example.org`,
})

connectorSuite('the fake connector', async () => ({
  connector: new FakeConnector({ groups: ['Readers', 'Writers'] }),
  newUser,
  group: { attribute: 'groups', value: 'Readers' },
  otherGroup: { attribute: 'groups', value: 'Writers' },
  close: async () => {},
}))

describe('the failures of the fake connector', () => {
  test('a planned failure does nothing, as often as planned, and then the call works', async () => {
    const fake = new FakeConnector()
    fake.failNext(2, new TargetError('busy', 'later', 500), ['createAccount'])
    const user = newUser()
    await expect(fake.createAccount(user)).rejects.toMatchObject({ kind: 'busy', retryAfterMs: 500 })
    await expect(fake.createAccount(user)).rejects.toThrow('later')
    expect(fake.accounts.size).toBe(0)
    await fake.createAccount(user)
    expect(fake.accounts.size).toBe(1)
  })

  test('a write that fails after applying is there, and repeating it is logged as without effect', async () => {
    const fake = new FakeConnector()
    const value = { nativeIdentity: newUser().nativeIdentity, attribute: 'groups', value: 'Readers' }
    await fake.createAccount({ ...newUser(), nativeIdentity: value.nativeIdentity })
    fake.failAfterApplying(1)
    await expect(fake.addValue(value)).rejects.toMatchObject({ kind: 'unreachable' })
    expect(fake.valuesOf(value.nativeIdentity, 'groups')).toEqual(['Readers'])
    await fake.addValue(value)
    expect(fake.writes.filter((write) => write.call === 'addValue').map((write) => write.effective)).toEqual([true, false])
  })
})
