import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { StepState } from '../../src/domain/lifecycle.ts'
import { assignmentStateAfter, itemStateAfter, planAttempt, planGrant, retryDelayMs } from '../../src/domain/provisioning.ts'

const states = fc.array(fc.constantFrom<StepState>('INTENDED', 'SENT', 'BY_HAND', 'DONE', 'FAILED', 'DROPPED'), { maxLength: 6 })

test('an item ends only when no step is open, and completes only when every step is done', () => {
  fc.assert(
    fc.property(states, (steps) => {
      const after = itemStateAfter('PROVISIONING', steps)
      const open = steps.some((s) => s === 'INTENDED' || s === 'SENT')
      if (open) expect(after).toBeUndefined()
      else if (steps.includes('BY_HAND')) expect(after).toBe('VERIFYING')
      else if (steps.every((s) => s === 'DONE')) expect(after).toBe('PROVISIONED')
      else if (steps.includes('DONE')) expect(after).toBe('PARTLY_PROVISIONED')
      else expect(after).toBe(steps.includes('FAILED') ? 'FAILED' : 'CANCELLED')
    }),
  )
})

test('an assignment of which nothing was put in place ends, one of which something was is active', () => {
  expect(assignmentStateAfter('PENDING', ['FAILED', 'FAILED'])).toBe('ENDED')
  expect(assignmentStateAfter('PENDING', ['DONE', 'FAILED'])).toBe('ACTIVE')
  expect(assignmentStateAfter('PENDING', ['DONE', 'SENT'])).toBe('PENDING')
  expect(assignmentStateAfter('PENDING', [])).toBe('ACTIVE')
  expect(assignmentStateAfter('ENDING', ['DONE', 'DROPPED'])).toBe('ACTIVE')
  expect(assignmentStateAfter('ENDING', ['DONE', 'FAILED'])).toBe('ENDING')
  expect(assignmentStateAfter('ENDING', ['DONE', 'DONE'])).toBe('ENDED')
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
    requestedItemId: 'i',
    recipientAlias: 'emp.alice',
    recipientId: 'alice',
    values: [
      { entitlementId: 'a', sourceId: 's' },
      { entitlementId: 'b', sourceId: 's' },
    ],
    accounts: [],
    grants: [],
    accountSelection: null,
  }
  const plan = planGrant(facts, () => `id${++n}`)
  expect(plan.newAccounts).toEqual([{ id: 'id1', sourceId: 's', nativeIdentity: 'emp.alice' }])
  expect(new Set(plan.steps.map((step) => step.accountId))).toEqual(new Set(['id1']))
  expect(plan.steps).toHaveLength(2)
})

test('retries come later and later, never sooner than the target asked and never later than five minutes unless it asked', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(1_000_000),
      (attempts, random, asked) => {
        const delay = retryDelayMs(attempts, random, asked)
        expect(delay).toBeGreaterThanOrEqual(Math.max(asked, 500))
        expect(delay).toBeLessThanOrEqual(Math.max(asked, 300_000))
      },
    ),
  )
})
