import { type RawBuilder, sql } from 'kysely'
import type { Piece, SearchCondition, ValueRange, WordPattern } from '../../domain/search.ts'
import { wordPattern } from '../../domain/search-text.ts'
import { escapeLike } from '../filter.ts'

/**
 * Where a field's value is found (`always`: there is one; `told`: it is among the words that `beside` knows). A `texts` field has any number of values: `rows` is a query whose one column is
 * called value. A `key` is a fact of ours that the wire has other words for.
 */
export type SearchColumn =
  | { is: 'text' | 'id' | 'date' | 'number' | 'boolean' | 'key'; sql: RawBuilder<unknown>; always?: true; told?: true }
  | { is: 'texts'; rows: RawBuilder<unknown> }

export type SearchColumns = Record<string, SearchColumn>

/** The elements of a list inside the documents: a FROM item called `n`, which says in `n.of` whose they are. */
export interface ListTable {
  rows: RawBuilder<unknown>
  columns: SearchColumns
  anyWords(words: WordPattern): RawBuilder<boolean>
}

/** How the documents of an index are looked for. */
export interface DocumentTable {
  from: RawBuilder<unknown>
  id: RawBuilder<unknown>
  /** What every row must meet, whatever is searched. */
  shown?: RawBuilder<boolean> | undefined
  columns: SearchColumns
  /** A field that has no column of its own. */
  open?(field: string): SearchColumn
  lists: Record<string, ListTable>
  anyWords(words: WordPattern): RawBuilder<boolean>
  /** Holds wherever a text field has these words, and an index answers it; asked beside the field itself. */
  beside?(words: WordPattern): RawBuilder<boolean> | undefined
}

type Place = Pick<DocumentTable, 'columns' | 'anyWords' | 'open' | 'beside'>

/** The condition as SQL, everything from the caller as parameters; never null under `not`. A field without a column is an Error. */
export function conditionSql(condition: SearchCondition, table: DocumentTable): RawBuilder<boolean> {
  return compile(condition, table, table)
}

function compile(condition: SearchCondition, place: Place, table: DocumentTable): RawBuilder<boolean> {
  switch (condition.is) {
    case 'all':
      return sql<boolean>`true`
    case 'none':
      return sql<boolean>`false`
    case 'and':
    case 'or': {
      const parts = condition.parts.map((part) => compile(part, place, table))
      return sql<boolean>`(${sql.join(parts, condition.is === 'and' ? sql` and ` : sql` or `)})`
    }
    case 'not':
      return sql<boolean>`(${compile(condition.part, place, table)} is not true)`
    case 'nested': {
      const list = table.lists[condition.list]
      if (!list) throw new Error(`no list '${condition.list}'`)
      return sql<boolean>`exists (select from ${list.rows} n where n.of = ${table.id} and ${compile(condition.part, list, table)})`
    }
    case 'anyWords':
      return place.anyWords(condition.words)
    default:
      return ofColumn(condition, columnOf(condition.field, place), place)
  }
}

type Leaf = Extract<SearchCondition, { field: string }>

function columnOf(field: string, { columns, open }: Place): SearchColumn {
  const column = Object.hasOwn(columns, field) ? columns[field] : open?.(field)
  if (!column) throw new Error(`no column for '${field}'`)
  return column
}

function ofColumn(condition: Leaf, column: SearchColumn, place: Place): RawBuilder<boolean> {
  const ofOne = (value: RawBuilder<unknown>) => ofValue(condition, value)
  const holds =
    column.is === 'texts' ? sql<boolean>`exists (select from (${column.rows}) s where ${ofOne(sql`s.value`)})` : ofOne(sql`(${column.sql})`)
  const words = condition.is === 'words' ? condition.words : toldWords(condition, column)
  const beside = words && place.beside?.(words)
  return beside ? sql<boolean>`(${beside} and ${holds})` : holds
}

/** The words of an id that has no index of its own. */
function toldWords(condition: Leaf, column: SearchColumn): WordPattern | undefined {
  if (condition.is !== 'oneOf' || column.is === 'texts' || !column.told) return undefined
  const [value] = condition.values
  return typeof value === 'string' && condition.values.length === 1 ? wordPattern([value]) : undefined
}

function ofValue(condition: Leaf, value: RawBuilder<unknown>): RawBuilder<boolean> {
  switch (condition.is) {
    case 'words':
      return hasWordsSql(value, condition.words)
    case 'oneOf': {
      const [first] = condition.values
      return typeof first === 'boolean'
        ? sql<boolean>`(${value} = any(${condition.values}::boolean[]))`
        : sql<boolean>`(${value} = any(${condition.values}::text[]))`
    }
    case 'like':
      return sql<boolean>`(${value} like ${likeOf(condition.pieces)}::text)`
    case 'range':
      return rangeSql(value, condition.range)
    case 'exists':
      return sql<boolean>`(${value} is not null)`
  }
}

/** The text has the words, one after the other. */
export function hasWordsSql(text: RawBuilder<unknown>, { pattern }: WordPattern): RawBuilder<boolean> {
  return sql<boolean>`(${text} ~ ${pattern}::text)`
}

/** Whichever of these values has the words; no phrase reaches from one into the next. */
export function anyHasWords(texts: RawBuilder<unknown>[], words: WordPattern): RawBuilder<boolean> {
  return hasWordsSql(sql`concat_ws(chr(1), ${sql.join(texts)})`, words)
}

/** Any text column has the words; takes the lists of values one by one. */
export function anyColumnHasWords(columns: SearchColumns, words: WordPattern): RawBuilder<boolean> {
  const all = Object.values(columns)
  const single = all.flatMap((column) => (column.is === 'text' || column.is === 'id' ? [column.sql] : []))
  const several = all.flatMap((column) =>
    column.is === 'texts' ? [sql<boolean>`exists (select from (${column.rows}) s where ${hasWordsSql(sql`s.value`, words)})`] : [],
  )
  return sql<boolean>`(${sql.join([anyHasWords(single, words), ...several], sql` or `)})`
}

function rangeSql(value: RawBuilder<unknown>, { from, to }: ValueRange): RawBuilder<boolean> {
  const parts = [
    ...(from ? [sql`${value} ${from.inclusive ? sql`>=` : sql`>`} ${parameter(from.value)}`] : []),
    ...(to ? [sql`${value} ${to.inclusive ? sql`<=` : sql`<`} ${parameter(to.value)}`] : []),
  ]
  return sql<boolean>`(${sql.join(parts, sql` and `)})`
}

function parameter(value: string | number | boolean | Date): RawBuilder<unknown> {
  if (value instanceof Date) return sql`${value.toISOString()}::timestamptz`
  return typeof value === 'number' ? sql`${String(value)}::numeric` : sql`${value}`
}

function likeOf(pieces: Piece[]): string {
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return escapeLike(piece)
      return piece.any === 'one' ? '_' : '%'
    })
    .join('')
}
