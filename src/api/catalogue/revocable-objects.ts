import { Type } from 'typebox'
import { since2024 } from '../dialect.ts'
import type { Operation } from '../operation.ts'
import { enumOf, Flag, IdentityRef, Instant, nullable, Text } from '../schema.ts'
import { NoText } from './shapes.ts'

const RevocableObject = Type.Object({
  identityId: Text,
  entitlement: Type.Object({
    id: Text,
    name: Text,
    created: Instant,
    modified: Instant,
    description: nullable(Text),
    type: enumOf(['ENTITLEMENT']),
    sourceId: Text,
    sourceName: Text,
    // The contract does not let it be null.
    owner: Type.Optional(IdentityRef),
    value: Text,
    flags: NoText,
  }),
  sourceId: Text,
  accountTargets: Type.Array(
    Type.Object({
      accountId: Text,
      accountName: Text,
      accountUUID: nullable(Text),
      sourceId: Text,
      sourceName: Text,
      removeDate: nullable(Instant),
      assignmentId: nullable(Text),
      revocable: Flag,
    }),
  ),
})

const row = {
  method: 'GET',
  dialects: since2024,
  tag: 'Access Requests',
  summary: 'On which accounts a person has an entitlement, and what a revoke would have to name.',
  scopes: ['idn:requestable-objects:read'],
  levels: ['ORG_ADMIN', 'USER'],
  status: 200,
  answer: RevocableObject,
} as const

export const revocableObjectOperations = {
  // compat: revocable-objects-parameters. The contract declares both ids as parts of a path that has no place for them, so callers put them
  // in the query or behind the path; both are taken.
  getEntitlementDetailsForIdentity: {
    ...row,
    path: '/revocable-objects',
    query: {
      identityId: Type.Optional(Type.String({ description: 'The person; `me` for the caller.' })),
      entitlementId: Type.Optional(Type.String({ description: 'The entitlement.' })),
    },
  },
  getEntitlementDetailsForIdentityByPath: { ...row, path: '/revocable-objects/:identityId/:entitlementId' },
} as const satisfies Record<string, Operation>
