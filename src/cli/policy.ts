import { isScenarioFile, listPolicyFiles, type PolicyFile, readPolicyFile } from '../adapters/policy-files.ts'
import type { PolicyDocument } from '../domain/policy/document.ts'
import type { PolicyIssue } from '../domain/policy/issue.ts'
import type { PolicyNode } from '../domain/policy/node.ts'
import type { ParsedPolicy } from '../domain/policy/parse.ts'
import type { ScenarioResult } from '../domain/scenario/run-scenario.ts'
import type { ScenarioTable } from '../domain/scenario/scenario.ts'
import type { AppliedPolicies, PolicyOfFile } from '../operations/apply-policies.ts'

/** `countersign policy check|apply|test PATH`: policies that live in files. */

export interface PolicyDeps {
  parsePolicy(node: PolicyNode): ParsedPolicy
  isScenarioTable(node: PolicyNode): boolean
  parseScenarios(node: PolicyNode): { table: ScenarioTable; issues: PolicyIssue[] }
  runScenarios(table: ScenarioTable, policies: PolicyDocument[]): { results: ScenarioResult[]; issues: PolicyIssue[] }
  out(line: string): void
  error(line: string): void
}

interface ReadFile {
  file: string
  policies: PolicyDocument[]
  tables: ScenarioTable[]
  issues: PolicyIssue[]
}

/** Undefined, and a line that says why, when there is nothing to read. */
async function readAll(path: string, deps: PolicyDeps): Promise<ReadFile[] | undefined> {
  try {
    const files = await listPolicyFiles(path)
    const read: ReadFile[] = []
    for (const file of files) read.push(understand(await readPolicyFile(file), deps))
    if (files.length > 0) return read
    deps.error(`${path} has no policies: they are files that end in .yaml or .yml (docs/policies.md).`)
    return undefined
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    deps.error(`${path} cannot be read: ${error.message}`)
    return undefined
  }
}

function understand({ file, nodes, issues }: PolicyFile, deps: PolicyDeps): ReadFile {
  const found: ReadFile = { file, policies: [], tables: [], issues: [...issues] }
  for (const node of nodes) {
    if (deps.isScenarioTable(node)) {
      const { table, issues: more } = deps.parseScenarios(node)
      found.tables.push(table)
      found.issues.push(...more)
    } else {
      const { policy, issues: more } = deps.parsePolicy(node)
      if (policy) found.policies.push(policy)
      found.issues.push(...more)
    }
  }
  return found
}

function tell(file: string, issues: PolicyIssue[], deps: PolicyDeps): void {
  for (const { line, severity, code, message } of [...issues].sort((a, b) => a.line - b.line)) {
    const say = severity === 'error' ? deps.error : deps.out
    say(`${file}:${line}: ${severity} ${code}: ${message}`)
  }
}

const hasErrors = (issues: PolicyIssue[]) => issues.some(({ severity }) => severity === 'error')

/** Reads every policy under a path and tells all that is wrong with them. Returns the exit code: 1 when there is an error. */
export async function checkPolicies(path: string, deps: PolicyDeps): Promise<number> {
  const files = await readAll(path, deps)
  if (!files) return 1
  for (const { file, issues } of files) tell(file, issues, deps)
  const policies = files.reduce((sum, one) => sum + one.policies.length, 0)
  if (files.some(({ issues }) => hasErrors(issues))) return 1
  deps.out(`${policies} ${policies === 1 ? 'policy' : 'policies'} in ${files.length} files: no error.`)
  return 0
}

/** Writes every policy under a path into the configuration, or nothing when anything is wrong. Scenarios beside them are left alone. */
export async function applyPolicyFiles(
  path: string,
  apply: (policies: PolicyOfFile[]) => Promise<AppliedPolicies>,
  dryRun: boolean,
  deps: PolicyDeps,
): Promise<number> {
  const files = (await readAll(path, deps))?.filter(({ file }) => !isScenarioFile(file))
  if (!files) return 1
  for (const { file, issues } of files) tell(file, issues, deps)
  if (files.some(({ issues }) => hasErrors(issues))) return 1
  if (files.every(({ policies }) => policies.length === 0)) {
    deps.error(`${path} has no policies, only scenarios; nothing was written.`)
    return 1
  }
  const { issues, applied } = await apply(files.flatMap(({ file, policies }) => policies.map((policy) => ({ file, policy }))))
  for (const issue of issues) tell(issue.file, [issue], deps)
  if (hasErrors(issues)) return 1
  for (const { policy, subject, changed } of applied)
    deps.out(`${changed ? (dryRun ? 'would change' : 'changed') : 'unchanged'}  ${subject}  (${policy})`)
  deps.out(`${applied.filter(({ changed }) => changed).length} of ${applied.length} ${dryRun ? 'would be changed' : 'changed'}.`)
  return 0
}

/** Tries the policies of each file, or of the file of the same name without `.test`, with its scenarios. Returns 1 when one fails. */
export async function testPolicies(path: string, deps: PolicyDeps): Promise<number> {
  const files = await readAll(path, deps)
  if (!files) return 1
  let tried = 0
  let failed = 0
  for (const one of files) {
    tell(one.file, one.issues, deps)
    if (hasErrors(one.issues)) failed++
    const policies = [...one.policies, ...policiesBeside(one, files)]
    for (const table of one.tables) {
      const { results, issues } = deps.runScenarios(table, policies)
      tell(one.file, issues, deps)
      failed += issues.length + results.filter((result) => tellResult(one.file, result, deps)).length
      tried += results.length
    }
  }
  deps.out(`${tried} scenarios, ${failed} ${failed === 1 ? 'failure' : 'failures'}.`)
  if (tried === 0) deps.error(`${path} has no scenarios: they are documents with "scenarios" (docs/policies.md).`)
  return failed === 0 && tried > 0 ? 0 : 1
}

/** `payments.test.yaml` tries what `payments.yaml` has. */
function policiesBeside({ file }: ReadFile, files: ReadFile[]): PolicyDocument[] {
  if (!isScenarioFile(file)) return []
  const name = file.replace(/\.test(\.ya?ml)$/, '$1')
  return files.find((other) => other.file === name)?.policies ?? []
}

function tellResult(file: string, { title, line, failure }: ScenarioResult, deps: PolicyDeps): boolean {
  if (failure === null) return false
  deps.error(`${file}:${line}: ${title}: ${failure}`)
  return true
}
