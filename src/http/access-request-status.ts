import { personOf, visibleOwner } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import type { FilterNode } from '../domain/filter.ts'
import { isCancelable } from '../domain/lifecycle.ts'
import type { PageQuery } from '../store/lists/page.ts'
import { listRequestStatus, type StatusApproval, type StatusRow, type StatusScope } from '../store/lists/request-status.ts'
import { loadTenantConfig } from '../store/settings.ts'
import type { Answer, Call, Handler } from './call.ts'
import { queryText } from './call.ts'
import { pageQuery } from './list-query.ts'
import { phasesOf } from './phases.ts'
import { sodContext } from './sod-context.ts'
import { askedRows, narrowedToOwn, personAsked } from './whose-rows.ts'
import {
  comment,
  errorMessage,
  forwardHistory,
  identityRef,
  instant,
  manualStates,
  requestedAccounts,
  requestTypes,
  stepStates,
  wireScheme,
  wireState,
  wireStates,
} from './wire-names.ts'

export const statusHandlers = {
  listAccessRequestStatus: (call) => listRows(call, ownScope(call), statusToWire),
  listAdministratorsAccessRequestStatus: (call) => listRows(call, askedScope(call), administrationToWire),
} satisfies Record<string, Handler>

async function listRows(call: Call, scope: StatusScope, toWire: (row: StatusRow, call: Call) => object): Promise<Answer> {
  const query = pageQuery(call.operation, call.query)
  const config = await loadTenantConfig(call.app.db.sql)
  const all = { ...scope, onlyOpen: onlyExecuting(call), hideDuplicates: !config.duplicatesVisible }
  const page = await listRequestStatus(call.app.db.sql, all, inOurWords(query))
  return { body: page.rows.map((row) => toWire(row, call)), total: page.total }
}

function onlyExecuting(call: Call): boolean {
  const state = queryText(call, 'request-state')
  if (state === undefined) return false
  if (state !== 'EXECUTING') throw new DomainError('invalid', 'the only value is EXECUTING.', 'request-state')
  return true
}

function askedScope(call: Call): StatusScope {
  return { ...askedRows(call), assignedToId: personAsked(call, 'assigned-to') }
}

/** A1: everybody sees rows they asked for, rows that are for them and rows that wait for them; org admins see all. */
function ownScope(call: Call): StatusScope {
  const scope = askedScope(call)
  if (call.actor.isAdmin || scope.assignedToId === personOf(call.actor)) return scope
  const own = narrowedToOwn(call.actor, scope)
  // Among their own rows everybody may look for those that wait for somebody else.
  if (own !== scope && scope.assignedToId !== undefined) visibleOwner(call.actor, scope.assignedToId, 'assigned-to')
  return own
}

/** Filters name the wire's states; the store knows ours. */
function inOurWords(query: PageQuery): PageQuery {
  return query.filter ? { ...query, filter: renamed(query.filter) } : query
}

function renamed(node: FilterNode): FilterNode {
  if (node.node === 'and' || node.node === 'or') return { ...node, parts: node.parts.map(renamed) }
  if (node.node === 'not') return { ...node, part: renamed(node.part) }
  if ((node.node !== 'list' && node.node !== 'compare') || node.field !== 'status') return node
  const wanted = (node.node === 'list' ? node.values : [node.value]).map((value) => String(value).toUpperCase())
  const outcomes = Object.entries(wireStates)
    .filter(([, wire]) => wanted.includes(wire))
    .map(([outcome]) => outcome)
  const list: FilterNode = { node: 'list', field: 'outcome', operator: 'in', values: outcomes }
  return node.operator === 'ne' ? { node: 'not', part: list } : list
}

function shared(row: StatusRow, call: Call) {
  return {
    id: row.requestId,
    name: row.itemName,
    type: row.itemType,
    cancelledRequestDetails: row.cancelledBy && {
      comment: row.cancelComment ?? '',
      owner: identityRef(row.cancelledBy),
      modified: instant(row.modifiedAt),
    },
    errorMessages: errorsOf(row),
    state: wireState(row),
    approvalDetails: row.approvals.map((approval) => approvalToWire(approval, row)),
    manualWorkItemDetails: row.workItems.length === 0 ? null : row.workItems.map(workItemToWire),
    accountActivityItemId: row.id,
    requestType: requestTypes[row.kind],
    modified: instant(row.modifiedAt),
    created: instant(row.createdAt),
    requester: identityRef(row.requester),
    requestedFor: identityRef(row.recipient),
    requesterComment: row.comment === null ? null : comment(row.comment, row.createdAt, row.requester),
    sodViolationContext: row.sod && sodContext(row.sod),
    provisioningDetails: row.workItems.length === 0 ? null : { orderedSubPhaseReferences: 'manualWorkItemDetails' },
    preApprovalTriggerDetails: null,
    accessRequestPhases: phasesOf(row),
    description: row.itemDescription,
    startDate: instant(row.startAt),
    removeDate: instant(row.endAt),
    cancelable: isCancelable(row.state),
    accessRequestId: row.requestId,
    clientMetadata: row.clientMetadata,
    ...(call.dialect === 'v1' ? { identityType: 'HUMAN' } : {}),
  }
}

/** What went wrong for good, and what the target said at the last try while it is being tried again. */
function errorsOf(row: StatusRow) {
  const trying = row.steps.flatMap((step) => (step.error !== null && step.state === 'SENT' ? [step.error] : []))
  const texts = [...new Set([...row.errorMessages, ...trying])]
  return texts.length === 0 ? null : [texts.map(errorMessage)]
}

function statusToWire(row: StatusRow, call: Call): object {
  return {
    ...shared(row, call),
    approvalIds: row.approvals.map((approval) => approval.id),
    requestedAccounts: requestedAccounts(row.requestedAccounts),
    privilegeLevel: row.privileged ? 'High' : null,
  }
}

function administrationToWire(row: StatusRow, call: Call): object {
  return { ...shared(row, call), reauthorizationRequired: row.policy.reauthorizationRequired }
}

function approvalToWire(approval: StatusApproval, row: StatusRow) {
  return {
    approvalId: approval.id,
    forwarded: approval.moves.length > 0,
    originalOwner: { ...approval.originalOwner, name: approval.originalOwner.name ?? '' },
    currentOwner: approval.owner && identityRef(approval.owner),
    modified: instant(approval.modified),
    status: stepStates[approval.state],
    scheme: wireScheme(approval.scheme, row.itemType),
    errorMessages: null,
    comment: approval.comment,
    removeDate: instant(row.endAt),
    currentOwners: approval.candidates.map(identityRef),
    reviewedBy: approval.decidedBy && identityRef(approval.decidedBy),
    forwardHistory: forwardHistory(approval.moves),
  }
}

function workItemToWire(work: StatusRow['workItems'][number]) {
  return {
    forwarded: work.forwardHistory.length > 0,
    originalOwner: identityRef(work.originalOwner),
    currentOwner: identityRef(work.owner),
    modified: instant(work.modified),
    status: manualStates[work.state],
    forwardHistory: work.forwardHistory,
    workItemId: work.id,
  }
}
