import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, inject } from 'vitest'
import { timeOrderedIds } from '../../src/adapters/ids.ts'
import { runImport } from '../../src/cli/import.ts'
import { importOrganisation, type OrganisationFiles } from '../../src/operations/import-organisation.ts'
import { Database } from '../../src/store/db.ts'
import { migrate, readMigrations } from '../../src/store/migrate.ts'

/** Of the repository. */
export const root = join(import.meta.dirname, '../..')

/** Files by name, without `.csv`, as text or as lines. */
export type Texts = Record<string, string | string[]>

export interface ImportRun {
  code: number
  out: string[]
  errors: string[]
  /** `created/updated/unchanged` by file, without `.csv`. */
  counts: Record<string, string>
}

/** A schema, new and empty for every test of a file, and what is needed to import into it and look at it. */
export interface ImportHouse {
  readonly url: string
  readonly schema: string
  /** A new folder with the files. */
  folderOf(texts: Texts): string
  /** Runs the command as its caller does; only the writing is handed in. */
  runOn(folder: string): Promise<ImportRun>
  /** The same for files that nothing is wrong with. */
  importing(texts: Texts): Promise<ImportRun>
  rows<T = Record<string, unknown>>(query: string, values?: unknown[]): Promise<T[]>
  /** How many rows each table has. */
  countAll(): Promise<Record<string, number>>
}

const clock = { now: () => new Date() }

/** To be called once at the top of a test file. */
export function openImportHouse(): ImportHouse {
  const url = inject('databaseUrl')
  let schema = ''
  let work = ''
  let folders = 0
  let db: Database
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'countersign-import-'))
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))
  beforeEach(async () => {
    schema = `import_${randomBytes(6).toString('hex')}`
    db = await openSchema(url, schema)
    return async () => {
      await db.close()
      await dropSchema(url, schema)
    }
  })
  const rows: ImportHouse['rows'] = async (query, values = []) => (await db.pool.query(query, values)).rows
  const house: ImportHouse = {
    url,
    get schema() {
      return schema
    },
    folderOf(texts) {
      const folder = join(work, `organisation-${++folders}`)
      mkdirSync(folder)
      for (const [name, text] of Object.entries(texts)) {
        writeFileSync(join(folder, `${name}.csv`), typeof text === 'string' ? text : text.join('\n'))
      }
      return folder
    },
    runOn: (folder) => runOn(db, folder),
    async importing(texts) {
      const run = await house.runOn(house.folderOf(texts))
      expect(run.errors).toEqual([])
      return run
    },
    rows,
    async countAll() {
      const tables = await rows<{ name: string }>(
        'select table_name as name from information_schema.tables where table_schema = $1 order by 1',
        [schema],
      )
      const counts: Record<string, number> = {}
      for (const { name } of tables) counts[name] = Number((await rows<{ n: string }>(`select count(*) as n from ${name}`))[0]?.n)
      return counts
    },
  }
  return house
}

async function openSchema(url: string, schema: string): Promise<Database> {
  await migrate({ url, schema }, await readMigrations(join(root, 'migrations')))
  // So short that a statement of a large import runs into it unless the import lifts it.
  const limits = { poolSize: 2, statementTimeoutMs: 1_000, lockTimeoutMs: 1_000, movableClock: false }
  return new Database({ url, schema, ...limits }, clock, () => undefined)
}

async function dropSchema(url: string, schema: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`drop schema ${schema} cascade`)
  await client.end()
}

async function runOn(db: Database, folder: string): Promise<ImportRun> {
  const run: ImportRun = { code: -1, out: [], errors: [], counts: {} }
  run.code = await runImport(folder, {
    async importOrganisation(files: OrganisationFiles, onProgress) {
      const result = await importOrganisation({ db, ids: timeOrderedIds(clock) }, { files, onProgress })
      if (result.ok) for (const f of result.files) run.counts[f.file.replace('.csv', '')] = `${f.created}/${f.updated}/${f.unchanged}`
      return result
    },
    out: (line) => run.out.push(line),
    error: (line) => run.errors.push(line),
  })
  return run
}

/** The lines of a CSV file by column, read by another reader than ours; none when the file is not there. */
export function linesOf(folder: string, name: string): Record<string, string>[] {
  const path = join(folder, name)
  return existsSync(path) ? parse(readFileSync(path), { columns: true, bom: true }) : []
}

/** Three people and one source, with what one of them and one robot hold there. */
export const people = ['alias,name,managerAlias', 'ann,Ann Ash,', 'ben,Ben Birch,ann', 'cem,Cem Cedar,ann']
export const base: Texts = {
  identities: people,
  sources: ['name,ownerAlias', 'Directory,ann'],
  entitlements: ['source,attribute,value', 'Directory,groups,red', 'Directory,groups,blue'],
  accounts: ['source,nativeIdentity,identityAlias', 'Directory,uid=ben,ben', 'Directory,uid=robot,'],
  holdings: ['source,nativeIdentity,attribute,value', 'Directory,uid=ben,groups,red', 'Directory,uid=robot,groups,red'],
}
