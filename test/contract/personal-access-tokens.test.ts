import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Dialect, dialects, pathIn } from '../../src/api/dialect.ts'
import { startApp, type TestApp } from '../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp({ movableClock: true })
  // What the test itself calls with is made now, so that each test can set it apart from what was made through the API.
  for (const alias of ['emp.alice', 'mgr.one', 'admin']) await app.call(alias, 'GET', '/v3/access-request-config')
})
afterAll(() => app.close())
beforeEach(async () => {
  await app.sql(`delete from oauth_client where name not like 'test client of %'`)
  await app.sql(`update oauth_client set managed = true`)
})

const url = (dialect: Dialect, rest = '') => pathIn(dialect, `/personal-access-tokens${rest}`)
const DAY = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString()

async function create(alias: string, body: object, dialect: Dialect = 'v2026') {
  const answer = await app.call(alias, 'POST', url(dialect), body)
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  return answer.json
}

async function refusal(alias: string, method: string, path: string, body?: object) {
  const answer = await app.call(alias, method, path, body)
  expect(answer.status, JSON.stringify(answer.json)).toBe(400)
  return answer.json.messages[0].text as string
}

const patch = (alias: string, id: string, steps: object[], dialect: Dialect = 'v2026') =>
  app.call(alias, 'PATCH', url(dialect, `/${id}`), steps, { 'content-type': 'application/json-patch+json' })

/** Asks the token endpoint as a script would. */
async function accessToken({ id, secret }: { id: string; secret: string }) {
  const payload = { grant_type: 'client_credentials', client_id: id, client_secret: secret }
  return app.callWithToken(undefined, 'POST', '/oauth/token', payload)
}

async function listed(alias: string, query = '', dialect: Dialect = 'v2026') {
  const answer = await app.call(alias, 'GET', `${url(dialect)}${query}`)
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  return answer.json as { id: string; name: string; owner: { id: string }; [key: string]: unknown }[]
}

const mine = async (alias: string, query = '', dialect: Dialect = 'v2026') =>
  (await listed(alias, query, dialect)).filter((one) => !one['managed'])

test.each(dialects)('a token made through %s lets its owner in, with what it was given and a secret shown once', async (dialect) => {
  const made = await create('emp.alice', { name: 'ci', scope: ['idn:access-request-status:read'], accessTokenValiditySeconds: 15 }, dialect)
  expect(made).toMatchObject({ name: 'ci', scope: ['idn:access-request-status:read'], accessTokenValiditySeconds: 15 })
  expect(made.owner).toEqual({ type: 'IDENTITY', id: await app.idOf('emp.alice'), name: expect.any(String) })
  const token = await accessToken(made)
  expect(token).toMatchObject({ status: 200, json: { scope: 'idn:access-request-status:read', expires_in: 14 } })
  const status = await app.callWithToken(token.json.access_token, 'GET', pathIn(dialect, '/access-request-status'))
  expect(status.status).toBe(200)
  const [row] = await mine('emp.alice', '', dialect)
  expect(row).toMatchObject({ id: made.id, name: 'ci', created: made.created })
  expect(row).not.toHaveProperty('secret')
  const stored = await app.sql('select * from oauth_client where id = $1', [made.id])
  expect(JSON.stringify(stored)).not.toContain(made.secret)
})

test('a token without a scope has every scope, and yet no more rights than its owner', async () => {
  const made = await create('emp.alice', { name: 'all' })
  expect(made.scope).toEqual(['sp:scopes:all'])
  const { json } = await accessToken(made)
  expect((await app.callWithToken(json.access_token, 'GET', '/v2024/access-request-administration')).status).toBe(403)
})

test('a scope above its owner is kept and does nothing', async () => {
  const made = await create('emp.alice', { name: 'high', scope: ['idn:access-request-administration:read'] })
  expect(made.scope).toEqual(['idn:access-request-administration:read'])
  const { json } = await accessToken(made)
  expect((await app.callWithToken(json.access_token, 'GET', '/v2024/access-request-administration')).status).toBe(403)
})

test('ten tokens are the most a person has, also when twenty are asked for at one moment', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, at) => app.call('emp.alice', 'POST', url('v3'), { name: `token ${at}` })),
  )
  expect(answers.map((answer) => answer.status).sort()).toEqual([...Array(10).fill(200), ...Array(10).fill(400)])
  expect(await mine('emp.alice')).toHaveLength(10)
  expect(await refusal('emp.alice', 'POST', url('v3'), { name: 'one more' })).toContain('at most 10')
  await create('mgr.one', { name: 'of somebody else' })
})

test('two tokens of one person never have one name, made or renamed, and two people may use the same', async () => {
  const answers = await Promise.all([1, 2].map(() => app.call('emp.alice', 'POST', url('v2026'), { name: 'ci' })))
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 400])
  await create('mgr.one', { name: 'ci' })
  const other = await create('emp.alice', { name: 'other' })
  const answer = await patch('emp.alice', other.id, [{ op: 'replace', path: '/name', value: 'ci' }])
  expect(answer.status).toBe(400)
  expect(answer.json.messages[0].text).toContain('name:')
})

test('deleting a token stops the access tokens made with it at once', async () => {
  const made = await create('emp.alice', { name: 'short' })
  const { json } = await accessToken(made)
  expect((await app.callWithToken(json.access_token, 'GET', url('v3'))).status).toBe(200)
  const answer = await app.call('emp.alice', 'DELETE', url('v2025', `/${made.id}`))
  expect([answer.status, answer.json]).toEqual([204, undefined])
  expect((await app.callWithToken(json.access_token, 'GET', url('v3'))).status).toBe(401)
  expect((await accessToken(made)).status).toBe(401)
  expect((await app.call('emp.alice', 'DELETE', url('v2025', `/${made.id}`))).status).toBe(404)
})

test('an end that is not named is six months away, by real time even when the clock is held', async () => {
  await app.sql(`update business_clock set held_at = '2040-01-01T00:00:00Z'`)
  const made = await create('emp.alice', { name: 'usual' }, 'beta')
  await app.sql('update business_clock set held_at = null')
  const away = (Date.parse(made.expirationDate) - Date.now()) / DAY
  expect(away).toBeGreaterThan(180)
  expect(away).toBeLessThan(185)
})

test('a token that has ended neither gives access tokens nor serves those it gave', async () => {
  const made = await create('emp.alice', { name: 'ending', expirationDate: inDays(1) })
  const { json } = await accessToken(made)
  await app.sql(`update oauth_client set expires_at = now() - interval '1 second' where id = $1`, [made.id])
  expect((await accessToken(made)).status).toBe(401)
  expect((await app.callWithToken(json.access_token, 'GET', url('v3'))).status).toBe(401)
})

test('a token without an end must be asked for in so many words, and shows it differently per version', async () => {
  expect(await refusal('emp.alice', 'POST', url('v2026'), { name: 'x', expirationDate: null })).toContain('userAwareTokenNeverExpires')
  const made = await create('emp.alice', { name: 'for ever', expirationDate: null, userAwareTokenNeverExpires: true })
  expect(made.expirationDate).toBe('9999-01-01T00:00:00.000Z')
  expect((await mine('emp.alice'))[0]).toMatchObject({ expirationDate: null, userAwareTokenNeverExpires: true })
  expect((await mine('emp.alice', '', 'beta'))[0]).toMatchObject({ expirationDate: null })
  expect((await mine('emp.alice', '', 'v2024'))[0]).not.toHaveProperty('expirationDate')
  const older = await create('emp.alice', { name: 'older', expirationDate: null, userAwareTokenNeverExpires: true }, 'v2024')
  expect(older.expirationDate).not.toContain('9999')
})

test.each([
  ['a name that is missing', {}, 'name: is required'],
  ['a life of its access tokens under 15 seconds', { name: 'x', accessTokenValiditySeconds: 14 }, 'accessTokenValiditySeconds'],
  ['a life of its access tokens over 12 hours', { name: 'x', accessTokenValiditySeconds: 43_201 }, 'accessTokenValiditySeconds'],
  ['an end that has passed', { name: 'x', expirationDate: '2020-01-01T00:00:00Z' }, 'expirationDate: must lie in the future'],
  ['an end that is no moment', { name: 'x', expirationDate: '2027-12-31T23:59:60Z' }, 'expirationDate'],
  ['a scope with a blank in it', { name: 'x', scope: ['a b'] }, 'scope[0]'],
])('%s is refused with the field named', async (_what, body, text) => {
  expect(await refusal('emp.alice', 'POST', url('v2026'), body)).toContain(text)
})

test('everybody sees their own tokens, an org admin also those of others', async () => {
  const made = await create('emp.alice', { name: 'hers' })
  const alice = await app.idOf('emp.alice')
  expect((await mine('admin', `?owner-id=${alice}`)).map((one) => one.id)).toEqual([made.id])
  expect((await mine('admin')).map((one) => one.id)).toEqual([made.id])
  expect(await mine('admin', '?owner-id=me')).toEqual([])
  expect((await app.call('mgr.one', 'GET', `${url('v3')}?owner-id=${alice}`)).status).toBe(403)
  const narrow = await app.tokenFor('admin', ['sp:my-personal-access-tokens:read'])
  expect((await app.callWithToken(narrow, 'GET', `${url('v3')}?owner-id=${alice}`)).status).toBe(403)
  const own = await app.callWithToken(narrow, 'GET', url('v3'))
  expect(own.json.filter((one: { owner: { id: string } }) => one.owner.id === alice)).toEqual([])
})

test('a token of somebody else can be deleted by an org admin only, and changed by nobody', async () => {
  const made = await create('emp.alice', { name: 'hers' })
  const rename = [{ op: 'replace', path: '/name', value: 'his' }]
  expect((await patch('mgr.one', made.id, rename)).status).toBe(404)
  expect((await patch('admin', made.id, rename)).status).toBe(404)
  expect((await app.call('mgr.one', 'DELETE', url('v3', `/${made.id}`))).status).toBe(404)
  const narrow = await app.tokenFor('admin', ['sp:my-personal-access-tokens:manage'])
  expect((await app.callWithToken(narrow, 'DELETE', url('v3', `/${made.id}`))).status).toBe(404)
  expect((await app.call('admin', 'DELETE', url('v3', `/${made.id}`))).status).toBe(204)
})

test('a patch changes name, scope and end, and what it changed holds for the next access token', async () => {
  const made = await create('emp.alice', { name: 'ci', scope: ['idn:access-request-status:read'] })
  const end = inDays(30)
  const answer = await patch('emp.alice', made.id, [
    { op: 'test', path: '/name', value: 'ci' },
    { op: 'replace', path: '/name', value: 'cd' },
    { op: 'add', path: '/scope/-', value: 'idn:access-request:manage' },
    { op: 'replace', path: '/expirationDate', value: end },
  ])
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  const scope = ['idn:access-request-status:read', 'idn:access-request:manage']
  expect(answer.json).toMatchObject({ id: made.id, name: 'cd', scope, expirationDate: end })
  expect((await mine('emp.alice'))[0]).toEqual(answer.json)
  expect((await accessToken(made)).json.scope).toBe(scope.join(' '))
})

test('a scope that a patch takes away is gone from the access tokens already given', async () => {
  const made = await create('emp.alice', { name: 'ci', scope: ['idn:access-request-status:read', 'sp:my-personal-access-tokens:manage'] })
  const { json } = await accessToken(made)
  const read = () => app.callWithToken(json.access_token, 'GET', '/v3/access-request-status')
  expect((await read()).status).toBe(200)
  await patch('emp.alice', made.id, [{ op: 'remove', path: '/scope/0' }])
  expect((await read()).status).toBe(403)
})

test('a narrow token can neither widen itself nor another token of its owner, and may change the rest', async () => {
  const narrow = await create('emp.alice', { name: 'narrow', scope: ['sp:my-personal-access-tokens:manage'] })
  const other = await create('emp.alice', { name: 'other', scope: ['idn:access-request:manage'] })
  const { json } = await accessToken(narrow)
  const change = (id: string, step: object) =>
    app.callWithToken(json.access_token, 'PATCH', url('v2026', `/${id}`), [step], { 'content-type': 'application/json-patch+json' })
  for (const { id } of [narrow, other]) {
    expect((await change(id, { op: 'add', path: '/scope/-', value: 'idn:access-request-status:read' })).status).toBe(403)
    expect((await change(id, { op: 'replace', path: '/scope', value: null })).status).toBe(403)
  }
  expect((await change(other.id, { op: 'replace', path: '/name', value: 'renamed' })).json.scope).toEqual(['idn:access-request:manage'])
})

test.each([
  ['the id', { op: 'replace', path: '/id', value: 'x' }, '[0].path: /id cannot be changed'],
  ['the owner', { op: 'add', path: '/owner', value: {} }, '[0].path'],
  ['everything at once', { op: 'replace', path: '', value: {} }, '[0].path'],
  ['the prototype', { op: 'add', path: '/scope/__proto__/polluted', value: true }, '[0].path'],
  ['what is not there', { op: 'remove', path: '/scope/7' }, '[0]'],
  ['from where nothing may be taken', { op: 'copy', from: '/secret', path: '/name' }, '[0].from'],
  ['the name away', { op: 'remove', path: '/name' }, 'name: is required'],
  ['the name to a number', { op: 'replace', path: '/name', value: 7 }, 'name'],
  ['in a way nobody knows', { op: 'merge', path: '/name', value: 'x' }, '[0].op'],
  ['after a test that fails', { op: 'test', path: '/name', value: 'other' }, '[0]'],
  ['the end away without a word about it', { op: 'remove', path: '/expirationDate' }, 'userAwareTokenNeverExpires'],
])('a patch that changes %s is refused and changes nothing', async (_what, step, text) => {
  const made = await create('emp.alice', { name: 'kept' })
  const before = await mine('emp.alice')
  const answer = await patch('emp.alice', made.id, [step])
  expect(answer.status, JSON.stringify(answer.json)).toBe(400)
  expect(answer.json.messages[0].text).toContain(text)
  expect(await mine('emp.alice')).toEqual(before)
  expect(({} as Record<string, unknown>)['polluted']).toBe(undefined)
})

test('tokens can be found by when they were last used', async () => {
  const used = await create('emp.alice', { name: 'used' })
  const unused = await create('emp.alice', { name: 'unused' })
  await accessToken(used)
  const never = await mine('emp.alice', '?filters=lastUsed+isnull')
  expect(never.map((one) => one.id)).toEqual([unused.id])
  const ago = await mine('emp.alice', `?filters=${encodeURIComponent(`lastUsed le ${inDays(1)}`)}`)
  expect(ago.map((one) => one.id)).toEqual([used.id])
  expect((await app.call('emp.alice', 'GET', `${url('v3')}?filters=name+eq+%22x%22`)).status).toBe(400)
})

test('a client without a person has no tokens of its own and sees none', async () => {
  const token = await app.tokenFor(null)
  expect((await app.callWithToken(token, 'GET', url('v2026'))).status).toBe(403)
  expect((await app.callWithToken(token, 'POST', url('v2026'), { name: 'x' })).status).toBe(403)
})
