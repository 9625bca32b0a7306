import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import type { DatabaseOptions } from './db.ts'

/** One migration file as it is on disk. */
export interface Migration {
  name: string
  sql: string
  checksum: string
}

/** Reads `NNNN_*.sql` from a folder, in order. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_.*\.sql$/.test(name)).sort()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(`${folder}/${name}`, 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/**
 * Brings the schema up to date, one node at a time; returns the names applied now. Refuses when a migration that was applied has changed
 * since, or when the database is newer than this program.
 */
export async function migrate(options: Pick<DatabaseOptions, 'url' | 'schema'>, migrations: Migration[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: options.url, options: `-c search_path=${options.schema} -c timezone=UTC` })
  await client.connect()
  try {
    // Only one node migrates; the others wait here and then find nothing to do.
    await client.query('select pg_advisory_lock(hashtext($1))', [`countersign migrate ${options.schema}`])
    await client.query(`create schema if not exists ${client.escapeIdentifier(options.schema)}`)
    await client.query(
      'create table if not exists schema_migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())',
    )
    const { rows } = await client.query<{ name: string; checksum: string }>('select name, checksum from schema_migration order by name')
    const missing = pending(migrations, rows)
    for (const migration of missing) await apply(client, migration)
    return missing.map((m) => m.name)
  } finally {
    await client.end()
  }
}

/** The names of the migrations that the schema has yet to see; changes nothing. Refuses as `migrate` does. */
export async function listPendingMigrations(options: Pick<DatabaseOptions, 'url' | 'schema'>, migrations: Migration[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: options.url, options: `-c search_path=${options.schema}` })
  await client.connect()
  try {
    const found = await client.query<{ known: string | null }>("select to_regclass('schema_migration') as known")
    if (!found.rows[0]?.known) return migrations.map((m) => m.name)
    const { rows } = await client.query<{ name: string; checksum: string }>('select name, checksum from schema_migration')
    return pending(migrations, rows).map((m) => m.name)
  } finally {
    await client.end()
  }
}

function pending(migrations: Migration[], applied: { name: string; checksum: string }[]): Migration[] {
  for (const row of applied) {
    const migration = migrations.find((m) => m.name === row.name)
    if (!migration)
      throw new Error(`The database has migration ${row.name}, which this version does not know: it is newer than the program.`)
    if (migration.checksum !== row.checksum) throw new Error(`Migration ${row.name} was changed after it was applied.`)
  }
  return migrations.filter((m) => !applied.some((row) => row.name === m.name))
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('begin')
  try {
    await client.query(migration.sql)
    await client.query('insert into schema_migration (name, checksum) values ($1, $2)', [migration.name, migration.checksum])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw new Error(`Migration ${migration.name} failed: ${error instanceof Error ? error.message : String(error)}`)
  }
}
