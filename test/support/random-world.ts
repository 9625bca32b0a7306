import fc from 'fast-check'
import { type ItemType, noRules, type Quorum, type RequestRules, type Selector, type Step } from '../../src/domain/access-model.ts'
import type { ScopedRules } from '../../src/domain/approval-rules.ts'
import type { Condition } from '../../src/domain/policy/conditions.ts'
import { emptyWorld, type ScenarioItem, type ScenarioWorld } from '../../src/domain/scenario/scenario-world.ts'

/** Organisations and policies by chance: managers in circles and with gaps, people who left, empty groups, and all that a policy can say. */

export const names = ['ada', 'ben', 'cyd', 'dee', 'eli', 'fay', 'gus', 'hal', 'ida'] as const
export const groupNames = ['Board', 'Watch', 'Pair'] as const
export const itemNames = ['Clerk', 'Payer', 'Ledger', 'cn=pay'] as const
const departments = ['Finance', 'Sales', null] as const

/** What is said of one item. */
export interface ItemRules {
  grant: RequestRules
  revoke: RequestRules
  approvals: ScopedRules
}

export interface RandomWorld {
  world: ScenarioWorld
  rules: Map<string, ItemRules>
}

const somebody = fc.constantFrom(...names)
const perhaps = <T>(of: fc.Arbitrary<T>, nobodyOutOf = 3) => fc.option(of, { freq: nobodyOutOf })
const pairs = <Key, Value>(keys: readonly Key[], values: Value[]): [Key, Value][] =>
  keys.flatMap((key, at) => (at in values ? [[key, values[at] as Value]] : []))

const people = fc.tuple(
  ...names.map(() =>
    fc.record({
      manager: perhaps(somebody, 6),
      department: fc.constantFrom(...departments),
      active: fc.constantFrom(true, true, true, true, true, false),
    }),
  ),
)
const members = fc.uniqueArray(somebody, { maxLength: 4 })
const item = fc.record({
  owner: perhaps(somebody, 8),
  additionalOwners: fc.uniqueArray(somebody, { maxLength: 2 }),
  additionalGroups: fc.uniqueArray(fc.constantFrom(...groupNames), { maxLength: 2 }),
  applicationOwner: perhaps(somebody),
  privileged: fc.boolean(),
})

const selector: fc.Arbitrary<Selector> = fc.oneof(
  fc.constantFrom<Selector>(
    { kind: 'MANAGER' },
    { kind: 'MANAGER' },
    { kind: 'OWNER' },
    { kind: 'SOURCE_OWNER' },
    { kind: 'APP_OWNER' },
    { kind: 'ALL_OWNERS' },
    { kind: 'ADDITIONAL_OWNER' },
    { kind: 'ADDITIONAL_GOVERNANCE_GROUP' },
  ),
  fc.constantFrom(...groupNames).map((groupId): Selector => ({ kind: 'GOVERNANCE_GROUP', groupId })),
)
const quorum: fc.Arbitrary<Quorum> = fc.oneof(
  fc.integer({ min: 1, max: 3 }).map((count) => ({ count })),
  fc.constantFrom(1, 34, 50, 67, 100).map((percent) => ({ percent })),
)
const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ departments: fc.constantFrom<string[]>(['Finance'], ['Finance', 'Sales']) }),
  fc.record({ hasManager: fc.boolean() }),
  fc.record({ selfRequested: fc.boolean() }),
  fc.record({ privileged: fc.boolean() }),
  fc.record({ longerThanDays: fc.constantFrom(5, 20) }),
  fc.record({ itemTypes: fc.constantFrom<ItemType[]>(['ROLE'], ['ENTITLEMENT']) }),
)
const joint: fc.Arbitrary<Step> = fc
  .record({
    asks: fc.uniqueArray(selector, { minLength: 1, maxLength: 3, selector: ({ kind, groupId }) => `${kind} ${groupId}` }),
    quorum: perhaps(quorum, 2),
    when: perhaps(condition, 2),
  })
  .map(({ asks, quorum: wanted, when }) => ({ asks, ...(wanted ? { quorum: wanted } : {}), ...(when ? { when } : {}) }))
const step = fc.oneof({ weight: 2, arbitrary: selector as fc.Arbitrary<Step> }, { weight: 3, arbitrary: joint })

const requestRules: fc.Arbitrary<RequestRules> = fc
  .record({ steps: fc.array(step, { maxLength: 3 }), distinct: fc.boolean(), denial: fc.constantFrom(false, false, true) })
  .map(({ steps, distinct, denial }) => ({ ...noRules, steps, ...(distinct ? { distinct } : {}), denialCommentRequired: denial }))

const calendar = fc.record({
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata'),
  workingDays: fc.constantFrom([1, 2, 3, 4, 5] as const, [7, 1, 2, 3, 4] as const, [1, 2, 3, 4, 5, 6, 7] as const).map((days) => [...days]),
  holidays: fc.constantFrom<string[]>([], ['2026-03-04'], ['2026-03-04', '2026-03-05', '2026-03-09']),
})
/** Always with an end: what has one must end. */
const scopedRules = (mustEnd: boolean): fc.Arbitrary<ScopedRules> =>
  fc
    .record({
      reminders: perhaps(
        fc.record({
          firstAfterDays: fc.integer({ min: 1, max: 4 }),
          everyDays: fc.integer({ min: 1, max: 2 }),
          max: fc.integer({ min: 1, max: 2 }),
        }),
      ),
      escalation: perhaps(
        fc.record({
          afterDays: fc.integer({ min: 1, max: 5 }),
          everyDays: fc.option(fc.integer({ min: 1, max: 2 })),
          levels: fc.integer({ min: 1, max: 3 }),
        }),
      ),
      timeout: perhaps(
        fc.record({ afterDays: fc.integer({ min: 2, max: 14 }), result: fc.constantFrom('EXPIRED', 'APPROVED' as const) }),
        mustEnd ? 1_000_000 : 2,
      ),
      commentRequired: fc.constantFrom('OFF', 'OFF', 'OFF', 'APPROVAL', 'REJECTION', 'ALL' as const),
      fallbackApproverId: perhaps(somebody, 2),
      autoApprove: fc.constantFrom('OFF', 'OFF', 'DIRECT', 'INDIRECT' as const),
      calendar: perhaps(calendar, 2),
    })
    .map((rules) => (mustEnd && !rules.timeout ? { ...rules, timeout: { afterDays: 9, result: 'EXPIRED' as const } } : rules))

const itemRules = (mustEnd: boolean): fc.Arbitrary<ItemRules> =>
  fc.record({ grant: requestRules, revoke: requestRules, approvals: scopedRules(mustEnd) })

/** A world of nine people, of whom at least one org admin and mostly more are there; with `mustEnd` no question waits for ever. */
export function randomWorlds(mustEnd: boolean): fc.Arbitrary<RandomWorld> {
  return fc
    .record({
      people,
      admins: fc.uniqueArray(somebody, { minLength: 2, maxLength: 5 }),
      groups: fc.tuple(members, members, members),
      items: fc.tuple(item, item, item, item),
      sourceOwner: somebody,
      holds: fc.array(fc.tuple(somebody, fc.constantFrom('Clerk', 'Payer' as const)), { maxLength: 4 }),
      rules: fc.tuple(itemRules(mustEnd), itemRules(mustEnd), itemRules(mustEnd), itemRules(mustEnd)),
    })
    .map((drawn) => ({ world: worldOf(drawn), rules: new Map(pairs(itemNames, drawn.rules)) }))
}

type DrawnItem = Omit<ScenarioItem, 'type' | 'source'>

interface Drawn {
  people: { manager: string | null; department: string | null; active: boolean }[]
  admins: string[]
  groups: string[][]
  items: DrawnItem[]
  sourceOwner: string
  holds: [string, string][]
}

function worldOf({ people: all, admins, groups, items, sourceOwner, holds }: Drawn): ScenarioWorld {
  const typed = pairs(itemNames, items).map(([name, one]): [string, ScenarioItem] => [name, { ...one, ...kindOf(name) }])
  const [first] = admins
  // Somebody must be left to ask; what becomes of a tenant without an org admin is a scenario of its own.
  const standing = pairs(names, all).map(([name, one]): [string, (typeof all)[number]] => [
    name,
    name === first ? { ...one, active: true } : one,
  ])
  return {
    ...emptyWorld(),
    people: new Map(standing),
    admins,
    groups: new Map(pairs(groupNames, groups)),
    sources: new Map([['ERP', sourceOwner]]),
    items: new Map(typed.map(([name, one]) => [name, one.type === 'ROLE' ? { ...one, applicationOwner: null } : one])),
    holds: holds.reduce(
      (held, [name, held1]) => held.set(name, [...new Set([...(held.get(name) ?? []), held1])]),
      new Map<string, string[]>(),
    ),
  }
}

/** Only an access profile belongs to an application; only roles have additional owners. */
function kindOf(name: (typeof itemNames)[number]): Partial<ScenarioItem> & Pick<ScenarioItem, 'type' | 'source'> {
  const alone = { additionalOwners: [], additionalGroups: [] }
  if (name === 'Ledger') return { type: 'ACCESS_PROFILE', source: 'ERP', ...alone }
  if (name === 'cn=pay') return { type: 'ENTITLEMENT', source: 'ERP', applicationOwner: null, ...alone }
  return { type: 'ROLE', source: null }
}
