import { memo } from 'react'
import { Checkbox } from './checkbox.tsx'
import type { Column } from './table.tsx'

/** Chosen, not chosen, or not to be chosen because there are as many already as may be. */
export type RowCheck = 'on' | 'off' | 'full'

interface TableRowProps {
  index: number
  /** Pixels from the top of the table's body. */
  top: number
  /** Undefined while it is on its way. */
  row: object | undefined
  columns: readonly Column<object>[]
  check: RowCheck | undefined
  checkKey: string | undefined
  checkName: string | undefined
  onCheck(key: string, isSelected: boolean, row: object): void
}

/** One row. Scrolling brings new ones and draws none of the others again. */
export const TableRow = memo(function TableRow({ index, top, row, columns, check, checkKey, checkName, onCheck }: TableRowProps) {
  return (
    <tr aria-rowindex={index + 2} className="table-row table-row-data" style={{ transform: `translateY(${top}px)` }}>
      {check === undefined ? null : (
        <td className="table-cell table-check">
          {checkKey === undefined || row === undefined ? null : (
            <Checkbox
              label={checkName ?? ''}
              isLabelHidden
              isSelected={check === 'on'}
              isDisabled={check === 'full'}
              onChange={(isSelected) => onCheck(checkKey, isSelected, row)}
            />
          )}
        </td>
      )}
      {columns.map((column, at) => (
        <td key={column.id} className={`table-cell table-narrow-${column.narrow ?? 'none'}${column.wraps ? ' table-wraps' : ''}`}>
          {row ? column.cell(row) : at === 0 ? <span className="skeleton-row" /> : null}
        </td>
      ))}
    </tr>
  )
})
