import { Type } from 'typebox'
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
export const LaterMaybe = nullable(Text)

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

export const eqIn = ['eq', 'in'] as const
export const eqSw = ['eq', 'sw'] as const
export const eqInSw = ['eq', 'in', 'sw'] as const
// compat: catalogue-filter-union. The versions differ in single operators (some forget gt, some lt); every version accepts all of them.
export const moments = ['eq', 'gt', 'ge', 'lt', 'le'] as const
export const every = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'in', 'sw', 'isnull', 'pr'] as const
