import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'

const insight = '/countersign/v1/insight'

let app: TestApp

const get = (alias: string, path: string) => app.call(alias, 'GET', `${insight}${path}`)
const rows = async (path: string, alias = 'admin') => {
  const answer = await get(alias, path)
  expect(answer.status, JSON.stringify(answer.json)).toBe(200)
  return answer.json
}
const clock = (body: object) => app.call('admin', 'POST', '/countersign/v1/clock', body)
const span = 'from=2031-01-01T00:00:00Z&to=2031-02-01T00:00:00Z'

async function ask(alias: string, name: string): Promise<string> {
  const item = { type: 'ACCESS_PROFILE', id: await app.itemId('ACCESS_PROFILE', name), comment: 'x' }
  const made = await app.call(alias, 'POST', '/v2024/access-requests', { requestedFor: [await app.idOf(alias)], requestedItems: [item] })
  return made.json.newRequests[0].accessRequestIds[0]
}

async function answer(alias: string, requestId: string, verb: string): Promise<void> {
  const filters = encodeURIComponent(`accessRequestId eq "${requestId}"`)
  const [approval] = (await app.call(alias, 'GET', `/v3/access-request-approvals/pending?filters=${filters}`)).json
  const done = await app.call(alias, 'POST', `/v3/access-request-approvals/${approval.id}/${verb}`, { comment: 'so be it' })
  expect(done.status).toBe(202)
}

/** Three weeks of January 2031, the clock held: what happens when is known to the hour. */
beforeAll(async () => {
  app = await startApp({ movableClock: true })
  await clock({ set: '2031-01-06T08:00:00Z', hold: true })
  const alice = await ask('emp.alice', 'GitHub Developers')
  const bob = await ask('emp.bob', 'GitHub Developers')
  const yara = await ask('yara.costa', 'GitHub Developers')
  await clock({ advance: 'PT2H' })
  await answer('mgr.one', alice, 'approve')
  await clock({ advance: 'PT2H' })
  await answer('mgr.one', bob, 'reject')
  await clock({ set: '2031-01-13T08:00:00Z', hold: true })
  await answer('mgr.two', yara, 'reject')
  const carol = await ask('emp.carol', 'VPN Access')
  await clock({ advance: 'PT10H' })
  await answer('tomas.berg', carol, 'reject')
  await ask('hugo.lind', 'VPN Access')
  const cancelled = await ask('emp.bob', 'Design Workspace')
  await app.call('emp.bob', 'POST', '/v3/access-requests/cancel', { accountActivityId: cancelled, comment: 'no' })
  await clock({ set: '2031-01-20T08:00:00Z', hold: true })
})
afterAll(() => app.close())

test('requests and decisions over time fall into the week they happened in, and weeks without any are there', async () => {
  const weeks = await rows(`/requests?${span}&interval=week`)
  expect(weeks.map((week: { from: string }) => week.from.slice(0, 10))).toEqual([
    '2031-01-01',
    '2031-01-06',
    '2031-01-13',
    '2031-01-20',
    '2031-01-27',
  ])
  expect(weeks[1]).toMatchObject({ requested: 3, rejected: 1, agreed: 1, refused: 1, completed: 0, cancelled: 0 })
  expect(weeks[2]).toMatchObject({ requested: 3, rejected: 2, agreed: 0, refused: 2, cancelled: 1, unanswered: 0 })
  expect(weeks[3]).toMatchObject({ requested: 0, rejected: 0, agreed: 0 })
})

test('days begin where the reader lives', async () => {
  const days = (zone: string) =>
    rows(`/requests?from=2031-01-13T00:00:00Z&to=2031-01-14T00:00:00Z&interval=day&zone=${encodeURIComponent(zone)}`)
  expect((await days('UTC')).map((day: { requested: number }) => day.requested)).toEqual([3])
  // 18:00 UTC is the next day in Tokyo.
  expect((await days('Asia/Tokyo')).map((day: { from: string; requested: number }) => [day.from, day.requested])).toEqual([
    ['2031-01-13T00:00:00.000Z', 1],
    ['2031-01-13T15:00:00.000Z', 2],
  ])
})

test('the rows behind a bar are as many as the bar is high', async () => {
  const weeks = await rows(`/requests?${span}`)
  for (const week of weeks) {
    const within = `from=${week.from}&to=${week.to}`
    expect(await rows(`/requests/rows?${within}`)).toHaveLength(week.requested)
    for (const outcome of ['completed', 'failed', 'rejected', 'expired', 'cancelled'])
      expect(await rows(`/requests/rows?${within}&moment=finished&outcomes=${outcome.toUpperCase()}`)).toHaveLength(week[outcome])
    expect(await rows(`/decision-times/rows?${within}&answers=APPROVED`)).toHaveLength(week.agreed)
    expect(await rows(`/decision-times/rows?${within}&answers=REJECTED`)).toHaveLength(week.refused)
  }
  const [row] = await rows(`/requests/rows?${span}&moment=finished&outcomes=CANCELLED`)
  expect(row).toMatchObject({
    requestedObject: { name: 'Design Workspace' },
    requestedFor: { name: 'Bob Anders' },
    state: 'CANCELLED',
    hours: 0,
    source: { name: 'Corporate Directory' },
  })
})

test('time to decision is told by approver and by item, the slowest first, with what still waits', async () => {
  const approvers = await rows(`/decision-times?${span}`)
  expect(approvers.map((row: { about: { name: string } }) => row.about.name)).toEqual(['Marco Tull', 'Tomas Berg', 'Mona Ellis'])
  expect(approvers[0]).toMatchObject({
    decisions: 1,
    agreed: 0,
    refused: 1,
    medianHours: 168,
    p90Hours: 168,
    longestHours: 168,
    waiting: 0,
  })
  expect(approvers[1]).toMatchObject({ medianHours: 10, waiting: 1 })
  expect(approvers[2]).toMatchObject({ decisions: 2, agreed: 1, refused: 1, medianHours: 3, p90Hours: 3.8, longestHours: 4 })
  const items = await rows(`/decision-times?${span}&by=item`)
  expect(items.map((row: { about: { name: string }; medianHours: number }) => [row.about.name, row.medianHours])).toEqual([
    ['VPN Access', 10],
    ['GitHub Developers', 4],
  ])
  const mona = approvers[2].about.id
  const behind = await rows(`/decision-times/rows?${span}&approver=${mona}&sorters=-hours`)
  expect(behind.map((row: { answer: string; hours: number; comment: string }) => [row.answer, row.hours, row.comment])).toEqual([
    ['REJECTED', 4, 'so be it'],
    ['APPROVED', 2, 'so be it'],
  ])
  expect(await rows(`/decision-times?${span}&limit=1&offset=1`)).toHaveLength(1)
})

test('whoever was handed a question answers from then on', async () => {
  await clock({ set: '2031-03-01T00:00:00Z', hold: true })
  const id = await ask('emp.alice', 'Design Workspace')
  await clock({ advance: 'P3D' })
  const [approval] = (await app.call('mgr.one', 'GET', '/v3/access-request-approvals/pending')).json
  await app.call('mgr.one', 'POST', `/v3/access-request-approvals/${approval.id}/forward`, {
    newOwnerId: await app.idOf('mgr.two'),
    comment: 'x',
  })
  await clock({ advance: 'PT1H' })
  await answer('mgr.two', id, 'approve')
  const within = 'from=2031-03-01T00:00:00Z&to=2031-04-01T00:00:00Z'
  expect((await rows(`/decision-times?${within}`))[0]).toMatchObject({ about: { name: 'Marco Tull' }, medianHours: 1 })
  expect((await rows(`/decision-times?${within}&by=item`))[0]).toMatchObject({ medianHours: 73 })
  await clock({ set: '2031-01-20T08:00:00Z', hold: true })
})

test('open approvals are counted by age, and opened', async () => {
  const ages = await rows('/pending')
  expect(ages.map((age: { olderThanHours: number }) => age.olderThanHours)).toEqual([0, 24, 72, 168, 336, 720])
  expect(ages.map((age: { approvals: number }) => age.approvals)).toEqual([0, 0, 1, 0, 0, 0])
  const [row] = await rows('/pending/rows?older-than-hours=72&younger-than-hours=168')
  expect(row).toMatchObject({ requestedFor: { name: 'Hugo Lind' }, approvers: [{ name: 'Tomas Berg' }], hours: 158 })
  expect(await rows('/pending/rows?older-than-hours=168')).toEqual([])
  expect(await rows(`/pending/rows?approver=${await app.idOf('tomas.berg')}`)).toHaveLength(1)
  expect(await rows(`/pending/rows?approver=${await app.idOf('mgr.two')}`)).toEqual([])
})

test('what ends next is told by week, and opened in the list of what is held', async () => {
  await app.sql(
    `insert into assignment (id, identity_id, item_type, item_id, origin, state, created_at, modified_at, end_at)
      values ('ends', $1, 'ENTITLEMENT', $2, 'REQUESTED', 'ACTIVE', '2031-01-01Z', '2031-01-01Z', '2031-02-05Z')`,
    [await app.idOf('emp.alice'), await app.itemId('ENTITLEMENT', 'GitHub Admins')],
  )
  const weeks = await rows('/expiring?days=30')
  const week = weeks.find((one: { ending: number }) => one.ending > 0)
  expect([week.from, week.ending, week.privileged, week.people]).toEqual(['2031-02-03T00:00:00.000Z', 1, 1, 1])
  const held = await app.call('admin', 'GET', `/countersign/v1/held-access?for=all&ends-after=${week.from}&ends-before=${week.to}`)
  expect(held.json.map((row: { assignmentId: string }) => row.assignmentId)).toEqual(['ends'])
  expect((await rows('/expiring?days=10')).every((one: { ending: number }) => one.ending === 0)).toBe(true)
})

test('how provisioning went is told by source, the failures first, with what the target said last', async () => {
  await app.sql(`with src as (select id from source where name = 'Corporate Directory'),
      acc as (select id from account where native_identity = 'emp.alice' limit 1),
      g as (insert into access_grant (id, account_id, entitlement_id, present, created_at)
        select 'insight-grant', acc.id, (select id from access_item where name = 'GitHub Admins'), false, now() from acc returning id)
    insert into provisioning_step (id, assignment_id, grant_id, source_id, account_id, operation, state, attempts, last_error, created_at, modified_at)
      select 'step' || n, 'ends', g.id, src.id, acc.id, 'ADD', case when n = 1 then 'FAILED' else 'DONE' end, n, case when n = 1 then 'no such group' end,
        '2031-01-10Z', '2031-01-10Z' from generate_series(1, 3) n, src, acc, g`)
  const [source] = await rows(`/provisioning?${span}`)
  expect(source).toEqual({
    source: { id: expect.any(String), name: 'Corporate Directory' },
    steps: 3,
    done: 2,
    failed: 1,
    open: 0,
    byHand: 0,
    dropped: 0,
    retried: 2,
    lastProblem: 'no such group',
  })
  const behind = await rows(`/provisioning/rows?${span}&source=${source.source.id}&states=FAILED`)
  expect(behind).toMatchObject([
    {
      stepId: 'step1',
      problem: 'no such group',
      account: 'emp.alice',
      entitlement: { name: 'GitHub Admins' },
      person: { name: 'Alice Moreau' },
    },
  ])
})

test('a manager sees the numbers of their team and of nobody else', async () => {
  expect((await get('mgr.one', '/requests?for=all')).json.messages[0].text).toMatch(/^for: Only org admins/)
  const requested = (weeks: { requested: number }[]) => weeks.reduce((sum, week) => sum + week.requested, 0)
  expect(requested(await rows(`/requests?${span}`, 'mgr.one'))).toBe(5)
  expect(requested(await rows(`/requests?${span}`, 'mgr.two'))).toBe(1)
  expect(requested(await rows(`/requests?${span}`, 'emp.alice'))).toBe(0)
  expect(requested(await rows(`/requests?${span}&for=team`))).toBe(0)
  const people = (await rows(`/requests/rows?${span}`, 'mgr.two')).map((row: { requestedFor: { name: string } }) => row.requestedFor.name)
  expect(people).toEqual(['Yara Costa'])
  expect(await rows('/pending/rows', 'mgr.two')).toEqual([])
  expect(await rows('/pending/rows', 'mgr.one')).toHaveLength(1)
  expect((await rows(`/provisioning?${span}`, 'mgr.one'))[0].steps).toBe(3)
  expect(await rows(`/provisioning?${span}`, 'mgr.two')).toEqual([])
  expect((await rows('/expiring?days=30', 'mgr.one')).some((one: { ending: number }) => one.ending === 1)).toBe(true)
  expect((await rows('/expiring?days=30', 'mgr.two')).some((one: { ending: number }) => one.ending === 1)).toBe(false)
})

test('every one of them is a table to download', async () => {
  const token = await app.tokenFor('admin')
  for (const path of [
    '/requests',
    '/decision-times',
    '/expiring',
    '/pending',
    '/provisioning',
    '/requests/rows',
    '/decision-times/rows',
    '/pending/rows',
    '/provisioning/rows',
  ]) {
    const answer = await app.server.inject({
      method: 'GET',
      url: `${insight}${path}?format=csv`,
      headers: { authorization: `Bearer ${token}` },
    })
    expect([path, answer.statusCode, answer.headers['content-type']]).toEqual([path, 200, 'text/csv; charset=utf-8; header=present'])
  }
})

test.each([
  ['/requests?from=2031-02-01T00:00:00Z&to=2031-01-01T00:00:00Z', /^from: must lie before/],
  ['/requests?from=2001-01-01T00:00:00Z&interval=day', /^interval: would make more than 1000/],
  ['/requests?zone=Mars/Olympus', /^zone: is no time zone/],
  ["/requests?zone=UTC';drop", /^zone: is no time zone/],
  ['/requests?interval=year', /^interval/],
  ['/requests?from=2030-12-31T23:59:60Z', /^from: is no moment/],
  ['/requests/rows?outcomes=LOST', /^outcomes: must be one or more of/],
  ['/decision-times?by=phase', /^by/],
])('%s is refused with the field named', async (path, text) => {
  const answer = await get('admin', path)
  expect([answer.status, answer.json.messages[0].text]).toEqual([400, expect.stringMatching(text)])
})
