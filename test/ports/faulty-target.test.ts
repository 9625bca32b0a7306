import { afterEach, describe, expect, test, vi } from 'vitest'
import { scimConnector } from '../../src/adapters/connectors/scim/connector.ts'
import { type Connector, TargetError } from '../../src/ports.ts'
import { FakeConnector, type FakeWrite } from '../support/fake-connector.ts'
import { type FaultyTarget, startFaultyTarget } from '../support/faulty-target.ts'
import { BAD_DAY, type Mischief, mischiefMaker } from '../support/misbehaviour.ts'
import { startScimServer } from '../support/scim-server.ts'

const closing: Array<() => Promise<void>> = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const value = (nativeIdentity: string) => ({ nativeIdentity, attribute: 'groups', value: 'Readers' })
const person = (nativeIdentity: string) => ({ nativeIdentity, displayName: 'A Person', firstName: 'A', lastName: 'Person', email: null })

interface Bad {
  connector: Connector
  target: Pick<FaultyTarget, 'misbehave' | 'heal'>
  writes: FakeWrite[]
}

async function startScim(): Promise<Bad> {
  const server = await startScimServer(['Readers'])
  closing.push(server.close)
  const target = await startFaultyTarget(server.baseUrl, { keepsCalls: false })
  closing.push(target.close)
  return { connector: scimConnector({ baseUrl: target.url, token: server.token, timeoutMs: 250 }), target, writes: server.writes }
}

async function startFake(): Promise<Bad> {
  const connector = new FakeConnector({ groups: ['Readers'] })
  return { connector, target: connector, writes: connector.writes }
}

describe.each([
  ['SCIM', startScim],
  ['the fake connector', startFake],
])('%s on a bad day', (_name, start) => {
  const worst = (mischief: Mischief) => ({ seed: 1, rates: { [mischief]: 1 } })

  test.each([
    ['busy', 'busy', false],
    ['conflict', 'failed', false],
    ['error', 'failed', false],
    ['hang', 'unreachable', false],
    ['drop', 'unreachable', false],
    ['drop-after', 'unreachable', true],
    ['hang-after', 'unreachable', true],
    ['half', 'failed', true],
  ] as const)('%s is %s to an account that is made, and it is there: %s', async (mischief, kind, isThere) => {
    const { connector, target, writes } = await start()
    target.misbehave(worst(mischief))
    await expect(connector.createAccount(person('p'))).rejects.toMatchObject({ name: 'TargetError', kind })
    target.heal()
    expect((await connector.readAccount('p')) !== undefined).toBe(isThere)
    expect(writes.filter((write) => write.effective)).toHaveLength(isThere ? 1 : 0)
  })

  test('what is done late is done after it was given up', async () => {
    const { connector, target, writes } = await start()
    target.misbehave({ ...worst('late'), lateMs: 300 })
    await expect(connector.createAccount(person('p'))).rejects.toMatchObject({ name: 'TargetError', kind: 'unreachable' })
    expect(writes).toEqual([])
    target.heal()
    await vi.waitFor(async () => expect(await connector.readAccount('p')).toBeDefined())
  })

  test('a lie is told once about a call, and a slow call works', async () => {
    const { connector, target } = await start()
    await connector.createAccount(person('p'))
    target.misbehave(worst('lie'))
    await connector.addValue(value('p'))
    expect((await connector.readAccount('p'))?.values['groups'] ?? []).toEqual([])
    await connector.addValue(value('p'))
    expect((await connector.readAccount('p'))?.values).toEqual({ groups: ['Readers'] })
    target.misbehave(worst('slow'))
    await connector.removeValue(value('p'))
    expect((await connector.readAccount('p'))?.values['groups']).toEqual([])
  })

  test('whoever repeats until a read shows it gets there, and nothing is done twice', async () => {
    const { connector, target, writes } = await start()
    target.misbehave({ seed: 7, rates: BAD_DAY, slowMs: 5 })
    const people = Array.from({ length: 20 }, (_, index) => `p${index}`)
    await Promise.all(people.map((one) => persist(connector, one)))
    target.heal()
    for (const one of people) expect((await connector.readAccount(one))?.values).toEqual({ groups: ['Readers'] })
    const effective = writes.filter((write) => write.effective).map(({ call, nativeIdentity }) => `${call} ${nativeIdentity}`)
    expect(effective).toHaveLength(40)
    expect(new Set(effective).size).toBe(40)
  })
})

async function persist(connector: Connector, nativeIdentity: string): Promise<void> {
  for (;;) {
    try {
      const account = await connector.readAccount(nativeIdentity)
      if (account?.values['groups']?.includes('Readers')) return
      if (account === undefined) await connector.createAccount(person(nativeIdentity))
      await connector.addValue(value(nativeIdentity))
    } catch (error) {
      if (!(error instanceof TargetError)) throw error
    }
  }
}

test('the same seed does the same to the same calls, in whatever order they come', () => {
  const calls = Array.from({ length: 200 }, (_, index) => `PATCH ${index % 20}`)
  const fateOf = (order: string[]) => {
    const make = mischiefMaker({ seed: 3, rates: BAD_DAY })
    const fates = new Map<string, Array<Mischief | undefined>>()
    for (const key of order) fates.set(key, [...(fates.get(key) ?? []), make(key, false)])
    return [...fates].sort(([one], [other]) => (one < other ? -1 : 1))
  }
  const forwards = fateOf(calls)
  expect(fateOf(calls.toReversed())).toEqual(forwards)
  expect(forwards.flatMap(([, fates]) => fates).filter((fate) => fate !== undefined).length).toBeGreaterThan(20)
})
