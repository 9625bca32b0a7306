import { DAY_MS } from './business-clock.ts'
import { type WorkCalendar, workingDaysAfter } from './working-days.ts'

/** When an open approval is reminded of, handed up and ends by itself. Pure: rules and what has happened in, the next moments out. */

/**
 * The rules for one approval, counted in days of 24 hours of business time or, with a calendar, in working days; null means never. Part of the
 * snapshot a request keeps.
 */
export interface TimerRules {
  firstReminderAfterDays: number | null
  daysBetweenReminders: number | null
  /** For each person who holds the approval in turn. */
  maxReminders: number
  escalateAfterDays: number | null
  /** From one hand-over to the next; null: as long as until the first. */
  daysBetweenEscalations: number | null
  /** How often it is handed up: 1 to the manager, 2 to theirs, 3 to the fallback approver. */
  escalationLevels: number
  expireAfterDays: number | null
  /** What an end without an answer means: EXPIRED counts as a denial. */
  expiryResult: 'EXPIRED' | 'APPROVED'
  calendar?: WorkCalendar | null
}

export const MANAGER_LEVELS = 2
export const MAX_ESCALATION_LEVELS = 3

/** What has happened to an approval so far. */
export interface TimerProgress {
  createdAt: Date
  /** When those who hold it now began to: the creation or the last escalation. A forward changes nothing here. */
  roundStartedAt: Date
  /** In this round. */
  remindersSent: number
  escalations: number
}

export interface DueMoments {
  remindAt: Date | null
  escalateAt: Date | null
  expiresAt: Date | null
}

function daysAfter({ calendar }: TimerRules, from: Date, days: number): Date {
  return calendar ? workingDaysAfter(from, days, calendar) : new Date(from.getTime() + days * DAY_MS)
}

/** The progress of an approval that has just been asked. */
export function freshProgress(createdAt: Date): TimerProgress {
  return { createdAt, roundStartedAt: createdAt, remindersSent: 0, escalations: 0 }
}

/** Takes the rules of an approval (undefined: it has none) and what has happened; returns the next moment of each kind, or null. */
export function dueMoments(rules: TimerRules | undefined, progress: TimerProgress): DueMoments {
  if (!rules) return { remindAt: null, escalateAt: null, expiresAt: null }
  const escalateAfter = (progress.escalations > 0 ? rules.daysBetweenEscalations : null) ?? rules.escalateAfterDays
  const escalates = escalateAfter !== null && rules.escalateAfterDays !== null && progress.escalations < rules.escalationLevels
  return {
    remindAt: reminderMoment(rules, progress, progress.remindersSent),
    escalateAt: escalates ? daysAfter(rules, progress.roundStartedAt, escalateAfter) : null,
    expiresAt: rules.expireAfterDays === null ? null : daysAfter(rules, progress.createdAt, rules.expireAfterDays),
  }
}

/** The moment of a round's reminder number `sent` + 1, or null when there is none. */
function reminderMoment(rules: TimerRules, progress: TimerProgress, sent: number): Date | null {
  if (rules.firstReminderAfterDays === null || sent >= rules.maxReminders) return null
  return daysAfter(rules, progress.roundStartedAt, rules.firstReminderAfterDays + sent * (rules.daysBetweenReminders ?? 1))
}

/** The progress after a reminder sent at `now`: those whose moments passed unnoticed (nobody was there to send them) count as sent with it. */
export function afterReminder(rules: TimerRules, progress: TimerProgress, now: Date): TimerProgress {
  let sent = progress.remindersSent + 1
  for (;;) {
    const next = reminderMoment(rules, progress, sent)
    if (next === null || next > now) return { ...progress, remindersSent: sent }
    sent++
  }
}

/** The progress after the approval was handed up at `now`: those who hold it now get the whole time, and the reminders, of their own. */
export function afterEscalation(progress: TimerProgress, level: number, now: Date): TimerProgress {
  return { ...progress, roundStartedAt: now, remindersSent: 0, escalations: level }
}

/** The progress when there is nobody above to hand it up to: it stays where it is, and is not tried again. */
export function afterLastEscalation(rules: TimerRules, progress: TimerProgress): TimerProgress {
  return { ...progress, escalations: rules.escalationLevels }
}

export type DueAction = 'expire' | 'escalate' | 'remind'

/** What is to be done at `now`, the most final first; undefined when nothing is due. */
export function dueAction(due: DueMoments, now: Date): DueAction | undefined {
  if (due.expiresAt !== null && due.expiresAt <= now) return 'expire'
  if (due.escalateAt !== null && due.escalateAt <= now) return 'escalate'
  if (due.remindAt !== null && due.remindAt <= now) return 'remind'
  return undefined
}
