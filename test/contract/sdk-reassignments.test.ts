import * as vendor from 'sailpoint-api-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeClient } from '../../src/operations/make-client.ts'
import { startApp, type TestApp } from '../support/app.ts'

/** The vendor's SDK, unmodified, sets up who stands in for whom. */

let app: TestApp
let configuration: vendor.Configuration
let [away, standIn, next] = ['', '', '']

beforeAll(async () => {
  app = await startApp()
  const baseurl = await app.server.listen({ host: '127.0.0.1', port: 0 })
  const client = { name: 'sdk', identityId: await app.idOf('admin'), scopes: ['sp:scopes:all'] }
  const { id, secret } = await makeClient(app.app, { identityId: null, name: 'test' }, client)
  configuration = new vendor.Configuration({ baseurl, clientId: id, clientSecret: secret, tokenUrl: `${baseurl}/oauth/token` })
  configuration.experimental = true
  ;[away, standIn, next] = (await Promise.all(['mgr.one', 'yara.costa', 'kim.tran'].map((alias) => app.idOf(alias)))) as [
    string,
    string,
    string,
  ]
})
afterAll(() => app.close())

type Method = (parameters?: object) => Promise<{ status: number; data: ReturnType<typeof JSON.parse> }>

describe.each(['Beta', 'V2024'] as const)('the SDK of version %s', (suffix) => {
  const call = (name: string, parameters: object = {}) => {
    const classes = vendor as unknown as Record<string, new (configuration: vendor.Configuration) => Record<string, Method>>
    const Class = classes[`WorkReassignment${suffix}Api`]
    if (!Class) throw new Error(`the SDK has no WorkReassignment${suffix}Api`)
    const api = new Class(configuration)
    const method = api[name]
    if (!method) throw new Error(`the SDK has no ${name}`)
    return method.call(api, parameters)
  }
  const body = (value: object) => ({ [`configurationItemRequest${suffix}`]: value })
  const constants = vendor as unknown as Record<string, Record<string, string>>

  test('creates a configuration, reads, lists, evaluates, changes and deletes it', async () => {
    const startDate = '2026-01-01T00:00:00Z'
    const said = { reassignedFromId: away, reassignedToId: standIn, configType: 'ACCESS_REQUESTS', startDate }
    const made = await call('createReassignmentConfiguration', body(said))
    expect([made.status, made.data.configDetails[0].targetIdentity.id]).toEqual([201, standIn])
    expect((await call('getReassignmentConfiguration', { identityId: away })).data).toEqual(made.data)
    expect((await call('listReassignmentConfigurations', { limit: 20 })).data).toEqual([made.data])
    const evaluated = await call('getEvaluateReassignmentConfiguration', {
      identityId: away,
      configType: 'ACCESS_REQUESTS',
      exclusionFilters: ['SELF_REVIEW_DELEGATION'],
    })
    expect(evaluated.data).toEqual([
      {
        reassignToId: standIn,
        lookupTrail: [
          {
            reassignedFromId: away,
            reassignedToId: standIn,
            reassignmentType: constants[`ReassignmentTypeEnum${suffix}`]?.['AutomaticReassignment'],
          },
        ],
      },
    ])
    const put = await call('putReassignmentConfig', {
      identityId: away,
      ...body({ ...said, reassignedToId: next, endDate: '2026-02-01T00:00:00Z' }),
    })
    expect(put.data.configDetails[0]).toMatchObject({ targetIdentity: { id: next }, endDate: '2026-02-01T00:00:00.000Z' })
    const gone = await call('deleteReassignmentConfiguration', { identityId: away, configType: 'ACCESS_REQUESTS' })
    expect(gone.status).toBe(204)
  })

  test('reads the types and switches it off and on for the tenant', async () => {
    const types = await call('getReassignmentConfigTypes')
    expect(types.data.map(({ internalNameCamel }: { internalNameCamel: string }) => internalNameCamel)).toEqual([
      'ACCESS_REQUESTS',
      'MANUAL_TASKS',
    ])
    const settings = (disabled: boolean) => ({ [`tenantConfigurationRequest${suffix}`]: { configDetails: { disabled } } })
    expect((await call('putTenantConfiguration', settings(true))).data.configDetails.disabled).toBe(true)
    await call('putTenantConfiguration', settings(false))
    expect((await call('getTenantConfigConfiguration')).data.configDetails.disabled).toBe(false)
  })
})
