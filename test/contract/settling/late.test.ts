import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'
import { asking } from '../../support/asking.ts'
import { workerByHand } from '../../support/by-hand.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

/** A call that was given up reaches its target after all, when something else has been decided meanwhile. */

let app: TestApp
let http: ReturnType<typeof asking>
let worker: ReturnType<typeof workerByHand>
const target = new FakeConnector()
const LATE_MS = 400

beforeAll(async () => {
  app = await startApp()
  http = asking(app)
  await http.withoutApprovals()
  worker = workerByHand(app, target, 600_000, { isPatient: true })
})
afterAll(() => app.close())

const ask = (kind?: string) => http.ask('emp.bob', ['ACCESS_PROFILE', 'VPN Access'], {}, kind)
const values = () => target.valuesOf('emp.bob', 'groups')

/** Works as a worker does that is called again and again, while time passes. */
async function workUntilSettled(): Promise<void> {
  await app.until(async () => {
    await worker.some(5)
    const [open] = await app.sql('select 1 from requested_item where finished_at is null limit 1')
    return open === undefined
  })
  await sleep(LATE_MS)
}

test('what is given again while its removal may still be on its way is there when all has arrived', async () => {
  await ask()
  await workUntilSettled()
  target.applyLate(1, LATE_MS, ['removeValue'])
  await ask('REVOKE_ACCESS')
  await app.until(async () => {
    await worker.some(5)
    return target.calls.some(({ call }) => call === 'removeValue')
  })
  await ask()
  await workUntilSettled()
  expect(values()).toContain('VPN Users')
})

test('what is taken away while its addition may still be on its way is gone when all has arrived', async () => {
  await ask('REVOKE_ACCESS')
  await workUntilSettled()
  const before = target.calls.length
  target.applyLate(1, LATE_MS, ['addValue'])
  await ask()
  await app.until(async () => {
    await worker.some(5)
    return target.calls.slice(before).some(({ call }) => call === 'addValue')
  })
  await ask('REVOKE_ACCESS')
  await workUntilSettled()
  expect(values()).not.toContain('VPN Users')
})
