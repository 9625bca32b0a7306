import { basename, dirname } from 'node:path/posix'
import { expect, test } from 'vitest'
import { placesOf, repositoryFiles, sourcesIn } from './source.ts'

const sources = sourcesIn('src', 'web', 'demo', 'test', 'scripts')

test('no folder is named utils, helpers, common or services', () => {
  const vague = /^(utils?|helpers?|common|services?)$/
  const folders = new Set(repositoryFiles.filter((name) => /^(src|web|demo|test|scripts)\//.test(name)).map((name) => dirname(name)))
  expect([...folders].filter((folder) => folder.split('/').some((part) => vague.test(part)))).toEqual([])
})

test('there are no barrel files named index.ts', () => {
  expect(sources.map((source) => source.name).filter((name) => /^index\.(ts|tsx|mjs)$/.test(basename(name)))).toEqual([])
})

test('no class, interface, type or function is named a Service, Manager, Helper, Util or DTO', () => {
  const declaration = /\b(?:class|interface|type|function|enum)\s+\w*(?:Services?|Managers?|Helpers?|Utils?|D[Tt][Oo]s?)\b/g
  expect(sources.flatMap((source) => placesOf(source, source.code, declaration))).toEqual([])
})

test('no file is named a service, manager, helper, util or dto', () => {
  const vague = /(^|[-.])(services?|managers?|helpers?|utils?|dtos?)(?=[-.])/
  expect(sources.map((source) => source.name).filter((name) => vague.test(basename(name)))).toEqual([])
})

test('no interface or class carries the prefix I', () => {
  const declaration = /\b(?:class|interface)\s+I[A-Z][a-z]\w*/g
  expect(sources.flatMap((source) => placesOf(source, source.code, declaration))).toEqual([])
})

test('file and folder names are lower case with dashes', () => {
  const parts = (name: string) => name.replace(/\.(test|property\.test|d)?\.?(ts|tsx|mjs|mts)$/, '').split('/')
  const strange = sources.map((source) => source.name).filter((name) => !parts(name).every((part) => /^[a-z0-9][a-z0-9.-]*$/.test(part)))
  expect(strange).toEqual([])
})
