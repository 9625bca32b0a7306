import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readPolicyText } from '../../src/adapters/policy-files.ts'
import type { PolicyDocument } from '../../src/domain/policy/document.ts'
import type { PolicyIssue } from '../../src/domain/policy/issue.ts'
import { parsePolicy } from '../../src/domain/policy/parse.ts'
import type { Stage } from '../../src/domain/scenario/run-scenario.ts'
import { isScenarioTable, parseScenarios, type ScenarioTable } from '../../src/domain/scenario/scenario.ts'

/** The tables of scenarios under test/policies: what the engine is judged by. */

const folder = join(import.meta.dirname, '..', 'policies')

export interface ScenarioFile {
  file: string
  stage: Stage
  /** Errors; what merely looks odd is meant so here. */
  issues: PolicyIssue[]
}

/** Every file, by name. One file has one world. */
export async function readScenarioFiles(): Promise<ScenarioFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.test.yaml')).sort()
  return names.map((file) => ({ file, ...understand(readFileSync(join(folder, file), 'utf8')) }))
}

function understand(text: string): Omit<ScenarioFile, 'file'> {
  const { nodes, issues } = readPolicyText(text)
  const tables: ScenarioTable[] = []
  const policies: PolicyDocument[] = []
  const found = [...issues]
  for (const node of nodes) {
    if (isScenarioTable(node)) {
      const parsed = parseScenarios(node)
      tables.push(parsed.table)
      found.push(...parsed.issues)
    } else {
      const parsed = parsePolicy(node)
      if (parsed.policy) policies.push(parsed.policy)
      found.push(...parsed.issues)
    }
  }
  const [table, second] = tables
  if (!table || second) throw new Error(`a file of scenarios has one table, not ${tables.length}`)
  return { stage: { table, policies }, issues: found.filter(({ severity }) => severity === 'error') }
}
