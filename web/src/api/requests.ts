import type { RowOf } from './types.ts'

/** Where a requested item can stand. */
export const requestStates = [
  'EXECUTING',
  'REQUEST_COMPLETED',
  'PROVISIONING_VERIFICATION_PENDING',
  'REJECTED',
  'CANCELLED',
  'PROVISIONING_FAILED',
  'NOT_ALL_ITEMS_PROVISIONED',
  'TERMINATED',
  'ERROR',
] as const
export type RequestState = (typeof requestStates)[number]

/** True for the name of a state. */
export function isRequestState(text: string | undefined): text is RequestState {
  return requestStates.some((state) => state === text)
}

/** A requested item as those who run the tenant see it. */
export type AnyRequest = RowOf<'listAdministratorsAccessRequestStatus'>

/** The names of those whose answer or work a requested item waits for. */
export function waitsFor({
  approvalDetails,
  manualWorkItemDetails,
}: Pick<AnyRequest, 'approvalDetails' | 'manualWorkItemDetails'>): string[] {
  const asked = approvalDetails.filter(({ status }) => status === 'PENDING')
  const people = asked.flatMap(({ currentOwner, currentOwners, originalOwner }) =>
    currentOwner ? [currentOwner.name] : currentOwners.length > 0 ? currentOwners.map(({ name }) => name) : [originalOwner.name],
  )
  const workers = (manualWorkItemDetails ?? [])
    .filter(({ status }) => status === 'PENDING')
    .map(({ currentOwner }) => currentOwner?.name ?? '')
  return [...new Set([...people, ...workers])].filter((name) => name !== '')
}
