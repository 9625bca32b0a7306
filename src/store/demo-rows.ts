import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Tx } from './db.ts'

type Row = Record<string, unknown>

/** Writes rows of a table as they were read from one, all in one statement; takes JSON text. Columns they do not know get their defaults. */
export async function insertDemoRows(tx: Tx, table: string, text: string): Promise<void> {
  const rows = JSON.parse(text) as Row[]
  const [first] = rows
  if (first === undefined) return
  const columns = sql.join(Object.keys(first).map((column) => sql.id(column)))
  const written = table === 'audit_event' ? JSON.stringify(rows.map(hashedAnew)) : text
  await sql`
    insert into ${sql.table(table)} (${columns})
    select ${columns} from jsonb_populate_recordset(null::${sql.table(table)}, ${written}::jsonb)`.execute(tx.sql)
}

/** The moments in the record were moved, so its hashes are those of the text as it is now. */
function hashedAnew(row: Row): Row {
  return { ...row, leaf_hash: createHash('sha256').update(String(row['canonical'])).digest('hex') }
}
