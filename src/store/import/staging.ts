import { sql } from 'kysely'
import type { ListEntry } from '../../domain/import-cells.ts'
import type { ImportFileName, ImportIssue } from '../../domain/import-file.ts'
import type { Tx } from '../db.ts'

/**
 * An import first stands beside the house: every file in a temporary table of its own, checked there as a whole, gone with the transaction.
 * `given_id` is the file's id, `new_id` the one a new row would get, `id` the one the row has in the end; a row that repeats an
 * earlier one keeps no id and points at that line. What was touched is `created` or not; null when it ended.
 */
const stagingTables = `
  create temp table import_issue (
    file text collate "C", line integer, column_name text, reason text) on commit drop;
  create temp table import_touched (
    file text collate "C", id text collate "C", created boolean, primary key (file, id)) on commit drop;
  create temp table import_entry (
    file text collate "C", line integer, field text collate "C", n integer, source text collate "C", attribute text collate "C",
    name text collate "C", source_id text collate "C", id text collate "C") on commit drop;
  create index on import_entry (file, line);
  create temp table import_identity (
    line integer, duplicate_of integer, given_id text collate "C", new_id text collate "C", id text collate "C",
    alias text collate "C", name text collate "C", first_name text collate "C", last_name text collate "C", email text collate "C",
    manager_alias text collate "C", manager_id text collate "C", department text collate "C", status text collate "C", is_admin boolean
  ) on commit drop;
  create temp table import_governance_group (
    line integer, duplicate_of integer, given_id text collate "C", new_id text collate "C", id text collate "C",
    name text collate "C", description text collate "C", owner_alias text collate "C", owner_id text collate "C") on commit drop;
  create temp table import_source (
    like import_governance_group, connector text collate "C", request_config jsonb) on commit drop;
  create temp table import_application (
    like import_governance_group, source text collate "C", source_id text collate "C") on commit drop;
  create temp table import_entitlement (
    like import_application, attribute text collate "C", value text collate "C", requestable boolean, enabled boolean,
    privileged boolean, additional_owner_ids text[], additional_group_ids text[], request_config jsonb) on commit drop;
  create temp table import_access_profile (like import_entitlement) on commit drop;
  create temp table import_role (like import_entitlement) on commit drop;
  create temp table import_account (
    line integer, duplicate_of integer, given_id text collate "C", new_id text collate "C", id text collate "C",
    source text collate "C", source_id text collate "C", native_identity text collate "C", identity_alias text collate "C",
    identity_id text collate "C", name text collate "C", disabled boolean, present boolean) on commit drop;
  create temp table import_holding (
    line integer, new_id text collate "C", source text collate "C", native_identity text collate "C", attribute text collate "C",
    value text collate "C", source_id text collate "C", account_id text collate "C", entitlement_id text collate "C") on commit drop;
  create temp table import_membership (
    line integer, new_id text collate "C", identity_alias text collate "C", type text collate "C", item text collate "C",
    origin text collate "C", identity_id text collate "C", item_id text collate "C") on commit drop;
  create temp table import_assignment (
    n integer, grant_id text collate "C", account_id text collate "C", identity_id text collate "C", entitlement_id text collate "C"
  ) on commit drop;
  create temp table import_part_change (whole text collate "C", part text collate "C", gone boolean) on commit drop;
  create temp table import_new_id (n integer, id text collate "C") on commit drop;`

/** Makes the room for an import, one import at a time, and lifts the time limits that are meant for the short writes of requests. */
export async function beginImport(tx: Tx): Promise<void> {
  await run(tx, 'set local statement_timeout = 0')
  await run(tx, 'set local lock_timeout = 0')
  await run(tx, 'set local idle_in_transaction_session_timeout = 0')
  // Sorting and joining a million rows in the server's default of 4 MB goes through files.
  await run(tx, "set local work_mem = '64MB'")
  await run(tx, "select pg_advisory_xact_lock(hashtext('countersign import ' || current_schema()))")
  for (const statement of stagingTables.split(';').filter((text) => text.trim() !== '')) await run(tx, statement)
}

/** Runs a statement that holds nothing from outside. */
export async function run(tx: Tx, statement: string): Promise<void> {
  await sql.raw(statement).execute(tx.sql)
}

/** Adds rows to a staging table: the keys of a row are the columns; a column that no row names is null. */
export async function stageRows(tx: Tx, table: string, rows: object[]): Promise<void> {
  if (rows.length === 0) return
  const name = sql.table(table)
  await sql`insert into ${name} select * from json_populate_recordset(null::${name}, ${JSON.stringify(rows)}::json)`.execute(tx.sql)
}

/** Adds the entries of a list cell of every row. */
export async function stageEntries<R extends { line: number }>(
  tx: Tx,
  file: ImportFileName,
  field: string,
  rows: R[],
  entriesOf: (row: R) => ListEntry[],
): Promise<void> {
  const entries = rows.flatMap((row) => entriesOf(row).map((entry, n) => ({ file, line: row.line, field, n, ...entry })))
  await stageRows(tx, 'import_entry', entries)
}

/** Notes what is wrong, beside the rows: a file of a million bad lines takes no memory of ours. */
export async function addIssues(tx: Tx, issues: ImportIssue[]): Promise<void> {
  // The one character that PostgreSQL has no place for.
  const storable = (text: string) => text.replaceAll('\0', '')
  const rows = issues.map(({ file, line, column, reason }) => ({
    file,
    line,
    column_name: column === null ? null : storable(column),
    reason: storable(reason),
  }))
  await stageRows(tx, 'import_issue', rows)
}

/** The first `most` issues by file, line and column, and how many more there are. */
export async function listIssues(tx: Tx, most: number): Promise<{ issues: ImportIssue[]; more: number }> {
  const { rows } = await sql<ImportIssue>`
    select file, line, column_name as "column", reason from import_issue
    order by file, line, column_name collate "C" nulls first, reason collate "C" limit ${most}`.execute(tx.sql)
  const all = await sql<{ count: string }>`select count(*) as count from import_issue`.execute(tx.sql)
  return { issues: rows, more: Number(all.rows[0]?.count ?? 0) - rows.length }
}

/** How many rows of the file were created and updated, and how much ended because the file has no row for it any more. */
export async function countTouched(tx: Tx, file: ImportFileName): Promise<{ created: number; updated: number; ended: number }> {
  const { rows } = await sql<{ created: string; updated: string; ended: string }>`
    select count(*) filter (where created) as created, count(*) filter (where not created) as updated,
      count(*) filter (where created is null) as ended
    from import_touched where file = ${file}`.execute(tx.sql)
  return { created: Number(rows[0]?.created ?? 0), updated: Number(rows[0]?.updated ?? 0), ended: Number(rows[0]?.ended ?? 0) }
}
