import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'

const session = '/countersign/v1/session'
const be = '/countersign/v1/sandbox/session'
const end = '/countersign/v1/session/end'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())

const call = (method: string, url: string, headers: Record<string, string>, body?: unknown, at = app) =>
  at.callWithToken(undefined, method, url, body, { host: 'localhost:8080', ...headers })

/** What a browser sends with a call that one of our pages makes. */
const ours = (cookie: string) => ({ cookie, 'sec-fetch-site': 'same-origin' })

async function signIn(alias: string, at = app): Promise<{ cookie: string; attributes: string }> {
  const answer = await call('POST', be, {}, { personId: await at.idOf(alias) }, at)
  expect(answer.status).toBe(200)
  const [cookie = '', ...attributes] = String(answer.headers['set-cookie']).split('; ')
  return { cookie, attributes: attributes.join('; ') }
}

const who = async (cookie: string) => (await call('GET', session, ours(cookie))).json

describe('who am I', () => {
  test('nobody is told where they are and how to sign in', async () => {
    const answer = await call('GET', session, { 'accept-language': 'de-CH,de;q=0.9' })
    expect(answer.json).toMatchObject({ person: null, session: null, mode: 'sandbox', tenantName: 'test', locale: 'de-CH' })
    expect(answer.json.signIn).toEqual({ openId: null, sandbox: '/countersign/v1/sandbox/people' })
    expect((await call('GET', session, { 'accept-language': '*' })).json.locale).toBe('en')
  })

  test('a person with a session, or with a token, is told who they are', async () => {
    const { cookie } = await signIn('mgr.one')
    const told = await who(cookie)
    expect(told.person).toMatchObject({ alias: 'mgr.one', name: 'Mona Ellis', isAdmin: false })
    expect(told.person.managerOf).toBeGreaterThan(1)
    expect([told.session.method, told.session.idleMs]).toEqual(['SANDBOX', 3_600_000])
    expect(Date.parse(told.session.endsAt) - Date.parse(told.session.startedAt)).toBe(43_200_000)
    expect((await app.call('admin', 'GET', session)).json).toMatchObject({ person: { alias: 'admin', isAdmin: true }, session: null })
    expect((await app.callWithToken(await app.tokenFor(null), 'GET', session)).json.person).toBeNull()
  })

  test('a token that is no good is a 401 also where none is asked for', async () => {
    expect((await app.callWithToken('nonsense', 'GET', session)).status).toBe(401)
  })
})

describe('the cookie', () => {
  test('is out of reach for scripts and for other sites, and over TLS it is sent over TLS alone', async () => {
    const { cookie, attributes } = await signIn('emp.alice')
    expect([cookie.split('=')[0], attributes]).toEqual(['countersign_session', 'Path=/; HttpOnly; SameSite=Strict'])
    const secure = await startApp({ settings: { publicUrl: 'https://access.example.com' } })
    try {
      const over = await signIn('emp.alice', secure)
      expect([over.cookie.split('=')[0], over.attributes]).toEqual(['__Host-countersign', 'Path=/; HttpOnly; Secure; SameSite=Strict'])
    } finally {
      await secure.close()
    }
  })

  test('holds a secret of which the database has only a hash', async () => {
    const { cookie } = await signIn('emp.alice')
    const secret = decodeURIComponent(cookie.split('=')[1] ?? '')
    expect(Buffer.from(secret, 'base64url').length).toBeGreaterThanOrEqual(32)
    const rows = await app.sql('select * from web_session')
    expect(JSON.stringify(rows)).not.toContain(secret)
  })

  test('of nobody, of a made-up session or of another name lets nobody in', async () => {
    for (const cookie of ['countersign_session=guess', 'countersign_session=', 'other=1', '__Host-countersign=guess'])
      expect([cookie, (await call('GET', '/v3/access-request-approvals/pending', ours(cookie))).status]).toEqual([cookie, 401])
  })
})

describe('what a session may', () => {
  test('is exactly what its person may: no less and no more', async () => {
    const [alice, admin] = [await signIn('emp.alice'), await signIn('admin')]
    const status = '/v2024/access-request-administration'
    expect((await call('GET', status, ours(alice.cookie))).status).toBe(403)
    expect((await call('GET', status, ours(admin.cookie))).status).toBe(200)
    const other = await app.idOf('yara.costa')
    expect((await call('GET', `/v3/access-request-status?requested-for=${other}`, ours(alice.cookie))).status).toBe(403)
    expect((await call('GET', '/v3/access-request-status?requested-for=me', ours(alice.cookie))).status).toBe(200)
  })

  test('includes making a personal access token, which then speaks for the person', async () => {
    const { cookie } = await signIn('emp.bob')
    const made = await call('POST', '/v2026/personal-access-tokens', ours(cookie), { name: 'for a script' })
    expect([made.status, made.json.owner.id]).toEqual([200, await app.idOf('emp.bob')])
  })

  test('a bearer token in the same call goes before the cookie', async () => {
    const { cookie } = await signIn('emp.alice')
    const answer = await app.callWithToken(await app.tokenFor('admin'), 'GET', session, undefined, { cookie })
    expect(answer.json.person.alias).toBe('admin')
  })
})

describe('a page of somebody else', () => {
  const body = { name: 'stolen' }
  const make = (headers: Record<string, string>) => call('POST', '/v2026/personal-access-tokens', headers, body)

  test.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'http://localhost:8081' }],
    [{ origin: 'null' }],
    [{}],
  ])('cannot make a browser write: %j', async (headers) => {
    const { cookie } = await signIn('emp.alice')
    const answer = await make({ cookie, ...(headers as Record<string, string>) })
    expect([answer.status, answer.json.messages[0].text]).toEqual([403, expect.stringContaining('only for pages of this server')])
    expect((await call('POST', end, { cookie, ...(headers as Record<string, string>) })).status).toBe(403)
    expect((await who(cookie)).person.alias).toBe('emp.alice')
  })

  test('cannot read with it either, and opening an address by hand reads', async () => {
    const { cookie } = await signIn('emp.alice')
    const read = (site: string) => call('GET', '/v3/access-request-approvals/pending', { cookie, 'sec-fetch-site': site })
    expect((await read('cross-site')).status).toBe(403)
    expect((await read('none')).status).toBe(200)
    expect((await call('GET', session, { cookie, 'sec-fetch-site': 'cross-site' })).json.person).toBeNull()
  })

  test('our own pages write where browsers send no more than an origin', async () => {
    const { cookie } = await signIn('emp.alice')
    expect((await make({ cookie, origin: 'http://localhost:8080' })).status).toBe(200)
  })
})

describe('the end', () => {
  test('signing out ends the session and takes the cookie away, and doing it again is no error', async () => {
    const { cookie } = await signIn('emp.alice')
    const out = await call('POST', end, ours(cookie))
    expect([out.status, out.headers['set-cookie']]).toEqual([204, 'countersign_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict'])
    expect((await who(cookie)).person).toBeNull()
    expect((await call('GET', '/v3/access-request-approvals/pending', ours(cookie))).json).toEqual({
      error: 'The session has ended; sign in again.',
    })
    expect((await call('POST', end, ours(cookie))).status).toBe(204)
  })

  test('it ends after an hour without a call and after twelve hours anyway, by real time', async () => {
    const { cookie } = await signIn('emp.alice')
    const back = (column: string, interval: string) =>
      app.sql(`update web_session set ${column} = now() - interval '${interval}' where id = (select max(id) from web_session)`)
    await back('used_at', '59 minutes')
    expect((await who(cookie)).person.alias).toBe('emp.alice')
    // That was a use: the hour begins anew.
    const [row] = await app.sql(`select now() - used_at < interval '1 minute' as noted from web_session order by id desc limit 1`)
    expect(row?.['noted']).toBe(true)
    await back('used_at', '61 minutes')
    expect((await who(cookie)).person).toBeNull()
    const other = await signIn('emp.alice')
    await back('created_at', '11 hours 59 minutes')
    expect((await who(other.cookie)).person.alias).toBe('emp.alice')
    await back('created_at', '12 hours 1 minute')
    expect((await who(other.cookie)).person).toBeNull()
  })

  test('whoever becomes inactive is out with the next call', async () => {
    const { cookie } = await signIn('yara.costa')
    await app.sql(`update identity set status = 'INACTIVE' where alias = 'yara.costa'`)
    expect((await who(cookie)).person).toBeNull()
    const personId = await app.idOf('yara.costa')
    expect((await call('POST', be, {}, { personId })).status).toBe(403)
    await app.sql(`update identity set status = 'ACTIVE' where alias = 'yara.costa'`)
  })

  test('sessions whose time is over are forgotten when somebody signs in', async () => {
    await signIn('emp.alice')
    await app.sql(`update web_session set used_at = now() - interval '2 hours'`)
    await signIn('emp.bob')
    expect(await app.sql('select id from web_session')).toHaveLength(1)
  })

  test('coming and going is part of the record', async () => {
    const { cookie } = await signIn('emp.alice')
    await call('POST', end, ours(cookie))
    const rows = await app.sql(`select action, canonical from audit_event where action like 'SIGNED%' order by id desc limit 2`)
    expect(rows.map((row) => row['action'])).toEqual(['SIGNED_OUT', 'SIGNED_IN'])
    expect(JSON.parse(String(rows[1]?.['canonical']))).toMatchObject({ actor: { name: 'Alice Moreau' }, details: { method: 'SANDBOX' } })
  })
})

describe('being anybody', () => {
  const people = '/countersign/v1/sandbox/people'

  test('people are found by parts of name, alias and department, org admins and managers first without any', async () => {
    const all = (await call('GET', people, {})).json
    expect(all.length).toBeGreaterThan(20)
    expect(all[0].isAdmin).toBe(true)
    const names = async (q: string) =>
      (await call('GET', `${people}?q=${encodeURIComponent(q)}`, {})).json.map((one: { alias: string }) => one.alias)
    expect(await names('MOREAU')).toContain('emp.alice')
    expect(await names('mgr.')).toEqual(expect.arrayContaining(['mgr.one', 'mgr.two']))
    expect(await names('%')).toEqual([])
    expect((await call('GET', `${people}?limit=3`, {})).json).toHaveLength(3)
  })

  test('becoming somebody else ends being the first', async () => {
    const { cookie } = await signIn('emp.alice')
    const answer = await call('POST', be, ours(cookie), { personId: await app.idOf('emp.bob') })
    expect(answer.json.person.alias).toBe('emp.bob')
    expect((await who(cookie)).person).toBeNull()
  })

  test('a name that a page of somebody else pointed at this machine gets no answer', async () => {
    for (const host of ['evil.example', 'evil.example:8080', 'localhost.evil.example'])
      expect([host, (await call('GET', people, { host })).status]).toEqual([host, 403])
    for (const host of ['127.0.0.1:8080', 'localhost', '[::1]:8080'])
      expect([host, (await call('GET', people, { host })).status]).toEqual([host, 200])
  })

  test('nobody who is not there, and no body of another shape', async () => {
    expect((await call('POST', be, {}, { personId: 'nobody' })).status).toBe(404)
    expect((await call('POST', be, {}, {})).status).toBe(400)
    expect((await call('POST', be, { 'content-type': 'text/plain' }, JSON.stringify({ personId: 'x' }))).status).toBe(400)
  })

  test('in production there is no such operation', async () => {
    const production = await startApp({ settings: { sandbox: false } })
    try {
      expect((await call('GET', people, {}, undefined, production)).status).toBe(404)
      expect((await call('POST', be, {}, { personId: 'x' }, production)).status).toBe(404)
      const told = (await call('GET', session, {}, undefined, production)).json
      expect([told.mode, told.signIn.sandbox]).toEqual(['production', null])
    } finally {
      await production.close()
    }
  })
})
