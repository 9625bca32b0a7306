import { builtinModules } from 'node:module'
import { dirname, join, normalize } from 'node:path/posix'
import { expect, test } from 'vitest'
import { type Import, importsOf, type Source, sourceOf, sourcesIn } from './source.ts'

/** What a folder of src may take from another: all, types only, or values whose names begin so. */
type Taken = 'all' | 'types' | RegExp

interface Layer {
  layers: Record<string, Taken>
  /** Packages from npm. */
  packages: RegExp
  /** Modules of Node itself. */
  builtins: boolean
}

const none = /^$/
const everyPackage = /./

const table: Record<string, Layer> = {
  domain: { layers: {}, packages: none, builtins: false },
  api: { layers: { domain: 'types' }, packages: /^typebox(\/|$)/, builtins: false },
  ports: { layers: { domain: 'all' }, packages: none, builtins: false },
  config: { layers: { domain: 'all', ports: 'all' }, packages: /^typebox(\/|$)/, builtins: true },
  store: { layers: { domain: 'all', ports: 'all' }, packages: /^(kysely|pg|pg-[\w-]+)$/, builtins: true },
  operations: { layers: { domain: 'all', ports: 'all', store: 'all' }, packages: none, builtins: false },
  jobs: { layers: { domain: 'all', ports: 'all', store: 'all', operations: 'all' }, packages: none, builtins: false },
  adapters: { layers: { domain: 'all', ports: 'all' }, packages: everyPackage, builtins: true },
  http: {
    layers: { api: 'all', domain: 'all', ports: 'all', operations: 'all', store: /^(find|load|list|count)[A-Z]/ },
    packages: everyPackage,
    builtins: true,
  },
  cli: {
    layers: { api: 'all', config: 'all', adapters: 'all', domain: 'types', ports: 'types', operations: 'types', store: 'types' },
    packages: none,
    builtins: true,
  },
}

/**
 * The portal: what a folder of web/src may take from the others, from src and from npm. A page is of one noun and takes nothing from those
 * of others; what two of them need is a part.
 */
const webTable: Record<string, { folders: readonly string[]; wire: Taken | undefined; packages: RegExp }> = {
  text: { folders: [], wire: undefined, packages: /^(react|@lingui\/(core|react))$/ },
  api: { folders: [], wire: 'types', packages: /^(typebox|react|@tanstack\/react-query)$/ },
  parts: {
    folders: ['text', 'api'],
    wire: 'types',
    packages: /^(react|react-aria-components|@tanstack\/react-(router|table|virtual)|uplot)$/,
  },
  pages: { folders: ['text', 'api', 'parts'], wire: 'types', packages: /^(react|@tanstack\/react-(router|query))$/ },
  app: {
    folders: ['text', 'api', 'parts', 'pages'],
    wire: 'types',
    packages: /^(react|react-aria-components|@tanstack\/react-(router|query))$/,
  },
  declarations: { folders: [], wire: undefined, packages: /^@lingui\/core$/ },
  main: {
    folders: ['text', 'api', 'app', 'styles'],
    wire: undefined,
    packages: /^(react|react-dom\/client|@tanstack\/react-(router|query))$/,
  },
}

/** Imports that are against the table today. The list only gets shorter: remove what is put right, add nothing. */
const exceptions: { place: string; since: string; reason: string }[] = []

const builtins = new Set(builtinModules)

/** `domain` for src/domain/x.ts and `main` for src/main.ts; undefined for what is not in src. */
function layerOf(name: string): string | undefined {
  return /^src\/([\w-]+)/.exec(name)?.[1]
}

function targetOf(source: Source, { from }: Import): string {
  return normalize(join(dirname(source.name), from))
}

function packageOf(from: string): string {
  return from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/')
}

function isBuiltin(from: string): boolean {
  return from.startsWith('node:') || builtins.has(from)
}

function refusalOf(source: Source, one: Import): string | undefined {
  const own = layerOf(source.name) ?? ''
  const rules = table[own]
  if (own === 'main') return undefined
  if (rules === undefined) return `${own} is in no row of the table`
  if (one.from === '(computed)') return `import of a computed name`
  if (isBuiltin(one.from)) return rules.builtins || one.typeOnly ? undefined : `${own} may not use modules of Node`
  if (!one.from.startsWith('.')) return rules.packages.test(one.from) ? undefined : `${own} may not use packages like this`
  const target = targetOf(source, one)
  const layer = layerOf(target)
  if (layer === undefined) return `${target} is outside src`
  if (layer === own) return undefined
  return refusalOfLayer(own, layer, rules.layers[layer], one)
}

function refusalOfLayer(own: string, layer: string, taken: Taken | undefined, one: Import): string | undefined {
  if (taken === undefined) return `${own} may not import ${layer}`
  if (taken === 'all' || one.typeOnly) return undefined
  if (taken === 'types') return `${own} may import only types from ${layer}`
  const names = one.values.filter((value) => !taken.test(value))
  return names.length === 0 ? undefined : `${own} may not take ${names.join(', ')} from ${layer}`
}

/** The same for a file of the portal. */
function refusalInWeb(source: Source, one: Import): string | undefined {
  const folderOf = (name: string) => /^web\/src\/([\w-]+)/.exec(name)?.[1] ?? ''
  const own = folderOf(source.name)
  const rules = webTable[own]
  if (rules === undefined) return `${own} is in no row of the table`
  if (one.from.startsWith('virtual:')) return undefined
  if (!one.from.startsWith('.')) return rules.packages.test(one.from) ? undefined : `${own} may not use packages like this`
  const target = targetOf(source, one)
  if (target.startsWith('src/')) {
    if (!target.startsWith('src/api/') || rules.wire === undefined) return `${own} may not import ${target}`
    return one.typeOnly ? undefined : `${own} may import only types from ${target}`
  }
  const folder = folderOf(target)
  if (folder !== own) return rules.folders.includes(folder) ? undefined : `${own} may not import ${target}`
  return own === 'pages' && dirname(target) !== dirname(source.name) ? `a page may not import ${target}` : undefined
}

function violationsOf(source: Source): { place: string; refusal: string }[] {
  return importsOf(source).flatMap((one) => {
    const refusal = source.name.startsWith('web/') ? refusalInWeb(source, one) : refusalOf(source, one)
    return refusal === undefined ? [] : [{ place: `${source.name} '${one.from}'`, refusal }]
  })
}

test('every file in src imports only what the row of its folder allows', () => {
  const violations = sourcesIn('src').flatMap(violationsOf)
  const isExcused = (place: string) => exceptions.some((one) => one.place === place)
  expect(violations.filter(({ place }) => !isExcused(place))).toEqual([])
  const stale = exceptions.filter((one) => !violations.some(({ place }) => place === one.place))
  expect(stale, 'put right: remove these exceptions').toEqual([])
})

test('every file of the portal imports only what the row of its folder allows', () => {
  expect(sourcesIn('web/src').flatMap(violationsOf)).toEqual([])
})

test('an adapter hides one library: no file in adapters imports two packages', () => {
  const packagesOf = (source: Source) => [
    ...new Set(
      importsOf(source)
        .map((one) => one.from)
        .filter((from) => !from.startsWith('.') && !isBuiltin(from))
        .map(packageOf),
    ),
  ]
  const several = sourcesIn('src/adapters').filter((source) => packagesOf(source).length > 1)
  expect(several.map((source) => `${source.name}: ${packagesOf(source).join(', ')}`)).toEqual([])
})

test('the browser client imports nothing of src but src/api', () => {
  const strange = sourcesIn('web').flatMap((source) =>
    importsOf(source)
      .map((one) => targetOf(source, one))
      .filter((target) => target.startsWith('src/') && !target.startsWith('src/api/'))
      .map((target) => `${source.name}: ${target}`),
  )
  expect(strange).toEqual([])
})

test('the demo target knows nothing of the product it is a target of', () => {
  const known = sourcesIn('demo').flatMap((source) =>
    importsOf(source)
      .map((one) => targetOf(source, one))
      .filter((target) => target.startsWith('src/'))
      .map((target) => `${source.name}: ${target}`),
  )
  expect(known).toEqual([])
})

test('no file in src or of the portal is imported in a circle', () => {
  const sources = sourcesIn('src', 'web')
  const graph = new Map(
    sources.map((source) => [
      source.name,
      importsOf(source)
        .filter((one) => !one.typeOnly && one.from.startsWith('.'))
        .map((one) => targetOf(source, one)),
    ]),
  )
  expect(circlesIn(graph)).toEqual([])
})

/** Every way along the arrows that comes back to a file it has passed, once. */
function circlesIn(graph: Map<string, string[]>): string[] {
  const circles: string[] = []
  const done = new Set<string>()
  const visit = (name: string, path: string[]): void => {
    if (path.includes(name)) circles.push([...path.slice(path.indexOf(name)), name].join(' → '))
    if (path.includes(name) || done.has(name)) return
    for (const next of graph.get(name) ?? []) visit(next, [...path, name])
    done.add(name)
  }
  for (const name of graph.keys()) visit(name, [])
  return circles
}

test.each([
  ['src/domain/a.ts', `import { readFileSync } from 'node:fs'`],
  ['src/domain/a.ts', `import { Type } from 'typebox'`],
  ['src/domain/a.ts', `import type { Clock } from '../ports.ts'`],
  ['src/api/a.ts', `import { next } from '../domain/lifecycle.ts'`],
  ['src/store/a.ts', `import { decide } from '../operations/decide.ts'`],
  ['src/store/lists/a.ts', `import { shape } from '../../api/shape.ts'`],
  ['src/operations/a.ts', `import pg from 'pg'`],
  ['src/operations/a.ts', `export { toWire } from '../http/approvals.ts'`],
  ['src/http/a.ts', `import { findPerson, insertPerson } from '../store/people.ts'`],
  ['src/http/a.ts', `import * as people from '../store/people.ts'`],
  ['src/http/a.ts', `const people = await import('../store/people.ts')`],
  ['src/http/a.ts', `import { fake } from '../../test/support/fake.ts'`],
  ['src/cli/a.ts', `import { createRequest } from '../operations/create.ts'`],
  ['src/config.ts', `import { serve } from './http/server.ts'`],
  ['src/services/a.ts', `import { a } from './b.ts'`],
  ['web/src/api/a.ts', `import { operations } from '../../../src/api/operations.ts'`],
  ['web/src/api/a.ts', `import type { Actor } from '../../../src/domain/actor.ts'`],
  ['web/src/parts/a.tsx', `import { HomePage } from '../pages/home/home-page.tsx'`],
  ['web/src/pages/home/a.tsx', `import { Row } from '../requests/row.tsx'`],
  ['web/src/pages/home/a.tsx', `import { Button } from 'react-aria-components'`],
])('an import against the table is found: in %s, %s', (name, text) => {
  expect(violationsOf(sourceOf(name, text))).toHaveLength(1)
})

test.each([
  ['src/api/a.ts', `import type { Sorter } from '../domain/filter.ts'\nimport { type FilterNode } from '../domain/filter.ts'`],
  ['src/http/a.ts', `import { findPerson, type Person, listPeople } from '../store/people.ts'`],
  ['src/store/a.ts', `import { createHash } from 'node:crypto'\nimport pg from 'pg'\nimport { sql } from 'kysely'`],
  ['src/domain/a.ts', `// import { x } from '../store/x.ts'\nconst text = "import('../store/x.ts')"`],
  ['src/main.ts', `import { serve } from './http/server.ts'\nimport pg from 'pg'`],
  ['web/src/api/a.ts', `import type { operations } from '../../../src/api/operations.ts'\nimport routes from 'virtual:operations'`],
  ['web/src/pages/home/a.tsx', `import { Page } from '../../parts/page.tsx'\nimport { Card } from './card.tsx'`],
])('an import within the table is not complained of: in %s, %s', (name, text) => {
  expect(violationsOf(sourceOf(name, text))).toEqual([])
})
