import type { ItemType } from '../../../api/items.ts'
import { Badge } from '../../../parts/badges.tsx'
import { ItemLink } from '../../../parts/item-link.tsx'
import { Person } from '../../../parts/person.tsx'
import type { Column } from '../../../parts/table.tsx'
import type { Say } from '../../../text/text.tsx'

interface Named {
  id: string
  name: string
  description: string | null
}

export function nameColumn<Row extends Named>(t: Say, type: ItemType): Column<Row> {
  return {
    id: 'name',
    header: t('items.name'),
    width: 'minmax(12rem, 1.6fr)',
    narrow: 'title',
    sorter: 'name',
    cell: ({ id, name, description }) => <ItemLink item={{ type, id, name }} about={description} inTable />,
    text: ({ name }) => name,
  }
}

interface Owned {
  owner: { name: string } | null
}

export function ownerColumn<Row extends Owned>(t: Say): Column<Row> {
  return {
    id: 'owner',
    header: t('items.owner'),
    narrow: 'detail',
    cell: ({ owner }) => (owner ? <Person name={owner.name} size={24} /> : '–'),
    text: ({ owner }) => owner?.name,
  }
}

export function sourceColumn<Row extends { source: { name: string } }>(t: Say): Column<Row> {
  return { id: 'source', header: t('items.source'), cell: ({ source }) => source.name, text: ({ source }) => source.name }
}

interface Switched {
  requestable: boolean
  enabled?: boolean
  privileged?: boolean
}

/** What hinders somebody to ask for it, and whether much can be broken with it. */
export function stateColumn<Row extends object>(t: Say): Column<Row> {
  const text = (row: Switched) =>
    row.enabled === false ? t('items.disabled') : row.requestable ? t('items.requestable') : t('items.notRequestable')
  return {
    id: 'state',
    header: t('items.state'),
    width: '17rem',
    narrow: 'aside',
    cell: (row) => {
      const switched = row as unknown as Switched
      const isOpen = switched.enabled !== false && switched.requestable
      return (
        <span className="row row-tight">
          <Badge tone={isOpen ? 'good' : 'neutral'}>{text(switched)}</Badge>
          {switched.privileged ? <Badge tone="warn">{t('items.privileged')}</Badge> : null}
        </span>
      )
    },
    text: (row) => text(row as unknown as Switched),
  }
}
