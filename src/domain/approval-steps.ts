import { asksOf, type Policy, type Quorum, quorumOf, type Step } from './access-model.ts'
import type { Barred, NewApproval } from './approval.ts'
import type { ApprovalState } from './lifecycle.ts'
import { withStandIns } from './reassignment.ts'
import { type Asked, askEach, askLastResort, type Question, type Reason, type RoutingFacts, strictly, whoIsAsked } from './routing.ts'
import { say } from './sentences.ts'

/** How the steps of a review follow each other. Pure: the snapshot of rules and what was decided in; questions to put, and when it is over, out. */

/** What was decided in earlier steps of the same item: one decision counts wherever the same person is asked (design 13). */
export interface EarlierDecision {
  decidedBy: string
  comment: string | null
  /** Answered by a switch: it is no decision of a person. */
  automatic: boolean
}

type StepRules = Pick<Policy, 'steps' | 'distinct' | 'fallbackApproverId' | 'autoApprove'>

export interface StepsPlan {
  approvals: NewApproval[]
  /** The step now waited for; the number of steps when none is left. */
  stepNumber: number
  finished: boolean
}

/**
 * Starts the steps of an item from `fromStep` until one needs a person. Takes the snapshot of rules, who asks for whom, what was decided
 * before; returns the approvals to store (some already answered) and whether approvals are over. Refuses (conflict) where too few people are left to ask.
 */
export function planSteps(
  rules: StepRules,
  fromStep: number,
  question: Question,
  earlier: EarlierDecision[],
  facts: RoutingFacts,
  newId: () => string,
): StepsPlan {
  const approvals: NewApproval[] = []
  const voices = [...earlier]
  for (let stepNumber = fromStep; stepNumber < rules.steps.length; stepNumber++) {
    const step = rules.steps[stepNumber] as Step
    const asked = planStep(step, stepNumber, rules, question, voices, factsUnder(rules, facts), newId)
    approvals.push(...asked)
    if (!isAgreed(step, asked)) return { approvals, stepNumber, finished: false }
    voices.push(...asked.flatMap(({ decidedBy, comment, automatic }) => (decidedBy === null ? [] : [{ decidedBy, comment, automatic }])))
  }
  return { approvals, stepNumber: rules.steps.length, finished: true }
}

/**
 * Whom each of the steps after those that have begun would ask, as things are now. Where different people are wanted, those who will have to
 * answer the steps before are taken to have answered them. Refuses (conflict) when a step would find nobody: a request that could never end
 * is better not begun.
 */
export function foreseeSteps(rules: StepRules, begun: StepsPlan, question: Question, facts: RoutingFacts): Asked[][] {
  const known = factsUnder(rules, facts)
  const distinct = rules.distinct === true
  const barred = new Set(distinct ? begun.approvals.flatMap((one) => (one.decidedBy === null ? onlyHolder(one) : [one.decidedBy])) : [])
  return rules.steps.slice(begun.stepNumber + 1).map((step) => {
    const asked = whoAreAsked(step, { ...question, barred }, distinct, known)
    const isEverybodyNeeded = neededOf(quorumOf(step), asked.length) >= asked.length
    if (distinct && isEverybodyNeeded) for (const id of asked.flatMap(onlyHolder)) barred.add(id)
    return asked
  })
}

function onlyHolder({ candidateIds }: { candidateIds: string[] }): string[] {
  return candidateIds.length === 1 ? candidateIds : []
}

/** The facts as the snapshot has them: later configuration does not reach a request. */
export function factsUnder(
  { fallbackApproverId, autoApprove }: Pick<Policy, 'fallbackApproverId' | 'autoApprove'>,
  facts: RoutingFacts,
): RoutingFacts {
  return {
    ...facts,
    ...(fallbackApproverId === undefined ? {} : { fallbackApproverId }),
    ...(autoApprove === undefined ? {} : { autoApproval: autoApprove !== 'OFF', memberApproval: autoApprove === 'INDIRECT' }),
  }
}

function planStep(
  step: Step,
  stepNumber: number,
  { distinct }: StepRules,
  question: Question,
  voices: EarlierDecision[],
  facts: RoutingFacts,
  newId: () => string,
): NewApproval[] {
  const barred = distinct ? new Set(voices.map(({ decidedBy }) => decidedBy)) : new Set<string>()
  const counting = distinct ? [] : voices.filter(({ automatic }) => !automatic)
  return whoAreAsked(step, { ...question, barred }, distinct === true, facts).map((asked) =>
    approvalOf(asked, stepNumber, question, counting, newId()),
  )
}

/**
 * The questions of one step, each with who may answer it. Takes whether all of them must be answered by different people, which a quorum demands
 * by itself. Refuses (conflict) where there are fewer people than a quorum needs.
 */
export function whoAreAsked(step: Step, question: Question, distinct: boolean, facts: RoutingFacts): Asked[] {
  const quorum = quorumOf(step)
  const barred = new Set(question.barred)
  const asked: Asked[] = []
  const add = (one: Asked) => {
    asked.push(one)
    if (!quorum && !distinct) return
    if (one.automatic) barred.add(question.requesterId)
    else if (quorum || one.candidateIds.length === 1) for (const id of one.candidateIds) barred.add(id)
  }
  for (const selector of asksOf(step)) {
    const found = quorum ? askEach(selector, { ...question, barred }, facts) : [whoIsAsked(selector, { ...question, barred }, facts)]
    for (const one of found) add(selector.note === undefined ? one : withNote(one, selector.note))
  }
  while (quorum && asked.length < neededOf(quorum, asked.length)) add(oneMore({ ...question, barred }, facts))
  return asked
}

function withNote(asked: Asked, text: string): Asked {
  return { ...asked, explanation: [{ rule: 'POLICY', text }, ...asked.explanation] }
}

/** Nobody that the step names: a change of manager or the like is nothing to whoever is asked so. */
function oneMore(question: Question, facts: RoutingFacts): Asked {
  const why: Reason = { rule: 'QUORUM', text: say('moreMustAgree') }
  return withStandIns(askLastResort({ kind: 'GOVERNANCE_GROUP' }, question, facts, why), facts, strictly(question, facts))
}

/** How many must agree of so many asked; at least one. */
export function neededOf(quorum: Quorum | undefined, asked: number): number {
  if (!quorum) return Math.max(1, asked)
  return Math.max(1, 'count' in quorum ? quorum.count : Math.ceil((quorum.percent * asked) / 100))
}

function approvalOf(asked: Asked, stepNumber: number, question: Question, earlier: EarlierDecision[], id: string): NewApproval {
  const pending: NewApproval = {
    id,
    stepNumber,
    scheme: asked.scheme,
    originalOwnerType: asked.original.type,
    originalOwnerId: asked.original.id,
    namedId: asked.namedId,
    ownerId: asked.ownerId,
    state: 'PENDING',
    decidedBy: null,
    comment: null,
    candidateIds: asked.candidateIds,
    explanation: asked.explanation,
    handovers: asked.handovers,
    automatic: asked.automatic,
  }
  if (asked.automatic) {
    const reason: Reason = { rule: 'AUTOMATIC', text: say('automatic') }
    return { ...pending, state: 'APPROVED', decidedBy: question.requesterId, explanation: [...asked.explanation, reason] }
  }
  const before = earlier.find((decision) => asked.candidateIds.includes(decision.decidedBy))
  if (!before) return pending
  const { decidedBy, comment } = before
  return { ...pending, state: 'APPROVED', decidedBy, comment, explanation: [...asked.explanation, sameAnswer] }
}

/** Why a question is answered that nobody was asked. */
export const sameAnswer: Reason = { rule: 'EARLIER_DECISION', text: say('approvedBefore') }

/** A decision with the step it was made in. */
export interface DecisionOfStep extends EarlierDecision {
  stepNumber: number
}

/**
 * The answer to an open question that whoever holds it now gave before: in an earlier step or, where no quorum counts people, to another
 * question of the same one. Undefined where nobody did, and where the rules want different people.
 */
export function answerGivenBefore(
  rules: StepRules,
  open: Pick<Voice, 'stepNumber' | 'candidateIds'>,
  decided: DecisionOfStep[],
): EarlierDecision | undefined {
  if (rules.distinct) return undefined
  const lastStep = quorumOf(rules.steps[open.stepNumber]) ? open.stepNumber - 1 : open.stepNumber
  return decided.find(
    ({ stepNumber, decidedBy, automatic }) => stepNumber <= lastStep && !automatic && open.candidateIds.includes(decidedBy),
  )
}

/** An approval as far as the others of its step are concerned. */
export interface Voice {
  id: string
  stepNumber: number
  state: ApprovalState
  /** Those who may decide it, or might have. */
  candidateIds: string[]
  decidedBy: string | null
}

/** True when enough of those asked in a step have agreed. */
export function isAgreed(step: Step | undefined, asked: Pick<Voice, 'state'>[]): boolean {
  const agreed = asked.filter(({ state }) => state === 'APPROVED').length
  return agreed >= neededOf(quorumOf(step), asked.length)
}

/** What follows in its own step from an approval that was agreed to. */
export interface Agreement {
  /** Open questions that the same person could answer as well: this answer counts for them. */
  answeredIds: string[]
  /** Open questions nobody need answer any more. */
  spareIds: string[]
  /** True when the step is over. */
  agreed: boolean
}

/** Takes the snapshot of rules, an approval that was just agreed to (and by whom), and all of its step; returns what follows there. */
export function afterAgreement(
  rules: StepRules,
  given: { id: string; stepNumber: number; decidedBy: string | null },
  ofStep: Voice[],
): Agreement {
  const step = rules.steps[given.stepNumber]
  const open = ofStep.filter(({ id, state }) => state === 'PENDING' && id !== given.id)
  const countsOnce = rules.distinct === true || quorumOf(step) !== undefined
  const { decidedBy } = given
  const answered = countsOnce || decidedBy === null ? [] : open.filter(({ candidateIds }) => candidateIds.includes(decidedBy))
  const answeredIds = answered.map(({ id }) => id)
  const after = ofStep.map(
    (one): Pick<Voice, 'state'> => (one.id === given.id || answeredIds.includes(one.id) ? { state: 'APPROVED' } : one),
  )
  const agreed = isAgreed(step, after)
  return { answeredIds, spareIds: agreed ? open.flatMap(({ id }) => (answeredIds.includes(id) ? [] : [id])) : [], agreed }
}

/** True when an item's rules ask different people: of the whole review, or within this step. */
export function asksDifferentPeople({ distinct, steps }: StepRules, stepNumber: number): boolean {
  return distinct === true || quorumOf(steps[stepNumber]) !== undefined
}

/**
 * Whoever has a say in an item already and so may not be given this approval, nor decide it: with `distinct` those who decided another one or
 * alone hold another one of the same step; with a quorum the same within the step.
 */
export function barredFrom(rules: StepRules, about: { id: string; stepNumber: number }, all: Voice[]): Barred {
  if (!asksDifferentPeople(rules, about.stepNumber)) return new Set()
  const others = all.filter(({ id, stepNumber }) => id !== about.id && (rules.distinct === true || stepNumber === about.stepNumber))
  return new Set(others.flatMap((other) => saysOf(other)))
}

/** Those who hold an open approval and may not decide it, because they have a say in the item already and its policy wants different people. */
export function barredHolders(rules: StepRules, approval: Voice, all: Voice[]): string[] {
  if (approval.state !== 'PENDING') return []
  const barred = barredFrom(rules, approval, all)
  return approval.candidateIds.filter((id) => barred.has(id))
}

function saysOf({ state, decidedBy, candidateIds }: Voice): string[] {
  if (decidedBy !== null) return [decidedBy]
  return state === 'PENDING' && candidateIds.length === 1 ? candidateIds : []
}
