import { afterAll, beforeAll, expect, test } from 'vitest'
import { tidyUp } from '../../../src/operations/tidy-up.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { asking } from '../../support/asking.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

/** What nobody needs any more is thrown away, and nothing else. */

let app: TestApp
const keep = { answersDays: 7, eventsDays: 30, noticesDays: 90 }

beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())

const tidy = (more: object = {}) => tidyUp({ db: app.db, ids: app.app.ids, keep, keptMails: undefined, ...more })
const count = async (table: string) => Number((await app.sql(`select count(*)::int as n from ${table}`))[0]?.['n'])

test('answers, events and notices go when they are old enough, and what is younger or waits stays', async () => {
  const http = asking(app)
  await http.withoutApprovals()
  const worker = app.startWorker({ scim: new FakeConnector() })
  await http.reaches(
    await http.ask('emp.alice', ['ACCESS_PROFILE', 'VPN Access'], { removeDate: '2090-01-01T00:00:00Z' }),
    'REQUEST_COMPLETED',
  )
  await app.until(async () => (await app.sql(`select 1 from notification where state = 'WAITING'`)).length === 0)
  await worker.stop()
  await app.sql(`insert into idempotency_key (client_id, key, request_hash, status, body, created_at) values
    ('c', 'old', 'h', 202, '{}', now() - interval '8 days'), ('c', 'young', 'h', 202, '{}', now() - interval '6 days')`)
  await app.sql(`insert into outgoing_event (id, type, payload, created_at)
    select 'old' || n, 'x', '{}', now() - interval '31 days' from generate_series(1, 2500) n`)
  const told = (id: string, state: string, days: number | null, kind = 'DONE') =>
    app.sql(
      `insert into notification (id, kind, identity_id, requested_item_id, assignment_id, occurrence, once_key, state, ended_at, created_at)
     select $1, $2, i.recipient_id, case when $2 = 'DONE' then i.id end, case when $2 <> 'DONE' then a.id end, 'x', $1, $3,
       now() - $4::int * interval '1 day', now()
     from requested_item i join assignment a on a.requested_item_id = i.id limit 1`,
      [id, kind, state, days],
    )
  await told('old', 'SENT', 91)
  await told('young', 'SENT', 89)
  await told('waiting', 'WAITING', null)
  await told('end', 'SENT', 400, 'ENDING_SOON')
  const events = await count('outgoing_event')
  expect(await tidy()).toBe(1 + 2500 + 1)
  expect(await app.sql('select key from idempotency_key')).toEqual([{ key: 'young' }])
  expect(await count('outgoing_event')).toBe(events - 2500)
  const left = (await app.sql('select id from notification')).map((row) => row['id'])
  expect(left).toEqual(expect.arrayContaining(['young', 'waiting', 'end']))
  expect(left).not.toContain('old')
  expect(await tidy()).toBe(0)
})

test('a notice of an end goes once the access is over', async () => {
  await app.sql(`update assignment set state = 'ENDED'`)
  expect(await tidy()).toBe(1)
})

test('nothing is thrown away that is kept for ever', async () => {
  await app.sql(`update idempotency_key set created_at = now() - interval '10 years'`)
  expect(await tidy({ keep: { answersDays: 0, eventsDays: 0, noticesDays: 0 } })).toBe(0)
})

test('of the readings of a source the last that was done stays, however old it is', async () => {
  await app.sql(`insert into source_sync (id, source_id, state, is_first, started_by, started_at, began_at)
    select n, s.id, case n when '3' then 'FAILED' else 'DONE' end, n = '1', 'x', now(), now() - interval '1 year'
    from source s, (values ('1'), ('2'), ('3')) as v(n) where s.name = 'Corporate Directory'`)
  await app.sql(`delete from idempotency_key`)
  expect(await tidy()).toBe(1)
  expect((await app.sql('select id from source_sync order by id')).map((row) => row['id'])).toEqual(['2', '3'])
})

test('a worker tidies by itself, mails that are files too', async () => {
  const asked: Date[] = []
  const keptMails = { deleteOlderThan: async (at: Date) => asked.push(at) }
  const worker = app.startWorker({ scim: new FakeConnector() }, {}, { tidyMs: 50, keptMails })
  await app.until(async () => asked.length > 0)
  await worker.stop()
  const days = (Date.now() - (asked[0]?.getTime() ?? 0)) / 86_400_000
  expect(days).toBeCloseTo(90, 1)
})
