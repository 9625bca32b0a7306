import { DomainError } from '../domain/errors.ts'
import { recordAudit } from '../store/audit.ts'
import { findPerson } from '../store/people.ts'
import { insertWebSession, type SessionLife, type SignInMethod } from '../store/web-sessions.ts'
import type { ClientContext } from './make-client.ts'

/**
 * Signs a person in with a browser; takes how they proved who they are and how long sessions live. Returns the session's id and the secret
 * for the cookie, which is stored only as a hash. Refuses who is unknown (not_found) or not active (forbidden).
 */
export async function startWebSession(
  { db, ids, clientSecrets }: ClientContext,
  personId: string,
  method: SignInMethod,
  life: SessionLife,
): Promise<{ id: string; secret: string }> {
  const id = ids.next()
  const secret = clientSecrets.make()
  await db.transaction(async (tx) => {
    const person = await findPerson(tx.sql, personId)
    if (!person) throw new DomainError('not_found', 'There is no such identity.')
    if (!person.active) throw new DomainError('forbidden', 'This identity is not active.')
    await insertWebSession(tx, { id, secretHash: clientSecrets.hash(secret), personId, method }, life)
    const who = { id: person.id, name: person.name }
    await recordAudit(tx, [
      { id: ids.next(), action: 'SIGNED_IN', actor: who, target: who, trackingNumber: null, details: { session: id, method } },
    ])
  })
  return { id, secret }
}
