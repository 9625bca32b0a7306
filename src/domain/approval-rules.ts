import type { ItemType, Policy, RequestRules } from './access-model.ts'
import type { ReminderConfig, TenantConfig } from './tenant-config.ts'
import { MAX_ESCALATION_LEVELS, type TimerRules } from './timers.ts'
import type { WorkCalendar } from './working-days.ts'

/**
 * How approvals behave: reminders, escalation, expiry, comments, the fallback approver, self-approval. Each part is set for one item, for all
 * access requests, or for the tenant; the narrowest that says something about a part decides it.
 */
export interface ApprovalRules {
  /** Null: none. */
  reminders: { firstAfterDays: number; everyDays: number; max: number } | null
  /** Null: never. `everyDays` is from one hand-over to the next; null: as long as until the first. */
  escalation: { afterDays: number; everyDays: number | null; levels: number } | null
  /** Null: an approval waits for ever. */
  timeout: { afterDays: number; result: TimerRules['expiryResult'] } | null
  commentRequired: 'APPROVAL' | 'REJECTION' | 'ALL' | 'OFF'
  fallbackApproverId: string | null
  autoApprove: AutoApprove
  /** Null: every day counts. */
  calendar: WorkCalendar | null
}

/** DIRECT: the requester is the approver. INDIRECT: also where the requester is merely a member of the group that is asked. */
export type AutoApprove = 'OFF' | 'DIRECT' | 'INDIRECT'

/** The parts one scope says something about. */
export type ScopedRules = Partial<ApprovalRules>

/** The one type of approvals there is, by the name the contract gives it. */
export const ACCESS_REQUESTS = 'ACCESS_REQUEST_APPROVAL'

/** Whom rules are for. An item's own say which type they were given for. */
export type ApprovalScope = { kind: 'TENANT' } | { kind: 'TYPE' } | { kind: 'ITEM'; itemId: string; itemType: ItemType | null }

const noApprovalRules: ApprovalRules = {
  reminders: null,
  escalation: null,
  timeout: null,
  commentRequired: 'OFF',
  fallbackApproverId: null,
  autoApprove: 'OFF',
  calendar: null,
}

/** The rules in force: for an item (its own first), for all access requests, or for the tenant. */
export function rulesInForce(config: TenantConfig, scope: ApprovalScope['kind'], ofItem: ScopedRules = {}): ApprovalRules {
  const ofType = scope === 'TENANT' ? {} : scopedRulesOfType(config)
  return { ...noApprovalRules, ...config.approvals?.tenant, ...ofType, ...(scope === 'ITEM' ? ofItem : {}) }
}

/** What is said for all access requests; before anybody used the newer form, what the older one says. */
export function scopedRulesOfType(config: TenantConfig): ScopedRules {
  return config.approvals?.type ?? fromOlderForm(config.reminders, config.autoApproval)
}

/** The older form says nothing by a null and by a switch that is off. */
function fromOlderForm(reminders: ReminderConfig, autoApproval: boolean): ScopedRules {
  return {
    ...(reminders.daysUntilFirst === null ? {} : timersFromOlderForm(reminders)),
    ...(reminders.fallbackApproverId === null ? {} : { fallbackApproverId: reminders.fallbackApproverId }),
    ...(autoApproval ? { autoApprove: 'DIRECT' as const } : {}),
  }
}

/**
 * The older form knows one number of days: until the first reminder, or until escalation where there are no reminders. Escalation follows one
 * interval after the last reminder, up to three times.
 */
function timersFromOlderForm({
  daysUntilFirst,
  daysBetween,
  maxReminders,
}: ReminderConfig): Pick<ApprovalRules, 'reminders' | 'escalation'> {
  if (daysUntilFirst === null) return { reminders: null, escalation: null }
  const max = maxReminders ?? 0
  const everyDays = daysBetween ?? 1
  return {
    reminders: max > 0 ? { firstAfterDays: daysUntilFirst, everyDays, max } : null,
    escalation: { afterDays: daysUntilFirst + max * everyDays, everyDays: null, levels: MAX_ESCALATION_LEVELS },
  }
}

/** As much of the rules as the older form can say. */
function toOlderForm(rules: ApprovalRules): Pick<TenantConfig, 'reminders' | 'autoApproval'> {
  const { reminders, escalation, fallbackApproverId, autoApprove } = rules
  const autoApproval = autoApprove !== 'OFF'
  if (reminders) {
    const { firstAfterDays, everyDays, max } = reminders
    return { autoApproval, reminders: { daysUntilFirst: firstAfterDays, daysBetween: everyDays, maxReminders: max, fallbackApproverId } }
  }
  const daysUntilFirst = escalation?.afterDays ?? null
  return { autoApproval, reminders: { daysUntilFirst, daysBetween: null, maxReminders: escalation ? 0 : null, fallbackApproverId } }
}

/**
 * The configuration after somebody wrote the older form: what they changed there replaces what the newer form said about it; what they sent
 * back unchanged leaves alone what only the newer form can say.
 */
export function withOlderForm(stored: TenantConfig, written: TenantConfig): TenantConfig {
  if (!written.approvals) return written
  const was = stored.reminders
  const is = written.reminders
  const timersChanged =
    was.daysUntilFirst !== is.daysUntilFirst || was.daysBetween !== is.daysBetween || (was.maxReminders ?? 0) !== (is.maxReminders ?? 0)
  const type: ScopedRules = {
    ...scopedRulesOfType(stored),
    ...(timersChanged ? timersFromOlderForm(is) : {}),
    ...(was.fallbackApproverId === is.fallbackApproverId ? {} : { fallbackApproverId: is.fallbackApproverId }),
    ...(stored.autoApproval === written.autoApproval ? {} : { autoApprove: written.autoApproval ? 'DIRECT' : 'OFF' }),
  }
  return { ...written, approvals: { ...written.approvals, type } }
}

/** The configuration with the rules of a wide scope replaced (undefined: taken away); the older form shows what it can of them. */
export function withScopedRules(config: TenantConfig, scope: 'TENANT' | 'TYPE', rules: ScopedRules | undefined): TenantConfig {
  const before = { tenant: config.approvals?.tenant ?? {}, type: scopedRulesOfType(config) }
  const approvals = scope === 'TENANT' ? { ...before, tenant: rules ?? {} } : { ...before, type: rules ?? {} }
  return { ...config, ...toOlderForm(rulesInForce({ ...config, approvals }, 'TYPE')), approvals }
}

/** The snapshot a request keeps: the item's rules of asking, and how its approvals behave. */
export function policyOf(rules: RequestRules, approvals: ApprovalRules): Policy {
  const { commentRequired, fallbackApproverId, autoApprove } = approvals
  return {
    ...rules,
    denialCommentRequired: rules.denialCommentRequired || commentRequired === 'REJECTION' || commentRequired === 'ALL',
    approvalCommentRequired: commentRequired === 'APPROVAL' || commentRequired === 'ALL',
    timers: timersOf(approvals),
    fallbackApproverId,
    autoApprove,
  }
}

function timersOf({ reminders, escalation, timeout, calendar }: ApprovalRules): TimerRules {
  return {
    firstReminderAfterDays: reminders?.firstAfterDays ?? null,
    daysBetweenReminders: reminders?.everyDays ?? null,
    maxReminders: reminders?.max ?? 0,
    escalateAfterDays: escalation?.afterDays ?? null,
    daysBetweenEscalations: escalation?.everyDays ?? null,
    escalationLevels: escalation?.levels ?? 0,
    expireAfterDays: timeout?.afterDays ?? null,
    expiryResult: timeout?.result ?? 'EXPIRED',
    ...(calendar ? { calendar } : {}),
  }
}
