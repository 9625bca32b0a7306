import { type Actor, personOf } from '../domain/actor.ts'
import { mayAddToken, mayExpire, type TokenTerms } from '../domain/personal-access-token.ts'
import { lockTokensOf } from '../store/personal-access-tokens.ts'
import type { Context } from './context.ts'
import { type MadeClient, makeClientIn } from './make-client.ts'

/**
 * Makes a token for the caller and returns its id and secret. Takes real time beside the terms, because a held clock lends no life.
 * Refuses an eleventh token, a name the caller has used, and an end that has passed.
 */
export async function createPersonalAccessToken({ db, ids }: Context, actor: Actor, terms: TokenTerms, realNow: Date): Promise<MadeClient> {
  const ownerId = personOf(actor)
  mayExpire(terms, realNow)
  return db.transaction(async (tx) => {
    mayAddToken(await lockTokensOf(tx, ownerId), terms.name)
    return makeClientIn(tx, ids, actor, { ...terms, identityId: ownerId })
  })
}
