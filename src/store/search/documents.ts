import { type RawBuilder, sql } from 'kysely'
import { DomainError } from '../../domain/errors.ts'
import type { SearchCondition, SearchSort } from '../../domain/search.ts'
import type { Reader } from '../db.ts'
import { accountActivityTable } from './account-activities.ts'
import { conditionSql, type DocumentTable, type SearchColumn } from './condition.ts'
import { eventTable } from './events.ts'
import { identityTable } from './identities.ts'

/** Which documents are searched. Requests that were asked in vain a second time may be hidden, as they are in lists. */
export type SearchedIndex = { name: 'events' } | { name: 'identities' } | { name: 'accountactivities'; hideDuplicates: boolean }

/** A document that was found, and the values it is ordered by. */
export interface FoundDocument {
  id: string
  sortedBy: (string | Date | null)[]
}

export interface SearchSlice {
  sort: SearchSort[]
  /** The values of `sort` in the last document seen, null where it has none: only what comes behind it is found. */
  after?: (string | Date | null)[] | undefined
  limit: number
  offset: number
  /** The longest it may take, in milliseconds. */
  limitMs: number
}

const usualSort: Record<SearchedIndex['name'], SearchSort> = {
  events: { field: 'created', descending: true },
  accountactivities: { field: 'created', descending: true },
  identities: { field: 'displayName', descending: false },
}

function tableOf(index: SearchedIndex): DocumentTable {
  if (index.name === 'events') return eventTable
  return index.name === 'identities' ? identityTable : accountActivityTable(index.hideDuplicates)
}

/**
 * The documents of an index that meet a condition, in order: as asked, then by id, so that pages never overlap. Without an order: the index's
 * own. Refuses (invalid) what takes too long.
 */
export async function listFoundDocuments(
  reader: Reader,
  index: SearchedIndex,
  condition: SearchCondition,
  slice: SearchSlice,
): Promise<FoundDocument[]> {
  if (slice.limit === 0 || condition.is === 'none') return []
  const table = tableOf(index)
  const keys = (slice.sort.length > 0 ? slice.sort : [usualSort[index.name]]).map((sort) => keyOf(table, sort))
  const after = slice.after && behind(keys, slice.after)
  const chosen = keys.map(({ value }, at) => sql`${value} as ${sql.id(`k${at}`)}`)
  const wanted = sql<Record<string, string | Date | null> & { id: string }>`
    select ${table.id} as id, ${sql.join(chosen)} from ${table.from}
    where ${whereOf(table, condition, after)} order by ${sql.join([...keys.map(orderOf), tieBreaker(table, keys)])}
    limit ${slice.limit} offset ${slice.offset}`
  const rows = await lookFor(reader, slice.limitMs, wanted)
  return rows.map((row) => ({ id: row.id, sortedBy: keys.map((_, at) => row[`k${at}`] ?? null) }))
}

/** How many documents of an index meet a condition. Refuses (invalid) what takes longer than so many milliseconds. */
export async function countFoundDocuments(
  reader: Reader,
  index: SearchedIndex,
  condition: SearchCondition,
  limitMs: number,
): Promise<number> {
  if (condition.is === 'none') return 0
  const table = tableOf(index)
  const wanted = sql<{ total: number }>`select count(*)::int as total from ${table.from} where ${whereOf(table, condition)}`
  return (await lookFor(reader, limitMs, wanted))[0]?.total ?? 0
}

const OUT_OF_TIME = '57014'

/** Some queries have to look at everything. They may do so for a while, and then whoever asked is told what would be found sooner. */
async function lookFor<Row>(reader: Reader, limitMs: number, wanted: RawBuilder<Row>): Promise<Row[]> {
  try {
    return await reader
      .transaction()
      .setAccessMode('read only')
      .execute(async (tx) => {
        await sql`select set_config('statement_timeout', ${String(limitMs)}, true)`.execute(tx)
        return (await wanted.execute(tx)).rows
      })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === OUT_OF_TIME)) throw error
    const hint =
      'narrow it by a field, by dates (created:>=now-7d) or by the beginning of a word: a term that begins with a wildcard looks at everything'
    throw new DomainError('invalid', `takes longer than ${limitMs / 1000} seconds: ${hint}.`, 'query.query')
  }
}

function whereOf(table: DocumentTable, condition: SearchCondition, after?: RawBuilder<unknown>): RawBuilder<unknown> {
  const parts = [table.shown, after, conditionSql(condition, table)].filter((part) => part !== undefined)
  return sql.join(parts, sql` and `)
}

interface Key extends SearchSort {
  value: RawBuilder<unknown>
  column: Exclude<SearchColumn, { is: 'texts' }>
}

/** Texts are ordered without regard to case (of ASCII letters) and by code point, everywhere alike; whatever has no value comes last. */
function keyOf(table: DocumentTable, sort: SearchSort): Key {
  const column: SearchColumn | undefined = table.columns[sort.field]
  if (!column || column.is === 'texts') throw new Error(`'${sort.field}' cannot be sorted by`)
  return { ...sort, column, value: comparable(column, sql`(${column.sql})`) }
}

function comparable(column: Key['column'], value: RawBuilder<unknown>): RawBuilder<unknown> {
  return column.is === 'text' ? sql`lower(${value} collate "C")` : value
}

function orderOf({ value, descending, column }: Key): RawBuilder<unknown> {
  if (!descending) return sql`${value} asc`
  // Only where there is always a value can an index serve the other direction, too.
  return column.always ? sql`${value} desc` : sql`${value} desc nulls last`
}

function tieBreaker(table: DocumentTable, keys: Key[]): RawBuilder<unknown> {
  return keys.at(-1)?.descending ? sql`${table.id} desc` : sql`${table.id} asc`
}

/** A key with its value in the last document seen; undefined where that has none, which is the last place there is. */
interface Seen extends Key {
  last: RawBuilder<unknown> | undefined
}

/** Behind (a, b): beyond a, or at the same a and beyond b. Said of a alone as well, so that an index can begin there. */
function behind(keys: Key[], after: (string | Date | null)[]): RawBuilder<unknown> {
  const seen = keys.map((key, at): Seen => ({ ...key, last: parameterOf(key, after[at] ?? null) }))
  const steps = seen.map((key, at) => sql`(${sql.join([...seen.slice(0, at).map(same), beyond(key)], sql` and `)})`)
  const [first, ...others] = seen
  if (!first || others.length === 0) return sql`(${sql.join(steps, sql` or `)})`
  return sql`(${atOrBeyond(first)} and (${sql.join(steps, sql` or `)}))`
}

function beyond({ value, descending, last, column }: Seen): RawBuilder<unknown> {
  if (!last) return sql`false`
  const further = sql`${value} ${descending ? sql`<` : sql`>`} ${last}`
  return column.always ? further : sql`(${further} or ${value} is null)`
}

function same({ value, last }: Seen): RawBuilder<unknown> {
  return last ? sql`${value} = ${last}` : sql`${value} is null`
}

function atOrBeyond(key: Seen): RawBuilder<unknown> {
  const { value, descending, last, column } = key
  if (!last) return same(key)
  const notBefore = sql`${value} ${descending ? sql`<=` : sql`>=`} ${last}`
  return column.always ? notBefore : sql`(${notBefore} or ${value} is null)`
}

function parameterOf({ column }: Key, value: string | Date | null): RawBuilder<unknown> | undefined {
  if (value === null) return undefined
  return value instanceof Date ? sql`${value.toISOString()}::timestamptz` : comparable(column, sql`${value}::text`)
}
