import { type StepState, step as stepLife } from '../domain/lifecycle.ts'
import { type NewStep, planAttempt, type StepCause } from '../domain/provisioning.ts'
import type { Ids } from '../ports.ts'
import { type NewAuditEvent, recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { enqueue, type NewJob } from '../store/jobs.ts'
import { type AssignmentGrant, insertSteps, listGrantsOfAssignment, type StepToRun } from '../store/provisioning.ts'
import { reopenStep } from '../store/retries.ts'
import { insertWorkItems, type NewWorkItem } from '../store/work-items.ts'
import { theSystem } from './item-event.ts'
import { passWorkOn } from './pass-work-on.ts'

export interface StepsAbout {
  requestedItemId: string | null
  /** The request it all belongs to, for the record; null when none is known. */
  trackingNumber: string | null
  assignmentId: string
  itemName: string
  recipientName: string
  /** Why, where no request has asked for it. */
  cause?: StepCause
}

/** One addition per value of an assignment that no read has shown yet. */
export async function planRepair(tx: Tx, assignmentId: string, ids: Ids): Promise<NewStep[]> {
  const missing = (await listGrantsOfAssignment(tx.sql, assignmentId)).filter((grant) => !grant.present)
  return missing.map((grant) => stepFor(grant, 'ADD', ids))
}

function stepFor(grant: AssignmentGrant, operation: NewStep['operation'], ids: Ids): NewStep {
  return { id: ids.next(), grantId: grant.grantId, accountId: grant.accountId, sourceId: grant.sourceId, operation }
}

/** One removal per grant of an assignment that is ending. */
export async function planRemoval(tx: Tx, assignmentId: string, ids: Ids): Promise<NewStep[]> {
  const grants = await listGrantsOfAssignment(tx.sql, assignmentId)
  return grants.map((grant) => stepFor(grant, 'REMOVE', ids))
}

/**
 * Stores steps and sees them begun, and returns them with their states: a job for each one whose source has a connector, a work item for the source's owner for the others.
 * A step on a source without connector that changes nothing (already there, or still needed by somebody) is done at once.
 */
export async function startSteps(tx: Tx, steps: NewStep[], about: StepsAbout, ids: Ids): Promise<{ state: StepState }[]> {
  const grants = new Map((await listGrantsOfAssignment(tx.sql, about.assignmentId)).map((grant) => [grant.grantId, grant]))
  const started = steps.map((step) => ({ ...step, state: firstState(step, grants.get(step.grantId) as AssignmentGrant) }))
  await insertSteps(tx, started, about)
  await seeBegun(tx, started, grants, about, ids)
  return started
}

/** A step that was given up and is taken up again, and the assignment it is for now. */
export interface StepAgain extends NewStep {
  forAssignmentId: string
}

/**
 * Takes steps that were given up; they begin anew as their sources are now, which may have got a connector since, or another owner. Where a
 * person refused the work, it is a new task.
 */
export async function reopenSteps(tx: Tx, steps: StepAgain[], about: Omit<StepsAbout, 'assignmentId'>, ids: Ids): Promise<void> {
  for (const assignmentId of new Set(steps.map((step) => step.forAssignmentId))) {
    const grants = new Map((await listGrantsOfAssignment(tx.sql, assignmentId)).map((grant) => [grant.grantId, grant]))
    const begun = steps
      .filter((step) => step.forAssignmentId === assignmentId)
      .map((step) => ({ ...step, state: firstState(step, grants.get(step.grantId) as AssignmentGrant, stepLife.next('FAILED', 'retry')) }))
    for (const step of begun) await reopenStep(tx, step.id, step.state, assignmentId)
    await seeBegun(tx, begun, grants, { ...about, assignmentId }, ids)
  }
}

async function seeBegun(
  tx: Tx,
  steps: (NewStep & { state: StepState })[],
  grants: Map<string, AssignmentGrant>,
  about: StepsAbout,
  ids: Ids,
): Promise<void> {
  const byHand = steps.filter((step) => step.state === 'BY_HAND')
  const tasks = byHand.map((step) => workItemFor(step, grants.get(step.grantId) as AssignmentGrant, about, ids))
  await insertWorkItems(tx, tasks)
  await recordAudit(
    tx,
    tasks.map((task) => workItemEvent(task, 'CREATE_WORKITEM_PASSED', about.trackingNumber, ids)),
  )
  for (const task of tasks) await passWorkOn(tx, ids, { ...task, trackingNumber: about.trackingNumber })
  const jobs = steps.filter((step) => step.state === 'INTENDED').map(stepJob)
  await enqueue(tx, jobs, ids.next)
}

/** The job that runs a step, counted with its target. */
export function stepJob({ id, sourceId, accountId }: StepToRun): NewJob {
  return { name: 'run-step', key: id, target: { sourceId, accountId } }
}

function firstState(step: NewStep, grant: AssignmentGrant, intended: StepState = 'INTENDED'): StepState {
  if (!grant.byHand) return intended
  const attempt = planAttempt(step.operation, grant.needed)
  const nothingToDo = attempt !== 'call' || grant.present === (step.operation === 'ADD')
  return stepLife.next(intended, nothingToDo ? 'confirm' : 'hand')
}

function workItemFor(step: NewStep, grant: AssignmentGrant, about: StepsAbout, ids: Ids) {
  const verb = step.operation === 'ADD' ? 'Give' : 'Take away'
  const preposition = step.operation === 'ADD' ? 'to' : 'from'
  const description = `${verb} ${grant.attribute} = ${grant.value} ${preposition} account ${grant.nativeIdentity} on ${grant.sourceName} (${about.itemName} for ${about.recipientName}).`
  return { id: ids.next(), stepId: step.id, requestedItemId: about.requestedItemId, ownerId: grant.sourceOwnerId, description }
}

/** The record of a task that comes or goes without a person's doing. */
export function workItemEvent(
  task: Pick<NewWorkItem, 'id' | 'ownerId'>,
  action: string,
  trackingNumber: string | null,
  ids: Ids,
): NewAuditEvent {
  return {
    id: ids.next(),
    action,
    actor: { id: theSystem.identityId, name: theSystem.name },
    target: { id: task.ownerId, name: null },
    trackingNumber,
    details: { workItemId: task.id },
  }
}
