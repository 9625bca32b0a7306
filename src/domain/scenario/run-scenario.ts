import type { PlanFacts } from '../access-request.ts'
import { DAY_MS } from '../business-clock.ts'
import { DomainError } from '../errors.ts'
import type { PolicyDocument } from '../policy/document.ts'
import type { PolicyIssue } from '../policy/issue.ts'
import { resolvePolicy } from '../policy/resolve.ts'
import type { Scenario, ScenarioTable } from './scenario.ts'
import { checkTrial, shownHolders } from './scenario-checks.ts'
import { isCheck, isDeed, type ScenarioChange, type ScenarioDeed, type ScenarioEvent } from './scenario-events.ts'
import { actorOf, arrangedIn, askOf, directoryOf, factsOf, withPolicies } from './scenario-facts.ts'
import type { ScenarioWorld } from './scenario-world.ts'
import { beginTrial, cancelInTrial, decideInTrial, forwardInTrial } from './simulate.ts'
import { changeGroup, changeOwner, changePerson } from './simulate-people.ts'
import { endReassignment, reassign } from './simulate-reassignment.ts'
import { passTime, settle } from './simulate-time.ts'
import { openApprovals, type Trial, type TriedApproval } from './trial.ts'

/** Tries policies with scenarios. Nothing is stored; the rules are those of the product. */

export interface ScenarioResult {
  title: string
  line: number
  /** Why it failed, in words; null when all went as written. */
  failure: string | null
}

/** Where scenarios play. */
export interface Stage {
  table: ScenarioTable
  /** All there are, those that are only applied in the course of a scenario among them. */
  policies: PolicyDocument[]
}

const HOUR_MS = 3_600_000
/** Takes a table and the policies it tries; returns what became of each scenario, and the names in the policies that its world lacks. */
export function runScenarios(table: ScenarioTable, policies: PolicyDocument[]): { results: ScenarioResult[]; issues: PolicyIssue[] } {
  const directory = directoryOf(table.world, factsOf(table.world))
  const issues = policies.flatMap((policy) => resolvePolicy(policy, directory).issues)
  if (issues.length > 0) return { results: [], issues }
  return { results: table.scenarios.map((scenario) => runScenario({ table, policies }, scenario)), issues }
}

function runScenario(stage: Stage, scenario: Scenario): ScenarioResult {
  const { title, line, refused } = scenario
  const failed = (failure: string | null) => ({ title, line, failure })
  const begun = beginScenario(stage, scenario)
  if (refused !== null) {
    if (typeof begun !== 'string') return failed('it was not refused')
    return failed(begun.includes(refused) ? null : `it was refused because: ${begun}`)
  }
  if (typeof begun === 'string') return failed(`it was refused: ${begun}`)
  for (const event of scenario.events) {
    const failure = happen(begun, event, stage)
    if (failure !== null) return failed(`line ${event.line}: ${failure}`)
  }
  return failed(null)
}

/** The policies in force when scenarios begin: all but those that one of them applies on the way. */
export function firstPolicies({ table, policies }: Stage): PolicyDocument[] {
  const events = table.scenarios.flatMap((scenario) => scenario.events)
  const later = new Set(events.flatMap((event) => (event.kind === 'apply' ? [event.policy] : [])))
  return policies.filter(({ name }) => !later.has(name))
}

/** Makes the ask of a scenario; returns what came of it, or why it was refused. */
export function beginScenario(stage: Stage, { ask }: Scenario): Trial | string {
  const { world } = stage.table
  const facts = applied(world, factsOf(world), firstPolicies(stage))
  return attempt(() => beginTrial(actorOf(world, ask.by), askOf(ask, facts, world.begins), facts, arrangedIn(world), world.begins))
}

function applied(world: ScenarioWorld, facts: PlanFacts, policies: PolicyDocument[]): PlanFacts {
  const directory = directoryOf(world, facts)
  return withPolicies(
    facts,
    policies.flatMap((policy) => resolvePolicy(policy, directory).changes),
  )
}

/** What was made, or why it was refused. */
function attempt<T>(make: () => T): T | string {
  try {
    return make()
  } catch (error) {
    if (error instanceof DomainError) return error.message
    throw error
  }
}

/** Lets one thing happen, or checks one; returns what was not as written. */
export function happen(trial: Trial, event: ScenarioEvent, stage: Stage): string | null {
  if (isDeed(event)) return act(trial, event, stage.table.world)
  return isCheck(event) ? checkTrial(trial, event) : change(trial, event, stage)
}

function act(trial: Trial, deed: ScenarioDeed, world: ScenarioWorld): string | null {
  const missing = [deed.by, ...(deed.kind === 'forward' ? [deed.from, deed.to] : deed.kind === 'decide' ? [deed.of] : [])].find(
    (name) => !world.people.has(name),
  )
  if (missing !== undefined) return `there is no ${missing}`
  const approval = deed.kind === 'cancel' ? undefined : meantBy(trial, deed)
  if (deed.kind !== 'cancel' && !approval) return `${holderIn(deed)} holds no open approval; those who do: ${shownHolders(trial)}`
  const refusal = attempt(() => carryOut(trial, deed, approval, world))
  if (!deed.refused) return typeof refusal === 'string' ? `it was refused: ${refusal}` : null
  if (typeof refusal !== 'string') return 'it was not refused'
  return refusal.includes(deed.because ?? '') ? null : `it was refused because: ${refusal}`
}

function holderIn(deed: Exclude<ScenarioDeed, { kind: 'cancel' }>): string {
  return deed.kind === 'decide' ? deed.of : deed.from
}

/** The first open approval that a person holds; where somebody shall be refused, whichever there is. */
export function meantBy(trial: Trial, deed: Exclude<ScenarioDeed, { kind: 'cancel' }>): TriedApproval | undefined {
  const held = openApprovals(trial).find(({ candidateIds }) => candidateIds.includes(holderIn(deed)))
  return held ?? (deed.refused ? (openApprovals(trial)[0] ?? trial.approvals.at(-1)) : undefined)
}

function carryOut(trial: Trial, deed: ScenarioDeed, approval: TriedApproval | undefined, world: ScenarioWorld): void {
  const actor = actorOf(world, deed.by)
  if (deed.kind === 'cancel') cancelInTrial(trial, actor)
  else if (approval && deed.kind === 'forward') forwardInTrial(trial, approval, actor, deed.to)
  else if (approval && deed.kind === 'decide') decideInTrial(trial, approval, actor, { answer: deed.answer, comment: deed.comment })
}

function change(trial: Trial, event: ScenarioChange, { table, policies }: Stage): string | null {
  const unless = (done: boolean, what: string) => (done ? null : `there is no ${what}`)
  switch (event.kind) {
    case 'wait':
      passTime(trial, new Date(trial.now.getTime() + event.hours * HOUR_MS))
      return null
    case 'leaves':
    case 'returns':
      return unless(settled(trial, changePerson(trial, event.person, { active: event.kind === 'returns' })), event.person)
    case 'manager':
      return unless(settled(trial, changePerson(trial, event.person, { managerId: event.manager })), event.person)
    case 'owner':
      return unless(changeOwner(trial, event.item, event.owner), event.item)
    case 'joins':
    case 'quits': {
      const [added, removed] = event.kind === 'joins' ? [[event.person], []] : [[], [event.person]]
      return unless(changeGroup(trial, event.group, { added, removed }), event.group)
    }
    case 'apply': {
      const policy = policies.find(({ name }) => name === event.policy)
      if (policy) trial.facts = applied(table.world, trial.facts, [policy])
      return unless(policy !== undefined, `policy ${event.policy}`)
    }
    case 'reassign': {
      const startAt = new Date(trial.now.getTime() + event.inDays * DAY_MS)
      const endAt = event.forDays === null ? null : new Date(startAt.getTime() + event.forDays * DAY_MS)
      return unless(settled(trial, reassign(trial, event.from, event.to, startAt, endAt)), `${event.from} or ${event.to}`)
    }
    case 'back':
      return unless(endReassignment(trial, event.person), `stand-in for ${event.person}`)
  }
}

function settled(trial: Trial, isDone: boolean): boolean {
  if (isDone) settle(trial)
  return isDone
}
