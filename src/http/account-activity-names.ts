import type { ActivityApprovalStates, ActivityProvisioningStates, CompletionStates, ExecutionStates } from '../api/account-activities.ts'
import type { ItemState, StepState } from '../domain/lifecycle.ts'
import type { ActivityItem, ActivityStep } from '../store/lists/account-activities.ts'

/** Our states in the words of account activities. */

export type Execution = (typeof ExecutionStates)[number]
export type Completion = (typeof CompletionStates)[number]
type Approval = (typeof ActivityApprovalStates)[number]
type Provisioning = (typeof ActivityProvisioningStates)[number]

interface Words {
  execution: Execution
  completion: Completion
  /** Null where it depends on whether the approvals had ended. */
  approval: Approval | null
  /** Null for what never came to be provisioned. */
  provisioning: Provisioning | null
}

const waiting: Words = { execution: 'EXECUTING', completion: 'PENDING', approval: 'PENDING', provisioning: 'PENDING' }
const approved: Words = { ...waiting, approval: 'FINISHED' }
const ended = (completion: Completion, approval: Approval | null, provisioning: Provisioning | null): Words => ({
  execution: 'COMPLETED',
  completion,
  approval,
  provisioning,
})

/** Item states; how a closed item reads is said by whoever closed it. */
export const activityStates: Record<ItemState, Words> = {
  AWAITING_SCREENING: waiting,
  AWAITING_APPROVAL: waiting,
  AWAITING_EXTRA_APPROVER: waiting,
  SCHEDULED: approved,
  PROVISIONING: approved,
  VERIFYING: { ...approved, execution: 'VERIFYING', provisioning: 'COMMITED' },
  PROVISIONED: ended('SUCCESS', 'FINISHED', 'FINISHED'),
  PARTLY_PROVISIONED: ended('INCOMPLETE', 'FINISHED', 'FAILED'),
  FAILED: ended('FAILURE', 'FINISHED', 'FAILED'),
  ERROR: ended('FAILURE', null, 'FAILED'),
  REJECTED: ended('FAILURE', 'REJECTED', null),
  EXPIRED: ended('FAILURE', 'EXPIRED', null),
  CANCELLED: { execution: 'TERMINATED', completion: 'FAILURE', approval: null, provisioning: null },
  CLOSED: ended('FAILURE', null, null),
}

/** Steps of an item that is being provisioned. Null: it says nothing about where the item stands. */
export const stepStates: Record<StepState, Provisioning | null> = {
  INTENDED: 'PENDING',
  SENT: 'COMMITED',
  BY_HAND: 'PENDING',
  DONE: 'FINISHED',
  FAILED: 'FAILED',
  DROPPED: null,
}

const executions = { Terminated: 'TERMINATED', Completed: 'COMPLETED' } as const
const completions = { Success: 'SUCCESS', Incomplete: 'INCOMPLETE', Failure: 'FAILURE' } as const

/** How far an item is, and how it was closed. */
export type Fate = Pick<ActivityItem, 'state' | 'closeExecution' | 'closeCompletion'>

export function executionOf({ state, closeExecution }: Pick<Fate, 'state' | 'closeExecution'>): Execution {
  return state === 'CLOSED' ? executions[closeExecution ?? 'Terminated'] : activityStates[state].execution
}

export function completionOf({ state, closeCompletion }: Pick<Fate, 'state' | 'closeCompletion'>): Completion {
  return state === 'CLOSED' ? completions[closeCompletion ?? 'Failure'] : activityStates[state].completion
}

/**
 * What closed, was withdrawn or broke while somebody was still to decide reads as cancelled, and so does what never began; where nobody had to
 * decide, it reads as finished from first to last.
 */
export function approvalOf(item: Pick<ActivityItem, 'state' | 'approvalsStartedAt' | 'approvalsFinishedAt' | 'duplicate'>): Approval {
  const stopped = item.duplicate || (item.approvalsStartedAt !== null && item.approvalsFinishedAt === null)
  return activityStates[item.state].approval ?? (stopped ? 'CANCELED' : 'FINISHED')
}

/**
 * Of an item on its way: RETRY once a call failed, COMMITED once all were taken. Of one that ended: UNVERIFIABLE where nobody but a person
 * says that it was done, or where the target took it and never showed it. Of a closed one: what had come of it.
 */
export function provisioningOf({ state, steps }: Pick<ActivityItem, 'state' | 'steps'>): Provisioning | null {
  if (state === 'CLOSED') return steps.length > 0 && steps.every((step) => step.state === 'DONE') ? doneAs(steps) : null
  if (state === 'PROVISIONED') return doneAs(steps)
  if (state === 'FAILED' || state === 'PARTLY_PROVISIONED') return failedAs(steps)
  if (state !== 'PROVISIONING') return activityStates[state].provisioning
  if (steps.some((step) => step.error !== null && !step.taken && (step.state === 'SENT' || step.state === 'INTENDED'))) return 'RETRY'
  const words = steps.flatMap((step) => stepStates[step.state] ?? [])
  return words.length > 0 && !words.includes('PENDING') ? 'COMMITED' : 'PENDING'
}

function doneAs(steps: ActivityStep[]): Provisioning {
  return steps.some((step) => step.byPerson) ? 'UNVERIFIABLE' : 'FINISHED'
}

function failedAs(steps: ActivityStep[]): Provisioning {
  const failed = steps.filter((step) => step.state === 'FAILED')
  return failed.length > 0 && failed.every((step) => step.taken) ? 'UNVERIFIABLE' : 'FAILED'
}

/** One word for all items: on its way while one is, verifying while one is, completed unless every one was stopped. */
export function executionOfAll(items: Fate[]): Execution {
  const words = items.map(executionOf)
  return (['EXECUTING', 'VERIFYING', 'COMPLETED'] as const).find((word) => words.includes(word)) ?? 'TERMINATED'
}

/** One word for all items: what they have in common, else incomplete. A duplicate ask says nothing beside others. */
export function completionOfAll(items: (Fate & Pick<ActivityItem, 'duplicate'>)[]): Completion {
  const telling = items.filter((item) => !item.duplicate)
  const words = new Set((telling.length > 0 ? telling : items).map(completionOf))
  if (words.has('PENDING')) return 'PENDING'
  const [word] = words
  return words.size === 1 && word !== undefined ? word : 'INCOMPLETE'
}
