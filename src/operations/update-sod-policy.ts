import { type Actor, personOf } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { findSodPolicy, lockSodPolicy, type SodPolicyRow, updateSodPolicyRow } from '../store/sod-policies.ts'
import type { Context } from './context.ts'
import { mustBeSound, plain, recordPolicyEvent, termsOf, type WrittenSodPolicy } from './create-sod-policy.ts'

/**
 * Takes a pure function from a stored policy to the one that shall be, saves what it gives and returns it. Requests made before keep what
 * their check found. Refuses an unknown id (not_found) and whatever a new policy is refused for.
 */
export async function updateSodPolicy(
  { db, ids }: Context,
  actor: Actor,
  id: string,
  change: (policy: SodPolicyRow) => WrittenSodPolicy,
): Promise<SodPolicyRow> {
  return db.transaction(async (tx) => {
    const policy = await lockSodPolicy(tx, id)
    if (!policy) throw new DomainError('not_found', `There is no SoD policy ${id}.`)
    const written = change(policy)
    await mustBeSound(tx, id, written)
    await updateSodPolicyRow(tx, id, written.terms, personOf(actor))
    const details = { from: plain(termsOf(policy)), to: plain(written.terms) }
    await recordPolicyEvent(tx, ids.next(), 'SOD_POLICY_UPDATED', actor, { id, name: written.terms.name }, details)
    return (await findSodPolicy(tx.sql, id)) as SodPolicyRow
  })
}
