import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'

/** What those who run the service see: health, metrics, rate limits, headers. */

let app: TestApp
const clock = { current: new Date('2030-01-01T00:00:00Z'), now: () => clock.current }

beforeAll(async () => {
  app = await startApp({ settings: { rateLimit: { calls: 3, windowMs: 10_000 }, strictExperimental: true } })
  app.app.clock = clock
})
afterAll(() => app.close())

test('live and ready answer without a token, and ready says when the database is away', async () => {
  expect((await app.callWithToken(undefined, 'GET', '/health/live')).json).toEqual({ status: 'UP' })
  expect((await app.callWithToken(undefined, 'GET', '/health/ready')).json).toEqual({ status: 'UP' })
  const ping = app.db.ping
  app.db.ping = () => Promise.reject(new Error('away'))
  const answer = await app.callWithToken(undefined, 'GET', '/health/ready')
  app.db.ping = ping
  expect(answer.status).toBe(503)
})

test('metrics tell calls by route and status, waiting jobs and connections, and nobody by name', async () => {
  await app.call('emp.alice', 'GET', '/v3/access-request-status')
  const { json } = await app.callWithToken(undefined, 'GET', '/metrics')
  expect(json).toMatch(/countersign_http_seconds_count\{method="GET",route="\/v3\/access-request-status",status="200"\} 1/)
  expect(json).toContain('countersign_jobs_waiting 0')
  expect(json).toContain('countersign_database_connections{state="open"}')
  expect(json).not.toContain('alice')
})

test('one call too many in a version is a 429 that says how long to wait; another version and another client go on', async () => {
  const call = (alias: string, version: string) => app.call(alias, 'GET', `/${version}/access-request-status`)
  for (let i = 0; i < 3; i++) expect((await call('emp.bob', 'v2024')).status).toBe(200)
  const refused = await call('emp.bob', 'v2024')
  expect(refused.status).toBe(429)
  expect(refused.json).toEqual({ message: ' Rate Limit Exceeded ' })
  expect(refused.headers['retry-after']).toBe('10')
  expect((await call('emp.bob', 'v2025')).status).toBe(200)
  expect((await call('emp.carol', 'v2024')).status).toBe(200)
  clock.current = new Date(clock.current.getTime() + 10_000)
  expect((await call('emp.bob', 'v2024')).status).toBe(200)
})

test('configured strict, an experimental operation without its header is refused with the body of the live system', async () => {
  const path = '/v2024/access-request-administration'
  const authorization = `Bearer ${await app.tokenFor('admin')}`
  const bare = await app.server.inject({ method: 'GET', url: path, headers: { authorization } })
  expect(bare.statusCode).toBe(400)
  expect(bare.json()).toEqual({ error: 'Experimental Header is missing or invalid.' })
  expect((await app.call('admin', 'GET', path, undefined, { 'x-sailpoint-experimental': 'true' })).status).toBe(200)
})

test('every answer carries its tracking id and forbids caching, sniffing and framing', async () => {
  const { headers } = await app.call('emp.carol', 'GET', '/v3/access-request-approvals/approval-summary')
  expect(headers['slpt-request-id']).toMatch(/^[0-9a-f]{32}$/)
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' })
})

test('deprecated operations say so in their headers', async () => {
  const old = await app.call('mgr.two', 'GET', '/v3/access-request-config')
  expect(old.headers['deprecation']).toBeDefined()
  expect(old.headers['link']).toContain('rel="deprecation"')
})

test('a path that cannot be decoded, an id that is impossibly long and headers that are too large get the error body of the wire', async () => {
  const authorization = `Bearer ${await app.tokenFor('admin')}`
  const get = (url: string) => app.server.inject({ method: 'GET', url, headers: { authorization } })
  for (const [url, status] of [
    ['/v2024/identities/%zz', 400],
    [`/v2024/roles/${'x'.repeat(600)}`, 404],
  ] as const) {
    const answer = await get(url)
    expect(answer.statusCode).toBe(status)
    expect(answer.json().trackingId).toBe(answer.headers['slpt-request-id'])
  }
  const { port } = new URL(await app.server.listen({ host: '127.0.0.1', port: 0 }))
  const large = await fetch(`http://127.0.0.1:${port}/health/live`, { headers: { 'x-large': 'x'.repeat(20_000) } })
  expect(large.status).toBe(431)
  expect(await large.json()).toMatchObject({ detailCode: '431 Headers too large' })
})
