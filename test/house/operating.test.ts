import { expect, test } from 'vitest'
import { readConfig, settings } from '../../src/config.ts'
import { read } from './source.ts'

const document = read('docs/operating.md')

/** The rows of the table below a heading, its own two head lines left out; cells without the backticks around them. */
function tableBelow(heading: string): string[][] {
  const [, section = ''] = document.split(`\n## ${heading}\n`)
  const lines = section.split(/\n## /)[0]?.split('\n') ?? []
  const from = lines.findIndex((line) => line.startsWith('|'))
  const rows = lines.slice(from + 2)
  const end = rows.findIndex((line) => !line.startsWith('|'))
  return rows.slice(0, end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
  )
}

test('docs/operating.md lists every setting with its default and its meaning, and no other', () => {
  expect(tableBelow('Configuration')).toEqual(settings.map(({ name, usual, about }) => [name, usual, about]))
})

/** Settings whose default is a value and not, in parentheses or with a condition, told in words. */
const plain = settings.filter(({ usual }) => /^[^\s(]+$/.test(usual))

test.each(plain)('the default that $name is said to have is the one it has', ({ name, usual }) => {
  expect(readConfig('sandbox', { [name]: usual })).toEqual(readConfig('sandbox', {}))
})

test('docs/operating.md lists every metric of our own, and no other', () => {
  const named = read('src/http/metrics.ts').match(/(?<=name: ')countersign_\w+/g) ?? []
  expect(tableBelow('Metrics').map(([name]) => name)).toEqual(named)
})
