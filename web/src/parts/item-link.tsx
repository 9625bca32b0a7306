import { Link } from '@tanstack/react-router'
import type { ItemType } from '../api/items.ts'

const kindNames = { ROLE: 'role', ACCESS_PROFILE: 'access-profile', ENTITLEMENT: 'entitlement' } as const satisfies Record<ItemType, string>

/** The type of item that stands in an address as, say, `access-profile`; undefined for any other word. */
export function typeOfKind(kind: string): ItemType | undefined {
  return (Object.keys(kindNames) as ItemType[]).find((type) => kindNames[type] === kind)
}

interface ItemLinkProps {
  item: { type: ItemType; id: string; name: string }
  /** Said when the pointer rests on it. */
  about?: string | null
  /** It stands in a table. */
  inTable?: boolean
}

/** The name of a role, an access profile or an entitlement, leading to the page on which it is configured. */
export function ItemLink({ item: { type, id, name }, about, inTable = false }: ItemLinkProps) {
  return (
    <Link
      to="/admin/items/$kind/$itemId"
      params={{ kind: kindNames[type], itemId: id }}
      className={inTable ? 'table-link' : undefined}
      title={about ?? undefined}
    >
      {name}
    </Link>
  )
}
