import { Type } from 'typebox'
import { type Dialect, dialects } from '../dialect.ts'
import type { Operation } from '../operation.ts'
import { enumOf, Flag, Instant, nullable, paging, sifting, Text } from '../schema.ts'
import { eqIn, eqInSw } from './shapes.ts'

export const RequestableTypes = ['ROLE', 'ACCESS_PROFILE'] as const
export const Standings = ['AVAILABLE', 'PENDING', 'ASSIGNED'] as const

/** Something that can be asked for, and how it stands with one person. */
export const RequestableObject = (dialect: Dialect) =>
  Type.Object({
    id: Text,
    name: Text,
    created: Instant,
    modified: Instant,
    description: nullable(Text),
    type: enumOf(RequestableTypes),
    requestStatus: Type.Unsafe<(typeof Standings)[number] | null>({ type: ['string', 'null'], enum: [...Standings, null] }),
    identityRequestId: nullable(Text),
    ownerRef: nullable(
      Type.Object({
        type: enumOf(['IDENTITY']),
        id: Text,
        name: Text,
        email: dialect === 'beta' || dialect === 'v3' ? Type.Optional(Text) : nullable(Text),
      }),
    ),
    requestCommentsRequired: Flag,
  })

/** A list joined by commas; repeating the parameter does the same. */
const commaList = (description: string) =>
  Type.Optional(Type.Unsafe<string | string[]>({ type: ['string', 'array'], items: { type: 'string' }, description }))

export const requestableObjectOperations = {
  listRequestableObjects: {
    method: 'GET',
    path: '/requestable-objects',
    dialects: dialects,
    tag: 'Requestable Objects',
    summary: 'What can be asked for, and how it stands with one person.',
    scopes: ['idn:requestable-objects:read'],
    levels: ['ORG_ADMIN', 'USER'],
    query: {
      'identity-id': Type.Optional(
        Type.String({ description: 'Whose standing is told; `me` for the caller. Org admins may leave it out.' }),
      ),
      types: commaList('ROLE, ACCESS_PROFILE, or both.'),
      term: Type.Optional(Type.String({ description: 'Part of the name or the description; filters are then ignored.' })),
      statuses: commaList('AVAILABLE, PENDING, ASSIGNED; needs identity-id.'),
      ...paging,
      ...sifting,
    },
    status: 200,
    answer: (dialect: Dialect) => Type.Array(RequestableObject(dialect)),
    filters: { id: { type: 'id', operators: eqIn }, name: { type: 'string', operators: eqInSw } },
    sorters: ['name'],
  },
} as const satisfies Record<string, Operation>
