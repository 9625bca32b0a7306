import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeClient } from '../../src/operations/make-client.ts'
import { startApp, type TestApp } from '../support/app.ts'

let app: TestApp
let client: { id: string; secret: string }

beforeAll(async () => {
  app = await startApp()
  const identityId = await app.idOf('emp.alice')
  client = await makeClient(app.app, { identityId: null, name: 'test' }, { name: 'a script', identityId, scopes: ['sp:scopes:all'] })
})
afterAll(() => app.close())

const fields = () => ({ grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret })
const form = () => new URLSearchParams(fields()).toString()

function multipart(): { payload: string; type: string } {
  const boundary = '----a-boundary'
  const parts = Object.entries(fields()).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return { payload: `${parts.join('')}--${boundary}--\r\n`, type: `multipart/form-data; boundary=${boundary}` }
}

async function post(url: string, payload: string | undefined, headers: Record<string, string>) {
  const response = await app.server.inject({ method: 'POST', url, headers, ...(payload === undefined ? {} : { payload }) })
  return { status: response.statusCode, json: response.json() }
}

const encodings: [string, () => Promise<{ status: number; json: Record<string, unknown> }>][] = [
  ['multipart/form-data', () => post('/oauth/token', multipart().payload, { 'content-type': multipart().type })],
  ['a urlencoded form', () => post('/oauth/token', form(), { 'content-type': 'application/x-www-form-urlencoded' })],
  [
    'a urlencoded form with a charset',
    () => post('/oauth/token', form(), { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }),
  ],
  ['the query string and an empty body', () => post(`/oauth/token?${form()}`, undefined, {})],
  ['the query string and the JSON body {}', () => post(`/oauth/token?${form()}`, '{}', { 'content-type': 'application/json' })],
  [
    'HTTP Basic and the grant in the body',
    () =>
      post('/oauth/token', 'grant_type=client_credentials', {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`,
      }),
  ],
]

test.each(encodings)('a token is given to %s', async (_name, ask) => {
  const { status, json } = await ask()
  expect(status).toBe(200)
  expect(json).toMatchObject({ token_type: 'bearer', expires_in: 43199, identity_id: await app.idOf('emp.alice'), scope: 'sp:scopes:all' })
  const listed = await app.callWithToken(String(json['access_token']), 'GET', '/v3/access-request-status?requested-for=me')
  expect(listed.status).toBe(200)
})

test('a wrong secret, an unknown client and a missing secret are told the same: 401 and nothing else', async () => {
  const wrong = { ...fields(), client_secret: client.secret.replace(/^./, (c) => (c === '0' ? '1' : '0')) }
  const unknown = { ...fields(), client_id: 'nobody' }
  const missing = { grant_type: 'client_credentials', client_id: client.id }
  for (const body of [wrong, unknown, missing]) {
    const answer = await post('/oauth/token', new URLSearchParams(body).toString(), { 'content-type': 'application/x-www-form-urlencoded' })
    expect(answer).toEqual({ status: 401, json: { error: 'invalid_client', error_description: 'Bad client credentials' } })
  }
})

test('a grant we do not offer is refused by name', async () => {
  const body = new URLSearchParams({ ...fields(), grant_type: 'password' }).toString()
  const { status, json } = await post('/oauth/token', body, { 'content-type': 'application/x-www-form-urlencoded' })
  expect(status).toBe(400)
  expect(json).toMatchObject({ error: 'unsupported_grant_type' })
})

test('a token dies with its client and with the person it speaks for, not with its own end', async () => {
  const identityId = await app.idOf('kim.tran')
  const made = await makeClient(app.app, { identityId: null, name: 'test' }, { name: 'short-lived', identityId, scopes: ['sp:scopes:all'] })
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: made.id, client_secret: made.secret }).toString()
  const given = await post('/oauth/token', body, { 'content-type': 'application/x-www-form-urlencoded' })
  const token = String(given.json['access_token'])
  const call = () => app.callWithToken(token, 'GET', '/v3/access-request-approvals/pending?owner-id=me')
  expect((await call()).status).toBe(200)
  await app.sql('update identity set status = $1 where id = $2', ['INACTIVE', identityId])
  expect((await call()).status).toBe(401)
  await app.sql('update identity set status = $1 where id = $2', ['ACTIVE', identityId])
  await app.sql('delete from oauth_client where id = $1', [made.id])
  expect((await call()).status).toBe(401)
})

test('a token that was signed with another key, or changed, or is none, is refused with the error body of the wire', async () => {
  const token = await app.tokenFor('emp.alice')
  const [head, , tail] = token.split('.')
  const forged = Buffer.from(JSON.stringify({ client_id: client.id, exp: 9999999999 })).toString('base64url')
  for (const bad of [`${head}.${forged}.${tail}`, `${token}x`, 'x', 'a.b.c', undefined]) {
    const answer = await app.callWithToken(bad, 'GET', '/v3/access-request-status')
    expect(answer.status).toBe(401)
    expect(Object.keys(answer.json)).toEqual(['error'])
  }
})

test('/oauth/info tells where the token endpoint is', async () => {
  const { json } = await app.callWithToken(undefined, 'GET', '/oauth/info')
  expect(json.tokenEndpoint).toMatch(/^http:\/\/.+\/oauth\/token$/)
})
