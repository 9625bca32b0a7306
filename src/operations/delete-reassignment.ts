import type { Actor } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import type { ReassignedWork } from '../domain/reassignment.ts'
import { recordAudit } from '../store/audit.ts'
import { deleteReassignment, lockReassignment } from '../store/reassignments.ts'
import type { Context } from './context.ts'
import { personToArrangeFor, reassignmentEvent } from './set-reassignment.ts'

/**
 * Takes away what is said about who stands in for a person; what was moved because of it stays where it is. Refuses unknown people and what
 * was never said (not_found), and anybody who may not arrange this (forbidden).
 */
export async function endReassignment({ db, ids }: Context, actor: Actor, personId: string, kind: ReassignedWork): Promise<void> {
  await db.transaction(async (tx) => {
    const person = await personToArrangeFor(tx, actor, personId)
    const before = await lockReassignment(tx, person.id, kind)
    if (!before) throw new DomainError('not_found', `${person.name} has no such configuration.`)
    await deleteReassignment(tx, before.id)
    const details = { kind, standInId: before.toId, startAt: before.startAt.toISOString(), endAt: before.endAt?.toISOString() ?? null }
    await recordAudit(tx, [reassignmentEvent(ids.next(), 'DELETED', actor, person, details)])
  })
}
