import { type Actor, personOf } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { recordAudit } from '../store/audit.ts'
import { insertBulkMove, type NewBulkMove } from '../store/bulk-moves.ts'
import type { Tx } from '../store/db.ts'
import { enqueue } from '../store/jobs.ts'
import { findPerson } from '../store/people.ts'
import type { Context } from './context.ts'

/**
 * Takes people whose work shall be moved and who shall have it (null: the manager of each); stores the order with all that waits for them now
 * and a job that carries it out. Returns the id of the order. Refuses unknown people (unknown_reference), a new holder who is not active or
 * is one of those whose work is moved (invalid).
 */
export async function orderBulkMove({ db, ids }: Context, actor: Actor, wanted: Omit<NewBulkMove, 'id' | 'orderedBy'>): Promise<string> {
  return db.transaction(async (tx) => {
    const fromIds = [...new Set(wanted.fromIds)]
    for (const [index, id] of fromIds.entries()) await personNamed(tx, id, `reassignFrom[${index}]`)
    if (wanted.toId !== null) {
      const to = await personNamed(tx, wanted.toId, 'reassignTo')
      if (!to.active) throw new DomainError('invalid', `${to.name} is not active.`, 'reassignTo')
      if (fromIds.includes(to.id)) throw new DomainError('invalid', 'is one of those whose work is moved.', 'reassignTo')
    }
    const id = ids.next()
    const parts = await insertBulkMove(tx, { ...wanted, id, fromIds, orderedBy: personOf(actor) })
    await enqueue(tx, [{ name: 'move-in-bulk', key: id }], ids.next)
    const event = { id: ids.next(), action: 'BULK_REASSIGNMENT_STARTED', actor: { id: actor.identityId, name: actor.name } }
    const details = { bulkReassignmentId: id, from: fromIds, to: wanted.toId, comment: wanted.comment, parts }
    await recordAudit(tx, [{ ...event, target: { id: wanted.toId, name: null }, trackingNumber: null, details }])
    return id
  })
}

async function personNamed(tx: Tx, id: string, field: string) {
  const person = await findPerson(tx.sql, id)
  if (!person) throw new DomainError('unknown_reference', `there is no identity ${id}.`, field)
  return person
}
