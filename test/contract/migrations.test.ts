import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { migrate, readMigrations } from '../../src/store/migrate.ts'
import { root } from '../support/app.ts'
import { rowsOfState } from '../support/rows-of-state.ts'

const migrations = await readMigrations(join(root, 'migrations'))

async function withSchema<T>(work: (options: { url: string; schema: string }, client: pg.Client) => Promise<T>): Promise<T> {
  const options = { url: inject('databaseUrl'), schema: `m_${randomUUID().replaceAll('-', '')}` }
  const client = new pg.Client({ connectionString: options.url, options: `-c search_path=${options.schema}` })
  await client.connect()
  try {
    return await work(options, client)
  } finally {
    await client.query(`drop schema if exists ${options.schema} cascade`)
    await client.end()
  }
}

test('migrating twice applies nothing the second time', async () => {
  await withSchema(async (options) => {
    expect(await migrate(options, migrations)).toEqual(migrations.map((m) => m.name))
    expect(await migrate(options, migrations)).toEqual([])
  })
})

test('four nodes that migrate at the same moment apply each migration once', async () => {
  await withSchema(async (options) => {
    const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(options, migrations)))
    expect(applied.flat().sort()).toEqual(migrations.map((m) => m.name))
  })
})

test('a migration that was changed after it was applied is refused by name', async () => {
  await withSchema(async (options) => {
    await migrate(options, migrations)
    const changed = migrations.map((m, at) => (at === 0 ? { ...m, checksum: 'another' } : m))
    await expect(migrate(options, changed)).rejects.toThrow(`${migrations[0]?.name} was changed after it was applied`)
  })
})

test('a database that is newer than the program is refused', async () => {
  await withSchema(async (options) => {
    await migrate(options, [...migrations, { name: '9999_future.sql', sql: 'select 1', checksum: 'x' }])
    await expect(migrate(options, migrations)).rejects.toThrow('newer than the program')
  })
})

test('a migration that fails leaves nothing of itself behind', async () => {
  await withSchema(async (options, client) => {
    const bad = { name: '9999_bad.sql', sql: 'create table half (id text); select 1/0', checksum: 'x' }
    await expect(migrate(options, [...migrations, bad])).rejects.toThrow('9999_bad.sql failed: division by zero')
    expect((await client.query(`select to_regclass('half') as half`)).rows[0].half).toBeNull()
  })
})

test.each(migrations.map((_, at) => at + 1))('data of state %i is carried through the later migrations unchanged', async (state) => {
  await withSchema(async (options, client) => {
    await migrate(options, migrations.slice(0, state))
    for (const [table, row] of rowsOfState) await insert(client, table, row)
    await migrate(options, migrations)
    for (const [table, row] of rowsOfState) {
      const names = Object.keys(row)
      const { rows } = await client.query(`select ${names.join(', ')} from ${table}`)
      expect(rows, table).toContainEqual(row)
    }
  })
})

async function insert(client: pg.Client, table: string, row: Record<string, unknown>): Promise<void> {
  const names = Object.keys(row)
  const values = Object.values(row).map((v) =>
    typeof v === 'object' && v !== null && !(v instanceof Date) && !Array.isArray(v) ? JSON.stringify(v) : v,
  )
  await client.query(`insert into ${table} (${names.join(', ')}) values (${names.map((_, at) => `$${at + 1}`).join(', ')})`, values)
}
