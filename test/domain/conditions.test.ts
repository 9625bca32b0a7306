import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asksOf, noRules, type RequestRules, type Selector, type Step } from '../../src/domain/access-model.ts'
import { type Condition, type ConditionFacts, holds, stepsInForce } from '../../src/domain/policy/conditions.ts'
import { recognise } from '../../src/domain/sentences.ts'
import { tell } from '../../web/src/parts/telling.ts'
import { de } from '../../web/src/text/de/de.ts'
import type { Say } from '../../web/src/text/text.tsx'

const facts = (more: Partial<ConditionFacts> = {}): ConditionFacts => ({
  kind: 'GRANT',
  recipient: { department: 'Finance', hasManager: true },
  selfRequested: true,
  item: { type: 'ROLE', sourceId: 'erp', privileged: false },
  durationDays: 30,
  breaksSod: false,
  ...more,
})

test.each<[name: string, condition: Condition, facts: ConditionFacts, expected: boolean]>([
  ['nothing said always holds', {}, facts(), true],
  ['a department of the list', { departments: ['Sales', 'finance'] }, facts(), true],
  ['a department that is not in the list', { departments: ['Sales'] }, facts(), false],
  ['a list of no department', { departments: [] }, facts(), false],
  ['no department is in no list', { departments: ['Finance'] }, facts({ recipient: { department: null, hasManager: true } }), false],
  ['a department is not part of another', { departments: ['Fin'] }, facts(), false],
  ['a manager', { hasManager: true }, facts(), true],
  ['no manager', { hasManager: false }, facts(), false],
  ['for themselves', { selfRequested: true }, facts(), true],
  ['for others', { selfRequested: false }, facts({ selfRequested: false }), true],
  ['a type of the list', { itemTypes: ['ENTITLEMENT', 'ROLE'] }, facts(), true],
  ['a type that is not in the list', { itemTypes: ['ENTITLEMENT'] }, facts(), false],
  ['a source of the list', { sourceIds: ['ad', 'erp'] }, facts(), true],
  ['an item of no source', { sourceIds: ['erp'] }, facts({ item: { type: 'ROLE', sourceId: null, privileged: false } }), false],
  ['privileged', { privileged: true }, facts({ item: { type: 'ROLE', sourceId: null, privileged: true } }), true],
  ['not privileged', { privileged: true }, facts(), false],
  ['longer than it is', { longerThanDays: 30 }, facts(), false],
  ['longer than a little less', { longerThanDays: 29 }, facts({ durationDays: 29.01 }), true],
  ['without an end longer than anything', { longerThanDays: 100_000 }, facts({ durationDays: null }), true],
  ['a removal without an end has no length', { longerThanDays: 1 }, facts({ kind: 'REVOKE', durationDays: null }), false],
  ['a removal at some time has no length', { longerThanDays: 1 }, facts({ kind: 'REVOKE', durationDays: 500 }), false],
  ['a change of dates has a length', { longerThanDays: 29 }, facts({ kind: 'MODIFY' }), true],
  ['breaks separation of duties', { breaksSod: true }, facts({ breaksSod: true }), true],
  ['keeps separation of duties', { breaksSod: false }, facts(), true],
])('a condition: %s', (_name, condition, given, expected) => {
  expect(holds(condition, given)).toBe(expected)
})

const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined })
const departments = fc.constantFrom('Finance', 'Sales', 'finance')
const types = fc.constantFrom('ROLE', 'ACCESS_PROFILE', 'ENTITLEMENT' as const)
const sources = fc.constantFrom('erp', 'ad')
const parts = {
  departments: fc.array(departments, { maxLength: 2 }),
  hasManager: fc.boolean(),
  selfRequested: fc.boolean(),
  itemTypes: fc.array(types, { maxLength: 2 }),
  sourceIds: fc.array(sources, { maxLength: 2 }),
  privileged: fc.boolean(),
  longerThanDays: fc.integer({ min: 0, max: 60 }),
  breaksSod: fc.boolean(),
}
const conditions = fc
  .record({
    departments: maybe(parts.departments),
    hasManager: maybe(parts.hasManager),
    selfRequested: maybe(parts.selfRequested),
    itemTypes: maybe(parts.itemTypes),
    sourceIds: maybe(parts.sourceIds),
    privileged: maybe(parts.privileged),
    longerThanDays: maybe(parts.longerThanDays),
    breaksSod: maybe(parts.breaksSod),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Condition)
const someFacts: fc.Arbitrary<ConditionFacts> = fc.record({
  kind: fc.constantFrom('GRANT', 'REVOKE', 'MODIFY' as const),
  recipient: fc.record({ department: fc.option(departments), hasManager: fc.boolean() }),
  selfRequested: fc.boolean(),
  item: fc.record({ type: types, sourceId: fc.option(sources), privileged: fc.boolean() }),
  durationDays: fc.option(fc.integer({ min: 0, max: 60 })),
  breaksSod: fc.boolean(),
})
const runs = { numRuns: 500, seed: 20261122 }

test('a condition holds just when each of its parts does', () => {
  fc.assert(
    fc.property(conditions, someFacts, (condition, given) => {
      const each = Object.entries(condition).every(([key, value]) => holds({ [key]: value }, given))
      expect(holds(condition, given)).toBe(each)
    }),
    runs,
  )
})

test('what is either so or not so holds on one side of it, and never on both', () => {
  fc.assert(
    fc.property(fc.constantFrom('hasManager', 'selfRequested', 'privileged', 'breaksSod' as const), someFacts, (key, given) => {
      expect(holds({ [key]: true }, given)).not.toBe(holds({ [key]: false }, given))
    }),
    runs,
  )
})

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.constantFrom<Step>({ kind: 'MANAGER' }, { kind: 'OWNER' }),
    conditions.map((when): Step => ({ asks: [{ kind: 'OWNER' }], when })),
    conditions.map((when): Step => ({ asks: [{ kind: 'MANAGER' }, { kind: 'OWNER' }], quorum: { count: 2 }, when })),
  ),
  { maxLength: 4 },
)

test('the steps in force have no conditions left, keep their order, and are none only where none were written', () => {
  fc.assert(
    fc.property(steps, someFacts, (written, given) => {
      const rules: RequestRules = { ...noRules, steps: written }
      const chosen = stepsInForce(rules, given)
      expect(chosen.some((step) => 'when' in step)).toBe(false)
      expect(chosen.length === 0).toBe(written.length === 0)
      const kept = written.filter((step) => !('asks' in step) || step.when === undefined || holds(step.when, given))
      expect(chosen).toHaveLength(kept.length === 0 && written.length > 0 ? 1 : kept.length)
      for (const [at, step] of kept.entries()) {
        const [first] = asksOf(chosen[at] as Step)
        expect(first).toMatchObject(asksOf(step)[0] as Selector)
        expect(first?.note === undefined).toBe(!('asks' in step) || step.when === undefined)
      }
    }),
    runs,
  )
})

test('the portal says every condition of a step that is asked because of it, in German, too', () => {
  const conditions: [Condition, string][] = [
    [{ departments: ['Finance'] }, 'Die Person gehört zu Finance'],
    [{ departments: ['Sales', 'Finance'] }, 'Die Person gehört zu Sales oder Finance'],
    [{ hasManager: true }, 'Die Person hat eine Führungskraft'],
    [{ selfRequested: true }, 'Die Person beantragt es für sich selbst'],
    [{ itemTypes: ['ACCESS_PROFILE', 'ROLE'] }, 'Art des Beantragten: Zugriffsprofil oder Rolle'],
    [{ sourceIds: ['erp'] }, 'die Quelle, auf der es liegt'],
    [{ privileged: false }, 'Es ist nicht privilegiert'],
    [{ longerThanDays: 7 }, 'Es wird für länger als 7 Tage beantragt'],
    [{ breaksSod: false }, 'Es wahrt die Funktionstrennung'],
    [{ hasManager: true, privileged: false }, 'Die Person hat eine Führungskraft; Es ist nicht privilegiert'],
  ]
  const say: Say = (id, values = {}) => de[id].replace(/\{(\w+)\}/g, (_, gap: string) => String(values[gap]))
  for (const [condition, said] of conditions) {
    const rules = { ...noRules, steps: [{ asks: [{ kind: 'MANAGER' } as const], when: condition }] }
    const [step] = stepsInForce(rules, facts())
    const text = step && asksOf(step)[0]?.note
    expect(tell(say, { text: text ?? '', sentence: recognise(text ?? '') ?? null })).toBe(
      `Die Richtlinie hat diesen Schritt aus diesem Grund: ${said}.`,
    )
  }
})
