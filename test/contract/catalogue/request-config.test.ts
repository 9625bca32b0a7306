import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ItemType, noRules, type RequestConfig } from '../../../src/domain/access-model.ts'
import { fromWireRequestConfig, toWireRequestConfig, type WireRequestConfig } from '../../../src/http/request-config.ts'
import { startApp, type TestApp } from '../../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.close())

const get = async (url: string) => (await app.call('admin', 'GET', url)).json
const schemes = (half: { approvalSchemes: { approverType: string }[] }) => half.approvalSchemes.map((scheme) => scheme.approverType)

test('a role tells its approvers in their order, a group by its id', async () => {
  const auditor = await get(`/v2024/roles/${await app.itemId('ROLE', 'Auditor')}`)
  const [group] = await app.sql(`select id from governance_group where name = 'Audit Committee'`)
  expect(auditor.accessRequestConfig.approvalSchemes).toEqual([
    { approverType: 'MANAGER', approverId: null },
    { approverType: 'GOVERNANCE_GROUP', approverId: group?.['id'] },
  ])
  expect(auditor.revocationRequestConfig).toEqual({ commentsRequired: false, denialCommentsRequired: false, approvalSchemes: [] })
  expect(auditor.additionalOwners).toEqual([{ type: 'GOVERNANCE_GROUP', id: group?.['id'], name: 'Audit Committee' }])
})

test('an access profile has its comment rules and its approvers of both kinds', async () => {
  const badge = await get(`/v3/access-profiles/${await app.itemId('ACCESS_PROFILE', 'Server Room Badge')}`)
  expect(schemes(badge.accessRequestConfig)).toEqual(['MANAGER', 'SOURCE_OWNER'])
  expect(badge.accessRequestConfig.commentsRequired).toBe(true)
  expect(Object.keys(badge.revocationRequestConfig)).toEqual(['approvalSchemes'])
})

test('an entitlement has its own rules, else those of its source, else those of the tenant', async () => {
  const configOf = async (name: string) => get(`/v2024/entitlements/${await app.itemId('ENTITLEMENT', name)}/entitlement-request-config`)
  const own = await configOf('GitHub Admins')
  expect(schemes(own.accessRequestConfig)).toEqual(['MANAGER', 'GOVERNANCE_GROUP'])
  expect([own.accessRequestConfig.requestCommentRequired, own.accessRequestConfig.denialCommentRequired]).toEqual([true, true])
  expect(schemes((await configOf('Finance Readers')).accessRequestConfig)).toEqual(['ENTITLEMENT_OWNER'])
  expect(schemes((await configOf('VPN Users')).accessRequestConfig)).toEqual(['SOURCE_OWNER'])

  const [source] = await app.sql(`select id from source where name = 'Corporate Directory'`)
  const ofSource = () => get(`/v2024/sources/${source?.['id']}/entitlement-request-config`)
  expect(schemes((await ofSource()).accessRequestConfig)).toEqual(['SOURCE_OWNER'])
  await app.sql(`update source set request_config = null`)
  const config = await get('/v3/access-request-config')
  const entitlementRequestConfig = { ...config.entitlementRequestConfig, grantRequestApprovalSchemes: 'manager' }
  expect((await app.call('admin', 'PUT', '/v3/access-request-config', { ...config, entitlementRequestConfig })).status).toBe(200)
  expect(schemes((await ofSource()).accessRequestConfig)).toEqual(['MANAGER'])
  expect(schemes((await configOf('VPN Users')).accessRequestConfig)).toEqual(['MANAGER'])
})

const full: RequestConfig = {
  grant: {
    steps: [
      { kind: 'MANAGER' },
      { kind: 'OWNER' },
      { kind: 'SOURCE_OWNER' },
      { kind: 'APP_OWNER' },
      { kind: 'GOVERNANCE_GROUP', groupId: 'g' },
      { kind: 'ALL_OWNERS' },
      { kind: 'ADDITIONAL_OWNER' },
      { kind: 'ADDITIONAL_GOVERNANCE_GROUP' },
    ],
    commentRequired: true,
    denialCommentRequired: true,
    reauthorizationRequired: false,
    endDateRequired: true,
    maxDuration: { value: 3, unit: 'MONTHS' },
  },
  revoke: { ...noRules, steps: [{ kind: 'OWNER' }], commentRequired: true },
}

describe.each(['ROLE', 'ACCESS_PROFILE', 'ENTITLEMENT'] as ItemType[])('%s', (type) => {
  test('rules that were read and are written back unchanged are the same, whatever the noun cannot say', () => {
    for (const dialect of ['beta', 'v2024', 'v1'] as const) {
      expect(fromWireRequestConfig(type, toWireRequestConfig(type, full, dialect) as WireRequestConfig, full)).toEqual(full)
    }
  })

  test('an empty list of schemes asks nobody, and what is left out beside it has its default', () => {
    const nobody = { accessRequestConfig: { approvalSchemes: [] } }
    expect(fromWireRequestConfig(type, nobody, null).grant).toEqual(noRules)
    expect(fromWireRequestConfig(type, nobody, full).grant).toEqual(noRules)
  })

  test('other approvers replace the ones before, and an approver of this noun is understood', () => {
    const owner = type === 'ENTITLEMENT' ? 'ENTITLEMENT_OWNER' : 'OWNER'
    const approvalSchemes = [{ approverType: owner }, { approverType: 'GOVERNANCE_GROUP', approverId: 'g2' }]
    const { grant } = fromWireRequestConfig(type, { accessRequestConfig: { approvalSchemes } }, full)
    expect(grant.steps).toEqual([{ kind: 'OWNER' }, { kind: 'GOVERNANCE_GROUP', groupId: 'g2' }])
  })

  test.each([
    [{ approvalSchemes: [{ approverType: 'WORKFLOW', approverId: 'w' }] }, 'accessRequestConfig.approvalSchemes[0].approverType: '],
    [{ approvalSchemes: [{ approverType: 'SOMEBODY' }] }, 'accessRequestConfig.approvalSchemes[0].approverType: '],
    [
      { approvalSchemes: [{ approverType: 'MANAGER' }, { approverType: 'GOVERNANCE_GROUP' }] },
      'accessRequestConfig.approvalSchemes[1].approverId: ',
    ],
    [{ formDefinitionId: 'form' }, 'accessRequestConfig.formDefinitionId: '],
    [{ maxPermittedAccessDuration: { value: 0, timeUnit: 'DAYS' as const } }, 'accessRequestConfig.maxPermittedAccessDuration.value: '],
  ])('%j is refused with the field named', (accessRequestConfig, field) => {
    expect(() => fromWireRequestConfig(type, { accessRequestConfig }, null)).toThrow(field)
  })
})

test('an approver type that the list of a noun lacks is shown as the nearest one on it', () => {
  const shown = (type: ItemType) => schemes(toWireRequestConfig(type, full, 'v2024').accessRequestConfig)
  expect(shown('ROLE')).toEqual([
    'MANAGER',
    'OWNER',
    'OWNER',
    'OWNER',
    'GOVERNANCE_GROUP',
    'ALL_OWNERS',
    'ADDITIONAL_OWNER',
    'ADDITIONAL_GOVERNANCE_GROUP',
  ])
  expect(new Set(shown('ENTITLEMENT'))).toEqual(new Set(['MANAGER', 'ENTITLEMENT_OWNER', 'SOURCE_OWNER', 'GOVERNANCE_GROUP']))
})
