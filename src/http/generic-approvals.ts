import type { BulkApprovalsBody, BulkDecisionBody, BulkReassignBody, ReassignBody } from '../api/generic-approvals.ts'
import { DomainError } from '../domain/errors.ts'
import { cancelApprovals } from '../operations/cancel-approval.ts'
import { decideInBulk } from '../operations/decide-approval.ts'
import { type Reassign, reassignApproval, reassignApprovals } from '../operations/reassign-approval.ts'
import { bulkAnswer } from './bulk-answer.ts'
import { type Handler, param } from './call.ts'
import { said } from './wire-names.ts'

export const genericApprovalHandlers = {
  approveApprovalInBulk: async (call) => {
    const { approvalIds, comment, additionalAttributes } = call.body as BulkDecisionBody
    if (Object.keys(additionalAttributes ?? {}).length > 0) {
      throw new DomainError('invalid', 'approvals have no attributes here; leave them out.', 'additionalAttributes')
    }
    const decision = { answer: 'approve' as const, comment: said(comment) }
    const results = await decideInBulk(call.app, call.actor, approvalIds, decision)
    call.app.wakeWorkers()
    return bulkAnswer(call, results)
  },
  rejectApprovalInBulk: async (call) => {
    const { approvalIds, comment } = call.body as BulkApprovalsBody
    const decision = { answer: 'reject' as const, comment: said(comment) }
    return bulkAnswer(call, await decideInBulk(call.app, call.actor, approvalIds, decision))
  },
  cancelApproval: async (call) => {
    const { approvalIds, comment } = call.body as BulkApprovalsBody
    return bulkAnswer(call, await cancelApprovals(call.app, call.actor, approvalIds, said(comment) ?? 'Cancelled by an org admin.'))
  },
  moveApproval: async (call) => {
    const body = call.body as BulkReassignBody
    return bulkAnswer(call, await reassignApprovals(call.app, call.actor, body.approvalIds, fromWire(body)))
  },
  updateApprovalsReassign: async (call) => {
    await reassignApproval(call.app, call.actor, param(call, 'id'), fromWire(call.body as ReassignBody))
    return {}
  },
} satisfies Record<string, Handler>

function fromWire({ reassignFrom, reassignTo, comment }: ReassignBody): Reassign {
  return { fromId: reassignFrom || undefined, toId: reassignTo, comment: said(comment) }
}
