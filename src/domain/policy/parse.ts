import type { DurationLimit } from '../access-model.ts'
import type { NamedRules, PolicyDocument, PolicyTarget } from './document.ts'
import { titleOf } from './document.ts'
import type { PolicyIssue } from './issue.ts'
import { amountOf, type PolicyEntry, type PolicyNode, PolicyReader } from './node.ts'
import { readApprovals } from './parse-approvals.ts'
import { readDuties } from './parse-duties.ts'
import { readSteps } from './parse-steps.ts'

/** Reads policies. Pure: what a file holds in; a policy and all its issues out. */

export interface ParsedPolicy {
  /** Undefined when not even its name and its targets can be read. */
  policy: PolicyDocument | undefined
  issues: PolicyIssue[]
}

const parts = ['grant', 'revoke', 'approvals', 'separation of duties'] as const
const policyKeys = ['policy', 'description', 'for', ...parts] as const

/** Takes one document of a policy file; returns the policy with everything that is wrong or odd about it. */
export function parsePolicy(node: PolicyNode): ParsedPolicy {
  const reader = new PolicyReader()
  const found = reader.map(node, 'A policy', policyKeys)
  const name = found.policy
    ? reader.text(found.policy.node, '"policy", its name,')
    : reader.note('missing-key', node, 'A policy has a name: "policy".')
  const targets = found.for ? readTargets(reader, found.for.node) : []
  if (!found.for) reader.note('missing-key', node, 'A policy says what it is for: "for".')
  if (parts.every((part) => !found[part])) reader.note('nothing-said', node, `A policy says something about ${parts.join(', ')}.`)
  const grant = found.grant && readRules(reader, found.grant.node, 'grant')
  const revoke = found.revoke && readRules(reader, found.revoke.node, 'revoke')
  const approvals = found.approvals && readApprovals(reader, found.approvals.node)
  const duties = found['separation of duties'] && readDuties(reader, found['separation of duties'].node)
  for (const target of targets) refuseMisplaced(reader, target, found)
  const { issues } = reader
  if (name === undefined || targets.length === 0) return { policy: undefined, issues }
  return {
    policy: {
      name,
      line: node.line,
      targets,
      ...(grant ? { grant } : {}),
      ...(revoke ? { revoke } : {}),
      ...(approvals ? { approvals } : {}),
      ...(duties ? { duties } : {}),
    },
    issues,
  }
}

/** Not everything can be said for everything. */
function refuseMisplaced(reader: PolicyReader, target: PolicyTarget, said: Partial<Record<(typeof parts)[number], PolicyEntry>>): void {
  const isWhole = target.kind === 'WHOLE_TENANT'
  if (said.approvals && target.kind === 'SOURCE')
    reader.note('out-of-range', target, 'How approvals behave is said for an item, all entitlements or the tenant, not for a source.')
  if ((said.grant || said.revoke) && isWhole)
    reader.note('out-of-range', target, 'Who is asked is said for an item, a source or all entitlements, not for the tenant.')
  if (said['separation of duties'] && !isWhole)
    reader.note('out-of-range', target, 'What a conflict of duties does is said for the tenant: { tenant: all }.')
}

const targetKeys = ['role', 'access profile', 'entitlement', 'source', 'entitlements', 'tenant'] as const
type TargetKey = (typeof targetKeys)[number]

function readTargets(reader: PolicyReader, node: PolicyNode): PolicyTarget[] {
  const targets = reader.list(node).flatMap((one) => readTarget(reader, one) ?? [])
  const seen = new Set<string>()
  for (const target of targets) {
    const title = titleOf(target).toLowerCase()
    if (seen.has(title)) reader.note('twice-the-same', target, `${titleOf(target)} is named twice.`)
    seen.add(title)
  }
  if (targets.length === 0 && reader.issues.length === 0) reader.note('nothing-said', node, '"for" names nothing.')
  return targets
}

function readTarget(reader: PolicyReader, node: PolicyNode): PolicyTarget | undefined {
  const found = reader.map(node, 'What a policy is for', targetKeys)
  const { line } = node
  refuseSecond(reader, found)
  if (found.tenant) return reader.word(found.tenant.node, '"tenant"', ['all']) && { kind: 'WHOLE_TENANT', line }
  if (found.entitlements) return reader.word(found.entitlements.node, '"entitlements"', ['all']) && { kind: 'TENANT', line }
  if (found.role) return named(reader, 'ROLE', found.role.node)
  if (found['access profile']) return named(reader, 'ACCESS_PROFILE', found['access profile'].node)
  if (found.entitlement) {
    const name = reader.text(found.entitlement.node, 'The name of an entitlement')
    const source = found.source
      ? reader.text(found.source.node, 'The name of a source')
      : reader.note('missing-key', node, 'An entitlement is named with its "source".')
    return name === undefined || source === undefined ? undefined : { kind: 'ENTITLEMENT', name, source, line }
  }
  if (found.source) return named(reader, 'SOURCE', found.source.node)
  return node.kind === 'map' ? reader.note('missing-key', node, `One of ${targetKeys.join(', ')} is named.`) : undefined
}

/** One thing at a time; only an entitlement has a source beside it. */
function refuseSecond(reader: PolicyReader, found: Partial<Record<TargetKey, PolicyEntry>>): void {
  const [first, ...more] = targetKeys.filter((key) => found[key] && !(key === 'source' && found.entitlement))
  for (const key of more)
    if (first)
      reader.note(
        'unknown-key',
        found[key] ?? { line: 1 },
        `"${key}" does not belong to "${first}"; what else the policy is for is an entry of its own.`,
      )
}

function named(reader: PolicyReader, kind: 'ROLE' | 'ACCESS_PROFILE' | 'SOURCE', node: PolicyNode): PolicyTarget | undefined {
  const name = reader.text(node, 'A name')
  return name === undefined ? undefined : { kind, name, line: node.line }
}

const grantKeys = ['steps', 'distinct', 'comment', 'denial comment', 'end date', 'longest'] as const
const revokeKeys = ['steps', 'distinct', 'comment', 'denial comment'] as const

function readRules(reader: PolicyReader, node: PolicyNode, half: 'grant' | 'revoke'): NamedRules {
  const keys: readonly (typeof grantKeys)[number][] = half === 'grant' ? grantKeys : revokeKeys
  const found = reader.map(node, `"${half}"`, keys)
  if (node.kind === 'map' && node.entries.length === 0) reader.note('nothing-said', node, `"${half}" says nothing.`)
  if (found.distinct && !found.steps) reader.note('missing-key', found.distinct, '"distinct" is said with the "steps" it is about.')
  const distinct = found.distinct && reader.flag(found.distinct.node, '"distinct"')
  const rules: NamedRules = {
    ...(found.steps ? { steps: readSteps(reader, found.steps.node, half) } : {}),
    ...(distinct ? { distinct } : {}),
  }
  for (const [key, rule] of demands) {
    const entry = found[key]
    if (entry) rules[rule] = reader.word(entry.node, `"${key}"`, ['required', 'optional']) === 'required'
  }
  if (found.longest) rules.maxDuration = readLongest(reader, found.longest.node) ?? null
  return rules
}

const demands = [
  ['comment', 'commentRequired'],
  ['denial comment', 'denialCommentRequired'],
  ['end date', 'endDateRequired'],
] as const

/** Null: any time. */
function readLongest(reader: PolicyReader, node: PolicyNode): DurationLimit | null | undefined {
  if (node.kind === 'scalar' && String(node.value).toLowerCase() === 'any') return null
  return amountOf(node) ?? reader.note('wrong-type', node, '"longest" is a time such as 90 days, 12 hours, 6 months, or any.')
}
