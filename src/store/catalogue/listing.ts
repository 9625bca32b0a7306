import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../db.ts'
import type { FilterColumn } from '../filter.ts'
import { type Columns, filterCondition, orderAndSlice, type Page, type PageQuery, totalOf, whereAll } from '../lists/page.ts'

/** What a list of the catalogue is made of; the rows of one and the same table, told in one query. */
export interface Listing {
  table: string
  alias: string
  /**
   * Left joins on unique keys only: they neither add nor take rows, so the planner leaves out those that a count or the choice of a page
   * does not look at.
   */
  joins: RawBuilder<unknown>
  columns: Columns
  /** What a row tells. Made for the rows of the page alone, so it may ask further tables. */
  select: RawBuilder<unknown>
  usualOrder: RawBuilder<unknown>
}

type Condition = RawBuilder<unknown> | undefined

/** A field of the wire that has no value here: nothing equals it, and `isnull` is always true. */
export const nothing: FilterColumn = { sql: sql`null::text`, type: 'id' }
/** The same for a field whose values are compared as strings. */
export const noText: FilterColumn = { sql: sql`null::text`, type: 'string' }

/** A field that is the same in every row. Said of the id, because rows cannot be sorted by a constant. */
export function same(value: boolean, alias: string): FilterColumn {
  const id = sql.ref(`${alias}.id`)
  return { sql: value ? sql`(${id} is not null)` : sql`(${id} is null)`, type: 'boolean', notNull: true }
}

/** A page of a listing under the conditions and the query's filter, and its total when asked for. */
export async function listRows<Row>(reader: Reader, listing: Listing, conditions: Condition[], query: PageQuery): Promise<Page<Row>> {
  const where = whereAll([...conditions, filterCondition(query, listing.columns)])
  const rows = query.limit === 0 ? [] : await pageRows<Row>(reader, listing, where, query)
  return { rows, total: await totalOf(reader, query, sql`from ${source(listing)} ${where}`) }
}

/** The one row of a listing that has this id and meets the conditions, or undefined. */
export async function findRow<Row>(reader: Reader, listing: Listing, id: string, conditions: Condition[] = []): Promise<Row | undefined> {
  const where = whereAll([sql`${sql.ref(`${listing.alias}.id`)} = ${id}`, ...conditions])
  const { rows } = await sql<Row>`select ${listing.select} from ${source(listing)} ${where}`.execute(reader)
  return rows[0]
}

async function pageRows<Row>(reader: Reader, listing: Listing, where: RawBuilder<unknown>, query: PageQuery): Promise<Row[]> {
  const alias = sql.id(listing.alias)
  const slice = orderAndSlice(query, listing.columns, listing.usualOrder, sql`${alias}.id`)
  const { rows } = await sql<Row>`
    select ${listing.select}
    from (select ${alias}.*, row_number() over () as place from (select ${alias}.* from ${source(listing)} ${where} ${slice}) ${alias}) ${alias}
    ${listing.joins} order by ${alias}.place`.execute(reader)
  return rows
}

function source(listing: Listing): RawBuilder<unknown> {
  return sql`${sql.table(listing.table)} ${sql.id(listing.alias)} ${listing.joins}`
}
