import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CsvError, type Options, parse } from 'csv-parse'
import { parse as parseAtOnce } from 'csv-parse/sync'
import { quoted } from '../domain/import-cells.ts'
import {
  type CsvReading,
  type CsvRecord,
  type FileColumns,
  type ImportFileName,
  importFileNames,
  importFiles,
  isImportFile,
} from '../domain/import-file.ts'

/** The longest line that is read, in characters: a quote that is never closed must not swallow a large file into memory. */
const LONGEST_RECORD = 1_000_000
const CHUNK_BYTES = 128 * 1024

const rules = {
  bom: true,
  // Both in one file are no fault: files are put together from parts.
  record_delimiter: ['\r\n', '\n'],
  relax_column_count: true,
  max_record_size: LONGEST_RECORD,
} satisfies Options

interface RawRecord {
  record: string[]
  raw: string
}

/** A folder of CSV files: those an organisation may have, ready to be read, and the names of the others. */
export interface OrganisationFolder {
  files: Map<ImportFileName, () => CsvReading>
  unknown: string[]
  /** The names that a file may have. */
  known: readonly string[]
}

/** Takes a folder; returns its CSV files. Refuses (throws) a folder that cannot be read. */
export async function openOrganisation(folder: string): Promise<OrganisationFolder> {
  const found: OrganisationFolder = { files: new Map(), unknown: [], known: importFileNames }
  for (const name of (await readdir(folder)).sort()) {
    if (isImportFile(name)) found.files.set(name, () => openCsv(join(folder, name), importFiles[name]))
    else if (/^[^.].*\.csv$/i.test(name)) found.unknown.push(name)
  }
  return found
}

/** Takes the path of a CSV file and the columns it may have; returns its records, read as they are asked for and never held together. */
function openCsv(path: string, columns: FileColumns): CsvReading {
  return readCsv(createReadStream(path, { highWaterMark: CHUNK_BYTES }), columns)
}

/** Takes the bytes of a CSV file and the columns it may have; the same as `openCsv`. */
export function readCsv(bytes: AsyncIterable<Buffer>, columns: FileColumns): CsvReading {
  const hash = createHash('sha256')
  let digest: string | undefined
  return {
    records: recordsOf(hashing(bytes, hash), columns),
    sha256() {
      digest ??= hash.digest('hex')
      return digest
    },
  }
}

async function* hashing(bytes: AsyncIterable<Buffer>, hash: { update(chunk: Buffer): unknown }): AsyncIterable<Buffer> {
  for await (const chunk of bytes) {
    hash.update(chunk)
    yield chunk
  }
}

async function* recordsOf(bytes: AsyncIterable<Buffer>, columns: FileColumns): AsyncIterable<CsvRecord> {
  let line = 1
  let header: string[] | undefined
  for await (const record of rawRecords(bytes)) {
    if (record instanceof CsvError) {
      yield { line, column: null, reason: unreadableReason(record), rest: true }
      return
    }
    if (header === undefined) {
      header = record.record.map((name) => name.trim())
      yield* headerProblems(header, columns)
    } else if (!isEmptyLine(record)) {
      yield toRecord(record, line, header, columns)
    }
    line += linesIn(record)
  }
  if (header === undefined) yield { line: 1, column: null, reason: 'the file is empty; its first line must name the columns.', rest: true }
}

/** Records as the parser finds them. An error ends them; it comes after every record before it. */
async function* rawRecords(bytes: AsyncIterable<Buffer>): AsyncIterable<RawRecord | CsvError> {
  let found: RawRecord[] = []
  let failure: CsvError | undefined
  // A stray quote does not end the reading: `toRecord` finds it by reading that one line strictly.
  const parser = parse({
    ...rules,
    relax_quotes: true,
    raw: true,
    // Taken here and not from the stream, which loses what it holds when an error ends it.
    on_record(record: unknown) {
      found.push(record as RawRecord)
      return null
    },
  })
  parser.on('error', (error) => {
    if (error instanceof CsvError) failure = error
  })
  // Nothing is ever in it, and still it ends only when it is read.
  parser.resume()
  for await (const chunk of bytes) {
    await new Promise<void>((written) => parser.write(chunk, () => written()))
    const batch = found
    found = []
    yield* batch
    if (failure !== undefined) break
  }
  if (failure === undefined) {
    const closed = once(parser, 'close').catch(() => undefined)
    parser.end()
    await closed
    yield* found
  }
  if (failure !== undefined) yield failure
}

function* headerProblems(header: string[], columns: FileColumns): Iterable<CsvRecord> {
  const known = [...columns.required, ...columns.optional]
  for (const [at, name] of header.entries()) {
    if (!known.includes(name)) {
      yield { line: 1, column: name, reason: `there is no such column; the file may have ${known.join(', ')}.`, rest: false }
    } else if (header.indexOf(name) !== at) yield { line: 1, column: name, reason: 'the column is there twice.', rest: false }
  }
  for (const name of columns.required) {
    if (!header.includes(name)) yield { line: 1, column: name, reason: 'the column is missing.', rest: false }
  }
}

function toRecord({ record, raw }: RawRecord, line: number, header: string[], columns: FileColumns): CsvRecord {
  const stray = record.some((cell) => cell.includes('"')) ? strayQuote(raw, header) : undefined
  if (stray)
    return {
      line,
      column: stray,
      reason: 'has a quote in the wrong place; a cell with quotes stands in quotes, and each is doubled.',
      rest: false,
    }
  if (record.length !== header.length) {
    return { line, column: null, reason: `has ${record.length} cells where the header has ${header.length}.`, rest: false }
  }
  const cells: Record<string, string> = {}
  for (const [at, name] of header.entries()) {
    if (columns.required.includes(name) || columns.optional.includes(name)) cells[name] = record[at] ?? ''
  }
  return { line, cells }
}

/** The column in which the line breaks the rules of quoting, if it does. */
function strayQuote(raw: string, header: string[]): string | undefined {
  try {
    parseAtOnce(raw.replace(/\r?\n?$/, ''), { ...rules, bom: false })
    return undefined
  } catch (error) {
    const at = error instanceof CsvError && typeof error['column'] === 'number' ? error['column'] : 0
    return header[Math.min(at, header.length - 1)]
  }
}

/** Lines of the file that a record takes: more than one where cells hold line breaks. */
function linesIn({ record }: RawRecord): number {
  let lines = 1
  for (const cell of record) {
    for (let at = cell.indexOf('\n'); at !== -1; at = cell.indexOf('\n', at + 1)) lines++
  }
  return lines
}

function isEmptyLine({ record }: RawRecord): boolean {
  return record.length === 1 && record[0]?.trim() === ''
}

function unreadableReason(error: CsvError): string {
  const what =
    error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'a quote is opened and never closed' : `a line is longer than ${LONGEST_RECORD} characters`
  return `${what}; the file was not read from here on (${quoted(error.code)}).`
}
