import { type Actor, personOf } from './actor.ts'
import { DomainError } from './errors.ts'
import type { Asked, Handover, Person, Question, Reason } from './routing.ts'
import { say } from './sentences.ts'

/** Standing reassignment: who stands in for somebody while they are away, and whom a question goes to because of it. Pure. */

/** What is moved: one configuration per person and kind. */
export type ReassignedWork = 'APPROVALS' | 'WORK_ITEMS'

/** Who stands in for a person now, and until when (null: until somebody ends it). */
export interface StandIn {
  toId: string
  until: Date | null
}

/** So many times at most is a stand-in's own stand-in looked for, as the contract has it. */
export const MAX_HOPS = 5

/** Everything a walk from stand-in to stand-in needs to know. */
export interface StandInFacts {
  people: ReadonlyMap<string, Person>
  /** Those in force now, by the person who is away. Absent: none. */
  standIns?: ReadonlyMap<string, StandIn>
}

/** Why somebody may not have this piece of work; undefined when they may. */
export type Objection = (personId: string) => Reason | undefined

/** From somebody who is away to whoever has it in their place. */
export interface StandInStep {
  fromId: string
  toId: string
  until: Date | null
  /** Who was named; another than `toId` where that person may not have it. */
  namedId: string
  /** Why those between the one named and `toId` may not. */
  objections: Reason[]
}

/**
 * Takes the person a piece of work is meant for; returns the steps from stand-in to stand-in, none when nobody stands in. Comes to nobody
 * twice. Where the one named may not have it, a manager above them (then above the one who is away) does; where nobody may, it stays.
 */
export function followStandIns(startId: string, facts: StandInFacts, objection: Objection): StandInStep[] {
  const steps: StandInStep[] = []
  const passed = new Set([startId])
  let atId = startId
  while (steps.length < MAX_HOPS) {
    const step = stepFrom(atId, passed, facts, objection)
    if (!step) break
    steps.push(step)
    atId = step.toId
  }
  return steps
}

function stepFrom(fromId: string, passed: Set<string>, facts: StandInFacts, objection: Objection): StandInStep | undefined {
  const standIn = facts.standIns?.get(fromId)
  if (!standIn || passed.has(standIn.toId)) return undefined
  const objections: Reason[] = []
  for (const id of [standIn.toId, ...managersAbove(standIn.toId, facts), ...managersAbove(fromId, facts)]) {
    if (passed.has(id)) continue
    passed.add(id)
    const reason = objection(id)
    if (!reason) return { fromId, toId: id, until: standIn.until, namedId: standIn.toId, objections }
    objections.push(reason)
  }
  return undefined
}

/** Up the chain, once each. */
function managersAbove(startId: string, { people }: StandInFacts): string[] {
  const above = new Set<string>()
  for (let id = people.get(startId)?.managerId ?? null; id !== null && id !== startId && !above.has(id); ) {
    above.add(id)
    id = people.get(id)?.managerId ?? null
  }
  return [...above]
}

/**
 * The same for work that somebody (`byId`; null: nobody) hands over by hand to a person who is away. It does not come back to whoever gave
 * it away; and where they are the one who stands in, it stays with the person they gave it to.
 */
export function followHandOver(startId: string, byId: string | null, facts: StandInFacts, objection: Objection): StandInStep[] {
  const name = (byId !== null && facts.people.get(byId)?.name) || 'Whoever handed it over'
  const steps = followStandIns(startId, facts, (id) =>
    id === byId ? { rule: 'HANDED_OVER', text: say('handedOver', { name }) } : objection(id),
  )
  return steps.some(({ namedId }) => namedId === byId) ? [] : steps
}

/** The same objections, and one to the person it was taken from (undefined: nobody). */
export function but(fromId: string | undefined, objection: Objection): Objection {
  return (id) => (id === fromId ? { rule: 'HANDED_OVER', text: say('takenFrom') } : objection(id))
}

/** Who has an approval when everybody who is away is replaced, and the steps that led there. */
export interface Replaced {
  holderIds: string[]
  steps: StandInStep[]
}

/**
 * Takes those who hold (or would hold) an approval and which of them to look at; returns who holds it when each of these who is away is
 * replaced. Without `detours` somebody whose stand-in may not have it stays: a member of a group, as long as there are others to answer.
 */
export function replaceAway(
  holderIds: string[],
  { ofIds = holderIds, detours }: { ofIds?: string[]; detours: boolean },
  facts: StandInFacts,
  objection: Objection,
): Replaced {
  if (!facts.standIns?.size) return { holderIds, steps: [] }
  const trails = holderIds.map((id) => {
    const steps = ofIds.includes(id) ? followStandIns(id, facts, objection) : []
    const usable = detours ? steps : steps.slice(0, firstDetour(steps))
    return { id: usable.at(-1)?.toId ?? id, steps: usable }
  })
  return { holderIds: [...new Set(trails.map(({ id }) => id))], steps: trails.flatMap(({ steps }) => steps) }
}

function firstDetour(steps: StandInStep[]): number {
  const at = steps.findIndex((step) => step.toId !== step.namedId)
  return at === -1 ? steps.length : at
}

/** True where somebody whose stand-in may not have an approval must be replaced all the same: nobody else is there to answer it. */
export function needsDetours(isGroup: boolean, holderIds: string[]): boolean {
  return !isGroup || holderIds.length === 1
}

/** Takes who is asked by the rules; returns who is asked when those who are away are replaced, with the reasons and the hand-overs. */
export function withStandIns(
  asked: Asked,
  facts: StandInFacts,
  objection: Objection,
  detours = needsDetours(asked.ownerId === null, asked.candidateIds),
): Asked {
  if (asked.automatic) return asked
  const { holderIds, steps } = replaceAway(asked.candidateIds, { detours }, facts, objection)
  if (steps.length === 0) return asked
  const isGroup = asked.ownerId === null
  return {
    ...asked,
    candidateIds: isGroup ? [...holderIds].sort() : holderIds,
    ownerId: isGroup ? null : (holderIds[0] ?? null),
    explanation: [...asked.explanation, ...steps.flatMap((step) => reasonsOf(step, facts))],
    handovers: [...asked.handovers, ...steps.map(handoverOf)],
  }
}

/** Why somebody has it in the place of another, in words. */
export function reasonsOf(step: StandInStep, { people }: StandInFacts): Reason[] {
  const name = (id: string) => people.get(id)?.name ?? 'Somebody unknown'
  const who = { name: name(step.namedId), other: name(step.fromId) }
  const until = step.until && `${step.until.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const standing: Reason = { rule: 'STAND_IN', text: until ? say('standsIn', { ...who, until }) : say('standsInOpen', who) }
  if (step.namedId === step.toId) return [standing]
  return [standing, ...step.objections, { rule: 'STAND_IN', text: say('askedInstead', { name: name(step.toId) }) }]
}

const selfReview: Reason['rule'][] = ['OWN_ACCESS', 'SELF_REVIEW']

/** The step as the history has it. */
export function handoverOf({ fromId, toId, objections }: StandInStep): Handover {
  const avoids = objections.some(({ rule }) => selfReview.includes(rule))
  return { reason: avoids ? 'SELF_REVIEW_DELEGATION' : 'AUTOMATIC_REASSIGNMENT', fromId, toId }
}

/**
 * Passes when an approval may be given to somebody by hand. Refuses (invalid) people who are not active, the recipient, the requester, and
 * whoever has a say in it already where different people are asked; `field` is the part of the input that names them.
 */
export function mayBeGiven(
  person: Pick<Person, 'id' | 'name' | 'active'>,
  { recipientId, requesterId, barred }: Question,
  field: string,
): void {
  const refuse = (why: string) => {
    throw new DomainError('invalid', why, field)
  }
  if (!person.active) refuse(`${person.name} is not active.`)
  if (person.id === recipientId) refuse('nobody decides on their own access.')
  if (person.id === requesterId) refuse('nobody decides on their own request.')
  if (barred?.has(person.id)) refuse(`${person.name} has a say in this request already, and its policy asks different people.`)
}

/** Nobody inactive is given work that is done by hand, and nobody puts their own access in place. */
export function objectionToWork(recipientId: string | undefined, { people }: StandInFacts): Objection {
  const name = (id: string) => people.get(id)?.name ?? 'Somebody unknown'
  return (id) => {
    if (!people.get(id)?.active) return { rule: 'INACTIVE', text: say('workInactive', { name: name(id) }) }
    if (id === recipientId) return { rule: 'OWN_ACCESS', text: say('workOwnAccess', { name: name(id) }) }
    return undefined
  }
}

/** Who gets a piece of work, and why not whoever was named. */
export interface Receiver {
  toId: string
  because: Reason[]
}

/**
 * Takes whose work is moved and who shall have it (null: their manager); returns the first who may: that person, or a manager above them.
 * Undefined where nobody there may.
 */
export function whoReceives(fromId: string, wantedId: string | null, facts: StandInFacts, objection: Objection): Receiver | undefined {
  const first = wantedId === null ? managersAbove(fromId, facts) : [wantedId, ...managersAbove(wantedId, facts)]
  const because: Reason[] = []
  for (const id of first) {
    const reason = id === fromId ? undefined : objection(id)
    if (id !== fromId && !reason) return { toId: id, because }
    if (reason) because.push(reason)
  }
  return undefined
}

/** A configuration as somebody wants it: dates in business time; without a start date it begins now, or when it began. */
export interface WantedReassignment {
  fromId: string
  toId: string
  kind: ReassignedWork
  startAt: Date | undefined
  endAt: Date | null
}

/** Refuses (forbidden) anybody but the person themselves, their manager and org admins. */
export function mayArrangeFor(actor: Actor, person: Pick<Person, 'id' | 'managerId'>): void {
  const by = personOf(actor)
  if (actor.isAdmin || by === person.id || by === person.managerId) return
  throw new DomainError('forbidden', 'Only the person themselves, their manager or an org admin may see or change who stands in for them.')
}

/**
 * Takes what is wanted, who would stand in, and since when it is so already (undefined: it is new); returns its period. Refuses (invalid) a
 * person who stands in for themselves or is not active, and a period that ends before it begins.
 */
export function planReassignment(
  wanted: WantedReassignment,
  standIn: Pick<Person, 'id' | 'name' | 'active'>,
  since: Date | undefined,
  now: Date,
): { startAt: Date; endAt: Date | null } {
  if (standIn.id === wanted.fromId) throw new DomainError('invalid', 'nobody stands in for themselves.', 'reassignedToId')
  if (!standIn.active) throw new DomainError('invalid', `${standIn.name} is not active.`, 'reassignedToId')
  const startAt = wanted.startAt ?? since ?? now
  if (wanted.endAt && wanted.endAt <= startAt) throw new DomainError('invalid', 'must lie after the start date.', 'endDate')
  return { startAt, endAt: wanted.endAt }
}
