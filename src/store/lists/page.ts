import { type RawBuilder, sql } from 'kysely'
import type { FilterNode, Sorter } from '../../domain/filter.ts'
import type { Reader } from '../db.ts'
import { type FilterColumn, filterSql, sorterSql } from '../filter.ts'

/** How many rows of a list that has one order and no filter. */
export interface SliceQuery {
  limit: number
  offset: number
  /** True when the caller asked for the exact total. */
  count: boolean
}

/** Which rows of a list, in what order, and how many. */
export interface PageQuery extends SliceQuery {
  filter: FilterNode | undefined
  sorters: Sorter[]
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

/** How many rows `from … where …` has in all; undefined unless the caller asked for it. */
export async function totalOf(
  reader: Reader,
  { count }: Pick<SliceQuery, 'count'>,
  from: RawBuilder<unknown>,
): Promise<number | undefined> {
  if (!count) return undefined
  const { rows } = await sql<{ total: number }>`select count(*)::int as total ${from}`.execute(reader)
  return rows[0]?.total ?? 0
}
