import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TargetError } from '../../src/ports.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { union, unsettled } from '../support/books.ts'
import { workerByHand } from '../support/by-hand.ts'
import { replace, type Writes, writesOf } from '../support/catalogue-writes.ts'
import { FakeConnector } from '../support/fake-connector.ts'

/** What roles and profiles are made of changes while people get them, lose them and the target fails: everybody ends with what they hold now. */

const isLong = process.env['TEST_LONG'] === '1'
const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 1)

const GROUPS = ['Audit Readers', 'Ledger Readers', 'VPN Users', 'Finance Readers'] as const
type Group = (typeof GROUPS)[number]
let app: TestApp
let w: Writes
let sourceId: string
let ownerId: string
const idOf = new Map<Group, string>()
const target = new FakeConnector()
let made = 0

beforeAll(async () => {
  app = await startApp()
  w = writesOf(app)
  ownerId = await app.idOf('mgr.two')
  sourceId = String((await app.sql(`select id from source where name = 'Corporate Directory'`))[0]?.['id'])
  for (const table of ['assignment_grant', 'assignment', 'access_grant']) await app.sql(`delete from ${table}`)
  for (const group of GROUPS) {
    const rules = `{"grant":{"steps":[]},"revoke":{"steps":[]}}`
    const [row] = await app.sql(
      `update access_item set requestable = true, request_config = $3::jsonb where source_id = $1 and value = $2 and type = 'ENTITLEMENT' returning id`,
      [sourceId, group, rules],
    )
    idOf.set(group, String(row?.['id']))
  }
})
afterAll(() => app.close())

const refs = (groups: Group[]) => groups.map((group) => ({ type: 'ENTITLEMENT', id: idOf.get(group) }))
const inProfile = (groups: Group[]) => [replace('/entitlements', refs(groups))]
const inRole = (profileId: string, withProfile: boolean, groups: Group[]) => [
  replace('/entitlements', refs(groups)),
  replace('/accessProfiles', withProfile ? [{ type: 'ACCESS_PROFILE', id: profileId }] : []),
]

/** A role around a profile, of this run alone, and two people. */
async function newWorld() {
  const shared = { owner: { type: 'IDENTITY', id: ownerId }, requestable: true, enabled: true }
  const profile = await w.did('POST', '/v2025/access-profiles', {
    ...shared,
    name: `Profile ${++made}`,
    source: { type: 'SOURCE', id: sourceId },
    entitlements: refs(['Audit Readers']),
  })
  const role = await w.did('POST', '/v2025/roles', {
    ...shared,
    name: `Role ${made}`,
    accessProfiles: [{ type: 'ACCESS_PROFILE', id: profile.id }],
  })
  const people = [`content.${made}.a`, `content.${made}.b`]
  for (const who of people)
    await app.sql(`insert into identity (id, alias, name, created_at, modified_at) values ($1, $1, $1, now(), now())`, [who])
  return { profileId: profile.id as string, roleId: role.id as string, people }
}

const groups = fc.subarray([...GROUPS])
const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('GRANT_ACCESS' as const, 'GRANT_ACCESS' as const, 'REVOKE_ACCESS' as const),
      who: fc.constantFrom(0, 1),
      what: fc.constantFrom('ROLE', 'ACCESS_PROFILE', ...GROUPS),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('profile' as const), groups: fc.subarray([...GROUPS], { minLength: 1 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('role' as const), groups, withProfile: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('work' as const), jobs: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('fail' as const), kind: fc.constantFrom('unreachable' as const, 'failed' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail after' as const) }) },
)

test(`whatever changes of roles and profiles while they are given and taken, the target shows what people hold now (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 4, maxLength: 18 }), async (commands) => {
      const { profileId, roleId, people } = await newWorld()
      // Nothing is given up, so that what is asked for comes to be.
      const work = workerByHand(app, target, 3_600_000)
      const content = { profile: ['Audit Readers'] as Group[], role: [] as Group[], withProfile: true }
      const held = people.map(() => new Set<string>())
      for (const one of commands) {
        if (one.do === 'profile') {
          content.profile = one.groups
          await w.did('PATCH', `/v2025/access-profiles/${profileId}`, inProfile(one.groups))
        } else if (one.do === 'role') {
          content.role = one.groups
          content.withProfile = one.withProfile
          await w.did('PATCH', `/v2025/roles/${roleId}`, inRole(profileId, one.withProfile, one.groups))
        } else if (one.do === 'work') await work.some(one.jobs)
        else if (one.do === 'fail') target.failNext(2, new TargetError(one.kind, 'a bad day'))
        else if (one.do === 'fail after') target.failAfterApplying(1)
        else {
          const isWhole = one.what === 'ROLE' || one.what === 'ACCESS_PROFILE'
          const id = one.what === 'ROLE' ? roleId : one.what === 'ACCESS_PROFILE' ? profileId : idOf.get(one.what as Group)
          // An earlier ask for the same is carried out first: what is asked for is then what is held.
          await work.all()
          const requestedItems = [{ type: isWhole ? one.what : 'ENTITLEMENT', id, comment: 'x' }]
          const body = { requestedFor: [people[one.who]], requestType: one.do, requestedItems }
          const { status, json } = await app.call('admin', 'POST', '/v2026/access-requests', body)
          expect(status, JSON.stringify(json)).toBe(202)
          if (one.do === 'GRANT_ACCESS') held[one.who]?.add(one.what)
          else held[one.who]?.delete(one.what)
        }
      }
      target.heal()
      await work.all()
      const ofProfile = content.profile
      const ofRole = [...content.role, ...(content.withProfile ? ofProfile : [])]
      for (const [at, who] of people.entries()) {
        const has = [...(held[at] ?? [])].flatMap((what) => (what === 'ROLE' ? ofRole : what === 'ACCESS_PROFILE' ? ofProfile : [what]))
        expect([...target.valuesOf(who, 'groups')].sort(), who).toEqual([...new Set(has)].sort())
        expect(await union(app.sql, who)).toEqual([...new Set(has)].sort().map((group) => `${who} ${group}`))
      }
      expect(await unsettled(app.sql)).toEqual([])
      expect(await app.sql('select * from assignment_change')).toEqual([])
    }),
    { numRuns: isLong ? 300 : 25, seed, endOnFailure: false },
  )
})
