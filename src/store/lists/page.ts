import { type RawBuilder, sql } from 'kysely'
import type { FilterNode, Sorter } from '../../domain/filter.ts'
import { type FilterColumn, filterSql, sorterSql } from '../filter.ts'

/** Which rows of a list, in what order, and how many. */
export interface PageQuery {
  filter: FilterNode | undefined
  sorters: Sorter[]
  limit: number
  offset: number
  /** True when the caller asked for the exact total. */
  count: boolean
}

export interface Page<Row> {
  rows: Row[]
  /** Undefined unless asked for. */
  total: number | undefined
}

export type Columns = Record<string, FilterColumn>

/** `where a and b and …`, or nothing when there is no condition. */
export function whereAll(conditions: (RawBuilder<unknown> | undefined)[]): RawBuilder<unknown> {
  const given = conditions.filter((condition) => condition !== undefined)
  return given.length === 0 ? sql`` : sql`where ${sql.join(given, sql` and `)}`
}

/** The condition of the asked filter, if there was one. */
export function filterCondition(query: PageQuery, columns: Columns): RawBuilder<unknown> | undefined {
  return query.filter && filterSql(query.filter, columns)
}

/** `order by … limit … offset …`: the asked sorters first (or the list's own order), then the id, so that pages never overlap. */
export function orderAndSlice(
  query: PageQuery,
  columns: Columns,
  usual: RawBuilder<unknown>,
  tieBreaker: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const order = query.sorters.length > 0 ? sorterSql(query.sorters, columns, [tieBreaker]) : usual
  return sql`order by ${order} limit ${query.limit} offset ${query.offset}`
}
