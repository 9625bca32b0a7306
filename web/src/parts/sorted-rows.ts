import { useNavigate, useSearch } from '@tanstack/react-router'
import { allRows } from '../api/all-rows.ts'
import { type Rows, useRows } from '../api/rows.ts'
import type { Input, ListId, RowOf } from '../api/types.ts'

interface SortedRows<Row> {
  rows: Rows<Row>
  /** Every row in the same order, for a file. */
  load(): Promise<Row[]>
  sort: string
  onSort(sort: string): void
}

/**
 * The rows of a list in the order that stands in the address of the page, the `usual` one where none does; `pageSize` is the most the operation
 * gives at once. The page's route has to know `sort`.
 */
export function useSortedRows<Id extends ListId>(id: Id, input: Input<Id>, usual: string, pageSize?: number): SortedRows<RowOf<Id>> {
  const navigate = useNavigate()
  const { sort = usual } = useSearch({ strict: false }) as { sort?: string }
  const onSort = (next: string) => void navigate({ to: '.', search: (before: object) => ({ ...before, sort: next }), replace: true })
  const asked = { ...input, query: { ...input.query, sorters: sort } } as Input<Id>
  return { rows: useRows(id, asked), load: () => allRows(id, asked, pageSize), sort, onSort }
}
