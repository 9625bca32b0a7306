import { latestEnd, quorumOf, type RequestRules, type Step } from './access-model.ts'
import { type Ask, type NewRequestedItem, type PlanFacts, planCreate } from './access-request.ts'
import { type Actor, personOf } from './actor.ts'
import type { NewApproval } from './approval.ts'
import { neededOf } from './approval-steps.ts'
import { DomainError } from './errors.ts'
import { checkAsk } from './request-rules.ts'
import type { Asked, Reason, RoutedItem } from './routing.ts'
import type { SodCheck } from './sod.ts'

/** What would become of a request, told before it is made. Pure, like the plan it is made from; nothing is stored. */

/** One question of a step; those of one step have its number. */
export interface PreviewedStep {
  stepNumber: number
  /** How many of the questions of this step need a yes. */
  needed: number
  scheme: Asked['scheme']
  /** NOW: would be asked at once. LATER: when the steps before were agreed to. PASSED: would be answered by itself. */
  turn: 'NOW' | 'LATER' | 'PASSED'
  people: { id: string; name: string }[]
  group: { id: string; name: string } | null
  explanation: Reason[]
}

export interface PreviewedItem {
  recipientId: string
  type: RoutedItem['type']
  id: string
  name: string
  /** Why it would be cancelled on arrival; null when it would go on. */
  cancelledBecause: string | null
  steps: PreviewedStep[]
  sod: SodCheck | null
  limits: Pick<RequestRules, 'commentRequired' | 'denialCommentRequired' | 'endDateRequired' | 'maxDuration'> & { latestEndAt: Date | null }
}

export interface Preview {
  /** Why a create would be refused; null when it would be taken. */
  refused: { field: string | null; reason: string } | null
  items: PreviewedItem[]
}

/** Takes what `createAccessRequests` takes and the same facts; returns each item's steps with the people in them and why, or the refusal. */
export function previewAsk(actor: Actor, ask: Ask, facts: PlanFacts, now: Date): Preview {
  let n = 0
  try {
    checkAsk(actor, ask, facts, now)
    const plan = planCreate(personOf(actor), ask, facts, now, () => `preview-${++n}`)
    const items = plan.requests.flatMap((request) => request.items)
    return { refused: null, items: items.map((item) => previewItem(item, facts, now)) }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { refused: { field: error.field ?? null, reason: error.message }, items: [] }
  }
}

function previewItem(item: NewRequestedItem, facts: PlanFacts, now: Date): PreviewedItem {
  const routed = facts.items.get(item.itemId) as RoutedItem
  const steps = item.cancelledBecause === null ? item.policy.steps : []
  const { commentRequired, denialCommentRequired, endDateRequired, maxDuration } = item.policy
  const from = item.asked.startAt && item.asked.startAt > now ? item.asked.startAt : now
  return {
    recipientId: item.recipientId,
    type: item.itemType,
    id: item.itemId,
    name: routed.name,
    cancelledBecause: item.cancelledBecause,
    steps: steps.flatMap((step, stepNumber) => previewStep(step, stepNumber, item, facts)),
    sod: item.sod,
    limits: {
      commentRequired,
      denialCommentRequired,
      endDateRequired,
      maxDuration,
      latestEndAt: maxDuration ? latestEnd(from, maxDuration) : null,
    },
  }
}

/** The questions that would be stored for a step; of a step that has not begun, those that its people of now would make. */
function previewStep(step: Step, stepNumber: number, item: NewRequestedItem, facts: PlanFacts): PreviewedStep[] {
  const planned = item.approvals.filter((approval) => approval.stepNumber === stepNumber)
  const asked = planned.length > 0 ? planned : (item.later[stepNumber - item.stepNumber - 1] ?? [])
  const needed = neededOf(quorumOf(step), asked.length)
  return asked.map((one) => ({ ...questionOf(one, facts), stepNumber, needed, turn: turnOf(one), explanation: one.explanation }))
}

function turnOf(asked: Asked | NewApproval): PreviewedStep['turn'] {
  if (!('state' in asked)) return 'LATER'
  return asked.state === 'PENDING' ? 'NOW' : 'PASSED'
}

function questionOf(asked: Asked | NewApproval, facts: PlanFacts) {
  const groupId =
    'state' in asked
      ? asked.originalOwnerType === 'GOVERNANCE_GROUP' && asked.originalOwnerId
      : asked.original.type === 'GOVERNANCE_GROUP' && asked.original.id
  const group = groupId ? facts.routing.groups.get(groupId) : undefined
  return {
    scheme: asked.scheme,
    people: asked.candidateIds.map((id) => ({ id, name: facts.routing.people.get(id)?.name ?? '' })),
    group: group ? { id: group.id, name: group.name } : null,
  }
}
