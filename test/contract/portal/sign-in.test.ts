import { afterAll, beforeAll, expect, test } from 'vitest'
import { openIdProvider } from '../../../src/adapters/openid.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { startProvider, type TestProvider } from '../../support/openid-provider.ts'

const host = 'access.example.com:8080'
const callback = '/countersign/v1/sign-in/callback'

let provider: TestProvider
let app: TestApp
beforeAll(async () => {
  provider = await startProvider({ redirectUris: [`http://${host}${callback}`] })
  const { issuer, clientId, clientSecret } = provider
  app = await startApp({ openId: openIdProvider({ issuer, clientId, clientSecret }), settings: { sandbox: false } })
  for (const [login, email] of Object.entries({
    alice: 'Emp.Alice@example.com',
    stranger: 'stranger@example.com',
    twin: 'twin@example.com',
  }))
    provider.claims.set(login, { email, preferred_username: `${login}.of.theirs` })
})
afterAll(async () => {
  await app?.close()
  await provider.close()
})

const get = (url: string, cookie = '', at = app) => at.server.inject({ method: 'GET', url, headers: { host, cookie } })

interface Left {
  to: string
  cookie: string
  attributes: string
}

async function leave(returnTo?: string, at = app): Promise<Left> {
  const answer = await get(`/countersign/v1/sign-in${returnTo === undefined ? '' : `?return=${encodeURIComponent(returnTo)}`}`, '', at)
  expect(answer.statusCode).toBe(302)
  const [cookie = '', ...attributes] = String(answer.headers['set-cookie']).split('; ')
  return { to: String(answer.headers.location), cookie, attributes: attributes.join('; ') }
}

/** Where the browser ends and the cookies it was given on the way. */
async function comeBack(login: string, { to, cookie }: Left, at = app) {
  const back = await provider.signIn(to, login)
  const answer = await get(`${back.pathname}${back.search}`, cookie, at)
  expect(answer.statusCode).toBe(302)
  return { at: String(answer.headers.location), cookies: [answer.headers['set-cookie'] ?? []].flat(), back }
}

const signedIn = async (cookies: string[], at = app) => {
  const cookie = cookies.find((one) => one.startsWith('countersign_session='))?.split(';')[0] ?? ''
  const headers = { cookie, 'sec-fetch-site': 'same-origin' }
  return (await at.callWithToken(undefined, 'GET', '/countersign/v1/session', undefined, headers)).json
}

const problemOf = (location: string) => new URL(location, 'http://here').searchParams.get('problem')

test('whoever signs in at the provider is signed in here, by mail address whatever its case, on the page they asked for', async () => {
  const left = await leave('/approvals/0190?tab=open#top')
  expect(left.attributes).toBe('Max-Age=600; Path=/countersign/v1/sign-in; HttpOnly; SameSite=Lax')
  const { at, cookies } = await comeBack('alice', left)
  expect(at).toBe('/approvals/0190?tab=open#top')
  expect(await signedIn(cookies)).toMatchObject({ person: { alias: 'emp.alice' }, session: { method: 'OPENID' }, mode: 'production' })
})

test('the way in is told to who is not signed in', async () => {
  const told = (await app.callWithToken(undefined, 'GET', '/countersign/v1/session')).json
  expect([told.person, told.signIn]).toEqual([null, { openId: '/countersign/v1/sign-in', sandbox: null }])
})

test.each([
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/a/..//evil.example',
  'javascript:alert(1)',
  'approvals',
  '',
  '/countersign/v1/session/end',
  '/sign-in?problem=expired',
  `/${'x'.repeat(3_000)}`,
])('nobody is sent on to %j', async (asked) => {
  const { at } = await comeBack('alice', await leave(asked))
  expect(at).toBe('/')
})

test('whoever is unknown here is told so on a page, and it is part of the record', async () => {
  const { at, cookies } = await comeBack('stranger', await leave('/my-access'))
  expect(at).toMatch(/^\/sign-in\?problem=unknown-person&return=%2Fmy-access&tracking=[0-9a-f]{32}$/)
  expect((await signedIn(cookies)).person).toBeNull()
  const [row] = await app.sql(`select canonical from audit_event where action = 'SIGN_IN_REFUSED' order by id desc limit 1`)
  expect(JSON.parse(String(row?.['canonical'])).details).toMatchObject({ problem: 'unknown-person', value: 'stranger@example.com' })
})

test('whoever is not active is told so; of two with one address the active one is meant, and two active ones are nobody', async () => {
  const set = (alias: string, status: string) =>
    app.sql(`update identity set email = 'twin@example.com', status = $2 where alias = $1`, [alias, status])
  await set('emp.bob', 'INACTIVE')
  expect(problemOf((await comeBack('twin', await leave())).at)).toBe('inactive-person')
  await set('emp.carol', 'ACTIVE')
  expect((await signedIn((await comeBack('twin', await leave())).cookies)).person.alias).toBe('emp.carol')
  await set('emp.bob', 'ACTIVE')
  expect(problemOf((await comeBack('twin', await leave())).at)).toBe('ambiguous-person')
})

test('an address that the provider calls unverified proves nothing', async () => {
  provider.claims.set('liar', { email: 'admin@example.com', email_verified: false })
  expect(problemOf((await comeBack('liar', await leave())).at)).toBe('unverified-email')
})

test('another claim can name people, by alias', async () => {
  const { issuer, clientId, clientSecret } = provider
  const other = await startApp({
    openId: openIdProvider({ issuer, clientId, clientSecret }),
    settings: { openIdMatch: { claim: 'preferred_username', by: 'alias' } },
  })
  try {
    provider.claims.set('alice-too', { preferred_username: 'EMP.ALICE' })
    const { cookies } = await comeBack('alice-too', await leave(undefined, other), other)
    expect((await signedIn(cookies, other)).person.alias).toBe('emp.alice')
    provider.claims.set('nameless', {})
    expect(problemOf((await comeBack('nameless', await leave(undefined, other), other)).at)).toBe('unknown-person')
  } finally {
    await other.close()
  }
})

test('an answer is good for the browser that asked, once: without its cookie, with another, or again, it lets nobody in', async () => {
  const [one, other] = [await leave(), await leave()]
  const back = await provider.signIn(one.to, 'alice')
  for (const cookie of ['', other.cookie, `${one.cookie.split('=')[0]}=nonsense`]) {
    const answer = await get(`${back.pathname}${back.search}`, cookie)
    expect([answer.statusCode, problemOf(String(answer.headers.location))]).toEqual([302, 'expired'])
  }
  const first = await get(`${back.pathname}${back.search}`, one.cookie)
  expect(first.headers.location).toBe('/')
  // The cookie is gone then; a browser that kept it would be refused by the provider.
  expect([first.headers['set-cookie']].flat().some((cookie) => /^countersign_away_[^=]+=; Max-Age=0/.test(String(cookie)))).toBe(true)
  const again = await get(`${back.pathname}${back.search}`, one.cookie)
  expect(problemOf(String(again.headers.location))).toBe('provider-invalid')
})

test('two tabs that sign in at the same time both come back', async () => {
  const [one, other] = [await leave('/one'), await leave('/other')]
  expect(one.cookie.split('=')[0]).not.toBe(other.cookie.split('=')[0])
  const both = `${one.cookie}; ${other.cookie}`
  expect((await comeBack('alice', { ...one, cookie: both })).at).toBe('/one')
  expect((await comeBack('alice', { ...other, cookie: both })).at).toBe('/other')
})

test('whoever cancels, and whoever finds the provider away, is told so on a page', async () => {
  const left = await leave('/my-access')
  const back = await provider.cancel(left.to)
  const answer = await get(`${back.pathname}${back.search}`, left.cookie)
  expect(String(answer.headers.location)).toMatch(/^\/sign-in\?problem=provider-refused&return=%2Fmy-access/)
  const away = openIdProvider({ issuer: 'http://127.0.0.1:9', clientId: 'x', clientSecret: undefined, timeoutMs: 500 })
  const other = await startApp({ organisation: null, openId: away })
  try {
    expect((await leave(undefined, other)).to).toMatch(/^\/sign-in\?problem=provider-unreachable/)
  } finally {
    await other.close()
  }
})

test('signing in anew ends the session the browser had', async () => {
  const first = await comeBack('alice', await leave())
  const session = first.cookies.find((one) => one.startsWith('countersign_session='))?.split(';')[0] ?? ''
  const left = await leave()
  const back = await provider.signIn(left.to, 'alice')
  const headers = { host, cookie: `${left.cookie}; ${session}`, 'sec-fetch-site': 'same-origin' }
  await app.server.inject({ method: 'GET', url: `${back.pathname}${back.search}`, headers })
  expect((await signedIn([session])).person).toBeNull()
})

test('where no provider is set there is nothing to go to', async () => {
  const other = await startApp({ organisation: null })
  try {
    for (const url of ['/countersign/v1/sign-in', callback]) expect((await get(url, '', other)).statusCode).toBe(404)
  } finally {
    await other.close()
  }
})
