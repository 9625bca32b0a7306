import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AssignmentState, StepState } from '../../src/domain/lifecycle.ts'
import {
  assignmentStateAfter,
  isInDoubt,
  itemStateAfter,
  planAttempt,
  planGrant,
  restMs,
  retryDelayMs,
  type StepStanding,
} from '../../src/domain/provisioning.ts'

const state = fc.constantFrom<StepState>('INTENDED', 'SENT', 'BY_HAND', 'DONE', 'FAILED', 'DROPPED')
const steps = fc.array(fc.record<StepStanding>({ state, taken: fc.boolean(), inDoubt: fc.boolean() }), { maxLength: 6 })
const isOpen = (step: { state: StepState }) => ['INTENDED', 'SENT', 'BY_HAND'].includes(step.state)

test('an item ends only when no step is open, and completes only when every step is done', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const after = itemStateAfter('PROVISIONING', all)
      const is = (one: StepState) => all.some((step) => step.state === one)
      if (all.some(isOpen)) expect(['VERIFYING', undefined]).toContain(after)
      else if (all.every((step) => step.state === 'DONE')) expect(after).toBe('PROVISIONED')
      else if (is('DONE')) expect(after).toBe('PARTLY_PROVISIONED')
      else expect(after).toBe(is('FAILED') ? 'FAILED' : 'CANCELLED')
    }),
  )
})

test('an item is verifying exactly while the target took all that is still open, whatever it was before', () => {
  fc.assert(
    fc.property(steps, fc.constantFrom('PROVISIONING' as const, 'VERIFYING' as const), (all, before) => {
      const open = all.filter(isOpen)
      fc.pre(open.length > 0)
      const isVerifying = open.every((step) => step.state === 'SENT' && step.taken)
      expect(itemStateAfter(before, all) ?? before).toBe(isVerifying ? 'VERIFYING' : 'PROVISIONING')
    }),
  )
})

test('an assignment of which nothing was put in place ends, one of which something was is active', () => {
  const after = (before: AssignmentState, ...states: StepState[]) =>
    assignmentStateAfter(
      before,
      states.map((one) => ({ state: one, inDoubt: false })),
    )
  expect(after('PENDING', 'FAILED', 'FAILED')).toBe('ENDED')
  expect(after('PENDING', 'DONE', 'FAILED')).toBe('ACTIVE')
  expect(after('PENDING', 'DONE', 'SENT')).toBe('PENDING')
  expect(after('PENDING')).toBe('ACTIVE')
  expect(after('ENDING', 'DONE', 'DROPPED')).toBe('ACTIVE')
  expect(after('ENDING', 'DONE', 'FAILED')).toBe('ENDING')
  expect(after('ENDING', 'DONE', 'DONE')).toBe('ENDED')
})

test('an assignment that came to nothing is ending, not ended, while something of it may be at the target', () => {
  expect(assignmentStateAfter('PENDING', [{ state: 'FAILED', inDoubt: true }])).toBe('ENDING')
})

test('what was sent without an answer is in doubt until a read has worked, and what was refused is not', () => {
  expect(isInDoubt(false, { read: true, sentInDoubt: true })).toBe(true)
  expect(isInDoubt(true, { read: false, sentInDoubt: false })).toBe(true)
  expect(isInDoubt(true, { read: true, sentInDoubt: false })).toBe(false)
  expect(isInDoubt(false, { read: false, sentInDoubt: false })).toBe(false)
})

test('of a closed request nothing more is sent: what was under way is looked at', () => {
  expect(planAttempt('ADD', true, true)).toBe('look')
  expect(planAttempt('REMOVE', false, true)).toBe('look')
  expect(planAttempt('ADD', false, true)).toBe('drop')
  expect(planAttempt('REMOVE', true, true)).toBe('keep')
})

/** One value on one account at a target, and assignments that need it or not. */
test('whatever the order of grants, revokes and attempts, the value is at the target in the end exactly when a live assignment needs it', () => {
  const event = fc.record({ kind: fc.constantFrom<'grant' | 'revoke' | 'attempt'>('grant', 'revoke', 'attempt'), which: fc.nat(3) })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const live = new Set<number>()
      let steps: ('ADD' | 'REMOVE')[] = []
      let atTarget = false
      const attempt = (operation: 'ADD' | 'REMOVE') => {
        if (planAttempt(operation, live.size > 0) === 'call') atTarget = operation === 'ADD'
      }
      for (const { kind, which } of events) {
        if (kind === 'grant' && !live.has(which)) {
          live.add(which)
          steps.push('ADD')
        } else if (kind === 'revoke' && live.delete(which)) steps.push('REMOVE')
        else if (kind === 'attempt' && steps.length > 0) attempt(...(steps.splice(which % steps.length, 1) as ['ADD' | 'REMOVE']))
      }
      for (const operation of steps) attempt(operation)
      steps = []
      expect(atTarget).toBe(live.size > 0)
    }),
  )
})

test('values of one source share one account, and a missing account is planned once', () => {
  let n = 0
  const facts = {
    recipientAlias: 'emp.alice',
    values: [
      { entitlementId: 'a', sourceId: 's' },
      { entitlementId: 'b', sourceId: 's' },
    ],
    accounts: [],
    grants: [],
    accountSelection: null,
    nativeIdentity: null,
  }
  const plan = planGrant(facts, () => `id${++n}`)
  expect(plan.newAccounts).toEqual([{ id: 'id1', sourceId: 's', nativeIdentity: 'emp.alice' }])
  expect(new Set(plan.steps.map((step) => step.accountId))).toEqual(new Set(['id1']))
  expect(plan.steps).toHaveLength(2)
})

test('retries come later and later, never sooner than the target asked (a day at most) and never later than five minutes unless it asked', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(10_000_000_000),
      (attempts, random, asked) => {
        const delay = retryDelayMs(attempts, random, asked)
        const heeded = Math.min(asked, 86_400_000)
        expect(delay).toBeGreaterThanOrEqual(Math.max(heeded, 500))
        expect(delay).toBeLessThanOrEqual(Math.max(heeded, 300_000))
      },
    ),
  )
})

test('an account is left alone as long again as a call was waited for, at least a second and at most a minute', () => {
  expect([0, 999, 1_000, 30_000.4, 60_000, 3_600_000].map(restMs)).toEqual([1_000, 1_000, 1_000, 30_000, 60_000, 60_000])
})
