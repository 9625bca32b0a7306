import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import type { JsonSchema } from '../api/openapi.ts'
import { inDialect, type Operation } from '../api/operation.ts'
import { DomainError } from '../domain/errors.ts'
import type { Answer, Call, Handler } from './call.ts'
import { BYTE_ORDER_MARK, columnsOf, csvLine, valueAt } from './csv-text.ts'

/** More rows than this are refused: a file that silently lacks some would be worse than none. */
const MOST_ROWS = 100_000
const MOST_COLUMNS = 200

/** True when a list is asked for as a table to download: with format=csv, or by a client that names text/csv and not JSON. */
export function wantsCsv(operation: Operation, query: Record<string, unknown>, headers: IncomingHttpHeaders): boolean {
  if (!isList(operation)) return false
  if (query['format'] !== undefined) return query['format'] === 'csv'
  const accept = headers.accept ?? ''
  return accept.includes('text/csv') && !accept.includes('application/json')
}

// compat: lists-as-csv. Every list also answers as CSV, all of it and not a page.
function isList({ method, answer, path }: Operation): boolean {
  if (method !== 'GET' && !path.startsWith('/search')) return false
  return typeof answer === 'function' || (answer as JsonSchema | null)?.type === 'array'
}

/** All rows of a list as CSV, page by page from the list's own handler, so that it holds what the caller may see and no more. */
export async function csvAnswer(handler: Handler, call: Call): Promise<Answer> {
  const pageSize = mostRowsOf(call.operation)
  const first = await page(handler, call, 0, pageSize)
  if (first.total !== undefined && first.total > MOST_ROWS)
    throw new DomainError('invalid', `these are ${first.total} rows and a download has at most ${MOST_ROWS}; narrow the list.`, 'format')
  const columns = chosenColumns(call) ?? columnsOf(schemaOf(call)) ?? [...new Set(first.rows.flatMap((row) => Object.keys(row as object)))]
  const headings = listIn(call, 'headings') ?? columns
  if (headings.length !== columns.length) throw new DomainError('invalid', 'must be as many as there are columns.', 'headings')
  return {
    headers: { 'Content-Disposition': `attachment; filename="${fileName(call)}"` },
    contentType: 'text/csv; charset=utf-8; header=present',
    stream: Readable.from(lines(handler, call, { first: first.rows, pageSize, columns, headings })),
  }
}

interface Table {
  first: unknown[]
  pageSize: number | undefined
  columns: string[]
  headings: string[]
}

async function* lines(handler: Handler, call: Call, { first, pageSize, columns, headings }: Table): AsyncGenerator<string> {
  const paths = columns.map((column) => column.split('.'))
  yield BYTE_ORDER_MARK + csvLine(headings)
  let rows = first
  for (let offset = 0; ; ) {
    yield rows.map((row) => csvLine(paths.map((path) => valueAt(row, path)))).join('')
    offset += rows.length
    if (pageSize === undefined || rows.length < pageSize) return
    // A list that does not count itself is found to be too long only here; the download breaks off instead of looking whole.
    if (offset >= MOST_ROWS) throw new Error(`a download of more than ${MOST_ROWS} rows`)
    rows = (await page(handler, call, offset, pageSize)).rows
  }
}

/** A page as the list itself gives it; the first also says how many rows there are. */
async function page(
  handler: Handler,
  call: Call,
  offset: number,
  limit: number | undefined,
): Promise<{ rows: unknown[]; total: number | undefined }> {
  const paged = limit === undefined ? {} : { limit, offset, ...('count' in (call.operation.query ?? {}) ? { count: offset === 0 } : {}) }
  const { body, total } = await handler({ ...call, query: { ...call.query, ...paged } })
  return { rows: Array.isArray(body) ? body : [], total }
}

/** The largest page of a list; undefined for one without pages. */
function mostRowsOf({ query }: Operation): number | undefined {
  const limit = query?.['limit'] as JsonSchema | undefined
  return query && 'offset' in query ? Number(limit?.['maximum'] ?? 250) : undefined
}

function schemaOf({ operation, dialect }: Call): JsonSchema {
  return inDialect(operation.answer ?? {}, dialect) as JsonSchema
}

function chosenColumns(call: Call): string[] | undefined {
  const columns = listIn(call, 'columns')
  if (columns && columns.length > MOST_COLUMNS) throw new DomainError('invalid', `must be at most ${MOST_COLUMNS}.`, 'columns')
  return columns
}

/** Names joined by commas; a comma within a name is written %2C once more than the address needs it. */
function listIn(call: Call, name: string): string[] | undefined {
  const value = call.query[name]
  if (typeof value !== 'string' || value === '') return undefined
  return value.split(',').map((part) => part.replace(/%2C/gi, ',').trim())
}

function fileName({ operation, app }: Call): string {
  const name = operation.path
    .replace(/\/:\w+/g, '')
    .replace(/[^\w]+/g, '-')
    .replace(/^-|-$/g, '')
  return `${name}-${app.clock.now().toISOString().slice(0, 10)}.csv`
}
