import { afterAll, beforeAll, expect, test } from 'vitest'
import { provisionItem } from '../../src/operations/provision-item.ts'
import { runStep, type StepContext } from '../../src/operations/run-step.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { FakeConnector } from '../support/fake-connector.ts'
import { listenTo } from '../support/statements.ts'

/**
 * What the parts of a life cost: statements, begin and commit among them, and turns, which are how often the product waits for the database:
 * what it sends without waiting belongs to one turn. A budget only gets smaller, unless a record says why.
 */
interface Cost {
  statements: number
  turns: number
}

const budget = {
  create: { statements: 14, turns: 4 },
  'approve, another step follows': { statements: 13, turns: 5 },
  'approve, the last step': { statements: 8, turns: 3 },
  'pending approvals, first page': { statements: 2, turns: 2 },
  'status, first page': { statements: 3, turns: 3 },
  'plan the provisioning of an item': { statements: 15, turns: 6 },
  'run a step that is not the last': { statements: 15, turns: 5 },
  'run the last step': { statements: 18, turns: 5 },
}

let app: TestApp
let context: StepContext
let sent: ReturnType<typeof listenTo>

beforeAll(async () => {
  app = await startApp()
  sent = listenTo(app.db.pool)
  const connector = new FakeConnector()
  context = { ...app.app, connectorFor: () => connector, giveUpAfterMs: 3_600_000, random: () => 0 }
  // Tokens are made before anything is counted.
  for (const alias of ['emp.bob', 'mgr.one', 'dora.finch', 'admin']) await app.call(alias, 'GET', '/v3/access-request-approvals/pending')
})
afterAll(() => app.close())

/** Does one life of a role of two values, and counts what each part of it sends. */
async function live(): Promise<Record<keyof typeof budget, Cost>> {
  const count = async (work: () => Promise<unknown>) => {
    const statements = await sent(work)
    return { statements: statements.length, turns: statements.filter((statement) => statement.opensTurn).length }
  }
  const role = { type: 'ROLE', id: await app.itemId('ROLE', 'Finance Analyst'), comment: 'for the year end' }
  const body = { requestedFor: [await app.idOf('emp.bob')], requestedItems: [role] }
  const call = (alias: string, method: string, path: string, what?: object) => async () => {
    const answer = await app.call(alias, method, path, what)
    expect(answer.status, JSON.stringify(answer.json)).toBeLessThan(300)
  }
  const approve = async (alias: string) => {
    const { json } = await app.call(alias, 'GET', '/v3/access-request-approvals/pending')
    return count(call(alias, 'POST', `/v3/access-request-approvals/${json[0].id}/approve`, {}))
  }
  const ids = async (text: string) => (await app.sql(text)).map((row) => String(row['id']))
  const create = await count(call('emp.bob', 'POST', '/v3/access-requests', body))
  const pending = await count(call('mgr.one', 'GET', '/v3/access-request-approvals/pending'))
  const first = await approve('mgr.one')
  const last = await approve('dora.finch')
  const status = await count(call('admin', 'GET', '/v3/access-request-status'))
  const [item = ''] = await ids(`select id from requested_item where state = 'PROVISIONING'`)
  const plan = await count(() => provisionItem(context, item))
  const steps = await ids(`select id from provisioning_step where requested_item_id = '${item}' order by id`)
  expect(steps).toHaveLength(2)
  const one = await count(() => runStep(context, steps[0] as string))
  const two = await count(() => runStep(context, steps[1] as string))
  expect(await ids(`select id from requested_item where id = '${item}' and state = 'PROVISIONED'`)).toEqual([item])
  return {
    create,
    'approve, another step follows': first,
    'approve, the last step': last,
    'pending approvals, first page': pending,
    'status, first page': status,
    'plan the provisioning of an item': plan,
    'run a step that is not the last': one,
    'run the last step': two,
  }
}

test('no part of a life sends more statements than its budget', async () => {
  expect(await live()).toEqual(budget)
})
