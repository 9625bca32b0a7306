import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { movesOf, standInFor, whyOf } from '../support/stand-in.ts'
import { askFor, decide, holdersOf, pendingOf, statusOf, type TimedRequest } from '../support/timed-request.ts'

/** Many decisions at once, and decisions in the place of others: what each says of itself, and what is on record. */

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())
beforeEach(async () => {
  await app.sql('delete from setting')
  await app.sql('delete from reassignment')
})

const ask = (alias = 'emp.alice', name = 'Finance Analyst') => askFor(app, alias, 'ROLE', name)
const single = (alias = 'emp.alice') => askFor(app, alias, 'ACCESS_PROFILE', 'Design Workspace')
const bulk = (alias: string, verb: string, body: object) => app.call(alias, 'POST', `/v2025/generic-approvals/bulk-${verb}`, body)
const idsOf = (...asked: TimedRequest[]) => asked.map(({ approvalId }) => approvalId)
const outcomes = (answer: { json: { results: { outcome: string }[] } }) => answer.json.results.map(({ outcome }) => outcome)
const stateOf = async ({ requestId }: TimedRequest) => (await statusOf(app, requestId)).state

describe('in bulk', () => {
  test('an approver agrees to what they hold; what is not theirs, closed or unknown is told and undoes nothing', async () => {
    const [mine, closed, others] = [await single(), await single(), await single('yara.costa')]
    await decide(app, 'mgr.one', closed.approvalId, 'reject', { comment: 'no' })
    const approvalIds = [...idsOf(mine, closed, others), 'unknown', mine.approvalId]
    const answer = await app.call('mgr.one', 'POST', '/v2025/access-request-approvals/bulk-approve', { approvalIds, comment: 'all' })
    expect(answer.status).toBe(202)
    expect(answer.json.results).toEqual([
      { id: mine.approvalId, outcome: 'DONE', reason: null },
      { id: closed.approvalId, outcome: 'CONFLICT', reason: 'This approval is closed: it is REJECTED.' },
      { id: others.approvalId, outcome: 'FORBIDDEN', reason: 'Only an approver of this approval or an org admin may do this.' },
      { id: 'unknown', outcome: 'NOT_FOUND', reason: 'There is no approval unknown.' },
    ])
    expect((await statusOf(app, mine.requestId)).approvalDetails[0]).toMatchObject({ status: 'APPROVED', comment: 'all' })
    expect(await stateOf(others)).toBe('EXECUTING')
  })

  test.each([
    ['approve', 'APPROVED'],
    ['reject', 'REJECTED'],
  ])('the newer calls do so as well: bulk-%s', async (verb, state) => {
    const asked = [await single(), await single()]
    const answer = await bulk('mgr.one', verb, { approvalIds: idsOf(...asked), comment: 'all' })
    expect([answer.status, outcomes(answer)]).toEqual([202, ['DONE', 'DONE']])
    for (const one of asked) expect((await statusOf(app, one.requestId)).approvalDetails[0].status).toBe(state)
  })

  test('an org admin does it for everybody, and each says so', async () => {
    const asked = [await single('emp.alice'), await single('yara.costa')]
    expect(outcomes(await bulk('admin', 'approve', { approvalIds: idsOf(...asked), comment: 'all' }))).toEqual(['DONE', 'DONE'])
    expect(await movesOf(app, asked[1]?.approvalId ?? '')).toEqual(['Marco Tull > Ada Quill (MANUAL_REASSIGNMENT)'])
  })

  test('nobody decides on their own access, in bulk neither, though they are an org admin', async () => {
    const own = await single('admin')
    expect(outcomes(await bulk('admin', 'approve', { approvalIds: idsOf(own) }))).toEqual(['FORBIDDEN'])
    expect(await stateOf(own)).toBe('EXECUTING')
  })

  test('a comment of white space is none: where one is demanded it is refused, one by one, in bulk and with a hand-over', async () => {
    const asked = await single()
    await app.sql(
      `update requested_item set policy = policy || '{"approvalCommentRequired": true, "denialCommentRequired": true}' where request_id = $1`,
      [asked.requestId],
    )
    for (const verb of ['approve', 'reject']) {
      const answer = await decide(app, 'mgr.one', asked.approvalId, verb as 'approve' | 'reject', { comment: ' \t ' })
      expect([answer.status, answer.json.messages[0].text]).toEqual([400, expect.stringMatching(/^comment: .* needs a comment/)])
      expect(outcomes(await bulk('mgr.one', verb, { approvalIds: idsOf(asked), comment: '  ' }))).toEqual(['INVALID'])
    }
    const older = await app.call('mgr.one', 'POST', '/v2025/access-request-approvals/bulk-approve', {
      approvalIds: idsOf(asked),
      comment: ' ',
    })
    const handOver = { newOwnerId: await app.idOf('mgr.two'), comment: '  ' }
    const forward = await app.call('mgr.one', 'POST', `/v3/access-request-approvals/${asked.approvalId}/forward`, handOver)
    for (const answer of [older, forward])
      expect([answer.status, answer.json.messages[0].text]).toEqual([400, 'comment: must not be blank.'])
  })

  test('attributes, more than fifty ids and no ids are refused', async () => {
    const texts = async (body: object) => (await bulk('admin', 'approve', body)).json.messages[0].text
    expect(await texts({ approvalIds: ['x'], additionalAttributes: { ticket: '1' } })).toContain('additionalAttributes: ')
    expect(await texts({ approvalIds: [] })).toContain('approvalIds: ')
    expect(await texts({ approvalIds: Array.from({ length: 51 }, (_, n) => `x${n}`) })).toContain('approvalIds: ')
  })

  test('bulk-cancel cancels what each asks about; other items of the request go on', async () => {
    const items = ['Design Workspace', 'GitHub Developers']
    const requestedItems = await Promise.all(
      items.map(async (name) => ({ type: 'ACCESS_PROFILE', id: await app.itemId('ACCESS_PROFILE', name) })),
    )
    const made = await app.call('emp.carol', 'POST', '/v2025/access-requests', {
      requestedFor: [await app.idOf('emp.carol')],
      requestedItems,
    })
    const requestId = made.json.newRequests[0].accessRequestIds[0]
    const list = `/v3/access-request-approvals/pending?filters=accessRequestId eq "${requestId}"`
    const [first] = (await app.call('mgr.one', 'GET', list)).json
    const answer = await bulk('admin', 'cancel', { approvalIds: [first.id, 'unknown'], comment: 'a mistake' })
    expect(outcomes(answer)).toEqual(['DONE', 'NOT_FOUND'])
    const rows = (await app.call('admin', 'GET', `/v3/access-request-status?filters=accessRequestId eq "${requestId}"`)).json
    expect(rows.map(({ state }: { state: string }) => state).sort()).toEqual(['CANCELLED', 'EXECUTING'])
    const cancelled = rows.find(({ state }: { state: string }) => state === 'CANCELLED')
    expect(cancelled.cancelledRequestDetails).toMatchObject({ comment: 'a mistake', owner: { name: 'Ada Quill' } })
    expect(outcomes(await bulk('admin', 'cancel', { approvalIds: [first.id] }))).toEqual(['CONFLICT'])
    expect((await app.call('mgr.one', 'GET', list)).json).toHaveLength(1)
  })

  test('requests cancelled in bulk say what became of each', async () => {
    const [open, closed] = [await single(), await single()]
    await decide(app, 'mgr.one', closed.approvalId, 'reject', { comment: 'no' })
    const body = { accessRequestIds: [open.requestId, closed.requestId, 'unknown'], comment: 'no' }
    const answer = await app.call('admin', 'POST', '/v2024/access-requests/bulk-cancel', body)
    expect(outcomes(answer)).toEqual(['DONE', 'CONFLICT', 'NOT_FOUND'])
    expect(await stateOf(open)).toBe('CANCELLED')
  })
})

describe('reassigned in bulk', () => {
  const to = async (alias: string, more: object = {}) => ({ reassignTo: await app.idOf(alias), comment: 'please', ...more })

  test('the part of one person goes to another, with the history; whoever may not have it is told for that one', async () => {
    const [alices, yaras] = [await ask('emp.alice'), await ask('yara.costa')]
    const body = { approvalIds: idsOf(alices, yaras), ...(await to('emp.alice', { reassignFrom: await app.idOf('mgr.one') })) }
    const answer = await bulk('admin', 'reassign', body)
    expect(answer.json.results).toEqual([
      { id: alices.approvalId, outcome: 'INVALID', reason: 'reassignTo: nobody decides on their own access.' },
      { id: yaras.approvalId, outcome: 'INVALID', reason: 'reassignFrom: does not hold this approval.' },
    ])
    const moved = await bulk('mgr.one', 'reassign', { approvalIds: idsOf(alices), ...(await to('kim.tran')) })
    expect(outcomes(moved)).toEqual(['DONE'])
    expect(await holdersOf(app, alices.requestId)).toEqual(['Kim Tran'])
    expect((await pendingOf(app, alices.requestId)).forwardHistory).toMatchObject([
      {
        oldApproverName: 'Mona Ellis',
        newApproverName: 'Kim Tran',
        comment: 'please',
        forwarderName: 'Mona Ellis',
        reassignmentType: 'MANUAL_REASSIGNMENT',
      },
    ])
  })

  test('of a group only that member is replaced, and the group keeps the question', async () => {
    const asked = await ask('emp.alice', 'Auditor')
    await decide(app, 'mgr.one', asked.approvalId, 'approve')
    const second = await pendingOf(app, asked.requestId)
    const answer = await bulk('admin', 'reassign', { approvalIds: [second.id], ...(await to('kim.tran')) })
    expect(answer.json.results[0].reason).toBe('reassignFrom: several people hold this approval: name one.')
    await bulk('otto.weiss', 'reassign', { approvalIds: [second.id], ...(await to('kim.tran')) })
    expect(await holdersOf(app, asked.requestId)).toEqual(['Ines Falk', 'Kim Tran', 'Paula Reyes'])
    expect((await statusOf(app, asked.requestId)).approvalDetails[1].originalOwner.type).toBe('GOVERNANCE_GROUP')
  })

  test('one at a time it goes on to a stand-in, and only org admins move what others hold', async () => {
    await standInFor(app, 'kim.tran', 'yara.costa')
    const asked = await ask()
    const path = `/v2026/generic-approvals/${asked.approvalId}/reassign`
    const ofMona = await to('kim.tran', { reassignFrom: await app.idOf('mgr.one') })
    expect((await app.call('yara.costa', 'POST', path, ofMona)).status).toBe(403)
    expect((await app.call('mgr.one', 'POST', path, ofMona)).status).toBe(204)
    expect(await holdersOf(app, asked.requestId)).toEqual(['Yara Costa'])
    expect((await app.call('mgr.one', 'POST', path, ofMona)).status).toBe(400)
    expect((await app.call('admin', 'POST', path, { reassignTo: 'nobody' })).json.messages[0].text).toContain(
      'reassignTo: there is no identity',
    )
  })
})

describe('an org admin who decides in the place of the approver', () => {
  test('is told as such in the row, the history, the explanation and the record', async () => {
    const asked = await single()
    expect((await decide(app, 'admin', asked.approvalId, 'approve', { comment: 'for Mona' })).status).toBe(202)
    const completed = `/v2025/access-request-approvals/completed?owner-id=me&filters=id eq "${asked.approvalId}"`
    const [row] = (await app.call('admin', 'GET', completed)).json
    expect(row).toMatchObject({ state: 'APPROVED', reviewedBy: { name: 'Ada Quill' }, reviewerComment: { comment: 'for Mona' } })
    const moved = {
      oldApproverName: 'Mona Ellis',
      newApproverName: 'Ada Quill',
      forwarderName: 'Ada Quill',
      reassignmentType: 'MANUAL_REASSIGNMENT',
      comment: 'Ada Quill decides as an org admin, in place of Mona Ellis.',
    }
    expect(row.forwardHistory).toMatchObject([moved])
    const [details] = (await statusOf(app, asked.requestId)).approvalDetails
    expect(details).toMatchObject({ forwarded: true, reviewedBy: { name: 'Ada Quill' }, forwardHistory: [moved] })
    expect(await whyOf(app, 'admin', asked.approvalId)).toContain('decides as an org admin')
    const [event] = await app.sql(
      `select canonical from audit_event where tracking_number = $1 and action = 'APPROVAL_REQUEST_APPROVED' order by id desc limit 1`,
      [asked.requestId],
    )
    expect(JSON.parse(String(event?.['canonical'])).details).toMatchObject({ forOthers: true, comment: 'for Mona' })
  })

  test('takes it from the group that is asked', async () => {
    const asked = await ask('emp.alice', 'Auditor')
    await decide(app, 'mgr.one', asked.approvalId, 'approve')
    const second = await pendingOf(app, asked.requestId)
    expect((await decide(app, 'admin', second.id, 'reject', { comment: 'no' })).status).toBe(202)
    expect(await movesOf(app, second.id)).toEqual(['Audit Committee > Ada Quill (MANUAL_REASSIGNMENT)'])
  })

  test('who holds it themselves, or was given it, does not decide in the place of anybody', async () => {
    const asked = await single()
    await decide(app, 'mgr.one', asked.approvalId, 'forward', { newOwnerId: await app.idOf('admin'), comment: 'yours' })
    await decide(app, 'admin', asked.approvalId, 'approve')
    expect(await movesOf(app, asked.approvalId)).toEqual(['Mona Ellis > Ada Quill (MANUAL_REASSIGNMENT)'])
  })
})

describe('comments, where they are required', () => {
  const demandComments = async (requiresComment: string) =>
    app.call('admin', 'PUT', '/v2026/generic-approvals/config/ACCESS_REQUEST_APPROVAL/APPROVAL_TYPE', { requiresComment })
  const ways: [string, 'approve' | 'reject', (alias: string, id: string, comment: string | undefined) => Promise<string>][] = [
    ...(['approve', 'reject'] as const).map((verb): (typeof ways)[number] => [
      'one by one',
      verb,
      async (alias, id, comment) => String((await decide(app, alias, id, verb, { comment })).status),
    ]),
    ...(['approve', 'reject'] as const).map((verb): (typeof ways)[number] => [
      'in bulk',
      verb,
      async (alias, id, comment) => (await bulk(alias, verb, { approvalIds: [id], comment })).json.results[0].outcome,
    ]),
  ]

  test.each(['mgr.one', 'admin'].flatMap((alias) => ways.map(([way, verb, call]) => [alias, verb, way, call] as const)))(
    '%s cannot %s without one, %s',
    async (alias, verb, _way, call) => {
      await demandComments(verb === 'approve' ? 'APPROVAL' : 'REJECTION')
      const { approvalId } = await single()
      const refused = ['400', 'INVALID']
      expect(refused).toContain(await call(alias, approvalId, undefined))
      expect(refused).toContain(await call(alias, approvalId, ''))
      expect(['202', 'DONE']).toContain(await call(alias, approvalId, 'because'))
    },
  )

  test('are not asked for the other answer', async () => {
    await demandComments('REJECTION')
    expect((await decide(app, 'mgr.one', (await single()).approvalId, 'approve')).status).toBe(202)
    await demandComments('APPROVAL')
    expect((await decide(app, 'mgr.one', (await single()).approvalId, 'reject')).status).toBe(202)
  })
})
