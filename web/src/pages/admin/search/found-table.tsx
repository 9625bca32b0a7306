import { Link, useNavigate } from '@tanstack/react-router'
import { type Rows, useRows } from '../../../api/rows.ts'
import { allFound, type Found, type Index, reachable, searchInput, textAt } from '../../../api/search.ts'
import { ColumnChooser, useHiddenColumns } from '../../../parts/column-chooser.tsx'
import { DownloadCsv } from '../../../parts/download-csv.tsx'
import { Empty } from '../../../parts/states.tsx'
import { type Column, Table } from '../../../parts/table.tsx'
import { Time } from '../../../parts/time.tsx'
import { type Say, useText } from '../../../text/text.tsx'
import { type Field, fieldsOf, usualSort } from './fields.ts'

interface FoundTableProps {
  index: Index
  query: string
  sort: string | undefined
}

/** What is found, with the columns that are chosen; only their fields are asked for. */
export function FoundTable({ index, query, sort: wantedSort }: FoundTableProps) {
  const t = useText()
  const navigate = useNavigate()
  const fields = fieldsOf[index]
  const chosen = useHiddenColumns(
    `search-${index}`,
    fields.map(({ path }) => path),
    fields.filter(({ hidden }) => hidden).map(({ path }) => path),
  )
  const sort =
    fields.some(({ path, sorts }) => sorts && path === wantedSort?.replace('-', '')) && wantedSort ? wantedSort : usualSort[index]
  const shown = fields.filter(({ path }) => !chosen.hidden.includes(path))
  // What a row leads to must be known, whether it is shown or not.
  const input = searchInput({ index, query, sort, fields: [...shown.map(({ path }) => path), 'trackingNumber'] })
  const all = useRows('searchPost', input, { reach: reachable }) as Rows<unknown> as Rows<Found>
  const rows = { ...all, count: all.count === undefined ? undefined : Math.min(all.count, reachable) }
  const count = all.count ?? 0
  const told = [
    all.count === undefined ? '' : t('search.found', { count }),
    count > reachable ? t('search.more', { count: reachable }) : '',
  ]
  const columns = fields.map((field, at) => columnOf(t, index, field, at === 0))
  return (
    <div className="stack">
      <div className="filters">
        <p className="muted" role="status">
          {told.filter((text) => text !== '').join(' ')}
        </p>
        <div className="row filters-actions">
          <ColumnChooser columns={columns} chosen={chosen} />
          <DownloadCsv name={index} columns={columns.filter(({ id }) => !chosen.hidden.includes(id))} load={() => allFound(input)} />
        </div>
      </div>
      <Table
        label={t(`search.${index}`)}
        columns={columns}
        hidden={chosen.hidden}
        rows={rows}
        keyOf={({ id }) => id}
        sort={sort}
        onSort={(next) => void navigate({ to: '.', search: (now: object) => ({ ...now, sort: next }), replace: true })}
        empty={
          <Empty icon="search" title={t('search.none')}>
            {t('search.noneText')}
          </Empty>
        }
      />
    </div>
  )
}

function columnOf(t: Say, index: Index, field: Field, leads: boolean): Column<Found> {
  const { path, text, sorts, moment, narrow, width } = field
  return {
    id: path,
    header: t(text),
    ...(sorts ? { sorter: path } : {}),
    ...(narrow ? { narrow } : {}),
    ...(width ? { width } : {}),
    cell: (row) => {
      const value = textAt(row, path)
      if (leads) return <Lead index={index} row={row} text={value} />
      if (value === '') return '–'
      return moment ? <Time at={value} form="relative" /> : value
    },
    text: (row) => textAt(row, path),
  }
}

/** To the person, or to the request it belongs to. */
function Lead({ index, row, text }: { index: Index; row: Found; text: string }) {
  // An activity writes ids behind the names of what was asked.
  const name = text.replace(/ \[[\w-]+\]/g, '') || row.id
  if (index === 'identities') {
    return (
      <Link to="/admin/people/$personId" params={{ personId: row.id }} className="table-link">
        {name}
      </Link>
    )
  }
  const requestId = index === 'accountactivities' ? row.id : textAt(row, 'trackingNumber')
  if (requestId === '') return <strong>{name}</strong>
  return (
    <Link to="/requests/$requestId" params={{ requestId }} className="table-link">
      {name}
    </Link>
  )
}
