import type { Rows } from '../api/queries.ts'
import { Checkbox } from './checkbox.tsx'
import type { Selection } from './table.tsx'

interface SelectLoadedProps<Row> {
  rows: Rows<Row>
  keyOf(row: Row): string
  selection: Selection<Row>
  label: string
}

/** Chooses every row that has been loaded from the top, as many as may be chosen. */
export function SelectLoaded<Row>({ rows, keyOf, selection, label }: SelectLoadedProps<Row>) {
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
