import type { Actor } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { deleteSodPolicyRow, lockSodPolicy } from '../store/sod-policies.ts'
import type { Context } from './context.ts'
import { plain, recordPolicyEvent, termsOf } from './create-sod-policy.ts'

/** Deletes a policy; the record keeps what it was, and requests keep what their check found. Refuses an unknown id (not_found). */
export async function deleteSodPolicy({ db, ids }: Context, actor: Actor, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const policy = await lockSodPolicy(tx, id)
    if (!policy) throw new DomainError('not_found', `There is no SoD policy ${id}.`)
    await deleteSodPolicyRow(tx, id)
    await recordPolicyEvent(tx, ids.next(), 'SOD_POLICY_DELETED', actor, policy, { from: plain(termsOf(policy)) })
  })
}
