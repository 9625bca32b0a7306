import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { read, repository, repositoryFiles, sourcesIn } from './source.ts'

const document = 'docs/compatibility.md'

/** Where the code follows the wire against reason, or leaves it: `// compat: slug. Why.` */
function slugsInCode(): Map<string, string> {
  const slugs = new Map<string, string>()
  for (const source of sourcesIn('src', 'web')) {
    for (const { line, text } of source.comments) {
      for (const match of text.matchAll(/\bcompat:\s*(\S+)/g)) slugs.set((match[1] ?? '').replace(/[.,;:]+$/, ''), `${source.name}:${line}`)
    }
  }
  return slugs
}

/** The rows of the table below the heading "Divergences": its first cell is a slug in backticks, its last names tests. */
function rowsInDocument(): { slug: string; tests: string[] }[] {
  if (!existsSync(join(repository, document))) throw new Error(`${document} is missing: it lists every divergence under "## Divergences"`)
  const [, section = ''] = /^## Divergences\b[^\n]*\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(read(document)) ?? []
  return [...section.matchAll(/^\|\s*`([^`]+)`\s*\|.*\|([^|]*)\|\s*$/gm)].map(([, slug = '', last = '']) => ({
    slug,
    tests: [...last.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
  }))
}

const slugsInDocument = () => rowsInDocument().map(({ slug }) => slug)

test('every divergence marked in the code has its line in docs/compatibility.md', () => {
  const told = slugsInDocument()
  const untold = [...slugsInCode()].filter(([slug]) => !told.includes(slug)).map(([slug, place]) => `${place}: ${slug}`)
  expect(untold).toEqual([])
})

test('every divergence in docs/compatibility.md is marked in the code, once in the table', () => {
  const marked = slugsInCode()
  const told = slugsInDocument()
  expect(told.filter((slug) => !marked.has(slug))).toEqual([])
  expect(told.filter((slug, index) => told.indexOf(slug) !== index)).toEqual([])
})

test('a divergence is marked with a slug of lower-case words and dashes', () => {
  const strange = [...slugsInCode()].filter(([slug]) => !/^[a-z0-9]+(-[a-z0-9]+)+$/.test(slug))
  expect(strange).toEqual([])
})

test('every divergence names the tests that hold it, and their files are there', () => {
  const fileOf = (name: string) => `test/${name}.test.ts`
  const untested = rowsInDocument().filter(({ tests }) => tests.length === 0)
  expect(untested.map(({ slug }) => slug)).toEqual([])
  const named = rowsInDocument().flatMap(({ slug, tests }) => tests.map((name) => ({ slug, file: fileOf(name) })))
  expect(named.filter(({ file }) => !repositoryFiles.includes(file))).toEqual([])
})
