import { expect, test } from 'vitest'
import { runScenarios } from '../../src/domain/scenario/run-scenario.ts'
import { readScenarioFiles } from '../support/scenario-files.ts'

/** Every scenario under test/policies, tried on the engine. The same are played on the product in test/contract. */

const files = await readScenarioFiles()
const titles = files.flatMap(({ stage }) => stage.table.scenarios.map(({ title }) => title))

test('every file of scenarios can be read, and every name in it leads somewhere', () => {
  const wrong = files.flatMap(({ file, issues, stage }) =>
    issues.length > 0 || stage.table.scenarios.length === 0 ? [{ file, issues }] : [],
  )
  expect(wrong).toEqual([])
})

test('there are at least a hundred and twenty scenarios, each a sentence of its own', () => {
  expect(titles.length).toBeGreaterThanOrEqual(120)
  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([])
  expect(titles.filter((title) => title.split(' ').length < 4)).toEqual([])
})

for (const { file, stage } of files) {
  const { results, issues } = runScenarios(stage.table, stage.policies)
  test(`${file} names only what its world has`, () => expect(issues).toEqual([]))
  for (const { title, line, failure } of results) test(`${file}:${line} ${title}`, () => expect(failure).toBeNull())
}
