import type { ItemType } from '../../domain/access-model.ts'
import type { ItemRow, WholeRow } from '../../store/catalogue/items.ts'
import { identityRef, instant } from '../wire-names.ts'

/** What roles, access profiles and entitlements look like in common on the wire. */
export function toWireItem(row: ItemRow) {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    created: instant(row.createdAt),
    modified: instant(row.modifiedAt),
    owner: row.owner && identityRef(row.owner),
    requestable: row.requestable,
    segments: null,
    accessModelMetadata: { attributes: [] },
  }
}

export function additionalOwners(row: ItemRow) {
  return [
    ...row.additionalOwners.map(identityRef),
    ...row.additionalGroups.map((group) => ({ type: 'GOVERNANCE_GROUP', id: group.id, name: group.name })),
  ]
}

/** The parts of one type. */
export function parts(row: WholeRow, type: ItemType) {
  return row.parts.filter((part) => part.type === type).map(({ id, name }) => ({ type, id, name }))
}
