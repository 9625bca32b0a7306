import { type Actor, hasScope, personOf } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { recordAudit } from '../store/audit.ts'
import { deleteOauthClient, findPersonalToken } from '../store/personal-access-tokens.ts'
import type { Context } from './context.ts'

/**
 * Deletes a token; every access token made with it stops at once. Its owner may, and an org admin whose token carries the scope for
 * everybody's. For anybody else it does not exist (not_found).
 */
export async function deletePersonalAccessToken({ db, ids }: Context, actor: Actor, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const token = await findPersonalToken(tx.sql, id)
    const mayDelete = token?.owner.id === personOf(actor) || (actor.isAdmin && hasScope(actor, ['sp:all-personal-access-tokens:manage']))
    if (!token || !mayDelete || !(await deleteOauthClient(tx, id))) {
      throw new DomainError('not_found', `There is no personal access token ${id} that you may delete.`)
    }
    const target = { id, name: token.name }
    const by = { id: actor.identityId, name: actor.name }
    const details = { identityId: token.owner.id }
    await recordAudit(tx, [{ id: ids.next(), action: 'OAUTH_CLIENT_DELETED', actor: by, target, trackingNumber: null, details }])
  })
}
