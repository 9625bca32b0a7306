import { type RawBuilder, sql } from 'kysely'

/** `{id, name}` of a row that is there, by its alias in the query. */
export function named(alias: string): RawBuilder<unknown> {
  return sql`json_build_object('id', ${sql.ref(`${alias}.id`)}, 'name', ${sql.ref(`${alias}.name`)})`
}

/** The same of a left-joined row, or null. */
export function namedOrNull(alias: string): RawBuilder<unknown> {
  return sql`case when ${sql.ref(`${alias}.id`)} is not null then ${named(alias)} end`
}
