import { type Static, Type } from 'typebox'
import { type Dialect, dialects, exceptBeta } from './dialect.ts'
import type { FilterFields } from './filter.ts'
import { JsonPatch } from './json-patch.ts'
import type { Operation } from './operation.ts'
import { enumOf, Flag, Instant, nullable, paging, reference, sifting, Text } from './schema.ts'
import { SodContext } from './shared-shapes.ts'

const id = Type.String({ minLength: 1, maxLength: 255 })
const line = (maxLength: number) => Type.Optional(nullable(Type.String({ maxLength })))

const States = ['ENFORCED', 'NOT_ENFORCED'] as const
const Levels = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'] as const
const OwnerTypes = ['IDENTITY', 'GOVERNANCE_GROUP'] as const

const WrittenOwner = Type.Object({ type: enumOf(OwnerTypes), id })
const WrittenCriteria = Type.Object({
  name: Type.Optional(nullable(Type.String({ maxLength: 255 }))),
  criteriaList: Type.Array(Type.Object({ type: Type.Optional(enumOf(['ENTITLEMENT'])), id }), { minItems: 1, maxItems: 50 }),
})

const ViolationOwner = Type.Object({
  assignmentRule: Type.Optional(nullable(enumOf(['MANAGER', 'STATIC']))),
  ownerRef: Type.Optional(
    nullable(
      Type.Object({
        type: Type.Optional(nullable(enumOf([...OwnerTypes, 'MANAGER']))),
        id: Type.Optional(Type.String({ maxLength: 255 })),
        name: Type.Optional(Type.String({ maxLength: 255 })),
      }),
    ),
  ),
})

const shared = {
  name: Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' }),
  description: line(4000),
  ownerRef: Type.Optional(WrittenOwner),
  externalPolicyReference: line(1000),
  compensatingControls: line(4000),
  correctionAdvice: line(4000),
  state: Type.Optional(enumOf(States, { description: 'Absent: ENFORCED.' })),
  tags: Type.Optional(nullable(Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 100 }))),
  violationOwnerAssignmentConfig: Type.Optional(nullable(ViolationOwner)),
  type: Type.Optional(enumOf(['GENERAL', 'CONFLICTING_ACCESS_BASED'], { description: 'GENERAL is refused: there is no search to ask.' })),
  conflictingAccessCriteria: Type.Optional(nullable(Type.Object({ leftCriteria: WrittenCriteria, rightCriteria: WrittenCriteria }))),
}

const sinceV1 = {
  secondaryOwnerRefs: Type.Optional(nullable(Type.Array(WrittenOwner, { maxItems: 10 }))),
  allowedControls: Type.Optional(
    nullable(Type.Array(Type.Object({}), { maxItems: 0, description: 'There are no compensating controls to name.' })),
  ),
  level: Type.Optional(nullable(enumOf(Levels))),
}

/** What makes a policy, or replaces one. What only the server knows (id, dates, policyQuery, scheduled) may stand in it and is not read. */
export const SodPolicyBody = (dialect: Dialect) => Type.Object({ ...shared, ...(dialect === 'v1' ? sinceV1 : {}) })
export type SodPolicyBody = Static<ReturnType<typeof SodPolicyBody>> & Partial<Static<typeof SodPolicyBodyOfV1>>
const SodPolicyBodyOfV1 = Type.Object(sinceV1)

const AccessRef = reference(['ENTITLEMENT'])
const ShownCriteria = Type.Object({ name: Text, criteriaList: Type.Array(AccessRef) })
const OwnerRef = reference(OwnerTypes)

/** A policy as a dialect shows it. */
export const SodPolicy = (dialect: Dialect) =>
  Type.Object({
    id: Text,
    name: Text,
    created: Instant,
    modified: Instant,
    description: nullable(Text),
    ownerRef: OwnerRef,
    externalPolicyReference: nullable(Text),
    policyQuery: Text,
    compensatingControls: nullable(Text),
    correctionAdvice: nullable(Text),
    state: enumOf(States),
    tags: Type.Array(Text),
    creatorId: Text,
    modifierId: nullable(Text),
    violationOwnerAssignmentConfig: ViolationOwner,
    scheduled: Flag,
    type: enumOf(['CONFLICTING_ACCESS_BASED']),
    conflictingAccessCriteria: Type.Object({ leftCriteria: ShownCriteria, rightCriteria: ShownCriteria }),
    ...(dialect === 'v1'
      ? {
          secondaryOwnerRefs: Type.Array(OwnerRef),
          allowedControls: Type.Array(Type.Object({}), { maxItems: 0 }),
          level: nullable(enumOf(Levels)),
        }
      : {}),
  })

/** Somebody, and the entitlements they might be given. */
export const NewAccessBody = Type.Object({
  identityId: id,
  accessRefs: Type.Array(Type.Object({ type: Type.Optional(enumOf(['ENTITLEMENT'])), id }), { maxItems: 1000 }),
})
export type NewAccessBody = Static<typeof NewAccessBody>

// compat: prediction-has-an-id. The contract demands a requestId of the prediction without describing one; it is sent.
const Prediction = Type.Object({
  requestId: Text,
  violationContexts: SodContext.properties.violationCheckResult.properties.violationContexts,
})
const StartedCheck = Type.Object({ requestId: Text, created: Instant })

/** What a conflict does to a request beside being reported with it. */
export const SodSettings = Type.Object({
  onViolation: enumOf(['REPORT', 'ADD_STEP', 'DENY'], {
    description: 'REPORT: nothing more. ADD_STEP: one more approval at the end. DENY: the request is refused.',
  }),
  stepGroupId: Type.Optional(nullable(Type.String({ maxLength: 255, description: 'The governance group that ADD_STEP asks.' }))),
})
export type SodSettings = Static<typeof SodSettings>

// compat: sod-filter-union. The versions differ in fields and operators; every version accepts all of them.
const filters: FilterFields = {
  id: { type: 'id', operators: ['eq', 'in'] },
  name: { type: 'string', operators: ['eq', 'in', 'sw', 'co'] },
  state: { type: 'string', operators: ['eq', 'in'] },
  level: { type: 'string', operators: ['eq', 'in'] },
  type: { type: 'string', operators: ['eq'] },
  description: { type: 'string', operators: ['co', 'sw'] },
  'ownerRef.name': { type: 'string', operators: ['eq', 'sw'] },
}

const ofPolicies = { tag: 'SOD Policies', levels: ['ORG_ADMIN'], dialects: dialects, deprecated: ['beta'] } as const
const reads = ['idn:sod-policy:read', 'idn:sod-policy:manage'] as const
const manages = ['idn:sod-policy:manage'] as const
const ofViolations = {
  tag: 'SOD Violations',
  levels: ['ORG_ADMIN'],
  scopes: ['idn:sod-violation:read', 'idn:sod-violation:manage'],
  body: NewAccessBody,
} as const

export const sodPolicyOperations = {
  listSodPolicies: {
    ...ofPolicies,
    method: 'GET',
    path: '/sod-policies',
    summary: 'What nobody should hold together.',
    scopes: reads,
    query: { ...paging, ...sifting },
    status: 200,
    answer: (dialect: Dialect) => Type.Array(SodPolicy(dialect)),
    filters,
    sorters: ['id', 'name', 'created', 'modified', 'description', 'ownerRef.name'],
  },
  createSodPolicy: {
    ...ofPolicies,
    method: 'POST',
    path: '/sod-policies',
    summary: 'Say of two lists of entitlements that nobody should hold something of both.',
    scopes: manages,
    body: SodPolicyBody,
    status: 201,
    answer: SodPolicy,
  },
  getSodPolicy: {
    ...ofPolicies,
    method: 'GET',
    path: '/sod-policies/:id',
    summary: 'One policy.',
    scopes: reads,
    status: 200,
    answer: SodPolicy,
  },
  putSodPolicy: {
    ...ofPolicies,
    method: 'PUT',
    path: '/sod-policies/:id',
    summary: 'Replace a policy; requests made before keep what their check found.',
    scopes: manages,
    body: SodPolicyBody,
    status: 200,
    answer: SodPolicy,
  },
  patchSodPolicy: {
    ...ofPolicies,
    method: 'PATCH',
    path: '/sod-policies/:id',
    summary: 'Change some of what a policy says.',
    scopes: manages,
    body: JsonPatch,
    patch: true,
    status: 200,
    answer: SodPolicy,
  },
  deleteSodPolicy: {
    ...ofPolicies,
    method: 'DELETE',
    path: '/sod-policies/:id',
    summary: 'Delete a policy for good.',
    scopes: manages,
    query: {
      // compat: deleted-for-good. A policy deleted "logically" could be brought back by nobody: the contract has no operation for it.
      logical: Type.Optional(Type.Boolean({ default: true, description: 'Makes no difference: the record keeps what the policy was.' })),
    },
    status: 204,
    answer: null,
  },
  startPredictSodViolations: {
    ...ofViolations,
    method: 'POST',
    path: '/sod-violations/predict',
    dialects: dialects,
    deprecated: ['beta'],
    summary: 'Which policies new entitlements would break for somebody.',
    status: 200,
    answer: Prediction,
  },
  startViolationCheck: {
    ...ofViolations,
    method: 'POST',
    path: '/sod-violations/check',
    dialects: exceptBeta,
    summary: 'The same, with the result written into the audit trail.',
    status: 202,
    answer: StartedCheck,
  },
  getSodSettings: {
    method: 'GET',
    path: '/sod-settings',
    own: true,
    dialects: ['v1'],
    tag: 'SOD Policies',
    summary: 'What a conflict does to a request.',
    scopes: reads,
    levels: ['ORG_ADMIN'],
    status: 200,
    answer: SodSettings,
  },
  setSodSettings: {
    method: 'PUT',
    path: '/sod-settings',
    own: true,
    dialects: ['v1'],
    tag: 'SOD Policies',
    summary: 'Say what a conflict does to a request: it is reported, it adds an approval, or the request is refused.',
    scopes: manages,
    levels: ['ORG_ADMIN'],
    body: SodSettings,
    status: 200,
    answer: SodSettings,
  },
} as const satisfies Record<string, Operation>
