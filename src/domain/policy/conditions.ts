import type { ItemType, JointStep, RequestKind, RequestRules, Step } from '../access-model.ts'
import { say } from '../sentences.ts'

/** When a step of a policy is asked. Pure: a condition and what is known of a request in, yes or no out. */

/** All that is said must hold; a list holds when one of its entries does. Nothing said always holds. */
export interface Condition {
  /** The recipient's department, whatever its case. */
  departments?: string[]
  /** True: the recipient has a manager. */
  hasManager?: boolean
  /** True: the recipient asks for themselves. */
  selfRequested?: boolean
  itemTypes?: ItemType[]
  sourceIds?: string[]
  privileged?: boolean
  /** Longer than so many days of 24 hours; access without an end is longer than any. */
  longerThanDays?: number
  /** True: the request would break a separation-of-duties policy. */
  breaksSod?: boolean
}

/** What a condition may look at. */
export interface ConditionFacts {
  kind: RequestKind
  recipient: { department: string | null; hasManager: boolean }
  selfRequested: boolean
  item: { type: ItemType; sourceId: string | null; privileged: boolean }
  /** Null: without an end. A revoke has no duration. */
  durationDays: number | null
  breaksSod: boolean
}

/** True when everything the condition says holds. */
export function holds(condition: Condition, facts: ConditionFacts): boolean {
  const { departments, hasManager, selfRequested, itemTypes, sourceIds, privileged, longerThanDays, breaksSod } = condition
  const department = facts.recipient.department?.toLowerCase()
  return (
    (departments === undefined || departments.some((one) => one.toLowerCase() === department)) &&
    is(hasManager, facts.recipient.hasManager) &&
    is(selfRequested, facts.selfRequested) &&
    (itemTypes === undefined || itemTypes.includes(facts.item.type)) &&
    (sourceIds === undefined || sourceIds.some((id) => id === facts.item.sourceId)) &&
    is(privileged, facts.item.privileged) &&
    (longerThanDays === undefined || lasts(facts) > longerThanDays) &&
    is(breaksSod, facts.breaksSod)
  )
}

function is(wanted: boolean | undefined, found: boolean): boolean {
  return wanted === undefined || wanted === found
}

function lasts({ kind, durationDays }: ConditionFacts): number {
  return kind === 'REVOKE' ? 0 : (durationDays ?? Number.POSITIVE_INFINITY)
}

/** Asked where steps are given and no condition holds: a group nobody named, which is to say the last resort. */
const somebody: Step = { kind: 'GOVERNANCE_GROUP', note: say('noStepHolds') }

/**
 * The steps that hold for a request, without their conditions. Where there are steps and none holds, the last resort is asked: only an empty
 * list of steps means that nobody is.
 */
export function stepsInForce(rules: RequestRules, facts: ConditionFacts): Step[] {
  const chosen = rules.steps.flatMap((step): Step[] => {
    if (!('asks' in step) || step.when === undefined) return [step]
    return holds(step.when, facts) ? [withoutCondition(step, inWords(step.when))] : []
  })
  return chosen.length === 0 && rules.steps.length > 0 ? [somebody] : chosen
}

/** What only one person or group is asked is a step like any other. */
function withoutCondition({ asks, quorum }: JointStep, note: string): Step {
  const noted = asks.map((ask) => ({ ...ask, note }))
  const [only] = noted
  if (quorum === undefined && noted.length === 1 && only) return only
  return { asks: noted, ...(quorum ? { quorum } : {}) }
}

/** A condition that holds, for whoever is asked because of it. */
function inWords(condition: Condition): string {
  const { departments, hasManager, selfRequested, itemTypes, sourceIds, privileged, longerThanDays, breaksSod } = condition
  const parts = [
    departments && `the person is of ${departments.join(' or ')}`,
    hasManager !== undefined && `the person has ${hasManager ? 'a' : 'no'} manager`,
    selfRequested !== undefined && (selfRequested ? 'the person asks for themselves' : 'somebody asks for the person'),
    itemTypes && `it is ${itemTypes.map((type) => type.toLowerCase().replace('_', ' ')).join(' or ')}`,
    sourceIds && 'of the source it is on',
    privileged !== undefined && `it is ${privileged ? '' : 'not '}privileged`,
    longerThanDays !== undefined && `it is asked for longer than ${longerThanDays} days`,
    breaksSod !== undefined && `it ${breaksSod ? 'would break' : 'keeps'} the separation of duties`,
  ].filter((part) => typeof part === 'string')
  return say('becauseOf', { parts: parts.join(', and ') })
}
