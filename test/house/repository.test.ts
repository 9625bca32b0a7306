import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { read, repository, repositoryFiles } from './source.ts'

const texts = repositoryFiles
  .map((name) => ({ name, bytes: readFileSync(join(repository, name)) }))
  .filter(({ bytes }) => !bytes.subarray(0, 8_000).includes(0))
  .map(({ name, bytes }) => ({ name, lines: bytes.toString('utf8').split('\n') }))

function mentions(pattern: RegExp, isExcused: (name: string) => boolean = () => false): string[] {
  return texts
    .filter(({ name }) => !isExcused(name))
    .flatMap(({ name, lines }) =>
      lines.flatMap((line, at) => (pattern.test(line) ? [`${name}:${at + 1}: ${line.trim().slice(0, 100)}`] : [])),
    )
}

test('no file names a path of the machine it was written on', () => {
  // What only root may enter is a case of its own for the embedded database.
  const isAboutRoot = (name: string) => name.startsWith('test/') && /postgres|root/.test(name)
  expect(mentions(/(?<![\w.])\/(work|home|root|Users)\/(?!-)/, isAboutRoot)).toEqual([])
})

test('no file names the host of a package registry', () => {
  expect(mentions(/\bregistry[.](npmjs|yarnpkg|npmmirror)|\bnpm[.]pkg[.]github|_auth[T]oken/)).toEqual([])
})

test('the lock file records no download addresses', () => {
  expect(read('package-lock.json').match(/"resolved":\s*"http/g)).toBe(null)
})

test('every dependency is pinned to an exact version', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
  const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
  expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
})

test('no two decisions have one number', () => {
  const numbers = repositoryFiles.flatMap((name) => /^docs\/decisions\/(\d+)-/.exec(name)?.[1] ?? [])
  expect(numbers.filter((number, at) => numbers.indexOf(number) !== at)).toEqual([])
})
