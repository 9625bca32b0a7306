import { recordAudit } from '../store/audit.ts'
import { findActiveAdmin, insertIdentity } from '../store/people.ts'
import type { Context } from './context.ts'

/**
 * Returns an active org admin: the one with the wished alias, else the first there is, else one made now under that alias. For the sandbox,
 * which must not be left without one when an organisation was imported that has none.
 */
export async function ensureAdmin({ db, ids }: Context, wished: { alias: string; name: string }, by: string): Promise<{ id: string }> {
  return db.transaction(async (tx) => {
    const known = await findActiveAdmin(tx.sql, wished.alias)
    if (known) return known
    const id = ids.next()
    await insertIdentity(tx, { id, ...wished, isAdmin: true })
    const actor = { id: null, name: by }
    await recordAudit(tx, [
      { id: ids.next(), action: 'IDENTITY_CREATED', actor, target: { id, name: wished.name }, trackingNumber: null, details: wished },
    ])
    return { id }
  })
}
