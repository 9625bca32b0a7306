import type { Quorum, RequestRules, Selector } from '../access-model.ts'
import type { ScopedRules } from '../approval-rules.ts'
import type { SodConfig } from '../sod.ts'
import type { Condition } from './conditions.ts'

/** A policy as its file has it: with names where the model has ids. */
export interface PolicyDocument {
  name: string
  line: number
  targets: PolicyTarget[]
  /** What is not said stays as it is. */
  grant?: NamedRules
  revoke?: NamedRules
  approvals?: NamedApprovalRules
  duties?: NamedDuties
}

/** What a policy is for; TENANT are the entitlements that nothing narrower speaks of, WHOLE_TENANT is everything. */
export type PolicyTarget = { line: number } & (
  | { kind: 'ROLE' | 'ACCESS_PROFILE' | 'SOURCE'; name: string }
  | { kind: 'ENTITLEMENT'; source: string; name: string }
  | { kind: 'TENANT' }
  | { kind: 'WHOLE_TENANT' }
)

/** What is not said stays as it is; `distinct` is part of the steps. */
export interface NamedRules extends Partial<Omit<RequestRules, 'steps'>> {
  steps?: NamedStep[]
}

/** What a conflict of duties does to a request. */
export interface NamedDuties {
  onViolation: SodConfig['onViolation']
  group?: string
  line: number
}

export interface NamedSelector {
  kind: Selector['kind']
  group?: string
  line: number
}

export interface NamedCondition extends Omit<Condition, 'sourceIds'> {
  sources?: string[]
}

export interface NamedStep {
  asks: NamedSelector[]
  quorum?: Quorum
  when?: NamedCondition
  line: number
}

export interface NamedApprovalRules extends Omit<ScopedRules, 'fallbackApproverId'> {
  fallbackAlias?: string
  line: number
}

/** How an issue calls a target. */
export function titleOf(target: PolicyTarget): string {
  switch (target.kind) {
    case 'TENANT':
      return 'all entitlements'
    case 'WHOLE_TENANT':
      return 'the tenant'
    case 'ENTITLEMENT':
      return `the entitlement ${target.name} of ${target.source}`
    case 'ROLE':
      return `the role ${target.name}`
    case 'ACCESS_PROFILE':
      return `the access profile ${target.name}`
    case 'SOURCE':
      return `the source ${target.name}`
  }
}
