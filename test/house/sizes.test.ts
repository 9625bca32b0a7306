import { expect, test } from 'vitest'
import { type Source, sourceOf, sourcesIn } from './source.ts'

const longestFile = 400
const longestFunction = 80

/**
 * What is over a limit today and why it stays so for now. `lines` is its size on that date: it may shrink, not grow.
 * An entry that is within the limit again must go.
 */
const exceptions: { where: string; lines: number; since: string; reason: string }[] = []

interface Sized {
  where: string
  lines: number
}

const keywords = /^\s*(?:\}\s*)?(?:if|for|while|switch|catch|else|do|try|finally|with|return|await|new)\b/
const opensFunction =
  /\bfunction\b.*\{$|=>\s*\(?\{$|^\s*(?:(?:public|private|protected|static|override|async|get|set)\s+)*[*#]?[\w$]+(?:<.*>)?\(.*\{$/
const opensAfterParameters = /^\s*\)(?::.*)?(?:\s*=>)?\s*\{$/

/**
 * The functions of a formatted file. The formatter closes a body in the column in which the line that opened it begins; a list of
 * parameters that was broken over lines begins in that column, too.
 */
function functionsOf(source: Source): Sized[] {
  const lines = source.code.split('\n').map((line) => line.trimEnd())
  return lines.flatMap((line, index) => {
    const long = opensAfterParameters.test(line)
    if (!long && (keywords.test(line) || !opensFunction.test(line))) return []
    const column = line.search(/\S/)
    const first = long ? lines.findLastIndex((one, at) => at < index && one.search(/\S/) === column) : index
    const head = lines[first] ?? ''
    if (long && keywords.test(head)) return []
    if (/^\s*describe\b/.test(head)) return []
    const length = lines.slice(index + 1).findIndex((one) => one.search(/\S/) === column && one.trim().startsWith('}'))
    const name = /(?:function\s*\*?|const|let)\s+([\w$]+)|([\w$]+)\s*[(=:<]/.exec(head)
    const body = lines.slice(index + 1, index + 1 + length)
    // A suite that several tests files run is as long as the tests it holds.
    if (source.name.startsWith('test/') && body.some((one) => /^\s+(test|it|describe)\b.*\(/.test(one))) return []
    return [{ where: `${source.name} ${name?.[1] ?? name?.[2] ?? `line ${first + 1}`}`, lines: index + length + 2 - first }]
  })
}

function filesOf(sources: Source[]): Sized[] {
  return sources.map((source) => ({ where: source.name, lines: source.text.trimEnd().split('\n').length }))
}

function complaintsOf(all: Sized[], limit: number): string[] {
  return all
    .filter(({ where, lines }) => lines > (exceptions.find((one) => one.where === where)?.lines ?? limit))
    .map(({ where, lines }) => `${where}: ${lines} lines`)
}

const sources = sourcesIn('src', 'web', 'demo', 'test', 'scripts')

test(`no file is longer than ${longestFile} lines`, () => {
  expect(complaintsOf(filesOf(sources), longestFile)).toEqual([])
})

test(`no function is longer than ${longestFunction} lines`, () => {
  expect(complaintsOf(sources.flatMap(functionsOf), longestFunction)).toEqual([])
})

test('every exception is dated, has a reason and is still needed', () => {
  const sizes = [...filesOf(sources), ...sources.flatMap(functionsOf)]
  const needless = exceptions.filter(({ where, since, reason }) => {
    const limit = where.includes(' ') ? longestFunction : longestFile
    const needed = sizes.some((one) => one.where === where && one.lines > limit)
    return !needed || !/^\d{4}-\d\d-\d\d$/.test(since) || reason.length < 10
  })
  expect(needless).toEqual([])
})

test('the length of a function counts from its first line to its closing brace, however it is written', () => {
  const text = `function plain() {
  if (a) {
    b()
  }
}

export async function withParameters(
  a: string,
): Promise<{ b: string }> {
  return { b: a }
}

const arrow = (a: { b: string }) => {
  return a
}

class Thing {
  private async method(a: string): Promise<void> {
    for (const b of a) {
      c(b)
    }
  }
}

test('a sentence', async () => {
  c()
})

function Element(props: P) {
  return <A {...props} />
}

function Elements() {
  return <A>{a}</A>
}
`
  const shown = functionsOf(sourceOf('x.ts', text)).map(({ where, lines }) => `${where} ${lines}`)
  expect(shown).toEqual([
    'x.ts plain 5',
    'x.ts withParameters 5',
    'x.ts arrow 3',
    'x.ts method 5',
    'x.ts test 3',
    'x.ts Element 3',
    'x.ts Elements 3',
  ])
})
