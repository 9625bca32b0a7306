import { type TSchema, Type } from 'typebox'
import type { Dialect } from '../dialect.ts'
import { enumOf, IdentityRef, nullable, reference, Text } from '../schema.ts'

/** Shapes and query fields that several nouns of the catalogue have in common. */

/** An owner; from v2024 on the contract lets it be null. */
export const Owner = (dialect: Dialect) => (dialect === 'beta' || dialect === 'v3' ? IdentityRef : nullable(IdentityRef))
/** Owners beside the owner: people, then governance groups. */
export const AdditionalOwners = Type.Array(reference(['IDENTITY', 'GOVERNANCE_GROUP']))
export const SourceRef = reference(['SOURCE'])
export const EntitlementRefs = Type.Array(reference(['ENTITLEMENT']))

/** What the contract has a place for and this product nothing to say. */
export const Nothing = Type.Null()
export const NoText = Type.Array(Text, { maxItems: 0 })
export const NoMetadata = Type.Object({ attributes: Type.Array(Type.Object({}), { maxItems: 0 }) })

export const PrivilegeWords = ['HIGH', 'LOW', 'MEDIUM', 'NONE'] as const
export const PrivilegeLevel = Type.Object({
  direct: enumOf(PrivilegeWords),
  setByType: Nothing,
  inherited: Nothing,
  effective: enumOf(PrivilegeWords),
})

export const forSubadmin = {
  'for-subadmin': Type.Optional(
    Type.String({ description: 'Only what this sub-admin may see. Nobody is one here, so any value is refused.' }),
  ),
}

export const segments = {
  'for-segment-ids': Type.Optional(
    Type.String({ description: 'Only what is in these segments, and what is in none; nothing is in any here.' }),
  ),
  'include-unsegmented': Type.Optional(
    Type.Boolean({ default: true, description: 'False, beside for-segment-ids, leaves out what is in no segment.' }),
  ),
}

// --- As callers send it ---

/** What may be left out or null. */
export const optional = <T extends TSchema>(schema: T) => Type.Optional(nullable(schema))
export const someId = Type.String({ minLength: 1, maxLength: 255 })
export const NameBody = Type.String({ minLength: 1, pattern: '\\S' })
/** Whom or what it names is known by its id; a name beside it is not read. */
export const RefBody = <const T extends readonly string[]>(types: T) => Type.Object({ type: optional(enumOf(types)), id: someId })
export const AdditionalOwnersBody = optional(Type.Array(Type.Object({ type: enumOf(['IDENTITY', 'GOVERNANCE_GROUP']), id: someId })))
/** A field of the contract that nothing here acts on. */
export const NotKept = Type.Optional(Type.Unknown({ description: 'Nothing here acts on it: it must be null, false or empty.' }))
/** A task that the contract has done later and that is done by the time of the answer. */
export const TaskRef = Type.Object({ type: enumOf(['TASK_RESULT']), id: Text, name: nullable(Text) })
/** How it went with one of many. */
export const OutcomeOfOne = Type.Object({ id: Text, status: Type.Integer(), description: Text })

export const eqIn = ['eq', 'in'] as const
export const eqSw = ['eq', 'sw'] as const
export const eqInSw = ['eq', 'in', 'sw'] as const
// compat: catalogue-filter-union. The versions differ in single operators (some forget gt, some lt); every version accepts all of them.
export const moments = ['eq', 'gt', 'ge', 'lt', 'le'] as const
export const every = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'in', 'sw', 'isnull', 'pr'] as const
