import { Type } from 'typebox'
import { exceptBeta } from '../dialect.ts'
import type { FilterFields } from '../filter.ts'
import type { Operation } from '../operation.ts'
import { enumOf, IdentityRef, nullable, paging, sifting, Text } from '../schema.ts'
import { eqIn, eqSw } from './shapes.ts'

export const PublicIdentity = Type.Object({
  id: Text,
  name: Text,
  alias: Text,
  email: nullable(Text),
  status: Text,
  identityState: enumOf(['ACTIVE', 'INACTIVE_LONG_TERM']),
  manager: nullable(IdentityRef),
  attributes: Type.Array(Type.Object({ key: Text, name: Text, value: nullable(Text) })),
})

const filters: FilterFields = {
  id: { type: 'id', operators: eqIn },
  alias: { type: 'string', operators: eqSw },
  email: { type: 'string', operators: eqSw },
  firstname: { type: 'string', operators: eqSw },
  lastname: { type: 'string', operators: eqSw },
}

export const publicIdentityOperations = {
  getPublicIdentities: {
    method: 'GET',
    path: '/public-identities',
    dialects: exceptBeta,
    tag: 'Public Identities',
    summary: 'What everybody may know of everybody: whom access could be asked for.',
    // The contract asks for sp:scopes:default, which every token of a person has.
    scopes: [],
    levels: ['ORG_ADMIN', 'USER'],
    query: {
      'add-core-filters': Type.Optional(
        Type.Boolean({ default: false, description: 'True leaves out who has no last name or no mail address.' }),
      ),
      ...paging,
      ...sifting,
    },
    status: 200,
    answer: Type.Array(PublicIdentity),
    filters,
    sorters: ['name'],
  },
} as const satisfies Record<string, Operation>
