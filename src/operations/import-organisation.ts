import { type CsvReading, type ImportFileName, type ImportIssue, importFileNames, Row } from '../domain/import-file.ts'
import type { Ids } from '../ports.ts'
import { noteSwitches } from '../store/account-switches.ts'
import { recordAudit } from '../store/audit.ts'
import { noteImportedContent } from '../store/content-changes.ts'
import type { Database, Tx } from '../store/db.ts'
import type { FileImport, ImportContext } from '../store/import/file-import.ts'
import { writeFoundAccess } from '../store/import/found-access.ts'
import { fileImports } from '../store/import/organisation.ts'
import { addIssues, beginImport, countTouched, listIssues } from '../store/import/staging.ts'
import { recordMemberships, theImport } from './record-memberships.ts'

/** The files that an organisation brings. Each can be opened again, because a transaction that loses a race is run again from the start. */
export type OrganisationFiles = ReadonlyMap<ImportFileName, () => CsvReading>

/** How far an import is: `rows` lines of the file were read, or its turn has come to be checked or written. */
export interface ImportProgress {
  step: 'reading' | 'checking' | 'writing'
  file: ImportFileName
  rows: number
}

export interface ImportedFile {
  file: ImportFileName
  rows: number
  created: number
  updated: number
  unchanged: number
  /** How much ended because the file names it no more; only of a file that says all there is. */
  ended?: number
}

export type ImportResult = { ok: true; files: ImportedFile[] } | { ok: false; issues: ImportIssue[]; more: number }

/** More than anybody reads at once; the rest is counted. */
const MOST_ISSUES = 10_000
const ROWS_AT_ONCE = 5_000
const CHARACTERS_AT_ONCE = 2_000_000

/**
 * Takes an organisation's files and imports all of them or nothing, in one transaction. Returns what each file created, updated and left
 * alone, or every reason why nothing was imported, by file and line. Rows are found again by id, else by alias, name or value, so an
 * import can be repeated. Nothing is held in memory but the lines of one portion.
 */
export async function importOrganisation(
  { db, ids }: { db: Database; ids: Ids },
  { files, onProgress = () => undefined }: { files: OrganisationFiles; onProgress?: (progress: ImportProgress) => void },
): Promise<ImportResult> {
  try {
    return { ok: true, files: await db.transaction((tx) => importAll(tx, ids, files, onProgress)) }
  } catch (error) {
    if (error instanceof RefusedImport) return { ok: false, issues: error.issues, more: error.more }
    throw error
  }
}

/** Takes the transaction back, with the reasons. */
class RefusedImport extends Error {
  readonly issues: ImportIssue[]
  readonly more: number

  constructor(issues: ImportIssue[], more: number) {
    super('The organisation has rows that cannot be imported.')
    this.issues = issues
    this.more = more
  }
}

interface ReadFile {
  rows: number
  sha256: string
}

async function importAll(
  tx: Tx,
  ids: Ids,
  files: OrganisationFiles,
  onProgress: (progress: ImportProgress) => void,
): Promise<ImportedFile[]> {
  await beginImport(tx)
  const headers = new Map<ImportFileName, Set<string>>()
  const unread = new Set<string>()
  const context: ImportContext = { tx, newId: () => ids.next(), headers, unread }
  const read = new Map<ImportFileName, ReadFile>()
  const brought = fileImports.filter(({ file }) => files.has(file))
  for (const each of brought) {
    const reading = files.get(each.file)?.() as CsvReading
    const rows = await stageFile(context, each, reading, { headers, unread, onProgress })
    read.set(each.file, { rows, sha256: reading.sha256() })
    onProgress({ step: 'checking', file: each.file, rows })
    await each.check(context)
  }
  const refused = await listIssues(tx, MOST_ISSUES)
  if (refused.issues.length > 0) throw new RefusedImport(refused.issues, refused.more)
  for (const each of brought) {
    onProgress({ step: 'writing', file: each.file, rows: read.get(each.file)?.rows ?? 0 })
    await each.write(context)
  }
  await noteImportedContent(tx)
  await writeFoundAccess(context)
  if (files.has('identities.csv') || files.has('accounts.csv')) await noteSwitches(tx, { sourceId: undefined }, context.newId)
  if (files.has('memberships.csv')) await recordMemberships(tx, ids)
  return record(tx, ids, read)
}

interface Notes {
  headers: Map<ImportFileName, Set<string>>
  unread: Set<string>
  onProgress(progress: ImportProgress): void
}

/** Stages the file's lines in portions and returns how many there were. */
async function stageFile(context: ImportContext, { file, stage }: FileImport, reading: CsvReading, notes: Notes): Promise<number> {
  let portion: Row[] = []
  let issues: ImportIssue[] = []
  let characters = 0
  let rows = 0
  const flush = async () => {
    await stage(context, portion)
    for (const row of portion) for (const problem of row.problems) issues.push({ file, line: row.line, ...problem })
    await addIssues(context.tx, issues)
    notes.onProgress({ step: 'reading', file, rows })
    portion = []
    issues = []
    characters = 0
  }
  for await (const record of reading.records) {
    if ('cells' in record) {
      if (!notes.headers.has(file)) notes.headers.set(file, new Set(Object.keys(record.cells)))
      portion.push(new Row(record.line, record.cells))
      rows++
      for (const cell of Object.values(record.cells)) characters += cell.length
    } else {
      issues.push({ file, line: record.line, column: record.column, reason: record.reason })
      if (record.rest) notes.unread.add(file)
    }
    // Few lines with long lists weigh as much as many short ones.
    if (portion.length + issues.length >= ROWS_AT_ONCE || characters >= CHARACTERS_AT_ONCE) await flush()
  }
  await flush()
  return rows
}

async function record(tx: Tx, ids: Ids, read: Map<ImportFileName, ReadFile>): Promise<ImportedFile[]> {
  const imported: ImportedFile[] = []
  for (const file of importFileNames) {
    const { rows, sha256 } = read.get(file) ?? {}
    if (rows === undefined || sha256 === undefined) continue
    const { created, updated, ended } = await countTouched(tx, file)
    const counts = { rows, created, updated, unchanged: rows - created - updated, ...(ended > 0 ? { ended } : {}) }
    imported.push({ file, ...counts })
    await recordAudit(tx, [
      {
        id: ids.next(),
        action: 'ORGANISATION_IMPORTED',
        actor: theImport,
        target: { id: null, name: file },
        trackingNumber: null,
        details: { file, sha256, ...counts },
      },
    ])
  }
  return imported
}
