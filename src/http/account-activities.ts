import { DomainError } from '../domain/errors.ts'
import { isCancelable } from '../domain/lifecycle.ts'
import { type ActivityItem, type ActivityRow, findAccountActivity, listAccountActivities } from '../store/lists/account-activities.ts'
import type { Named } from '../store/lists/request-status.ts'
import { loadTenantConfig } from '../store/settings.ts'
import { approvalOf, completionOfAll, executionOfAll, provisioningOf } from './account-activity-names.ts'
import { type Call, type Handler, param, queryText } from './call.ts'
import { always, inOurWords, never, words } from './catalogue/wire-filters.ts'
import { pageQuery } from './list-query.ts'
import { askedRows, narrowedToOwn } from './whose-rows.ts'
import { instant } from './wire-names.ts'

/** The type of every activity here: what the wire calls a request for access. */
const activityType = 'appRequest'
const translators = { type: words({ [activityType]: always }) }

export const accountActivityHandlers = {
  listAccountActivities: async (call) => {
    const asked = askedRows(call)
    const rows = call.actor.isAdmin ? asked : narrowedToOwn(call.actor, asked)
    const config = await loadTenantConfig(call.app.db.sql)
    const query = ofType(call)
    const page = await listAccountActivities(call.app.db.sql, { ...rows, hideDuplicates: !config.duplicatesVisible }, query)
    return { body: page.rows.map((row) => toWire(row, call)), total: page.total }
  },
  getAccountActivity: async (call) => ({ body: toWire(await loadVisible(call), call) }),
} satisfies Record<string, Handler>

function ofType(call: Call) {
  const query = inOurWords(pageQuery(call.operation, call.query), translators)
  const type = queryText(call, 'type')
  if (type === undefined || type === activityType) return query
  return { ...query, filter: never }
}

async function loadVisible(call: Call): Promise<ActivityRow> {
  const id = param(call, 'id')
  const activity = await findAccountActivity(call.app.db.sql, id)
  if (!activity) throw new DomainError('not_found', `There is no account activity ${id}.`)
  const me = call.actor.identityId
  const concerned = call.actor.isAdmin || activity.requester.id === me || activity.recipient.id === me
  if (!concerned) throw new DomainError('forbidden', 'Only who asked, whom it is for and org admins may see this account activity.')
  return activity
}

function toWire(row: ActivityRow, call: Call): object {
  const latest = (dates: (string | null)[]) =>
    dates.reduce((a, b) => (a !== null && b !== null && Date.parse(a) > Date.parse(b) ? a : b), null)
  const isOver = row.items.every((item) => item.finishedAt !== null)
  return {
    id: row.id,
    name: row.id,
    created: instant(row.createdAt),
    modified: instant(latest(row.items.map((item) => item.modifiedAt)) ?? row.createdAt),
    completed: isOver ? instant(latest(row.items.map((item) => item.finishedAt))) : null,
    completionStatus: completionOfAll(row.items),
    type: activityType,
    requesterIdentitySummary: person(row.requester),
    targetIdentitySummary: person(row.recipient),
    errors: [...new Set(row.items.flatMap(errorsOf))],
    warnings: [...new Set(row.items.flatMap((item) => item.closeMessage ?? []))],
    items: row.items.map(itemToWire(row)),
    executionStatus: executionOfAll(row.items),
    clientMetadata: row.clientMetadata,
    ...(call.dialect === 'beta' ? cancelable(row) : {}),
  }
}

function person({ id, name }: Named, completed = false) {
  return { id, name, identityId: id, completed }
}

function remark(body: string | null, by: Named, at: Date | string) {
  return body === null ? null : { commenterId: by.id, commenterName: by.name, body, date: instant(at) }
}

/** What went wrong for good, and what the target said at the last try while it is being tried again. */
function errorsOf(item: ActivityItem): string[] {
  return [...item.errorMessages, ...item.steps.flatMap((step) => (step.state === 'SENT' ? (step.error ?? []) : []))]
}

function cancelable(row: ActivityRow) {
  const cancelled = row.items.find((item) => item.cancelledBy !== null)
  return {
    cancelable: row.items.some((item) => isCancelable(item.state)),
    cancelComment: cancelled?.cancelledBy ? remark(cancelled.cancelComment ?? '', cancelled.cancelledBy, cancelled.modifiedAt) : null,
  }
}

const operations = { GRANT: 'ADD', REVOKE: 'REMOVE', MODIFY: 'MODIFY' } as const

const itemToWire = (row: ActivityRow) => (item: ActivityItem) => {
  const provisioningStatus = provisioningOf(item)
  const accounts = [...new Set(item.steps.map((step) => step.nativeIdentity))]
  return {
    id: item.id,
    name: item.itemName,
    requested: instant(item.createdAt),
    approvalStatus: approvalOf(item),
    ...(provisioningStatus === null ? {} : { provisioningStatus }),
    requesterComment: remark(item.comment, row.requester, item.createdAt),
    reviewerIdentitySummary: item.decision && person(item.decision.by, true),
    reviewerComment: item.decision && remark(item.decision.comment, item.decision.by, item.decision.at),
    operation: operations[item.kind],
    ...attributeOf(item),
    // An item that goes to several accounts has no single one.
    nativeIdentity: accounts.length === 1 ? (accounts[0] ?? null) : null,
    // The wire's name for the product itself, where roles are at home.
    sourceId: item.sourceId ?? 'IdentityNow',
    accountRequestInfo: { requestedObjectId: item.itemId, requestedObjectName: item.itemName, requestedObjectType: item.itemType },
    clientMetadata: item.clientMetadata,
    removeDate: instant(item.endAt),
  }
}

/** Roles and access profiles are told as values of one attribute of the person, entitlements as what they are on the account. */
function attributeOf(item: ActivityItem) {
  if (item.attribute !== null && item.value !== null) return { attribute: item.attribute, value: item.value }
  const kind = item.itemType === 'ROLE' ? 'cloudRole' : 'AccessProfile'
  return { attribute: 'assignedRoles', value: `${item.itemName} [${kind}-${item.itemId}]` }
}
