import { noRules, type RequestConfig, type RequestRules, type Selector, type Step } from '../access-model.ts'
import type { ScopedRules } from '../approval-rules.ts'
import type { SodConfig } from '../sod.ts'
import {
  type NamedApprovalRules,
  type NamedDuties,
  type NamedRules,
  type NamedSelector,
  type NamedStep,
  type PolicyDocument,
  type PolicyTarget,
  titleOf,
} from './document.ts'
import { issueCodes, type PolicyIssue } from './issue.ts'

/** From the names in a policy to the ids in the model. Pure. */

/** What a policy may name, by its name in lower case. */
export interface PolicyDirectory {
  groups: Map<string, string>
  sources: Map<string, string>
  /** By alias; only those who are active. */
  people: Map<string, string>
  roles: Map<string, PolicySubject>
  accessProfiles: Map<string, PolicySubject>
  /** By `source name / value` and by `source name / entitlement name`. */
  entitlements: Map<string, PolicySubject>
  /** By source name. */
  sourceSubjects: Map<string, PolicySubject>
  tenant: PolicySubject
  wholeTenant: PolicySubject
}

/** Something a policy can be for, with what is said of it today (what it inherits, where nothing is). */
export interface PolicySubject {
  /** TENANT: all entitlements and all access requests. WHOLE_TENANT: what holds where nothing else is said. */
  kind: 'ITEM' | 'SOURCE' | 'TENANT' | 'WHOLE_TENANT'
  id: string
  name: string
  config: RequestConfig
}

/** What applying a policy writes for one of its targets. */
export interface PolicyChange {
  policy: string
  /** Where the policy names it. */
  line: number
  subject: PolicySubject
  /** Undefined: the policy says nothing about who is asked. */
  config: RequestConfig | undefined
  /** Undefined: it says nothing about how approvals behave. What is not in it stays. */
  approvals: ScopedRules | undefined
  /** Undefined: it says nothing about conflicts of duties. */
  sod: SodConfig | undefined
}

/** Takes a policy and what there is; returns what to write, or the names nothing was found for. */
export function resolvePolicy(policy: PolicyDocument, directory: PolicyDirectory): { changes: PolicyChange[]; issues: PolicyIssue[] } {
  const issues: PolicyIssue[] = []
  const missing = (line: number, message: string): undefined => {
    issues.push({ code: 'not-there', severity: issueCodes['not-there'], line, message })
    return undefined
  }
  const lookUp = { directory, missing }
  const grant = policy.grant && rulesOf(policy.grant, lookUp)
  const revoke = policy.revoke && rulesOf(policy.revoke, lookUp)
  const approvals = policy.approvals && approvalsOf(policy.approvals, lookUp)
  const sod = policy.duties && sodOf(policy.duties, lookUp)
  const named = policy.targets.flatMap((target) => {
    const subject = subjectOf(target, directory) ?? missing(target.line, `There is not (or not just one of) ${titleOf(target)}.`)
    return subject ? [{ subject, line: target.line }] : []
  })
  const changes = named.map(({ subject, line }) => ({
    policy: policy.name,
    line,
    subject,
    config: grant || revoke ? { grant: merged(subject.config.grant, grant), revoke: merged(subject.config.revoke, revoke) } : undefined,
    approvals,
    sod,
  }))
  return { changes, issues }
}

interface LookUp {
  directory: PolicyDirectory
  missing(line: number, message: string): undefined
}

function subjectOf(target: PolicyTarget, directory: PolicyDirectory): PolicySubject | undefined {
  switch (target.kind) {
    case 'TENANT':
      return directory.tenant
    case 'WHOLE_TENANT':
      return directory.wholeTenant
    case 'ROLE':
      return directory.roles.get(target.name.toLowerCase())
    case 'ACCESS_PROFILE':
      return directory.accessProfiles.get(target.name.toLowerCase())
    case 'SOURCE':
      return directory.sourceSubjects.get(target.name.toLowerCase())
    case 'ENTITLEMENT':
      return directory.entitlements.get(entitlementKey(target.source, target.name))
  }
}

/** How an entitlement is found in a directory: by its source with its value or its name. */
export function entitlementKey(source: string, name: string): string {
  return `${source} / ${name}`.toLowerCase()
}

function rulesOf({ steps, ...rules }: NamedRules, lookUp: LookUp): Partial<RequestRules> {
  return { ...rules, ...(steps ? { steps: steps.map((step) => stepOf(step, lookUp)) } : {}) }
}

/** What is not said stays; steps that are written say all about who is asked, `distinct` too. */
function merged({ distinct, ...before }: RequestRules = noRules, said: Partial<RequestRules> = {}): RequestRules {
  return { ...before, ...(distinct !== undefined && !said.steps ? { distinct } : {}), ...said }
}

function sodOf({ onViolation, group, line }: NamedDuties, { directory, missing }: LookUp): SodConfig {
  if (group === undefined) return { onViolation, stepGroupId: null }
  const id = directory.groups.get(group.toLowerCase()) ?? missing(line, `There is no governance group ${group}.`)
  return { onViolation, stepGroupId: id ?? null }
}

/** A step with nothing but one approver is what the wire knows as well. */
function stepOf({ asks, quorum, when }: NamedStep, lookUp: LookUp): Step {
  const selectors = asks.map((ask) => selectorOf(ask, lookUp))
  const [only] = selectors
  if (only && selectors.length === 1 && !quorum && !when) return only
  const { sources, ...rest } = when ?? {}
  const sourceIds = sources?.flatMap(
    (name) => lookUp.directory.sources.get(name.toLowerCase()) ?? lookUp.missing(asks[0]?.line ?? 1, `There is no source ${name}.`) ?? [],
  )
  const condition = { ...rest, ...(sourceIds ? { sourceIds } : {}) }
  return { asks: selectors, ...(quorum ? { quorum } : {}), ...(when ? { when: condition } : {}) }
}

function selectorOf({ kind, group, line }: NamedSelector, { directory, missing }: LookUp): Selector {
  if (group === undefined) return { kind }
  const groupId = directory.groups.get(group.toLowerCase()) ?? missing(line, `There is no governance group ${group}.`)
  return groupId === undefined ? { kind } : { kind, groupId }
}

function approvalsOf({ fallbackAlias, line, ...rules }: NamedApprovalRules, { directory, missing }: LookUp): ScopedRules {
  if (fallbackAlias === undefined) return rules
  const id = directory.people.get(fallbackAlias.toLowerCase())
  if (id === undefined) missing(line, `There is no active person with the alias ${fallbackAlias}.`)
  return id === undefined ? rules : { ...rules, fallbackApproverId: id }
}
