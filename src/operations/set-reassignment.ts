import type { Actor } from '../domain/actor.ts'
import { personOf } from '../domain/actor.ts'
import type { Json } from '../domain/audit.ts'
import { DomainError } from '../domain/errors.ts'
import { mayArrangeFor, planReassignment, type WantedReassignment } from '../domain/reassignment.ts'
import type { Person } from '../domain/routing.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { findPerson } from '../store/people.ts'
import { lockReassignment, type Reassignment, saveReassignment } from '../store/reassignments.ts'
import type { Context } from './context.ts'

/**
 * Takes who shall stand in for whom and when; saves it. What waits for the person moves when the period begins. Refuses people who are
 * unknown (for the stand-in unknown_reference), anybody who may not arrange this (forbidden), a stand-in who is not active or the person
 * themselves, an impossible period (invalid), and with `onlyNew` a person who has such an arrangement already (conflict).
 */
export async function setReassignment(
  { db, ids }: Context,
  actor: Actor,
  wanted: WantedReassignment,
  { onlyNew }: { onlyNew: boolean },
): Promise<void> {
  await db.transaction(async (tx) => {
    const person = await findPerson(tx.sql, wanted.fromId)
    if (!person) throw new DomainError('unknown_reference', `there is no identity ${wanted.fromId}.`, 'reassignedFromId')
    mayArrangeFor(actor, person)
    const standIn = await findPerson(tx.sql, wanted.toId)
    if (!standIn) throw new DomainError('unknown_reference', `there is no identity ${wanted.toId}.`, 'reassignedToId')
    const before = await lockReassignment(tx, person.id, wanted.kind)
    if (before && onlyNew) {
      throw new DomainError('conflict', `${person.name} has such a configuration already: change it with PUT, or delete it.`, 'configType')
    }
    const period = planReassignment(wanted, standIn, before?.startAt, tx.now)
    const by = personOf(actor)
    const created = before ?? { id: ids.next(), createdBy: by, createdAt: tx.now }
    const { id, createdBy, createdAt } = created
    const after = { id, fromId: person.id, kind: wanted.kind, toId: standIn.id, ...period, createdBy, createdAt }
    await saveReassignment(tx, { ...after, modifiedBy: by, modifiedAt: tx.now })
    const details = { kind: wanted.kind, from: before ? plain(before) : null, to: plain(after) }
    await recordAudit(tx, [reassignmentEvent(ids.next(), before ? 'UPDATED' : 'CREATED', actor, person, details)])
  })
}

function plain({ toId, startAt, endAt }: Pick<Reassignment, 'toId' | 'startAt' | 'endAt'>): Json {
  return { standInId: toId, startAt: startAt.toISOString(), endAt: endAt?.toISOString() ?? null }
}

/** The record of a change of who stands in for a person. */
export function reassignmentEvent(
  id: string,
  verb: 'CREATED' | 'UPDATED' | 'DELETED',
  actor: Actor,
  person: Pick<Person, 'id' | 'name'>,
  details: Record<string, Json>,
) {
  return {
    id,
    action: `REASSIGNMENT_CONFIGURATION_${verb}`,
    actor: { id: actor.identityId, name: actor.name },
    target: { id: person.id, name: person.name },
    trackingNumber: null,
    details,
  }
}

/** The person a configuration is about, for a caller who may see it. Refuses unknown people (not_found) and other callers (forbidden). */
export async function personToArrangeFor(tx: Tx, actor: Actor, personId: string): Promise<Person> {
  const person = await findPerson(tx.sql, personId)
  if (!person) throw new DomainError('not_found', `There is no identity ${personId}.`)
  mayArrangeFor(actor, person)
  return person
}
