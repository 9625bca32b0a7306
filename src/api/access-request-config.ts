import { type Static, type TSchema, Type } from 'typebox'
import { type Dialect, dialects } from './dialect.ts'
import type { Operation } from './operation.ts'
import { enumOf, nullable, Text } from './schema.ts'

/**
 * One configuration in four shapes: flat (beta, v3), nested (v2024, v2025, v1), reduced (v2026) and reduced with machine identities (the
 * second version of the resource in v1). What a shape lacks, a PUT in that shape leaves alone.
 */

const switchOf = (usual: boolean) => Type.Boolean({ default: usual })

const switches = { approvalsMustBeExternal: switchOf(false), reauthorizationEnabled: switchOf(false) }

const OnBehalf = Type.Object({
  allowRequestOnBehalfOfAnyoneByAnyone: switchOf(false),
  allowRequestOnBehalfOfEmployeeByManager: switchOf(false),
})
const OnBehalfWithMachines = Type.Object({
  ...OnBehalf.properties,
  allowRequestOnBehalfOfForMachineIdentity: switchOf(true),
  allowRequestForMachineByOwner: switchOf(false),
})

const FlatEntitlements = Type.Object({
  allowEntitlementRequest: switchOf(false),
  requestCommentsRequired: switchOf(false),
  deniedCommentsRequired: switchOf(false),
  grantRequestApprovalSchemes: nullable(
    Type.String({
      maxLength: 4000,
      description:
        'Who is asked, in order, joined by commas: entitlementOwner, sourceOwner, manager, workgroup:{id}. Null: sourceOwner. Empty: nobody.',
    }),
  ),
})

const Scheme = Type.Object({
  approverType: enumOf(['ENTITLEMENT_OWNER', 'SOURCE_OWNER', 'MANAGER', 'GOVERNANCE_GROUP', 'WORKFLOW'], {
    description: 'WORKFLOW is refused: there are no workflows here.',
  }),
  approverId: nullable(Type.String({ maxLength: 255, description: 'The group, for GOVERNANCE_GROUP.' })),
})
export type Scheme = Static<typeof Scheme>
const Schemes = Type.Array(Scheme, { maxItems: 50, description: 'Who is asked, in order. Absent: the source owner. Empty: nobody.' })

const grantRules = {
  approvalSchemes: Schemes,
  requestCommentRequired: switchOf(false),
  denialCommentRequired: switchOf(false),
  reauthorizationRequired: switchOf(false),
  requireEndDate: switchOf(false),
  maxPermittedAccessDuration: nullable(
    Type.Object({
      value: Type.Integer({ minimum: 1, maximum: 2147483647 }),
      timeUnit: enumOf(['HOURS', 'DAYS', 'WEEKS', 'MONTHS']),
    }),
  ),
}
const revocationRequestConfig = Type.Object({ approvalSchemes: Schemes })
const NestedEntitlements = Type.Object({ accessRequestConfig: Type.Object(grantRules), revocationRequestConfig })
const NestedWithForms = Type.Object({
  accessRequestConfig: Type.Object({
    ...grantRules,
    formDefinitionId: nullable(Type.String({ description: 'Null: there are no forms here.' })),
  }),
  revocationRequestConfig,
})

const days = nullable(Type.Integer({ minimum: 0, maximum: 3650 }))

const remindersOf = (email: TSchema, fewest: number) =>
  Type.Object({
    daysUntilEscalation: days,
    daysBetweenReminders: days,
    maxReminders: nullable(Type.Integer({ minimum: fewest, maximum: 20 })),
    fallbackApproverRef: nullable(Type.Object({ type: Text, id: Text, name: Text, email })),
  })

const FlatConfig = Type.Object({
  ...switches,
  autoApprovalEnabled: switchOf(false),
  requestOnBehalfOfConfig: OnBehalf,
  approvalReminderAndEscalationConfig: remindersOf(Type.Optional(Text), 1),
  entitlementRequestConfig: FlatEntitlements,
})

const NestedConfig = Type.Object({
  ...switches,
  autoApprovalEnabled: switchOf(false),
  requestOnBehalfOfConfig: OnBehalf,
  approvalReminderAndEscalationConfig: remindersOf(nullable(Text), 0),
  entitlementRequestConfig: NestedEntitlements,
})

const NestedConfigOfV1 = Type.Object({
  ...NestedConfig.properties,
  requestOnBehalfOfConfig: OnBehalfWithMachines,
  entitlementRequestConfig: NestedWithForms,
})

const ReducedConfig = Type.Object({
  ...switches,
  requestOnBehalfOfConfig: OnBehalf,
  entitlementRequestConfig: NestedEntitlements,
  govGroupVisibilityEnabled: switchOf(false),
})

const MachineConfig = Type.Object({
  ...ReducedConfig.properties,
  requestOnBehalfOfConfig: OnBehalfWithMachines,
  entitlementRequestConfig: NestedWithForms,
  machineIdentityAccessRequestEnabled: switchOf(true),
})

const shapes = { beta: FlatConfig, v3: FlatConfig, v2024: NestedConfig, v2025: NestedConfig, v2026: ReducedConfig, v1: NestedConfigOfV1 }

/** The configuration as a dialect shows it; v1 shows the shape of v2024 with the machine switches. */
export const AccessRequestConfig = (dialect: Dialect): TSchema => shapes[dialect]

type Deep<T> = T extends readonly (infer E)[] ? Deep<E>[] : T extends object ? { [K in keyof T]?: Deep<T[K]> } : T

/** Every key any shape has, each optional: what a PUT may hold. */
export type AccessRequestConfigBody = Deep<
  Omit<Static<typeof FlatConfig> & Static<typeof MachineConfig>, 'entitlementRequestConfig'> & {
    entitlementRequestConfig: Static<typeof FlatEntitlements> & Static<typeof NestedWithForms>
  }
>

/** The same schema with nothing required at any depth. */
function loosely<T>(value: T): T {
  if (Array.isArray(value)) return value.map(loosely) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (key === 'required' ? [] : [[key, loosely(inner)]]))) as T
}

const tag = 'Access Request Config'
const reads = ['idn:access-request-config:read', 'idn:access-request-config:manage'] as const
const deprecatedSince = '2026-02-26'
const older = ['beta', 'v3', 'v2024', 'v2025', 'v1'] as const

export const accessRequestConfigOperations = {
  getAccessRequestConfig: {
    method: 'GET',
    path: '/access-request-config',
    dialects: dialects,
    tag,
    summary: 'How the tenant handles access requests.',
    scopes: reads,
    levels: ['ORG_ADMIN', 'USER'],
    experimental: ['v2026'],
    deprecated: older,
    deprecatedSince,
    status: 200,
    answer: AccessRequestConfig,
  },
  setAccessRequestConfig: {
    method: 'PUT',
    path: '/access-request-config',
    dialects: dialects,
    tag,
    summary: 'Replace how the tenant handles access requests; what this version cannot say stays as it is.',
    scopes: ['idn:access-request-config:manage'],
    levels: ['ORG_ADMIN'],
    experimental: ['v2026'],
    deprecated: older,
    deprecatedSince,
    body: (dialect: Dialect) => loosely(AccessRequestConfig(dialect)),
    status: 200,
    answer: AccessRequestConfig,
  },
  getAccessRequestConfigV2: {
    method: 'GET',
    path: '/access-request-config',
    resourceVersion: 2,
    dialects: ['v1'],
    tag,
    summary: 'How the tenant handles access requests, with machine identities.',
    scopes: reads,
    levels: ['ORG_ADMIN', 'USER'],
    status: 200,
    answer: MachineConfig,
  },
  setAccessRequestConfigV2: {
    method: 'PUT',
    path: '/access-request-config',
    resourceVersion: 2,
    dialects: ['v1'],
    tag,
    summary: 'Replace how the tenant handles access requests, with machine identities; reminders and self-approval stay as they are.',
    scopes: ['idn:access-request-config:manage'],
    levels: ['ORG_ADMIN'],
    body: loosely(MachineConfig),
    status: 200,
    answer: MachineConfig,
  },
} as const satisfies Record<string, Operation>
