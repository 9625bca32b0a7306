import type { SodCheck } from '../domain/sod.ts'
import type { StatusRow } from '../store/lists/request-status.ts'
import { instant } from './wire-names.ts'

type PhaseState = 'PENDING' | 'EXECUTING' | 'COMPLETED' | 'CANCELLED' | 'NOT_EXECUTED'

interface Phase {
  /** Left out until the phase has begun: the contract has no null here. */
  started?: string
  finished: string | null
  name: string
  state: PhaseState
  result: 'SUCCESSFUL' | 'FAILED' | null
  phaseReference: string | null
}

/**
 * The phases a requested item goes through, in order, as far as they apply to it: the check of separation of duties (when there was one),
 * approvals (when any were asked), then provisioning.
 */
export function phasesOf(row: StatusRow): Phase[] {
  const phases = row.approvalsStartedAt ? [approvalPhase(row, row.approvalsStartedAt)] : []
  return [...(row.sod ? [sodPhase(row.sod, row.createdAt)] : []), ...phases, provisioningPhase(row)]
}

/** The check is done while the request is made. */
function sodPhase({ state }: SodCheck, at: Date): Phase {
  const result = state === 'SUCCESS' ? 'SUCCESSFUL' : 'FAILED'
  return {
    started: instant(at),
    finished: instant(at),
    name: 'SOD_PHASE',
    state: 'COMPLETED',
    result,
    phaseReference: 'sodViolationContext',
  }
}

function approvalPhase(row: StatusRow, startedAt: Date): Phase {
  const refused = row.state === 'REJECTED' || row.state === 'EXPIRED'
  const over = row.approvalsFinishedAt
  const stopped = over === null && row.finishedAt !== null
  return {
    started: instant(startedAt),
    finished: instant(over ?? row.finishedAt),
    name: 'APPROVAL_PHASE',
    state: stopped ? 'CANCELLED' : over ? 'COMPLETED' : 'EXECUTING',
    result: stopped || !over ? null : refused ? 'FAILED' : 'SUCCESSFUL',
    phaseReference: 'approvalDetails',
  }
}

function provisioningPhase(row: StatusRow): Phase {
  const phase = { name: 'PROVISIONING_PHASE', phaseReference: row.workItems.length > 0 ? 'manualWorkItemDetails' : null }
  const begun = row.provisioningStartedAt !== null
  const started = row.provisioningStartedAt ? { started: instant(row.provisioningStartedAt) } : {}
  if (row.finishedAt === null) return { ...phase, ...started, finished: null, state: begun ? 'EXECUTING' : 'PENDING', result: null }
  // A change of dates alone needs no call to a target; it is provisioned all the same.
  if (!begun && row.state !== 'PROVISIONED') return { ...phase, finished: null, state: 'NOT_EXECUTED', result: null }
  const wasStopped = row.state === 'CLOSED' || row.state === 'CANCELLED'
  const state: PhaseState = wasStopped ? 'CANCELLED' : 'COMPLETED'
  const result = row.state === 'PROVISIONED' ? 'SUCCESSFUL' : wasStopped ? null : 'FAILED'
  return { ...phase, ...started, finished: instant(row.finishedAt), state, result }
}
