import type { Json } from './audit.ts'
import { DAY_MS } from './business-clock.ts'

/** What happened to a request, told in a few words of our own; each word is one kind of row of the record. */

export type TimelineWord =
  | 'SUBMITTED'
  | 'CHECKED'
  | 'ASKED'
  | 'AGREED'
  | 'REFUSED'
  | 'DROPPED'
  | 'REMINDED'
  | 'FORWARDED'
  | 'ESCALATED'
  | 'REASSIGNED'
  | 'EXPIRED'
  | 'APPROVED'
  | 'REJECTED'
  | 'STARTED'
  | 'TASK_GIVEN'
  | 'TASK_DONE'
  | 'TASK_REFUSED'
  | 'TASK_FORWARDED'
  | 'TASK_DROPPED'
  | 'PROCESSED'
  | 'RETRIED'
  | 'CANCELLED'
  | 'CLOSED'
  | 'END_REACHED'
  | 'OTHER'

const words: Record<string, TimelineWord> = {
  REQUESTED: 'SUBMITTED',
  SOD_VIOLATION_CHECKED: 'CHECKED',
  APPROVAL_REQUEST_CREATED: 'ASKED',
  APPROVAL_REQUEST_APPROVED: 'AGREED',
  APPROVAL_REQUEST_REJECTED: 'REFUSED',
  APPROVAL_REQUEST_CANCELLED: 'DROPPED',
  APPROVAL_REQUEST_REMINDED: 'REMINDED',
  FORWARDED: 'FORWARDED',
  ESCALATED: 'ESCALATED',
  APPROVAL_REQUEST_ASSIGNED: 'REASSIGNED',
  APPROVAL_REQUEST_UPDATED: 'REASSIGNED',
  APPROVAL_REQUEST_REROUTED: 'REASSIGNED',
  APPROVAL_REQUEST_TIMED_OUT: 'EXPIRED',
  APPROVED: 'APPROVED',
  REJECTED: 'REJECTED',
  START_DATE_REACHED: 'STARTED',
  CREATE_WORKITEM_PASSED: 'TASK_GIVEN',
  WORK_ITEM_COMPLETED: 'TASK_DONE',
  WORK_ITEM_REJECTED: 'TASK_REFUSED',
  WORK_ITEM_FORWARD: 'TASK_FORWARDED',
  WORK_ITEM_CANCELLED: 'TASK_DROPPED',
  PROCESSED: 'PROCESSED',
  RETRIED: 'RETRIED',
  CANCELLED: 'CANCELLED',
  CLOSED: 'CLOSED',
  ACCESS_END_DATE_REACHED: 'END_REACHED',
}

/** The word for an action of the record; OTHER for those that are not worth one. */
export function timelineWord(action: string): TimelineWord {
  return words[action] ?? words[action.replace(/^ACCESS_(REVOKE_)?REQUEST_/, '')] ?? 'OTHER'
}

/** The ids of people that the details of a row name: who is asked, or to whom something was handed. */
export function peopleIn(details: Record<string, Json>): string[] {
  const named = [details['candidates'], details['to'], details['toId'], details['by']].flat()
  return [...new Set(named.filter((id) => typeof id === 'string'))]
}

/** A detail that is text, or null. */
export function textIn(details: Record<string, Json>, ...names: string[]): string | null {
  for (const name of names) {
    const value = details[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return null
}

/** From when on an approver may be reminded by hand again, or null for at once: a day after the last reminder, by hand or not. */
export function remindableFrom(remindedAt: Date | null, now: Date): Date | null {
  if (remindedAt === null) return null
  const from = new Date(remindedAt.getTime() + DAY_MS)
  return from > now ? from : null
}
