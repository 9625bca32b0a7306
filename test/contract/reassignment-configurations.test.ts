import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { standInFor } from '../support/stand-in.ts'

/** The calls that say who stands in for whom: their shapes in every version, who may make them, and what they refuse. */

let app: TestApp
beforeAll(async () => {
  app = await startApp({ movableClock: true })
  await app.call('admin', 'POST', '/countersign/v1/clock', { set: '2030-01-01T09:00:00Z', hold: true })
})
afterAll(() => app.close())
beforeEach(async () => {
  await app.sql('delete from reassignment')
})

const says = (away: string, standIn: string) => standInFor(app, away, standIn)

describe('who says it, and how', () => {
  const path = (dialect: string) => (dialect === 'v1' ? '/reassignment-configurations/v1' : `/${dialect}/reassignment-configurations`)
  const body = async (more: object = {}) => ({
    reassignedFromId: await app.idOf('emp.alice'),
    reassignedToId: await app.idOf('emp.bob'),
    configType: 'ACCESS_REQUESTS',
    startDate: '2030-02-01T00:00:00Z',
    endDate: '2030-03-01T00:00:00Z',
    ...more,
  })

  test.each(['beta', 'v2024', 'v2025', 'v2026', 'v1'])('in %s it is made, read, listed, changed and deleted', async (dialect) => {
    const made = await app.call('admin', 'POST', path(dialect), await body())
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({
      identity: { name: 'Alice Moreau' },
      configDetails: [
        {
          configType: 'ACCESS_REQUESTS',
          targetIdentity: { name: 'Bob Anders' },
          startDate: '2030-02-01T00:00:00.000Z',
          endDate: '2030-03-01T00:00:00.000Z',
          auditDetails: { created: '2030-01-01T09:00:00.000Z', createdBy: { name: 'Ada Quill' }, modifiedBy: { name: 'Ada Quill' } },
        },
      ],
    })
    const ofAlice = `${path(dialect)}/${await app.idOf('emp.alice')}`
    expect((await app.call('emp.alice', 'GET', ofAlice)).json).toEqual(made.json)
    expect((await app.call('admin', 'GET', path(dialect))).json).toEqual([made.json])
    const changed = await app.call('mgr.one', 'PUT', ofAlice, await body({ startDate: undefined, endDate: null }))
    expect(changed.status).toBe(200)
    expect(changed.json.configDetails).toMatchObject([
      { startDate: '2030-02-01T00:00:00.000Z', auditDetails: { createdBy: { name: 'Ada Quill' }, modifiedBy: { name: 'Mona Ellis' } } },
    ])
    expect(changed.json.configDetails[0]).not.toHaveProperty('endDate')
    expect((await app.call('emp.alice', 'DELETE', `${ofAlice}/ACCESS_REQUESTS`)).status).toBe(204)
    expect((await app.call('emp.alice', 'GET', ofAlice)).json.configDetails).toEqual([])
  })

  test('one per person and type: a second is refused, another type is not, and of two at the same moment one is taken', async () => {
    const twice = await Promise.all([await body(), await body()].map((one) => app.call('admin', 'POST', path('v2025'), one)))
    expect(twice.map(({ status }) => status).sort()).toEqual([201, 400])
    const third = await app.call('admin', 'POST', path('v2025'), await body())
    expect(third.json.messages[0].text).toContain('configType: Alice Moreau has such a configuration already')
    expect((await app.call('admin', 'POST', path('v2025'), await body({ configType: 'MANUAL_TASKS' }))).status).toBe(201)
    const { json } = await app.call('admin', 'GET', `${path('v2025')}?count=true&limit=1`)
    expect(json[0].configDetails.map(({ configType }: { configType: string }) => configType)).toEqual(['ACCESS_REQUESTS', 'MANUAL_TASKS'])
  })

  test('people see and change their own and their reports’, org admins everybody’s', async () => {
    await app.call('admin', 'POST', path('v2025'), await body())
    await says('yara.costa', 'kim.tran')
    const seen = async (alias: string) =>
      (await app.call(alias, 'GET', path('v2025'))).json.map(({ identity }: { identity: { name: string } }) => identity.name).sort()
    expect(await seen('admin')).toEqual(['Alice Moreau', 'Yara Costa'])
    expect(await seen('mgr.one')).toEqual(['Alice Moreau'])
    expect(await seen('emp.alice')).toEqual(['Alice Moreau'])
    expect(await seen('emp.bob')).toEqual([])
    expect((await app.call('emp.bob', 'POST', path('v2025'), await body({ configType: 'MANUAL_TASKS' }))).status).toBe(403)
  })

  test.each<[string, object, string]>([
    ['somebody who is not there', { reassignedToId: 'nobody' }, 'reassignedToId: there is no identity nobody.'],
    ['for somebody who is not there', { reassignedFromId: 'nobody' }, 'reassignedFromId: there is no identity nobody.'],
    ['for nobody', { reassignedFromId: undefined }, 'reassignedFromId: is required.'],
    ['a period that ends before it begins', { endDate: '2030-01-31T00:00:00Z' }, 'endDate: must lie after the start date.'],
    ['certifications, which are not there', { configType: 'CERTIFICATIONS' }, 'configType: there are no certifications here'],
    ['generic approvals, which are access requests here', { configType: 'GENERIC_APPROVALS' }, 'are reassigned by ACCESS_REQUESTS'],
    ['an unknown type', { configType: 'HOLIDAYS' }, 'configType: must be one of'],
    ['a date that is none', { startDate: 'tomorrow' }, 'startDate: '],
  ])('refused: %s', async (_name, more, text) => {
    const answer = await app.call('admin', 'POST', path('v2025'), await body(more))
    expect(answer.status).toBe(400)
    expect(answer.json.messages[0].text).toContain(text)
  })

  test('refused: people who stand in for themselves or are not active, and a body about somebody else than the path', async () => {
    const alice = await app.idOf('emp.alice')
    const text = async (more: object) =>
      (await app.call('admin', 'PUT', `${path('v2025')}/${alice}`, await body(more))).json.messages[0].text
    expect(await text({ reassignedToId: alice })).toContain('reassignedToId: nobody stands in for themselves.')
    expect(await text({ reassignedToId: await app.idOf('nadia.roth') })).toContain('reassignedToId: Nadia Roth is not active.')
    expect(await text({ reassignedFromId: await app.idOf('emp.bob') })).toContain('reassignedFromId: must be the identity of the path')
    expect((await app.call('admin', 'GET', `${path('v2025')}/nobody`)).status).toBe(404)
  })

  test('the types are those that have an effect', async () => {
    const { json } = await app.call('emp.alice', 'GET', `${path('v2026')}/types`)
    expect(json.map((one: { internalNameCamel: string }) => one.internalNameCamel)).toEqual(['ACCESS_REQUESTS', 'MANUAL_TASKS'])
  })

  test('an evaluation tells who would get it and by which steps; without a configuration the person themselves', async () => {
    const evaluate = async (alias: string, query = '', type = 'ACCESS_REQUESTS') =>
      app.call('admin', 'GET', `${path('v2025')}/${await app.idOf(alias)}/evaluate/${type}${query}`)
    await says('mgr.one', 'yara.costa')
    await says('yara.costa', 'kim.tran')
    const [mona, yara, kim] = await Promise.all(['mgr.one', 'yara.costa', 'kim.tran'].map((alias) => app.idOf(alias)))
    const automatic = { reassignmentType: 'AUTOMATIC_REASSIGNMENT,' }
    expect((await evaluate('mgr.one', '?exclusionFilters=SELF_REVIEW_DELEGATION')).json).toEqual([
      {
        reassignToId: kim,
        lookupTrail: [
          { reassignedFromId: mona, reassignedToId: yara, ...automatic },
          { reassignedFromId: yara, reassignedToId: kim, ...automatic },
        ],
      },
    ])
    expect((await evaluate('kim.tran')).json).toEqual([{ reassignToId: kim, lookupTrail: [] }])
    expect((await evaluate('mgr.one', '', 'MANUAL_TASKS')).json).toEqual([{ reassignToId: mona, lookupTrail: [] }])
    expect((await evaluate('mgr.one', '', 'HOLIDAYS')).status).toBe(400)
    expect((await evaluate('mgr.one', '?exclusionFilters=EVERYTHING')).json.messages[0].text).toContain('exclusionFilters: ')
  })

  test('every change is in the record, with what it was', async () => {
    await says('mgr.one', 'yara.costa')
    await says('mgr.one', 'kim.tran')
    await app.call('admin', 'DELETE', `${path('v2025')}/${await app.idOf('mgr.one')}/ACCESS_REQUESTS`)
    const rows = await app.sql(`select action, canonical from audit_event where action like 'REASSIGNMENT_CONF%' order by id desc limit 3`)
    expect(rows.map((row) => row['action'])).toEqual([
      'REASSIGNMENT_CONFIGURATION_DELETED',
      'REASSIGNMENT_CONFIGURATION_UPDATED',
      'REASSIGNMENT_CONFIGURATION_CREATED',
    ])
    expect(String(rows[1]?.['canonical'])).toContain(await app.idOf('yara.costa'))
  })
})
