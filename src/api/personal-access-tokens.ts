import { type Static, Type } from 'typebox'
import { type Dialect, dialects } from './dialect.ts'
import type { FilterFields } from './filter.ts'
import { JsonPatch } from './json-patch.ts'
import type { Operation } from './operation.ts'
import { Flag, IdentityRef, Instant, nullable, Text } from './schema.ts'

const name = Type.String({ minLength: 1, maxLength: 255 })
const scope = Type.Array(Type.String({ pattern: '^\\S+$', maxLength: 255 }), { maxItems: 500 })
const validity = Type.Integer({ minimum: 15, maximum: 43200 })

const createFields = {
  name,
  scope: Type.Optional(nullable(scope)),
  accessTokenValiditySeconds: Type.Optional(nullable(validity)),
  expirationDate: Type.Optional(nullable(Instant)),
}
const confirmed = Type.Optional(nullable(Flag))

/** Since v2025 a token may live for ever, if its owner says that they know it. */
export const livesForEver = (dialect: Dialect): boolean => dialect === 'v2025' || dialect === 'v2026' || dialect === 'v1'

/** What makes a token; a missing scope is every scope. */
export const CreateTokenBody = (dialect: Dialect) =>
  Type.Object({ ...createFields, ...(livesForEver(dialect) ? { userAwareTokenNeverExpires: confirmed } : {}) })

/** What a PATCH may leave behind. */
export const PatchedToken = Type.Object({ ...createFields, userAwareTokenNeverExpires: confirmed })
export type PatchedToken = Static<typeof PatchedToken>

const shown = {
  id: Text,
  name: Text,
  scope: Type.Array(Text),
  owner: IdentityRef,
  created: Instant,
  accessTokenValiditySeconds: Type.Integer(),
}

const CreatedToken = Type.Object({ ...shown, secret: Text, expirationDate: Instant })

/** A token without its secret. v3 and v2024 have no null for the end of one that has none: they leave it out. */
export const PersonalToken = (dialect: Dialect) =>
  Type.Object({
    ...shown,
    lastUsed: nullable(Instant),
    managed: Flag,
    expirationDate: dialect === 'v3' || dialect === 'v2024' ? Type.Optional(Instant) : nullable(Instant),
    ...(livesForEver(dialect) ? { userAwareTokenNeverExpires: Flag } : {}),
  })

const filters: FilterFields = { lastUsed: { type: 'date', operators: ['le', 'isnull'] } }
const tag = 'Personal Access Tokens'
const own = 'sp:my-personal-access-tokens'
const everybodys = 'sp:all-personal-access-tokens'

export const personalTokenOperations = {
  listPersonalAccessTokens: {
    method: 'GET',
    path: '/personal-access-tokens',
    dialects: dialects,
    tag,
    summary: 'Personal access tokens, without their secrets.',
    scopes: [`${own}:read`, `${own}:manage`, `${everybodys}:read`, `${everybodys}:manage`],
    levels: ['ORG_ADMIN', 'USER'],
    query: {
      'owner-id': Type.Optional(Type.String({ description: 'Whose; `me` for the caller. Org admins may name anybody or nobody.' })),
      filters: Type.Optional(Type.String({ description: 'By lastUsed: le, isnull.' })),
    },
    status: 200,
    answer: (dialect: Dialect) => Type.Array(PersonalToken(dialect)),
    filters,
  },
  createPersonalAccessToken: {
    method: 'POST',
    path: '/personal-access-tokens',
    dialects: dialects,
    tag,
    summary: 'Make a personal access token; its secret is shown this once.',
    scopes: [`${own}:manage`, `${everybodys}:manage`],
    levels: ['ORG_ADMIN', 'USER'],
    body: CreateTokenBody,
    status: 200,
    answer: CreatedToken,
  },
  patchPersonalAccessToken: {
    method: 'PATCH',
    path: '/personal-access-tokens/:id',
    dialects: dialects,
    tag,
    summary: 'Change the name, scope or end of one of your personal access tokens.',
    scopes: [`${own}:manage`],
    levels: ['ORG_ADMIN', 'USER'],
    body: JsonPatch,
    patch: true,
    status: 200,
    answer: PersonalToken,
  },
  deletePersonalAccessToken: {
    method: 'DELETE',
    path: '/personal-access-tokens/:id',
    dialects: dialects,
    tag,
    summary: 'Delete a personal access token; what was made with it stops at once.',
    scopes: [`${own}:manage`, `${everybodys}:manage`],
    levels: ['ORG_ADMIN', 'USER'],
    status: 204,
    answer: null,
  },
} as const satisfies Record<string, Operation>
