import type { Answer, Body } from '../../../api/types.ts'
import { wholeNumber } from '../../../parts/number-field.tsx'

type Wire = Answer<'getApprovalsConfig'>

export const commentRules = ['OFF', 'APPROVAL', 'REJECTION', 'ALL'] as const
export const autoRules = ['OFF', 'DIRECT', 'INDIRECT'] as const
export const expiryResults = ['EXPIRED', 'APPROVED'] as const
export const levels = ['1', '2', '3'] as const

/** How approvals behave, as it is edited: numbers as they are written. */
export interface Timers {
  reminds: boolean
  firstReminder: string
  everyReminder: string
  mostReminders: string
  escalates: boolean
  escalateAfter: string
  /** Empty: as long as until the first. */
  escalateEvery: string
  levels: (typeof levels)[number]
  expires: boolean
  expireAfter: string
  expiryResult: (typeof expiryResults)[number]
  comments: (typeof commentRules)[number]
  auto: (typeof autoRules)[number]
  fallbackId: string | undefined
}

/** What the numbers may be; the server refuses others. */
export const bounds = { days: [0, 3650], every: [1, 3650], most: [1, 20], expiry: [1, 90] } as const

/** What stands in a field that has never been filled in: a start that makes sense. */
const usual = { firstReminder: 3, everyReminder: 2, mostReminders: 3, escalateAfter: 7, expireAfter: 30 }

export function fromWire({ reminderConfig, escalationConfig, timeoutConfig, ...rest }: Wire): Timers {
  const chain = escalationConfig?.escalationChain?.length ?? 0
  return {
    reminds: reminderConfig?.enabled ?? false,
    firstReminder: String(reminderConfig?.daysUntilFirstReminder ?? usual.firstReminder),
    everyReminder: everyDaysOf(reminderConfig?.reminderCronSchedule) ?? String(usual.everyReminder),
    mostReminders: String(reminderConfig?.maxReminders || usual.mostReminders),
    escalates: escalationConfig?.enabled ?? false,
    escalateAfter: String(escalationConfig?.daysUntilFirstEscalation ?? usual.escalateAfter),
    escalateEvery: everyDaysOf(escalationConfig?.escalationCronSchedule) ?? '',
    // No chain is the whole chain: two managers, then the fallback approver.
    levels: levels[chain - 1] ?? '3',
    expires: timeoutConfig?.enabled ?? false,
    expireAfter: String(timeoutConfig?.daysUntilTimeout ?? usual.expireAfter),
    expiryResult: timeoutConfig?.timeoutResult ?? 'EXPIRED',
    comments: rest.requiresComment ?? 'OFF',
    auto: rest.autoApprove ?? 'OFF',
    fallbackId: rest.fallbackApprover?.identityID,
  }
}

/** True when every number that counts is one. */
export function isComplete(timers: Timers): boolean {
  const is = (text: string, [least, most]: readonly [number, number]) => wholeNumber(text, least, most) !== undefined
  const reminders = is(timers.firstReminder, bounds.days) && is(timers.everyReminder, bounds.every) && is(timers.mostReminders, bounds.most)
  const escalation = is(timers.escalateAfter, bounds.days) && (timers.escalateEvery.trim() === '' || is(timers.escalateEvery, bounds.every))
  return (!timers.reminds || reminders) && (!timers.escalates || escalation) && (!timers.expires || is(timers.expireAfter, bounds.expiry))
}

/** The whole of it, so that nothing is inherited that is not on the page. */
export function toWire(timers: Timers): NonNullable<Body<'putApprovalsConfig'>> {
  const managers = Array.from({ length: Math.min(Number(timers.levels), 2) }, () => ({ identityType: 'MANAGER_OF' as const }))
  return {
    reminderConfig: timers.reminds
      ? {
          enabled: true,
          daysUntilFirstReminder: Number(timers.firstReminder),
          reminderCronSchedule: cronOf(timers.everyReminder),
          maxReminders: Number(timers.mostReminders),
        }
      : { enabled: false },
    escalationConfig: timers.escalates
      ? {
          enabled: true,
          daysUntilFirstEscalation: Number(timers.escalateAfter),
          ...(timers.escalateEvery.trim() === '' ? {} : { escalationCronSchedule: cronOf(timers.escalateEvery) }),
          ...(timers.levels === '3' ? {} : { escalationChain: managers }),
        }
      : { enabled: false },
    timeoutConfig: timers.expires
      ? { enabled: true, daysUntilTimeout: Number(timers.expireAfter), timeoutResult: timers.expiryResult }
      : { enabled: false },
    requiresComment: timers.comments,
    autoApprove: timers.auto,
    ...(timers.fallbackId === undefined ? {} : { fallbackApprover: { identityID: timers.fallbackId, type: 'IDENTITY' as const } }),
  }
}

/** The days of "every so many days", as the wire writes a schedule. */
function everyDaysOf(cron: string | undefined): string | undefined {
  if (cron === undefined) return undefined
  return /\*\/(\d+)/.exec(cron)?.[1] ?? '1'
}

const cronOf = (days: string) => (Number(days) <= 1 ? '0 0 * * *' : `0 0 */${Number(days)} * *`)
