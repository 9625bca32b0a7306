import { useText } from '../text/text.tsx'
import { Select } from './fields.tsx'
import { SelectFirst } from './select-first.tsx'
import type { TableProps } from './table.tsx'
import { narrowScreen, useMatches } from './visible-rows.ts'

/** What the head of a table does, where there is no room for it: all rows chosen at once, and their order. */
export function NarrowHead<Row extends object>({ columns, rows, keyOf, sort, onSort, selection }: TableProps<Row>) {
  const t = useText()
  const isNarrow = useMatches(narrowScreen)
  const choices = columns.flatMap(({ header, sorter }) =>
    sorter === undefined
      ? []
      : [
          { key: sorter, name: t('part.table.up', { column: header }) },
          { key: `-${sorter}`, name: t('part.table.down', { column: header }) },
        ],
  )
  const isSortable = onSort !== undefined && choices.length > 0
  if (!isNarrow || !(isSortable || selection)) return null
  return (
    <div className="row table-narrow-head">
      {selection ? <SelectFirst rows={rows} keyOf={keyOf} selection={selection} /> : null}
      {isSortable ? <Select label={t('part.table.sort')} isLabelHidden value={sort ?? ''} onChange={onSort} choices={choices} /> : null}
    </div>
  )
}
