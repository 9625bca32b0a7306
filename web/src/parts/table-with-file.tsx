import type { ReactNode } from 'react'
import type { Rows } from '../api/rows.ts'
import { DownloadCsv } from './download-csv.tsx'
import { type Column, Table } from './table.tsx'

interface TableWithFileProps<Row> {
  /** What the table shows, and how its file is called. */
  label: string
  file: string
  columns: readonly Column<Row>[]
  rows: Rows<Row>
  keyOf(row: Row): string
  /** Every row of it, for the file. */
  load(): Promise<readonly Row[]>
  sort?: string
  onSort?(sort: string): void
  /** Ids of columns that are only in the file. */
  hidden?: readonly string[]
  empty: ReactNode
  /** The fields that say which rows are wanted. */
  children?: ReactNode
}

/** A table with what narrows it above it, and its rows as a file. */
export function TableWithFile<Row extends object>({ file, load, children, ...table }: TableWithFileProps<Row>) {
  return (
    <div className="stack">
      <div className="filters">
        {children}
        <div className="row filters-actions">
          <DownloadCsv name={file} columns={table.columns} load={load} />
        </div>
      </div>
      <Table {...table} />
    </div>
  )
}
