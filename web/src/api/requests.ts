import type { RowOf } from './types.ts'

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
