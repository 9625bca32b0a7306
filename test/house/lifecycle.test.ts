import { expect, test } from 'vitest'
import { lifecycleDocument, lifecycles, type MoveTable } from '../../scripts/lifecycle-document.ts'
import { isOpen, itemStates } from '../../src/domain/lifecycle.ts'
import { read, repositoryFiles } from './source.ts'

const migrations = repositoryFiles.filter((name) => /^migrations\/\d{4}_.*\.sql$/.test(name)).sort()
const sql = migrations
  .map(read)
  .join('\n')
  .replace(/--[^\n]*/g, '')

function wordsIn(list: string): string[] {
  return [...list.matchAll(/'([^']*)'/g)].map((match) => match[1] ?? '')
}

/** What the last migration that speaks of it allows in `table.state`. */
function statesInSql(table: string): string[] {
  const created = new RegExp(`create table ${table} \\(([\\s\\S]*?)\\n\\);`, 'g')
  const altered = new RegExp(`alter table ${table}\\b([^;]*);`, 'g')
  const speaking = [...sql.matchAll(created), ...sql.matchAll(altered)].sort((a, b) => a.index - b.index).map((match) => match[1] ?? '')
  const lists = speaking.flatMap((text) => [...text.matchAll(/\(\s*state in \(([^)]*)\)\s*\)/g)].map((match) => match[1] ?? ''))
  return wordsIn(lists.at(-1) ?? '')
}

function reachableFrom(first: string, moves: MoveTable): Set<string> {
  const reached = new Set([first])
  for (const state of reached) for (const next of Object.values(moves[state] ?? {})) reached.add(next)
  return reached
}

test.each(lifecycles)('every move of a $title leads to a state that exists', ({ moves }) => {
  const states = Object.keys(moves)
  const strange = Object.entries(moves).flatMap(([from, out]) =>
    Object.entries(out).filter(([, to]) => !states.includes(to) || from === ''),
  )
  expect(strange).toEqual([])
})

test.each(lifecycles)('every state of a $title can be reached from its first', ({ moves }) => {
  const [first = ''] = Object.keys(moves)
  const reached = reachableFrom(first, moves)
  expect(Object.keys(moves).filter((state) => !reached.has(state))).toEqual([])
})

test.each(lifecycles)('from every state of a $title an end can be reached', ({ moves }) => {
  const isEnd = (state: string) => Object.keys(moves[state] ?? {}).length === 0
  expect(Object.keys(moves).filter((state) => ![...reachableFrom(state, moves)].some(isEnd))).toEqual([])
})

test.each(lifecycles)('the database allows a $title exactly the states of its table', ({ table, moves }) => {
  expect(statesInSql(table).sort()).toEqual(Object.keys(moves).sort())
})

test('the index that keeps two open requests for the same access apart lists exactly the open states', () => {
  const definitions = [...sql.matchAll(/create unique index requested_item_one_open\b([^;]*);/g)]
  expect(wordsIn(definitions.at(-1)?.[1] ?? '').sort()).toEqual(itemStates.filter(isOpen).sort())
})

test('docs/lifecycle.md shows the tables as they are (npm run docs:lifecycle writes it)', () => {
  expect(read('docs/lifecycle.md')).toBe(lifecycleDocument())
})
