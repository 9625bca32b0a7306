import { expireLeases } from '../store/leases.ts'
import type { Context } from './context.ts'

/**
 * Takes over what an earlier process of this node left half done. Only the owner of the embedded database may call it: no other node can
 * be at work there, so what is leased belongs to the dead.
 */
export async function takeOver({ db }: Context): Promise<void> {
  await db.transaction(expireLeases)
}
