import type { Actor } from '../domain/actor.ts'
import { requestAction } from '../domain/audit.ts'
import { DomainError } from '../domain/errors.ts'
import { objectionToWork, type Receiver, whoReceives } from '../domain/reassignment.ts'
import { lastResort, type Question, type Reason, type RoutingFacts, strictly } from '../domain/routing.ts'
import type { Ids } from '../ports.ts'
import { lockApproval } from '../store/approvals.ts'
import { recordAudit } from '../store/audit.ts'
import {
  type BulkMove,
  endPart,
  findBulkMove,
  finishBulkMove,
  listWaitingParts,
  lockWaitingPart,
  notePartFailure,
  type PartOutcome,
  type WaitingPart,
} from '../store/bulk-moves.ts'
import type { Tx } from '../store/db.ts'
import { listPeopleAround } from '../store/people.ts'
import { findRecipientOfStep, forwardWorkItem, type LockedWorkItem, lockWorkItem } from '../store/work-items.ts'
import type { Context } from './context.ts'
import { countEarlierAnswers } from './count-earlier-answers.ts'
import { givePart } from './give-part.ts'
import { itemEvent, theSystem } from './item-event.ts'
import { loadQuestionOf } from './load-question.ts'
import { passOnBarred } from './pass-on-unable.ts'
import { passWorkOn } from './pass-work-on.ts'

const BATCH = 50
const MOST_TRIES = 5

/**
 * Moves the next portion of what an order names, each thing in a transaction of its own together with what became of it, so that whoever goes
 * on after a crash does nothing twice. Returns whether something is left to do.
 */
export async function carryOutBulkMove(context: Context, id: string): Promise<'done' | 'more'> {
  const order = await findBulkMove(context.db.sql, id)
  if (!order || order.finished) return 'done'
  const failures: unknown[] = []
  const parts = await listWaitingParts(context.db.sql, id, BATCH)
  for (const part of parts) {
    const failure = await moveOne(context, order, part)
    if (failure !== undefined) failures.push(failure)
  }
  const finished = await finish(context, id)
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${parts.length} could not be moved`)
  return finished ? 'done' : 'more'
}

async function finish({ db, ids }: Context, id: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const counts = await finishBulkMove(tx, id)
    if (!counts) return false
    const event = { id: ids.next(), action: 'BULK_REASSIGNMENT_FINISHED', actor: { id: theSystem.identityId, name: theSystem.name } }
    const details = { bulkReassignmentId: id, ...counts }
    await recordAudit(tx, [{ ...event, target: { id: null, name: null }, trackingNumber: null, details }])
    return true
  })
}

/** A refusal is an outcome; what fails otherwise is returned, and tried again after all the others. */
async function moveOne(context: Context, order: BulkMove, part: WaitingPart): Promise<unknown> {
  const { db, ids } = context
  try {
    await db.transaction(async (tx) => {
      const outcome = await (part.approvalId === null ? moveWork(tx, ids, order, part) : moveApproval(tx, ids, order, part))
      if (outcome) await endPart(tx, order.id, part.place, outcome)
    })
    return undefined
  } catch (error) {
    const refusal = error instanceof DomainError ? error.message : undefined
    await db.transaction((tx) =>
      refusal === undefined ? notePartFailure(tx, order.id, part.place, MOST_TRIES) : endPart(tx, order.id, part.place, left(refusal)),
    )
    return refusal === undefined ? error : undefined
  }
}

function left(reason: string): PartOutcome {
  return { outcome: 'LEFT', toId: null, reason }
}

async function moveApproval(
  tx: Tx,
  ids: Ids,
  order: BulkMove,
  { fromId, approvalId, place }: WaitingPart,
): Promise<PartOutcome | undefined> {
  const approval = await lockApproval(tx, approvalId as string)
  if (!(await lockWaitingPart(tx, order.id, place))) return undefined
  if (approval.state !== 'PENDING') return left(`It is ${approval.state}.`)
  if (!approval.candidateIds.includes(fromId)) return left('Somebody else has it.')
  const { item } = approval
  const { question, facts } = await loadQuestionOf(tx, item, approval, [...approval.candidateIds, fromId, order.toId])
  const { toId, because } = receiverOf(fromId, order.toId, question, facts)
  const by: Pick<Actor, 'identityId' | 'name'> = { identityId: order.orderedBy, name: order.orderedByName }
  const told = [movedBy(order, fromId, facts), ...because]
  const holderId = await givePart(tx, ids, approval, { fromId, toId, by, comment: order.comment, because: told }, question, facts)
  await passOnBarred(tx, ids, item)
  const details = { approvalId: approval.id, from: fromId, to: holderId, comment: order.comment, bulkReassignmentId: order.id }
  await recordAudit(tx, [itemEvent(item, requestAction(item.kind, 'FORWARDED'), by, ids, details)])
  await countEarlierAnswers(tx, ids, item)
  return moved(holderId, order, because, holderId === toId ? '' : 'Whoever gets it is away; their stand-in has it.')
}

/** The one named or somebody above; else the last resort, which refuses (conflict) when there is nobody. */
function receiverOf(fromId: string, wantedId: string | null, question: Question, facts: RoutingFacts): Receiver {
  const found = whoReceives(fromId, wantedId, facts, strictly(question, facts))
  if (found) return found
  const barred = new Set([...(question.barred ?? []), fromId])
  const { personId, reasons } = lastResort({ ...question, barred }, facts)
  return { toId: personId, because: reasons }
}

function movedBy(order: BulkMove, fromId: string, { people }: Pick<RoutingFacts, 'people'>): Reason {
  return { rule: 'HANDED_OVER', text: `${order.orderedByName} moved the work of ${people.get(fromId)?.name ?? ''}: ${order.comment}` }
}

function moved(holderId: string, order: BulkMove, because: Reason[], standIn: string): PartOutcome {
  const reason = [...because.map(({ text }) => text), standIn].filter((text) => text !== '').join(' ')
  return { outcome: 'MOVED', toId: holderId, reason: reason === '' || holderId === order.toId ? null : reason }
}

async function moveWork(tx: Tx, ids: Ids, order: BulkMove, { fromId, workItemId, place }: WaitingPart): Promise<PartOutcome | undefined> {
  const work = await lockWorkItem(tx, workItemId as string)
  if (!(await lockWaitingPart(tx, order.id, place))) return undefined
  if (work.state !== 'PENDING') return left(`It is ${work.state}.`)
  if (work.ownerId !== fromId) return left('Somebody else has it.')
  const around = [fromId, ...(order.toId === null ? [] : [order.toId])]
  const facts = await listPeopleAround(tx.sql, around, { kind: 'WORK_ITEMS', now: tx.now, withAdmins: true })
  const objection = objectionToWork(await findRecipientOfStep(tx.sql, work.stepId), facts)
  const admin = facts.adminIds.find((id) => id !== fromId && !objection(id))
  const receiver =
    whoReceives(fromId, order.toId, facts, objection) ?? (admin === undefined ? undefined : { toId: admin, because: [lastOf] })
  if (!receiver) return left('There is nobody who may have it.')
  await forwardWorkItem(tx, work.id, receiver.toId, entryOf(order, work, facts.people.get(receiver.toId)?.name ?? '', tx))
  await recordAudit(tx, [workEvent(order, work, receiver.toId, ids)])
  const holderId = await passWorkOn(tx, ids, { ...work, ownerId: receiver.toId }, { byId: order.orderedBy, fromId })
  return moved(holderId, order, receiver.because, holderId === receiver.toId ? '' : 'Whoever gets it is away; their stand-in has it.')
}

const lastOf: Reason = { rule: 'ADMIN', text: 'Nobody above may have it; it goes to an org admin, the last resort.' }

function entryOf(order: BulkMove, work: LockedWorkItem, newName: string, tx: Tx) {
  return {
    oldApproverName: work.ownerName,
    newApproverName: newName,
    comment: order.comment,
    modified: tx.now.toISOString(),
    forwarderName: order.orderedByName,
    reassignmentType: 'MANUAL_REASSIGNMENT' as const,
  }
}

function workEvent(order: BulkMove, work: LockedWorkItem, toId: string, ids: Ids) {
  return {
    id: ids.next(),
    action: 'WORK_ITEM_FORWARD',
    actor: { id: order.orderedBy, name: order.orderedByName },
    target: { id: work.ownerId, name: work.ownerName },
    trackingNumber: work.trackingNumber,
    details: { workItemId: work.id, comment: order.comment, to: toId, bulkReassignmentId: order.id },
  }
}
