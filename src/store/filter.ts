import { type RawBuilder, sql } from 'kysely'
import type { FilterNode, FilterValue, Sorter } from '../domain/filter.ts'

/** Where a field's value is found. A 'string' is compared without regard to the case of ASCII letters, an 'id' exactly. */
export interface FilterColumn {
  sql: RawBuilder<unknown>
  type: 'string' | 'id' | 'date' | 'boolean' | 'number'
  /** A text array; it takes eq, ne, in, ca, pr and isnull, each asking about its elements. */
  array?: boolean
  /** Says that there is always a value; then an index can serve a descending sort, which "nulls last" prevents. */
  notNull?: boolean
}

type FilterColumns = Record<string, FilterColumn>
type Compare = Extract<FilterNode, { node: 'compare' }>
type List = Extract<FilterNode, { node: 'list' }>

/** The condition of a filter as SQL, everything from the user as parameters; never null under `not`. A field without a column is an Error. */
export function filterSql(node: FilterNode, columns: FilterColumns): RawBuilder<boolean> {
  switch (node.node) {
    case 'and':
    case 'or': {
      if (node.parts.length === 0) throw new Error(`a filter has '${node.node}' without parts`)
      const parts = node.parts.map((part) => filterSql(part, columns))
      return sql<boolean>`(${sql.join(parts, node.node === 'and' ? sql` and ` : sql` or `)})`
    }
    case 'not':
      // "not" alone would leave unknown unknown, and rows without a value would be in neither half.
      return sql<boolean>`(${filterSql(node.part, columns)} is not true)`
    case 'compare': {
      const column = columnOf(node.field, columns)
      return column.array ? compareArray(node, column) : compare(node, column)
    }
    case 'list': {
      const column = columnOf(node.field, columns)
      return column.array ? listArray(node, column) : list(node, column)
    }
    case 'present':
      return present(columnOf(node.field, columns), node.present)
  }
}

/** What follows "order by": the sorters, then the tie-breakers, without which rows could move between pages. Rows without a value come last. */
export function sorterSql(
  sorters: readonly Sorter[],
  columns: FilterColumns,
  tieBreakers: readonly RawBuilder<unknown>[],
): RawBuilder<unknown> {
  if (tieBreakers.length === 0) throw new Error('a sorted list needs a tie-breaker, or its pages may overlap')
  const keys = sorters.map(({ field, descending }) => {
    const column = columnOf(field, columns)
    if (column.array) throw new Error(`'${field}' is an array and cannot be sorted by`)
    if (!descending) return sql`${operand(column)} asc`
    return column.notNull ? sql`${operand(column)} desc` : sql`${operand(column)} desc nulls last`
  })
  return sql`${sql.join([...keys, ...tieBreakers])}`
}

function columnOf(field: string, columns: FilterColumns): FilterColumn {
  const column = Object.hasOwn(columns, field) ? columns[field] : undefined
  if (column === undefined) throw new Error(`no column for the field '${field}'`)
  return column
}

const comparisons = {
  eq: sql`=`,
  // Unlike <>, true for a row without a value: it is not equal either.
  ne: sql`is distinct from`,
  gt: sql`>`,
  ge: sql`>=`,
  lt: sql`<`,
  le: sql`<=`,
}

function compare({ field, operator, value }: Compare, column: FilterColumn): RawBuilder<boolean> {
  if (operator === 'sw' || operator === 'co') {
    if (typeof value !== 'string') throw wrongValue(field, column)
    const pattern = `${operator === 'co' ? '%' : ''}${escapeLike(folded(value, column))}%`
    return sql<boolean>`(${asText(column, field)} like ${pattern}::text)`
  }
  return sql<boolean>`(${operand(column)} ${comparisons[operator]} ${toParameter(value, column, field)}::${sqlTypes[column.type]})`
}

function list({ field, operator, values }: List, column: FilterColumn): RawBuilder<boolean> {
  if (operator === 'ca') throw new Error(`'${field}' is not an array and cannot be used with 'ca'`)
  const parameter = values.map((value) => toParameter(value, column, field))
  return sql<boolean>`(${operand(column)} = any(${parameter}::${sqlTypes[column.type]}[]))`
}

function compareArray({ field, operator, value }: Compare, column: FilterColumn): RawBuilder<boolean> {
  const contains = sql<boolean>`(${elements(column, field)} @> ${[toParameter(value, column, field)]}::text[])`
  if (operator === 'eq') return contains
  if (operator === 'ne') return sql<boolean>`(${contains} is not true)`
  throw new Error(`'${field}' is an array and cannot be used with '${operator}'`)
}

function listArray({ field, operator, values }: List, column: FilterColumn): RawBuilder<boolean> {
  const parameter = values.map((value) => toParameter(value, column, field))
  return sql<boolean>`(${elements(column, field)} ${operator === 'ca' ? sql`@>` : sql`&&`} ${parameter}::text[])`
}

function present(column: FilterColumn, wanted: boolean): RawBuilder<boolean> {
  if (column.array) return sql<boolean>`((cardinality(${column.sql}) > 0) is ${wanted ? sql`true` : sql`not true`})`
  return sql<boolean>`((${column.sql}) is ${wanted ? sql`not null` : sql`null`})`
}

const sqlTypes = {
  string: sql`text`,
  id: sql`text`,
  date: sql`timestamptz`,
  boolean: sql`boolean`,
  // Exact for every kind of number column; a double would round a bigint.
  number: sql`numeric`,
}

/** The column as it is compared and sorted. The collation is named so that the order and the case rule do not depend on the database's locale. */
function operand(column: FilterColumn): RawBuilder<unknown> {
  if (column.type === 'string') return sql`lower((${column.sql}) collate "C")`
  return column.type === 'id' ? sql`((${column.sql}) collate "C")` : sql`(${column.sql})`
}

function asText(column: FilterColumn, field: string): RawBuilder<unknown> {
  if (column.type === 'string' || column.type === 'id') return operand(column)
  if (column.type !== 'date') throw new Error(`'${field}' has no text to look into`)
  return sql`to_char((${column.sql}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') collate "C"`
}

function elements(column: FilterColumn, field: string): RawBuilder<unknown> {
  if (column.type === 'id') return sql`(${column.sql})`
  if (column.type !== 'string') throw new Error(`'${field}' is an array of '${column.type}', which cannot be filtered by`)
  return sql`array(select lower(element collate "C") from unnest(${column.sql}) as element)`
}

function toParameter(value: FilterValue, column: FilterColumn, field: string): string | boolean {
  if (column.type === 'date' && value instanceof Date) return value.toISOString()
  if (column.type === 'number' && typeof value === 'number') return String(value)
  if (column.type === 'boolean' && typeof value === 'boolean') return value
  if ((column.type === 'string' || column.type === 'id') && typeof value === 'string') return folded(value, column)
  throw wrongValue(field, column)
}

function wrongValue(field: string, column: FilterColumn): Error {
  return new Error(`the value for '${field}' is not of its type '${column.type}'`)
}

/** The same as lower() does under collation "C". toLowerCase would change more letters than that, and then "Ä" would not equal itself. */
function folded(value: string, column: FilterColumn): string {
  return column.type === 'string' ? value.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : value
}

/** Text as it stands in a pattern of `like`, where it means nothing but itself. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
