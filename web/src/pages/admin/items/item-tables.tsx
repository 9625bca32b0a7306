import type { ReactNode } from 'react'
import { useState } from 'react'
import { allRows } from '../../../api/all-rows.ts'
import { allOf, quoted } from '../../../api/filter.ts'
import { useRows } from '../../../api/queries.ts'
import { rulesFromWire } from '../../../api/request-rules.ts'
import type { RowOf } from '../../../api/types.ts'
import { Empty } from '../../../parts/states.tsx'
import type { Column } from '../../../parts/table.tsx'
import { TableWithFile } from '../../../parts/table-with-file.tsx'
import { type Say, useText } from '../../../text/text.tsx'
import { nameColumn, ownerColumn, sourceColumn, stateColumn } from './item-columns.tsx'

/** Which items are wanted: how their names begin, and whether they can be asked for. */
export interface Wanted {
  q: string
  requestable: '' | 'true' | 'false'
}

interface TableProps {
  wanted: Wanted
  /** The fields that say what is wanted. */
  children: ReactNode
}

/** Roles come in pages of at most fifty. */
const fewRows = 50

function filtersOf({ q, requestable }: Wanted): string | undefined {
  return allOf(q.trim() !== '' && `name sw ${quoted(q.trim())}`, requestable !== '' && `requestable eq ${requestable}`)
}

export function RoleTable({ wanted, children }: TableProps) {
  const t = useText()
  const [sorters, setSort] = useState('name')
  const input = { query: { filters: filtersOf(wanted), sorters } }
  const rows = useRows('listRoles', input)
  const columns = [nameColumn(t, 'role'), ownerColumn(t), schemesColumn(t), stateColumn(t)]
  const load = () => allRows('listRoles', input, fewRows)
  return (
    <TableWithFile
      label={t('items.title')}
      file="roles"
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      load={load}
      sort={sorters}
      onSort={setSort}
      empty={<Empty icon="search" title={t('items.none')} />}
    >
      {children}
    </TableWithFile>
  )
}

export function AccessProfileTable({ wanted, children }: TableProps) {
  const t = useText()
  const [sorters, setSort] = useState('name')
  const input = { query: { filters: filtersOf(wanted), sorters } }
  const rows = useRows('listAccessProfiles', input)
  const columns = [nameColumn(t, 'access-profile'), sourceColumn(t), ownerColumn(t), schemesColumn(t), stateColumn(t)]
  const load = () => allRows('listAccessProfiles', input)
  return (
    <TableWithFile
      label={t('items.title')}
      file="access-profiles"
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      load={load}
      sort={sorters}
      onSort={setSort}
      empty={<Empty icon="search" title={t('items.none')} />}
    >
      {children}
    </TableWithFile>
  )
}

export function EntitlementTable({ wanted, children }: TableProps) {
  const t = useText()
  const [sorters, setSort] = useState('name')
  const input = { query: { filters: filtersOf(wanted), sorters } }
  const rows = useRows('listEntitlements', input)
  const value: Column<RowOf<'listEntitlements'>> = {
    id: 'value',
    header: t('items.value'),
    sorter: 'value',
    cell: (row) => row.value,
    text: (row) => row.value,
  }
  const columns = [nameColumn(t, 'entitlement'), sourceColumn(t), value, ownerColumn(t), stateColumn(t)]
  const load = () => allRows('listEntitlements', input)
  return (
    <TableWithFile
      label={t('items.title')}
      file="entitlements"
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      load={load}
      sort={sorters}
      onSort={setSort}
      empty={<Empty icon="search" title={t('items.none')} />}
    >
      {children}
    </TableWithFile>
  )
}

type WithRules = RowOf<'listRoles'> | RowOf<'listAccessProfiles'>

/** Who must agree to it, in one line. */
function schemesColumn(t: Say): Column<WithRules> {
  const text = (row: WithRules) => {
    const { schemes } = rulesFromWire(row).grant
    return schemes.length === 0 ? t('items.nobody') : schemes.map(({ approverType }) => t(`approver.${approverType}`)).join(' → ')
  }
  return { id: 'approval', header: t('items.approval'), width: 'minmax(12rem, 1.6fr)', wraps: true, cell: text, text }
}
