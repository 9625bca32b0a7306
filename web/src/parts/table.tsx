import { columnVisibilityFeature, createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table'
import { type CSSProperties, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { Rows } from '../api/queries.ts'
import { useText } from '../text/text.tsx'
import { Checkbox } from './checkbox.tsx'
import { Icon } from './icon.tsx'
import { Problem } from './states.tsx'
import { narrowScreen, useMatches, useVisibleRows } from './visible-rows.ts'

export interface Column<Row> {
  id: string
  header: string
  cell: (row: Row) => ReactNode
  /** The same as plain text, for a file; a moment as the wire writes it. A column without it is in no file. */
  text?: (row: Row) => string | number | null | undefined
  /** A CSS grid track; `minmax(8rem, 1fr)` where none is given. */
  width?: string
  /** What the server calls the order by this column. */
  sorter?: string
  /** On a narrow screen a row has a title and one line of details; other columns are left out there. */
  narrow?: 'title' | 'detail' | 'aside'
  /** Long texts go on in a second line. */
  wraps?: boolean
}

export interface Selection<Row> {
  keys: ReadonlySet<string>
  onChange(keys: ReadonlySet<string>): void
  nameOf(row: Row): string
  /** At most so many can be chosen. */
  most?: number
}

interface TableProps<Row> {
  /** What the table shows, for who cannot see it. */
  label: string
  columns: readonly Column<Row>[]
  rows: Rows<Row>
  keyOf(row: Row): string
  /** As the server writes it: a field, with a minus before it when it is turned round. */
  sort?: string | undefined
  onSort?: (sort: string) => void
  selection?: Selection<Row> | undefined
  /** Ids of columns that are not shown. */
  hidden?: readonly string[]
  /** What stands there when there are no rows. */
  empty: ReactNode
}

const features = tableFeatures({ columnVisibilityFeature })
const rowHeight = 52
const narrowRowHeight = 72

/** A table of any length, of which only the rows on the screen exist. */
export function Table<Row extends object>(props: TableProps<Row>) {
  const { rows, empty, label } = props
  if (rows.error && rows.count === undefined) return <Problem error={rows.error} onRetry={rows.refetch} />
  if (rows.count === 0) return <>{empty}</>
  // Its place on the page is measured, so it comes anew when it was away.
  return <FilledTable key={label} {...props} />
}

function FilledTable<Row extends object>({ label, columns, rows, keyOf, sort, onSort, selection, hidden = [], empty: _ }: TableProps<Row>) {
  const t = useText()
  const isNarrow = useMatches(narrowScreen)
  const count = rows.count ?? 8
  const { body, items, totalSize, margin } = useVisibleRows<HTMLTableSectionElement>(
    count,
    isNarrow ? narrowRowHeight : rowHeight,
    rows.look,
  )
  const visible = useMemo(
    () => items.map((item) => ({ index: item.index, start: item.start, row: rows.at(item.index) })),
    // A new answer brings new rows, and `rows` is new with it.
    [items, rows],
  )
  const table = useTable({
    features,
    columns: useMemo(() => columnsOf(columns), [columns]),
    data: visible,
    getRowId: ({ index }) => String(index),
    state: { columnVisibility: Object.fromEntries(hidden.map((id) => [id, false])) },
  })
  const shown = columns.filter(({ id }) => !hidden.includes(id))
  const { place, scrolls, least } = useLeastWidth(shown, selection !== undefined)
  return (
    <table
      ref={place}
      aria-label={label}
      aria-rowcount={rows.count === undefined ? -1 : rows.count + 1}
      aria-busy={rows.count === undefined}
      className={`table${selection ? ' table-selectable' : ''}${scrolls ? ' table-scrolls' : ''}`}
      style={{ '--columns': tracksOf(shown), '--least': `${least}rem` } as CSSProperties}
    >
      <thead className="table-head">
        <tr aria-rowindex={1} className="table-row">
          {selection ? (
            <th scope="col" className="table-cell table-check">
              <SelectLoaded rows={rows} keyOf={keyOf} selection={selection} label={t('part.table.selectAll')} />
            </th>
          ) : null}
          {shown.map((column) => (
            <HeaderCell key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody ref={body} className="table-body" style={{ height: totalSize }}>
        {table.getRowModel().rows.map((row) => {
          const { index, start, row: value } = row.original
          return (
            <tr
              key={row.id}
              aria-rowindex={index + 2}
              className="table-row table-row-data"
              style={{ transform: `translateY(${start - margin}px)` }}
            >
              {selection ? (
                <td className="table-cell table-check">{value ? <SelectOne row={value} keyOf={keyOf} selection={selection} /> : null}</td>
              ) : null}
              {row.getVisibleCells().map((cell) => (
                <td key={cell.id} className={`table-cell ${placeOf(shown, cell.column.id)}`}>
                  {value ? <table.FlexRender cell={cell} /> : <span className="skeleton" />}
                </td>
              ))}
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

interface Shown<Row> {
  index: number
  start: number
  row: Row | undefined
}

function columnsOf<Row extends object>(columns: readonly Column<Row>[]) {
  const helper = createColumnHelper<typeof features, Shown<Row>>()
  return columns.map((column) =>
    helper.display({
      id: column.id,
      header: column.header,
      cell: ({ row }) => (row.original.row ? column.cell(row.original.row) : null),
    }),
  )
}

interface HeaderCellProps<Row> {
  column: Column<Row>
  sort: string | undefined
  onSort: ((sort: string) => void) | undefined
}

function HeaderCell<Row>({ column, sort, onSort }: HeaderCellProps<Row>) {
  const { sorter } = column
  if (sorter === undefined || onSort === undefined) {
    return (
      <th scope="col" className="table-cell">
        {column.header}
      </th>
    )
  }
  const isUp = sort === sorter
  const isDown = sort === `-${sorter}`
  return (
    <th scope="col" className="table-cell" aria-sort={isUp ? 'ascending' : isDown ? 'descending' : 'none'}>
      <button type="button" className="table-sort" onClick={() => onSort(isUp ? `-${sorter}` : sorter)}>
        {column.header}
        <Icon name={isUp ? 'up' : isDown ? 'down' : 'sort'} size={14} />
      </button>
    </th>
  )
}

function SelectOne<Row>({ row, keyOf, selection }: { row: Row; keyOf(row: Row): string; selection: Selection<Row> }) {
  const key = keyOf(row)
  const isSelected = selection.keys.has(key)
  const change = (selected: boolean) => {
    const keys = new Set(selection.keys)
    if (selected) keys.add(key)
    else keys.delete(key)
    selection.onChange(keys)
  }
  const isFull = !isSelected && selection.keys.size >= (selection.most ?? Number.POSITIVE_INFINITY)
  return <Checkbox label={selection.nameOf(row)} isLabelHidden isSelected={isSelected} onChange={change} isDisabled={isFull} />
}

interface SelectLoadedProps<Row> {
  rows: Rows<Row>
  keyOf(row: Row): string
  selection: Selection<Row>
  label: string
}

/** Chooses every row that has been loaded from the top, as many as may be chosen. */
function SelectLoaded<Row>({ rows, keyOf, selection, label }: SelectLoadedProps<Row>) {
  const choose = (selected: boolean) => {
    const keys: string[] = []
    const most = Math.min(rows.count ?? 0, selection.most ?? Number.POSITIVE_INFINITY)
    for (let at = 0; selected && at < most; at++) {
      const row = rows.at(at)
      if (row) keys.push(keyOf(row))
    }
    selection.onChange(new Set(keys))
  }
  const { size } = selection.keys
  const isAll = size > 0 && size === Math.min(rows.count ?? 0, selection.most ?? Number.POSITIVE_INFINITY)
  return <Checkbox label={label} isLabelHidden isSelected={isAll} isIndeterminate={size > 0 && !isAll} onChange={choose} />
}

/** What the columns need at least, in rem; a table that has less room scrolls sideways, and its head then stays where it is. */
function useLeastWidth<Row>(columns: readonly Column<Row>[], hasChecks: boolean) {
  const place = useRef<HTMLTableElement>(null)
  const [scrolls, setScrolls] = useState(false)
  const widths = columns.map(({ width }) => Number.parseFloat(/[\d.]+/.exec(width ?? usualTrack)?.[0] ?? '0'))
  const least = widths.reduce((sum, width) => sum + width + gapRem, hasChecks ? 2.5 : 0) + paddingRem
  useEffect(() => {
    const table = place.current
    if (table === null) return
    const measure = () => setScrolls(least * Number.parseFloat(getComputedStyle(document.documentElement).fontSize) > table.clientWidth)
    const observer = new ResizeObserver(measure)
    observer.observe(table)
    return () => observer.disconnect()
  }, [least])
  return { place, scrolls, least }
}

const usualTrack = 'minmax(8rem, 1fr)'
/** Between columns, and at both ends of a row, as the style sheet has it. */
const gapRem = 1
const paddingRem = 1.5

function tracksOf<Row>(columns: readonly Column<Row>[]): string {
  return columns.map(({ width }) => width ?? usualTrack).join(' ')
}

function placeOf<Row>(columns: readonly Column<Row>[], id: string): string {
  const column = columns.find((one) => one.id === id)
  return `table-narrow-${column?.narrow ?? 'none'}${column?.wraps ? ' table-wraps' : ''}`
}
