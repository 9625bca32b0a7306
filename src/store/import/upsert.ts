import { sql } from 'kysely'
import type { Tx } from '../db.ts'
import type { Noun } from './nouns.ts'
import { countTouched, run } from './staging.ts'

/** A column that an import writes, and the columns of the file that give it. One that the file does not have keeps what is stored. */
export interface Column {
  name: string
  headers: readonly string[]
}

/** After so many new rows the planner's idea of a table is wrong enough to matter. */
const ROWS_WORTH_ANALYZING = 500

/** Writes the staged rows of a noun: updates what differs, inserts what is new, and notes which was which. */
export async function upsert(tx: Tx, noun: Noun, columns: readonly Column[], header: ReadonlySet<string>): Promise<void> {
  const given = columns.filter(({ headers }) => headers.some((name) => header.has(name)))
  await updateRows(
    tx,
    noun,
    given.map((column) => column.name),
  )
  await insertRows(
    tx,
    noun,
    columns.map((column) => column.name),
  )
  const { created } = await countTouched(tx, noun.file)
  // Also for the foreign keys of what comes next: a plan made when the table was small would read all of it for every row.
  if (created >= ROWS_WORTH_ANALYZING) await run(tx, `analyze ${noun.target}`)
}

async function updateRows(tx: Tx, noun: Noun, columns: string[]): Promise<void> {
  const list = (row: string) => sql.raw(columns.map((column) => `${row}.${column}`).join(', '))
  const assignments = sql.raw(columns.map((column) => `${column} = s.${column}`).join(', '))
  await sql`
    with changed as (
      update ${sql.raw(noun.target)} t set ${assignments}, modified_at = ${tx.now}::timestamptz from ${sql.raw(noun.staged)} s
      where t.id = s.id and (${list('t')}) is distinct from (${list('s')}) returning t.id)
    insert into import_touched select ${noun.file}, id, false from changed`.execute(tx.sql)
}

async function insertRows(tx: Tx, noun: Noun, columns: string[]): Promise<void> {
  const names = sql.raw(columns.join(', '))
  const type = noun.type === undefined ? { name: sql``, value: sql`` } : { name: sql`type, `, value: sql`${noun.type}, ` }
  await sql`
    with created as (
      insert into ${sql.raw(noun.target)} (id, ${type.name}${names}, created_at, modified_at)
      select s.id, ${type.value}${sql.raw(columns.map((column) => `s.${column}`).join(', '))}, ${tx.now}::timestamptz, ${tx.now}::timestamptz
      from ${sql.raw(noun.staged)} s where not exists (select from ${sql.raw(noun.target)} t where t.id = s.id) order by s.line
      returning id)
    insert into import_touched select ${noun.file}, id, true from created`.execute(tx.sql)
}
