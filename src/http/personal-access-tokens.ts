import type { Dialect } from '../api/dialect.ts'
import type { JsonPatch } from '../api/json-patch.ts'
import { livesForEver, PatchedToken } from '../api/personal-access-tokens.ts'
import { ALL_SCOPES, hasScope, personOf, visibleOwner } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { type TokenTerms, usualExpiry } from '../domain/personal-access-token.ts'
import { changePersonalAccessToken } from '../operations/change-personal-access-token.ts'
import { createPersonalAccessToken } from '../operations/create-personal-access-token.ts'
import { deletePersonalAccessToken } from '../operations/delete-personal-access-token.ts'
import { listPersonalTokens, type PersonalToken } from '../store/personal-access-tokens.ts'
import { type Call, type Handler, param, queryText } from './call.ts'
import { applyPatch } from './json-patch.ts'
import { pageQuery } from './list-query.ts'
import { bodyCheck } from './validate.ts'
import { identityRef, instant } from './wire-names.ts'

export const personalTokenHandlers = {
  listPersonalAccessTokens: async (call) => {
    const rows = await listPersonalTokens(call.app.db.sql, ownerOf(call), pageQuery(call.operation, call.query))
    return { body: rows.map((row) => toWire(row, call)) }
  },
  createPersonalAccessToken: async (call) => {
    const realNow = call.app.clock.now()
    const terms = termsOf(call.body as Partial<PatchedToken>, call.dialect, realNow)
    const made = await createPersonalAccessToken(call.app, call.actor, terms, realNow)
    const owner = { id: personOf(call.actor), name: call.actor.name }
    return {
      body: { ...shared({ ...terms, ...made, owner, createdAt: made.createdAt }), secret: made.secret, expirationDate: endOf(terms) },
    }
  },
  patchPersonalAccessToken: async (call) => {
    const patch = call.body as JsonPatch
    const change = (terms: TokenTerms) => patched(terms, patch)
    return { body: toWire(await changePersonalAccessToken(call.app, call.actor, param(call, 'id'), change, call.app.clock.now()), call) }
  },
  deletePersonalAccessToken: async (call) => {
    await deletePersonalAccessToken(call.app, call.actor, param(call, 'id'))
    return {}
  },
} satisfies Record<string, Handler>

/** One's own for everybody; others' for an org admin whose token carries the scope for everybody's. */
function ownerOf(call: Call): string | undefined {
  const seesAll = hasScope(call.actor, ['sp:all-personal-access-tokens:read', 'sp:all-personal-access-tokens:manage'])
  const asked = queryText(call, 'owner-id') ?? (seesAll ? undefined : 'me')
  const owner = visibleOwner(call.actor, asked, 'owner-id')
  if (owner !== call.actor.identityId && !seesAll)
    throw new DomainError('forbidden', 'Tokens of others need the scope sp:all-personal-access-tokens:read.')
  return owner
}

// compat: six-months-unless-said. The newest documents demand userAwareTokenNeverExpires when no end is named; older ones promise six
// months. A token whose end is left out gets the six months everywhere, unless the caller says that it shall have none.
function termsOf(body: Partial<PatchedToken>, dialect: Dialect, realNow: Date): TokenTerms {
  const confirmed = body.userAwareTokenNeverExpires ?? false
  const wantsNoEnd = livesForEver(dialect) && (body.expirationDate === null || (confirmed && !body.expirationDate))
  return {
    name: body.name ?? '',
    scopes: scopesOf(body.scope),
    tokenValiditySeconds: body.accessTokenValiditySeconds ?? 43_200,
    expiresAt: dateOf(body.expirationDate) ?? (wantsNoEnd ? null : usualExpiry(realNow)),
    neverExpiresConfirmed: confirmed,
  }
}

function scopesOf(scope: string[] | null | undefined): string[] {
  return scope && scope.length > 0 ? [...new Set(scope)] : [ALL_SCOPES]
}

function dateOf(text: string | null | undefined): Date | null {
  if (text === null || text === undefined) return null
  const date = new Date(text)
  // The format allows a leap second, which no Date can hold.
  if (Number.isNaN(date.getTime())) throw new DomainError('invalid', 'is no moment we know.', 'expirationDate')
  return date
}

const patchable = ['/name', '/scope', '/accessTokenValiditySeconds', '/expirationDate', '/userAwareTokenNeverExpires']
const checkPatched = bodyCheck(PatchedToken)

function patched(terms: TokenTerms, patch: JsonPatch): TokenTerms {
  const before: PatchedToken = {
    name: terms.name,
    scope: terms.scopes,
    accessTokenValiditySeconds: terms.tokenValiditySeconds,
    expirationDate: instant(terms.expiresAt),
    userAwareTokenNeverExpires: terms.neverExpiresConfirmed,
  }
  const after = checkPatched(applyPatch(before, patch, patchable)) as PatchedToken
  return {
    name: after.name,
    scopes: scopesOf(after.scope),
    tokenValiditySeconds: after.accessTokenValiditySeconds ?? 43_200,
    expiresAt: dateOf(after.expirationDate),
    neverExpiresConfirmed: after.userAwareTokenNeverExpires ?? false,
  }
}

// compat: never-is-the-year-9999. The answer that shows a new token must carry an end, also when there is none.
function endOf({ expiresAt }: TokenTerms): string {
  return instant(expiresAt) ?? '9999-01-01T00:00:00.000Z'
}

function shared(token: Omit<PersonalToken, 'managed' | 'lastUsedAt'>) {
  return {
    id: token.id,
    name: token.name,
    scope: token.scopes,
    owner: identityRef(token.owner),
    created: instant(token.createdAt),
    accessTokenValiditySeconds: token.tokenValiditySeconds,
  }
}

function toWire(token: PersonalToken, { dialect }: Call): object {
  const mustBeDate = dialect === 'v3' || dialect === 'v2024'
  return {
    ...shared(token),
    lastUsed: instant(token.lastUsedAt),
    managed: token.managed,
    ...(mustBeDate && token.expiresAt === null ? {} : { expirationDate: instant(token.expiresAt) }),
    ...(livesForEver(dialect) ? { userAwareTokenNeverExpires: token.neverExpiresConfirmed } : {}),
  }
}
