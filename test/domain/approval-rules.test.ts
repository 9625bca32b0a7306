import { expect, test } from 'vitest'
import { noRules } from '../../src/domain/access-model.ts'
import { policyOf, rulesInForce, type ScopedRules, withOlderForm, withScopedRules } from '../../src/domain/approval-rules.ts'
import { defaultTenantConfig, type ReminderConfig, type TenantConfig } from '../../src/domain/tenant-config.ts'

const older = (reminders: Partial<ReminderConfig>, more: Partial<TenantConfig> = {}): TenantConfig => ({
  ...defaultTenantConfig,
  ...more,
  reminders: { ...defaultTenantConfig.reminders, ...reminders },
})
const timers = (config: TenantConfig) => policyOf(noRules, rulesInForce(config, 'ITEM')).timers

test.each<[string, Partial<ReminderConfig>, [number | null, number | null, number, number | null, number]]>([
  ['all null means nothing', {}, [null, null, 0, null, 0]],
  ['the published sample', { daysUntilFirst: 3, daysBetween: 1, maxReminders: 3 }, [3, 1, 3, 6, 3]],
  ['no reminders escalate without reminding', { daysUntilFirst: 5, daysBetween: 2, maxReminders: 0 }, [null, null, 0, 5, 3]],
  ['no number of reminders is none', { daysUntilFirst: 5 }, [null, null, 0, 5, 3]],
  ['without an interval reminders come daily', { daysUntilFirst: 2, maxReminders: 2 }, [2, 1, 2, 4, 3]],
  ['an interval and a number alone mean nothing', { daysBetween: 2, maxReminders: 2 }, [null, null, 0, null, 0]],
])('the older form: %s', (_name, reminders, [first, between, max, escalate, levels]) => {
  expect(timers(older(reminders))).toEqual({
    firstReminderAfterDays: first,
    daysBetweenReminders: between,
    maxReminders: max,
    escalateAfterDays: escalate,
    daysBetweenEscalations: null,
    escalationLevels: levels,
    expireAfterDays: null,
    expiryResult: 'EXPIRED',
  })
})

const reminders = { firstAfterDays: 2, everyDays: 2, max: 1 }
const escalation = { afterDays: 9, everyDays: 1, levels: 1 }

test('the narrowest scope that speaks of a part decides it: the item, then all access requests, then the tenant', () => {
  let config = withScopedRules(older({}), 'TENANT', { reminders, commentRequired: 'ALL', autoApprove: 'DIRECT' })
  config = withScopedRules(config, 'TYPE', { escalation, commentRequired: 'APPROVAL' })
  const ofItem: ScopedRules = { commentRequired: 'OFF', escalation: null }
  expect(rulesInForce(config, 'ITEM', ofItem)).toMatchObject({ reminders, escalation: null, commentRequired: 'OFF', autoApprove: 'DIRECT' })
  expect(rulesInForce(config, 'TYPE')).toMatchObject({ reminders, escalation, commentRequired: 'APPROVAL' })
  expect(rulesInForce(config, 'TENANT')).toMatchObject({ reminders, escalation: null, commentRequired: 'ALL' })
  expect(rulesInForce(withScopedRules(config, 'TYPE', undefined), 'TYPE')).toMatchObject({ escalation: null, commentRequired: 'ALL' })
})

test('the older form shows what the newer one says, as far as it can', () => {
  const config = withScopedRules(older({}), 'TYPE', { reminders, escalation, fallbackApproverId: 'f', autoApprove: 'INDIRECT' })
  expect(config.reminders).toEqual({ daysUntilFirst: 2, daysBetween: 2, maxReminders: 1, fallbackApproverId: 'f' })
  expect(config.autoApproval).toBe(true)
  expect(withScopedRules(config, 'TYPE', { escalation }).reminders).toMatchObject({ daysUntilFirst: 9, maxReminders: 0 })
  expect(withScopedRules(config, 'TYPE', undefined)).toMatchObject({ reminders: older({}).reminders, autoApproval: false })
})

test('the older form sent back unchanged keeps what only the newer one can say; a change there replaces it', () => {
  const stored = withScopedRules(older({}), 'TYPE', { reminders, escalation, autoApprove: 'INDIRECT' })
  expect(rulesInForce(withOlderForm(stored, { ...stored, anyoneForAnyone: true }), 'TYPE')).toMatchObject({
    escalation,
    autoApprove: 'INDIRECT',
  })
  const written = withOlderForm(stored, { ...stored, reminders: { ...stored.reminders, maxReminders: 3 }, autoApproval: false })
  expect(rulesInForce(written, 'TYPE')).toMatchObject({
    reminders: { firstAfterDays: 2, everyDays: 2, max: 3 },
    escalation: { afterDays: 8, everyDays: null, levels: 3 },
    autoApprove: 'OFF',
  })
  const off = withOlderForm(stored, { ...stored, reminders: older({}).reminders })
  expect(rulesInForce(off, 'TYPE')).toMatchObject({ reminders: null, escalation: null })
})

test('what the older form said first is not lost when the newer one speaks for the tenant', () => {
  const config = withScopedRules(older({ daysUntilFirst: 4 }, { autoApproval: true }), 'TENANT', { escalation, commentRequired: 'ALL' })
  expect(rulesInForce(config, 'TYPE')).toMatchObject({
    escalation: { afterDays: 4, levels: 3 },
    autoApprove: 'DIRECT',
    commentRequired: 'ALL',
  })
})

test.each([
  ['OFF', false, false],
  ['APPROVAL', true, false],
  ['REJECTION', false, true],
  ['ALL', true, true],
] as const)('comments demanded for %s are part of the snapshot; those the item demands stay', (commentRequired, approval, denial) => {
  const rules = { ...rulesInForce(defaultTenantConfig, 'ITEM'), commentRequired }
  expect(policyOf(noRules, rules)).toMatchObject({ approvalCommentRequired: approval, denialCommentRequired: denial })
  expect(policyOf({ ...noRules, denialCommentRequired: true }, rules).denialCommentRequired).toBe(true)
})
