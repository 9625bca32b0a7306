import { expect, test } from 'vitest'
import { lineAt, type Source, sourceOf, sourcesIn } from './source.ts'

const since = '2026-11-22'

/** Exported functions that had no comment on that day. The list only gets shorter: remove what has one now, add nothing. */
const exceptions: string[] = []

/** Exported functions without a comment right above them. The declarations of an overload share the one above the first. */
function uncommented(source: Source): string[] {
  const declaration =
    /^export (?:async )?function\*?\s+([\w$]+)|^export const ([\w$]+)[^=\n]*= (?:async )?(?:<[^\n]*>)?\(?[^\n]*=>|^export const ([\w$]+)[^=\n]*= (?:async )?\(\s*$/gm
  const seen = new Set<string>()
  return [...source.code.matchAll(declaration)].flatMap((match) => {
    const name = match[1] ?? match[2] ?? match[3] ?? ''
    const first = !seen.has(name)
    seen.add(name)
    const above = source.text.slice(0, match.index).trimEnd()
    return first && !above.endsWith('*/') ? [`${source.name} ${name}`] : []
  })
}

const places = sourcesIn('src/domain', 'src/operations', 'src/store', 'src/api').flatMap(uncommented)

test('every exported function of domain, operations, store and api says to its caller what it does', () => {
  expect(places.filter((place) => !exceptions.includes(place))).toEqual([])
})

test(`no exception of ${since} has outlived its reason`, () => {
  expect(exceptions.filter((place) => !places.includes(place))).toEqual([])
})

test('a missing comment is found for functions and for constants that are functions, but not for other constants', () => {
  const text = `export function a() {}
/** Said. */
export async function b() {}
export const c = (x: string) => x
export const d = async () => {}
export const e = x => x
export const f = (
  x: string,
) => x
/** Said. */
export const g = <T>(x: T): T => x
export const list = ['=>'].map(String)
export function h(x: string): void
export function h(x: number): void
`
  expect(uncommented(sourceOf('x.ts', text))).toEqual(['x.ts a', 'x.ts c', 'x.ts d', 'x.ts e', 'x.ts f', 'x.ts h'])
  expect(lineAt(text, text.indexOf('export const c'))).toBe(4)
})
