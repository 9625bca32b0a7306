import { replaceAway, type StandInStep } from './reassignment.ts'
import { lastResort, objectionTo, type Question, type RoutingFacts, standIn, strictly } from './routing.ts'
import { say } from './sentences.ts'
import { MANAGER_LEVELS } from './timers.ts'

/** Who holds an open approval next: because nobody answered in time, because somebody cannot answer any more, or because a manager changed. */

/** One person's part of a question given to another. */
export interface Handed {
  fromId: string
  toId: string
}

/** An open approval and whoever had it until now. */
export interface Holding {
  holderIds: string[]
  /** Everybody it was ever given to: no manager gets it twice. */
  earlierIds: string[]
}

export interface Escalation {
  handed: Handed[]
  level: number
  /** Who holds it then: those it is handed to, or whoever stands in for them. */
  holderIds: string[]
  /** From those it is handed to who are away to those who stand in for them. */
  steps: StandInStep[]
}

/**
 * Whom an unanswered approval is handed up to: the managers of those who hold it, then theirs, then the fallback approver, as far as `levels`
 * goes. Passes over people who may not decide and people who had it before. Undefined: there is nobody, and it stays where it is.
 */
export function whoIsAbove(
  { holderIds, earlierIds }: Holding,
  done: number,
  levels: number,
  question: Question,
  facts: RoutingFacts,
): Escalation | undefined {
  const strict = { ...facts, autoApproval: false }
  const had = new Set([...holderIds, ...earlierIds])
  if (done < MANAGER_LEVELS) {
    const handed = holderIds.flatMap((fromId) => {
      const toId = managerAbove(fromId, had, question, strict)
      return toId === undefined ? [] : [{ fromId, toId }]
    })
    if (handed.length > 0) return escalation(handed, done + 1, had, question, facts)
  }
  const fallback = facts.fallbackApproverId
  const [fromId] = holderIds
  const isUsable = fallback !== null && !holderIds.includes(fallback) && objectionTo(fallback, question, strict) === undefined
  if (levels <= MANAGER_LEVELS || !isUsable || fromId === undefined) return undefined
  return escalation([{ fromId, toId: fallback }], levels, had, question, facts)
}

/** To nobody's stand-in who had it before: they did not answer. */
function escalation(handed: Handed[], level: number, had: Set<string>, question: Question, facts: RoutingFacts): Escalation {
  const strict = strictly(question, facts)
  const toIds = [...new Set(handed.map(({ toId }) => toId))]
  const replaced = replaceAway(toIds, { detours: true }, facts, (id) =>
    had.has(id) ? { rule: 'HANDED_OVER', text: say('hadBefore', { name: facts.people.get(id)?.name ?? 'They' }) } : strict(id),
  )
  return { handed, level, ...replaced }
}

/** The first person above who may decide and had no turn yet; undefined where the chain ends or turns in a circle. */
function managerAbove(startId: string, had: Set<string>, question: Question, facts: RoutingFacts): string | undefined {
  const seen = new Set([startId])
  let id = facts.people.get(startId)?.managerId ?? null
  while (id !== null && !seen.has(id)) {
    seen.add(id)
    if (!had.has(id) && objectionTo(id, question, facts) === undefined) return id
    id = facts.people.get(id)?.managerId ?? null
  }
  return undefined
}

/** Those who can still answer; and whoever stands in when nobody is left, with the person they stand in for. */
export interface Mended {
  remainingIds: string[]
  handed: Handed | null
  /** From whoever it was handed to, when they are away, to whoever stands in for them. */
  steps: StandInStep[]
}

/**
 * What becomes of an open approval of which some holders cannot answer any more: they are not active, or have a say in the item already where
 * its policy wants different people. Others who hold it simply keep it; when nobody is left it goes to the manager above the first of them,
 * and for a group to the last resort. Refuses (conflict) when there is nobody at all to ask.
 */
export function withoutUnable(holderIds: string[], isGroup: boolean, question: Question, facts: RoutingFacts): Mended {
  const strict = { ...facts, autoApproval: false }
  const remainingIds = holderIds.filter((id) => facts.people.get(id)?.active && !question.barred?.has(id))
  const [gone] = holderIds.filter((id) => !remainingIds.includes(id))
  if (remainingIds.length > 0 || gone === undefined) return { remainingIds, handed: null, steps: [] }
  const toId = isGroup ? lastResort(question, strict).personId : standIn(gone, question, strict).personId
  const replaced = replaceAway([toId], { detours: true }, facts, strictly(question, facts))
  return { remainingIds: replaced.holderIds, handed: { fromId: gone, toId }, steps: replaced.steps }
}

/** An open approval of the recipient's manager. */
export interface ManagerHolding {
  holderIds: string[]
  /** The manager the step named. */
  namedId: string | null
  /** Who answers by that rule: the manager, or whoever stands in for them. */
  ruleHolderId: string | null
}

/**
 * Who holds an approval of the recipient's manager after that manager changed: the new one (or whoever stands in for them) instead of the old
 * one. Whoever else got it in the meantime, by hand or by escalation, keeps it.
 */
export function withManagerChanged(holding: ManagerHolding, managerId: string | null, question: Question, facts: RoutingFacts): Mended {
  const strict = { ...facts, autoApproval: false }
  const toId = managerId === null ? lastResort(question, strict).personId : standIn(managerId, question, strict).personId
  const { holderIds, steps } = replaceAway([toId], { detours: true }, facts, strictly(question, facts))
  const kept = holding.holderIds.filter((id) => id !== holding.ruleHolderId && !holderIds.includes(id))
  const fromId = holding.ruleHolderId ?? holding.namedId
  const handed = fromId === null || fromId === toId ? null : { fromId, toId }
  return { remainingIds: [...kept, ...holderIds], handed, steps }
}
