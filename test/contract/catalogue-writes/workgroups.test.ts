import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exceptV3, pathIn } from '../../../src/api/dialect.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { replace, type Writes, writesOf } from '../../support/catalogue-writes.ts'

let app: TestApp
let w: Writes
let owner: { type: string; id: string }

beforeAll(async () => {
  app = await startApp()
  w = writesOf(app)
  owner = { type: 'IDENTITY', id: await app.idOf('mgr.two') }
})
afterAll(() => app.close())

let made = 0
const newGroup = (more: object = {}) => ({ name: `Group ${++made}`, description: 'made here', owner, ...more })
const members = async (...aliases: string[]) => Promise.all(aliases.map(async (alias) => ({ type: 'IDENTITY', id: await app.idOf(alias) })))
const membersOf = async (id: string) => (await w.get(`/v2025/workgroups/${id}/members`)).map(({ name }: { name: string }) => name)
const add = async (id: string, ...aliases: string[]) => w.did('POST', `/v2025/workgroups/${id}/members/bulk-add`, await members(...aliases))
const remove = async (id: string, ...aliases: string[]) =>
  w.did('POST', `/v2025/workgroups/${id}/members/bulk-delete`, await members(...aliases))

/** A group of these people. */
async function groupOf(...aliases: string[]): Promise<string> {
  const { id } = await w.did('POST', '/v2025/workgroups', newGroup())
  if (aliases.length > 0) await add(id, ...aliases)
  return id
}

/** A role that asks these groups in turn, by one scheme each. */
async function roleAsking(groupIds: string[], more: object = {}): Promise<string> {
  const approvalSchemes = groupIds.map((approverId) => ({ approverType: 'GOVERNANCE_GROUP', approverId }))
  const body = { name: `Asks ${++made}`, owner, enabled: true, requestable: true, accessRequestConfig: { approvalSchemes }, ...more }
  return (await w.did('POST', '/v2025/roles', body)).id
}

const ask = (id: string) => w.ask({ type: 'ROLE', id })

describe.each(exceptV3)('in %s', (dialect) => {
  const groups = pathIn(dialect, '/workgroups')

  test('a group is made, read, changed, filled, emptied and deleted', async () => {
    const group = await w.did('POST', groups, newGroup())
    expect(group).toMatchObject({ description: 'made here', memberCount: 0, connectionCount: 0, owner: { name: 'Marco Tull' } })
    expect(await w.get(`${groups}/${group.id}`)).toEqual(group)
    const patch = [replace('/name', `${group.name}, renamed`), replace('/description', 'changed'), { op: 'remove', path: '/owner' }]
    const changed = await w.did('PATCH', `${groups}/${group.id}`, patch)
    expect(changed).toMatchObject({ name: `${group.name}, renamed`, description: 'changed' })
    expect('owner' in changed).toBe(false)
    expect(await w.get(`${groups}/${group.id}`)).toEqual(changed)

    const people = [...(await members('emp.bob', 'emp.carol')), { type: 'IDENTITY', id: 'nobody', name: 'Nobody' }]
    const statuses = async (path: string) =>
      (await w.did('POST', `${groups}/${group.id}/members/${path}`, people)).map((row: { status: number }) => row.status)
    expect(await statuses('bulk-add')).toEqual([201, 201, 404])
    expect(await statuses('bulk-add')).toEqual([409, 409, 404])
    expect(await membersOf(group.id)).toEqual(['Bob Anders', 'Carol Nwosu'])
    expect(await statuses('bulk-delete')).toEqual([204, 204, 404])
    expect(await statuses('bulk-delete')).toEqual([404, 404, 404])
    await w.did('DELETE', `${groups}/${group.id}`)
    await w.refused('GET', `${groups}/${group.id}`, undefined, 404)
  })
})

test('a name that is taken, an owner who is unknown and fields that are not patchable are refused', async () => {
  const group = await w.did('POST', '/v2025/workgroups', newGroup())
  expect(await w.refused('POST', '/v2025/workgroups', newGroup({ name: 'SECURITY board' }))).toContain('name: another workgroup has')
  expect(await w.refused('POST', '/v2025/workgroups', newGroup({ owner: { id: 'nobody' } }))).toContain('400.1.404')
  expect(await w.refused('POST', '/v2025/workgroups', { description: 'x' })).toContain('name: is required')
  const refused = (...patch: object[]) => w.refused('PATCH', `/v2025/workgroups/${group.id}`, patch)
  expect(await refused(replace('/memberCount', 7))).toContain('cannot be changed')
  expect(await refused(replace('/name', 'Audit committee'))).toContain('another workgroup has this name')
  expect(await refused(replace('/owner', { id: 'nobody' }))).toContain('owner.id: there is no identity nobody')
  expect(await w.refused('POST', '/v2025/workgroups/nobody/members/bulk-add', [], 404)).toContain('no workgroup nobody')
})

test('a group that rules name is not deleted: those of items, sources, the tenant, owners, policies, and of requests on their way', async () => {
  const id = await groupOf('emp.bob')
  const refused = () => w.refused('DELETE', `/v2025/workgroups/${id}`)
  const scheme = { approverType: 'GOVERNANCE_GROUP', approverId: id }
  const role = await roleAsking([await groupOf('emp.carol'), id])
  expect(await refused()).toMatch(/is in use: Asks \d+ names it/)
  const running = await ask(role)
  await w.did('PATCH', `/v2025/roles/${role}`, [replace('/accessRequestConfig', {})])
  expect(await refused()).toContain('1 open request waits for it')
  await app.call('emp.alice', 'POST', '/v2025/access-requests/cancel', { accountActivityId: running, comment: 'enough' })

  await w.did('PATCH', `/v2025/roles/${role}`, [replace('/additionalOwners', [{ type: 'GOVERNANCE_GROUP', id }])])
  expect(await refused()).toContain('names it')
  await w.did('PATCH', `/v2025/roles/${role}`, [replace('/additionalOwners', [])])

  const [source] = await app.sql(`select id from source where name = 'Building Badges'`)
  const ofSource = `/v2025/sources/${source?.['id']}/entitlement-request-config`
  await w.did('PUT', ofSource, { accessRequestConfig: { approvalSchemes: [] }, revocationRequestConfig: { approvalSchemes: [scheme] } })
  expect(await refused()).toContain('Building Badges names it')
  await w.did('PUT', ofSource, {})

  const config = await w.get('/v2025/access-request-config')
  const entitlementRequestConfig = { accessRequestConfig: { approvalSchemes: [scheme] } }
  await w.did('PUT', '/v2025/access-request-config', { ...config, entitlementRequestConfig })
  expect(await refused()).toContain('the access request configuration asks it')
  await w.did('PUT', '/v2025/access-request-config', config)

  const criteria = async (name: string) => ({ criteriaList: [{ type: 'ENTITLEMENT', id: await app.itemId('ENTITLEMENT', name) }] })
  const conflictingAccessCriteria = { leftCriteria: await criteria('VPN Users'), rightCriteria: await criteria('Laboratory') }
  const owned = { name: 'Owned', conflictingAccessCriteria, ownerRef: { type: 'GOVERNANCE_GROUP', id } }
  const policy = await w.did('POST', '/sod-policies/v1', owned)
  expect(await refused()).toContain('it owns the SoD policy Owned')
  const second = { ...owned, ownerRef: owner, secondaryOwnerRefs: [owned.ownerRef] }
  await w.did('PUT', `/sod-policies/v1/${policy.id}`, second)
  expect(await refused()).toContain('it owns the SoD policy Owned')
  await w.did('DELETE', `/sod-policies/v1/${policy.id}`)

  await w.did('DELETE', `/v2025/workgroups/${id}`)
  expect((await w.lastRecord('WORKGROUP_DELETED')).target.id).toBe(id)
})

test('in bulk each group has its own outcome', async () => {
  const [free, used] = [await groupOf(), await groupOf('emp.bob')]
  await roleAsking([used])
  const { status, json } = await app.call('admin', 'POST', '/v2025/workgroups/bulk-delete', { ids: [free, used, 'nobody'] })
  expect([status, json.map((row: { status: number }) => row.status)]).toEqual([207, [204, 409, 404]])
  expect(json[1].description).toContain('names it')
  await w.get(`/v2025/workgroups/${used}`)
})

test('a request that a deleted group answered still tells its approvals', async () => {
  const group = await groupOf('emp.bob')
  const role = await roleAsking([group])
  const requestId = await ask(role)
  const [approval] = await app.sql(
    'select a.id from approval a join requested_item i on i.id = a.requested_item_id where i.request_id = $1',
    [requestId],
  )
  const answer = await app.call('emp.bob', 'POST', `/v2025/access-request-approvals/${approval?.['id']}/reject`, { comment: 'no' })
  expect(answer.status).toBe(202)
  await w.did('PATCH', `/v2025/roles/${role}`, [replace('/accessRequestConfig', {})])
  await w.did('DELETE', `/v2025/workgroups/${group}`)
  const [row] = (await app.call('emp.alice', 'GET', `/v2025/access-request-status?filters=accessRequestId eq "${requestId}"`)).json
  expect(row).toMatchObject({ state: 'REJECTED', approvalDetails: [{ status: 'REJECTED' }] })
})

describe('what waits for a group', () => {
  test('waits for somebody who comes, and not any more for somebody who goes', async () => {
    const group = await groupOf('emp.bob', 'emp.carol')
    const requestId = await ask(await roleAsking([group]))
    expect(await w.approversOf(requestId)).toEqual(['emp.bob', 'emp.carol'])
    await add(group, 'hugo.lind')
    await remove(group, 'emp.bob')
    expect(await w.approversOf(requestId)).toEqual(['emp.carol', 'hugo.lind'])
    const told = await app.sql(`select kind from notification where identity_id = $1`, [await app.idOf('hugo.lind')])
    expect(told).toEqual([{ kind: 'APPROVAL_WAITING' }])
    const pending = async (alias: string) => (await app.call(alias, 'GET', '/v2025/access-request-approvals/pending')).json
    const [approval] = await pending('hugo.lind')
    expect([approval.accessRequestId, approval.owner.name]).toEqual([requestId, 'Hugo Lind'])
    expect(await pending('emp.bob')).toEqual([])
    const decide = (alias: string) => app.call(alias, 'POST', `/v2025/access-request-approvals/${approval.id}/approve`, {})
    expect((await decide('emp.bob')).status).toBe(403)
    expect((await decide('hugo.lind')).status).toBe(202)
    expect(await w.stateOf(requestId)).toBe('PROVISIONING')
    const rerouted = await w.lastRecord('APPROVAL_REQUEST_REROUTED')
    expect(rerouted.details).toMatchObject({ approvalId: approval.id, opened: [], closed: [await app.idOf('emp.bob')] })
    expect((await w.lastRecord('WORKGROUP_MEMBERS_REMOVED')).details).toEqual({ members: [await app.idOf('emp.bob')] })
  })

  test('never waits for the recipient, the requester or somebody inactive, though they are members now', async () => {
    const group = await groupOf('emp.bob')
    const role = await roleAsking([group])
    const body = { requestedFor: [await app.idOf('emp.alice')], requestedItems: [{ type: 'ROLE', id: role }] }
    const asked = await app.call('mgr.one', 'POST', '/v2025/access-requests', body)
    await add(group, 'emp.alice', 'mgr.one', 'nadia.roth', 'emp.carol')
    expect(await w.approversOf(asked.json.newRequests[0].accessRequestIds[0])).toEqual(['emp.bob', 'emp.carol'])
  })

  test('goes to the last resort when nobody is left, and the history tells from whom', async () => {
    const group = await groupOf('emp.bob', 'emp.alice')
    const requestId = await ask(await roleAsking([group]))
    await remove(group, 'emp.bob')
    expect(await w.approversOf(requestId)).toEqual(['admin'])
    const [approval] = (await app.call('admin', 'GET', '/v2025/access-request-approvals/pending?owner-id=me')).json.filter(
      (row: { accessRequestId: string }) => row.accessRequestId === requestId,
    )
    expect(approval.forwardHistory).toMatchObject([{ newApproverName: 'Ada Quill', reassignmentType: 'AUTOMATIC_REASSIGNMENT' }])
    await add(group, 'emp.carol')
    expect(await w.approversOf(requestId)).toEqual(['admin'])
  })

  test('still waits for somebody who left one of the groups asked and is in another', async () => {
    const [one, two] = [await groupOf('emp.bob', 'emp.carol'), await groupOf('emp.bob', 'hugo.lind')]
    const additionalOwners = [one, two].map((id) => ({ type: 'GOVERNANCE_GROUP', id }))
    const accessRequestConfig = { approvalSchemes: [{ approverType: 'ADDITIONAL_GOVERNANCE_GROUP' }] }
    const requestId = await ask(await roleAsking([], { additionalOwners, accessRequestConfig }))
    await remove(one, 'emp.bob', 'emp.carol')
    expect(await w.approversOf(requestId)).toEqual(['emp.bob', 'hugo.lind'])
    await add(two, 'emp.carol')
    expect(await w.approversOf(requestId)).toEqual(['emp.bob', 'emp.carol', 'hugo.lind'])
  })

  test('is left alone when it was handed to a person or belongs to another group', async () => {
    const [group, other] = [await groupOf('emp.bob'), await groupOf('emp.bob')]
    const handed = await ask(await roleAsking([group]))
    const elsewhere = await ask(await roleAsking([other]))
    const [approval] = await app.sql(
      'select a.id from approval a join requested_item i on i.id = a.requested_item_id where i.request_id = $1',
      [handed],
    )
    const to = { newOwnerId: await app.idOf('yara.costa'), comment: 'yours' }
    await app.call('emp.bob', 'POST', `/v2025/access-request-approvals/${approval?.['id']}/forward`, to)
    await add(group, 'emp.carol')
    await remove(group, 'emp.bob')
    expect([await w.approversOf(handed), await w.approversOf(elsewhere)]).toEqual([['yara.costa'], ['emp.bob']])
  })

  test('is decided by a member or by nobody: who leaves at the moment of a decision was in time, or was not', async () => {
    for (let round = 0; round < 6; round++) {
      const group = await groupOf('emp.bob', 'emp.carol')
      const requestId = await ask(await roleAsking([group]))
      const [approval] = await app.sql(
        'select a.id from approval a join requested_item i on i.id = a.requested_item_id where i.request_id = $1',
        [requestId],
      )
      const [decided] = await Promise.all([
        app.call('emp.bob', 'POST', `/v2025/access-request-approvals/${approval?.['id']}/approve`, {}),
        remove(group, 'emp.bob'),
      ])
      expect([202, 403]).toContain(decided.status)
      expect(await w.approversOf(requestId)).toEqual(decided.status === 202 ? [] : ['emp.carol'])
    }
  })

  test('is asked of the members as they are when two things happen at once', async () => {
    const group = await groupOf('emp.bob', 'emp.carol')
    for (let round = 0; round < 6; round++) {
      const role = await roleAsking([group])
      const [requestId] = await Promise.all([ask(role), round % 2 === 0 ? remove(group, 'emp.bob') : add(group, 'emp.bob')])
      expect(await w.approversOf(requestId)).toEqual(round % 2 === 0 ? ['emp.carol'] : ['emp.bob', 'emp.carol'])
    }
  })
})
