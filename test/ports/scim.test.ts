import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ScimSettings } from '../../src/adapters/connectors/scim/client.ts'
import { scimConnector } from '../../src/adapters/connectors/scim/connector.ts'
import type { Connector, NewTargetAccount } from '../../src/ports.ts'
import { type FaultyTarget, startFaultyTarget } from '../support/faulty-target.ts'
import { newScimUser, type ScimDemo, startScimDemo } from '../support/scim-demo.ts'
import { connectorSuite } from './connector.ts'

const QUOTED = 'The "quoted" \\ group'
const MANY = Array.from({ length: 300 }, (_, index) => `Group ${index}`)

const inGroup = (user: NewTargetAccount, value: string) => ({ nativeIdentity: user.nativeIdentity, attribute: 'groups', value })

async function startSuite(settings: Partial<ScimSettings> = {}) {
  const demo = await startScimDemo(['Readers', 'Writers'])
  const { baseUrl, token } = demo.target
  const idOf = async (name: string) => {
    const filter = encodeURIComponent(`displayName eq "${name}"`)
    const answer = await fetch(`${baseUrl}/Groups?filter=${filter}`, { headers: { authorization: `Bearer ${token}` } })
    return ((await answer.json()) as { Resources: Array<{ id: string }> }).Resources[0]?.id ?? ''
  }
  const keyOf = (name: string) => (settings.groupKey === 'id' ? idOf(name) : name)
  return {
    connector: scimConnector({ baseUrl, token, ...settings }),
    newUser: newScimUser,
    group: { attribute: 'groups', value: await keyOf('Readers') },
    otherGroup: { attribute: 'groups', value: await keyOf('Writers') },
    close: demo.close,
  }
}

connectorSuite('SCIM with groups by name', () => startSuite())
connectorSuite('SCIM with groups by id', () => startSuite({ groupKey: 'id' }))

/** A SCIM server that knows PATCH for nothing, behind the proxy for as long as the suite runs. */
connectorSuite('SCIM without PATCH', async () => {
  const demo = await startScimDemo(['Readers', 'Writers'])
  const proxy = await startFaultyTarget(demo.target.baseUrl)
  proxy.next(
    { kind: 'status', status: 501, body: { detail: 'PATCH is not supported' } },
    { method: 'PATCH', times: Number.POSITIVE_INFINITY },
  )
  return {
    connector: scimConnector({ baseUrl: proxy.url, token: demo.target.token }),
    newUser: newScimUser,
    group: { attribute: 'groups', value: 'Readers' },
    otherGroup: { attribute: 'groups', value: 'Writers' },
    close: async () => {
      await proxy.close()
      await demo.close()
    },
  }
})

let demo: ScimDemo
let proxy: FaultyTarget
let connector: Connector

beforeAll(async () => {
  demo = await startScimDemo(['Readers', 'Writers', QUOTED, ...MANY])
  proxy = await startFaultyTarget(demo.target.baseUrl)
  connector = connect()
})
afterEach(() => proxy.heal())
afterAll(async () => {
  await proxy.close()
  await demo.close()
})

/** A connector of its own, which has learned nothing about the server yet. */
function connect(settings: Partial<ScimSettings> = {}): Connector {
  return scimConnector({ baseUrl: proxy.url, token: demo.target.token, timeoutMs: 5000, ...settings })
}

async function made(): Promise<NewTargetAccount> {
  const user = newScimUser()
  await connector.createAccount(user)
  return user
}

async function groupsOf(user: NewTargetAccount, reader = connector): Promise<string[] | undefined> {
  return (await reader.readAccount(user.nativeIdentity))?.values['groups']
}

function callsOf(method: string, from = 0) {
  return proxy.calls.slice(from).filter((call) => call.method === method)
}

describe('what a SCIM server may do to a call', () => {
  test('429 is busy with the seconds of Retry-After, and 503 with its date measured by the server clock', async () => {
    proxy.next({ kind: 'status', status: 429, headers: { 'retry-after': '7' }, body: { detail: 'slow down' } })
    await expect(connector.test()).rejects.toMatchObject({
      kind: 'busy',
      retryAfterMs: 7000,
      message: expect.stringContaining('slow down'),
    })
    const headers = { date: 'Wed, 01 Jan 2020 10:00:00 GMT', 'retry-after': 'Wed, 01 Jan 2020 10:02:00 GMT' }
    proxy.next({ kind: 'status', status: 503, headers })
    await expect(connector.test()).rejects.toMatchObject({ kind: 'busy', retryAfterMs: 120_000 })
    proxy.next({ kind: 'status', status: 503, headers: { 'retry-after': 'soon' } })
    await expect(connector.test()).rejects.toMatchObject({ kind: 'busy', retryAfterMs: undefined })
  })

  test('Retry-After of whatever may pass is the time to wait; of what is refused for good there is none', async () => {
    for (const status of [408, 409, 412, 425, 500]) {
      proxy.next({ kind: 'status', status, headers: { 'retry-after': '7' } })
      await expect(connector.test(), String(status)).rejects.toMatchObject({ kind: 'failed', retryAfterMs: 7000 })
    }
    proxy.next({ kind: 'status', status: 403, headers: { 'retry-after': '7' } })
    await expect(connector.test()).rejects.toMatchObject({ kind: 'refused', retryAfterMs: undefined })
  })

  test.each([
    [500, 'failed'],
    [502, 'failed'],
    [408, 'failed'],
    [409, 'failed'],
    [412, 'failed'],
    [425, 'failed'],
    [400, 'refused'],
    [403, 'refused'],
    [413, 'refused'],
    [302, 'refused'],
  ])('%i to a write is %s, in the words of the target', async (status, kind) => {
    const user = newScimUser()
    proxy.next({ kind: 'status', status, body: { detail: 'because I say so' } }, { method: 'POST' })
    const words = status === 302 ? 'redirects' : 'because I say so'
    await expect(connector.createAccount(user)).rejects.toMatchObject({
      name: 'TargetError',
      kind,
      message: expect.stringContaining(words),
    })
    expect(await groupsOf(user)).toBeUndefined()
  })

  test('a wrong token is refused and stands in no message, even when the target repeats it', async () => {
    const token = 'wrong-token-of-mine'
    await expect(connect({ token }).test()).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('401') })
    proxy.next({ kind: 'status', status: 403, body: { detail: `no such token: ${token}` } })
    const error = await connect({ token })
      .test()
      .then(
        () => undefined,
        (thrown: Error) => thrown,
      )
    expect(error?.message).toContain('no such token')
    expect(error?.message).not.toContain(token)
  })

  test('a redirect is not followed, so that the token goes nowhere else', async () => {
    const elsewhere = await startFaultyTarget(demo.target.baseUrl)
    proxy.next({ kind: 'status', status: 307, headers: { location: `${elsewhere.url}/Users` } }, { times: 10 })
    await expect(connector.createAccount(newScimUser())).rejects.toMatchObject({ kind: 'refused' })
    await expect(connector.test()).rejects.toMatchObject({ kind: 'refused' })
    expect(elsewhere.calls).toEqual([])
    await elsewhere.close()
  })

  test('a web page in place of SCIM is a failure, not an account that is missing', async () => {
    proxy.next({ kind: 'status', status: 200, body: '<html>Please log in</html>' })
    await expect(connector.readAccount('somebody')).rejects.toMatchObject({ kind: 'failed' })
  })

  test('a base URL that is no address and a token with a line break are refused at once', () => {
    expect(() => connect({ baseUrl: 'somewhere' })).toThrow('http')
    expect(() => connect({ token: 'a\nb' })).toThrow('token')
  })
})

describe('a broken connection to a SCIM server', () => {
  test('a target that does not answer in time is unreachable', async () => {
    proxy.next({ kind: 'hang' })
    await expect(connect({ timeoutMs: 200 }).test()).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('200 ms'),
    })
  })

  test('a target that is a little late is waited for', async () => {
    proxy.next({ kind: 'delay', ms: 300 })
    await expect(connector.test()).resolves.toBeUndefined()
  })

  test('one call ends within six time limits, even on a list without end', async () => {
    const page = () => ({ totalResults: 1e9, Resources: [{ id: randomUUID(), userName: 'another' }] })
    proxy.next({ kind: 'rewrite', body: page }, { times: Number.POSITIVE_INFINITY })
    const started = performance.now()
    await expect(connect({ timeoutMs: 100 }).readAccount('somebody')).rejects.toMatchObject({ kind: 'unreachable' })
    expect(performance.now() - started).toBeLessThan(2000)
  })

  test('a target that refuses connections is unreachable until it takes them again', async () => {
    await proxy.refuse()
    await expect(connector.test()).rejects.toMatchObject({ kind: 'unreachable' })
    await expect(connector.test()).rejects.toMatchObject({ kind: 'unreachable', message: expect.stringContaining('ECONNREFUSED') })
    await proxy.accept()
    await expect(connector.test()).resolves.toBeUndefined()
  })

  test('a write dropped on its way is unreachable and not there', async () => {
    const user = await made()
    proxy.next({ kind: 'drop-before' }, { method: 'PATCH' })
    await expect(connector.addValue(inGroup(user, 'Readers'))).rejects.toMatchObject({ kind: 'unreachable' })
    expect(await groupsOf(user)).toEqual([])
  })

  test('a write whose answer is dropped is unreachable, shown by a read, and has no effect when repeated', async () => {
    const user = await made()
    proxy.next({ kind: 'drop-after' }, { method: 'PATCH' })
    await expect(connector.addValue(inGroup(user, 'Readers'))).rejects.toMatchObject({ kind: 'unreachable' })
    expect(await groupsOf(user)).toEqual(['Readers'])
    await connector.addValue(inGroup(user, 'Readers'))
    const patches = demo
      .writes()
      .filter((write) => write.method === 'PATCH' && write.resource === 'Group')
      .slice(-2)
    expect(patches).toMatchObject([
      { name: 'Readers', change: { added: [user.nativeIdentity] }, effective: true },
      { name: 'Readers', change: {}, effective: false },
    ])
  })

  test('an account whose creation lost its answer is there once', async () => {
    const user = newScimUser()
    proxy.next({ kind: 'drop-after' }, { method: 'POST' })
    await expect(connector.createAccount(user)).rejects.toMatchObject({ kind: 'unreachable' })
    await connector.createAccount(user)
    const created = demo.writes().filter((write) => write.name === user.nativeIdentity && write.effective)
    expect(created).toHaveLength(1)
  })
})

describe('SCIM servers that are not all alike', () => {
  const noPatch = { kind: 'status', status: 501, body: { detail: 'no PATCH' } } as const

  test('a server without PATCH gets the whole group back, under the ETag it gave', async () => {
    const [first, second] = [await made(), await made()]
    await connector.addValue(inGroup(first, 'Writers'))
    proxy.next(noPatch, { method: 'PATCH' })
    const from = proxy.calls.length
    await connector.addValue(inGroup(second, 'Writers'))
    expect(callsOf('PUT', from)[0]?.headers['if-match']).toMatch(/^W\/"\d+"$/)
    expect([await groupsOf(first), await groupsOf(second)]).toEqual([['Writers'], ['Writers']])
  })

  test('a group that changed between reading and writing back is read again', async () => {
    const user = await made()
    proxy.next(noPatch, { method: 'PATCH' })
    proxy.next({ kind: 'status', status: 412, body: { detail: 'changed' } }, { method: 'PUT' })
    const from = proxy.calls.length
    await connector.addValue(inGroup(user, 'Writers'))
    expect(callsOf('PUT', from).map((call) => call.targetStatus)).toEqual([undefined, 200])
    expect(await groupsOf(user)).toEqual(['Writers'])
  })

  test('a group is not written back by a connector that cannot see who is in it', async () => {
    const [member, user] = [await made(), await made()]
    await connector.addValue(inGroup(member, 'Writers'))
    proxy.next(noPatch, { method: 'PATCH' })
    proxy.next({ kind: 'rewrite', body: without('members') }, { path: '/Groups', times: 1000 })
    await expect(connector.addValue(inGroup(user, 'Writers'))).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('safely'),
    })
    proxy.heal()
    expect(await groupsOf(member)).toEqual(['Writers'])
  })

  test('memberships are read from the groups when users do not show theirs', async () => {
    const user = await made()
    await connector.addValue(inGroup(user, 'Readers'))
    proxy.next({ kind: 'rewrite', body: without('groups') }, { path: '/Users', times: 100 })
    expect(await groupsOf(user, connect())).toEqual(['Readers'])
  })

  test.each([
    ['refuses', { kind: 'status', status: 400, body: { detail: 'no such filter' } }],
    ['answers nobody to', { kind: 'status', status: 200, body: { totalResults: 0, Resources: [] } }],
  ] as const)('memberships are found in 300 groups when the server %s the filter and users do not show theirs', async (_what, fault) => {
    const user = await made()
    await connector.addValue(inGroup(user, 'Group 299'))
    proxy.next(fault, { path: 'members.value eq', times: 100 })
    proxy.next({ kind: 'rewrite', body: without('groups') }, { path: '/Users', times: 100 })
    const reader = connect()
    const from = proxy.calls.length
    expect(await groupsOf(user, reader)).toEqual(['Group 299'])
    expect(callsOf('GET', from).filter((call) => call.path.includes('startIndex=301'))).toHaveLength(1)
    expect(await groupsOf(await made(), reader)).toEqual([])
  })

  test('a server that ignores filters does not hand over the account or the groups of somebody else', async () => {
    const [user, other] = [await made(), await made()]
    await connector.addValue(inGroup(other, 'Readers'))
    await connector.addValue(inGroup(user, 'Group 250'))
    proxy.next({ kind: 'unfilter' }, { path: 'filter=', times: 100 })
    const reader = connect()
    expect(await reader.readAccount(user.nativeIdentity)).toMatchObject({
      nativeIdentity: user.nativeIdentity,
      values: { groups: ['Group 250'] },
    })
    expect(await reader.readAccount('nobody of that name')).toBeUndefined()
    await reader.addValue(inGroup(user, 'Group 299'))
    proxy.heal()
    expect(await groupsOf(user)).toEqual(['Group 250', 'Group 299'])
  })

  test('a server that repeats its first page for ever is a failure, not a short list', async () => {
    const page = { totalResults: 500, Resources: [{ id: 'a', userName: 'another' }] }
    proxy.next({ kind: 'status', status: 200, body: page }, { path: '/Users', times: 100 })
    await expect(connector.readAccount('somebody')).rejects.toMatchObject({ kind: 'failed', message: expect.stringContaining('same page') })
  })

  test('two groups of the same name are refused, because either could be meant', async () => {
    const user = await made()
    const page = { totalResults: 2, Resources: ['a', 'b'].map((id) => ({ id, displayName: 'Readers' })) }
    proxy.next({ kind: 'status', status: 200, body: page }, { path: 'displayName eq' })
    await expect(connector.addValue(inGroup(user, 'Readers'))).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('2 groups'),
    })
  })

  test('a 409 that is not about the account name is a failure', async () => {
    proxy.next({ kind: 'status', status: 409, body: { detail: 'mail address in use' } }, { method: 'POST' })
    await expect(connector.createAccount(newScimUser())).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('mail address in use'),
    })
  })
})

describe('names and numbers', () => {
  test('quotes and backslashes in user and group names find what they name', async () => {
    const user = { ...newScimUser(), nativeIdentity: 'o"neil\\" or userName sw "' }
    const from = proxy.calls.length
    await connector.createAccount(user)
    await connector.addValue(inGroup(user, QUOTED))
    expect(await connector.readAccount(user.nativeIdentity)).toMatchObject({
      nativeIdentity: user.nativeIdentity,
      values: { groups: [QUOTED] },
    })
    await connector.removeValue(inGroup(user, QUOTED))
    expect(await groupsOf(user)).toEqual([])
    // Not found by listing everything after the server refused a broken filter.
    expect(callsOf('GET', from).filter((call) => !call.path.includes('filter='))).toEqual([])
  })

  test('a user of 150 groups is shown with all of them', async () => {
    const user = await made()
    const mine = MANY.slice(0, 150)
    for (const group of mine) await connector.addValue(inGroup(user, group))
    expect(await groupsOf(user)).toEqual([...mine].sort())
  })

  test('removing someone from a group that is gone is no error', async () => {
    const user = await made()
    await expect(connector.removeValue(inGroup(user, 'Never was'))).resolves.toBeUndefined()
  })

  test('an attribute other than groups is refused', async () => {
    const user = await made()
    await expect(connector.addValue({ ...inGroup(user, 'x'), attribute: 'roles' })).rejects.toMatchObject({ kind: 'refused' })
  })
})

/** Takes an attribute out of a resource, or of all resources of a list. */
function without(attribute: string): (json: unknown) => unknown {
  return (json) => JSON.parse(JSON.stringify(json), (key, value) => (key === attribute ? undefined : value))
}
