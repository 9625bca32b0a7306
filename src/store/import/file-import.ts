import type { ImportFileName, Row } from '../../domain/import-file.ts'
import type { Tx } from '../db.ts'

/** What an import knows while it runs. */
export interface ImportContext {
  tx: Tx
  newId(): string
  /** The columns that each file has. */
  headers: ReadonlyMap<ImportFileName, ReadonlySet<string>>
  /** Files that could not be read to their end. */
  unread: ReadonlySet<string>
}

/** How one file is imported. Called in this order; `write` only when no file has an issue. */
export interface FileImport {
  file: ImportFileName
  /** Puts some lines beside the house; what is wrong with a cell stands in its row afterwards. */
  stage(context: ImportContext, rows: Row[]): Promise<void>
  /** Looks at the file as a whole: ids, repeated rows, and what its cells name. */
  check(context: ImportContext): Promise<void>
  write(context: ImportContext): Promise<void>
}

/** The columns of a file; none when it was not brought. */
export function headerOf(context: ImportContext, file: ImportFileName): ReadonlySet<string> {
  return context.headers.get(file) ?? new Set()
}
