import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dialects, pathIn } from '../../../src/api/dialect.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { replace, type Writes, writesOf } from '../../support/catalogue-writes.ts'

let app: TestApp
let w: Writes
const ref: Record<string, { type: string; id: string }> = {}

beforeAll(async () => {
  app = await startApp()
  w = writesOf(app)
  for (const alias of ['mgr.two', 'dora.finch']) ref[alias] = { type: 'IDENTITY', id: await app.idOf(alias) }
  ref['VPN'] = { type: 'ACCESS_PROFILE', id: await app.itemId('ACCESS_PROFILE', 'VPN Access') }
  ref['Audit Readers'] = { type: 'ENTITLEMENT', id: await app.itemId('ENTITLEMENT', 'Audit Readers') }
  const groups = await app.sql('select id, name from governance_group')
  for (const { id, name } of groups) ref[String(name)] = { type: 'GOVERNANCE_GROUP', id: String(id) }
})
afterAll(() => app.close())

let made = 0
const newRole = (more: object = {}) => ({ name: `Role ${++made}`, owner: ref['mgr.two'], ...more })
const asksGroup = (name = 'Security Board') => ({
  commentsRequired: false,
  approvalSchemes: [{ approverType: 'GOVERNANCE_GROUP', approverId: ref[name]?.id }],
})

describe.each(dialects)('in %s', (dialect) => {
  const roles = pathIn(dialect, '/roles')

  test('a role is made, read, changed, read and deleted', async () => {
    const body = newRole({ description: 'made here', enabled: true, accessProfiles: [ref['VPN']], entitlements: [ref['Audit Readers']] })
    const role = await w.did('POST', roles, body)
    expect(role).toMatchObject({
      name: body.name,
      description: 'made here',
      enabled: true,
      requestable: false,
      owner: { name: 'Marco Tull' },
    })
    expect([role.accessProfiles[0].name, role.entitlements[0].name]).toEqual(['VPN Access', 'Audit Readers'])
    expect(await w.get(`${roles}/${role.id}`)).toEqual(role)

    const patch = [
      replace('/name', `${body.name}, renamed`),
      replace('/owner', ref['dora.finch']),
      { op: 'remove', path: '/accessProfiles/0' },
    ]
    const changed = await w.did('PATCH', `${roles}/${role.id}`, patch)
    expect(changed).toMatchObject({ name: `${body.name}, renamed`, owner: { name: 'Dora Finch' }, accessProfiles: [] })
    expect(changed.entitlements).toEqual(role.entitlements)
    expect(await w.get(`${roles}/${role.id}`)).toEqual(changed)

    await w.did('DELETE', `${roles}/${role.id}`)
    await w.refused('GET', `${roles}/${role.id}`, undefined, 404)
  })
})

test('what a role is made with and left without has the defaults of the contract', async () => {
  const role = await w.did('POST', '/v2025/roles', newRole({ membership: null, segments: [], accessModelMetadata: { attributes: [] } }))
  expect(role).toMatchObject({ enabled: false, requestable: false, description: null, additionalOwners: [], dimensional: false })
  expect(role.accessRequestConfig).toMatchObject({ commentsRequired: false, approvalSchemes: [], maxPermittedAccessDuration: null })
})

test('what a role answers can be written back whole and changes nothing', async () => {
  const before = await w.get(`/v2025/roles/${await app.itemId('ROLE', 'Auditor')}`)
  const fields = ['name', 'description', 'owner', 'additionalOwners', 'accessProfiles', 'entitlements', 'accessRequestConfig']
  const patch = [...fields, 'revocationRequestConfig', 'membership', 'segments'].map((name) => replace(`/${name}`, before[name]))
  expect(await w.did('PATCH', `/v2025/roles/${before.id}`, patch)).toEqual(before)
  const { id, created: _created, modified: _modified, ...rest } = before
  const copy = await w.did('POST', '/v2025/roles', { ...rest, name: 'Auditor, copied' })
  expect(copy).toEqual({ ...before, id: copy.id, name: 'Auditor, copied', created: copy.created, modified: copy.modified })
  expect(copy.id).not.toBe(id)
})

test('a changed approval scheme decides who is asked next; a running request keeps the rules it was made under', async () => {
  const id = await app.itemId('ROLE', 'Finance Analyst')
  const before = await w.ask({ type: 'ROLE', id })
  expect(await w.approversOf(before)).toEqual(['mgr.one'])
  await w.did('PATCH', `/v2025/roles/${id}`, [replace('/accessRequestConfig', asksGroup())])
  const after = await w.ask({ type: 'ROLE', id, startDate: '2050-01-01T00:00:00Z' })
  expect(await w.approversOf(after)).toEqual(['amir.saleh', 'julia.novak', 'tomas.berg'])
  const pending = await app.call('julia.novak', 'GET', '/v2025/access-request-approvals/pending?owner-id=me')
  expect(pending.json.map((row: { accessRequestId: string }) => row.accessRequestId)).toContain(after)
  expect(await w.approversOf(before)).toEqual(['mgr.one'])
  const [approval] = await app.sql(
    'select a.id from approval a join requested_item i on i.id = a.requested_item_id where i.request_id = $1',
    [before],
  )
  await app.call('mgr.one', 'POST', `/v2025/access-request-approvals/${approval?.['id']}/approve`, {})
  expect(await w.approversOf(before)).toEqual(['dora.finch'])
})

test('an empty list of schemes asks nobody: the request is on its way at once', async () => {
  const role = await w.did('POST', '/v3/roles', newRole({ enabled: true, requestable: true, accessProfiles: [ref['VPN']] }))
  expect(await w.stateOf(await w.ask({ type: 'ROLE', id: role.id }))).toBe('PROVISIONING')
})

test('both halves of the rules are kept, the second one under either of its names', async () => {
  const role = await w.did('POST', '/beta/roles', newRole())
  const duration = { value: 3, timeUnit: 'DAYS' }
  const grant = { ...asksGroup(), requireEndDate: true, maxPermittedAccessDuration: duration }
  const patch = [replace('/accessRequestConfig', grant), replace('/revokeRequestConfig/approvalSchemes', [{ approverType: 'MANAGER' }])]
  const changed = await w.did('PATCH', `/beta/roles/${role.id}`, patch)
  expect(changed.accessRequestConfig).toMatchObject({ requireEndDate: true, maxPermittedAccessDuration: duration })
  expect(changed.revocationRequestConfig.approvalSchemes).toEqual([{ approverType: 'MANAGER', approverId: null }])
})

test('owners beside the owner, people and groups, are kept and asked', async () => {
  const additionalOwners = [ref['dora.finch'], ref['Audit Committee']]
  const accessRequestConfig = { approvalSchemes: [{ approverType: 'ADDITIONAL_OWNER' }] }
  const role = await w.did('POST', '/v2026/roles', newRole({ enabled: true, requestable: true, additionalOwners, accessRequestConfig }))
  expect(role.additionalOwners.map(({ name }: { name: string }) => name)).toEqual(['Dora Finch', 'Audit Committee'])
  expect(await w.approversOf(await w.ask({ type: 'ROLE', id: role.id }))).toEqual(['dora.finch'])
})

test('ids that name nothing, or another kind of thing, are refused with the field named', async () => {
  const nobody = { id: 'nobody' }
  const scheme = { approverType: 'GOVERNANCE_GROUP', approverId: 'nobody' }
  for (const [more, text] of [
    [{ owner: nobody }, 'owner.id: there is no identity nobody'],
    [{ accessProfiles: [ref['VPN'], nobody] }, 'accessProfiles[1].id: there is no access profile nobody'],
    [{ accessProfiles: [{ id: ref['Audit Readers']?.id }] }, 'accessProfiles[0].id: there is no access profile'],
    [{ entitlements: [nobody] }, 'entitlements[0].id: there is no entitlement nobody'],
    [{ additionalOwners: [{ type: 'GOVERNANCE_GROUP', id: 'nobody' }] }, 'additionalOwners[0].id: there is no governance group nobody'],
    [
      { accessRequestConfig: { approvalSchemes: [scheme] } },
      'accessRequestConfig.approvalSchemes[0].approverId: there is no governance group',
    ],
    [
      { revocationRequestConfig: { approvalSchemes: [{ approverType: 'OWNER' }, scheme] } },
      'revocationRequestConfig.approvalSchemes[1].approverId: there is no governance group',
    ],
  ] as const) {
    const said = await w.refused('POST', '/v2025/roles', newRole(more))
    expect(said).toContain(text)
    expect(said).toContain('400.1.404')
  }
})

test('a role without owner, with a name that is taken or an id of its own, or with too much to say, is refused', async () => {
  for (const [more, text] of [
    [{ owner: null }, 'owner: is required'],
    [{ owner: undefined }, 'owner: is required'],
    [{ name: ' ' }, 'name'],
    [{ name: 'AUDITOR' }, 'name: another role has this name'],
    [{ name: 'x'.repeat(129) }, 'name: must not be longer than 128'],
    [{ description: 'x'.repeat(2001) }, 'description: must not be longer than 2000'],
    [{ id: 'mine' }, 'id: is given by the server'],
    [{ accessRequestConfig: { approvalSchemes: [{ approverType: 'WORKFLOW', approverId: 'w' }] } }, 'workflows cannot approve here'],
    [
      { accessRequestConfig: { approvalSchemes: [{ approverType: 'SOURCE_OWNER' }] } },
      'accessRequestConfig.approvalSchemes[0].approverType',
    ],
    [{ accessRequestConfig: { formDefinitionId: 'f' } }, 'accessRequestConfig.formDefinitionId'],
    [{ enabled: 'yes' }, 'enabled'],
  ] as const) {
    expect(await w.refused('POST', '/v2025/roles', newRole(more))).toContain(text)
  }
})

test('what is not supported yet is refused rather than forgotten, when it is made and when it is patched', async () => {
  const role = await w.did('POST', '/v2025/roles', newRole())
  for (const [name, value] of [
    ['membership', { type: 'IDENTITY_LIST', identities: [] }],
    ['segments', ['a']],
    ['accessModelMetadata', { attributes: [{ key: 'a' }] }],
  ] as const) {
    expect(await w.refused('POST', '/v2025/roles', newRole({ [name]: value }))).toContain(`${name}: is not supported yet`)
    expect(await w.refused('PATCH', `/v2025/roles/${role.id}`, [replace(`/${name}`, value)])).toContain(`${name}: is not supported yet`)
  }
  for (const more of [
    { dimensional: true },
    { dimensionRefs: [{ id: 'a' }] },
    { legacyMembershipInfo: { a: 1 } },
    { privilegeLevel: 'HIGH' },
  ]) {
    expect(await w.refused('POST', '/v2025/roles', newRole(more))).toContain('is not supported yet')
  }
  const dimensionSchema = { dimensionAttributes: [{ name: 'a' }] }
  expect(await w.refused('POST', '/v2025/roles', newRole({ accessRequestConfig: { dimensionSchema } }))).toContain('dimensionSchema')
})

test('a patch touches only what is published as patchable, and its result is a role as a whole', async () => {
  const role = await w.did('POST', '/v2025/roles', newRole())
  const refused = (patch: unknown) => w.refused('PATCH', `/v2025/roles/${role.id}`, patch)
  for (const path of ['/id', '/created', '/modified', '/dimensional', '/privilegeLevel', '', '/__proto__/x']) {
    expect(await refused([replace(path, 'x')])).toContain('cannot be changed')
  }
  expect(await refused([replace('/description', 'new'), replace('/name', 7)])).toContain('name')
  expect(await refused([{ op: 'remove', path: '/name' }])).toContain('name: is required')
  expect(await refused([{ op: 'remove', path: '/owner' }])).toContain('owner: is required')
  expect(await refused([{ op: 'test', path: '/name', value: 'another' }])).toContain('[0]')
  expect(await refused([replace('/name', 'Payroll clerk')])).toContain('another role has this name')
  expect(await refused([{ op: 'add', path: '/entitlements/-', value: { id: 'nobody' } }])).toContain('entitlements[0].id')
  expect(await w.refused('PATCH', '/v2025/roles/nobody', [], 404)).toContain('404')
})

test('a patch that changes nothing is not in the record, and one that does tells from what to what', async () => {
  const role = await w.did('POST', '/v2025/roles', newRole({ description: 'old' }))
  const records = async () =>
    (await app.sql(`select id from audit_event where action = 'ROLE_UPDATED' and target_id = $1`, [role.id])).length
  expect((await w.did('PATCH', `/v2025/roles/${role.id}`, [])).modified).toBe(role.modified)
  await w.did('PATCH', `/v2025/roles/${role.id}`, [replace('/description', 'old')])
  expect(await records()).toBe(0)
  await w.did('PATCH', `/v2025/roles/${role.id}`, [replace('/description', 'new')])
  expect(await records()).toBe(1)
  const event = await w.lastRecord('ROLE_UPDATED')
  expect(event).toMatchObject({ actor: { id: await app.idOf('admin') }, target: { id: role.id } })
  expect(event.details).toMatchObject({ from: { description: 'old' }, to: { description: 'new' } })
  expect((await w.lastRecord('ROLE_CREATED')).target.id).toBe(role.id)
})

test('a role that was asked for is not deleted, nor are others in the same list; disabled, nobody can ask for it', async () => {
  const used = await w.did('POST', '/v2025/roles', newRole({ enabled: true, requestable: true, accessRequestConfig: asksGroup() }))
  const free = await w.did('POST', '/v2025/roles', newRole())
  const requestId = await w.ask({ type: 'ROLE', id: used.id })
  expect(await w.refused('DELETE', `/v2025/roles/${used.id}`)).toMatch(/is in use: requests or assignments.*Set enabled to false/)
  expect(await w.refused('POST', '/v2025/roles/bulk-delete', { roleIds: [free.id, used.id] })).toContain('roleIds[1]')
  expect(await w.refused('POST', '/v2025/roles/bulk-delete', { roleIds: [free.id, 'nobody'] })).toContain('roleIds[1]: there is no role')
  await app.sql(
    `insert into assignment (id, identity_id, item_type, item_id, origin, state, created_at, modified_at)
      select 'held', $2, 'ROLE', $1, 'REQUESTED', 'ACTIVE', now(), now()`,
    [used.id, await app.idOf('emp.bob')],
  )
  expect(await w.refused('DELETE', `/v2025/roles/${used.id}`)).toContain('1 person holds it')
  await w.did('PATCH', `/v2025/roles/${used.id}`, [replace('/enabled', false)])
  const again = { requestedFor: [await app.idOf('emp.carol')], requestedItems: [{ type: 'ROLE', id: used.id }] }
  expect((await app.call('emp.carol', 'POST', '/v2025/access-requests', again)).status).toBe(400)
  expect(await w.approversOf(requestId)).toHaveLength(3)
})

test('many roles are deleted in one call, which tells of a task that is done', async () => {
  const roles = [await w.did('POST', '/v2025/roles', newRole()), await w.did('POST', '/v2025/roles', newRole())]
  const task = await w.did('POST', '/v2025/roles/bulk-delete', { roleIds: roles.map(({ id }) => id) })
  expect(task.type).toBe('TASK_RESULT')
  for (const { id } of roles) await w.refused('GET', `/v2025/roles/${id}`, undefined, 404)
  expect(
    (await app.sql(`select 1 from audit_event where action = 'ROLE_DELETED' and target_id = any($1)`, [roles.map(({ id }) => id)])).length,
  ).toBe(2)
})

test('what was said about the approvals of a role goes with it', async () => {
  const role = await w.did('POST', '/v2025/roles', newRole())
  const settings = () => app.sql('select 1 from setting where key like $1', [`%${role.id}`])
  await w.did('PUT', `/v2025/generic-approvals/config/${role.id}/ROLE`, { requiresComment: 'ALL' })
  expect(await settings()).toHaveLength(1)
  await w.did('DELETE', `/v2025/roles/${role.id}`)
  expect(await settings()).toEqual([])
})

test('two roles made at one moment under one name are one role and one refusal', async () => {
  for (let round = 0; round < 5; round++) {
    const body = newRole()
    const answers = await Promise.all([1, 2, 3].map(() => app.call('admin', 'POST', '/v2025/roles', body)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400])
  }
})

test('a role that is deleted while somebody asks for it is either gone or asked for, never both', async () => {
  for (let round = 0; round < 8; round++) {
    const role = await w.did('POST', '/v2025/roles', newRole({ enabled: true, requestable: true, accessRequestConfig: asksGroup() }))
    const ask = { requestedFor: [await app.idOf('emp.alice')], requestedItems: [{ type: 'ROLE', id: role.id }] }
    const [asked, deleted] = await Promise.all([
      app.call('emp.alice', 'POST', '/v2025/access-requests', ask),
      app.call('admin', 'DELETE', `/v2025/roles/${role.id}`),
    ])
    expect([
      [202, 400],
      [400, 204],
    ]).toContainEqual([asked.status, deleted.status])
  }
})
