import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'
import { asking } from '../../support/asking.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

/** Access whose end has passed before it was there is not put in place, however the time has gone by; whoever asked is told why. */

let app: TestApp
let http: ReturnType<typeof asking>
const target = new FakeConnector()
const VPN: ['ACCESS_PROFILE', string] = ['ACCESS_PROFILE', 'VPN Access']
const OVERDUE = 'Its end date passed before it was in place.'

beforeAll(async () => {
  app = await startApp({ movableClock: true })
  await setClock(at(0))
  http = asking(app)
})
afterAll(() => app.close())

const at = (hour: number) => new Date(Date.UTC(2031, 0, 1, hour)).toISOString()
const setClock = (to: string) => app.sql(`update business_clock set held_at = $1`, [to])

async function approve(requestId: string): Promise<void> {
  const filters = `filters=accessRequestId eq "${requestId}"`
  const { json } = await app.call('admin', 'GET', `/v2026/access-request-approvals/pending?${filters}`)
  for (const { id } of json)
    expect((await app.call('admin', 'POST', `/v2026/access-request-approvals/${id}/approve`, { comment: 'seen' })).status).toBe(202)
}

/** What the status and the activity say of a request that came to nothing. */
async function fate(requestId: string): Promise<unknown> {
  const { errorMessages, accessRequestPhases } = await http.reaches(requestId, 'CANCELLED')
  const { executionStatus, items } = await http.activity(requestId)
  const provisioning = accessRequestPhases.find((phase: { name: string }) => phase.name === 'PROVISIONING_PHASE')
  return [errorMessages[0][0].text, provisioning.state, provisioning.result, executionStatus, items[0].approvalStatus]
}

const untouched = [OVERDUE, 'CANCELLED', null, 'TERMINATED', 'FINISHED']

test('access that is agreed to after its end is not put in place', async () => {
  await setClock(at(0))
  const worker = app.startWorker({ scim: target })
  const id = await http.ask('emp.alice', VPN, { removeDate: at(1) })
  await setClock(at(2))
  await approve(id)
  expect(await fate(id)).toEqual(untouched)
  expect(target.writes).toEqual([])
  await worker.stop()
})

test('access whose beginning and end passed while nobody worked is not put in place', async () => {
  await setClock(at(0))
  const id = await http.ask('emp.alice', VPN, { startDate: at(1), removeDate: at(2) })
  await approve(id)
  await setClock(at(4))
  const worker = app.startWorker({ scim: target })
  expect(await fate(id)).toEqual(untouched)
  expect(target.writes).toEqual([])
  await worker.stop()
})

test('access that was planned and whose end passed before anybody called the target is not put in place', async () => {
  await setClock(at(0))
  target.failNext(1_000)
  const first = app.startWorker({ scim: target })
  const id = await http.ask('emp.alice', VPN, { removeDate: at(1) })
  await approve(id)
  await app.until(async () => (await http.status(id)).errorMessages !== null)
  await first.stop()
  target.heal()
  await setClock(at(2))
  await app.sql(`update provisioning_step set retry_at = now()`)
  const second = app.startWorker({ scim: target })
  expect(await fate(id)).toEqual(untouched)
  expect(target.writes).toEqual([])
  await second.stop()
})

test('a change of access that ended while it was being decided gives nothing anew, and says so', async () => {
  await setClock(at(0))
  const worker = app.startWorker({ scim: target })
  const held = await http.ask('emp.bob', VPN, { removeDate: at(5) })
  await approve(held)
  await http.reaches(held, 'REQUEST_COMPLETED')
  const change = await http.ask('emp.bob', VPN, { removeDate: at(50) }, 'MODIFY_ACCESS')
  await setClock(at(6))
  await app.until(async () => !target.valuesOf('emp.bob', 'groups').includes('VPN Users'))
  const writes = target.writes.length
  await approve(change)
  const row = await http.reaches(change, 'ERROR')
  expect(row.errorMessages[0][0].text).toBe('The access that was to change is held no longer. Ask for VPN Access anew.')
  expect(target.writes).toHaveLength(writes)
  await worker.stop()
})
