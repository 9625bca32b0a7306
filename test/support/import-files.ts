import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openOrganisation } from '../../src/adapters/csv.ts'
import { type ImportResult, importOrganisation } from '../../src/operations/import-organisation.ts'
import type { TestApp } from './app.ts'

/** Imports files, by name without `.csv` and as lines, by the product's own import; returns what came of it. */
export async function importFiles(app: TestApp, texts: Record<string, string[]>): Promise<ImportResult> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-files-'))
  try {
    for (const [name, lines] of Object.entries(texts)) await writeFile(join(folder, `${name}.csv`), `${lines.join('\n')}\n`)
    const { files } = await openOrganisation(folder)
    return await importOrganisation(app.app, { files })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Who holds what without having asked: the lines of memberships.csv, with its first. */
export function membershipLines(lines: string[]): string[] {
  return ['identityAlias,type,item,origin', ...lines]
}
