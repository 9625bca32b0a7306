import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'

const clock = '/countersign/v1/clock'
const DAY_MS = 86_400_000

let app: TestApp
beforeAll(async () => {
  app = await startApp({ movableClock: true })
})
afterAll(() => app.close())

const get = async () => (await app.call('admin', 'GET', clock)).json
const post = (body: object, alias = 'admin') => app.call(alias, 'POST', clock, body)
const moved = async (body: object) => {
  const answer = await post(body)
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  return answer.json
}

test('a clock that was never touched runs with real time', async () => {
  const now = await get()
  expect(now.held).toBe(false)
  expect(Math.abs(Date.parse(now.now) - Date.parse(now.realNow))).toBeLessThan(1_000)
})

test('it is set and held, advanced by durations and by seconds, and stands still between', async () => {
  expect(await moved({ set: '2031-01-31T10:00:00+01:00', hold: true })).toMatchObject({ now: '2031-01-31T09:00:00.000Z', held: true })
  expect((await moved({ advance: 'P3D' })).now).toBe('2031-02-03T09:00:00.000Z')
  expect((await moved({ advance: 'PT1H30M' })).now).toBe('2031-02-03T10:30:00.000Z')
  expect((await moved({ advance: 90 })).now).toBe('2031-02-03T10:31:30.000Z')
  expect(await get()).toMatchObject({ now: '2031-02-03T10:31:30.000Z', held: true })
  expect((await moved({ set: '2030-06-01T00:00:00Z' })).now).toBe('2030-06-01T00:00:00.000Z')
})

test('let go it runs on from where it stood; released it is real time again', async () => {
  await moved({ set: '2032-01-01T00:00:00Z', hold: true })
  const running = await moved({ hold: false })
  expect(running.held).toBe(false)
  expect(Date.parse(running.now) - Date.parse('2032-01-01T00:00:00Z')).toBeLessThan(10_000)
  const later = await moved({ advance: 'P1D' })
  expect([later.held, later.now.slice(0, 10)]).toEqual([false, '2032-01-02'])
  expect((await moved({ hold: true })).held).toBe(true)
  const released = await moved({ release: true })
  expect(released.held).toBe(false)
  expect(Math.abs(Date.parse(released.now) - Date.parse(released.realNow))).toBeLessThan(1_000)
})

test('every node sees the same clock, since it stands in the database', async () => {
  await moved({ set: '2033-03-03T03:03:03Z', hold: true })
  const [row] = await app.sql('select held_at from business_clock')
  expect(row?.['held_at']).toEqual(new Date('2033-03-03T03:03:03Z'))
})

test.each([
  [{}, /^body: say at least one/],
  [{ set: '2030-01-01T00:00:00Z', advance: 'P1D' }, /^advance: cannot be said together with set/],
  [{ release: true, hold: true }, /^release: stands alone/],
  [{ release: false }, /^release: must be one of true/],
  [{ advance: '3 days' }, /^advance: must be seconds or an ISO 8601 duration/],
  [{ advance: -5 }, /^advance/],
  [{ advance: 'P9999Y' }, /^advance: lies outside what the clock can show/],
  [{ advance: 'P99999Y' }, /^advance: lies outside what the clock can show/],
  [{ set: '0001-01-01T00:00:00Z' }, /^set: lies outside what the clock can show/],
  [{ set: '2030-12-31T23:59:60Z' }, /^set: /],
  [{ set: 'tomorrow' }, /^set: /],
  [{ sett: '2030-01-01T00:00:00Z' }, /^body/],
])('the body %j is refused, with the field named, and the clock stays', async (body, text) => {
  await moved({ set: '2030-01-01T00:00:00Z', hold: true })
  const answer = await post(body)
  expect([answer.status, answer.json.messages[0].text]).toEqual([400, expect.stringMatching(text)])
  expect((await get()).now).toBe('2030-01-01T00:00:00.000Z')
})

test('only an org admin may read and move it', async () => {
  expect((await post({ advance: 'P1D' }, 'mgr.one')).status).toBe(403)
  expect((await app.call('mgr.one', 'GET', clock)).status).toBe(403)
})

test('moving it is part of the record', async () => {
  await moved({ set: '2034-01-01T00:00:00Z', hold: true })
  await moved({ advance: 'P1D' })
  const [event] = await app.sql(`select canonical from audit_event where action = 'SANDBOX_CLOCK_SET' order by id desc limit 1`)
  const { actor, details } = JSON.parse(String(event?.['canonical']))
  expect([actor.name, details]).toEqual(['Ada Quill', { from: '2034-01-01T00:00:00.000Z', to: '2034-01-02T00:00:00.000Z' }])
})

test('tokens, jobs and retries go by real time: ten years later by this clock they are as old as they are', async () => {
  const token = await app.tokenFor('emp.alice')
  await moved({ set: '2030-01-01T00:00:00Z', hold: true })
  await app.sql(`insert into job (id, name, key, payload, run_at) values ('later', 'run-step', 'none', '{}', now() + interval '1 hour')`)
  await moved({ advance: 'P10Y' })
  expect((await app.callWithToken(token, 'GET', '/v3/access-request-approvals/approval-summary')).status).toBe(200)
  const [job] = await app.sql(`select run_at > now() as waits from job where id = 'later'`)
  expect(job?.['waits']).toBe(true)
  await app.sql(`delete from job where id = 'later'`)
})

test('two who advance it at the same moment never take it back', async () => {
  await moved({ set: '2035-01-01T00:00:00Z', hold: true })
  await Promise.all([moved({ advance: 'P1D' }), moved({ advance: 'P2D' })])
  expect(Date.parse((await get()).now)).toBeGreaterThanOrEqual(Date.parse('2035-01-03T00:00:00Z'))
})

test('access that starts and ends on the way is put in place and taken away, each at its own moment', async () => {
  await moved({ set: '2036-01-01T00:00:00Z', hold: true })
  const itemId = await app.itemId('ACCESS_PROFILE', 'Design Workspace')
  await app.sql(`update access_item set request_config = jsonb_set(request_config, '{grant,steps}', '[]') where id = $1`, [itemId])
  const made = await app.call('emp.bob', 'POST', '/v3/access-requests', {
    requestedFor: [await app.idOf('emp.bob')],
    requestedItems: [{ type: 'ACCESS_PROFILE', id: itemId, startDate: '2036-01-03T00:00:00Z' }],
  })
  await moved({ advance: 'P10D' })
  const [item] = await app.sql('select state, provisioning_started_at from requested_item where request_id = $1', [
    made.json.newRequests[0].accessRequestIds[0],
  ])
  expect(item).toEqual({ state: 'PROVISIONING', provisioning_started_at: new Date('2036-01-03T00:00:00Z') })
  expect((await get()).now).toBe('2036-01-11T00:00:00.000Z')
})

test('in production there is no such operation, and a sandbox whose clock is the machine refuses to move it', async () => {
  const production = await startApp({ organisation: null, settings: { sandbox: false } })
  const fixed = await startApp()
  try {
    for (const method of ['GET', 'POST']) {
      const answer = await production.callWithToken(undefined, method, clock, method === 'POST' ? { advance: 'P1D' } : undefined)
      expect([answer.status, answer.json.messages[0].text]).toEqual([404, `There is no operation ${method} ${clock}.`])
    }
    const refused = await fixed.call('admin', 'POST', clock, { advance: 'P1D' })
    expect([refused.status, refused.json.messages[0].text]).toEqual([400, 'The clock of this server cannot be moved.'])
    const now = (await fixed.call('admin', 'GET', clock)).json
    expect(Date.parse(now.realNow) - Date.parse(now.now)).toBeLessThan(DAY_MS)
  } finally {
    await production.close()
    await fixed.close()
  }
})
