/** The request rules of an item, which the wire writes in three spellings: as they are edited. */

export const approverTypes = {
  ROLE: ['MANAGER', 'OWNER', 'ALL_OWNERS', 'ADDITIONAL_OWNER', 'GOVERNANCE_GROUP', 'ADDITIONAL_GOVERNANCE_GROUP'],
  ACCESS_PROFILE: [
    'MANAGER',
    'OWNER',
    'APP_OWNER',
    'SOURCE_OWNER',
    'ALL_OWNERS',
    'ADDITIONAL_OWNER',
    'GOVERNANCE_GROUP',
    'ADDITIONAL_GOVERNANCE_GROUP',
  ],
  ENTITLEMENT: ['MANAGER', 'ENTITLEMENT_OWNER', 'SOURCE_OWNER', 'GOVERNANCE_GROUP'],
} as const

export type ApproverType = (typeof approverTypes)[keyof typeof approverTypes][number]
export type TimeUnit = 'HOURS' | 'DAYS' | 'WEEKS' | 'MONTHS'
export const timeUnits = ['HOURS', 'DAYS', 'WEEKS', 'MONTHS'] as const

export interface Scheme {
  approverType: ApproverType
  approverId: string | null
}

export interface Rules {
  grant: {
    schemes: Scheme[]
    commentRequired: boolean
    denialCommentRequired: boolean
    endDateRequired: boolean
    /** Undefined: as long as one likes; a number as it is written. */
    longest: { value: string; timeUnit: TimeUnit } | undefined
  }
  revoke: { schemes: Scheme[]; commentRequired: boolean; denialCommentRequired: boolean }
}

export const mostDuration = 100_000

interface WireScheme {
  approverType?: string | undefined
  approverId?: string | null | undefined
}

interface WireSide {
  approvalSchemes?: readonly WireScheme[] | null
  /** Roles and access profiles. */
  commentsRequired?: boolean | null
  denialCommentsRequired?: boolean | null
  /** Entitlements. */
  requestCommentRequired?: boolean | null
  denialCommentRequired?: boolean | null
  requireEndDate?: boolean | null
  maxPermittedAccessDuration?: { value?: number; timeUnit?: TimeUnit } | null
}

interface WireRules {
  accessRequestConfig?: WireSide | null
  revocationRequestConfig?: WireSide | null
}

const known = new Set<string>(Object.values(approverTypes).flat())

/** Reads any of the three spellings. An approver of a type that cannot be chosen here is kept as it is. */
export function rulesFromWire({ accessRequestConfig: grant, revocationRequestConfig: revoke }: WireRules): Rules {
  const longest = grant?.maxPermittedAccessDuration
  return {
    grant: {
      schemes: schemesOf(grant),
      commentRequired: grant?.commentsRequired ?? grant?.requestCommentRequired ?? false,
      denialCommentRequired: grant?.denialCommentsRequired ?? grant?.denialCommentRequired ?? false,
      endDateRequired: grant?.requireEndDate ?? false,
      longest: longest ? { value: String(longest.value ?? 1), timeUnit: longest.timeUnit ?? 'DAYS' } : undefined,
    },
    revoke: {
      schemes: schemesOf(revoke),
      commentRequired: revoke?.commentsRequired ?? false,
      denialCommentRequired: revoke?.denialCommentsRequired ?? false,
    },
  }
}

function schemesOf(side: WireSide | null | undefined): Scheme[] {
  return (side?.approvalSchemes ?? []).flatMap(({ approverType, approverId }) =>
    known.has(approverType ?? '') ? [{ approverType: approverType as ApproverType, approverId: approverId ?? null }] : [],
  )
}

const durationOf = ({ longest }: Rules['grant']) =>
  longest === undefined ? null : { value: Number(longest.value), timeUnit: longest.timeUnit }

/** As roles and access profiles have it; only roles have rules for comments on a revocation. */
export function rulesToWire({ grant, revoke }: Rules, kind: 'ROLE' | 'ACCESS_PROFILE') {
  const comments = (side: Rules['revoke']) => ({
    commentsRequired: side.commentRequired,
    denialCommentsRequired: side.denialCommentRequired,
  })
  return {
    accessRequestConfig: {
      ...comments(grant),
      requireEndDate: grant.endDateRequired,
      maxPermittedAccessDuration: durationOf(grant),
      approvalSchemes: grant.schemes,
    },
    revocationRequestConfig: { ...(kind === 'ROLE' ? comments(revoke) : {}), approvalSchemes: revoke.schemes },
  }
}

type EntitlementScheme = Scheme & { approverType: (typeof approverTypes.ENTITLEMENT)[number] }

/** As entitlements have it, and sources and the tenant for those without rules of their own. */
export function entitlementRulesToWire({ grant, revoke }: Rules) {
  return {
    accessRequestConfig: {
      approvalSchemes: grant.schemes as EntitlementScheme[],
      requestCommentRequired: grant.commentRequired,
      denialCommentRequired: grant.denialCommentRequired,
      requireEndDate: grant.endDateRequired,
      maxPermittedAccessDuration: durationOf(grant),
      reauthorizationRequired: false,
    },
    revocationRequestConfig: { approvalSchemes: revoke.schemes as EntitlementScheme[] },
  }
}

/** True when every group is named and the duration is a number. */
export function areComplete({ grant, revoke }: Rules): boolean {
  const value = Number(grant.longest?.value)
  const isDuration = grant.longest === undefined || (Number.isInteger(value) && value >= 1 && value <= mostDuration)
  return isDuration && [...grant.schemes, ...revoke.schemes].every((scheme) => !needsGroup(scheme) || scheme.approverId !== null)
}

/** True where a group must be named; the additional groups are those of the item. */
export function needsGroup({ approverType }: Scheme): boolean {
  return approverType === 'GOVERNANCE_GROUP'
}
