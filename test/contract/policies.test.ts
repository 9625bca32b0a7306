import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPolicyText } from '../../src/adapters/policy-files.ts'
import { parsePolicy } from '../../src/domain/policy/parse.ts'
import { applyPolicies } from '../../src/operations/apply-policies.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { askFor, decide, statusOf } from '../support/timed-request.ts'

/** Policies from YAML, applied, and what becomes of requests under them. */

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())

async function apply(text: string, dryRun = false) {
  const { nodes } = readPolicyText(text)
  const policies = nodes.map((node) => {
    const { policy, issues } = parsePolicy(node)
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([])
    if (!policy) throw new Error('no policy')
    return { file: 'a.yaml', policy }
  })
  return applyPolicies(app.app, 'a test', policies, dryRun)
}

const policyFor = (role: string, steps: string, more = '') =>
  `policy: of ${role}\nfor: { role: ${role} }\ngrant:\n  ${more}\n  steps: ${steps}\n`

/** The approvals of a request that wait, by the alias of who holds each. */
async function waiting(requestId: string): Promise<Map<string, string>> {
  const rows = await app.sql(
    `select a.id, string_agg(p.alias, ' ' order by p.alias) as holders from approval a join requested_item i on i.id = a.requested_item_id
      join approval_candidate c on c.approval_id = a.id and c.open join identity p on p.id = c.identity_id
      where i.request_id = $1 and a.state = 'PENDING' group by a.id`,
    [requestId],
  )
  return new Map(rows.map((row) => [String(row['holders']), String(row['id'])]))
}

async function answer(alias: string, requestId: string, verb: 'approve' | 'reject' = 'approve', as = alias) {
  const held = [...(await waiting(requestId))].find(([holders]) => holders.split(' ').includes(as))
  return decide(app, alias, held?.[1] ?? 'none', verb, { comment: 'because' })
}

const wire = async (role: string) => (await app.call('admin', 'GET', `/v2025/roles/${await app.itemId('ROLE', role)}`)).json

test('a quorum asks every member on their own, and ends with the vote that is enough', async () => {
  await apply(policyFor('Finance Analyst', '[{ ask: { group: Audit Committee }, quorum: 2 }]'))
  const { requestId } = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  const members = [...(await waiting(requestId)).keys()].sort()
  expect(members.length).toBeGreaterThan(2)
  const [first = '', second = '', third = ''] = members
  expect((await answer(first, requestId)).status).toBe(202)
  expect([...(await waiting(requestId)).keys()].sort()).toEqual(members.slice(1))
  expect((await answer(first, requestId, 'approve', second)).status).toBe(403)
  expect((await answer(second, requestId)).status).toBe(202)
  expect((await waiting(requestId)).size).toBe(0)
  const late = await app.sql(
    `select a.id from approval a join requested_item i on i.id = a.requested_item_id where i.request_id = $1 and a.state = 'CANCELLED'`,
    [requestId],
  )
  expect(late).toHaveLength(members.length - 2)
  const told = await decide(app, third, String(late[0]?.['id']), 'approve', {})
  expect(told.status).toBe(400)
  expect(JSON.stringify(told.json)).toContain('CANCELLED')
})

test('nobody who had a vote can vote again for others, be handed another vote, or have it handed up to them', async () => {
  await apply(policyFor('Auditor', '[{ ask: { group: Audit Committee }, quorum: 100% }]'))
  const { requestId } = await askFor(app, 'emp.alice', 'ROLE', 'Auditor')
  const [first = '', second = ''] = [...(await waiting(requestId)).keys()].sort()
  await answer(first, requestId)
  const held = (await waiting(requestId)).get(second) ?? ''
  const forward = await decide(app, second, held, 'forward', { newOwnerId: await app.idOf(first), comment: 'you do it' })
  expect(forward.status).toBe(400)
  expect(JSON.stringify(forward.json)).toContain('different people')
})

test('approvers asked at once can answer in any order, all must agree, and one rejection ends the others', async () => {
  await apply(policyFor('Finance Analyst', '[{ ask: [manager, owner] }]'))
  const { requestId } = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  expect((await waiting(requestId)).size).toBe(2)
  const [one = '', other = ''] = [...(await waiting(requestId)).keys()]
  await answer(other, requestId)
  expect((await statusOf(app, requestId)).state).toBe('EXECUTING')
  await answer(one, requestId)
  expect((await waiting(requestId)).size).toBe(0)
  const again = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  expect((await answer(one, again.requestId, 'reject')).status).toBe(202)
  expect((await waiting(again.requestId)).size).toBe(0)
  expect((await statusOf(app, again.requestId)).state).toBe('REJECTED')
})

test('one answer counts for every question of a step that asks the same person, unless different people are asked', async () => {
  await apply(policyFor('Finance Analyst', '[{ ask: [owner, all owners] }]'))
  const { requestId } = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  expect((await waiting(requestId)).size).toBe(2)
  const owner = [...(await waiting(requestId)).keys()].find((holders) => !holders.includes(' ')) ?? ''
  await answer(owner, requestId)
  expect((await waiting(requestId)).size).toBe(0)
  const kept = await app.sql(
    `select distinct a.state, p.alias from approval a join requested_item i on i.id = a.requested_item_id join identity p on p.id = a.decided_by
      where i.request_id = $1`,
    [requestId],
  )
  expect(kept).toEqual([{ state: 'APPROVED', alias: owner }])
  await apply(policyFor('Finance Analyst', '[owner, all owners]', 'distinct: true'))
  const distinct = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  await answer(owner, distinct.requestId)
  const next = [...(await waiting(distinct.requestId)).keys()]
  expect(next).toHaveLength(1)
  expect(next).not.toContain(owner)
})

test('a condition adds a step only where it holds, and the snapshot keeps what held', async () => {
  await apply(policyFor('Finance Analyst', '[manager, { ask: owner, when: { longer than: 30 days } }]'))
  const { requestId } = await askFor(app, 'emp.alice', 'ROLE', 'Finance Analyst')
  const [open] = await app.sql(`select policy->'steps' as steps from requested_item where request_id = $1`, [requestId])
  const note = 'The policy has this step because it is asked for longer than 30 days.'
  expect(open?.['steps']).toEqual([{ kind: 'MANAGER' }, { kind: 'OWNER', note }])
  const preview = await app.call('emp.alice', 'POST', '/countersign/v1/access-requests/preview', {
    requestedFor: [await app.idOf('emp.alice')],
    requestedItems: [
      {
        type: 'ROLE',
        id: await app.itemId('ROLE', 'Finance Analyst'),
        comment: 'x',
        removeDate: new Date(Date.now() + 86_400_000).toISOString(),
      },
    ],
  })
  expect(preview.json.items[0].steps.map((step: { scheme: string }) => step.scheme)).toEqual(['MANAGER'])
})

test('the contract shows joint steps in series, and what comes back as shown stays as it was', async () => {
  await apply(policyFor('Finance Analyst', '[{ ask: [manager, owner], quorum: 2 }, source owner]', 'distinct: true'))
  const id = await app.itemId('ROLE', 'Finance Analyst')
  const stored = async () => (await app.sql(`select request_config->'grant' as rules from access_item where id = $1`, [id]))[0]?.['rules']
  const before = await stored()
  const shown = (await wire('Finance Analyst')).accessRequestConfig
  expect(shown.approvalSchemes.map((one: { approverType: string }) => one.approverType)).toEqual(['MANAGER', 'OWNER', 'OWNER'])
  const patch = (schemes: object[]) =>
    app.call(
      'admin',
      'PATCH',
      `/v2025/roles/${id}`,
      [{ op: 'replace', path: '/accessRequestConfig', value: { ...shown, approvalSchemes: schemes } }],
      {
        'content-type': 'application/json-patch+json',
      },
    )
  expect((await patch(shown.approvalSchemes)).status).toBe(200)
  expect(await stored()).toEqual(before)
  expect((await patch([{ approverType: 'OWNER', approverId: null }])).status).toBe(200)
  expect(await stored()).toMatchObject({ steps: [{ kind: 'OWNER' }] })
})

test('a policy that names somebody unknown changes nothing, nor does a dry run', async () => {
  const config = async () => app.sql(`select id, request_config from access_item order by id`)
  const before = await config()
  const two = `${policyFor('Auditor', '[manager]')}---\n${policyFor('Nobody Knows', '[{ group: No Such Group }]')}`
  const { issues, applied } = await apply(two)
  expect(issues.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    'not-there: There is no governance group No Such Group.',
    'not-there: There is not (or not just one of) the role Nobody Knows.',
  ])
  expect(applied).toEqual([])
  expect(await config()).toEqual(before)
  const dry = await apply(policyFor('Auditor', '[manager]'), true)
  expect(dry.applied).toEqual([{ policy: 'of Auditor', subject: 'Auditor', changed: true }])
  expect(await config()).toEqual(before)
})

test('what a policy does not say stays, one key at a time; steps without distinct end it', async () => {
  const grantOf = async () =>
    (await app.sql(`select request_config -> 'grant' as rules from access_item where type = 'ROLE' and name = 'Payroll Clerk'`))[0]?.[
      'rules'
    ]
  const about = (grant: string) => apply(`policy: P\nfor: { role: Payroll Clerk }\ngrant: ${grant}\n`)
  await about(
    '{ comment: required, denial comment: required, end date: required, longest: 90 days, distinct: true, steps: [manager, owner] }',
  )
  await about('{ end date: optional }')
  const kept = { commentRequired: true, denialCommentRequired: true, endDateRequired: false, maxDuration: { value: 90, unit: 'DAYS' } }
  expect(await grantOf()).toMatchObject({ ...kept, distinct: true, steps: [{ kind: 'MANAGER' }, { kind: 'OWNER' }] })
  await about('{ steps: [owner] }')
  expect(await grantOf()).toEqual({ ...kept, reauthorizationRequired: false, steps: [{ kind: 'OWNER' }] })
  await about('{ comment: optional, denial comment: optional, longest: any }')
  expect(await grantOf()).toMatchObject({
    commentRequired: false,
    denialCommentRequired: false,
    maxDuration: null,
    steps: [{ kind: 'OWNER' }],
  })
})

test('the whole tenant is told by a policy what the contract tells it, and what is read there can be sent back unchanged', async () => {
  const read = async (path: string) => (await app.call('admin', 'GET', path)).json
  const result = await apply(`policy: Everything
for: { tenant: all }
approvals:
  reminders: { after: 2 days, most: 20 }
  expiry: { after: 90 days }
separation of duties: { on conflict: add step, group: Audit Committee }
`)
  expect(result).toEqual({ issues: [], applied: [{ policy: 'Everything', subject: 'the tenant', changed: true }] })
  const tenant = await read('/v2025/generic-approvals/config/TENANT')
  expect(tenant).toMatchObject({ reminderConfig: { maxReminders: 20 }, timeoutConfig: { daysUntilTimeout: 90 } })
  const sod = await read('/countersign/v1/sod-settings')
  expect(sod).toEqual({ onViolation: 'ADD_STEP', stepGroupId: expect.stringMatching(/./) })
  for (const [path, to, body] of [
    ['/v2025/access-request-config', '/v2025/access-request-config', await read('/v2025/access-request-config')],
    ['/v2025/generic-approvals/config/TENANT', '/v2025/generic-approvals/config/TENANT/TENANT', tenant],
    ['/countersign/v1/sod-settings', '/countersign/v1/sod-settings', sod],
  ]) {
    const answer = await app.call('admin', 'PUT', to, body)
    expect(answer.status, JSON.stringify(answer.json)).toBe(200)
    expect(await read(path)).toEqual(body)
  }
  await apply(
    'policy: Less\nfor: { tenant: all }\napprovals: { reminders: off, expiry: off }\nseparation of duties: { on conflict: report }\n',
  )
  expect(await read('/countersign/v1/sod-settings')).toEqual({ onViolation: 'REPORT', stepGroupId: null })
})

test('applying twice changes nothing the second time, and every change is in the record', async () => {
  const text = `${policyFor('Auditor', '[manager, owner]')}approvals: { reminders: { after: 2 days }, calendar: { zone: Europe/Berlin } }\n`
  expect((await apply(text)).applied.map(({ changed }) => changed)).toEqual([true])
  expect((await apply(text)).applied.map(({ changed }) => changed)).toEqual([false])
  const rows = await app.sql(`select canonical from audit_event where action = 'ACCESS_POLICY_APPLIED' order by created_at, id`)
  expect(JSON.parse(String(rows.at(-1)?.['canonical']))).toMatchObject({ actor: { name: 'a test' }, target: { name: 'Auditor' } })
  const id = await app.itemId('ROLE', 'Auditor')
  const config = (await app.call('admin', 'GET', `/v2026/generic-approvals/config/${id}`)).json
  expect(config.reminderConfig).toMatchObject({ enabled: true, daysUntilFirstReminder: 2 })
  const later = { ...config, reminderConfig: { ...config.reminderConfig, daysUntilFirstReminder: 4 } }
  expect((await app.call('admin', 'PUT', `/v2026/generic-approvals/config/${id}/ROLE`, later)).status).toBe(200)
  const { requestId } = await askFor(app, 'emp.alice', 'ROLE', 'Auditor')
  const [kept] = await app.sql(`select policy->'timers' as timers from requested_item where request_id = $1`, [requestId])
  expect(kept?.['timers']).toMatchObject({ firstReminderAfterDays: 4, calendar: { timeZone: 'Europe/Berlin' } })
})
