import { type Actor, personOf } from '../domain/actor.ts'
import { mayAddToken, mayExpire, mayGiveScopes, type TokenTerms } from '../domain/personal-access-token.ts'
import { lockTokensOf } from '../store/personal-access-tokens.ts'
import { type ClientContext, type MadeClient, makeClientIn } from './make-client.ts'

/**
 * Makes a token for the caller and returns its id and secret. Takes real time beside the terms, because a held clock lends no life.
 * Refuses an eleventh token, a name the caller has used, an end that has passed, and scopes that the caller's own token does not have.
 */
export async function createPersonalAccessToken(
  context: ClientContext,
  actor: Actor,
  terms: TokenTerms,
  realNow: Date,
): Promise<MadeClient> {
  const ownerId = personOf(actor)
  mayExpire(terms, realNow)
  mayGiveScopes(actor, terms.scopes)
  return context.db.transaction(async (tx) => {
    mayAddToken(await lockTokensOf(tx, ownerId), terms.name)
    return makeClientIn(tx, context, actor, { ...terms, identityId: ownerId })
  })
}
