import type { ApprovalRules } from '../approval-rules.ts'
import { MAX_ESCALATION_LEVELS } from '../timers.ts'
import { isTimeZone, type Weekday, type WorkCalendar } from '../working-days.ts'
import type { NamedApprovalRules } from './document.ts'
import { daysOf, type PolicyEntry, type PolicyNode, type PolicyReader } from './node.ts'

/** How approvals behave, as a policy file writes it. */

const keys = ['reminders', 'escalation', 'expiry', 'comment', 'fallback', 'automatic', 'calendar'] as const

/** Takes the map under "approvals"; what it does not speak of stays as it is. */
export function readApprovals(reader: PolicyReader, node: PolicyNode): NamedApprovalRules {
  const found = reader.map(node, '"approvals"', keys)
  const rules: NamedApprovalRules = { line: node.line }
  const reminders = found.reminders && readReminders(reader, found.reminders)
  if (reminders !== undefined) rules.reminders = reminders
  const escalation = found.escalation && readEscalation(reader, found.escalation)
  if (escalation !== undefined) rules.escalation = escalation
  const timeout = found.expiry && readExpiry(reader, found.expiry)
  if (timeout !== undefined) rules.timeout = timeout
  const comment = found.comment && reader.word(found.comment.node, '"comment"', ['approval', 'rejection', 'all', 'off'])
  if (comment) rules.commentRequired = comment.toUpperCase() as ApprovalRules['commentRequired']
  const fallback = found.fallback && reader.text(found.fallback.node, '"fallback", an alias,')
  if (fallback) rules.fallbackAlias = fallback
  const automatic = found.automatic && reader.word(found.automatic.node, '"automatic"', ['off', 'direct', 'indirect'])
  if (automatic) rules.autoApprove = automatic.toUpperCase() as ApprovalRules['autoApprove']
  const calendar = found.calendar && readCalendar(reader, found.calendar)
  if (calendar !== undefined) rules.calendar = calendar
  return rules
}

/** What the calls of the contract take as well: what is written here must be possible to read there and to send back. */
const limits = {
  reminders: { most: 20, days: 3650 },
  escalation: { days: 3650 },
  expiry: { days: 90 },
  every: { days: 3650 },
} as const

/** A switch that is written as `off`; with it, a part ends instead of staying as it is. */
function isOff(node: PolicyNode): boolean {
  return node.kind === 'scalar' && (node.value === false || String(node.value).toLowerCase() === 'off')
}

function days(reader: PolicyReader, entry: PolicyEntry | undefined, what: string, most: number): number | undefined {
  if (!entry) return undefined
  const found = daysOf(entry.node)
  if (found === undefined) return reader.note('wrong-type', entry, `${what} is a time in days or weeks, such as 2 days.`)
  return found <= most ? found : reader.note('out-of-range', entry, `${what} is at most ${most} days.`)
}

function readReminders(reader: PolicyReader, { node }: PolicyEntry): ApprovalRules['reminders'] | undefined {
  if (isOff(node)) return null
  const found = reader.map(node, '"reminders"', ['after', 'every', 'most'])
  const firstAfterDays = days(reader, found.after, '"after"', limits.reminders.days)
  const everyDays = days(reader, found.every, '"every"', limits.every.days) ?? 1
  const max = found.most ? reader.whole(found.most.node, '"most"', 0, limits.reminders.most) : 3
  if (!found.after) return reader.note('missing-key', node, '"reminders" says after how many days the first is sent: "after".')
  if (max === 0) reader.note('never-reminded', node, 'No reminder is ever sent; "off" says so in one word.')
  if (firstAfterDays === undefined || max === undefined) return undefined
  return max === 0 ? null : { firstAfterDays, everyDays, max }
}

function readEscalation(reader: PolicyReader, { node }: PolicyEntry): ApprovalRules['escalation'] | undefined {
  if (isOff(node)) return null
  const found = reader.map(node, '"escalation"', ['after', 'every', 'levels'])
  const afterDays = days(reader, found.after, '"after"', limits.escalation.days)
  const levels = found.levels ? reader.whole(found.levels.node, '"levels"', 1, MAX_ESCALATION_LEVELS) : MAX_ESCALATION_LEVELS
  if (!found.after) return reader.note('missing-key', node, '"escalation" says after how many days it begins: "after".')
  if (afterDays === undefined || levels === undefined) return undefined
  return { afterDays, everyDays: days(reader, found.every, '"every"', limits.every.days) ?? null, levels }
}

function readExpiry(reader: PolicyReader, { node }: PolicyEntry): ApprovalRules['timeout'] | undefined {
  if (isOff(node)) return null
  const found = reader.map(node, '"expiry"', ['after', 'result'])
  const afterDays = days(reader, found.after, '"after"', limits.expiry.days)
  const result = found.result ? reader.word(found.result.node, '"result"', ['expired', 'approved']) : 'expired'
  if (!found.after) return reader.note('missing-key', node, '"expiry" says after how many days: "after".')
  if (afterDays === undefined || result === undefined) return undefined
  return { afterDays, result: result === 'approved' ? 'APPROVED' : 'EXPIRED' }
}

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const date = /^\d{4}-\d{2}-\d{2}$/

function readCalendar(reader: PolicyReader, { node }: PolicyEntry): WorkCalendar | null | undefined {
  if (isOff(node)) return null
  const found = reader.map(node, '"calendar"', ['zone', 'days', 'holidays'])
  const timeZone = found.zone ? readZone(reader, found.zone.node) : reader.note('missing-key', node, '"calendar" says in which "zone".')
  const workingDays = found.days ? readWeekdays(reader, found.days.node) : ([1, 2, 3, 4, 5] satisfies Weekday[])
  const holidays = found.holidays ? reader.list(found.holidays.node).flatMap((one) => readDate(reader, one) ?? []) : []
  return timeZone === undefined ? undefined : { timeZone, workingDays, holidays }
}

function readZone(reader: PolicyReader, node: PolicyNode): string | undefined {
  const zone = reader.text(node, '"zone"')
  if (zone === undefined || isTimeZone(zone)) return zone
  return reader.note('unknown-name', node, `There is no time zone ${zone}; write one such as Europe/Berlin.`)
}

function readWeekdays(reader: PolicyReader, node: PolicyNode): Weekday[] {
  const found = reader.list(node).flatMap((one) => reader.word(one, 'A working day', weekdays) ?? [])
  if (found.length === 0) reader.note('nothing-said', node, 'On at least one day of the week people work.')
  return found.map((day) => (weekdays.indexOf(day) + 1) as Weekday)
}

function readDate(reader: PolicyReader, node: PolicyNode): string | undefined {
  const text = node.kind === 'scalar' ? String(node.value) : ''
  const at = date.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  const isDate = !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
  return isDate ? text : reader.note('wrong-type', node, 'A holiday is a date such as 2026-12-25.')
}
