import type { ItemType } from '../api/items.ts'
import { type Action, ActionBadge, Kind } from './badges.tsx'
import { Person } from './person.tsx'
import type { Column } from './table.tsx'

/** Columns that tables of requests, approvals and held access have alike; what they are called is the table's. */

/** Whether it is a role, an access profile or an entitlement. */
export function kindColumn<Row>(header: string, typeOf: (row: Row) => ItemType | null | undefined): Column<Row> {
  const cell = (row: Row) => {
    const type = typeOf(row)
    return type ? <Kind type={type} /> : null
  }
  return { id: 'kind', header, width: '9rem', cell, text: typeOf }
}

/** What is asked: a grant where the row names no action, as its badge shows it. */
export function actionColumn<Row extends { requestType: Action | null }>(header: string): Column<Row> {
  return {
    id: 'action',
    header,
    width: '7rem',
    cell: ({ requestType }) => <ActionBadge action={requestType} />,
    text: ({ requestType }) => requestType ?? 'GRANT_ACCESS',
  }
}

/** For whom it is asked. */
export function recipientColumn<Row extends { requestedFor: { name: string } }>(header: string): Column<Row> {
  return {
    id: 'for',
    header,
    narrow: 'detail',
    cell: ({ requestedFor }) => <Person name={requestedFor.name} size={24} />,
    text: ({ requestedFor }) => requestedFor.name,
  }
}
