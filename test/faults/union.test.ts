import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { syncSource } from '../../src/operations/sync-source.ts'
import { TargetError } from '../../src/ports.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { union, unsettled } from '../support/books.ts'
import { workerByHand } from '../support/by-hand.ts'
import { FakeConnector } from '../support/fake-connector.ts'
import { importFiles, membershipLines } from '../support/import-files.ts'

/**
 * What we manage at a target is the union of live assignments, whatever people do and in whatever order; what is not ours is reported and never
 * touched. Two properties: without faults, against a model of who holds what; with faults of every kind, against what must always be so.
 */

const isLong = process.env['TEST_LONG'] === '1'
const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 1)

const GROUPS = ['VPN Users', 'Finance Readers', 'Ledger Readers', 'Audit Readers', 'GitHub Developers', 'Secret Circle']
/** What can be asked for, and what it comes to. */
const ITEMS = {
  'ACCESS_PROFILE VPN Access': ['VPN Users'],
  'ACCESS_PROFILE Finance Reporting': ['Finance Readers', 'Ledger Readers'],
  'ENTITLEMENT Ledger Readers': ['Ledger Readers'],
  'ENTITLEMENT VPN Users': ['VPN Users'],
  'ROLE Union Role': ['Finance Readers', 'Ledger Readers', 'VPN Users'],
} as const
type Item = keyof typeof ITEMS
const items = Object.keys(ITEMS) as Item[]

let app: TestApp
let sourceId: string
const target = new FakeConnector({ groups: GROUPS })
const itemIds = new Map<Item, string>()
let now = new Date('2040-01-01T00:00:00Z')
let runs = 0

beforeAll(async () => {
  app = await startApp({ movableClock: true })
  await setClock(now)
  sourceId = String((await app.sql(`select id from source where name = 'Corporate Directory'`))[0]?.['id'])
  // What the organisation's files say of the directory is not there: so that its first reading is over, and finds nothing of these tests.
  await app.sql(`delete from assignment_grant`)
  await app.sql(`delete from assignment`)
  await app.sql(`delete from access_grant`)
  await app.sql(
    `insert into access_item (id, type, name, requestable, created_at, modified_at) values ('union-role', 'ROLE', 'Union Role', true, now(), now())`,
  )
  for (const name of ['Finance Reporting', 'VPN Access'])
    await app.sql(`insert into access_item_part (whole_id, part_id) values ('union-role', $1)`, [await app.itemId('ACCESS_PROFILE', name)])
  const [rules] = await app.sql(`select request_config as config from access_item where name = 'VPN Access' and type = 'ACCESS_PROFILE'`)
  const free = JSON.parse(JSON.stringify(rules?.['config']).replace(/"steps":\[[^\]]*\]/g, '"steps":[]'))
  await app.sql(`update access_item set request_config = $1, requestable = true where source_id = $2 or type <> 'ENTITLEMENT'`, [
    free,
    sourceId,
  ])
  for (const item of items) {
    const [type = '', ...name] = item.split(' ')
    const named = type === 'ENTITLEMENT' ? 'value = $2 and source_id = $3' : 'name = $2 and $3::text is not null'
    const [row] = await app.sql(`select id from access_item where type = $1 and ${named}`, [type, name.join(' '), sourceId])
    itemIds.set(item, String(row?.['id']))
  }
  await sync()
})
afterAll(() => app.close())

async function setClock(at: Date): Promise<void> {
  await app.sql('update business_clock set held_at = $1', [at])
}
async function passHours(hours: number): Promise<void> {
  now = new Date(now.getTime() + hours * 3_600_000)
  await setClock(now)
}
const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000)
const sync = () => syncSource({ db: app.db, ids: app.app.ids, connectorFor: () => target }, { identityId: null, name: 'test' }, sourceId)

async function newPerson(): Promise<string> {
  const who = `union.${++runs}`
  await app.sql(`insert into identity (id, alias, name, created_at, modified_at) values ($1, $1, $1, now(), now())`, [who])
  return who
}

async function ask(who: string, item: Item, requestType: string, removeDate?: Date): Promise<{ status: number; id: string | undefined }> {
  const [type] = item.split(' ')
  const asked = { type, id: itemIds.get(item), comment: 'x', ...(removeDate ? { removeDate: removeDate.toISOString() } : {}) }
  const body = { requestedFor: [who], requestType, requestedItems: [asked] }
  const { status, json } = await app.call('admin', 'POST', '/v2026/access-requests', body)
  return { status, id: json.newRequests?.[0]?.accessRequestIds[0] }
}

const own = (method: string, path: string, body?: object) => app.call('admin', method, `/countersign/v1/sources/${sourceId}${path}`, body)

async function openDrift(who: string): Promise<{ id: string; kind: string; value: string }[]> {
  const { json } = await own('GET', '/drift')
  return json
    .filter((one: { account: { nativeIdentity: string } }) => one.account.nativeIdentity === who)
    .map((one: { id: string; kind: string; entitlement: { value: string } }) => ({
      id: one.id,
      kind: one.kind,
      value: one.entitlement.value,
    }))
}

function put(who: string, values: string[]): void {
  const known = target.accounts.get(who)
  if (known) known.values['groups'] = [...new Set(values)].sort()
  else target.accounts.set(who, { nativeIdentity: who, name: who, disabled: false, values: { groups: [...new Set(values)].sort() } })
}
const groupsOf = (who: string) => [...target.valuesOf(who, 'groups')].sort()

const item = fc.constantFrom(...items)
const byMembership = fc.constantFrom(...items.filter((one) => !one.startsWith('ENTITLEMENT')))
const hours = fc.integer({ min: 1, max: 60 })
const end = fc.option(hours, { nil: undefined })

const askCommand = fc.oneof(
  fc.record({ do: fc.constant('grant' as const), item, end }),
  fc.record({ do: fc.constant('revoke' as const), item, end: fc.option(hours, { nil: undefined, freq: 4 }) }),
  fc.record({ do: fc.constant('modify' as const), item, end }),
  fc.record({ do: fc.constant('pass' as const), hours }),
  fc.record({ do: fc.constant('membership' as const), item: byMembership, named: fc.boolean() }),
  fc.record({ do: fc.constant('import' as const), value: fc.constantFrom('Ledger Readers', 'VPN Users') }),
)

/** Who holds what, as the contract says it; one assignment of each item, by request or import. */
class Model {
  readonly held = new Map<Item, Date | undefined>()

  grant(which: Item, endAt: Date | undefined): void {
    this.held.set(which, endAt)
  }
  revoke(which: Item, endAt: Date | undefined): void {
    if (!this.held.has(which)) return
    const present = this.held.get(which)
    if (!endAt) this.held.delete(which)
    else if (!present || endAt < present) this.held.set(which, endAt)
  }
  pass(): void {
    for (const [which, endAt] of this.held) if (endAt && endAt <= now) this.held.delete(which)
  }
  values(always: readonly string[]): string[] {
    return [...new Set([...this.held.keys()].flatMap((which) => ITEMS[which] as readonly string[]).concat(always))].sort()
  }
}

/** What memberships.csv says, line by line: everybody who ever came by here, for the file says all of it. */
const named = new Map<string, string>()

/** The file names a membership (a role by membership, a profile by birthright), or names it no more. No request ends it. */
async function nameMembership(who: string, which: Item, isNamed: boolean): Promise<void> {
  const [type = '', ...name] = which.split(' ')
  const line = `${who},${type},${name.join(' ')},${type === 'ROLE' ? 'ROLE_MEMBERSHIP' : 'BIRTHRIGHT'}`
  if (isNamed) named.set(`${who} ${which}`, line)
  else named.delete(`${who} ${which}`)
  const result = await importFiles(app, { memberships: membershipLines([...named.values()]) })
  expect(result, JSON.stringify(result)).toMatchObject({ ok: true })
}
const valuesByMembership = (who: string) =>
  items.flatMap((which) => (named.has(`${who} ${which}`) ? (ITEMS[which] as readonly string[]) : []))

test(`without faults, the target shows what a model says people hold, for any order of grants, revokes, changes, ends, memberships and imports (seed ${seed})`, async () => {
  const work = workerByHand(app, target, 3_600_000)
  const commands = fc.array(askCommand, { minLength: 4, maxLength: 14 })
  await fc.assert(
    fc.asyncProperty(commands, async (commands) => {
      const who = await newPerson()
      const model = new Model()
      for (const command of commands) {
        if (command.do === 'pass') await passHours(command.hours)
        if (command.do === 'membership') await nameMembership(who, command.item, command.named)
        if (command.do === 'import') {
          put(who, [...groupsOf(who), command.value])
          await sync()
          const drift = (await openDrift(who)).filter(({ kind }) => kind === 'ADDED')
          // A value that somebody holds already is no news.
          if (drift.length > 0) {
            await own('POST', '/drift/adopt', { driftIds: drift.map(({ id }) => id) })
            model.grant(`ENTITLEMENT ${command.value}` as Item, undefined)
          }
        }
        if (command.do === 'grant' || command.do === 'revoke' || command.do === 'modify') {
          const at = command.end === undefined ? undefined : inHours(command.end)
          const type = { grant: 'GRANT_ACCESS', revoke: 'REVOKE_ACCESS', modify: 'MODIFY_ACCESS' }[command.do]
          const { status } = await ask(who, command.item, type, at)
          // What is held by membership is held, and has no end: to ask for it without one changes nothing.
          const isEmpty = at === undefined && named.has(`${who} ${command.item}`) && !model.held.has(command.item)
          if (status === 202 && command.do === 'revoke') model.revoke(command.item, at)
          else if (status === 202 && !isEmpty) model.grant(command.item, at)
        }
        await work.all()
        model.pass()
        expect(groupsOf(who), JSON.stringify(command)).toEqual(model.values(valuesByMembership(who)))
      }
      expect(await union(app.sql, who)).toEqual(groupsOf(who).map((value) => `${who} ${value}`))
    }),
    { numRuns: isLong ? 400 : 25, seed, endOnFailure: false },
  )
})

const kind = fc.constantFrom('unreachable' as const, 'busy' as const, 'failed' as const, 'refused' as const)
const trouble = fc.oneof(
  { weight: 6, arbitrary: askCommand },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fail' as const), kind, count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fail after' as const), count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('work' as const), jobs: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retry' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sync' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('settle drift' as const), verb: fc.constantFrom('adopt' as const, 'revert' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('somebody adds' as const), value: fc.constantFrom(...GROUPS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('somebody removes' as const), value: fc.constantFrom(...GROUPS) }) },
)
type Trouble = typeof trouble extends fc.Arbitrary<infer T> ? T : never

/** The life of one person at a target that fails, with somebody who meddles with it. */
class TroubledLife {
  readonly who: string
  readonly work: ReturnType<typeof workerByHand>
  last: string | undefined
  /** What somebody else has put there, and has not taken away since. */
  readonly theirs = new Set<string>()

  constructor(who: string) {
    this.who = who
    this.work = workerByHand(app, target, 0)
  }

  async meet(command: Trouble): Promise<void> {
    if (command.do === 'grant' || command.do === 'revoke' || command.do === 'modify') await this.ask(command)
    else if (command.do === 'pass') await passHours(command.hours)
    else if (command.do === 'membership') await nameMembership(this.who, command.item, command.named)
    else if (command.do === 'fail')
      target.failNext(command.count, new TargetError(command.kind, 'a bad day', command.kind === 'busy' ? 1 : undefined))
    else if (command.do === 'fail after') target.failAfterApplying(command.count)
    else if (command.do === 'work') await this.work.some(command.jobs)
    else if (command.do === 'close' && this.last)
      await app.call('admin', 'POST', '/v2026/access-requests/close', { accessRequestIds: [this.last] })
    else if (command.do === 'retry' && this.last) await app.call('admin', 'POST', `/countersign/v1/access-requests/${this.last}/retry`)
    else if (command.do === 'sync' || command.do === 'import') await sync().catch(() => undefined)
    else if (command.do === 'settle drift') await this.settleDrift(command.verb)
    else if (command.do === 'somebody adds') this.meddle((values) => values.add(command.value), command.value)
    else if (command.do === 'somebody removes') this.meddle((values) => values.delete(command.value))
  }

  async ask(command: { do: 'grant' | 'revoke' | 'modify'; item: Item; end?: number | undefined }): Promise<void> {
    const type = { grant: 'GRANT_ACCESS', revoke: 'REVOKE_ACCESS', modify: 'MODIFY_ACCESS' }[command.do]
    const { id } = await ask(this.who, command.item, type, command.end === undefined ? undefined : inHours(command.end))
    this.last = id ?? this.last
  }

  async settleDrift(verb: 'adopt' | 'revert'): Promise<void> {
    const driftIds = (await openDrift(this.who)).map(({ id }) => id)
    if (driftIds.length > 0) await own('POST', `/drift/${verb}`, { driftIds })
  }

  meddle(change: (values: Set<string>) => void, added?: string): void {
    if (!target.accounts.has(this.who)) return
    const values = new Set(groupsOf(this.who))
    if (added !== undefined && !values.has(added)) this.theirs.add(added)
    change(values)
    put(this.who, [...values])
  }

  /** The target is well again, and whatever failed is tried again. */
  async end(): Promise<void> {
    target.heal()
    await this.work.all()
    for (let tries = 0; tries < 20; tries++) {
      const { json } = await own('POST', '/retry')
      await this.work.all()
      if (json.retried.length === 0) break
    }
    await sync()
  }
}

test(`with faults, closes, drift and meddling in any order, what is ours at the target is the union of live assignments once it is well, and what is not ours is never touched (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(trouble, { minLength: 5, maxLength: 22 }), async (commands) => {
      const life = new TroubledLife(await newPerson())
      const begun = target.writes.length
      for (const command of commands) await life.meet(command)
      await life.end()
      expect(await unsettled(app.sql)).toEqual([])
      const { who } = life
      const held = (await union(app.sql, who)).map((one) => one.slice(who.length + 1))
      const drift = await openDrift(who)
      const reported = (kind: string) => drift.filter((one) => one.kind === kind).map(({ value }) => value)
      const missing = held.filter((value) => !groupsOf(who).includes(value))
      expect(
        missing.filter((value) => !reported('REMOVED').includes(value)),
        'held, not there and not reported',
      ).toEqual([])
      const extra = groupsOf(who).filter((value) => !held.includes(value))
      expect(
        extra.filter((value) => !life.theirs.has(value)),
        'there, held by nobody and put there by nobody else',
      ).toEqual([])
      expect(
        extra.filter((value) => !reported('ADDED').includes(value)),
        'not ours and not reported',
      ).toEqual([])
      await expectAsked(target.writes.slice(begun))
    }),
    { numRuns: isLong ? 1_000 : 40, seed, endOnFailure: false },
  )
})

/** Nothing is written that no step has asked for. */
async function expectAsked(writes: FakeConnector['writes']): Promise<void> {
  for (const { call, nativeIdentity, value } of writes) {
    if (value === undefined) continue
    const asked = await app.sql(
      `select 1 from provisioning_step p join access_grant g on g.id = p.grant_id join account c on c.id = g.account_id
       join access_item e on e.id = g.entitlement_id where c.native_identity = $1 and e.value = $2 and p.operation = $3`,
      [nativeIdentity, value, call === 'addValue' ? 'ADD' : 'REMOVE'],
    )
    expect(asked.length, `${call} ${value} that no step has asked for`).toBeGreaterThan(0)
  }
}
