import { visibleOwner } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { decideApproval, decideInBulk } from '../operations/decide-approval.ts'
import { forwardApproval } from '../operations/forward-approval.ts'
import { type ApprovalRow, countApprovals, listApprovers, listCompletedApprovals, listPendingApprovals } from '../store/lists/approvals.ts'
import { loadIdentityMetrics } from '../store/lists/identity-metrics.ts'
import { bulkAnswer } from './bulk-answer.ts'
import { type Call, type Handler, param, queryText } from './call.ts'
import { pageQuery } from './list-query.ts'
import { sodContext } from './sod-context.ts'
import { comment, forwardHistory, identityRef, instant, maxDuration, requestedAccounts, requestTypes, said } from './wire-names.ts'

export const approvalHandlers = {
  listPendingApprovals: async (call) => {
    const page = await listPendingApprovals(call.app.db.sql, ownerOf(call), pageQuery(call.operation, call.query))
    return { body: page.rows.map((row) => pendingToWire(row, call)), total: page.total }
  },
  listCompletedApprovals: async (call) => {
    const page = await listCompletedApprovals(call.app.db.sql, ownerOf(call), pageQuery(call.operation, call.query))
    return { body: page.rows.map((row) => completedToWire(row, call)), total: page.total }
  },
  approveAccessRequest: async (call) => decide(call, 'approve'),
  rejectAccessRequest: async (call) => decide(call, 'reject'),
  forwardAccessRequest: async (call) => {
    const { newOwnerId, comment: text } = call.body as { newOwnerId: string; comment: string }
    await forwardApproval(call.app, call.actor, param(call, 'approvalId'), { id: newOwnerId, comment: text })
    return { body: {} }
  },
  getAccessRequestApprovalSummary: async (call) => ({ body: await countApprovals(call.app.db.sql, ownerOf(call), since(call)) }),
  approveBulkAccessRequest: async (call) => {
    const { approvalIds, comment: text } = call.body as { approvalIds: string[]; comment: string }
    const results = await decideInBulk(call.app, call.actor, approvalIds, { answer: 'approve', comment: text })
    if (call.app.db.takeEnqueued()) call.app.wakeWorkers()
    return bulkAnswer(call, results)
  },
  listAccessRequestApprovers: async (call) => {
    const id = param(call, 'accessRequestId')
    const page = await listApprovers(call.app.db.sql, id, pageQuery(call.operation, call.query))
    if (!page) throw new DomainError('not_found', `There is no access request ${id}.`)
    const body = page.rows.map(({ email, ...row }) => ({ ...row, ...(email === null ? {} : { email }), type: 'Identity' }))
    return { body, total: page.total }
  },
  getAccessRequestIdentityMetrics: async (call) => {
    const type = param(call, 'type')
    if (!['ROLE', 'ACCESS_PROFILE', 'ENTITLEMENT'].includes(type)) {
      throw new DomainError('invalid', 'must be one of ENTITLEMENT, ROLE, ACCESS_PROFILE.', 'type')
    }
    const managerId = visibleOwner(call.actor, param(call, 'identityId'), 'identityId') as string
    return { body: await loadIdentityMetrics(call.app.db.sql, managerId, param(call, 'requestedObjectId'), type) }
  },
} satisfies Record<string, Handler>

/** A6. */
function ownerOf(call: Call): string | undefined {
  return visibleOwner(call.actor, queryText(call, 'owner-id'), 'owner-id')
}

function since(call: Call): Date | undefined {
  const text = queryText(call, 'from-date')
  if (text === undefined) return undefined
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) throw new DomainError('invalid', 'must be an instant such as 2026-01-31T00:00:00Z.', 'from-date')
  return date
}

async function decide(call: Call, answer: 'approve' | 'reject') {
  const { comment: text } = call.body as { comment?: string | null }
  await decideApproval(call.app, call.actor, param(call, 'approvalId'), { answer, comment: said(text) })
  if (call.app.db.takeEnqueued()) call.app.wakeWorkers()
  return { body: {} }
}

function shared(row: ApprovalRow, call: Call) {
  const isAChange = row.kind === 'MODIFY' || row.heldBefore || row.currentEndAt !== null || row.currentStartAt !== null
  const changesDates = row.kind !== 'REVOKE' && isAChange
  return {
    id: row.id,
    name: row.itemName,
    created: instant(row.createdAt),
    modified: instant(row.modifiedAt),
    requestCreated: instant(row.requestCreatedAt),
    requestType: requestTypes[row.kind],
    requester: identityRef(row.requester),
    requestedFor: identityRef(row.recipient),
    owner: identityRef(row.owner),
    requestedObject: {
      id: row.itemId,
      name: row.itemName,
      ...(row.itemDescription === null ? {} : { description: row.itemDescription }),
      type: row.itemType,
    },
    ...(row.requesterComment === null ? {} : { requesterComment: comment(row.requesterComment, row.requestCreatedAt, row.requester) }),
    previousReviewersComments: row.earlierComments.map((earlier) => comment(earlier.comment, earlier.at, earlier.author)),
    forwardHistory: forwardHistory(row.moves),
    commentRequiredWhenRejected: row.policy.denialCommentRequired,
    removeDateUpdateRequested: changesDates && differs(row.endAt, row.currentEndAt),
    ...optional('startDate', row.startAt),
    startUpdateRequested: changesDates && differs(row.startAt, row.currentStartAt),
    ...optional('currentStartDate', row.currentStartAt),
    requestedAccounts: requestedAccounts(row.requestedAccounts),
    privilegeLevel: row.privileged ? 'High' : null,
    maxPermittedAccessDuration: maxDuration(row.policy),
    ...sodViolation(row, call),
    ...(call.dialect === 'v1' ? { identityType: 'HUMAN' } : {}),
  }
}

/** beta has no null here. */
function sodViolation({ sod }: ApprovalRow, { dialect }: Call): object {
  if (sod) return { sodViolationContext: sodContext(sod) }
  return dialect === 'beta' ? {} : { sodViolationContext: null }
}

function differs(a: Date | null, b: Date | null): boolean {
  return (a?.getTime() ?? null) !== (b?.getTime() ?? null)
}

/** Some dates may not be null on the wire; they are left out. */
function optional(name: string, value: Date | null): object {
  return value === null ? {} : { [name]: instant(value) }
}

function pendingToWire(row: ApprovalRow, call: Call): object {
  return {
    ...shared(row, call),
    ...(call.dialect === 'beta' ? {} : { accessRequestId: row.requestId }),
    ...optional('removeDate', row.endAt),
    ...optional('currentRemoveDate', row.currentEndAt),
    clientMetadata: row.clientMetadata,
  }
}

function completedToWire(row: ApprovalRow, call: Call): object {
  return {
    ...shared(row, call),
    ...(row.decidedBy === null ? {} : { reviewedBy: identityRef(row.decidedBy) }),
    reviewerComment:
      row.comment !== null && row.decidedBy !== null ? comment(row.comment, row.decidedAt ?? row.modifiedAt, row.decidedBy) : null,
    // compat: expired-is-rejected. The completed list knows two outcomes only.
    state: row.state === 'APPROVED' ? 'APPROVED' : 'REJECTED',
    removeDate: instant(row.endAt),
    currentRemoveDate: instant(row.currentEndAt),
    ...(row.clientMetadata === null ? {} : { clientMetadata: row.clientMetadata }),
    preApprovalTriggerResult: null,
  }
}
