import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { urlOf } from '../../src/api/operation.ts'
import { type OperationId, operations } from '../../src/api/operations.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { permissions, type Situation } from '../support/permissions.ts'

/**
 * Every operation against every kind of caller. In the situation: emp.alice asked for VPN Access; her manager is mgr.one; the approver is
 * tomas.berg; yara.costa has nothing to do with it. A row of the table without its line in support/permissions.ts does not compile.
 */

let app: TestApp
const tokens: Record<string, string | undefined> = {}

beforeAll(async () => {
  app = await startApp({ movableClock: true })
  tokens['no token'] = undefined
  tokens['requester'] = await app.tokenFor('emp.alice')
  tokens['manager'] = await app.tokenFor('mgr.one')
  tokens['approver'] = await app.tokenFor('tomas.berg')
  tokens['other user'] = await app.tokenFor('yara.costa')
  tokens['org admin'] = await app.tokenFor('admin')
  tokens['too few scopes'] = await app.tokenFor('admin', ['idn:nothing:read'])
  tokens['no person'] = await app.tokenFor(null)
})
afterAll(() => app.close())

let round = 0
/** What a call left as it was serves the next as well; were it not so, the next answer would tell. */
let untouched: Situation | undefined

/** A fresh request of emp.alice that waits for tomas.berg, and a manual task that waits for petra.holm. */
async function situation(): Promise<Situation> {
  const startDate = new Date(Date.parse('2050-01-01T00:00:00Z') + ++round * 1000).toISOString()
  const itemId = await app.itemId('ACCESS_PROFILE', 'VPN Access')
  const alice = await app.idOf('emp.alice')
  const made = await app.call('emp.alice', 'POST', '/v3/access-requests', {
    requestedFor: [alice],
    requestedItems: [{ type: 'ACCESS_PROFILE', id: itemId, startDate }],
  })
  const requestId = made.json.newRequests[0].accessRequestIds[0]
  const [approval] = await app.sql(
    'select a.id from approval a join requested_item i on i.id = a.requested_item_id where i.request_id = $1',
    [requestId],
  )
  return { app, requestId, approvalId: String(approval?.['id']), itemId, alice, workItemId: await workItem(requestId), round }
}

async function workItem(requestId: string): Promise<string> {
  const id = app.app.ids.next()
  const [item] = await app.sql('select id from requested_item where request_id = $1', [requestId])
  await app.sql(
    `with acc as (insert into account (id, source_id, native_identity, name, created_at, modified_at)
        select $1, id, $1, $1, now(), now() from source where name = 'Building Badges' returning id, source_id),
      a as (insert into assignment (id, identity_id, item_type, item_id, origin, state, requested_item_id, created_at, modified_at)
        select $1, recipient_id, item_type, item_id, 'REQUESTED', 'PENDING', id, now(), now() from requested_item where id = $2 returning id),
      g as (insert into access_grant (id, account_id, entitlement_id, present, created_at)
        select $1, acc.id, e.id, false, now() from acc, access_item e where e.name = 'Laboratory' and e.type = 'ENTITLEMENT' returning id),
      p as (insert into provisioning_step (id, requested_item_id, assignment_id, grant_id, source_id, account_id, operation, state, created_at, modified_at)
        select $1, $2, a.id, g.id, acc.source_id, acc.id, 'ADD', 'BY_HAND', now(), now() from a, g, acc returning id),
      petra as (select id from identity where alias = 'petra.holm')
    insert into work_item (id, step_id, requested_item_id, owner_id, original_owner_id, state, description, created_at, modified_at)
    select $1, p.id, $2, petra.id, petra.id, 'PENDING', 'by hand', now(), now() from p, petra`,
    [id, item?.['id']],
  )
  return id
}

const callers = ['requester', 'manager', 'approver', 'other user', 'org admin'] as const

describe.each(Object.keys(operations) as OperationId[])('%s', (id) => {
  const operation = operations[id]
  const line = permissions[id]

  async function callAs(caller: string): Promise<number> {
    const current = untouched ?? (await situation())
    untouched = undefined
    const { params = {}, query = '', body } = await line.call({ ...current, round: ++round }, caller)
    const dialect = operation.dialects.at(-1) as (typeof operation.dialects)[number]
    const template = urlOf(operation, dialect)
    const path = template.replace(/:(\w+)/g, (_hole: string, name: string) => encodeURIComponent(params[name] ?? 'missing'))
    const headers: Record<string, string> =
      'patch' in operation && body !== undefined ? { 'content-type': 'application/json-patch+json' } : {}
    const answer = await app.callWithToken(tokens[caller], operation.method, `${path}${query}`, body, headers)
    if (operation.method === 'GET' || answer.status === 401 || answer.status === 403) untouched = current
    return answer.status
  }

  // It is in the row, where nobody writes it by accident.
  const open = (operation.levels as readonly string[]).includes('ANYBODY')

  test('without a token the answer is 401, unless the operation answers anybody', async () => {
    const status = await callAs('no token')
    if (open) expect([401, 403]).not.toContain(status)
    else expect(status).toBe(401)
  })

  test('a token with other scopes is refused, unless the operation asks for none', async () => {
    const status = await callAs('too few scopes')
    if (operation.scopes.length > 0) expect(status).toBe(403)
    else expect(status).not.toBe(401)
  })

  test('a token without a person is refused, unless the operation answers anybody', async () => {
    const status = await callAs('no person')
    if (open) expect([401, 403]).not.toContain(status)
    else expect(status).toBe(403)
  })

  test.each(callers)('the %s gets the answer the matrix says', async (caller) => {
    const expected = line.expect[callers.indexOf(caller)]
    const status = await callAs(caller)
    if (expected === 'ok') expect(status, String(status)).toBeLessThan(300)
    else expect(status).toBe(expected)
  })
})
