import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'

/** The demo organisation after a year, as rows. */
export interface DemoYear {
  /** The last moment of it. */
  endsAt: Date
  /** Of the CSV files it was made from; see organisationHash. */
  organisation: string
  /** The migrations of the database it was made in. */
  migrations: string[]
  /** In the order in which they can be written: the rows of each table, as JSON text. */
  tables: { name: string; rows: string }[]
}

export const demoYearFile = 'rows.jsonl.br'

/** Reads the year in a folder; undefined when there is none. */
export async function readDemoYear(folder: string): Promise<DemoYear | undefined> {
  const packed = await readFile(join(folder, demoYearFile)).catch(() => undefined)
  if (packed === undefined) return undefined
  const [head = '', ...lines] = (await promisify(brotliDecompress)(packed)).toString('utf8').trimEnd().split('\n')
  const { tables, ...made } = JSON.parse(head) as { endsAt: string; organisation: string; migrations: string[]; tables: string[] }
  return { ...made, endsAt: new Date(made.endsAt), tables: tables.map((name, at) => ({ name, rows: lines[at] ?? '[]' })) }
}

/** One hash over the CSV files of a folder, by name. */
export async function organisationHash(folder: string): Promise<string> {
  const hash = createHash('sha256')
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.csv')).sort())
    hash.update(`${name}\n`).update(await readFile(join(folder, name)))
  return hash.digest('hex')
}
