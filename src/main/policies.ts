import type { Command } from '../cli/arguments.ts'
import { applyPolicyFiles, checkPolicies, type PolicyDeps, testPolicies } from '../cli/policy.ts'
import { parsePolicy } from '../domain/policy/parse.ts'
import { runScenarios } from '../domain/scenario/run-scenario.ts'
import { isScenarioTable, parseScenarios } from '../domain/scenario/scenario.ts'
import { applyPolicies } from '../operations/apply-policies.ts'
import type { Node } from './open-node.ts'

const deps: PolicyDeps = { parsePolicy, isScenarioTable, parseScenarios, runScenarios, out: console.log, error: console.error }

/** Checks or tries policies; needs no database. Returns the exit code. */
export function tryPolicies({ verb, path }: Extract<Command, { name: 'policy' }>): Promise<number> {
  return verb === 'check' ? checkPolicies(path, deps) : testPolicies(path, deps)
}

/** Writes policies into the configuration. Returns the exit code. */
export function applyPolicyFolder(node: Node, { path, dryRun }: Extract<Command, { name: 'policy-apply' }>): Promise<number> {
  return applyPolicyFiles(path, (policies) => applyPolicies(node, 'countersign policy apply', policies, dryRun), dryRun, deps)
}
