import type { Dialect } from '../api/dialect.ts'
import type { JsonPatch } from '../api/json-patch.ts'
import { type NewAccessBody, SodPolicyBody, type SodSettings } from '../api/sod-policies.ts'
import { type Actor, personOf } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import type { PolicyReference } from '../domain/sod-policy.ts'
import { checkSodViolations, type NewAccess, predictSodViolations } from '../operations/check-sod-violations.ts'
import { createSodPolicy, type WrittenSodPolicy } from '../operations/create-sod-policy.ts'
import { deleteSodPolicy } from '../operations/delete-sod-policy.ts'
import { setAccessRequestConfig } from '../operations/set-access-request-config.ts'
import { updateSodPolicy } from '../operations/update-sod-policy.ts'
import { loadTenantConfig } from '../store/settings.ts'
import { findSodPolicy, listSodPolicies, type SodPolicyRow } from '../store/sod-policies.ts'
import { type Call, type Handler, param } from './call.ts'
import { applyPatch } from './json-patch.ts'
import { pageQuery } from './list-query.ts'
import { violationContexts } from './sod-context.ts'
import { bodyCheck, type Check } from './validate.ts'
import { instant } from './wire-names.ts'

export const sodPolicyHandlers = {
  listSodPolicies: async (call) => {
    const page = await listSodPolicies(call.app.db.sql, pageQuery(call.operation, call.query))
    return { body: page.rows.map((row) => toWire(row, call.dialect)), total: page.total }
  },
  createSodPolicy: async (call) => {
    const row = await createSodPolicy(call.app, call.actor, fromWire(call.body as SodPolicyBody, call.actor))
    return { body: toWire(row, call.dialect) }
  },
  getSodPolicy: async (call) => {
    const id = param(call, 'id')
    const row = await findSodPolicy(call.app.db.sql, id)
    if (!row) throw new DomainError('not_found', `There is no SoD policy ${id}.`)
    return { body: toWire(row, call.dialect) }
  },
  putSodPolicy: async (call) => change(call, () => call.body as SodPolicyBody),
  patchSodPolicy: async (call) => change(call, (row) => patched(row, call.body as JsonPatch, call.dialect)),
  deleteSodPolicy: async (call) => {
    await deleteSodPolicy(call.app, call.actor, param(call, 'id'))
    return {}
  },
  startPredictSodViolations: async (call) => {
    const conflicts = await predictSodViolations(call.app, newAccess(call))
    return { body: { requestId: call.trackingId, violationContexts: violationContexts(conflicts) } }
  },
  // compat: check-is-done-at-once. The contract starts a check and has no operation that tells how it ended; it is done when the answer
  // comes, and the audit trail holds what it found under the requestId.
  startViolationCheck: async (call) => {
    const { id, at } = await checkSodViolations(call.app, call.actor, newAccess(call))
    return { body: { requestId: id, created: instant(at) } }
  },
  getSodSettings: async (call) => ({ body: (await loadTenantConfig(call.app.db.sql)).sod }),
  setSodSettings: async (call) => ({ body: await setSettings(call, call.body as SodSettings) }),
} satisfies Record<string, Handler>

async function change(call: Call, bodyOf: (row: SodPolicyRow) => SodPolicyBody) {
  const row = await updateSodPolicy(call.app, call.actor, param(call, 'id'), (stored) => fromWire(bodyOf(stored), call.actor, stored))
  return { body: toWire(row, call.dialect) }
}

async function setSettings(call: Call, { onViolation, stepGroupId }: SodSettings) {
  const sod = { onViolation, stepGroupId: stepGroupId || null }
  if (onViolation === 'ADD_STEP' && sod.stepGroupId === null) {
    throw new DomainError('invalid', 'names the governance group that is asked; it is required.', 'stepGroupId')
  }
  const groups = sod.stepGroupId === null ? [] : [{ id: sod.stepGroupId, field: 'stepGroupId' }]
  const config = await setAccessRequestConfig(call.app, call.actor, (stored) => ({ config: { ...stored, sod }, people: [], groups }))
  return config.sod
}

function newAccess(call: Call): NewAccess {
  const { identityId, accessRefs } = call.body as NewAccessBody
  return { identityId, entitlementIds: accessRefs.map(({ id }) => id) }
}

/** A body in our words. What a version cannot say, it leaves alone: `stored` is the policy as it was. */
function fromWire(body: SodPolicyBody, actor: Actor, stored?: SodPolicyRow): WrittenSodPolicy {
  const { leftCriteria, rightCriteria } = criteriaOf(body)
  const owner = body.ownerRef ?? stored?.owner ?? { type: 'IDENTITY', id: personOf(actor) }
  const secondary = body.secondaryOwnerRefs === undefined ? (stored?.notes.secondaryOwners ?? []) : (body.secondaryOwnerRefs ?? [])
  return {
    terms: {
      name: body.name,
      description: body.description ?? null,
      state: body.state ?? 'ENFORCED',
      owner: { type: owner.type, id: owner.id },
      left: sideOf(leftCriteria),
      right: sideOf(rightCriteria),
      correctionAdvice: body.correctionAdvice ?? null,
      tags: [...new Set(body.tags ?? [])],
      notes: {
        externalReference: body.externalPolicyReference ?? null,
        compensatingControls: body.compensatingControls ?? null,
        level: body.level === undefined ? (stored?.notes.level ?? 'HIGH') : body.level,
        secondaryOwners: secondary.map(({ type, id }) => ({ type, id })),
        violationOwner: violationOwnerOf(body),
      },
    },
    left: referencesOf(leftCriteria, 'leftCriteria'),
    right: referencesOf(rightCriteria, 'rightCriteria'),
    owners: [
      { type: owner.type, id: owner.id, field: 'ownerRef.id' },
      ...secondary.map(({ type, id }, index) => ({ type, id, field: `secondaryOwnerRefs[${index}].id` })),
    ],
  }
}

type Criteria = NonNullable<SodPolicyBody['conflictingAccessCriteria']>

// compat: no-general-sod-policies. A GENERAL policy is a search query over identities, and there is no search here: it is refused, and so
// is a policy without criteria. One that has criteria and names no type is CONFLICTING_ACCESS_BASED, although the contract's default is GENERAL.
function criteriaOf({ type, conflictingAccessCriteria }: SodPolicyBody): Criteria {
  if (type === 'GENERAL') {
    throw new DomainError('invalid', 'policies by query (GENERAL) are not supported, only CONFLICTING_ACCESS_BASED ones.', 'type')
  }
  if (!conflictingAccessCriteria) throw new DomainError('invalid', 'is required.', 'conflictingAccessCriteria')
  return conflictingAccessCriteria
}

function sideOf({ name, criteriaList }: Criteria['leftCriteria']) {
  return { name: name ?? '', entitlementIds: [...new Set(criteriaList.map(({ id }) => id))] }
}

function referencesOf({ criteriaList }: Criteria['leftCriteria'], side: 'leftCriteria' | 'rightCriteria'): PolicyReference[] {
  return criteriaList.map(({ id }, index) => ({
    type: 'ENTITLEMENT',
    id,
    field: `conflictingAccessCriteria.${side}.criteriaList[${index}].id`,
  }))
}

function violationOwnerOf({ violationOwnerAssignmentConfig: config }: SodPolicyBody): Record<string, unknown> | null {
  if (!config) return null
  const { assignmentRule = null, ownerRef } = config
  if (!ownerRef) return { assignmentRule, ownerRef: null }
  const { type, id, name } = ownerRef
  return { assignmentRule, ownerRef: { ...(type ? { type } : {}), ...(id ? { id } : {}), ...(name ? { name } : {}) } }
}

const patchable = [
  'name',
  'description',
  'ownerRef',
  'externalPolicyReference',
  'compensatingControls',
  'correctionAdvice',
  'state',
  'tags',
  'violationOwnerAssignmentConfig',
  'type',
  'conflictingAccessCriteria',
]
const patchableSinceV1 = [...patchable, 'secondaryOwnerRefs', 'level']
const paths = (names: string[]) => names.map((name) => `/${name}`)

const checks = new Map<Dialect, Check>()

function patched(row: SodPolicyRow, patch: JsonPatch, dialect: Dialect): SodPolicyBody {
  const check = checks.get(dialect) ?? bodyCheck(SodPolicyBody(dialect))
  checks.set(dialect, check)
  return check(applyPatch(toWire(row, dialect), patch, paths(dialect === 'v1' ? patchableSinceV1 : patchable))) as SodPolicyBody
}

function toWire(row: SodPolicyRow, dialect: Dialect) {
  return {
    id: row.id,
    name: row.name,
    created: instant(row.createdAt),
    modified: instant(row.modifiedAt),
    description: row.description,
    ownerRef: row.owner,
    externalPolicyReference: row.notes.externalReference,
    policyQuery: `${queryOf(row.left)} AND ${queryOf(row.right)}`,
    compensatingControls: row.notes.compensatingControls,
    correctionAdvice: row.correctionAdvice,
    state: row.state,
    tags: row.tags,
    creatorId: row.creatorId,
    modifierId: row.modifierId,
    violationOwnerAssignmentConfig: row.notes.violationOwner ?? { assignmentRule: null, ownerRef: null },
    scheduled: false,
    type: 'CONFLICTING_ACCESS_BASED',
    conflictingAccessCriteria: {
      leftCriteria: { name: row.leftName, criteriaList: row.left.map(entitlementRef) },
      rightCriteria: { name: row.rightName, criteriaList: row.right.map(entitlementRef) },
    },
    ...(dialect === 'v1' ? { secondaryOwnerRefs: row.secondaryOwners, allowedControls: [], level: row.notes.level } : {}),
  }
}

function entitlementRef({ id, name }: { id: string; name: string }) {
  return { type: 'ENTITLEMENT', id, name }
}

/** One side in the words of the search that a policy by query would use. */
function queryOf(side: { id: string }[]): string {
  return `@access(${side.map(({ id }) => `id:${id}`).join(' OR ')})`
}
