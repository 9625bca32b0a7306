import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { movesOf, standInFor, whyOf } from '../support/stand-in.ts'
import { askFor, askMany, decide, holdersOf, mendPeople, moveClock, pendingOf, statusOf } from '../support/timed-request.ts'

/** Standing reassignment over HTTP: who is asked while somebody is away, what moves when a period begins, and what never happens. */

const start = '2030-01-01T09:00:00Z'
let app: TestApp
beforeAll(async () => {
  app = await startApp({ movableClock: true })
})
afterAll(() => app.close())
beforeEach(async () => {
  await app.sql('delete from setting')
  await app.sql('delete from reassignment')
  await app.sql(`update identity set status = 'ACTIVE' where alias <> 'nadia.roth'`)
  await app.sql(`update approval set state = 'CANCELLED' where state = 'PENDING'`)
  await app.sql(`update approval_candidate set open = false`)
  await moveClock(app, { set: start, hold: true })
})

const says = (away: string, standIn: string, more: Parameters<typeof standInFor>[3] = {}) => standInFor(app, away, standIn, more)
const ask = (alias = 'emp.alice', name = 'Finance Analyst') => askFor(app, alias, 'ROLE', name)
const sweep = () => moveClock(app, { hold: true })
const away = 'Mona Ellis'

describe('while somebody is away', () => {
  test('their stand-in is asked: the history names the kind of hand-over, the explanation for whom and until when', async () => {
    await says('mgr.one', 'yara.costa', { until: '2030-01-15T17:00:00Z' })
    const { requestId, approvalId } = await ask()
    expect(await holdersOf(app, requestId)).toEqual(['Yara Costa'])
    const row = await pendingOf(app, requestId)
    expect(row.owner.name).toBe('Yara Costa')
    expect(row.forwardHistory).toMatchObject([
      { oldApproverName: away, newApproverName: 'Yara Costa', reassignmentType: 'AUTOMATIC_REASSIGNMENT', forwarderName: null },
    ])
    const why = await whyOf(app, 'yara.costa', approvalId)
    expect(why).toContain('Mona Ellis is the manager of the person the access is for.')
    expect(why).toContain('Yara Costa stands in for Mona Ellis until 2030-01-15 17:00 UTC.')
    const [details] = (await statusOf(app, requestId)).approvalDetails
    expect(details).toMatchObject({ forwarded: true, originalOwner: { name: away }, currentOwner: { name: 'Yara Costa' } })
    expect((await decide(app, 'mgr.one', approvalId, 'approve')).status).toBe(400)
    expect((await decide(app, 'yara.costa', approvalId, 'approve')).status).toBe(202)
  })

  test('the preview says who would be asked in their place', async () => {
    await says('mgr.one', 'yara.costa')
    const body = {
      requestedFor: [await app.idOf('emp.alice')],
      requestedItems: [{ type: 'ROLE', id: await app.itemId('ROLE', 'Auditor') }],
    }
    const { json } = await app.call('emp.alice', 'POST', '/countersign/v1/access-requests/preview', body)
    const [first] = json.items[0].steps
    expect(first.people.map(({ name }: { name: string }) => name)).toEqual(['Yara Costa'])
    expect(JSON.stringify(first.explanation)).toContain('stands in for Mona Ellis until further notice')
  })

  test('the chain of stand-ins is followed, and two who stand in for each other do not hold it up', async () => {
    await says('mgr.one', 'yara.costa')
    await says('yara.costa', 'kim.tran')
    await says('kim.tran', 'mgr.one')
    const { requestId, approvalId } = await ask()
    expect(await holdersOf(app, requestId)).toEqual(['Kim Tran'])
    expect(await movesOf(app, approvalId)).toEqual([
      'Mona Ellis > Yara Costa (AUTOMATIC_REASSIGNMENT)',
      'Yara Costa > Kim Tran (AUTOMATIC_REASSIGNMENT)',
    ])
  })

  test('a stand-in who asks for the access themselves is passed over, and so is the manager who is away', async () => {
    await says('mgr.one', 'emp.alice')
    const { requestId, approvalId } = await ask('emp.alice')
    expect(await holdersOf(app, requestId)).toEqual(['Dora Finch'])
    expect(await movesOf(app, approvalId)).toEqual(['Mona Ellis > Dora Finch (SELF_REVIEW_DELEGATION)'])
    const other = await ask('emp.bob')
    expect(await holdersOf(app, other.requestId)).toEqual(['Alice Moreau'])
  })

  test('a stand-in who is not active any more is passed over', async () => {
    await says('mgr.one', 'yara.costa')
    await app.sql(`update identity set status = 'INACTIVE' where alias = 'yara.costa'`)
    const { requestId } = await ask()
    expect(await holdersOf(app, requestId)).toEqual(['Marco Tull'])
  })

  test('a member of a group who is away is replaced by whoever stands in for them', async () => {
    await says('otto.weiss', 'yara.costa')
    const { requestId, approvalId } = await ask('emp.alice', 'Auditor')
    expect((await decide(app, 'mgr.one', approvalId, 'approve')).status).toBe(202)
    expect(await holdersOf(app, requestId)).toEqual(['Ines Falk', 'Paula Reyes', 'Yara Costa'])
    const second = await pendingOf(app, requestId)
    expect(second.forwardHistory).toMatchObject([{ oldApproverName: 'Otto Weiss', newApproverName: 'Yara Costa' }])
    expect((await decide(app, 'otto.weiss', second.id, 'approve')).status).toBe(403)
    expect((await decide(app, 'yara.costa', second.id, 'approve')).status).toBe(202)
  })

  test('somebody who joins a group while they are away lets their stand-in answer', async () => {
    await says('kim.tran', 'yara.costa')
    const { requestId, approvalId } = await ask('emp.alice', 'Auditor')
    expect((await decide(app, 'mgr.one', approvalId, 'approve')).status).toBe(202)
    const [group] = await app.sql(`select id from governance_group where name = 'Audit Committee'`)
    const members = `/v2025/workgroups/${group?.['id']}/members`
    const kim = [{ type: 'IDENTITY', id: await app.idOf('kim.tran') }]
    await app.call('admin', 'POST', `${members}/bulk-add`, kim)
    expect(await holdersOf(app, requestId)).toEqual(['Ines Falk', 'Otto Weiss', 'Paula Reyes', 'Yara Costa'])
    expect(await movesOf(app, (await pendingOf(app, requestId)).id)).toEqual(['Kim Tran > Yara Costa (AUTOMATIC_REASSIGNMENT)'])
    await app.call('admin', 'POST', `${members}/bulk-delete`, kim)
    expect(await holdersOf(app, requestId)).toEqual(['Ines Falk', 'Otto Weiss', 'Paula Reyes'])
  })

  test('escalation goes to the stand-in of the manager above', async () => {
    const escalates = { escalationConfig: { enabled: true, daysUntilFirstEscalation: 1 } }
    await app.call('admin', 'PUT', '/v2026/generic-approvals/config/ACCESS_REQUEST_APPROVAL/APPROVAL_TYPE', escalates)
    await says('dora.finch', 'yara.costa')
    const { requestId, approvalId } = await ask()
    await moveClock(app, { advance: 'P1D' })
    expect(await holdersOf(app, requestId)).toEqual(['Yara Costa'])
    expect(await movesOf(app, approvalId)).toEqual([
      'Mona Ellis > Dora Finch (AUTO_ESCALATION)',
      'Dora Finch > Yara Costa (AUTOMATIC_REASSIGNMENT)',
    ])
  })

  test('a manager above whose stand-in had it before is not a way back: it goes further up', async () => {
    const escalates = { escalationConfig: { enabled: true, daysUntilFirstEscalation: 1 } }
    await app.call('admin', 'PUT', '/v2026/generic-approvals/config/ACCESS_REQUEST_APPROVAL/APPROVAL_TYPE', escalates)
    await says('dora.finch', 'mgr.one')
    const { requestId } = await ask()
    await moveClock(app, { advance: 'P1D' })
    expect(await holdersOf(app, requestId)).toEqual(['Ruth Vane'])
  })

  test('what goes to the manager of somebody who left goes on to that manager’s stand-in', async () => {
    const { requestId } = await ask()
    await says('dora.finch', 'yara.costa')
    await app.sql(`update identity set status = 'INACTIVE' where alias = 'mgr.one'`)
    await mendPeople(app)
    expect(await holdersOf(app, requestId)).toEqual(['Yara Costa'])
  })
})

describe('when a period begins', () => {
  test('what waits for the person moves at once, with its history, and the stand-in is told', async () => {
    const { requestId, approvalId } = await ask()
    await says('mgr.one', 'yara.costa')
    await sweep()
    expect(await holdersOf(app, requestId)).toEqual(['Yara Costa'])
    expect(await movesOf(app, approvalId)).toEqual(['Mona Ellis > Yara Costa (AUTOMATIC_REASSIGNMENT)'])
    expect(await whyOf(app, 'yara.costa', approvalId)).toContain('Yara Costa stands in for Mona Ellis until further notice.')
    const told = await app.sql(
      `select i.alias from notification n join identity i on i.id = n.identity_id where n.approval_id = $1 and n.kind = 'FORWARDED'`,
      [approvalId],
    )
    expect(told.map((row) => row['alias'])).toEqual(['yara.costa'])
    const audited = await app.sql(`select 1 from audit_event where tracking_number = $1 and action = 'APPROVAL_REQUEST_ASSIGNED'`, [
      requestId,
    ])
    expect(audited).toHaveLength(1)
  })

  test('at its start by the clock, not before; what comes after its end goes to the person again, what was moved stays', async () => {
    await says('mgr.one', 'yara.costa', { from: '2030-01-03T00:00:00Z', until: '2030-01-10T00:00:00Z' })
    const before = await ask()
    expect(await holdersOf(app, before.requestId)).toEqual([away])
    await moveClock(app, { set: '2030-01-02T23:59:59Z' })
    expect(await holdersOf(app, before.requestId)).toEqual([away])
    await moveClock(app, { set: '2030-01-03T00:00:00Z' })
    expect(await holdersOf(app, before.requestId)).toEqual(['Yara Costa'])
    await moveClock(app, { set: '2030-01-10T00:00:00Z' })
    const after = await ask()
    expect(await holdersOf(app, after.requestId)).toEqual([away])
    expect(await holdersOf(app, before.requestId)).toEqual(['Yara Costa'])
  })

  test('a period that began and ended between two looks moves what waited in the middle of it', async () => {
    await says('mgr.one', 'yara.costa', { from: '2030-01-03T00:00:00Z', until: '2030-01-10T00:00:00Z' })
    const { requestId, approvalId } = await ask()
    await moveClock(app, { set: '2030-02-01T00:00:00Z' })
    expect(await holdersOf(app, requestId)).toEqual(['Yara Costa'])
    const [move] = await app.sql('select created_at from approval_move where approval_id = $1', [approvalId])
    expect(move?.['created_at']).toEqual(new Date('2030-01-03T00:00:00Z'))
  })

  test('more than one portion is moved, each thing once', async () => {
    const asked = await askMany(130, () => ask())
    await says('mgr.one', 'yara.costa')
    await sweep()
    const left = await app.sql(
      `select 1 from approval_candidate c join identity i on i.id = c.identity_id where i.alias = 'mgr.one' and c.open`,
    )
    expect(left).toEqual([])
    const moves = await app.sql('select approval_id from approval_move where approval_id = any($1)', [asked.map((one) => one.approvalId)])
    expect(moves).toHaveLength(130)
  })

  test('what was moved stays moved when the configuration is deleted, and new questions go to the person again', async () => {
    const { requestId } = await ask()
    await says('mgr.one', 'yara.costa')
    await sweep()
    const path = `/v2025/reassignment-configurations/${await app.idOf('mgr.one')}/ACCESS_REQUESTS`
    expect((await app.call('mgr.one', 'DELETE', path)).status).toBe(204)
    await sweep()
    expect(await holdersOf(app, requestId)).toEqual(['Yara Costa'])
    expect(await holdersOf(app, (await ask()).requestId)).toEqual([away])
    expect((await app.call('mgr.one', 'DELETE', path)).status).toBe(404)
  })

  test('another stand-in than before gets what still waits for the person, not what the first one has', async () => {
    await says('mgr.one', 'yara.costa')
    const first = await ask()
    await says('mgr.one', 'kim.tran')
    await sweep()
    expect(await holdersOf(app, first.requestId)).toEqual(['Yara Costa'])
    expect(await holdersOf(app, (await ask()).requestId)).toEqual(['Kim Tran'])
  })

  test('one of several owners is replaced, the others keep it; a group keeps its question', async () => {
    const owners = await ask('emp.alice', 'Software Engineer')
    const group = await ask('emp.bob', 'Auditor')
    for (const { approvalId } of [owners, group]) expect((await decide(app, 'mgr.one', approvalId, 'approve')).status).toBe(202)
    await says('lena.marsh', 'yara.costa')
    await says('otto.weiss', 'yara.costa')
    await sweep()
    expect(await holdersOf(app, owners.requestId)).toEqual(['Marco Tull', 'Yara Costa'])
    expect(await holdersOf(app, group.requestId)).toEqual(['Ines Falk', 'Paula Reyes', 'Yara Costa'])
    expect((await statusOf(app, group.requestId)).approvalDetails[1].originalOwner.type).toBe('GOVERNANCE_GROUP')
  })

  test('a new manager takes over from the stand-in of the old one', async () => {
    const { requestId } = await ask()
    await says('mgr.one', 'yara.costa')
    await sweep()
    await app.sql(`update identity set manager_id = (select id from identity where alias = 'mgr.two') where alias = 'emp.alice'`)
    await mendPeople(app)
    expect(await holdersOf(app, requestId)).toEqual(['Marco Tull'])
    await app.sql(`update identity set manager_id = (select id from identity where alias = 'mgr.one') where alias = 'emp.alice'`)
  })
})

describe('forwarding by hand', () => {
  const forward = async (by: string, approvalId: string, to: string) =>
    (await decide(app, by, approvalId, 'forward', { newOwnerId: await app.idOf(to), comment: 'please' })).status

  test('to somebody who is away goes on to their stand-in, with both moves in the history', async () => {
    await says('mgr.two', 'yara.costa')
    const { requestId, approvalId } = await ask()
    expect(await forward('mgr.one', approvalId, 'mgr.two')).toBe(202)
    expect(await holdersOf(app, requestId)).toEqual(['Yara Costa'])
    expect(await movesOf(app, approvalId)).toEqual([
      'Mona Ellis > Marco Tull (MANUAL_REASSIGNMENT)',
      'Marco Tull > Yara Costa (AUTOMATIC_REASSIGNMENT)',
    ])
  })

  test('to somebody whose stand-in made the request goes to a manager above, never to the requester', async () => {
    await says('mgr.two', 'emp.alice')
    const { requestId, approvalId } = await ask('emp.alice')
    expect(await forward('mgr.one', approvalId, 'mgr.two')).toBe(202)
    expect(await holdersOf(app, requestId)).toEqual(['Dora Finch'])
  })

  test('what the stand-in hands back stays with the person who is away', async () => {
    await says('mgr.one', 'yara.costa')
    const { requestId, approvalId } = await ask()
    expect(await forward('yara.costa', approvalId, 'mgr.one')).toBe(202)
    await sweep()
    expect(await holdersOf(app, requestId)).toEqual([away])
    expect((await decide(app, 'mgr.one', approvalId, 'approve')).status).toBe(202)
  })
})

test('switched off for the tenant it applies to nobody, and what waits for it begins when it is on again', async () => {
  const path = '/v2025/reassignment-configurations/tenant-config'
  expect((await app.call('admin', 'GET', path)).json).toEqual({ configDetails: { disabled: false } })
  const off = await app.call('admin', 'PUT', path, { configDetails: { disabled: true } })
  expect(off.json).toMatchObject({ configDetails: { disabled: true }, auditDetails: { createdBy: { name: 'Ada Quill' } } })
  await says('mgr.one', 'yara.costa')
  await sweep()
  const { requestId } = await ask()
  expect(await holdersOf(app, requestId)).toEqual([away])
  await app.call('admin', 'PUT', path, { configDetails: {} })
  expect((await app.call('admin', 'GET', path)).json.configDetails.disabled).toBe(false)
  await sweep()
  expect(await holdersOf(app, requestId)).toEqual(['Yara Costa'])
})

describe('manual tasks', () => {
  /** Access to the laboratory is given by hand at the badge system; petra.holm owns it and agrees to it. */
  async function task(alias: string, approver = 'petra.holm'): Promise<string> {
    const { requestId, approvalId } = await askFor(app, alias, 'ACCESS_PROFILE', 'Laboratory Badge', null)
    expect((await decide(app, approver, approvalId, 'approve')).status).toBe(202)
    const worker = app.startWorker()
    try {
      return await app.until(async () => {
        const [row] = await app.sql(
          'select w.id from work_item w join requested_item i on i.id = w.requested_item_id where i.request_id = $1',
          [requestId],
        )
        return row && String(row['id'])
      })
    } finally {
      await worker.stop()
    }
  }
  const work = async (id: string) => (await app.call('admin', 'GET', `/v3/work-items/${id}`)).json

  test('a task for somebody who is away is their stand-in’s from the start, and says for whom', async () => {
    await says('petra.holm', 'ben.archer', { type: 'MANUAL_TASKS' })
    const item = await work(await task('emp.carol'))
    expect(item.ownerName).toBe('Ben Archer')
    expect(item.forwardHistory).toMatchObject([
      {
        oldApproverName: 'Petra Holm',
        newApproverName: 'Ben Archer',
        comment: 'Ben Archer stands in for Petra Holm until further notice.',
        reassignmentType: 'AUTOMATIC_REASSIGNMENT',
      },
    ])
    expect((await app.call('ben.archer', 'POST', `/v3/work-items/${item.id}`)).status).toBe(200)
  })

  test('a task that waits moves when the period begins; what is said for approvals does not move it', async () => {
    const id = await task('hugo.lind')
    await says('petra.holm', 'yara.costa')
    await sweep()
    expect((await work(id)).ownerName).toBe('Petra Holm')
    await says('petra.holm', 'ben.archer', { type: 'MANUAL_TASKS' })
    await sweep()
    expect((await work(id)).ownerName).toBe('Ben Archer')
  })

  test('nobody does by hand what they are to get: it goes to a manager above', async () => {
    await says('petra.holm', 'kim.tran', { type: 'MANUAL_TASKS' })
    expect((await work(await task('kim.tran'))).ownerName).toBe('Marco Tull')
  })

  test('a task that is forwarded to somebody who is away goes on to their stand-in, and stays when that one hands it back', async () => {
    const id = await task('grace.obi')
    await says('mgr.two', 'ben.archer', { type: 'MANUAL_TASKS' })
    const forward = async (by: string) =>
      app.call(by, 'POST', `/v3/work-items/${id}/forward`, { targetOwnerId: await app.idOf('mgr.two'), comment: 'please' })
    expect((await forward('petra.holm')).status).toBe(200)
    expect((await work(id)).ownerName).toBe('Ben Archer')
    expect((await forward('ben.archer')).status).toBe(200)
    await sweep()
    expect((await work(id)).ownerName).toBe('Marco Tull')
  })
})
