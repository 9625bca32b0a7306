import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { saasConnector } from '../../src/adapters/connectors/saas/connector.ts'
import type { SaasSettings } from '../../src/adapters/connectors/saas/settings.ts'
import type { Connector, TargetAccount } from '../../src/ports.ts'
import { connectorSuite } from '../ports/connector.ts'
import { type SaasProcess, startSaasConnector } from '../support/saas-connector.ts'
import { newScimUser } from '../support/scim-demo.ts'

for (const manners of ['plain', 'wrapped', 'array', 'old']) {
  connectorSuite(`SaaS commands, ${manners},`, async () => {
    const target = await startSaasConnector()
    return {
      connector: saasConnector({ url: target.url, config: { ...target.config, manners } }),
      newUser: newScimUser,
      group: { attribute: 'groups', value: 'Readers' },
      otherGroup: { attribute: 'groups', value: 'Writers' },
      close: target.stop,
    }
  })
}

let target: SaasProcess
beforeAll(async () => {
  target = await startSaasConnector()
})
afterAll(() => target.stop())

function connect(config: Record<string, unknown> = {}, own: Partial<SaasSettings> = {}): Connector {
  return saasConnector({ url: target.url, config: { ...target.config, ...config }, timeoutMs: 5000, ...own })
}

async function listed(connector: Connector): Promise<TargetAccount[]> {
  const accounts: TargetAccount[] = []
  for await (const account of connector.listAccounts()) accounts.push(account)
  return accounts
}

describe('what a SaaS connector is told', () => {
  test('its own config and the command, and nothing else of ours', async () => {
    const connector = connect({ region: 'north' })
    const user = newScimUser()
    await connector.createAccount(user)
    const [start, ...requests] = JSON.parse(await target.seen())
    expect(start.env).toEqual({})
    const { headers, command } = requests.at(-1)
    expect(Object.keys(command)).toEqual(['type', 'input', 'config'])
    expect(command.config).toEqual({ ...target.config, region: 'north' })
    expect(headers['authorization']).toBeUndefined()
    expect(command.input.attributes).toEqual({
      id: user.nativeIdentity,
      displayName: user.displayName,
      firstName: user.firstName,
      lastName: user.lastName,
      email: user.email,
    })
  })

  test('a new account has the attributes that the settings give it', async () => {
    const user = { ...newScimUser(), email: null }
    const accountAttributes = { id: '$nativeIdentity', mail: '$email', department: 'external' }
    await connect({}, { accountAttributes, token: 'token-for-the-gate' }).createAccount(user)
    const { headers, command } = JSON.parse(await target.seen()).at(-1)
    expect(command.input.attributes).toEqual({ id: user.nativeIdentity, department: 'external' })
    expect(headers['authorization']).toBe('Bearer token-for-the-gate')
  })

  test('the names and descriptions of entitlements are read', async () => {
    const entitlements = []
    for await (const entitlement of connect().listEntitlements()) entitlements.push(entitlement)
    expect(entitlements[0]).toEqual({ attribute: 'groups', value: 'Readers', name: 'The Readers', description: 'All Readers' })
  })
})

describe('a SaaS connector on a bad day', () => {
  test.each([
    ['hangs', 'unreachable', '300 ms'],
    ['busy', 'busy', '429'],
    ['redirects', 'refused', 'redirects'],
    ['not found', 'refused', '404'],
    ['no JSON', 'failed', 'no JSON'],
    ['nothing', 'failed', 'no account and no error'],
  ])('one that %s is %s, and no proof that an account is missing', async (fault, kind, words) => {
    const connector = connect({ fault }, { timeoutMs: 300 })
    await expect(connector.readAccount('somebody')).rejects.toMatchObject({ kind, message: expect.stringContaining(words) })
  })

  test('429 tells how long to wait', async () => {
    await expect(connect({ fault: 'busy' }).test()).rejects.toMatchObject({ kind: 'busy', retryAfterMs: 3000 })
  })

  test.each([
    ['dies', 'unreachable'],
    ['stops', 'unreachable'],
    ['error', 'failed'],
  ])('a list that %s half way is %s after what came, not a short list', async (fault, kind) => {
    for (let number = 0; number < 4; number++) await connect().createAccount(newScimUser())
    const connector = connect({ fault }, { timeoutMs: 300 })
    const came: TargetAccount[] = []
    const whole = (async () => {
      for await (const account of connector.listAccounts()) came.push(account)
    })()
    await expect(whole).rejects.toMatchObject({ name: 'TargetError', kind })
    expect(came).toHaveLength(2)
    expect((await listed(connect())).length).toBeGreaterThanOrEqual(4)
  })

  test('a wrong key in its config is refused in its own words, and stands in no message', async () => {
    const error = await connect({ apiKey: 'wrong-key-of-mine' })
      .test()
      .catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ kind: 'refused', message: expect.stringContaining('apiKey is wrong') })
    expect(String(error)).not.toContain('wrong-key-of-mine')
  })

  test('one that is not there is unreachable', async () => {
    const stopped = await startSaasConnector()
    await stopped.stop()
    await expect(connect({}, { url: stopped.url }).test()).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    })
  })

  test('an attribute that the settings do not name is refused', async () => {
    const user = newScimUser()
    await connect().createAccount(user)
    const value = { nativeIdentity: user.nativeIdentity, attribute: 'roles', value: 'x' }
    await expect(connect().addValue(value)).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('only groups') })
  })
})
