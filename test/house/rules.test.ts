import { expect, test } from 'vitest'
import { placesOf, type Source, sourcesIn } from './source.ts'

/** A rule that a file breaks today: remove the line when it no longer does. */
interface Exception {
  file: string
  rule: string
  since: string
  reason: string
}

const exceptions: Exception[] = []

const product = sourcesIn('src', 'web')
const everything = sourcesIn('src', 'web', 'demo', 'test', 'scripts')

function breaking(rule: string, sources: Source[], placesIn: (source: Source) => string[]): string[] {
  const excused = (source: Source) => exceptions.some((one) => one.rule === rule && one.file === source.name)
  const stale = sources.filter((source) => excused(source) && placesIn(source).length === 0)
  return [
    ...sources.filter((source) => !excused(source)).flatMap(placesIn),
    ...stale.map((source) => `${source.name} keeps the rule now: remove its exception from test/house/rules.test.ts`),
  ]
}

function inComments(source: Source, pattern: RegExp): string[] {
  return source.comments.filter(({ text }) => pattern.test(text)).map(({ line, text }) => `${source.name}:${line}: ${text}`)
}

const except = (...files: string[]) => product.filter((source) => !files.some((file) => source.name.startsWith(file)))

test('only the clock adapter, and the clock of the portal, ask the machine what time it is', () => {
  const clock = /\bnew Date\(\s*\)|\bDate\.now\b|(?<!new )\bDate\(\s*\)/g
  expect(
    breaking('clock', except('src/adapters/clock.ts', 'web/src/parts/clock.tsx'), (source) => placesOf(source, source.code, clock)),
  ).toEqual([])
})

test('only the configuration reads the environment', () => {
  const environment = /\bprocess\.env\b|\bprocess\['env'\]|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/g
  expect(breaking('environment', except('src/config.ts'), (source) => placesOf(source, source.withStrings, environment))).toEqual([])
})

test('only the command line and main write to the console', () => {
  const console = /\bconsole\s*[.[]/g
  expect(
    breaking('console', except('src/cli/', 'src/main.ts', 'src/main/', 'web/build/'), (source) => placesOf(source, source.code, console)),
  ).toEqual([])
})

test('the middle never waits: domain has no async functions, promises or timers', () => {
  const waiting = /\basync\b|\bawait\b|\bPromise\b|\bsetTimeout\b|\bsetInterval\b/g
  expect(breaking('waiting', sourcesIn('src/domain'), (source) => placesOf(source, source.code, waiting))).toEqual([])
})

test('every TODO gives its reason in parentheses', () => {
  expect(breaking('todo', everything, (source) => inComments(source, /\b(TODO(?!\([^)]{5,}\))|FIXME|XXX)\b/))).toEqual([])
})

test('no type error and no finding of the linter is silenced', () => {
  const silenced = /@ts-(ignore|nocheck)|biome-ignore|eslint-disable/
  expect(breaking('silenced', everything, (source) => inComments(source, silenced))).toEqual([])
  // A test may show that something does not compile.
  expect(breaking('expected', product, (source) => inComments(source, /@ts-expect-error/))).toEqual([])
})

test('nothing is cast to any', () => {
  // The linter finds it as the type of something.
  expect(breaking('any', everything, (source) => placesOf(source, source.code, /\bas\s+any\b|<any>/g))).toEqual([])
})
