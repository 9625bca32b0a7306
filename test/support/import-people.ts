import { expect } from 'vitest'
import type { TestApp } from './app.ts'
import { importFiles } from './import-files.ts'

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
  ]
  const result = await importFiles(app, { identities: text })
  expect(result, JSON.stringify(result)).toMatchObject({ ok: true })
}
