import type { ItemType, RequestKind, RequestRules } from '../domain/access-model.ts'
import type { ApprovalState, ItemState, WorkItemState } from '../domain/lifecycle.ts'
import type { MoveRow, Named, RequestedAccount } from '../store/lists/request-status.ts'

/** Our words in the wire's: every state has a name there (a house test sees to it). */

export const requestTypes: Record<RequestKind, 'GRANT_ACCESS' | 'REVOKE_ACCESS' | 'MODIFY_ACCESS'> = {
  GRANT: 'GRANT_ACCESS',
  REVOKE: 'REVOKE_ACCESS',
  MODIFY: 'MODIFY_ACCESS',
}

export type WireState =
  | 'EXECUTING'
  | 'REQUEST_COMPLETED'
  | 'CANCELLED'
  | 'TERMINATED'
  | 'PROVISIONING_VERIFICATION_PENDING'
  | 'REJECTED'
  | 'PROVISIONING_FAILED'
  | 'NOT_ALL_ITEMS_PROVISIONED'
  | 'ERROR'

/** Keys are what the status list calls an outcome: the state, and for closed items how they were closed. */
export const wireStates: Record<
  Exclude<ItemState, 'CLOSED'> | `CLOSED ${'Terminated' | 'Completed'} ${'Success' | 'Incomplete' | 'Failure'}`,
  WireState
> = {
  AWAITING_SCREENING: 'EXECUTING',
  AWAITING_APPROVAL: 'EXECUTING',
  AWAITING_EXTRA_APPROVER: 'EXECUTING',
  SCHEDULED: 'EXECUTING',
  PROVISIONING: 'EXECUTING',
  VERIFYING: 'PROVISIONING_VERIFICATION_PENDING',
  PROVISIONED: 'REQUEST_COMPLETED',
  PARTLY_PROVISIONED: 'NOT_ALL_ITEMS_PROVISIONED',
  FAILED: 'PROVISIONING_FAILED',
  ERROR: 'ERROR',
  REJECTED: 'REJECTED',
  // compat: expired-is-rejected. The request states have no EXPIRED; the approval inside the row says that nobody answered in time.
  EXPIRED: 'REJECTED',
  CANCELLED: 'CANCELLED',
  'CLOSED Terminated Success': 'TERMINATED',
  'CLOSED Terminated Incomplete': 'TERMINATED',
  'CLOSED Terminated Failure': 'TERMINATED',
  'CLOSED Completed Success': 'REQUEST_COMPLETED',
  'CLOSED Completed Incomplete': 'NOT_ALL_ITEMS_PROVISIONED',
  'CLOSED Completed Failure': 'PROVISIONING_FAILED',
}

export interface Outcome {
  state: ItemState
  closeExecution: 'Terminated' | 'Completed' | null
  closeCompletion: 'Success' | 'Incomplete' | 'Failure' | null
}

export function wireState({ state, closeExecution, closeCompletion }: Outcome): WireState {
  if (state !== 'CLOSED') return wireStates[state]
  return wireStates[`CLOSED ${closeExecution ?? 'Terminated'} ${closeCompletion ?? 'Failure'}`]
}

export const stepStates: Record<ApprovalState, 'PENDING' | 'APPROVED' | 'REJECTED' | 'EXPIRED' | 'CANCELLED'> = {
  PENDING: 'PENDING',
  APPROVED: 'APPROVED',
  REJECTED: 'REJECTED',
  EXPIRED: 'EXPIRED',
  CANCELLED: 'CANCELLED',
}

/** A work item inside a request's row; the contract has no word for "done" there and uses the one of approvals. */
export const manualStates: Record<WorkItemState, 'PENDING' | 'APPROVED' | 'REJECTED' | 'CANCELLED'> = {
  PENDING: 'PENDING',
  FINISHED: 'APPROVED',
  REJECTED: 'REJECTED',
  CANCELLED: 'CANCELLED',
}

export const workItemStates: Record<WorkItemState, 'Pending' | 'Finished' | 'Rejected' | 'Canceled'> = {
  PENDING: 'Pending',
  FINISHED: 'Finished',
  REJECTED: 'Rejected',
  CANCELLED: 'Canceled',
}

/** The kind of approver as status rows name it. */
export function wireScheme(selector: string, itemType: ItemType): string {
  if (selector === 'GOVERNANCE_GROUP' || selector === 'ADDITIONAL_GOVERNANCE_GROUP') return 'GOVERNANCE_GROUP'
  if (selector === 'MANAGER' || selector === 'SOURCE_OWNER' || selector === 'APP_OWNER') return selector
  return `${itemType}_OWNER`
}

export function identityRef(person: Named) {
  return { type: 'IDENTITY' as const, id: person.id, name: person.name }
}

export function instant(value: Date | string): string
export function instant(value: Date | string | null): string | null
export function instant(value: Date | string | null): string | null {
  if (value === null) return null
  return (typeof value === 'string' ? new Date(value) : value).toISOString()
}

/** What somebody wrote; nothing but white space is nothing. */
export function said(text: string | null | undefined): string | null {
  return text?.trim() ? text : null
}

export function comment(text: string, at: Date | string, author: Named) {
  return { comment: text, created: instant(at), author: identityRef(author) }
}

export function forwardHistory(moves: MoveRow[]) {
  return moves.map((move) => ({
    oldApproverName: move.fromName,
    newApproverName: move.toName,
    comment: move.comment,
    modified: instant(move.at),
    forwarderName: move.movedByName,
    reassignmentType: move.reason,
  }))
}

export function errorMessage(text: string) {
  return { locale: 'en-US', localeOrigin: 'DEFAULT' as const, text }
}

export function requestedAccounts(accounts: RequestedAccount[] | null) {
  return accounts === null ? null : accounts.map((account) => ({ ...account, type: 'ACCOUNT' as const }))
}

export function maxDuration(policy: RequestRules) {
  return policy.maxDuration && { value: policy.maxDuration.value, timeUnit: policy.maxDuration.unit }
}
