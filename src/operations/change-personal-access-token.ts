import { type Actor, personOf } from '../domain/actor.ts'
import type { Json } from '../domain/audit.ts'
import { DomainError } from '../domain/errors.ts'
import { mayBeNamed, mayExpire, mayGiveScopes, type TokenTerms } from '../domain/personal-access-token.ts'
import { recordAudit } from '../store/audit.ts'
import { findPersonalToken, lockTokensOf, type PersonalToken, updatePersonalToken } from '../store/personal-access-tokens.ts'
import type { Context } from './context.ts'

/**
 * Takes a pure function from a token's terms to new ones, saves what it gives and returns the token. Only the owner may; tokens of others
 * do not exist for the caller. Refuses a name the caller has used, an end that has passed (real time), and new scopes that the caller's own
 * token does not have.
 */
export async function changePersonalAccessToken(
  { db, ids }: Context,
  actor: Actor,
  id: string,
  change: (terms: TokenTerms) => TokenTerms,
  realNow: Date,
): Promise<PersonalToken> {
  const ownerId = personOf(actor)
  return db.transaction(async (tx) => {
    const others = (await lockTokensOf(tx, ownerId)).filter((token) => token.id !== id)
    const token = await findPersonalToken(tx.sql, id)
    if (token?.owner.id !== ownerId) throw new DomainError('not_found', `You have no personal access token ${id}.`)
    const terms = change(token)
    mayBeNamed(others, terms.name)
    mayGiveScopes(
      actor,
      terms.scopes.filter((scope) => !token.scopes.includes(scope)),
    )
    if (endDiffers(token, terms)) mayExpire(terms, realNow)
    await updatePersonalToken(tx, id, terms)
    const target = { id, name: terms.name }
    const actorOf = { id: actor.identityId, name: actor.name }
    const details = { from: plain(token), to: plain(terms) }
    await recordAudit(tx, [{ id: ids.next(), action: 'OAUTH_CLIENT_UPDATED', actor: actorOf, target, trackingNumber: null, details }])
    return { ...token, ...terms }
  })
}

function endDiffers(before: TokenTerms, after: TokenTerms): boolean {
  return before.expiresAt?.getTime() !== after.expiresAt?.getTime() || before.neverExpiresConfirmed !== after.neverExpiresConfirmed
}

function plain({ name, scopes, tokenValiditySeconds, expiresAt }: TokenTerms): Json {
  return { name, scopes, tokenValiditySeconds, expiresAt: expiresAt?.toISOString() ?? null }
}
