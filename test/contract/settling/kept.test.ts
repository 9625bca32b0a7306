import { afterAll, beforeAll, expect, test } from 'vitest'
import { TargetError } from '../../../src/ports.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { asking } from '../../support/asking.ts'
import { union } from '../../support/books.ts'
import { workerByHand } from '../../support/by-hand.ts'
import { FakeConnector } from '../../support/fake-connector.ts'

/** A value is left where it is for a request that came meanwhile, and then nothing becomes of that request. */

let app: TestApp
let http: ReturnType<typeof asking>
let worker: ReturnType<typeof workerByHand>
const target = new FakeConnector()

beforeAll(async () => {
  app = await startApp()
  http = asking(app)
  await http.withoutApprovals()
  worker = workerByHand(app, target, 600_000)
})
afterAll(() => app.close())

const ask = (kind?: string) => http.ask('emp.bob', ['ACCESS_PROFILE', 'VPN Access'], {}, kind)
const isHeld = async () =>
  (
    await app.sql(`select 1 from assignment a join identity i on i.id = a.identity_id join access_item x on x.id = a.item_id
      where i.alias = 'emp.bob' and x.name = 'VPN Access' and a.state in ('PENDING', 'ACTIVE')`)
  ).length > 0
const runLater = (operation: string, delay: string) =>
  app.sql(`update job set run_at = now() + $2::interval where key in (select id from provisioning_step where operation = $1)`, [
    operation,
    delay,
  ])

test.each(['closed', 'revoked'])(
  'when the request for which a value was kept is %s, what is at the target is what somebody holds',
  async (how) => {
    await ask()
    await worker.all()
    expect(target.valuesOf('emp.bob', 'groups')).toContain('VPN Users')
    target.failNext(1, new TargetError('failed', 'not now'), ['removeValue'])
    await ask('REVOKE_ACCESS')
    // The item, and the first try of its step.
    await worker.some(5)
    await worker.some(5)
    const again = await ask()
    await worker.some(1)
    await runLater('ADD', '1 hour')
    await app.sql(`update provisioning_step set retry_at = now() where operation = 'REMOVE' and state = 'SENT'`)
    await worker.some(5)
    expect(await app.sql(`select 1 from provisioning_step where operation = 'REMOVE' and state = 'SENT'`)).toEqual([])
    expect(target.valuesOf('emp.bob', 'groups')).toContain('VPN Users')
    if (how === 'revoked') await ask('REVOKE_ACCESS')
    else await app.call('admin', 'POST', '/v2026/access-requests/close', { accessRequestIds: [again] })
    await runLater('ADD', '0')
    await worker.all()
    expect(target.valuesOf('emp.bob', 'groups').includes('VPN Users')).toBe(await isHeld())
    if (await isHeld()) await ask('REVOKE_ACCESS')
    await worker.all()
    expect(target.valuesOf('emp.bob', 'groups')).not.toContain('VPN Users')
  },
)

test('when a repair of what was given in doubt is closed before it begins, what is at the target is what somebody holds', async () => {
  const values = ['Finance Readers', 'Ledger Readers']
  target.failAfterApplying(1, undefined, ['addValue'])
  const impatient = workerByHand(app, target, 0)
  await http.ask('emp.carol', ['ACCESS_PROFILE', 'Finance Reporting'])
  await impatient.all()
  expect(target.valuesOf('emp.carol', 'groups').sort()).toEqual(expect.arrayContaining(values))
  const repair = await http.ask('emp.carol', ['ACCESS_PROFILE', 'Finance Reporting'])
  await worker.some(1)
  await runLater('ADD', '1 hour')
  await app.call('admin', 'POST', '/v2026/access-requests/close', { accessRequestIds: [repair] })
  await runLater('ADD', '0')
  await worker.all()
  const held = await union(app.sql, 'emp.carol')
  for (const value of values)
    expect([value, target.valuesOf('emp.carol', 'groups').includes(value)]).toEqual([value, held.includes(`emp.carol ${value}`)])
})
