import { sql } from 'kysely'
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

test('what a transaction starts together is sent in the order in which it was started, whatever built the statement', async () => {
  const texts = await sent(() =>
    app.db.transaction(async (tx) => {
      await Promise.all([
        sql`select 1 as raw`.execute(tx.sql),
        tx.sql.selectFrom('setting').select('key').where('key', '=', 'first').execute(),
        sql`select 2 as raw`.execute(tx.sql),
        tx.sql.selectFrom('setting').select('key').where('key', '=', 'second').executeTakeFirst(),
        sql`select 3 as raw`.execute(tx.sql),
      ])
      tx.send(sql`select 4 as raw`)
    }),
  )
  const order = texts.map(({ text, values }) => values[0] ?? (/\d as raw/.exec(text) ?? /^\w+/.exec(text))?.[0])
  expect(order).toEqual(['begin', '1 as raw', 'first', '2 as raw', 'second', '3 as raw', '4 as raw', 'commit'])
  expect(texts.filter(({ opensTurn }) => opensTurn)).toHaveLength(2)
})

test('a change that fails, sent without waiting, fails the transaction with its own error, and nothing of it is stored', async () => {
  const id = app.app.ids.next()
  const failing = app.db.transaction(async (tx) => {
    tx.send(sql`insert into setting (key, value, modified_at) values (${id}, '1', now())`)
    tx.send(sql`select 1 / 0`)
    await sql`select 1`.execute(tx.sql)
  })
  await expect(failing).rejects.toThrow('division by zero')
  const late = app.db.transaction(async (tx) => {
    tx.send(sql`insert into setting (key, value, modified_at) values (${id}, '1', now())`)
    tx.send(sql`select 1 / 0`)
  })
  await expect(late).rejects.toThrow('division by zero')
  expect(await app.sql('select 1 from setting where key = $1', [id])).toEqual([])
})

test('work that loses a race by a change it did not wait for is run again', async () => {
  const id = app.app.ids.next()
  let runs = 0
  await app.db.transaction(async (tx) => {
    runs++
    if (runs === 1) await app.sql(`insert into setting (key, value, modified_at) values ($1, '"theirs"', now())`, [id])
    const { rows } = await sql`select 1 from setting where key = ${id}`.execute(tx.sql)
    if (runs === 1 || rows.length === 0) tx.send(sql`insert into setting (key, value, modified_at) values (${id}, '"ours"', now())`)
  })
  expect(runs).toBe(2)
  expect(await app.sql('select value from setting where key = $1', [id])).toEqual([{ value: 'theirs' }])
})
