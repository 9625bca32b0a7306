import type { ScenarioCheck } from './scenario-events.ts'
import { type Ending, openApprovals, type Trial, type TriedApproval } from './trial.ts'

/** How a request stands, in words that can be compared, and whether that is what a scenario says. */

export interface Standing {
  ending: Ending
  /** Who holds the open approvals, in order; several who may answer one are in brackets. */
  asked: string[]
  /** The rules in the explanations of the open approvals (of the last one, when none is open), in order. */
  because: string[]
  /** Who agreed, step by step. */
  agreed: string[]
  reminded: number
  history: string[]
  steps: number
}

/** One approval as far as it can be seen. */
export type SeenApproval = Pick<TriedApproval, 'id' | 'stepNumber' | 'state' | 'candidateIds' | 'decidedBy' | 'automatic' | 'history'> & {
  explanation: { rule: string }[]
}

/** Takes how an item ended (or waits), its approvals in any order, the reminders sent and its number of steps. */
export function standingOf(ending: Ending, approvals: SeenApproval[], reminded: number, steps: number): Standing {
  const inOrder = [...approvals].sort((a, b) => a.stepNumber - b.stepNumber || (a.id < b.id ? -1 : 1))
  const open = inOrder.filter(({ state }) => state === 'PENDING')
  const agreed = inOrder
    .filter(({ state }) => state === 'APPROVED')
    .sort((a, b) => a.stepNumber - b.stepNumber || compare(decider(a), decider(b)))
  return {
    ending,
    asked: open.map(({ candidateIds }) => shown([...candidateIds].sort())).sort(),
    because: (open.length > 0 ? open : inOrder.slice(-1)).flatMap(({ explanation }) => explanation.map(({ rule }) => rule)).sort(),
    agreed: agreed.map(decider),
    reminded,
    history: inOrder.flatMap(({ history }) => history),
    steps,
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** By time nobody agrees, by a switch the requester does without being asked. */
function decider({ decidedBy, automatic }: SeenApproval): string {
  return decidedBy === null ? 'nobody' : automatic ? `${decidedBy} automatically` : decidedBy
}

function shown(holders: string[]): string {
  return holders.length === 1 ? String(holders[0]) : `[${holders.join(', ')}]`
}

/** The same of a trial. */
export function standingInTrial(trial: Trial): Standing {
  return standingOf(trial.ending, trial.approvals, trial.reminders, trial.item.policy.steps.length)
}

/** Who holds open approvals, as a message says it. */
export function shownHolders(trial: Trial): string {
  return listed(openApprovals(trial).map(({ candidateIds }) => shown([...candidateIds].sort())))
}

function listed(texts: string[]): string {
  return texts.length === 0 ? 'nobody' : [...texts].sort().join(', ')
}

/** Takes a trial and what shall be so; returns what is not, or null. */
export function checkTrial(trial: Trial, check: ScenarioCheck): string | null {
  return checkStanding(standingInTrial(trial), check)
}

/** The same for a request however it was followed. */
export function checkStanding(standing: Standing, check: ScenarioCheck): string | null {
  const unless = (found: string, wanted: string) => (found === wanted ? null : `expected ${wanted}, found ${found}`)
  switch (check.kind) {
    case 'asked':
      return unless(`asked: ${listed(standing.asked)}`, `asked: ${listed(check.holders.map((one) => shown([...one].sort())))}`)
    case 'because': {
      const missing = check.rules.filter((rule) => !standing.because.includes(rule))
      return missing.length === 0 ? null : `expected because of ${missing.join(', ')}, found ${standing.because.join(', ')}`
    }
    case 'agreed':
      return unless(`agreed: ${standing.agreed.join(', ') || 'nobody yet'}`, `agreed: ${check.deciders.join(', ') || 'nobody yet'}`)
    case 'reminded':
      return unless(`${standing.reminded} reminders`, `${check.times} reminders`)
    case 'history':
      return unless(`history: ${standing.history.join(', ')}`, `history: ${check.moves.join(', ')}`)
    case 'steps':
      return unless(`${standing.steps} steps`, `${check.count} steps`)
    case 'ends':
      return unless(standing.ending, check.ending)
  }
}
