import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connector, NewTargetAccount, TargetAccount, TargetValue } from '../../src/ports.ts'

export interface ConnectorUnderTest {
  connector: Connector
  /** A user whom the target does not have yet; another one at every call. */
  newUser(): NewTargetAccount
  /** Two entitlement values that the target has. */
  group: Pick<TargetValue, 'attribute' | 'value'>
  otherGroup: Pick<TargetValue, 'attribute' | 'value'>
  close(): Promise<void>
}

/** What every connector does, the fake one too. */
export function connectorSuite(name: string, start: () => Promise<ConnectorUnderTest>): void {
  describe(`${name} as a connector`, () => {
    let under: ConnectorUnderTest
    beforeAll(async () => {
      under = await start()
    })
    afterAll(() => under.close())

    async function made(): Promise<NewTargetAccount> {
      const user = under.newUser()
      await under.connector.createAccount(user)
      return user
    }

    async function read(user: NewTargetAccount): Promise<TargetAccount> {
      const account = await under.connector.readAccount(user.nativeIdentity)
      if (account === undefined) throw new Error(`no account '${user.nativeIdentity}'`)
      return account
    }

    const groupOf = (user: NewTargetAccount): TargetValue => ({ nativeIdentity: user.nativeIdentity, ...under.group })
    const otherOf = (user: NewTargetAccount): TargetValue => ({ nativeIdentity: user.nativeIdentity, ...under.otherGroup })
    const valuesOf = async (user: NewTargetAccount) => (await read(user)).values[under.group.attribute] ?? []

    test('a target that is there passes the test', async () => {
      await expect(under.connector.test()).resolves.toBeUndefined()
    })

    test('an account that is not there is read as undefined', async () => {
      expect(await under.connector.readAccount(under.newUser().nativeIdentity)).toBeUndefined()
    })

    test('a created account is read back with its names, enabled and without values', async () => {
      const user = await made()
      const account = await read(user)
      expect(account).toMatchObject({ nativeIdentity: user.nativeIdentity, name: user.displayName, disabled: false })
      expect(await valuesOf(user)).toEqual([])
    })

    test('an account without a mail address can be created', async () => {
      const user = { ...under.newUser(), email: null }
      await under.connector.createAccount(user)
      expect((await read(user)).nativeIdentity).toBe(user.nativeIdentity)
    })

    test('creating an account that exists is no error and keeps its values', async () => {
      const user = await made()
      await under.connector.addValue(groupOf(user))
      await under.connector.createAccount(user)
      expect(await valuesOf(user)).toEqual([under.group.value])
    })

    test('an added value is shown by the next read, on this account only', async () => {
      const [user, other] = [await made(), await made()]
      await under.connector.addValue(groupOf(user))
      expect(await valuesOf(user)).toEqual([under.group.value])
      expect(await valuesOf(other)).toEqual([])
    })

    test('a value added twice is there once', async () => {
      const user = await made()
      await under.connector.addValue(groupOf(user))
      await under.connector.addValue(groupOf(user))
      expect(await valuesOf(user)).toEqual([under.group.value])
    })

    test('removing one value leaves the other', async () => {
      const user = await made()
      await under.connector.addValue(groupOf(user))
      await under.connector.addValue(otherOf(user))
      await under.connector.removeValue(groupOf(user))
      expect(await valuesOf(user)).toEqual([under.otherGroup.value])
    })

    test('removing a value that is gone, or from an account that is not there, is no error', async () => {
      const user = await made()
      await under.connector.removeValue(groupOf(user))
      await under.connector.removeValue(groupOf(under.newUser()))
      expect(await valuesOf(user)).toEqual([])
    })

    test('adding a value to an account that is not there is refused', async () => {
      await expect(under.connector.addValue(groupOf(under.newUser()))).rejects.toMatchObject({ name: 'TargetError', kind: 'refused' })
    })

    test('adding a value that the target does not have is refused by name', async () => {
      const missing = { ...groupOf(await made()), value: 'No such value' }
      await expect(under.connector.addValue(missing)).rejects.toMatchObject({
        kind: 'refused',
        message: expect.stringContaining('No such value'),
      })
    })

    test('a disabled account is shown as such, keeps its values and can be enabled again; twice is no error', async () => {
      const user = await made()
      await under.connector.addValue(groupOf(user))
      await under.connector.disableAccount(user.nativeIdentity)
      await under.connector.disableAccount(user.nativeIdentity)
      expect((await read(user)).disabled).toBe(true)
      expect(await valuesOf(user)).toEqual([under.group.value])
      await under.connector.enableAccount(user.nativeIdentity)
      await under.connector.enableAccount(user.nativeIdentity)
      expect((await read(user)).disabled).toBe(false)
    })

    test('an account that is not there is disabled without an error, and not enabled', async () => {
      const { nativeIdentity } = under.newUser()
      await expect(under.connector.disableAccount(nativeIdentity)).resolves.toBeUndefined()
      await expect(under.connector.enableAccount(nativeIdentity)).rejects.toMatchObject({ name: 'TargetError', kind: 'refused' })
    })

    test('the list of accounts holds each once, as a read shows it', async () => {
      const [user, other, plain] = [await made(), await made(), await made()]
      await under.connector.addValue(groupOf(user))
      await under.connector.addValue(otherOf(user))
      await under.connector.addValue(groupOf(other))
      await under.connector.disableAccount(other.nativeIdentity)
      const listed = new Map<string, TargetAccount>()
      for await (const account of under.connector.listAccounts()) {
        expect(listed.has(account.nativeIdentity)).toBe(false)
        listed.set(account.nativeIdentity, account)
      }
      for (const one of [user, other, plain]) expect(listed.get(one.nativeIdentity)).toEqual(await read(one))
    })

    test('the list of entitlements holds each once, by the value that is added', async () => {
      const listed: string[] = []
      for await (const { attribute, value, name } of under.connector.listEntitlements()) {
        expect(name).not.toBe('')
        listed.push(`${attribute} ${value}`)
      }
      expect(new Set(listed).size).toBe(listed.length)
      for (const { attribute, value } of [under.group, under.otherGroup]) expect(listed).toContain(`${attribute} ${value}`)
    })

    test('a list that the caller leaves early does no harm', async () => {
      const user = await made()
      for await (const account of under.connector.listAccounts()) {
        expect(account.nativeIdentity).not.toBe('')
        break
      }
      expect((await read(user)).nativeIdentity).toBe(user.nativeIdentity)
    })

    test('ten accounts that get the same value at once all have it', async () => {
      const users = await Promise.all(Array.from({ length: 10 }, made))
      await Promise.all(users.map((user) => under.connector.addValue(groupOf(user))))
      for (const user of users) expect(await valuesOf(user)).toEqual([under.group.value])
    })
  })
}
