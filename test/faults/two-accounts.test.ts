import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TargetError } from '../../src/ports.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { asking } from '../support/asking.ts'
import { union, unsettled } from '../support/books.ts'
import { workerByHand } from '../support/by-hand.ts'
import { FakeConnector } from '../support/fake-connector.ts'

/** People with two accounts at one target: each account shows what is held on it, whatever is asked for by name and however the target fails. */

const isLong = process.env['TEST_LONG'] === '1'
const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 1)

const VALUES = { ENTITLEMENT: 'Audit Readers', ACCESS_PROFILE: 'Design Library' } as const
type Type = keyof typeof VALUES
let app: TestApp
let sourceId: string
const ids = { ENTITLEMENT: '', ACCESS_PROFILE: '' }
const target = new FakeConnector()
let people = 0

beforeAll(async () => {
  app = await startApp()
  sourceId = String((await app.sql(`select id from source where name = 'Corporate Directory'`))[0]?.['id'])
  await app.sql(
    `update access_item e set requestable = true, request_config = p.request_config from access_item p
    where e.source_id = $1 and p.name = 'VPN Access' and p.type = 'ACCESS_PROFILE'`,
    [sourceId],
  )
  await asking(app).withoutApprovals()
  ids.ENTITLEMENT = await app.itemId('ENTITLEMENT', 'Audit Readers')
  ids.ACCESS_PROFILE = await app.itemId('ACCESS_PROFILE', 'Design Workspace')
})
afterAll(() => app.close())

async function newPerson(): Promise<string> {
  const who = `twofold.${++people}.`
  await app.sql(`insert into identity (id, alias, name, created_at, modified_at) values ($1, $1, $1, now(), now())`, [who])
  for (const account of ['a', 'b']) {
    const name = who + account
    await app.sql(
      `insert into account (id, source_id, native_identity, identity_id, name, created_at, modified_at) values ($1, $2, $1, $3, $1, now(), now())`,
      [name, sourceId, who],
    )
    target.accounts.set(name, { nativeIdentity: name, name, disabled: false, values: {} })
  }
  return who
}

const command = fc.record({
  kind: fc.constantFrom('GRANT_ACCESS', 'REVOKE_ACCESS', 'MODIFY_ACCESS'),
  type: fc.constantFrom<Type>('ENTITLEMENT', 'ACCESS_PROFILE'),
  on: fc.constantFrom('a', 'b', undefined),
  fails: fc.option(fc.constantFrom('unreachable' as const, 'failed' as const, 'after' as const), { nil: undefined, freq: 3 }),
})

test(`each of two accounts shows what is held on it, for any order of requests that name one, or none (seed ${seed})`, async () => {
  const work = workerByHand(app, target, 3_600_000)
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 3, maxLength: 14 }), async (commands) => {
      const who = await newPerson()
      const held = new Set<string>()
      for (const { kind, type, on, fails } of commands) {
        if (fails === 'after') target.failAfterApplying(1)
        else if (fails) target.failNext(2, new TargetError(fails, 'a bad day'))
        const has = ['a', 'b'].filter((account) => held.has(`${account} ${VALUES[type]}`))
        const named = on === undefined ? {} : { nativeIdentity: who + on }
        const body = { requestedFor: [who], requestType: kind, requestedItems: [{ type, id: ids[type], comment: 'x', ...named }] }
        const { status } = await app.call('admin', 'POST', '/v2026/access-requests', body)
        // What names no account is clear while there is only one it could mean; given anew, it goes to the first.
        const [meant] = on === undefined ? (has.length === 0 ? ['a'] : has) : [on]
        const isUnclear = on === undefined && has.length > 1 && kind === 'REVOKE_ACCESS'
        const isHeld = on === undefined ? has.length > 0 : has.includes(on)
        const expected = isUnclear || (kind === 'MODIFY_ACCESS' && !isHeld) ? 400 : 202
        expect(status, JSON.stringify({ kind, type, on, has })).toBe(expected)
        await work.all()
        if (status === 202 && kind === 'GRANT_ACCESS' && !isHeld) held.add(`${meant} ${VALUES[type]}`)
        if (status === 202 && kind === 'REVOKE_ACCESS') held.delete(`${meant} ${VALUES[type]}`)
        const shown = ['a', 'b'].flatMap((account) => target.valuesOf(who + account, 'groups').map((value) => `${account} ${value}`))
        expect(shown.sort(), JSON.stringify({ kind, type, on })).toEqual([...held].sort())
      }
      expect(await union(app.sql, `${who}%`)).toEqual([...held].map((one) => who + one).sort())
      expect(await unsettled(app.sql)).toEqual([])
    }),
    { numRuns: isLong ? 300 : 20, seed, endOnFailure: false },
  )
})
