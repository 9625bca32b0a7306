import type { AutoApprove } from './approval-rules.ts'
import type { TimerRules } from './timers.ts'

/** What can be asked for, and the rules that apply when it is. */

export type ItemType = 'ROLE' | 'ACCESS_PROFILE' | 'ENTITLEMENT'
export type RequestKind = 'GRANT' | 'REVOKE' | 'MODIFY'

/** Who is asked in one step. Array order is review order; an empty list of selectors is the only thing that means "no approval". */
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
}

export interface DurationLimit {
  value: number
  unit: 'HOURS' | 'DAYS' | 'WEEKS' | 'MONTHS'
}

/** The rules for one kind of request of one item. */
export interface RequestRules {
  steps: Selector[]
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
export function rulesFor(item: AccessItem, kind: RequestKind, ofSource: RequestConfig | null, ofTenant: RequestConfig): RequestRules {
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
