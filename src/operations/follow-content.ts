import type { AccountChoice } from '../domain/held.ts'
import { planGrant } from '../domain/provisioning.ts'
import type { Ids } from '../ports.ts'
import { recordAudit } from '../store/audit.ts'
import {
  type ChangedAssignment,
  type ContentChange,
  lockChangedAssignment,
  returnContentChanges,
  splitOff,
  takeContentChanges,
} from '../store/content-changes.ts'
import type { Tx } from '../store/db.ts'
import { insertGrantPlan, linkGrants } from '../store/provisioning.ts'
import type { Context } from './context.ts'
import { endAssignment } from './end-assignment.ts'
import { theSystem } from './item-event.ts'
import { loadProvisionFacts } from './load-provision-facts.ts'
import { startSteps } from './start-steps.ts'

/**
 * Takes the id of an assignment whose role or access profile is made of something else now. What came is given to the holder, on the
 * accounts that the assignment sits on; what went is taken away, unless something else they hold needs it. What cannot be begun (their
 * account belongs to somebody else) stays on the list with the reason, and is tried again. Running it again changes nothing.
 */
export async function followContent({ db, ids }: Context, assignmentId: string): Promise<void> {
  await db.transaction(async (tx) => {
    const held = await lockChangedAssignment(tx, assignmentId)
    if (!held || held.state === 'PENDING' || held.state === 'ENDING') return
    const changes = await takeContentChanges(tx, assignmentId)
    if (held.state === 'ENDED') return
    const comes = changes.filter((change) => change.comes && change.grantId === null)
    const goes = changes.flatMap(({ comes: stays, grantId }) => (stays || grantId === null ? [] : [grantId]))
    if (comes.length + goes.length === 0) return
    const problem = comes.length === 0 ? undefined : await give(tx, held, comes, ids)
    for (const grantId of goes) await takeAway(tx, held, grantId, ids)
    if (problem !== undefined) await returnContentChanges(tx, held.id, idsOf(comes), problem)
    await recordAudit(tx, [contentEvent(held, problem === undefined ? comes : [], changes, ids)])
  })
}

const idsOf = (changes: ContentChange[]) => changes.map(({ entitlementId }) => entitlementId)

/** Returns why it cannot be begun. */
async function give(tx: Tx, held: ChangedAssignment, values: ContentChange[], ids: Ids): Promise<string | undefined> {
  const facts = await loadProvisionFacts(tx, { ...held, accountSelection: choiceOf(held), nativeIdentity: null }, values)
  if (typeof facts === 'string') return facts
  const plan = planGrant(facts, ids.next)
  await insertGrantPlan(tx, plan, held.recipientId)
  await linkGrants(tx, held.id, plan.grantIds)
  await startSteps(tx, plan.steps, aboutOf(held, held.id), ids)
  return undefined
}

/** Where an assignment sits already, what comes goes, too; elsewhere the choice of the request holds. */
function choiceOf({ accounts, accountSelection }: ChangedAssignment): AccountChoice[] {
  const here = accounts.map(({ id, sourceId, nativeIdentity }) => ({ sourceId, accounts: [{ accountUuid: id, nativeIdentity }] }))
  return [...here, ...(accountSelection ?? [])]
}

/** A removal goes the way of every removal: the value becomes access of its own, and that access ends. */
async function takeAway(tx: Tx, held: ChangedAssignment, grantId: string, ids: Ids): Promise<void> {
  const endingId = await splitOff(tx, ids.next(), held.id, grantId)
  if (endingId !== undefined) await endAssignment(tx, { id: endingId, state: 'ACTIVE' }, aboutOf(held, endingId), ids)
}

function aboutOf({ trackingNumber, itemName, recipientName }: ChangedAssignment, assignmentId: string) {
  return { requestedItemId: null, trackingNumber, assignmentId, itemName, recipientName, cause: 'CONTENT' as const }
}

function contentEvent(held: ChangedAssignment, came: ContentChange[], changes: ContentChange[], ids: Ids) {
  const gone = changes.filter(({ comes, grantId }) => !comes && grantId !== null)
  return {
    id: ids.next(),
    action: 'ACCESS_CONTENT_FOLLOWED',
    actor: { id: theSystem.identityId, name: theSystem.name },
    target: { id: held.recipientId, name: held.recipientName },
    trackingNumber: held.trackingNumber,
    details: { assignmentId: held.id, itemType: held.itemType, itemName: held.itemName, given: idsOf(came), taken: idsOf(gone) },
  }
}
