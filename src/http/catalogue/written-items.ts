import type { AccessProfileBody } from '../../api/catalogue/access-profiles.ts'
import type { PatchedEntitlement } from '../../api/catalogue/entitlements.ts'
import type { EntitlementRequestConfigBody } from '../../api/catalogue/request-config.ts'
import type { RoleBody } from '../../api/catalogue/roles.ts'
import type { JsonPatch } from '../../api/json-patch.ts'
import type { RequestConfig } from '../../domain/access-model.ts'
import type { CatalogueReference, WrittenItem } from '../../domain/catalogue-changes.ts'
import { DomainError } from '../../domain/errors.ts'
import type { WrittenConfig } from '../../operations/catalogue/update-entitlements.ts'
import type { EntitlementRow } from '../../store/catalogue/entitlements.ts'
import type { WholeRow } from '../../store/catalogue/items.ts'
import { fromWireRequestConfig, groupsAsked } from '../request-config.ts'

/** What callers write about roles, access profiles and entitlements, in our words. */

type Ref = { type?: string | null | undefined; id: string }

/** A role as a caller wrote it; `row` is how it was, where there was one. */
export function fromWireRole(body: RoleBody, row?: WholeRow): WrittenItem {
  refuseNotKept(body, [
    'membership',
    'legacyMembershipInfo',
    'segments',
    'dimensional',
    'dimensionRefs',
    'accessModelMetadata',
    'privilegeLevel',
  ])
  refuseNotKept(body.accessRequestConfig ?? {}, ['dimensionSchema'], 'accessRequestConfig.')
  const profiles = references('ACCESS_PROFILE', body.accessProfiles, 'accessProfiles')
  return wholeOf('ROLE', body, row, { sourceId: null, requestable: body.requestable ?? false, more: profiles })
}

/** An access profile as a caller wrote it; `row` is how it was, where there was one. */
export function fromWireAccessProfile(body: AccessProfileBody, row?: WholeRow): WrittenItem {
  refuseNotKept(body, ['segments', 'accessModelMetadata', 'provisioningCriteria'])
  const source: CatalogueReference = { type: 'SOURCE', id: body.source.id, field: 'source.id' }
  const { terms, references } = wholeOf('ACCESS_PROFILE', body, row, {
    sourceId: source.id,
    requestable: body.requestable ?? true,
    more: [],
  })
  return { terms, references: [source, ...references] }
}

function wholeOf(
  type: 'ROLE' | 'ACCESS_PROFILE',
  body: RoleBody | AccessProfileBody,
  row: WholeRow | undefined,
  own: { sourceId: string | null; requestable: boolean; more: CatalogueReference[] },
): WrittenItem {
  const requestConfig = fromWireRequestConfig(type, body, row?.requestConfig ?? null)
  const owner = references('IDENTITY', body.owner ? [body.owner] : [], 'owner')
  const parts = [...own.more, ...references('ENTITLEMENT', body.entitlements, 'entitlements')]
  const others = (body.additionalOwners ?? []).map(({ type: kind, id }, at) => ({ type: kind, id, field: `additionalOwners[${at}].id` }))
  return {
    terms: {
      name: body.name,
      description: body.description ?? null,
      ownerId: body.owner?.id ?? null,
      additionalOwnerIds: idsOf(others.filter((one) => one.type === 'IDENTITY')),
      additionalGroupIds: idsOf(others.filter((one) => one.type === 'GOVERNANCE_GROUP')),
      sourceId: own.sourceId,
      requestable: own.requestable,
      enabled: body.enabled ?? false,
      privileged: row?.privileged ?? false,
      requestConfig,
      partIds: idsOf(parts).sort(),
    },
    references: [...owner, ...others, ...parts, ...groupsAsked(requestConfig)],
  }
}

function references(type: CatalogueReference['type'], refs: Ref[] | null | undefined, field: string): CatalogueReference[] {
  const one = field === 'owner'
  return (refs ?? []).map(({ id }, index) => ({ type, id, field: one ? `${field}.id` : `${field}[${index}].id` }))
}

function idsOf(refs: Ref[]): string[] {
  return [...new Set(refs.map(({ id }) => id))]
}

/** A patched entitlement in our words; what cannot be patched stays as it was. */
export function fromWireEntitlement(body: PatchedEntitlement, row: EntitlementRow): WrittenItem {
  refuseNotKept(body, ['segments', 'manuallyUpdatedFields'])
  const owner = references('IDENTITY', body.owner ? [body.owner] : [], 'owner')
  return {
    terms: {
      name: body.name,
      description: body.description ?? null,
      ownerId: body.owner?.id ?? null,
      additionalOwnerIds: idsOf(row.additionalOwners as Ref[]),
      additionalGroupIds: idsOf(row.additionalGroups as Ref[]),
      sourceId: row.source.id,
      requestable: body.requestable,
      enabled: row.enabled,
      privileged: privilegedIn(body, row),
      requestConfig: row.requestConfig,
      partIds: [],
    },
    references: owner,
  }
}

// compat: two-privilege-levels. Since v2026 an entitlement has one of four levels; here it is privileged or it is not: HIGH or NONE.
function privilegedIn({ privileged, privilegeOverride }: PatchedEntitlement, row: EntitlementRow): boolean {
  if (privileged !== undefined) return privileged
  if (privilegeOverride === undefined) return row.privileged
  const level = privilegeOverride?.level ?? 'NONE'
  if (level === 'LOW' || level === 'MEDIUM')
    throw new DomainError('invalid', 'only HIGH and NONE are told apart.', 'privilegeOverride.level')
  return level === 'HIGH'
}

/** The rules of an entitlement or a source as a caller wrote them; what the wire cannot say stays as it is in those in force. */
export function fromWireEntitlementConfig(body: EntitlementRequestConfigBody, inForce: RequestConfig): WrittenConfig {
  const config = fromWireRequestConfig('ENTITLEMENT', body, inForce)
  return { config, references: groupsAsked(config) }
}

// compat: catalogue-fields-not-kept. Membership rules, segments, dimensions, metadata, provisioning criteria and privilege levels of roles
// have no counterpart here. Null and empty are what we show for them; anything else is refused rather than forgotten.
function refuseNotKept(body: object, names: string[], path = ''): void {
  const fields = body as Record<string, unknown>
  const kept = names.find((name) => !isEmpty(fields[name]))
  if (kept) throw new DomainError('invalid', 'is not supported yet: leave it out, or null.', `${path}${kept}`)
}

/** No deeper than what we show is: a body may be nested without end. */
function isEmpty(value: unknown, depth = 2): boolean {
  if (value === undefined || value === null || value === false) return true
  return typeof value === 'object' && depth > 0 && Object.values(value).every((inner) => isEmpty(inner, depth - 1))
}

// compat: revoke-request-config-path. The prose of the contract calls the second half of the rules revokeRequestConfig, its schema
// revocationRequestConfig: a patch may use either.
/** The patch with every path in the words of the schema. */
export function withSchemaPaths(patch: JsonPatch): JsonPatch {
  const right = (path: string) => path.replace(/^\/revokeRequestConfig(?=\/|$)/, '/revocationRequestConfig')
  return patch.map((step) => ({ ...step, path: right(step.path), ...(step.from === undefined ? {} : { from: right(step.from) }) }))
}
