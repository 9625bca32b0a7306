import type { Body, RowOf } from './types.ts'

export type Held = RowOf<'listHeldAccess'>

/** What is sent to give held access another end; without one it has none from then on. */
export function changeOf(held: Held, comment: string, removeDate: string | undefined): Body<'createAccessRequest'> {
  const end = removeDate === undefined ? {} : { removeDate }
  return { requestType: 'MODIFY_ACCESS', requestedFor: [held.person.id], requestedItems: [{ ...itemOf(held, comment), ...end }] }
}

/** What is sent to take held access away at once, with the reason. */
export function removalOf(held: Held, comment: string): Body<'createAccessRequest'> {
  return { requestType: 'REVOKE_ACCESS', requestedFor: [held.person.id], requestedItems: [itemOf(held, comment)] }
}

/** One of several of the same entitlement is named by its account, one of several of anything else by its assignment. */
function itemOf({ item, assignmentId, account }: Held, comment: string) {
  return {
    type: item.type,
    id: item.id,
    ...(comment.trim() === '' ? {} : { comment: comment.trim() }),
    ...(item.type === 'ENTITLEMENT' && account ? { nativeIdentity: account.nativeIdentity } : { assignmentId }),
  }
}
