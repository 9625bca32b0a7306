import { columnVisibilityFeature, createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table'
import { type CSSProperties, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Rows } from '../api/rows.ts'
import { Icon } from './icon.tsx'
import { NarrowHead } from './narrow-head.tsx'
import { SelectFirst } from './select-first.tsx'
import { Problem } from './states.tsx'
import { stuckToBottom, stuckToTop } from './stuck.ts'
import { type RowCheck, TableRow } from './table-row.tsx'
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
  /**
   * On a narrow screen a row has a title and one line of details, with more after it. Where a column says so there is one more line below, of
   * one column or of two; other columns are left out.
   */
  narrow?: 'title' | 'detail' | 'more' | 'line' | 'below' | 'after' | 'aside'
  /** Long texts go on in a second line. */
  wraps?: boolean
}

export interface Selection<Row> {
  keys: ReadonlySet<string>
  /** `known` has the rows of all keys that were not chosen before. */
  onChange(keys: ReadonlySet<string>, known: readonly Row[]): void
  nameOf(row: Row): string
  /** At most so many can be chosen. */
  most: number
}

export interface TableProps<Row> {
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
const narrowRowHeight = 76
/** With the line below. */
const highRowHeight = 96

/** A table of any length, of which only the rows on the screen exist. */
export function Table<Row extends object>(props: TableProps<Row>) {
  const { rows, empty, label } = props
  if (rows.error && rows.count === undefined) return <Problem error={rows.error} onRetry={rows.refetch} />
  if (rows.count === 0) return <>{empty}</>
  // Its place on the page is measured, so it comes anew when it was away.
  return (
    <>
      <NarrowHead {...props} />
      <FilledTable key={label} {...props} />
      {rows.error ? (
        <div ref={stuckToBottom} className="table-problem">
          <Problem error={rows.error} inline onRetry={rows.refetch} />
        </div>
      ) : null}
    </>
  )
}

function FilledTable<Row extends object>({ label, columns, rows, keyOf, sort, onSort, selection, hidden = [], empty: _ }: TableProps<Row>) {
  const isNarrow = useMatches(narrowScreen)
  const hasBelow = columns.some(({ narrow }) => narrow === 'below' || narrow === 'line')
  const height = isNarrow ? (hasBelow ? highRowHeight : narrowRowHeight) : rowHeight
  const { body, items, totalSize, margin } = useVisibleRows<HTMLTableSectionElement>(rows.count, 8, height, rows.look)
  const shown = useShownColumns(columns, hidden)
  const { place, scrolls, least } = useLeastWidth(shown, selection !== undefined)
  const select = useSelect(selection)
  return (
    <table
      ref={place}
      aria-label={label}
      aria-rowcount={rows.count === undefined ? -1 : rows.count + 1}
      aria-busy={rows.count === undefined}
      className={`table${selection ? ' table-selectable' : ''}${scrolls ? ' table-scrolls' : ''}${hasBelow ? ' table-high' : ''}`}
      style={{ '--columns': tracksOf(shown), '--least': `${least}rem` } as CSSProperties}
    >
      <thead ref={stuckToTop} className="table-head">
        <tr aria-rowindex={1} className="table-row">
          {selection ? (
            <th scope="col" className="table-cell table-check">
              <SelectFirst rows={rows} keyOf={keyOf} selection={selection} />
            </th>
          ) : null}
          {shown.map((column) => (
            <HeaderCell key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody ref={body} className="table-body" style={{ height: totalSize }}>
        {items.map(({ index, start }) => {
          const row = rows.at(index)
          const key = row && selection ? keyOf(row) : undefined
          return (
            <TableRow
              key={index}
              index={index}
              top={start - margin}
              row={row}
              columns={shown as readonly Column<object>[]}
              check={checkOf(selection, key)}
              checkKey={key}
              checkName={row ? selection?.nameOf(row) : undefined}
              onCheck={select}
            />
          )
        })}
      </tbody>
    </table>
  )
}

/** Columns are a matter of the library; which rows there are is not, because most of them do not exist. */
const noRows: object[] = []

/** The columns that are not hidden. The same ones again as long as nothing about them changes, so that rows need not be drawn anew. */
function useShownColumns<Row extends object>(columns: readonly Column<Row>[], hidden: readonly string[]): readonly Column<Row>[] {
  const hiddenIds = hidden.join(' ')
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, object>()
    return columns.map(({ id, header }) => helper.display({ id, header }))
  }, [columns])
  const columnVisibility = useMemo(() => Object.fromEntries(hiddenIds.split(' ').map((id) => [id, false])), [hiddenIds])
  const table = useTable({ features, columns: definitions, data: noRows, state: { columnVisibility } })
  const visibleIds = table
    .getVisibleLeafColumns()
    .map(({ id }) => id)
    .join(' ')
  return useMemo(() => {
    const visible = visibleIds.split(' ')
    return columns.filter(({ id }) => visible.includes(id))
  }, [columns, visibleIds])
}

function checkOf<Row>(selection: Selection<Row> | undefined, key: string | undefined): RowCheck | undefined {
  if (selection === undefined) return undefined
  if (key !== undefined && selection.keys.has(key)) return 'on'
  return selection.keys.size >= selection.most ? 'full' : 'off'
}

/** Takes a row into the selection or out of it; the same function for as long as the table is there. */
function useSelect<Row extends object>(selection: Selection<Row> | undefined): (key: string, isSelected: boolean, row: object) => void {
  const latest = useRef(selection)
  latest.current = selection
  return useCallback((key: string, isSelected: boolean, row: object) => {
    const { current } = latest
    if (current === undefined) return
    const keys = new Set(current.keys)
    if (isSelected) keys.add(key)
    else keys.delete(key)
    current.onChange(keys, [row as Row])
  }, [])
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
