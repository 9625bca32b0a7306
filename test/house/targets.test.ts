import { expect, test } from 'vitest'
import { kinds } from '../../src/adapters/connectors/registry.ts'
import type { Setting } from '../../src/adapters/connectors/settings.ts'
import { read } from './source.ts'

const document = read('docs/targets.md')

function sectionOf(kind: string): string {
  return document.split(`\n## \`${kind}\`: `)[1]?.split(/\n## /)[0] ?? ''
}

/** The rows of the table of settings, cells as they are written. */
function rowsOf(kind: string): string[][] {
  const lines = sectionOf(kind).split('\n')
  const from = lines.findIndex((line) => line.startsWith('| setting |'))
  const rows = lines.slice(from + 2)
  const end = rows.findIndex((line) => !line.startsWith('|'))
  return rows.slice(0, end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
}

function told({ usual }: Setting<unknown>): string {
  if (usual === undefined) return ''
  if (usual === null) return '(none)'
  return `\`${typeof usual === 'string' ? usual : JSON.stringify(usual)}\``
}

test.each(Object.keys(kinds))('docs/targets.md lists every setting of %s with its default and its meaning, and no other', (kind) => {
  const table = Object.entries(kinds[kind]?.table ?? {})
  expect(rowsOf(kind)).toEqual(table.map(([name, setting]) => [`\`${name}\``, told(setting), setting.about]))
})

test.each(Object.keys(kinds))('the example of %s in docs/targets.md is JSON whose settings there are', (kind) => {
  const [, example = ''] = /```json\n([\s\S]*?)```/.exec(sectionOf(kind)) ?? []
  const names = Object.keys(JSON.parse(example))
  expect(names.filter((name) => kinds[kind]?.table[name] === undefined)).toEqual([])
  for (const [name, setting] of Object.entries(kinds[kind]?.table ?? {})) if (setting.usual === undefined) expect(names).toContain(name)
})
