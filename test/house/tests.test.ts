import { expect, test } from 'vitest'
import { lineAt, placesOf, type Source, sourceOf, sourcesIn } from './source.ts'

const testFiles = [...sourcesIn('test'), ...sourcesIn('src').filter(({ name }) => /\.test\.tsx?$/.test(name))]

interface Named {
  place: string
  name: string
}

/** The names of a file's tests, of those with a table, too. A name that is computed is left alone. */
function namesIn(source: Source): Named[] {
  const call = /(?<![\w$.])(?:test|it)((?:\.\w+)*)\s*\(/g
  return [...source.code.matchAll(call)].flatMap((match) => {
    const isTable = /\.(each|for|skipIf|runIf)$/.test(match[1] ?? '')
    const open = match.index + match[0].length
    const from = isTable ? closing(source.code, open) : open
    const text = source.withStrings.slice(from, from + 400)
    const name = (isTable ? /^\)\s*\(\s*(['"`])(.*?)\1/s : /^\s*(['"`])(.*?)\1/s).exec(text)?.[2]
    return name === undefined ? [] : [{ place: `${source.name}:${lineAt(source.text, match.index)}`, name }]
  })
}

/** Where the parenthesis that was opened before `from` is closed. */
function closing(code: string, from: number): number {
  let depth = 0
  for (let at = from; at < code.length; at++) {
    if (code[at] === '(') depth++
    else if (code[at] === ')' && depth-- === 0) return at
  }
  return code.length
}

test('the name of a test is a sentence, not a word', () => {
  const words = testFiles.flatMap(namesIn).filter(({ name }) => !/\S \S/.test(name))
  expect(words).toEqual([])
})

test('no file has two tests of the same name', () => {
  const doubles = testFiles.flatMap((source) => {
    const names = namesIn(source).map(({ name }) => name)
    // Two tables may well end in the same words; their rows differ.
    return names
      .filter((name, index) => !name.includes('%') && !name.includes('$') && names.indexOf(name) !== index)
      .map((name) => `${source.name}: ${name}`)
  })
  expect(doubles).toEqual([])
})

test('no test is skipped, left to do, or run alone', () => {
  const modifier = /(?<![\w$.])(?:test|it|describe|suite)(?:\.\w+)*\.(?:skip|only|todo|fails)\b/g
  expect(testFiles.flatMap((source) => placesOf(source, source.code, modifier))).toEqual([])
})

test('a test that does not run everywhere says why', () => {
  const bare = testFiles.flatMap((source) => {
    const conditions = [...source.code.matchAll(/\.(?:skipIf|runIf)\(/g)].filter(
      (match) => !isExplained(source, lineAt(source.text, match.index)),
    )
    const skips = [...source.code.matchAll(/\.skip\(\s*\)/g)]
    return [...conditions, ...skips].map((match) => `${source.name}:${lineAt(source.text, match.index)}`)
  })
  expect(bare).toEqual([])
})

/** A comment right above, or a constant in the condition that carries the reason in its name, as `skipIf(reason)`. */
function isExplained(source: Source, line: number): boolean {
  const near = source.comments.some((comment) => {
    const last = comment.line + comment.text.split('\n').length - 1
    return last >= line - 3 && last <= line
  })
  return near || /reason/i.test(source.text.split('\n')[line - 1] ?? '')
}

test('names are found in plain tests and in tests with a table', () => {
  const text = `test('a plain one', () => {})
it.concurrent(\`with a template\`, f)
test.each([[f(1), 'not a name']])('of a table %s', () => {})
test.for(cases)('of cases', () => {})
expect(x.test('not this one'))
test(computed, () => {})`
  expect(namesIn(sourceOf('x.ts', text)).map(({ name }) => name)).toEqual(['a plain one', 'with a template', 'of a table %s', 'of cases'])
})
