import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exceptV3, pathIn } from '../../../src/api/dialect.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { replace, type Writes, writesOf } from '../../support/catalogue-writes.ts'

let app: TestApp
let w: Writes
let security: string
let directory: string
let days = 0

beforeAll(async () => {
  app = await startApp()
  w = writesOf(app)
  security = String((await app.sql(`select id from governance_group where name = 'Security Board'`))[0]?.['id'])
  directory = String((await app.sql(`select id from source where name = 'Corporate Directory'`))[0]?.['id'])
})
afterAll(() => app.close())

const entitlement = (name: string) => app.itemId('ENTITLEMENT', name)
/** The same thing asked for again is another request when it begins on another day. */
const ask = (id: string) => w.ask({ type: 'ENTITLEMENT', id, startDate: new Date(Date.UTC(2050, 0, ++days)).toISOString() })
const approvers = async (id: string) => w.approversOf(await ask(id))
const asking = (...approvalSchemes: object[]) => ({
  accessRequestConfig: { approvalSchemes },
  revocationRequestConfig: { approvalSchemes: [] },
})

describe.each(exceptV3)('in %s', (dialect) => {
  const entitlements = pathIn(dialect, '/entitlements')
  const hasLevels = dialect === 'v2026' || dialect === 'v1'

  test('an entitlement is read, changed and read again', async () => {
    const path = `${entitlements}/${await entitlement('Customer Records')}`
    const before = await w.get(path)
    const privilege = hasLevels ? replace('/privilegeOverride/level', 'HIGH') : replace('/privileged', true)
    const owner = { type: 'IDENTITY', id: await app.idOf('dora.finch') }
    const patch = [replace('/name', `Customers ${dialect}`), replace('/description', null), replace('/owner', owner), privilege]
    const changed = await w.did('PATCH', path, [...patch, replace('/requestable', false)])
    expect(changed).toMatchObject({ name: `Customers ${dialect}`, description: null, requestable: false, owner: { name: 'Dora Finch' } })
    expect(hasLevels ? changed.privilegeLevel.effective : changed.privileged).toBe(hasLevels ? 'HIGH' : true)
    expect(changed).toMatchObject({ value: before.value, attribute: before.attribute, source: before.source })
    expect(await w.get(path)).toEqual(changed)
    const back = [replace('/name', 'Customer Records'), replace('/requestable', true), { op: 'remove', path: '/owner' }]
    const unprivileged = hasLevels ? replace('/privilegeOverride', null) : replace('/privileged', false)
    expect(await w.did('PATCH', path, [...back, unprivileged])).toMatchObject({ name: 'Customer Records', owner: null })
  })

  test('the rules of its own are replaced as a whole and read as they are', async () => {
    const path = `${entitlements}/${await entitlement('Customer Records')}/entitlement-request-config`
    const config = {
      accessRequestConfig: {
        approvalSchemes: [
          { approverType: 'MANAGER', approverId: null },
          { approverType: 'GOVERNANCE_GROUP', approverId: security },
        ],
        requestCommentRequired: true,
        denialCommentRequired: true,
        reauthorizationRequired: false,
        requireEndDate: true,
        maxPermittedAccessDuration: { value: 2, timeUnit: 'WEEKS' },
      },
      revocationRequestConfig: { approvalSchemes: [{ approverType: 'ENTITLEMENT_OWNER', approverId: null }] },
    }
    expect(await w.did('PUT', path, config)).toMatchObject(config)
    expect(await w.get(path)).toMatchObject(config)
    const bare = await w.did('PUT', path, asking())
    expect(bare.accessRequestConfig).toMatchObject({ approvalSchemes: [], requireEndDate: false, maxPermittedAccessDuration: null })
  })

  test('the rules of its source are replaced and read', async () => {
    const path = `${pathIn(dialect, '/sources')}/${directory}/entitlement-request-config`
    const before = await w.get(path)
    const after = await w.did('PUT', path, asking({ approverType: 'GOVERNANCE_GROUP', approverId: security }))
    expect(after.accessRequestConfig.approvalSchemes).toEqual([{ approverType: 'GOVERNANCE_GROUP', approverId: security }])
    expect(await w.get(path)).toEqual(after)
    expect(await w.did('PUT', path, before)).toEqual(before)
  })
})

test('an entitlement asks by its own rules, else by those of its source, else by those of the tenant', async () => {
  const id = await entitlement('VPN Users')
  const ofSource = `/v2025/sources/${directory}/entitlement-request-config`
  expect(await approvers(id)).toEqual(['tomas.berg'])
  await w.did('PUT', ofSource, asking({ approverType: 'MANAGER' }))
  expect(await approvers(id)).toEqual(['mgr.one'])
  const running = await ask(id)
  await w.did(
    'PUT',
    `/v2025/entitlements/${id}/entitlement-request-config`,
    asking({ approverType: 'GOVERNANCE_GROUP', approverId: security }),
  )
  expect(await approvers(id)).toEqual(['amir.saleh', 'julia.novak', 'tomas.berg'])
  await w.did('PUT', ofSource, asking({ approverType: 'SOURCE_OWNER' }))
  expect(await approvers(id)).toHaveLength(3)
  expect(await w.approversOf(running)).toEqual(['mgr.one'])

  await app.sql('update source set request_config = null where id = $1', [directory])
  const other = await entitlement('GitHub Developers')
  const config = await w.get('/v2025/access-request-config')
  const entitlementRequestConfig = { ...config.entitlementRequestConfig, ...asking({ approverType: 'ENTITLEMENT_OWNER' }) }
  await w.did('PUT', '/v2025/access-request-config', { ...config, entitlementRequestConfig })
  expect(await approvers(other)).toEqual(['mgr.two'])
  expect(await approvers(id)).toHaveLength(3)
})

test('an empty list of schemes asks nobody, and one that is left out asks the owner of the source', async () => {
  const id = await entitlement('Design Library')
  const path = `/v2025/entitlements/${id}/entitlement-request-config`
  await w.did('PUT', path, asking())
  expect(await w.stateOf(await ask(id))).toBe('SCHEDULED')
  for (const body of [{}, { accessRequestConfig: { requestCommentRequired: true } }, { accessRequestConfig: { approvalSchemes: null } }]) {
    const answer = await w.did('PUT', path, body)
    expect(answer.accessRequestConfig.approvalSchemes).toEqual([{ approverType: 'SOURCE_OWNER', approverId: null }])
    expect(answer.revocationRequestConfig.approvalSchemes).toEqual([{ approverType: 'SOURCE_OWNER', approverId: null }])
    expect(await approvers(id)).toEqual(['tomas.berg'])
  }
})

test('rules that cannot be followed are refused with the field named, of an entitlement as of a source', async () => {
  const paths = [
    `/v2025/entitlements/${await entitlement('Laboratory')}/entitlement-request-config`,
    `/v2025/sources/${directory}/entitlement-request-config`,
  ]
  for (const path of paths) {
    const refused = (body: object) => w.refused('PUT', path, body)
    const group = { approverType: 'GOVERNANCE_GROUP', approverId: 'nobody' }
    expect(await refused(asking({ approverType: 'MANAGER' }, group))).toContain(
      'accessRequestConfig.approvalSchemes[1].approverId: there is no governance group nobody',
    )
    expect(await refused({ revocationRequestConfig: { approvalSchemes: [group] } })).toContain('revocationRequestConfig.approvalSchemes[0]')
    expect(await refused(asking({ approverType: 'GOVERNANCE_GROUP' }))).toContain('named by its id')
    expect(await refused(asking({ approverType: 'OWNER' }))).toContain('accessRequestConfig.approvalSchemes[0].approverType')
    expect(await refused(asking({ approverType: 'WORKFLOW', approverId: 'w' }))).toContain('workflows cannot approve')
    const short = { maxPermittedAccessDuration: { value: 0, timeUnit: 'DAYS' } }
    expect(await refused({ accessRequestConfig: short })).toContain('maxPermittedAccessDuration.value: must be at least 1')
    expect(await refused({ accessRequestConfig: { formDefinitionId: 'f' } })).toContain('forms are not supported yet')
  }
  expect(await w.refused('PUT', '/v2025/entitlements/nobody/entitlement-request-config', {}, 404)).toContain('no entitlement nobody')
  expect(await w.refused('PUT', '/v2025/sources/nobody/entitlement-request-config', {}, 404)).toContain('no source nobody')
})

test('a patch touches only what is published as patchable, in the words of its version', async () => {
  const id = await entitlement('Laboratory')
  const refused = (version: string, ...patch: object[]) => w.refused('PATCH', `/${version}/entitlements/${id}`, patch)
  for (const path of ['/value', '/attribute', '/source', '/additionalOwners', '/cloudGoverned', '/id']) {
    expect(await refused('v2025', replace(path, 'x'))).toContain('cannot be changed')
  }
  expect(await refused('v2025', replace('/privilegeOverride', null))).toContain('cannot be changed')
  expect(await refused('v2026', replace('/privileged', true))).toContain('cannot be changed')
  expect(await refused('v2026', replace('/privilegeOverride/level', 'MEDIUM'))).toContain('privilegeOverride.level: only HIGH and NONE')
  expect(await refused('v2025', replace('/owner', { type: 'IDENTITY', id: 'nobody' }))).toContain('owner.id: there is no identity nobody')
  expect(await refused('v2025', replace('/name', ''))).toContain('name')
  expect(await refused('v2025', replace('/requestable', 'yes'))).toContain('requestable')
  expect(await refused('v2025', replace('/segments', ['a']))).toContain('segments: is not supported yet')
  expect(await refused('v2025', replace('/manuallyUpdatedFields', { DISPLAY_NAME: true }))).toContain('manuallyUpdatedFields: is not')
  expect(await w.refused('PATCH', `/v2025/entitlements/${await app.itemId('ROLE', 'Auditor')}`, [], 404)).toContain('no entitlement')
})

test('many entitlements are changed in the same way, or none of them', async () => {
  const ids = [await entitlement('Laboratory'), await entitlement('Main Entrance')]
  const path = '/v2025/entitlements/bulk-update'
  const jsonPatch = [replace('/requestable', true), replace('/privileged', true)]
  expect(await w.refused('POST', path, { entitlementIds: [...ids, 'nobody'], jsonPatch })).toContain(
    'entitlementIds[2]: there is no entitlement',
  )
  expect(await w.refused('POST', path, { entitlementIds: ids, jsonPatch: [replace('/name', 'x')] })).toContain('cannot be changed')
  expect(await w.refused('POST', path, { entitlementIds: Array.from({ length: 51 }, () => ids[0]), jsonPatch })).toContain('entitlementIds')
  expect((await app.call('admin', 'POST', path, { entitlementIds: ids, jsonPatch })).status).toBe(204)
  for (const id of ids) expect(await w.get(`/v2025/entitlements/${id}`)).toMatchObject({ requestable: true, privileged: true })
  await w.did('POST', '/v2026/entitlements/bulk-update', { entitlementIds: ids, jsonPatch: [replace('/privilegeOverride/level', 'NONE')] })
  for (const id of ids) expect(await w.get(`/v2025/entitlements/${id}`)).toMatchObject({ requestable: true, privileged: false })
  expect((await w.lastRecord('ENTITLEMENT_UPDATED')).details).toMatchObject({ from: { privileged: true }, to: { privileged: false } })
})

test('the record tells whose rules were changed, from what to what', async () => {
  const id = await entitlement('Finance Readers')
  await w.did('PUT', `/v2025/entitlements/${id}/entitlement-request-config`, asking({ approverType: 'MANAGER' }))
  const event = await w.lastRecord('ENTITLEMENT_REQUEST_CONFIG_UPDATED')
  expect(event.target.id).toBe(id)
  expect(event.details).toMatchObject({
    from: { requestConfig: { grant: { steps: [{ kind: 'OWNER' }] } } },
    to: { requestConfig: { grant: { steps: [{ kind: 'MANAGER' }] } } },
  })
  await w.did('PUT', `/v2025/sources/${directory}/entitlement-request-config`, asking({ approverType: 'MANAGER' }))
  expect((await w.lastRecord('SOURCE_REQUEST_CONFIG_UPDATED')).target.id).toBe(directory)
})
