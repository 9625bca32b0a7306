import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { FakeConnector } from '../support/fake-connector.ts'

let app: TestApp
const target = new FakeConnector()

beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())

type ItemType = 'ROLE' | 'ACCESS_PROFILE' | 'ENTITLEMENT'

const bodyFor = async (alias: string, type: ItemType, name: string, more: object = {}) => ({
  requestedFor: [await app.idOf(alias)],
  requestedItems: [{ type, id: await app.itemId(type, name), comment: 'x', ...more }],
})
const preview = async (by: string, body: object) => (await app.call(by, 'POST', '/countersign/v1/access-requests/preview', body)).json

const requestable = `select type, name from access_item where requestable and enabled and type <> 'ENTITLEMENT'
  union all select type, name from access_item where name = 'CN=Reports,OU=Groups' order by 1, 2`

test('for every item and several people the preview names the steps and people that a create then stores', async () => {
  const items = await app.sql(requestable)
  expect(items.length).toBeGreaterThan(8)
  for (const { type, name } of items) {
    for (const alias of ['emp.alice', 'mgr.two', 'dora.finch', 'kim.tran']) {
      const body = await bodyFor(alias, type as ItemType, name as string)
      const [foreseen] = (await preview('admin', body)).items
      const made = await app.call('admin', 'POST', '/v3/access-requests', body)
      const requestId = made.json.newRequests[0].accessRequestIds[0]
      const stored = await app.sql(
        `select a.scheme, a.step_number, a.explanation, array_agg(c.identity_id order by c.identity_id) as people
        from approval a join requested_item i on i.id = a.requested_item_id join approval_candidate c on c.approval_id = a.id
        where i.request_id = $1 group by a.id order by a.step_number`,
        [requestId],
      )
      const now = foreseen.steps.filter((step: { turn: string }) => step.turn !== 'LATER')
      expect(
        now.map((s: { people: { id: string }[] }) => s.people.map((p) => p.id).sort()),
        `${name} for ${alias}`,
      ).toEqual(stored.map((s) => s['people']))
      const told = now.map((s: { explanation: { rule: string; text: string }[] }) =>
        s.explanation.map(({ rule, text }) => ({ rule, text })),
      )
      expect(told).toEqual(stored.map((s) => s['explanation']))
      const [item] = await app.sql(`select jsonb_array_length(policy->'steps') as steps from requested_item where request_id = $1`, [
        requestId,
      ])
      expect(foreseen.steps).toHaveLength(foreseen.cancelledBecause === null ? Number(item?.['steps']) : 0)
    }
  }
})

test('a preview stores nothing', async () => {
  const count = async () => (await app.sql('select (select count(*) from access_request) as a, (select count(*) from audit_event) as b'))[0]
  const body = await bodyFor('yara.costa', 'ROLE', 'Finance Analyst')
  await preview('admin', body)
  const before = await count()
  await preview('admin', body)
  expect(await count()).toEqual(before)
})

test('what would be refused is told with the field and the reason', async () => {
  expect(await preview('emp.bob', await bodyFor('yara.costa', 'ROLE', 'Auditor'))).toEqual({
    refused: { field: 'requestedFor[0]', reason: 'requestedFor[0]: you may not request access for this identity.' },
    items: [],
  })
})

test('what would be cancelled as a duplicate says so, and limits are told', async () => {
  const again = await preview('admin', await bodyFor('emp.alice', 'ROLE', 'Auditor'))
  expect(again.items[0].cancelledBecause).toMatch(/^Duplicate/)
  const removeDate = new Date(performance.timeOrigin + 10 * 86_400_000).toISOString()
  const limited = await preview('admin', await bodyFor('emp.alice', 'ENTITLEMENT', 'Production Database Admins', { removeDate }))
  expect(limited.items[0].limits).toMatchObject({ endDateRequired: true, maxPermittedAccessDuration: { value: 30, timeUnit: 'DAYS' } })
})

test('an approver reads why they are asked, who else holds it and what the person has already; others may not', async () => {
  app.startWorker({ scim: target })
  const body = await bodyFor('hugo.lind', 'ACCESS_PROFILE', 'VPN Access')
  const made = await app.call('hugo.lind', 'POST', '/v3/access-requests', body)
  const requestId = made.json.newRequests[0].accessRequestIds[0]
  const [approval] = (
    await app.call('tomas.berg', 'GET', `/v3/access-request-approvals/pending?owner-id=me&filters=accessRequestId eq "${requestId}"`)
  ).json
  const explain = (alias: string) => app.call(alias, 'GET', `/countersign/v1/approvals/${approval.id}/explanation`)
  const told = (await explain('tomas.berg')).json
  expect(told.why[0]).toEqual({
    rule: 'SOURCE_OWNER',
    text: 'Tomas Berg owns the source of the requested item.',
    sentence: { id: 'ownsSource', values: { name: 'Tomas Berg' } },
  })
  expect(told).toMatchObject({ isRemoval: false, headline: 'Grant: agreeing gives VPN Access to Hugo Lind.' })
  expect(told.peers.sameManager).toMatchObject({ holding: 0, share: 0 })
  expect(told.peers.sameManager.total).toBeGreaterThan(2)
  expect((await explain('emp.bob')).status).toBe(403)

  expect((await app.call('tomas.berg', 'POST', `/v3/access-request-approvals/${approval.id}/approve`, {})).status).toBe(202)
  await app.until(async () => {
    const [row] = (await app.call('hugo.lind', 'GET', `/v3/access-request-status?filters=accessRequestId eq "${requestId}"`)).json
    return row?.state === 'REQUEST_COMPLETED'
  })
  await app.call('admin', 'PATCH', `/v2025/access-profiles/${body.requestedItems[0]?.id}`, withOwnersForRemoval, {
    'content-type': 'application/json-patch+json',
  })
  const revoke = await app.call('mgr.one', 'POST', '/v3/access-requests', { ...body, requestType: 'REVOKE_ACCESS' })
  const removal = revoke.json.newRequests[0].accessRequestIds[0]
  const [open] = (await app.call('admin', 'GET', `/v3/access-request-approvals/pending?filters=accessRequestId eq "${removal}"`)).json
  const loud = (await app.call('admin', 'GET', `/countersign/v1/approvals/${open.id}/explanation`)).json
  expect(loud).toMatchObject({ isRemoval: true, headline: 'REMOVE: agreeing takes VPN Access away from Hugo Lind.' })
})

test('people who hold a role with the item in it count as holding it, whatever lies between, and so does what they were granted', async () => {
  const wanted = await bodyFor('hugo.lind', 'ENTITLEMENT', 'CN=Reports,OU=Groups')
  const profile = await app.itemId('ACCESS_PROFILE', 'Design Workspace')
  const role = await app.itemId('ROLE', 'Auditor')
  for (const [whole, part] of [
    [role, profile],
    [profile, wanted.requestedItems[0]?.id],
  ])
    await app.sql('insert into access_item_part (whole_id, part_id) values ($1, $2) on conflict do nothing', [whole, part])
  const made = await app.call('hugo.lind', 'POST', '/v3/access-requests', wanted)
  const requestId = made.json.newRequests[0].accessRequestIds[0]
  const [open] = (await app.call('admin', 'GET', `/v3/access-request-approvals/pending?filters=accessRequestId eq "${requestId}"`)).json
  const told = async () => (await app.call('admin', 'GET', `/countersign/v1/approvals/${open.id}/explanation`)).json
  const before = await told()
  const [peer] = await app.sql(
    `select p.id, p.name from identity p join identity r on r.manager_id = p.manager_id and r.id <> p.id
      where r.alias = 'hugo.lind' and p.status = 'ACTIVE' and not exists (select 1 from assignment a where a.identity_id = p.id) limit 1`,
  )
  await app.sql(
    `insert into assignment (id, identity_id, item_type, item_id, origin, state, created_at, modified_at)
      values ('through-a-role', $1, 'ROLE', $2, 'REQUESTED', 'ACTIVE', '2999-01-01', now())`,
    [peer?.['id'], role],
  )
  const after = await told()
  expect(after.peers.sameManager).toMatchObject({ holding: before.peers.sameManager.holding + 1, total: before.peers.sameManager.total })
  expect(after.lastGranted).toMatchObject({ at: '2999-01-01T00:00:00.000Z', to: { id: peer?.['id'], name: peer?.['name'] } })
})

test('a grant of what is held already, with another end, is called a change', async () => {
  const wanted = await bodyFor('yara.costa', 'ROLE', 'Auditor', { removeDate: '2998-01-01T00:00:00Z' })
  await app.sql(
    `insert into assignment (id, identity_id, item_type, item_id, origin, state, created_at, modified_at)
      values ('held-already', $1, 'ROLE', $2, 'REQUESTED', 'ACTIVE', now(), now())`,
    [wanted.requestedFor[0], wanted.requestedItems[0]?.id],
  )
  const made = await app.call('yara.costa', 'POST', '/v3/access-requests', wanted)
  const requestId = made.json.newRequests[0].accessRequestIds[0]
  const [open] = (await app.call('admin', 'GET', `/v3/access-request-approvals/pending?filters=accessRequestId eq "${requestId}"`)).json
  const told = (await app.call('admin', 'GET', `/countersign/v1/approvals/${open.id}/explanation`)).json
  expect(told.headline).toBe('Change: agreeing changes how long Yara Costa has Auditor.')
})

const withOwnersForRemoval = [
  { op: 'replace', path: '/revocationRequestConfig', value: { approvalSchemes: [{ approverType: 'SOURCE_OWNER' }] } },
]
