import { type Static, Type } from 'typebox'
import type { Dialect } from '../dialect.ts'
import { enumOf, Flag, Int32, nullable, Text } from '../schema.ts'
import { MaxDuration } from '../shared-shapes.ts'
import { Nothing, NotKept, optional } from './shapes.ts'

/** Request rules of an item as the wire writes them: three nouns, three spellings. http/request-config.ts makes and reads them. */

export const RoleApprovers = [
  'OWNER',
  'MANAGER',
  'GOVERNANCE_GROUP',
  'WORKFLOW',
  'ALL_OWNERS',
  'ADDITIONAL_OWNER',
  'ADDITIONAL_GOVERNANCE_GROUP',
] as const
export const AccessProfileApprovers = ['APP_OWNER', 'SOURCE_OWNER', ...RoleApprovers] as const
export const EntitlementApprovers = ['ENTITLEMENT_OWNER', 'SOURCE_OWNER', 'MANAGER', 'GOVERNANCE_GROUP', 'WORKFLOW'] as const

const schemes = <const T extends readonly string[]>(types: T) => ({
  approvalSchemes: Type.Array(Type.Object({ approverType: enumOf(types), approverId: nullable(Text) })),
})

const conditions = { reauthorizationRequired: Flag, requireEndDate: Flag, maxPermittedAccessDuration: nullable(MaxDuration) }
const comments = { commentsRequired: Flag, denialCommentsRequired: Flag }

/** The two halves of a role's rules. */
export const RoleRequestConfig = {
  accessRequestConfig: Type.Object({ ...comments, ...conditions, ...schemes(RoleApprovers), formDefinitionId: Nothing }),
  revocationRequestConfig: Type.Object({ ...comments, ...schemes(RoleApprovers) }),
}

/** The two halves of an access profile's rules. */
export const AccessProfileRequestConfig = (dialect: Dialect) => ({
  accessRequestConfig: Type.Object({ ...comments, ...conditions, ...schemes(AccessProfileApprovers), ...formIn(dialect) }),
  revocationRequestConfig: Type.Object(schemes(AccessProfileApprovers)),
})

/** The rules of an entitlement or, for those without their own, of its source. */
export const EntitlementRequestConfig = (dialect: Dialect) =>
  Type.Object({
    accessRequestConfig: Type.Object({
      ...schemes(EntitlementApprovers),
      requestCommentRequired: Flag,
      denialCommentRequired: Flag,
      ...conditions,
      ...formIn(dialect),
    }),
    revocationRequestConfig: Type.Object(schemes(EntitlementApprovers)),
  })

const formIn = (dialect: Dialect): Record<string, typeof Nothing> => (dialect === 'v1' ? { formDefinitionId: Nothing } : {})

// --- The same as callers send it: whatever is left out has its default ---

const Duration = Type.Object({ value: Int32, timeUnit: enumOf(['HOURS', 'DAYS', 'WEEKS', 'MONTHS']) })

const schemesBody = <const T extends readonly string[]>(types: T) => ({
  approvalSchemes: optional(
    Type.Array(Type.Object({ approverType: enumOf(types), approverId: optional(Type.String({ maxLength: 255 })) }), { maxItems: 50 }),
  ),
})
const conditionsBody = {
  reauthorizationRequired: optional(Flag),
  requireEndDate: optional(Flag),
  maxPermittedAccessDuration: optional(Duration),
  formDefinitionId: optional(Text),
}
const commentsBody = { commentsRequired: optional(Flag), denialCommentsRequired: optional(Flag) }

/** For the body of a role. */
export const RoleRequestConfigBody = {
  accessRequestConfig: optional(
    Type.Object({ ...commentsBody, ...conditionsBody, ...schemesBody(RoleApprovers), dimensionSchema: NotKept }),
  ),
  revocationRequestConfig: optional(Type.Object({ ...commentsBody, ...schemesBody(RoleApprovers) })),
}

/** For the body of an access profile. */
export const AccessProfileRequestConfigBody = {
  accessRequestConfig: optional(Type.Object({ ...commentsBody, ...conditionsBody, ...schemesBody(AccessProfileApprovers) })),
  revocationRequestConfig: optional(Type.Object(schemesBody(AccessProfileApprovers))),
}

const singular = { requestCommentRequired: optional(Flag), denialCommentRequired: optional(Flag) }

/** The body that sets the rules of an entitlement or a source. */
export const EntitlementRequestConfigBody = Type.Object({
  accessRequestConfig: optional(Type.Object({ ...singular, ...conditionsBody, ...schemesBody(EntitlementApprovers) })),
  revocationRequestConfig: optional(Type.Object(schemesBody(EntitlementApprovers))),
})
export type EntitlementRequestConfigBody = Static<typeof EntitlementRequestConfigBody>
