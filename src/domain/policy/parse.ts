import { type DurationLimit, noRules } from '../access-model.ts'
import type { NamedRules, PolicyDocument, PolicyTarget } from './document.ts'
import { titleOf } from './document.ts'
import type { PolicyIssue } from './issue.ts'
import { amountOf, type PolicyNode, PolicyReader } from './node.ts'
import { readApprovals } from './parse-approvals.ts'
import { readSteps } from './parse-steps.ts'

/** Reads policies. Pure: what a file holds in; a policy and all its issues out. */

export interface ParsedPolicy {
  /** Undefined when not even its name and its targets can be read. */
  policy: PolicyDocument | undefined
  issues: PolicyIssue[]
}

/** Takes one document of a policy file; returns the policy with everything that is wrong or odd about it. */
export function parsePolicy(node: PolicyNode): ParsedPolicy {
  const reader = new PolicyReader()
  const found = reader.map(node, 'A policy', ['policy', 'description', 'for', 'grant', 'revoke', 'approvals'])
  const name = found.policy
    ? reader.text(found.policy.node, '"policy", its name,')
    : reader.note('missing-key', node, 'A policy has a name: "policy".')
  const targets = found.for ? readTargets(reader, found.for.node) : []
  if (!found.for) reader.note('missing-key', node, 'A policy says what it is for: "for".')
  if (!found.grant && !found.revoke && !found.approvals)
    reader.note('nothing-said', node, 'A policy says something about "grant", "revoke" or "approvals".')
  const grant = found.grant && readRules(reader, found.grant.node, 'grant')
  const revoke = found.revoke && readRules(reader, found.revoke.node, 'revoke')
  const approvals = found.approvals && readApprovals(reader, found.approvals.node)
  if (approvals) for (const target of targets) refuseApprovals(reader, target)
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
    },
    issues,
  }
}

function refuseApprovals(reader: PolicyReader, target: PolicyTarget): void {
  if (target.kind === 'SOURCE')
    reader.note('out-of-range', target, 'How approvals behave is said for an item or for all entitlements, not for a source.')
}

const targetKeys = ['role', 'access profile', 'entitlement', 'source', 'entitlements'] as const

function readTargets(reader: PolicyReader, node: PolicyNode): PolicyTarget[] {
  const targets = reader.list(node).flatMap((one) => readTarget(reader, one) ?? [])
  const seen = new Set<string>()
  for (const target of targets) {
    if (seen.has(titleOf(target))) reader.note('twice-the-same', target, `${titleOf(target)} is named twice.`)
    seen.add(titleOf(target))
  }
  if (targets.length === 0 && reader.issues.length === 0) reader.note('nothing-said', node, '"for" names nothing.')
  return targets
}

function readTarget(reader: PolicyReader, node: PolicyNode): PolicyTarget | undefined {
  const found = reader.map(node, 'What a policy is for', targetKeys)
  const { line } = node
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

function named(reader: PolicyReader, kind: 'ROLE' | 'ACCESS_PROFILE' | 'SOURCE', node: PolicyNode): PolicyTarget | undefined {
  const name = reader.text(node, 'A name')
  return name === undefined ? undefined : { kind, name, line: node.line }
}

const grantKeys = ['steps', 'distinct', 'comment', 'denial comment', 'end date', 'longest'] as const
const revokeKeys = ['steps', 'distinct', 'comment', 'denial comment'] as const

function readRules(reader: PolicyReader, node: PolicyNode, half: 'grant' | 'revoke'): NamedRules {
  const keys: readonly (typeof grantKeys)[number][] = half === 'grant' ? grantKeys : revokeKeys
  const found = reader.map(node, `"${half}"`, keys)
  const required = (key: 'comment' | 'denial comment' | 'end date'): boolean =>
    found[key] !== undefined && reader.word(found[key].node, `"${key}"`, ['required', 'optional']) === 'required'
  if (!found.steps) reader.note('missing-key', node, `"${half}" has "steps"; an empty list means that nobody is asked.`)
  return {
    ...noRules,
    steps: found.steps ? readSteps(reader, found.steps.node, half) : [],
    ...(found.distinct && reader.flag(found.distinct.node, '"distinct"') ? { distinct: true } : {}),
    commentRequired: required('comment'),
    denialCommentRequired: required('denial comment'),
    endDateRequired: required('end date'),
    maxDuration: found.longest ? (readLongest(reader, found.longest.node) ?? null) : null,
  }
}

function readLongest(reader: PolicyReader, node: PolicyNode): DurationLimit | undefined {
  return amountOf(node) ?? reader.note('wrong-type', node, '"longest" is a time such as 90 days, 12 hours, 6 months.')
}
