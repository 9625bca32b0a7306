import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { carryOutBulkMove } from '../../src/operations/carry-out-bulk-move.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { standInFor, whyOf } from '../support/stand-in.ts'
import { askFor, askMany, decide, holdersOf, pendingOf, statusOf, type TimedRequest } from '../support/timed-request.ts'

/** Somebody leaves: all that waits for them goes to somebody else, told of one by one, whatever happens to the worker on the way. */

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())
beforeEach(async () => {
  await app.sql('delete from reassignment')
  await app.sql(`update approval set state = 'CANCELLED' where state = 'PENDING'`)
  await app.sql(`update approval_candidate set open = false`)
  await app.sql(`update work_item set state = 'CANCELLED' where state = 'PENDING'`)
})

const path = '/countersign/v1/bulk-reassignments'
const ask = (alias = 'emp.alice', name = 'Finance Analyst') => askFor(app, alias, 'ROLE', name)

async function order(from: string[], to: string | null, more: object = {}): Promise<string> {
  const reassignFrom = await Promise.all(from.map((alias) => app.idOf(alias)))
  const body = { reassignFrom, reassignTo: to === null ? null : await app.idOf(to), comment: 'has left', ...more }
  const answer = await app.call('admin', 'POST', path, body)
  expect([answer.status, answer.json.state]).toEqual([202, 'RUNNING'])
  return answer.json.id
}

/** As a worker does it, portion by portion. */
async function carryOut(id: string): Promise<void> {
  for (let portions = 0; portions < 20; portions++) if ((await carryOutBulkMove(app.app, id)) === 'done') return
  throw new Error('it never ended')
}

const get = async (id: string) => (await app.call('admin', 'GET', `${path}/${id}`)).json
const itemsOf = async (id: string, query = '') => (await app.call('admin', 'GET', `${path}/${id}/items${query}`)).json
const itemOf = async (id: string, { approvalId }: TimedRequest) =>
  (await itemsOf(id)).find((item: { id: string }) => item.id === approvalId)

/** A task at the badge system that waits for petra.holm. */
async function task(alias: string): Promise<string> {
  const { requestId, approvalId } = await askFor(app, alias, 'ACCESS_PROFILE', 'Laboratory Badge', null)
  await decide(app, 'petra.holm', approvalId, 'approve')
  const worker = app.startWorker()
  const found = await app.until(async () => {
    const [row] = await app.sql(
      'select w.id from work_item w join requested_item i on i.id = w.requested_item_id where i.request_id = $1',
      [requestId],
    )
    return row && String(row['id'])
  })
  await worker.stop()
  return found
}

test('a worker moves approvals and work items to the person named, with history, explanation and record, and tells of each', async () => {
  const asked = await ask()
  const work = await task('emp.carol')
  await decide(app, 'mgr.one', asked.approvalId, 'forward', { newOwnerId: await app.idOf('petra.holm'), comment: 'yours' })
  const id = await order(['petra.holm'], 'ben.archer')
  const worker = app.startWorker()
  const done = await app.until(async () => {
    const now = await get(id)
    return now.state === 'FINISHED' && now
  })
  await worker.stop()
  expect(done).toMatchObject({
    reassignTo: { name: 'Ben Archer' },
    orderedBy: { name: 'Ada Quill' },
    comment: 'has left',
    counts: { total: 2, waiting: 0, moved: 2, left: 0, failed: 0 },
  })
  const moved = { reassignedFrom: { name: 'Petra Holm' }, outcome: 'MOVED', reassignedTo: { name: 'Ben Archer' }, reason: null }
  expect(await itemsOf(id)).toMatchObject([
    { type: 'APPROVAL', id: asked.approvalId, accessRequestId: asked.requestId, ...moved },
    { type: 'WORK_ITEM', id: work, ...moved },
  ])
  expect((await pendingOf(app, asked.requestId)).forwardHistory[1]).toMatchObject({
    oldApproverName: 'Petra Holm',
    newApproverName: 'Ben Archer',
    comment: 'has left',
    forwarderName: 'Ada Quill',
    reassignmentType: 'MANUAL_REASSIGNMENT',
  })
  expect(await whyOf(app, 'ben.archer', asked.approvalId)).toContain('Ada Quill moved the work of Petra Holm: has left')
  const item = (await app.call('ben.archer', 'GET', `/v3/work-items/${work}`)).json
  expect(item.forwardHistory).toMatchObject([{ oldApproverName: 'Petra Holm', comment: 'has left', forwarderName: 'Ada Quill' }])
  const record = await app.sql(`select action, canonical from audit_event where canonical like '%' || $1 || '%' order by id`, [id])
  expect(record.map((row) => row['action'])).toEqual([
    'BULK_REASSIGNMENT_STARTED',
    'ACCESS_REQUEST_FORWARDED',
    'WORK_ITEM_FORWARD',
    'BULK_REASSIGNMENT_FINISHED',
  ])
  expect((await app.call('admin', 'GET', `${path}?limit=1&count=true`)).json).toMatchObject([{ id, state: 'FINISHED' }])
})

test('without a name it goes to the manager of each', async () => {
  const [alices, yaras] = [await ask('emp.alice'), await ask('yara.costa')]
  const id = await order(['mgr.one', 'mgr.two'], null)
  await carryOut(id)
  expect(await holdersOf(app, alices.requestId)).toEqual(['Dora Finch'])
  expect(await holdersOf(app, yaras.requestId)).toEqual(['Tomas Berg'])
  expect(await get(id)).toMatchObject({ reassignTo: null, counts: { total: 2, moved: 2 } })
})

test('whoever may not decide one of them is passed over for that one, and the item says so', async () => {
  const [alices, bobs] = [await ask('emp.alice'), await ask('emp.bob')]
  const id = await order(['mgr.one'], 'emp.alice')
  await carryOut(id)
  expect(await holdersOf(app, bobs.requestId)).toEqual(['Alice Moreau'])
  // Her manager is the one who leaves, so it is the manager above.
  expect(await holdersOf(app, alices.requestId)).toEqual(['Dora Finch'])
  expect(await itemOf(id, alices)).toMatchObject({
    outcome: 'MOVED',
    reassignedTo: { name: 'Dora Finch' },
    reason: expect.stringContaining('Alice Moreau would decide on their own access'),
  })
  expect(await itemOf(id, bobs)).toMatchObject({ reason: null })
})

test('whoever stands in for the new holder has it, never the one it was taken from', async () => {
  const asked = await ask()
  await standInFor(app, 'kim.tran', 'yara.costa')
  const id = await order(['mgr.one'], 'kim.tran')
  await carryOut(id)
  expect(await holdersOf(app, asked.requestId)).toEqual(['Yara Costa'])
  expect(await itemOf(id, asked)).toMatchObject({
    reassignedTo: { name: 'Yara Costa' },
    reason: expect.stringContaining('their stand-in has it'),
  })
  const second = await ask()
  await standInFor(app, 'kim.tran', 'mgr.one')
  await carryOut(await order(['mgr.one'], 'kim.tran'))
  expect(await holdersOf(app, second.requestId)).toEqual(['Dora Finch'])
})

test('of a group only the member who leaves is replaced', async () => {
  const asked = await ask('emp.alice', 'Auditor')
  await decide(app, 'mgr.one', asked.approvalId, 'approve')
  await carryOut(await order(['otto.weiss'], 'kim.tran'))
  expect(await holdersOf(app, asked.requestId)).toEqual(['Ines Falk', 'Kim Tran', 'Paula Reyes'])
  expect((await statusOf(app, asked.requestId)).approvalDetails[1].originalOwner.type).toBe('GOVERNANCE_GROUP')
})

test('what was decided or handed on in the meantime is left, and says what became of it', async () => {
  const [decided, handed, cancelled] = [await ask(), await ask(), await ask()]
  const id = await order(['mgr.one'], 'kim.tran')
  await decide(app, 'mgr.one', decided.approvalId, 'reject', { comment: 'no' })
  await decide(app, 'mgr.one', handed.approvalId, 'forward', { newOwnerId: await app.idOf('yara.costa'), comment: 'yours' })
  await app.call('emp.alice', 'POST', '/v3/access-requests/cancel', { accountActivityId: cancelled.requestId, comment: 'no' })
  await carryOut(id)
  expect((await get(id)).counts).toEqual({ total: 3, waiting: 0, moved: 0, left: 3, failed: 0 })
  expect(await itemOf(id, decided)).toMatchObject({ outcome: 'LEFT', reassignedTo: null, reason: 'It is REJECTED.' })
  expect(await itemOf(id, handed)).toMatchObject({ reason: 'Somebody else has it.' })
  expect(await itemOf(id, cancelled)).toMatchObject({ reason: 'It is CANCELLED.' })
})

test('only approvals, or only work items, when that is what is asked for', async () => {
  const asked = await ask()
  await carryOut(await order(['mgr.one'], 'kim.tran', { types: ['MANUAL_TASKS'] }))
  expect(await holdersOf(app, asked.requestId)).toEqual(['Mona Ellis'])
  await carryOut(await order(['mgr.one'], 'kim.tran', { types: ['ACCESS_REQUESTS'] }))
  expect(await holdersOf(app, asked.requestId)).toEqual(['Kim Tran'])
})

test('a worker that stops in the middle, and two that do it at once, move each thing once', async () => {
  const asked = await askMany(110, () => ask())
  const id = await order(['mgr.one'], 'kim.tran')
  expect(await carryOutBulkMove(app.app, id)).toBe('more')
  expect((await get(id)).counts).toMatchObject({ total: 110, moved: 50, waiting: 60 })
  expect(await itemsOf(id, '?outcome=WAITING&limit=250')).toHaveLength(60)
  await Promise.all([carryOut(id), carryOut(id), carryOut(id)])
  expect((await get(id)).counts).toMatchObject({ moved: 110, waiting: 0 })
  const moves = await app.sql('select approval_id from approval_move where approval_id = any($1)', [
    asked.map(({ approvalId }) => approvalId),
  ])
  expect(moves).toHaveLength(110)
  const ends = await app.sql(`select 1 from audit_event where action = 'BULK_REASSIGNMENT_FINISHED' and canonical like '%' || $1 || '%'`, [
    id,
  ])
  expect(ends).toHaveLength(1)
})

test('one that fails for an internal fault holds up none of the others, and is given up after five times', async () => {
  const [bad, good] = [await ask(), await ask()]
  await app.sql(`alter table approval_move add constraint broken check (approval_id <> '${bad.approvalId}')`)
  try {
    const id = await order(['mgr.one'], 'kim.tran')
    await expect(carryOutBulkMove(app.app, id)).rejects.toThrow('1 of 2 could not be moved')
    expect(await itemOf(id, good)).toMatchObject({ outcome: 'MOVED' })
    expect(await itemOf(id, bad)).toMatchObject({ outcome: 'WAITING' })
    for (let tries = 2; tries <= 5; tries++) await expect(carryOutBulkMove(app.app, id)).rejects.toThrow()
    expect(await itemOf(id, bad)).toMatchObject({ outcome: 'FAILED', reason: expect.stringContaining('internal fault') })
    expect(await get(id)).toMatchObject({ state: 'FINISHED', counts: { failed: 1, moved: 1 } })
    expect(await holdersOf(app, bad.requestId)).toEqual(['Mona Ellis'])
  } finally {
    await app.sql('alter table approval_move drop constraint broken')
  }
})

test('an order whose job was lost is found again by the sweep', async () => {
  const asked = await ask()
  const id = await order(['mgr.one'], 'kim.tran')
  await app.sql(`delete from job where name = 'move-in-bulk'`)
  const worker = app.startWorker()
  await app.until(async () => (await get(id)).state === 'FINISHED')
  await worker.stop()
  expect(await holdersOf(app, asked.requestId)).toEqual(['Kim Tran'])
})

test.each<[string, (app: TestApp) => Promise<object>, string]>([
  ['nobody to take it from', async () => ({ reassignFrom: [], comment: 'x' }), 'reassignFrom: '],
  ['somebody unknown', async () => ({ reassignFrom: ['nobody'], comment: 'x' }), 'reassignFrom[0]: there is no identity nobody.'],
  ['to somebody unknown', async (a) => ({ reassignFrom: [await a.idOf('mgr.one')], reassignTo: 'nobody', comment: 'x' }), 'reassignTo: '],
  [
    'to somebody inactive',
    async (a) => ({ reassignFrom: [await a.idOf('mgr.one')], reassignTo: await a.idOf('nadia.roth'), comment: 'x' }),
    'reassignTo: Nadia Roth is not active.',
  ],
  [
    'to one of those who leave',
    async (a) => ({ reassignFrom: [await a.idOf('mgr.one')], reassignTo: await a.idOf('mgr.one'), comment: 'x' }),
    'reassignTo: is one of those',
  ],
  ['without a comment', async (a) => ({ reassignFrom: [await a.idOf('mgr.one')] }), 'comment: is required.'],
])('refused: %s', async (_name, body, text) => {
  const answer = await app.call('admin', 'POST', path, await body(app))
  expect(answer.status).toBe(400)
  expect(answer.json.messages[0].text).toContain(text)
})

test('an unknown order is not found', async () => {
  expect((await app.call('admin', 'GET', `${path}/unknown`)).status).toBe(404)
  expect((await app.call('admin', 'GET', `${path}/unknown/items`)).status).toBe(404)
})
