import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openOrganisation } from '../../src/adapters/csv.ts'
import { importOrganisation } from '../../src/operations/import-organisation.ts'
import type { TestApp } from './app.ts'

/** People as an import brings them again: whose manager is who, and who is still there. Names are kept as they are. */
export interface PersonLine {
  alias: string
  managerAlias?: string
  status?: 'ACTIVE' | 'INACTIVE'
}

/** Imports people who are there already, by the product's own import; columns that no line has are left out. */
export async function importPeople(app: TestApp, lines: PersonLine[]): Promise<void> {
  const columns = (['managerAlias', 'status'] as const).filter((column) => lines.some((line) => line[column] !== undefined))
  const names = await app.sql('select alias, name from identity')
  const nameOf = (alias: string) => String(names.find((row) => row['alias'] === alias)?.['name'])
  const text = [
    ['alias', 'name', ...columns].join(','),
    ...lines.map((line) => [line.alias, nameOf(line.alias), ...columns.map((column) => line[column] ?? '')].join(',')),
  ].join('\n')
  const folder = await mkdtemp(join(tmpdir(), 'countersign-people-'))
  try {
    await writeFile(join(folder, 'identities.csv'), `${text}\n`)
    const { files } = await openOrganisation(folder)
    const result = await importOrganisation(app.app, { files })
    expect(result, JSON.stringify(result)).toMatchObject({ ok: true })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
