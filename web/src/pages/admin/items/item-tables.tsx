import type { ReactNode } from 'react'
import { allOf, named } from '../../../api/filter.ts'
import { rulesFromWire } from '../../../api/request-rules.ts'
import type { RowOf } from '../../../api/types.ts'
import { useSortedRows } from '../../../parts/sorted-rows.ts'
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

/** What all these tables have alike. */
function useLook({ wanted: { q, requestable }, children }: TableProps) {
  const t = useText()
  const filters = allOf(named(q), requestable !== '' && `requestable eq ${requestable}`)
  const empty = <Empty icon="search" title={t('items.none')} />
  return { t, input: { query: { filters } }, look: { label: t('items.title'), empty, children } }
}

export function RoleTable(props: TableProps) {
  const { t, input, look } = useLook(props)
  const table = useSortedRows('listRoles', input, 'name', fewRows)
  const columns = [nameColumn(t, 'ROLE'), ownerColumn(t), schemesColumn(t), stateColumn(t)]
  return <TableWithFile {...look} {...table} file="roles" columns={columns} keyOf={({ id }) => id} />
}

export function AccessProfileTable(props: TableProps) {
  const { t, input, look } = useLook(props)
  const table = useSortedRows('listAccessProfiles', input, 'name')
  const columns = [nameColumn(t, 'ACCESS_PROFILE'), sourceColumn(t), ownerColumn(t), schemesColumn(t), stateColumn(t)]
  return <TableWithFile {...look} {...table} file="access-profiles" columns={columns} keyOf={({ id }) => id} />
}

export function EntitlementTable(props: TableProps) {
  const { t, input, look } = useLook(props)
  const table = useSortedRows('listEntitlements', input, 'name')
  const value: Column<RowOf<'listEntitlements'>> = {
    id: 'value',
    header: t('items.value'),
    sorter: 'value',
    cell: (row) => row.value,
    text: (row) => row.value,
  }
  const columns = [nameColumn(t, 'ENTITLEMENT'), sourceColumn(t), value, ownerColumn(t), stateColumn(t)]
  return <TableWithFile {...look} {...table} file="entitlements" columns={columns} keyOf={({ id }) => id} />
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
