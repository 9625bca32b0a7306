import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { noRules } from '../../src/domain/access-model.ts'
import { DomainError } from '../../src/domain/errors.ts'
import {
  type Conflict,
  conflictsByRecipient,
  conflictsOfItem,
  findConflicts,
  noSodFacts,
  rulesAfterCheck,
  type SodAccess,
  type SodFacts,
  type SodPolicy,
} from '../../src/domain/sod.ts'

const named = (ids: string[]) => ids.map((id) => ({ id, name: `the ${id}` }))
const policy = (left: string[], right: string[], id = 'p'): SodPolicy => ({
  id,
  name: `policy ${id}`,
  state: 'ENFORCED',
  left: named(left),
  right: named(right),
})
const held = (...ids: string[]): SodAccess[] => ids.map((entitlementId) => ({ entitlementId, existing: true }))
const asked = (...ids: string[]): SodAccess[] => ids.map((entitlementId) => ({ entitlementId, existing: false }))
const broken = (conflicts: Conflict[]) => conflicts.map((conflict) => conflict.policy.id)

describe('findConflicts', () => {
  test('new access conflicts with held access, and the conflict names both with what was there before', () => {
    expect(findConflicts([policy(['a', 'b'], ['c'])], [...held('a'), ...asked('c')])).toEqual([
      {
        policy: { id: 'p', name: 'policy p' },
        left: [{ id: 'a', name: 'the a', existing: true }],
        right: [{ id: 'c', name: 'the c', existing: false }],
      },
    ])
  })

  test('access that is all held already is no new conflict, whatever else is asked for', () => {
    expect(findConflicts([policy(['a'], ['b'])], [...held('a', 'b'), ...asked('c')])).toEqual([])
  })

  test('asking again for what is held brings nothing new', () => {
    expect(findConflicts([policy(['a'], ['b'])], [...held('a', 'b'), ...asked('a', 'b')])).toEqual([])
  })

  test('one more entitlement on a side that is held in part is a new conflict', () => {
    expect(broken(findConflicts([policy(['a', 'b'], ['c'])], [...held('a', 'c'), ...asked('b')]))).toEqual(['p'])
  })

  test('two entitlements of one side do not conflict', () => {
    expect(findConflicts([policy(['a', 'b'], ['c'])], asked('a', 'b'))).toEqual([])
  })
})

const anyId = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const anyAccess = fc.array(fc.record({ entitlementId: anyId, existing: fc.boolean() }), { maxLength: 8 })
const anyPolicy = fc
  .record({
    side: fc.dictionary(anyId, fc.boolean(), { minKeys: 2 }),
    state: fc.constantFrom('ENFORCED' as const, 'ENFORCED' as const, 'NOT_ENFORCED' as const),
    id: fc.uuid(),
  })
  .map(({ side, state, id }): SodPolicy => {
    const idsOn = (left: boolean) =>
      Object.entries(side)
        .filter(([, isLeft]) => isLeft === left)
        .map(([entitlementId]) => entitlementId)
    return { ...policy(idsOn(true), idsOn(false), id), state }
  })
const anyPolicies = fc.array(anyPolicy, { maxLength: 6 })

describe('for any policies and any access', () => {
  test('turning the sides of every policy round turns the sides of every conflict round and changes nothing else', () => {
    fc.assert(
      fc.property(anyPolicies, anyAccess, (policies, access) => {
        const turned = policies.map((one) => ({ ...one, left: one.right, right: one.left }))
        const back = findConflicts(turned, access).map((one) => ({ ...one, left: one.right, right: one.left }))
        expect(back).toEqual(findConflicts(policies, access))
      }),
    )
  })

  test('asking for more never takes a conflict away', () => {
    fc.assert(
      fc.property(anyPolicies, anyAccess, fc.array(anyId), (policies, access, more) => {
        const after = broken(findConflicts(policies, [...access, ...asked(...more)]))
        expect(after).toEqual(expect.arrayContaining(broken(findConflicts(policies, access))))
      }),
    )
  })

  test('more policies never take a conflict away', () => {
    fc.assert(
      fc.property(anyPolicies, anyPolicies, anyAccess, (policies, more, access) => {
        const after = findConflicts([...policies, ...more], access)
        expect(after).toEqual(expect.arrayContaining(findConflicts(policies, access)))
      }),
    )
  })

  test('a policy that is not enforced never appears', () => {
    fc.assert(
      fc.property(anyPolicies, anyAccess, (policies, access) => {
        const off = new Set(policies.filter((one) => one.state === 'NOT_ENFORCED').map((one) => one.id))
        expect(broken(findConflicts(policies, access)).filter((id) => off.has(id))).toEqual([])
      }),
    )
  })

  test('every conflict has access on both sides, some of it new', () => {
    fc.assert(
      fc.property(anyPolicies, anyAccess, (policies, access) => {
        for (const { left, right } of findConflicts(policies, access)) {
          expect(Math.min(left.length, right.length)).toBeGreaterThan(0)
          expect([...left, ...right].some((one) => !one.existing)).toBe(true)
        }
      }),
    )
  })
})

describe('an ask', () => {
  const facts: SodFacts = {
    policies: [policy(['a'], ['b'], 'ab'), policy(['c'], ['d'], 'cd')],
    expanded: new Map([
      ['role', ['a', 'c']],
      ['profile', ['b']],
    ]),
    around: new Map([['ann', held('d')]]),
  }
  const entry = (recipientId: string, ...ids: string[]) => ({ recipientId, items: ids.map((id) => ({ id })) })

  test('is checked for each recipient with what is around them', () => {
    const found = conflictsByRecipient([entry('ann', 'role'), entry('ben', 'role')], facts)
    expect(broken(found.get('ann') ?? [])).toEqual(['cd'])
    expect(found.get('ben')).toEqual([])
  })

  test('is one ask for a recipient who is named twice', () => {
    const found = conflictsByRecipient([entry('ben', 'role'), entry('ben', 'profile')], facts)
    expect(broken(found.get('ben') ?? [])).toEqual(['ab'])
  })

  test('blames a conflict on the items that add to it and on no other', () => {
    const conflicts = conflictsByRecipient([entry('ann', 'role', 'profile', 'other')], facts).get('ann') ?? []
    expect(broken(conflictsOfItem('role', conflicts, facts))).toEqual(['ab', 'cd'])
    expect(broken(conflictsOfItem('profile', conflicts, facts))).toEqual(['ab'])
    expect(conflictsOfItem('other', conflicts, facts)).toEqual([])
  })

  test('without facts finds nothing', () => {
    expect(conflictsByRecipient([entry('ann', 'role')], noSodFacts).get('ann')).toEqual([])
  })
})

describe('rulesAfterCheck', () => {
  const conflicts = findConflicts([policy(['a'], ['b'], 'one'), policy(['a'], ['b'], 'two')], asked('a', 'b'))
  const rules = { ...noRules, steps: [{ kind: 'MANAGER' as const }] }

  test('leaves the rules alone without a conflict, whatever the tenant says', () => {
    for (const onViolation of ['REPORT', 'ADD_STEP', 'DENY'] as const) {
      expect(rulesAfterCheck(rules, [], { onViolation, stepGroupId: 'board' }, 'x')).toBe(rules)
    }
  })

  test('leaves them alone when conflicts are reported', () => {
    expect(rulesAfterCheck(rules, conflicts, { onViolation: 'REPORT', stepGroupId: 'board' }, 'x')).toBe(rules)
  })

  test('adds one step at the end, however many policies are broken', () => {
    const { steps } = rulesAfterCheck(rules, conflicts, { onViolation: 'ADD_STEP', stepGroupId: 'board' }, 'x')
    const note = 'The request would break separation of duties: policy one, policy two.'
    expect(steps).toEqual([{ kind: 'MANAGER' }, { kind: 'GOVERNANCE_GROUP', groupId: 'board', note }])
    expect(rules.steps).toEqual([{ kind: 'MANAGER' }])
  })

  test('refuses with the field and every policy when conflicts are denied', () => {
    const refuse = () => rulesAfterCheck(rules, conflicts, { onViolation: 'DENY', stepGroupId: null }, 'requestedItems[0].id')
    expect(refuse).toThrow(DomainError)
    expect(refuse).toThrow('requestedItems[0].id: it would break the separation-of-duties policies policy one, policy two.')
  })
})
