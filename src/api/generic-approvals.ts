import { type Static, Type } from 'typebox'
import type { Dialect } from './dialect.ts'
import type { Operation } from './operation.ts'
import { nullable, Text } from './schema.ts'
import { BulkAnswer } from './shared-shapes.ts'

/** Approvals of every type there is, as the newer service names them; here they are those of access requests. */

const someId = Type.String({ minLength: 1, maxLength: 255 })
const approvalIds = Type.Array(someId, { minItems: 1, maxItems: 50 })
const comment = Type.Optional(nullable(Type.String({ maxLength: 4000 })))

export const BulkDecisionBody = Type.Object({
  approvalIds,
  comment,
  additionalAttributes: Type.Optional(
    nullable(Type.Record(Text, Type.Any(), { description: 'Refused unless empty: nothing keeps them.' })),
  ),
})
export type BulkDecisionBody = Static<typeof BulkDecisionBody>

export const BulkApprovalsBody = Type.Object({ approvalIds, comment })
export type BulkApprovalsBody = Static<typeof BulkApprovalsBody>

const reassign = {
  reassignFrom: Type.Optional(
    nullable(Type.String({ maxLength: 255, description: 'Whose part of it; the caller’s own, or the only holder’s, when left out.' })),
  ),
  reassignTo: Type.String({ minLength: 1, maxLength: 255 }),
  comment,
}

export const ReassignBody = Type.Object(reassign)
export type ReassignBody = Static<typeof ReassignBody>
export const BulkReassignBody = Type.Object({ approvalIds, ...reassign })
export type BulkReassignBody = Static<typeof BulkReassignBody>

const shared = { tag: 'Approvals', method: 'POST', dialects: ['v2025', 'v2026', 'v1'] as readonly Dialect[] } as const
// compat: bulk-for-approvers. Published for org admins only; here approvers decide and hand over in bulk what they could one by one.
const approvers = { scopes: ['sp:approvals:write', 'idn:access-request-approvals:manage'], levels: ['ORG_ADMIN', 'USER'] } as const

export const genericApprovalOperations = {
  approveApprovalInBulk: {
    ...shared,
    ...approvers,
    path: '/generic-approvals/bulk-approve',
    summary: 'Agree to up to 50 approvals at once; the answer tells what became of each.',
    body: BulkDecisionBody,
    status: 202,
    answer: BulkAnswer,
  },
  rejectApprovalInBulk: {
    ...shared,
    ...approvers,
    path: '/generic-approvals/bulk-reject',
    summary: 'Refuse up to 50 approvals at once; the answer tells what became of each.',
    body: BulkApprovalsBody,
    status: 202,
    answer: BulkAnswer,
  },
  cancelApproval: {
    ...shared,
    path: '/generic-approvals/bulk-cancel',
    summary: 'Cancel what up to 50 approvals ask about; the answer tells what became of each.',
    scopes: ['sp:approvals:write'],
    levels: ['ORG_ADMIN'],
    body: BulkApprovalsBody,
    status: 202,
    answer: BulkAnswer,
  },
  moveApproval: {
    ...shared,
    ...approvers,
    path: '/generic-approvals/bulk-reassign',
    summary: 'Give one person’s part of up to 50 approvals to another; the answer tells what became of each.',
    body: BulkReassignBody,
    status: 202,
    answer: BulkAnswer,
  },
  updateApprovalsReassign: {
    ...shared,
    scopes: ['idn:access-request-approvals:manage'],
    levels: ['ORG_ADMIN', 'USER'],
    path: '/generic-approvals/:id/reassign',
    summary: 'Give one person’s part of an approval to another.',
    body: ReassignBody,
    status: 204,
    answer: null,
  },
} as const satisfies Record<string, Operation>
