import fc from 'fast-check'
import { groupNames, type ItemRules, itemNames, names, type RandomWorld, randomWorlds } from './random-world.ts'

/** What people do and what happens to them, by chance. Approvals and requests are picked by a number that is taken modulo what there is. */
export type Action =
  | { kind: 'ask'; by: string; for: string; item: string; remove: boolean; lastingDays: number | null }
  | { kind: 'decide'; pick: number; by: string | null; answer: 'approve' | 'reject'; comment: boolean }
  | { kind: 'forward'; pick: number; by: string | null; to: string }
  | { kind: 'cancel'; pick: number; by: string }
  | { kind: 'wait'; hours: number }
  | { kind: 'leaves' | 'returns'; person: string }
  | { kind: 'manager'; person: string; manager: string | null }
  | { kind: 'owner'; item: string; owner: string }
  | { kind: 'joins' | 'quits'; group: string; person: string }
  | { kind: 'away'; from: string; to: string; forDays: number | null }
  | { kind: 'back'; person: string }
  | { kind: 'rules'; item: string; rules: ItemRules }

const person = fc.constantFrom(...names)
const pick = fc.nat({ max: 50 })
/** Mostly one of those who hold it. */
const doer = fc.option(person, { freq: 2 })
const role = fc.constantFrom('Clerk', 'Payer')
const ask = fc.record({
  kind: fc.constant('ask' as const),
  by: person,
  for: person,
  item: fc.constantFrom(...itemNames),
  remove: fc.constantFrom(false, false, false, true),
  lastingDays: fc.option(fc.constantFrom(3, 10, 30)),
})
const change: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constantFrom('leaves' as const, 'returns' as const), person }),
  fc.record({ kind: fc.constant('manager' as const), person, manager: fc.option(person, { freq: 6 }) }),
  fc.record({ kind: fc.constant('owner' as const), item: role, owner: person }),
  fc.record({ kind: fc.constantFrom('joins' as const, 'quits' as const), group: fc.constantFrom(...groupNames), person }),
  fc.record({ kind: fc.constant('away' as const), from: person, to: person, forDays: fc.option(fc.integer({ min: 1, max: 5 })) }),
  fc.record({ kind: fc.constant('back' as const), person }),
)

function actions(): fc.Arbitrary<Action> {
  const decide = fc.record({
    kind: fc.constant('decide' as const),
    pick,
    by: doer,
    answer: fc.constantFrom('approve' as const, 'approve' as const, 'approve' as const, 'approve' as const, 'reject' as const),
    comment: fc.constantFrom(true, true, false),
  })
  return fc.oneof(
    { weight: 3, arbitrary: ask as fc.Arbitrary<Action> },
    { weight: 7, arbitrary: decide as fc.Arbitrary<Action> },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('forward' as const), pick, by: doer, to: person }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick, by: person }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), hours: fc.constantFrom(1, 12, 24, 48, 72) }) },
    { weight: 6, arbitrary: change },
  )
}

/** A story: an organisation, what is asked first, and what happens then. `mustEnd`: everything that waits ends in time. */
export interface Story {
  mustEnd: boolean
  world: RandomWorld
  actions: Action[]
}

export const stories: fc.Arbitrary<Story> = fc.boolean().chain((mustEnd) =>
  fc
    .record({
      world: randomWorlds(mustEnd),
      asks: fc.array(ask as fc.Arbitrary<Action>, { minLength: 2, maxLength: 4 }),
      rest: fc.array(actions(), { minLength: 4, maxLength: 25, size: 'max' }),
      later: fc.array(fc.record({ item: fc.constantFrom(...itemNames), world: randomWorlds(mustEnd), at: pick }), { maxLength: 2 }),
    })
    .map(({ world, asks, rest, later }) => ({ mustEnd, world, actions: withLaterRules([...asks, ...rest], later) })),
)

/** Somewhere on the way the rules of an item become those it has in another world. */
function withLaterRules(all: Action[], later: { item: string; world: RandomWorld; at: number }[]): Action[] {
  return later.reduce((actions, { item, world, at }) => {
    const rules = world.rules.get(item)
    return rules ? actions.toSpliced(2 + (at % actions.length), 0, { kind: 'rules', item, rules }) : actions
  }, all)
}
