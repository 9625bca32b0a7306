import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'
import { type EventStream, openEvents } from '../../support/event-stream.ts'

const DAY_MS = 86_400_000

let app: TestApp
let origin = ''
const open: EventStream[] = []

beforeAll(async () => {
  app = await startApp({ movableClock: true, settings: { requestTimeoutMs: 1_000 } })
  await app.server.listen({ host: '127.0.0.1', port: 0 })
  origin = `http://127.0.0.1:${(app.server.server.address() as AddressInfo).port}`
})
afterEach(() => {
  for (const stream of open.splice(0)) stream.close()
})
afterAll(() => app.close())

async function listen(headers: Record<string, string>, query = ''): Promise<EventStream> {
  const stream = await openEvents(`${origin}/countersign/v1/events${query}`, headers)
  open.push(stream)
  return stream
}

const as = async (alias: string) => listen({ authorization: `Bearer ${await app.tokenFor(alias)}` })

async function cookieOf(alias: string): Promise<string> {
  const body = { personId: await app.idOf(alias) }
  const answer = await app.callWithToken(undefined, 'POST', '/countersign/v1/sandbox/session', body)
  return String(answer.headers['set-cookie']).split(';')[0] ?? ''
}

let asked = 0

/** emp.alice asks for VPN Access, which tomas.berg must agree to. */
async function ask(): Promise<{ requestId: string; approvalId: string }> {
  const startDate = new Date(Date.parse('2050-01-01T00:00:00Z') + ++asked * DAY_MS).toISOString()
  const item = { type: 'ACCESS_PROFILE', id: await app.itemId('ACCESS_PROFILE', 'VPN Access'), startDate }
  const made = await app.call('emp.alice', 'POST', '/v3/access-requests', {
    requestedFor: [await app.idOf('emp.alice')],
    requestedItems: [item],
  })
  const requestId = made.json.newRequests[0].accessRequestIds[0]
  const filters = encodeURIComponent(`accessRequestId eq "${requestId}"`)
  const pending = await app.call('tomas.berg', 'GET', `/v3/access-request-approvals/pending?filters=${filters}`)
  return { requestId, approvalId: pending.json[0].id }
}

const approve = ({ approvalId }: { approvalId: string }) =>
  app.call('tomas.berg', 'POST', `/v3/access-request-approvals/${approvalId}/approve`, { comment: 'yes' })

/** All of them hear what they should of one thing that is done. */
async function allHear<T>(listeners: [EventStream, string][], act: () => Promise<T>): Promise<T> {
  const done = Promise.resolve().then(act)
  await Promise.all(listeners.map(([stream, what]) => stream.hears([what], () => done)))
  return done
}

test('an approver hears of a new approval, the requester of the decision, each within a second and with the request', async () => {
  const [approver, requester] = [await as('tomas.berg'), await as('emp.alice')]
  const request = await allHear(
    [
      [approver, 'approvals'],
      [requester, 'access'],
    ],
    ask,
  )
  expect(approver.events.at(-1)?.data.requestIds).toContain(request.requestId)
  const decided = await allHear(
    [
      [approver, 'approvals'],
      [requester, 'requests'],
    ],
    () => approve(request),
  )
  expect(decided.status).toBe(202)
})

test('a manager hears of their team, an org admin of everything, and whom it does not concern hears nothing', async () => {
  const [manager, admin, other] = [await as('mgr.one'), await as('admin'), await as('yara.costa')]
  const request = await allHear(
    [
      [manager, 'team'],
      [admin, 'administration'],
    ],
    ask,
  )
  await allHear([[admin, 'administration']], () => approve(request))
  expect(other.events.map((event) => event.name)).toEqual(['ready'])
  expect(manager.events.filter((event) => event.data.what?.includes('approvals'))).toEqual([])
})

test('whoever an approval is taken from hears that it is gone', async () => {
  const { approvalId } = await ask()
  const [former, next] = [await as('tomas.berg'), await as('mgr.two')]
  const body = { newOwnerId: await app.idOf('mgr.two'), comment: 'yours' }
  const forward = () => app.call('admin', 'POST', `/v3/access-request-approvals/${approvalId}/forward`, body)
  expect(
    (
      await allHear(
        [
          [former, 'approvals'],
          [next, 'approvals'],
        ],
        forward,
      )
    ).status,
  ).toBe(202)
})

test('when the clock is moved everybody hears', async () => {
  const other = await as('yara.costa')
  await other.hears(['everything'], () => app.call('admin', 'POST', '/countersign/v1/clock', { advance: 'PT1S' }))
  await other.hears(['everything'], () => app.call('admin', 'POST', '/countersign/v1/clock', { release: true }))
})

test('what fails leaves nobody told', async () => {
  const approver = await as('tomas.berg')
  const request = await approver.hears(['approvals'], ask)
  const before = approver.events.length
  const refused = await app.call('yara.costa', 'POST', `/v3/access-request-approvals/${request.approvalId}/approve`, {})
  expect(refused.status).toBe(403)
  await approver.hears(['approvals'], ask)
  const told = approver.events.slice(before).flatMap((event) => event.data.requestIds ?? [])
  expect(told).not.toContain(request.requestId)
})

test('a browser listens with its session, and signing out ends the stream', async () => {
  const cookie = await cookieOf('emp.alice')
  const stream = await listen({ cookie, 'sec-fetch-site': 'same-origin' })
  await stream.hears(['requests'], ask)
  await fetch(`${origin}/countersign/v1/session/end`, { method: 'POST', headers: { cookie, 'sec-fetch-site': 'same-origin' } })
  await stream.ended
})

test('whoever is deactivated hears no more', async () => {
  const stream = await as('paula.reyes')
  await app.sql(`update identity set status = 'INACTIVE' where alias = 'paula.reyes'`)
  await stream.ended
  await app.sql(`update identity set status = 'ACTIVE' where alias = 'paula.reyes'`)
})

test('after the database broke the connection on which we listen, everybody is told to look again, and hears again', async () => {
  const requester = await as('emp.alice')
  await app.sql(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'countersign live'
    and query like '%' || (select 'countersign_' || left(encode(sha256(current_schema()::bytea), 'hex'), 32)) || '%'`)
  await app.until(async () => requester.events.filter((event) => event.name === 'ready').length === 2)
  await requester.hears(['requests'], ask)
})

test('more than twenty streams of one person are too many; those that were closed do not count', async () => {
  const headers = { authorization: `Bearer ${await app.tokenFor('emp.carol')}` }
  const streams = await Promise.all(Array.from({ length: 20 }, () => listen(headers)))
  const refused = await fetch(`${origin}/countersign/v1/events`, { headers })
  expect([refused.status, await refused.json()]).toEqual([429, { message: 'No more than 20 open streams of one person.' }])
  streams[0]?.close()
  await app.until(async () => {
    const again = await fetch(`${origin}/countersign/v1/events?seconds=0`, { headers })
    await again.text()
    return again.status === 200
  })
})

test('a stream says what it is, is not kept by anybody, and a quiet one shows that it lives', async () => {
  const response = await fetch(`${origin}/countersign/v1/events?seconds=0`, {
    headers: { authorization: `Bearer ${await app.tokenFor('emp.bob')}` },
  })
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  expect(await response.text()).toBe('retry: 1000\n\nevent: ready\ndata: {}\n\n')
  const alive = await fetch(`${origin}/countersign/v1/events?seconds=2`, {
    headers: { authorization: `Bearer ${await app.tokenFor('emp.bob')}` },
  })
  expect(await alive.text()).toContain(': still here\n\n')
})

test('nobody listens without saying who they are', async () => {
  expect((await fetch(`${origin}/countersign/v1/events`)).status).toBe(401)
  const evil = { cookie: await cookieOf('emp.alice'), 'sec-fetch-site': 'cross-site' }
  expect((await fetch(`${origin}/countersign/v1/events`, { headers: evil })).status).toBe(403)
})

test('a node that stops ends its streams and does not wait for the pages', async () => {
  const other = await startApp()
  await other.server.listen({ host: '127.0.0.1', port: 0 })
  const at = `http://127.0.0.1:${(other.server.server.address() as AddressInfo).port}`
  const stream = await openEvents(`${at}/countersign/v1/events`, { authorization: `Bearer ${await other.tokenFor('admin')}` })
  const begun = performance.now()
  await Promise.all([other.close(), stream.ended])
  expect(performance.now() - begun).toBeLessThan(3_000)
})
