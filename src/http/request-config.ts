import type { Dialect } from '../api/dialect.ts'
import { asksOf, type ItemType, noRules, type RequestConfig, type RequestRules, type Selector, type Step } from '../domain/access-model.ts'
import type { CatalogueReference } from '../domain/catalogue-changes.ts'
import { DomainError } from '../domain/errors.ts'
import { maxDuration } from './wire-names.ts'

/** Request rules between our words and the wire's. One module for both ways, so that what was read can be written back. */

type ApproverTypes = Record<Selector['kind'], string>

const everyKind: ApproverTypes = {
  MANAGER: 'MANAGER',
  OWNER: 'OWNER',
  SOURCE_OWNER: 'SOURCE_OWNER',
  APP_OWNER: 'APP_OWNER',
  GOVERNANCE_GROUP: 'GOVERNANCE_GROUP',
  ALL_OWNERS: 'ALL_OWNERS',
  ADDITIONAL_OWNER: 'ADDITIONAL_OWNER',
  ADDITIONAL_GOVERNANCE_GROUP: 'ADDITIONAL_GOVERNANCE_GROUP',
}

// compat: approver-type-nearest. Each noun publishes its own short list of approver types, and clients refuse what is not on it: an
// approver that an import gave and the list lacks is shown as the nearest on it. It is kept as it was when it comes back unchanged.
const approverTypes: Record<ItemType, ApproverTypes> = {
  ACCESS_PROFILE: everyKind,
  ROLE: { ...everyKind, SOURCE_OWNER: 'OWNER', APP_OWNER: 'OWNER' },
  ENTITLEMENT: {
    ...everyKind,
    OWNER: 'ENTITLEMENT_OWNER',
    APP_OWNER: 'SOURCE_OWNER',
    ALL_OWNERS: 'ENTITLEMENT_OWNER',
    ADDITIONAL_OWNER: 'ENTITLEMENT_OWNER',
    ADDITIONAL_GOVERNANCE_GROUP: 'GOVERNANCE_GROUP',
  },
}

export interface WireScheme {
  approverType: string
  approverId?: string | null | undefined
}

/** Either half as any of the three nouns spells it; see api/catalogue/request-config.ts for what each of them has. */
export interface WireRules {
  approvalSchemes?: WireScheme[] | null | undefined
  commentsRequired?: boolean | null | undefined
  denialCommentsRequired?: boolean | null | undefined
  requestCommentRequired?: boolean | null | undefined
  denialCommentRequired?: boolean | null | undefined
  reauthorizationRequired?: boolean | null | undefined
  requireEndDate?: boolean | null | undefined
  maxPermittedAccessDuration?: { value: number; timeUnit: 'HOURS' | 'DAYS' | 'WEEKS' | 'MONTHS' } | null | undefined
  formDefinitionId?: string | null | undefined
}

export interface WireRequestConfig {
  accessRequestConfig?: WireRules | null | undefined
  revocationRequestConfig?: WireRules | null | undefined
}

/** The two halves of an item's rules as its noun spells them. */
export function toWireRequestConfig(type: ItemType, config: RequestConfig, dialect: Dialect) {
  const { grant, revoke } = config
  const form = type === 'ROLE' || dialect === 'v1' ? { formDefinitionId: null } : {}
  return {
    accessRequestConfig: {
      ...comments(type, grant),
      reauthorizationRequired: grant.reauthorizationRequired,
      requireEndDate: grant.endDateRequired,
      maxPermittedAccessDuration: maxDuration(grant),
      approvalSchemes: toWireSchemes(type, grant.steps),
      ...form,
    },
    revocationRequestConfig: { ...(type === 'ROLE' ? comments(type, revoke) : {}), approvalSchemes: toWireSchemes(type, revoke.steps) },
  }
}

function comments(type: ItemType, rules: RequestRules) {
  const { commentRequired, denialCommentRequired } = rules
  return type === 'ENTITLEMENT'
    ? { requestCommentRequired: commentRequired, denialCommentRequired }
    : { commentsRequired: commentRequired, denialCommentsRequired: denialCommentRequired }
}

// compat: joint-steps-shown-in-series. The wire's list has one approver after the other. Those whom a policy asks at once are shown in a
// row; what is sent back as it was shown stays as it was, quorum, conditions and all.
function toWireSchemes(type: ItemType, steps: Step[]) {
  return steps.flatMap(asksOf).map((step) => ({ approverType: approverTypes[type][step.kind], approverId: step.groupId ?? null }))
}

/**
 * Reads both halves as a noun spells them. What is left out or null has its default; what the noun cannot say at all stays as it is in
 * `current`. Refuses workflows, forms, a group without id and a duration below one, each with the field named. Whether a group is there
 * is for the caller to check.
 */
export function fromWireRequestConfig(type: ItemType, wire: WireRequestConfig, current: RequestConfig | null): RequestConfig {
  const was = current ?? { grant: noRules, revoke: noRules }
  return {
    grant: fromWireRules(type, wire.accessRequestConfig ?? {}, was.grant, 'accessRequestConfig'),
    revoke: fromWireRevokeRules(type, wire.revocationRequestConfig ?? {}, was.revoke, 'revocationRequestConfig'),
  }
}

/** Every group that rules ask, each with the field that names it. */
export function groupsAsked({ grant, revoke }: RequestConfig): CatalogueReference[] {
  const inHalf = (half: string, { steps }: RequestRules) =>
    steps
      .flatMap(asksOf)
      .flatMap(({ groupId }, index): CatalogueReference[] =>
        groupId === undefined ? [] : [{ type: 'GOVERNANCE_GROUP', id: groupId, field: `${half}.approvalSchemes[${index}].approverId` }],
      )
  return [...inHalf('accessRequestConfig', grant), ...inHalf('revocationRequestConfig', revoke)]
}

function fromWireRules(type: ItemType, wire: WireRules, was: RequestRules, path: string): RequestRules {
  if (wire.formDefinitionId) throw new DomainError('invalid', 'forms are not supported yet.', `${path}.formDefinitionId`)
  const limit = wire.maxPermittedAccessDuration
  if (limit && limit.value < 1) throw new DomainError('invalid', 'must be at least 1.', `${path}.maxPermittedAccessDuration.value`)
  if (wire.reauthorizationRequired)
    throw new DomainError('invalid', 're-authentication is not supported yet.', `${path}.reauthorizationRequired`)
  return {
    ...fromWireComments(type, wire),
    ...stepsFromWire(type, wire, was, path),
    reauthorizationRequired: wire.reauthorizationRequired ?? false,
    endDateRequired: wire.requireEndDate ?? false,
    maxDuration: limit ? { value: limit.value, unit: limit.timeUnit } : null,
  }
}

function fromWireRevokeRules(type: ItemType, wire: WireRules, was: RequestRules, path: string): RequestRules {
  const said = type === 'ROLE' ? fromWireComments(type, wire) : {}
  const { distinct: _, ...kept } = was
  return { ...kept, ...said, ...stepsFromWire(type, wire, was, path) }
}

function fromWireComments(type: ItemType, wire: WireRules) {
  const plural = type !== 'ENTITLEMENT'
  return {
    commentRequired: (plural ? wire.commentsRequired : wire.requestCommentRequired) ?? false,
    denialCommentRequired: (plural ? wire.denialCommentsRequired : wire.denialCommentRequired) ?? false,
  }
}

// compat: absent-schemes-ask-the-source-owner. Of an entitlement's or a source's rules that leave the schemes out, the contract does not say
// what it means. Only an explicit empty list means that nobody is asked; the source's owner is the default of the tenant's rules, too.
function stepsFromWire(type: ItemType, wire: WireRules, was: RequestRules, path: string): Pick<RequestRules, 'steps' | 'distinct'> {
  const schemes = wire.approvalSchemes
  if (!schemes) return { steps: type === 'ENTITLEMENT' ? [{ kind: 'SOURCE_OWNER' }] : [] }
  if (isSame(schemes, toWireSchemes(type, was.steps))) return { steps: was.steps, ...(was.distinct ? { distinct: true } : {}) }
  return { steps: schemes.map((scheme, index) => fromWireScheme(type, scheme, `${path}.approvalSchemes[${index}]`)) }
}

function isSame(sent: WireScheme[], shown: WireScheme[]): boolean {
  return (
    sent.length === shown.length &&
    sent.every((scheme, at) => scheme.approverType === shown[at]?.approverType && (scheme.approverId || null) === shown[at].approverId)
  )
}

function fromWireScheme(type: ItemType, { approverType, approverId }: WireScheme, path: string): Selector {
  if (approverType === 'WORKFLOW') throw new DomainError('invalid', 'workflows cannot approve here.', `${path}.approverType`)
  const kind = (Object.keys(everyKind) as Selector['kind'][]).find((one) => approverTypes[type][one] === approverType)
  if (kind === undefined) throw new DomainError('invalid', `is not an approver type of this kind of item.`, `${path}.approverType`)
  if (kind === 'GOVERNANCE_GROUP') {
    if (!approverId) throw new DomainError('invalid', 'a governance group is named by its id.', `${path}.approverId`)
    return { kind, groupId: approverId }
  }
  if (approverId && kind.startsWith('ADDITIONAL_')) {
    throw new DomainError('invalid', 'every additional owner is asked; leave the id out.', `${path}.approverId`)
  }
  return { kind }
}
