import { DomainError } from './errors.ts'

type Moves = Record<string, Record<string, string>>

/** Every state a requested item can be in, and every move out of it. Nothing else changes a state. */
export const itemMoves = {
  /** Waits for an outside system to answer before anybody is asked. */
  AWAITING_SCREENING: { pass: 'AWAITING_APPROVAL', deny: 'REJECTED', err: 'ERROR', cancel: 'CANCELLED', close: 'CLOSED' },
  AWAITING_APPROVAL: {
    approve: 'PROVISIONING',
    schedule: 'SCHEDULED',
    askExtra: 'AWAITING_EXTRA_APPROVER',
    reject: 'REJECTED',
    expire: 'EXPIRED',
    cancel: 'CANCELLED',
    close: 'CLOSED',
  },
  /** Waits for an outside system to name one more approver. */
  AWAITING_EXTRA_APPROVER: { pass: 'AWAITING_APPROVAL', err: 'ERROR', cancel: 'CANCELLED', close: 'CLOSED' },
  /** Approved; waits for its start date. */
  SCHEDULED: { start: 'PROVISIONING', withdraw: 'CANCELLED', close: 'CLOSED' },
  PROVISIONING: {
    verify: 'VERIFYING',
    provision: 'PROVISIONED',
    failPartly: 'PARTLY_PROVISIONED',
    fail: 'FAILED',
    withdraw: 'CANCELLED',
    err: 'ERROR',
    close: 'CLOSED',
  },
  /** The target took everything; a read of it has yet to show it. Goes back when a later look fails. */
  VERIFYING: {
    resume: 'PROVISIONING',
    provision: 'PROVISIONED',
    failPartly: 'PARTLY_PROVISIONED',
    fail: 'FAILED',
    withdraw: 'CANCELLED',
    close: 'CLOSED',
  },
  PARTLY_PROVISIONED: { retry: 'PROVISIONING', close: 'CLOSED' },
  FAILED: { retry: 'PROVISIONING', close: 'CLOSED' },
  ERROR: { retry: 'PROVISIONING', close: 'CLOSED' },
  PROVISIONED: {},
  REJECTED: {},
  EXPIRED: {},
  CANCELLED: {},
  CLOSED: {},
} as const satisfies Moves

/** One question put to one approver or group. */
export const approvalMoves = {
  PENDING: { approve: 'APPROVED', reject: 'REJECTED', expire: 'EXPIRED', cancel: 'CANCELLED' },
  APPROVED: {},
  REJECTED: {},
  EXPIRED: {},
  CANCELLED: {},
} as const satisfies Moves

/** One value on one account at one target. SENT: the call was made and no read has shown its effect yet. */
export const stepMoves = {
  INTENDED: { send: 'SENT', hand: 'BY_HAND', confirm: 'DONE', fail: 'FAILED', drop: 'DROPPED' },
  SENT: { send: 'SENT', confirm: 'DONE', fail: 'FAILED', drop: 'DROPPED' },
  BY_HAND: { confirm: 'DONE', fail: 'FAILED', drop: 'DROPPED' },
  FAILED: { retry: 'INTENDED', drop: 'DROPPED' },
  DONE: {},
  DROPPED: {},
} as const satisfies Moves

/** The fact that a recipient holds an item. PENDING: being put in place. ENDING: being taken away. */
export const assignmentMoves = {
  PENDING: { confirm: 'ACTIVE', end: 'ENDING', drop: 'ENDED' },
  ACTIVE: { end: 'ENDING' },
  ENDING: { confirm: 'ENDED', keep: 'ACTIVE' },
  ENDED: {},
} as const satisfies Moves

export const workItemMoves = {
  PENDING: { complete: 'FINISHED', reject: 'REJECTED', cancel: 'CANCELLED' },
  FINISHED: {},
  REJECTED: {},
  CANCELLED: {},
} as const satisfies Moves

/** One reading of all that a target has. */
export const syncMoves = {
  RUNNING: { finish: 'DONE', fail: 'FAILED' },
  DONE: {},
  FAILED: {},
} as const satisfies Moves

/** One account that is to be disabled or enabled at its target. */
export const switchMoves = {
  INTENDED: { send: 'SENT', drop: 'DROPPED' },
  SENT: { send: 'SENT', confirm: 'DONE', fail: 'FAILED', drop: 'DROPPED' },
  FAILED: { retry: 'INTENDED' },
  DONE: {},
  DROPPED: {},
} as const satisfies Moves

/** A value that came or went behind our back. Adopted: we follow the target. Reverted: the target follows us. */
export const driftMoves = {
  OPEN: { adopt: 'ADOPTED', revert: 'REVERTED', vanish: 'GONE' },
  ADOPTED: {},
  REVERTED: {},
  GONE: {},
} as const satisfies Moves

export type ItemState = keyof typeof itemMoves
export type ApprovalState = keyof typeof approvalMoves
export type StepState = keyof typeof stepMoves
export type AssignmentState = keyof typeof assignmentMoves
export type WorkItemState = keyof typeof workItemMoves
export type SyncState = keyof typeof syncMoves
export type DriftState = keyof typeof driftMoves
export type SwitchState = keyof typeof switchMoves

export const itemStates = Object.keys(itemMoves) as ItemState[]

/** A finished item needs nothing more from anybody; what failed stays listed until someone deals with it. */
const settled: ItemState[] = ['PARTLY_PROVISIONED', 'FAILED', 'ERROR']

/** Takes a table of moves; returns the state a move leads to. Refuses a move the table does not have (conflict). */
function mover<Table extends Moves>(table: Table, noun: string) {
  type State = Extract<keyof Table, string>
  type Move = { [S in State]: Extract<keyof Table[S], string> }[State]
  return {
    can: (state: State, move: Move): boolean => move in (table[state] ?? {}),
    next(state: State, move: Move): State {
      const to = table[state]?.[move]
      if (!to) throw new DomainError('conflict', `${noun} that is ${state} cannot ${move}.`)
      return to as State
    },
  }
}

export const item = mover(itemMoves, 'An item')
export const approval = mover(approvalMoves, 'An approval')
export const step = mover(stepMoves, 'A provisioning step')
export const assignment = mover(assignmentMoves, 'An assignment')
export const workItem = mover(workItemMoves, 'A work item')
export const sync = mover(syncMoves, 'A synchronisation')
export const accountSwitch = mover(switchMoves, 'An account to be disabled or enabled')
export const drift = mover(driftMoves, 'A drift')

/** True when nothing moves the item any more by itself: it ended, or it failed and waits for a person to retry or close it. */
export function isFinished(state: ItemState): boolean {
  return Object.keys(itemMoves[state]).length === 0 || settled.includes(state)
}

/** True for the states in which a second ask for the same access is the same ask; a partial unique index lists the same states. */
export function isOpen(state: ItemState): boolean {
  return !isFinished(state)
}

/** True while approvals have not ended: the only time a request can be cancelled (C1). */
export function isCancelable(state: ItemState): boolean {
  return item.can(state, 'cancel')
}
