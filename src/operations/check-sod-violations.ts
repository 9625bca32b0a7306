import type { Actor } from '../domain/actor.ts'
import type { Json } from '../domain/audit.ts'
import { DomainError } from '../domain/errors.ts'
import { type Conflict, conflictsByRecipient } from '../domain/sod.ts'
import { recordAudit } from '../store/audit.ts'
import type { Reader } from '../store/db.ts'
import { findPerson } from '../store/people.ts'
import { loadSodFacts } from '../store/sod.ts'
import { listUnknownReferences } from '../store/sod-policies.ts'
import type { Context } from './context.ts'

/** Somebody, and entitlements they might be given. */
export interface NewAccess {
  identityId: string
  entitlementIds: string[]
}

/**
 * Takes new access for somebody; returns the policies it would break beside what they hold and have asked for. Changes nothing. Refuses
 * an identity or an entitlement that does not exist.
 */
export async function predictSodViolations({ db }: Pick<Context, 'db'>, access: NewAccess): Promise<Conflict[]> {
  return conflictsOf(db.sql, access)
}

/** The same, with the result written into the record under a new id, which it returns with the moment. */
export async function checkSodViolations({ db, ids }: Context, actor: Actor, access: NewAccess): Promise<{ id: string; at: Date }> {
  return db.transaction(async (tx) => {
    const conflicts = await conflictsOf(tx.sql, access)
    const id = ids.next()
    const by = { id: actor.identityId, name: actor.name }
    const target = { id: access.identityId, name: null }
    const details: Record<string, Json> = { entitlementIds: access.entitlementIds, conflicts: JSON.parse(JSON.stringify(conflicts)) }
    await recordAudit(tx, [{ id: ids.next(), action: 'SOD_VIOLATION_CHECKED', actor: by, target, trackingNumber: id, details }])
    return { id, at: tx.now }
  })
}

async function conflictsOf(reader: Reader, { identityId, entitlementIds }: NewAccess): Promise<Conflict[]> {
  if (!(await findPerson(reader, identityId))) {
    throw new DomainError('unknown_reference', `there is no identity ${identityId}.`, 'identityId')
  }
  const references = entitlementIds.map((id, index) => ({ type: 'ENTITLEMENT' as const, id, field: `accessRefs[${index}].id` }))
  const [unknown] = await listUnknownReferences(reader, references)
  if (unknown) throw new DomainError('unknown_reference', `there is no entitlement ${unknown.id}.`, unknown.field)
  const facts = await loadSodFacts(reader, [identityId], entitlementIds)
  const entries = [{ recipientId: identityId, items: entitlementIds.map((id) => ({ id })) }]
  return conflictsByRecipient(entries, facts).get(identityId) ?? []
}
