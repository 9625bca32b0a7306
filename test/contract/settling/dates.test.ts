import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'
import { asking } from '../../support/asking.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

/** Dates of access that is held are set, put off, brought forward and taken away by asking, and each change is agreed to and shown as one. */

let app: TestApp
let http: ReturnType<typeof asking>
const target = new FakeConnector()
const VPN: ['ACCESS_PROFILE', string] = ['ACCESS_PROFILE', 'VPN Access']

beforeAll(async () => {
  app = await startApp({ movableClock: true })
  await app.sql(`update business_clock set held_at = '2031-01-01T00:00:00Z'`)
  http = asking(app)
  app.startWorker({ scim: target })
  await http.reaches(await agreed(await http.ask('emp.alice', VPN)), 'REQUEST_COMPLETED')
})
afterAll(() => app.close())

type Row = ReturnType<typeof JSON.parse>

async function card(requestId: string): Promise<Row> {
  const { json } = await app.call(
    'tomas.berg',
    'GET',
    `/v2026/access-request-approvals/pending?owner-id=me&filters=accessRequestId eq "${requestId}"`,
  )
  return json[0]
}

async function agreed(requestId: string, verb = 'approve'): Promise<string> {
  const { id } = await card(requestId)
  await app.call('tomas.berg', 'POST', `/v2026/access-request-approvals/${id}/${verb}`, { comment: 'seen' })
  return requestId
}

const endInForce = async () =>
  (
    await app.sql(`select a.end_at as at from assignment a join identity i on i.id = a.identity_id where i.alias = 'emp.alice' and a.state = 'ACTIVE'
    and a.origin = 'REQUESTED'`)
  )[0]?.['at'] as Date | null

const day = (n: number) => new Date(Date.UTC(2031, 1, n)).toISOString()

test('an end is set on access that is held only when its approver agrees, who sees the old and the new one; nothing is sent to the target', async () => {
  const writes = target.writes.length
  const id = await http.ask('emp.alice', VPN, { removeDate: day(10) }, 'MODIFY_ACCESS')
  expect(await card(id)).toMatchObject({
    requestType: 'MODIFY_ACCESS',
    removeDate: day(10),
    removeDateUpdateRequested: true,
    startUpdateRequested: false,
  })
  expect(await endInForce()).toBeNull()
  await http.reaches(await agreed(id), 'REQUEST_COMPLETED')
  expect((await endInForce())?.toISOString()).toBe(day(10))
  expect(target.writes).toHaveLength(writes)
})

test('an end that its approver does not agree to put off stays', async () => {
  const id = await http.ask('emp.alice', VPN, { removeDate: day(20) })
  expect(await card(id)).toMatchObject({ requestType: 'GRANT_ACCESS', removeDateUpdateRequested: true, currentRemoveDate: day(10) })
  await http.reaches(await agreed(id, 'reject'), 'REJECTED')
  expect((await endInForce())?.toISOString()).toBe(day(10))
})

test('asking for what is held with a later end puts the end off', async () => {
  await http.reaches(await agreed(await http.ask('emp.alice', VPN, { removeDate: day(20) })), 'REQUEST_COMPLETED')
  expect((await endInForce())?.toISOString()).toBe(day(20))
})

test('a revoke with an earlier date brings the end forward; one with a later date is refused', async () => {
  const later = await app.call('admin', 'POST', '/v2026/access-requests', {
    requestedFor: [await app.idOf('emp.alice')],
    requestType: 'REVOKE_ACCESS',
    requestedItems: [{ type: VPN[0], id: await app.itemId(...VPN), comment: 'x', removeDate: day(25) }],
  })
  expect([later.status, later.json.messages[0].text]).toEqual([400, expect.stringContaining('must be earlier than the present end date')])
  await http.reaches(await http.ask('emp.alice', VPN, { removeDate: day(15) }, 'REVOKE_ACCESS'), 'REQUEST_COMPLETED')
  expect((await endInForce())?.toISOString()).toBe(day(15))
  expect(target.valuesOf('emp.alice', 'groups')).toContain('VPN Users')
})

test('asking for what is held without an end takes the end away, and access then outlives it', async () => {
  const id = await http.ask('emp.alice', VPN)
  const shown = await card(id)
  expect(shown).toMatchObject({ removeDateUpdateRequested: true, currentRemoveDate: day(15) })
  expect(shown.removeDate ?? null).toBeNull()
  await http.reaches(await agreed(id), 'REQUEST_COMPLETED')
  expect(await endInForce()).toBeNull()
  await app.sql(`update business_clock set held_at = '2031-03-01T00:00:00Z'`)
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(target.valuesOf('emp.alice', 'groups')).toContain('VPN Users')
})

test('asking for what is held just as it is asks nobody and changes nothing', async () => {
  const requestedItems = [{ type: VPN[0], id: await app.itemId(...VPN), comment: 'x' }]
  const body = { requestedFor: [await app.idOf('emp.alice')], requestedItems }
  const { json } = await app.call('admin', 'POST', '/v2026/access-requests', body)
  expect([json.newRequests, json.existingRequests.length]).toEqual([[], 1])
})

test('what ends by its date is over although people do the work by hand, when other access needs the same value: nobody is asked to do anything', async () => {
  const agree = async (requestId: string) => {
    const path = `/v2026/access-request-approvals/pending?filters=accessRequestId eq "${requestId}"`
    for (const { id } of (await app.call('admin', 'GET', path)).json)
      await app.call('admin', 'POST', `/v2026/access-request-approvals/${id}/approve`, { comment: 'seen' })
  }
  const tasks = async (): Promise<Row[]> => (await app.call('petra.holm', 'GET', '/v2026/work-items')).json
  const removeDate = new Date(Date.UTC(2031, 3, 1)).toISOString()
  const badge = await http.ask('emp.bob', ['ACCESS_PROFILE', 'Laboratory Badge'], { removeDate })
  await agree(badge)
  for (const { id } of await app.until(async () => ((await tasks()).length > 0 ? tasks() : undefined)))
    await app.call('petra.holm', 'POST', `/v2026/work-items/${id}`)
  await http.reaches(badge, 'REQUEST_COMPLETED')
  const room = await http.ask('emp.bob', ['ENTITLEMENT', 'Laboratory'])
  await agree(room)
  await http.reaches(room, 'REQUEST_COMPLETED')
  await app.sql(`update business_clock set held_at = '2031-04-02T00:00:00Z'`)
  const held = async () =>
    (await app.call('emp.bob', 'GET', '/countersign/v1/held-access?q=Laboratory')).json.map((row: Row) => row.item.name)
  await app.until(async () => (await held()).length < 2)
  expect(await held()).toEqual(['Laboratory'])
  expect(await tasks()).toEqual([])
})
