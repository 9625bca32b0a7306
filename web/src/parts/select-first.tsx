import { useRef } from 'react'
import type { Rows } from '../api/rows.ts'
import { useText } from '../text/text.tsx'
import { Checkbox } from './checkbox.tsx'
import type { Selection } from './table.tsx'
import { tellFailure } from './toast.tsx'

interface SelectFirstProps<Row> {
  rows: Rows<Row>
  keyOf(row: Row): string
  selection: Selection<Row>
}

/** Chooses every row from the top, as many as may be chosen; those that are not there yet are asked for. */
export function SelectFirst<Row>({ rows, keyOf, selection }: SelectFirstProps<Row>) {
  const t = useText()
  const isBusy = useRef(false)
  const { size } = selection.keys
  const most = Math.min(rows.count ?? 0, selection.most)
  const isAll = size > 0 && size === most
  const choose = async () => {
    if (isBusy.current) return
    isBusy.current = true
    try {
      const first = await rows.upTo(most)
      selection.onChange(new Set(first.map(keyOf)), first)
    } catch (error) {
      tellFailure(error, t('part.table.selectFailed'))
    } finally {
      isBusy.current = false
    }
  }
  return (
    <Checkbox
      label={(rows.count ?? 0) > selection.most ? t('part.table.selectFirst', { count: selection.most }) : t('part.table.selectAll')}
      isLabelHidden
      isSelected={isAll}
      isIndeterminate={size > 0 && !isAll}
      onChange={(selected) => (selected ? void choose() : selection.onChange(new Set(), []))}
    />
  )
}
