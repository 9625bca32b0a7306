import type { AutoApprove } from './approval-rules.ts'
import type { Condition } from './policy/conditions.ts'
import type { TimerRules } from './timers.ts'

/** What can be asked for, and the rules that apply when it is. */

export type ItemType = 'ROLE' | 'ACCESS_PROFILE' | 'ENTITLEMENT'
export type RequestKind = 'GRANT' | 'REVOKE' | 'MODIFY'
/** How somebody came to hold an item. */
export type AssignmentOrigin = 'REQUESTED' | 'ROLE_MEMBERSHIP' | 'BIRTHRIGHT' | 'IMPORTED'

/** Who is asked: a person or a group, by what they are to the item or to the recipient. */
export interface Selector {
  kind:
    | 'MANAGER'
    | 'OWNER'
    | 'SOURCE_OWNER'
    | 'APP_OWNER'
    | 'GOVERNANCE_GROUP'
    | 'ALL_OWNERS'
    | 'ADDITIONAL_OWNER'
    | 'ADDITIONAL_GOVERNANCE_GROUP'
  /** The group, for GOVERNANCE_GROUP. */
  groupId?: string
  /** Why this request asks it, where not every request of the item does: words for whoever is asked. */
  note?: string
}

/** How many of those asked must agree: so many people, or a share of them in percent (1 to 100, rounded up). */
export type Quorum = { count: number } | { percent: number }

/**
 * Several asked at once, or one under a condition. Without a quorum each selector is one question, which any one of its people answers, and all
 * must agree; with one, everybody named is asked on their own and so many of them must agree.
 */
export interface JointStep {
  asks: Selector[]
  quorum?: Quorum
  /** Asked only when this holds; decided when the request is made, so no snapshot has it. */
  when?: Condition
}

/** One step of a review, as the wire knows it (one selector) or as a policy says it. */
export type Step = Selector | JointStep

/** The selectors of a step. */
export function asksOf(step: Step): Selector[] {
  return 'asks' in step ? step.asks : [step]
}

/** How many must agree in a step; undefined where every question needs a yes. */
export function quorumOf(step: Step | undefined): Quorum | undefined {
  return step && 'asks' in step ? step.quorum : undefined
}

/**
 * The steps after a caller who can only say one selector after the other wrote them: those there were, when just their selectors came back.
 */
export function stepsAsWritten(sent: Selector[], was: Pick<RequestRules, 'steps' | 'distinct'>): Pick<RequestRules, 'steps' | 'distinct'> {
  const words = (selectors: Selector[]) => JSON.stringify(selectors.map(({ kind, groupId }) => [kind, groupId]))
  if (words(sent) !== words(was.steps.flatMap(asksOf))) return { steps: sent }
  return { steps: was.steps, ...(was.distinct ? { distinct: true } : {}) }
}

/** The governance groups that steps ask. */
export function groupsOfSteps(steps: Step[]): string[] {
  return steps.flatMap(asksOf).flatMap(({ groupId }) => groupId ?? [])
}

export interface DurationLimit {
  value: number
  unit: 'HOURS' | 'DAYS' | 'WEEKS' | 'MONTHS'
}

/** The rules for one kind of request of one item. */
export interface RequestRules {
  /** Array order is review order; an empty list is the only thing that means "no approval". */
  steps: Step[]
  /** Everybody who agrees is another person: who decided in one step is not asked in a later one. */
  distinct?: boolean
  commentRequired: boolean
  denialCommentRequired: boolean
  reauthorizationRequired: boolean
  endDateRequired: boolean
  maxDuration: DurationLimit | null
}

/** The rules as they were when a request was made. What an old request's snapshot lacks did not exist then and does not apply to it. */
export interface Policy extends RequestRules {
  approvalCommentRequired?: boolean
  timers?: TimerRules
  fallbackApproverId?: string | null
  autoApprove?: AutoApprove
}

/** Rules for granting and revoking; a missing half means the defaults of `noRules`. */
export interface RequestConfig {
  grant: RequestRules
  revoke: RequestRules
}

export interface AccessItem {
  id: string
  type: ItemType
  name: string
  description: string | null
  ownerId: string | null
  additionalOwnerIds: string[]
  additionalGroupIds: string[]
  sourceId: string | null
  attribute: string | null
  value: string | null
  requestable: boolean
  enabled: boolean
  privileged: boolean
  requestConfig: RequestConfig | null
}

export const noRules: RequestRules = {
  steps: [],
  commentRequired: false,
  denialCommentRequired: false,
  reauthorizationRequired: false,
  endDateRequired: false,
  maxDuration: null,
}

/**
 * The rules in force for an item: an entitlement's own, else its source's, else the tenant's; a role's or access profile's own.
 * Takes the item, its source's config and the tenant's entitlement config.
 */
export function rulesFor(
  item: Pick<AccessItem, 'type' | 'requestConfig'>,
  kind: RequestKind,
  ofSource: RequestConfig | null,
  ofTenant: RequestConfig,
): RequestRules {
  const fallback = item.type === 'ENTITLEMENT' ? (ofSource ?? ofTenant) : { grant: noRules, revoke: noRules }
  const config = item.requestConfig ?? fallback
  return kind === 'REVOKE' ? config.revoke : config.grant
}

/** The last instant a duration limit allows, counted from `from` in UTC (R25). Months end on the last day where a day is missing. */
export function latestEnd(from: Date, limit: DurationLimit): Date {
  const end = new Date(from)
  if (limit.unit === 'MONTHS') {
    const day = end.getUTCDate()
    end.setUTCDate(1)
    end.setUTCMonth(end.getUTCMonth() + limit.value)
    const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate()
    end.setUTCDate(Math.min(day, lastDay))
    return end
  }
  const hours = { HOURS: 1, DAYS: 24, WEEKS: 168 }[limit.unit]
  return new Date(end.getTime() + limit.value * hours * 3_600_000)
}
