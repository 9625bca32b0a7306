import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { mendApprovals } from '../../src/operations/mend-approvals.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { importPeople, type PersonLine } from '../support/import-people.ts'
import { askFor, holdersOf } from '../support/timed-request.ts'

/** An import changes people while approvals wait: the sweep looks at these people's approvals and at no others. */

const LONG = process.env['TEST_LONG'] === '1'
let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())
beforeEach(async () => {
  await app.sql(`update approval set state = 'CANCELLED' where state = 'PENDING'`)
  await app.sql(`update approval_candidate set open = false`)
  await app.sql(`update requested_item set state = 'CANCELLED', finished_at = now() where state = 'AWAITING_APPROVAL'`)
  await importPeople(app, [
    { alias: 'emp.alice', managerAlias: 'mgr.one', status: 'ACTIVE' },
    { alias: 'mgr.one', managerAlias: 'dora.finch', status: 'ACTIVE' },
  ])
  // The look through everything has just been done: what follows is found by marks alone.
  await app.sql('delete from sweep_turn')
  while ((await mendApprovals(app.app)) > 0);
})

const ask = (alias = 'emp.alice') => askFor(app, alias, 'ROLE', 'Finance Analyst')
const marked = async () => (await app.sql('select alias from identity where to_mend order by 1')).map((row) => row['alias'])

test('a new manager is asked after the import that brings them', async () => {
  const { requestId } = await ask()
  await importPeople(app, [{ alias: 'emp.alice', managerAlias: 'mgr.two' }])
  expect(await marked()).toEqual(['emp.alice'])
  expect(await mendApprovals(app.app)).toBe(1)
  expect(await holdersOf(app, requestId)).toEqual(['Marco Tull'])
  expect(await marked()).toEqual([])
})

test('somebody who leaves by an import is replaced', async () => {
  const { requestId } = await ask()
  await importPeople(app, [{ alias: 'mgr.one', status: 'INACTIVE' }])
  expect(await marked()).toEqual(['mgr.one'])
  expect(await mendApprovals(app.app)).toBe(1)
  expect(await holdersOf(app, requestId)).toEqual(['Dora Finch'])
})

test('an import that changes neither managers nor who is there marks nobody', async () => {
  await importPeople(app, [{ alias: 'emp.alice' }, { alias: 'mgr.one' }])
  await importPeople(app, [{ alias: 'emp.alice', managerAlias: 'mgr.one', status: 'ACTIVE' }])
  expect(await marked()).toEqual([])
})

test('what cannot be put right now stays marked until it can', async () => {
  const { requestId } = await ask()
  await app.sql(`update identity set status = 'INACTIVE' where alias <> 'emp.alice' and alias <> 'mgr.one'`)
  await importPeople(app, [{ alias: 'mgr.one', status: 'INACTIVE' }])
  expect(await mendApprovals(app.app)).toBe(0)
  expect(await marked()).toEqual(['mgr.one'])
  await app.sql(`update identity set status = 'ACTIVE' where alias not in ('mgr.one', 'nadia.roth')`)
  expect(await mendApprovals(app.app)).toBe(1)
  expect(await holdersOf(app, requestId)).toEqual(['Dora Finch'])
  expect(await marked()).toEqual([])
})

test('what nobody marked is found by the look through everything, which one node takes once a minute', async () => {
  const { requestId } = await ask()
  // As an approval that was being written while the import ran, or somebody with a database client.
  await app.sql(`update identity set manager_id = (select id from identity where alias = 'mgr.two') where alias = 'emp.alice'`)
  expect(await mendApprovals(app.app)).toBe(0)
  await app.sql(`update sweep_turn set taken_at = now() - interval '61 seconds'`)
  const moved = await Promise.all([mendApprovals(app.app), mendApprovals(app.app)])
  expect(moved[0] + moved[1] + (await mendApprovals(app.app))).toBe(1)
  expect(await holdersOf(app, requestId)).toEqual(['Marco Tull'])
  const [turn] = await app.sql(`select taken_at > now() - interval '30 seconds' as fresh from sweep_turn`)
  expect(turn?.['fresh']).toBe(true)
})

const people = [
  'emp.alice',
  'emp.bob',
  'emp.carol',
  'hugo.lind',
  'mgr.one',
  'mgr.two',
  'yara.costa',
  'kim.tran',
  'dora.finch',
  'tomas.berg',
]
const somebody = fc.constantFrom(...people)
const change: fc.Arbitrary<PersonLine> = fc.record({
  alias: somebody,
  managerAlias: somebody,
  status: fc.constantFrom('ACTIVE' as const, 'ACTIVE' as const, 'INACTIVE' as const),
})
const steps = fc.array(
  fc.oneof(
    fc.record({ imported: fc.uniqueArray(change, { minLength: 1, maxLength: 6, selector: ({ alias }) => alias }) }),
    fc.record({ asks: somebody }),
    fc.constant({ sweep: true }),
  ),
  { minLength: 2, maxLength: 10 },
)

/** By everything there is, not by marks: who waits for the wrong person. */
async function wronglyAsked() {
  return app.sql(`
    select a.id from approval a join requested_item i on i.id = a.requested_item_id join identity r on r.id = i.recipient_id
    where a.state = 'PENDING' and ((a.scheme = 'MANAGER' and a.named_id is distinct from r.manager_id) or exists (
      select 1 from approval_candidate c join identity p on p.id = c.identity_id where c.approval_id = a.id and c.open and p.status = 'INACTIVE'))`)
}

test('whatever imports, requests and sweeps follow each other, in the end nothing waits for somebody who left or for a manager of yesterday', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (story) => {
      for (const step of story) {
        if ('imported' in step) await importPeople(app, step.imported)
        else if ('asks' in step) await askIfActive(step.asks)
        else await mendApprovals(app.app)
      }
      while ((await mendApprovals(app.app)) > 0);
      expect(await wronglyAsked()).toEqual([])
      expect(await marked()).toEqual([])
    }),
    { numRuns: LONG ? 150 : 12 },
  )
}, 120_000)

async function askIfActive(alias: string): Promise<void> {
  const [row] = await app.sql('select status from identity where alias = $1', [alias])
  if (row?.['status'] === 'ACTIVE') await ask(alias)
}
