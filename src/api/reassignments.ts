import { type Static, Type } from 'typebox'
import { type Dialect, exceptV3, since2024 } from './dialect.ts'
import type { Operation } from './operation.ts'
import { enumOf, Flag, Instant, nullable, paging, Text } from './schema.ts'

/** Standing reassignment: who stands in for whom while they are away. */

const ConfigTypes = ['ACCESS_REQUESTS', 'CERTIFICATIONS', 'MANUAL_TASKS'] as const
const LaterConfigTypes = [...ConfigTypes, 'GENERIC_APPROVALS'] as const
export type ConfigTypeName = (typeof LaterConfigTypes)[number]

/** The types of work the contract knows in a version. */
export function configTypesIn(dialect: Dialect): readonly ConfigTypeName[] {
  return dialect === 'beta' || dialect === 'v2024' ? ConfigTypes : LaterConfigTypes
}

const ConfigType = (dialect: Dialect) => enumOf(configTypesIn(dialect))

/** Who shall stand in for whom, with the types of work that a version knows. */
export const ReassignmentBody = (dialect: Dialect) =>
  Type.Object({
    reassignedFromId: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'Who is away.' })),
    reassignedToId: Type.String({ minLength: 1, maxLength: 255, description: 'Who stands in.' }),
    configType: ConfigType(dialect),
    startDate: Type.Optional(nullable(Type.String({ format: 'date-time', description: 'From when on; at once when left out.' }))),
    endDate: Type.Optional(nullable(Type.String({ format: 'date-time', description: 'Until when; null: until somebody ends it.' }))),
  })
export type ReassignmentBody = Static<ReturnType<typeof ReassignmentBody>>

const SomeIdentity = Type.Object({ id: Text, name: Text })

const AuditDetails = Type.Object({ created: Instant, createdBy: SomeIdentity, modified: Instant, modifiedBy: SomeIdentity })

const Reassignments = (dialect: Dialect) =>
  Type.Object({
    identity: SomeIdentity,
    configDetails: Type.Array(
      Type.Object({
        configType: ConfigType(dialect),
        targetIdentity: SomeIdentity,
        startDate: Instant,
        endDate: Type.Optional(Instant),
        auditDetails: AuditDetails,
      }),
    ),
  })

// compat: lookup-step-commas. Three of the published words end in a comma, and so do the constants of the SDKs.
export const LookupTypes = ['MANUAL_REASSIGNMENT,', 'AUTOMATIC_REASSIGNMENT,', 'AUTO_ESCALATION,', 'SELF_REVIEW_DELEGATION'] as const

const Evaluation = Type.Object({
  reassignToId: Text,
  lookupTrail: Type.Array(Type.Object({ reassignedToId: Text, reassignedFromId: Text, reassignmentType: enumOf(LookupTypes) })),
})

export const ReassignmentSettingsBody = Type.Object({ configDetails: Type.Object({ disabled: Type.Optional(nullable(Flag)) }) })
export type ReassignmentSettingsBody = Static<typeof ReassignmentSettingsBody>

const ReassignmentSettings = Type.Object({
  auditDetails: Type.Optional(AuditDetails),
  configDetails: Type.Object({ disabled: Flag }),
})

const shared = { tag: 'Work Reassignment', dialects: exceptV3, experimental: since2024 } as const
const reads = {
  scopes: ['idn:reassignment-configuration:read', 'idn:reassignment-configuration:manage'],
  levels: ['ORG_ADMIN', 'USER'],
} as const
const manages = { scopes: ['idn:reassignment-configuration:manage'], levels: ['ORG_ADMIN', 'USER'] } as const
const ofPerson = '/reassignment-configurations/:identityId'
const tenant = '/reassignment-configurations/tenant-config'

export const reassignmentOperations = {
  listReassignmentConfigurations: {
    ...shared,
    ...reads,
    method: 'GET',
    path: '/reassignment-configurations',
    summary: 'Who stands in for whom: for an org admin everybody, for others themselves and their reports.',
    query: { ...paging },
    status: 200,
    answer: (dialect: Dialect) => Type.Array(Reassignments(dialect)),
  },
  createReassignmentConfiguration: {
    ...shared,
    ...manages,
    method: 'POST',
    path: '/reassignment-configurations',
    summary: 'Say who stands in for somebody, for one type of work and a time; what waits for them moves when it begins.',
    body: ReassignmentBody,
    status: 201,
    answer: Reassignments,
  },
  getReassignmentConfigTypes: {
    ...shared,
    ...reads,
    method: 'GET',
    path: '/reassignment-configurations/types',
    summary: 'The types of work that somebody can stand in for.',
    status: 200,
    answer: (dialect: Dialect) =>
      Type.Array(
        Type.Object({
          priority: Type.Integer(),
          internalName: enumOf(['accessRequests', 'certifications', 'manualTasks']),
          internalNameCamel: ConfigType(dialect),
          displayName: Text,
          description: Text,
        }),
      ),
  },
  getTenantConfigConfiguration: {
    ...shared,
    method: 'GET',
    path: tenant,
    summary: 'Whether standing reassignment is switched off.',
    scopes: ['idn:reassignment-tenant-configuration:read', 'idn:reassignment-tenant-configuration:update'],
    levels: ['ORG_ADMIN'],
    status: 200,
    answer: ReassignmentSettings,
  },
  putTenantConfiguration: {
    ...shared,
    method: 'PUT',
    path: tenant,
    summary: 'Switch standing reassignment off or on for everybody.',
    scopes: ['idn:reassignment-tenant-configuration:update'],
    levels: ['ORG_ADMIN'],
    body: ReassignmentSettingsBody,
    status: 200,
    answer: ReassignmentSettings,
  },
  getReassignmentConfiguration: {
    ...shared,
    ...reads,
    method: 'GET',
    path: ofPerson,
    summary: 'Who stands in for a person, and when.',
    status: 200,
    answer: Reassignments,
  },
  putReassignmentConfig: {
    ...shared,
    ...manages,
    method: 'PUT',
    path: ofPerson,
    summary: 'Say anew who stands in for a person, for one type of work; what was moved before stays where it is.',
    body: ReassignmentBody,
    status: 200,
    answer: Reassignments,
  },
  deleteReassignmentConfiguration: {
    ...shared,
    ...manages,
    method: 'DELETE',
    path: `${ofPerson}/:configType`,
    summary: 'Nobody stands in for a person any more; what was moved before stays where it is.',
    status: 204,
    answer: null,
  },
  getEvaluateReassignmentConfiguration: {
    ...shared,
    ...manages,
    method: 'GET',
    path: `${ofPerson}/evaluate/:configType`,
    summary: 'Who would get what is asked of a person now, and by which steps.',
    query: {
      exclusionFilters: Type.Optional(
        Type.Unsafe<string | string[]>({
          anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
          description: 'Repeated, or joined by commas. SELF_REVIEW_DELEGATION leaves out steps that keep people from reviewing their own.',
        }),
      ),
    },
    status: 200,
    answer: Type.Array(Evaluation),
  },
} as const satisfies Record<string, Operation>
