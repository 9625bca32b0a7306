import { type Actor, personOf } from '../domain/actor.ts'
import { recordAudit } from '../store/audit.ts'
import { deleteWebSession } from '../store/web-sessions.ts'
import type { Context } from './context.ts'

/** Signs the caller out of the session of this id; ending one that has ended changes nothing. */
export async function endWebSession({ db, ids }: Context, actor: Actor, sessionId: string): Promise<void> {
  const who = { id: personOf(actor), name: actor.name }
  await db.transaction(async (tx) => {
    if (!(await deleteWebSession(tx, sessionId))) return
    await recordAudit(tx, [
      { id: ids.next(), action: 'SIGNED_OUT', actor: who, target: who, trackingNumber: null, details: { session: sessionId } },
    ])
  })
}
