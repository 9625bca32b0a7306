import { useState } from 'react'
import { allRows } from './all-rows.ts'
import { type Rows, useRows } from './queries.ts'
import type { Input, ListId, RowOf } from './types.ts'

interface SortedRows<Row> {
  rows: Rows<Row>
  /** Every row in the same order, for a file. */
  load(): Promise<Row[]>
  sort: string
  onSort(sort: string): void
}

/** The rows of a list in an order the reader chooses, at first the `usual` one; `pageSize` is the most the operation gives at once. */
export function useSortedRows<Id extends ListId>(id: Id, input: Input<Id>, usual: string, pageSize?: number): SortedRows<RowOf<Id>> {
  const [sort, onSort] = useState(usual)
  const asked = { ...input, query: { ...input.query, sorters: sort } } as Input<Id>
  return { rows: useRows(id, asked), load: () => allRows(id, asked, pageSize), sort, onSort }
}
