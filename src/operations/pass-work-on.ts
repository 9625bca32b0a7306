import { noticeOfWork } from '../domain/notice.ts'
import { but, followHandOver, objectionToWork, reasonsOf, type StandInFacts, type StandInStep } from '../domain/reassignment.ts'
import type { Ids } from '../ports.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { tellPeople } from '../store/notifications.ts'
import { listPeopleAround } from '../store/people.ts'
import { findRecipientOfStep, forwardWorkItem, loadTaskOwner } from '../store/work-items.ts'
import { theSystem } from './item-event.ts'

/** A task that waits for its owner. */
export interface WaitingWork {
  id: string
  stepId: string
  ownerId: string
  trackingNumber: string | null
}

/** Who hands it over (null: nobody), and whose it was. */
interface HandedBy {
  byId: string | null
  fromId?: string
}

/**
 * Gives a task whose owner is away to whoever stands in for them, never to the person the access is for; tells whoever has it now, and
 * returns who that is. The task is locked by the caller, or new. Who stands in and gives it back by hand (`byId`) does not get it again, nor
 * does whoever it was taken from.
 */
export async function passWorkOn(tx: Tx, ids: Ids, work: WaitingWork, by: HandedBy = { byId: null }): Promise<string> {
  const holderId = await giveToStandIn(tx, ids, work, by)
  await tellPeople(tx, [noticeOfWork(await loadTaskOwner(tx, work.id))], ids.next)
  return holderId
}

async function giveToStandIn(tx: Tx, ids: Ids, work: WaitingWork, { byId, fromId }: HandedBy): Promise<string> {
  const facts = await listPeopleAround(tx.sql, [work.ownerId], { kind: 'WORK_ITEMS', now: tx.now, withAdmins: false })
  if (facts.standIns.size === 0) return work.ownerId
  const recipientId = await findRecipientOfStep(tx.sql, work.stepId)
  const steps = followHandOver(work.ownerId, byId, facts, but(fromId, objectionToWork(recipientId, facts)))
  for (const step of steps) await forwardWorkItem(tx, work.id, step.toId, entryOf(step, facts, tx))
  const toId = steps.at(-1)?.toId
  if (toId === undefined) return work.ownerId
  await recordAudit(tx, [
    {
      id: ids.next(),
      action: 'WORK_ITEM_FORWARD',
      actor: { id: theSystem.identityId, name: theSystem.name },
      target: { id: work.ownerId, name: nameIn(facts, work.ownerId) },
      trackingNumber: work.trackingNumber,
      details: { workItemId: work.id, because: 'STAND_IN', to: toId },
    },
  ])
  return toId
}

function nameIn({ people }: StandInFacts, id: string): string {
  return people.get(id)?.name ?? ''
}

function entryOf(step: StandInStep, facts: StandInFacts, tx: Tx) {
  return {
    oldApproverName: nameIn(facts, step.fromId),
    newApproverName: nameIn(facts, step.toId),
    comment: reasonsOf(step, facts)
      .map(({ text }) => text)
      .join(' '),
    modified: tx.now.toISOString(),
    forwarderName: null,
    reassignmentType: 'AUTOMATIC_REASSIGNMENT' as const,
  }
}
