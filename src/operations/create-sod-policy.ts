import { type Actor, personOf } from '../domain/actor.ts'
import type { Json } from '../domain/audit.ts'
import { DomainError } from '../domain/errors.ts'
import type { PolicyReference, SodPolicyTerms } from '../domain/sod-policy.ts'
import { mayStandApart } from '../domain/sod-policy.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { findSodPolicy, findSodPolicyNamed, insertSodPolicy, listUnknownReferences, type SodPolicyRow } from '../store/sod-policies.ts'
import type { Context } from './context.ts'

/** A policy as somebody wrote it: its terms, and everything they name with the fields of the input. */
export interface WrittenSodPolicy {
  terms: SodPolicyTerms
  left: PolicyReference[]
  right: PolicyReference[]
  owners: PolicyReference[]
}

/** Stores a policy and returns it. Refuses a name that is taken, an entitlement on both sides, and ids that name nothing. */
export async function createSodPolicy({ db, ids }: Context, actor: Actor, written: WrittenSodPolicy): Promise<SodPolicyRow> {
  return db.transaction(async (tx) => {
    const id = ids.next()
    await mustBeSound(tx, id, written)
    await insertSodPolicy(tx, id, written.terms, personOf(actor))
    await recordPolicyEvent(tx, ids.next(), 'SOD_POLICY_CREATED', actor, { id, name: written.terms.name }, { to: plain(written.terms) })
    return (await findSodPolicy(tx.sql, id)) as SodPolicyRow
  })
}

/** Refuses a policy that cannot be kept under this id, the field named. */
export async function mustBeSound(tx: Tx, id: string, { terms, left, right, owners }: WrittenSodPolicy): Promise<void> {
  mayStandApart(left, right)
  const [unknown] = await listUnknownReferences(tx.sql, [...owners, ...left, ...right])
  if (unknown) {
    const noun = { ENTITLEMENT: 'entitlement', IDENTITY: 'identity', GOVERNANCE_GROUP: 'governance group' }[unknown.type]
    throw new DomainError('unknown_reference', `there is no ${noun} ${unknown.id}.`, unknown.field)
  }
  const namesake = await findSodPolicyNamed(tx.sql, terms.name)
  if (namesake !== undefined && namesake !== id) throw new DomainError('invalid', 'another policy has this name.', 'name')
}

/** Writes that a policy was changed into the record. */
export async function recordPolicyEvent(
  tx: Tx,
  eventId: string,
  action: 'SOD_POLICY_CREATED' | 'SOD_POLICY_UPDATED' | 'SOD_POLICY_DELETED',
  actor: Actor,
  policy: { id: string; name: string },
  details: Record<string, Json>,
): Promise<void> {
  const by = { id: actor.identityId, name: actor.name }
  const target = { id: policy.id, name: policy.name }
  await recordAudit(tx, [{ id: eventId, action, actor: by, target, trackingNumber: null, details }])
}

/** What was decided about a policy, as the record keeps it. */
export function plain(terms: SodPolicyTerms): Json {
  return JSON.parse(JSON.stringify(terms))
}

/** The terms of a stored policy. */
export function termsOf(row: SodPolicyRow): SodPolicyTerms {
  return {
    name: row.name,
    description: row.description,
    state: row.state,
    owner: { type: row.owner.type, id: row.owner.id },
    left: { name: row.leftName, entitlementIds: row.left.map(({ id }) => id) },
    right: { name: row.rightName, entitlementIds: row.right.map(({ id }) => id) },
    correctionAdvice: row.correctionAdvice,
    tags: row.tags,
    notes: row.notes,
  }
}
