import type { AccessItem, Selector } from './access-model.ts'
import { DomainError } from './errors.ts'
import { type Objection, type StandIn as StandingIn, withStandIns } from './reassignment.ts'
import { type SentenceId, say } from './sentences.ts'

/** Who is asked, and why. Pure: people, groups and one step's selector in; candidates and an explanation out. */

export interface Person {
  id: string
  name: string
  managerId: string | null
  department: string | null
  active: boolean
}

export interface Group {
  id: string
  name: string
  memberIds: string[]
}

/** An item with the owners around it. */
export interface RoutedItem extends AccessItem {
  sourceOwnerId: string | null
  appOwnerId: string | null
}

export interface RoutingFacts {
  /** Everybody the steps may name, with their managers above them. */
  people: Map<string, Person>
  groups: Map<string, Group>
  /** Active org admins, in id order, so that the last resort is the same every time. */
  adminIds: string[]
  fallbackApproverId: string | null
  /** The wire's autoApprovalEnabled: a step whose approver is the requester passes by itself (R27). */
  autoApproval: boolean
  /** The newer INDIRECT mode: so does a step of a group the requester is a member of. */
  memberApproval?: boolean
  /** Who stands in for whom now, by the person who is away. */
  standIns?: ReadonlyMap<string, StandingIn>
}

export interface Question {
  item: RoutedItem
  requesterId: string
  recipientId: string
  /** People who have a say in the same item already, where its policy wants different ones. */
  barred?: ReadonlySet<string>
}

export interface Reason {
  rule:
    | Selector['kind']
    | 'INACTIVE'
    | 'NO_MANAGER'
    | 'OWN_ACCESS'
    | 'SELF_REVIEW'
    | 'DISTINCT'
    | 'POLICY'
    | 'ESCALATED'
    | 'FORWARDED'
    | 'QUORUM'
    | 'STAND_IN'
    | 'HANDED_OVER'
    | 'FALLBACK'
    | 'ADMIN'
    | 'EMPTY'
    | 'EARLIER_DECISION'
    | 'AUTOMATIC'
  text: string
}

export interface Handover {
  reason: 'SELF_REVIEW_DELEGATION' | 'AUTOMATIC_REASSIGNMENT'
  fromId: string
  toId: string
}

export interface Asked {
  scheme: Selector['kind']
  original: { type: 'IDENTITY' | 'GOVERNANCE_GROUP'; id: string }
  /** The person the rule itself names, whoever answers in their place; null for groups and where it names nobody. */
  namedId: string | null
  /** Null while a group holds the question. */
  ownerId: string | null
  candidateIds: string[]
  explanation: Reason[]
  handovers: Handover[]
  /** True when the wire's auto-approval switch answers the step. */
  automatic: boolean
}

/**
 * Takes one step's selector; returns who may decide it. Never names the recipient, an inactive person, or (without auto-approval) the
 * requester: each is passed on to the manager above, then the fallback approver, then an org admin. Whoever is away is replaced by whoever
 * stands in for them.
 */
export function whoIsAsked(selector: Selector, question: Question, facts: RoutingFacts): Asked {
  const groupIds = groupsOf(selector, question.item)
  const asked = groupIds
    ? askGroups(selector, groupIds, question, facts)
    : askPeople(selector, peopleOf(selector, question, facts), question, facts)
  return withStandIns(asked, facts, strictly(question, facts))
}

/** Why somebody may not decide a question, whatever the tenant lets pass by itself. */
export function strictly(question: Question, facts: RoutingFacts): Objection {
  return (id) => objectionTo(id, question, { ...facts, autoApproval: false })
}

/**
 * The same, with everybody the selector names asked on their own, as a quorum wants it. Nobody is named twice; people who may not decide are
 * left out of a group, and passed on where they are named themselves. Empty when nobody is named who could be asked.
 */
export function askEach(selector: Selector, question: Question, facts: RoutingFacts): Asked[] {
  const groupIds = groupsOf(selector, question.item)
  const found = groupIds ? eachMember(selector, groupIds, question, facts) : eachPerson(selector, question, facts)
  return replaceEach(found, question, facts)
}

function eachPerson(selector: Selector, question: Question, facts: RoutingFacts): Asked[] {
  const found: Asked[] = []
  const barred = new Set(question.barred)
  for (const id of peopleOf(selector, question, facts)) {
    if (barred.has(id)) continue
    const one = askPeople(selector, [id], { ...question, barred }, facts)
    for (const holder of one.candidateIds) barred.add(holder)
    found.push(one)
  }
  return found
}

/** Who is away is replaced by somebody who is not asked beside them; where there is nobody, a member of a group stays. */
function replaceEach(found: Asked[], question: Question, facts: RoutingFacts): Asked[] {
  const barred = new Set([...(question.barred ?? []), ...found.flatMap(({ candidateIds }) => candidateIds)])
  return found.map((one) => {
    const replaced = withStandIns(one, facts, strictly({ ...question, barred }, facts), one.original.type === 'IDENTITY')
    for (const id of replaced.candidateIds) barred.add(id)
    return replaced
  })
}

function eachMember(selector: Selector, groupIds: string[], question: Question, facts: RoutingFacts): Asked[] {
  const found = new Map<string, Asked>()
  for (const group of groupIds.flatMap((id) => facts.groups.get(id) ?? [])) {
    for (const id of [...group.memberIds].sort().filter((one) => !found.has(one) && mayDecide(one, question, facts))) {
      const text = say('severalMembers', { name: nameOf(id, facts), group: group.name })
      found.set(id, {
        scheme: selector.kind,
        original: { type: 'GOVERNANCE_GROUP', id: group.id },
        namedId: id,
        ownerId: id,
        candidateIds: [id],
        explanation: [{ rule: selector.kind, text }],
        handovers: [],
        automatic: false,
      })
    }
  }
  return [...found.values()]
}

function groupsOf(selector: Selector, item: RoutedItem): string[] | undefined {
  if (selector.kind === 'GOVERNANCE_GROUP') return selector.groupId ? [selector.groupId] : []
  if (selector.kind === 'ADDITIONAL_GOVERNANCE_GROUP') return item.additionalGroupIds
  return undefined
}

function peopleOf(selector: Selector, { item, recipientId }: Question, facts: RoutingFacts): string[] {
  const ids: Record<string, (string | null | undefined)[]> = {
    MANAGER: [facts.people.get(recipientId)?.managerId],
    OWNER: [item.ownerId],
    SOURCE_OWNER: [item.sourceOwnerId],
    APP_OWNER: [item.appOwnerId],
    ALL_OWNERS: [item.ownerId, ...item.additionalOwnerIds],
    ADDITIONAL_OWNER: item.additionalOwnerIds,
  }
  return (ids[selector.kind] ?? []).filter((id): id is string => typeof id === 'string')
}

const because = {
  MANAGER: 'manages',
  OWNER: 'ownsItem',
  SOURCE_OWNER: 'ownsSource',
  APP_OWNER: 'ownsApp',
  GOVERNANCE_GROUP: 'isMember',
  ALL_OWNERS: 'isOneOfOwners',
  ADDITIONAL_OWNER: 'isAdditionalOwner',
  ADDITIONAL_GOVERNANCE_GROUP: 'isOwnerGroupMember',
} as const satisfies Record<Selector['kind'], SentenceId>

function askPeople(selector: Selector, ids: string[], question: Question, facts: RoutingFacts): Asked {
  const first = ids[0]
  if (first === undefined) return askLastResort(selector, question, facts, nobodyNamed(selector))
  // Of several who are named, those who have a say already need no stand-in.
  const free = ids.filter((id) => !question.barred?.has(id))
  const found = (free.length > 0 ? free : ids).map((id) => standIn(id, question, facts))
  const explanation: Reason[] = ids.map((id) => ({ rule: selector.kind, text: say(because[selector.kind], { name: nameOf(id, facts) }) }))
  const candidateIds = [...new Set(found.map((f) => f.personId))]
  return {
    scheme: selector.kind,
    original: { type: 'IDENTITY', id: first },
    namedId: first,
    ownerId: candidateIds[0] ?? null,
    candidateIds,
    explanation: [...explanation, ...found.flatMap((f) => f.reasons)],
    handovers: found.flatMap((f) => f.handovers),
    automatic: facts.autoApproval && candidateIds.includes(question.requesterId),
  }
}

function nobodyNamed(selector: Selector): Reason {
  return selector.kind === 'MANAGER'
    ? { rule: 'NO_MANAGER', text: say('noManager') }
    : { rule: 'EMPTY', text: say('nobodyNamed', { step: selector.kind }) }
}

function askGroups(selector: Selector, groupIds: string[], question: Question, facts: RoutingFacts): Asked {
  const groups = groupIds.flatMap((id) => facts.groups.get(id) ?? [])
  const members = [...new Set(groups.flatMap((group) => group.memberIds))]
  const candidateIds = members.filter((id) => mayDecide(id, question, facts)).sort()
  const first = groups[0]
  const { requesterId, barred } = question
  const automatic = facts.memberApproval === true && members.includes(requesterId) && !barred?.has(requesterId)
  const names = groups.map((g) => g.name).join(', ')
  const asking = names === '' ? say('unnamedGroupAsked') : say('groupAsked', { group: names })
  if ((candidateIds.length === 0 && !automatic) || !first) {
    const text = groupIds.length === 0 ? say('noGroup') : say('groupEmpty')
    const reason: Reason = { rule: 'EMPTY', text }
    const stand = askLastResort(selector, question, facts, reason)
    return first ? { ...stand, original: { type: 'GOVERNANCE_GROUP', id: first.id } } : stand
  }
  return {
    scheme: selector.kind,
    original: { type: 'GOVERNANCE_GROUP', id: first.id },
    namedId: null,
    ownerId: null,
    candidateIds,
    explanation: [{ rule: selector.kind, text: asking }],
    handovers: [],
    automatic,
  }
}

/** Asks whoever is asked when a step names nobody who could be; the reason given comes first in the explanation. */
export function askLastResort(selector: Selector, question: Question, facts: RoutingFacts, why: Reason): Asked {
  const { personId, reasons } = lastResort(question, facts)
  return {
    scheme: selector.kind,
    original: { type: 'IDENTITY', id: personId },
    namedId: null,
    ownerId: personId,
    candidateIds: [personId],
    explanation: [why, ...reasons],
    handovers: [],
    automatic: false,
  }
}

export interface StandIn {
  personId: string
  reasons: Reason[]
  handovers: Handover[]
}

/** The person, or whoever answers in their place: up the chain of managers (loops are left), then the last resort. */
export function standIn(startId: string, question: Question, facts: RoutingFacts): StandIn {
  const reasons: Reason[] = []
  const seen = new Set<string>()
  let id: string | null = startId
  let selfReview = false
  while (id !== null && !seen.has(id)) {
    seen.add(id)
    const objection = objectionTo(id, question, facts)
    if (!objection) return { personId: id, reasons, handovers: handover(startId, id, selfReview) }
    reasons.push(objection)
    selfReview ||= objection.rule === 'OWN_ACCESS' || objection.rule === 'SELF_REVIEW'
    id = facts.people.get(id)?.managerId ?? null
  }
  const last = lastResort(question, facts)
  return { personId: last.personId, reasons: [...reasons, ...last.reasons], handovers: handover(startId, last.personId, selfReview) }
}

function handover(fromId: string, toId: string, selfReview: boolean): Handover[] {
  if (fromId === toId) return []
  return [{ reason: selfReview ? 'SELF_REVIEW_DELEGATION' : 'AUTOMATIC_REASSIGNMENT', fromId, toId }]
}

/** Why somebody may not decide this question, or undefined when they may. */
export function objectionTo(id: string, { requesterId, recipientId, barred }: Question, facts: RoutingFacts): Reason | undefined {
  const name = nameOf(id, facts)
  if (!facts.people.get(id)?.active) return { rule: 'INACTIVE', text: say('inactive', { name }) }
  if (barred?.has(id)) return { rule: 'DISTINCT', text: say('hasSay', { name }) }
  if (facts.autoApproval && id === requesterId) return undefined
  if (id === recipientId) return { rule: 'OWN_ACCESS', text: say('ownAccess', { name }) }
  if (id === requesterId) return { rule: 'SELF_REVIEW', text: say('ownRequest', { name }) }
  return undefined
}

function mayDecide(id: string, question: Question, facts: RoutingFacts): boolean {
  return strictly(question, facts)(id) === undefined
}

/** The fallback approver, then the first org admin who may decide; the recipient is never among them. */
export function lastResort(question: Question, facts: RoutingFacts): { personId: string; reasons: Reason[] } {
  const fallback = facts.fallbackApproverId
  if (fallback !== null && mayDecide(fallback, question, facts)) {
    return { personId: fallback, reasons: [{ rule: 'FALLBACK', text: say('fallback', { name: nameOf(fallback, facts) }) }] }
  }
  const others = facts.adminIds.filter((id) => id !== question.recipientId && !question.barred?.has(id))
  // An admin who made the request for somebody else is better than nobody; an admin who would receive it is not.
  const admin = others.find((id) => id !== question.requesterId) ?? others[0]
  if (admin === undefined)
    throw new DomainError(
      'conflict',
      question.barred?.size
        ? 'Nobody can be asked: the policy wants different people, and no active org admin is left; a tenant needs more of them.'
        : 'Nobody can be asked: there is no active org admin but the person the access is for; a tenant needs two.',
    )
  return { personId: admin, reasons: [{ rule: 'ADMIN', text: say('lastResort', { name: nameOf(admin, facts) }) }] }
}

function nameOf(id: string, facts: RoutingFacts): string {
  return facts.people.get(id)?.name ?? 'Somebody unknown'
}
