import { personOf } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { type Verb, verbFor } from '../domain/mail.ts'
import { type PreviewedItem, previewAsk } from '../domain/preview.ts'
import type { Reason } from '../domain/routing.ts'
import { loadCreateFacts } from '../store/access-requests.ts'
import { type DecisionHelpRow, findDecisionHelp, type Share } from '../store/lists/decision-help.ts'
import { loadSodFacts } from '../store/sod.ts'
import { askOf } from './access-requests.ts'
import { type Handler, param } from './call.ts'
import { reasonFor } from './language.ts'
import { sentenceOf } from './sentences.ts'
import { sodContext } from './sod-context.ts'
import { identityRef, instant, requestTypes, wireScheme } from './wire-names.ts'

export const explainHandlers = {
  previewAccessRequest: async (call) => {
    const ask = askOf(call)
    const reader = call.app.db.sql
    const now = await call.app.db.businessNow()
    const facts = await loadCreateFacts(reader, personOf(call.actor), ask, now)
    const recipientIds = [...new Set(ask.entries.map((entry) => entry.recipientId))]
    const itemIds = [...new Set(ask.entries.flatMap((entry) => entry.items.map((item) => item.id)))]
    const sod = await loadSodFacts(reader, recipientIds, itemIds)
    const preview = previewAsk(call.actor, ask, { ...facts, sod }, now)
    const refused = preview.refused && { ...preview.refused, reason: reasonFor(call.headers, preview.refused.reason) }
    return { body: { refused, items: preview.items.map(itemToWire) } }
  },
  explainApproval: async (call) => {
    const id = param(call, 'approvalId')
    const help = await findDecisionHelp(call.app.db.sql, id)
    if (!help) throw new DomainError('not_found', `There is no approval ${id}.`)
    if (!call.actor.isAdmin && !help.candidateIds.includes(personOf(call.actor))) {
      throw new DomainError('forbidden', 'Only an approver of this approval or an org admin may see this.')
    }
    return { body: helpToWire(help) }
  },
} satisfies Record<string, Handler>

function itemToWire(item: PreviewedItem): object {
  const { maxDuration, latestEndAt, ...limits } = item.limits
  return {
    requestedFor: item.recipientId,
    requestedObject: { type: item.type, id: item.id, name: item.name },
    cancelledBecause: item.cancelledBecause,
    cancelledSentence: sentenceOf(item.cancelledBecause),
    steps: item.steps.map((step) => ({
      ...step,
      explanation: step.explanation.map(reasonToWire),
      scheme: wireScheme(step.scheme, item.type),
      people: step.people.map(identityRef),
      group: step.group && { type: 'GOVERNANCE_GROUP', ...step.group },
    })),
    sodViolationContext: item.sod && sodContext(item.sod),
    limits: {
      ...limits,
      maxPermittedAccessDuration: maxDuration && { value: maxDuration.value, timeUnit: maxDuration.unit },
      latestRemoveDate: instant(latestEndAt),
    },
  }
}

const headlines: Record<Verb, (item: string, person: string) => string> = {
  Grant: (item, person) => `Grant: agreeing gives ${item} to ${person}.`,
  Change: (item, person) => `Change: agreeing changes how long ${person} has ${item}.`,
  Remove: (item, person) => `REMOVE: agreeing takes ${item} away from ${person}.`,
}

function withShare({ holding, total }: Share): object {
  return { holding, total, share: total === 0 ? null : holding / total }
}

/** Kept reasons are text; whoever shows them in another language gets the sentence as well. */
function reasonToWire({ rule, text }: Reason): object {
  return { rule, text, sentence: sentenceOf(text) }
}

function helpToWire(help: DecisionHelpRow): object {
  return {
    approvalId: help.id,
    requestType: requestTypes[help.kind],
    isRemoval: help.kind === 'REVOKE',
    headline: headlines[verbFor({ ...help, requestKind: help.kind })](help.itemName, help.recipient.name),
    why: help.why.map(reasonToWire),
    requestedObject: { type: help.itemType, id: help.itemId, name: help.itemName },
    requestedFor: identityRef(help.recipient),
    startDate: instant(help.startAt),
    currentStartDate: instant(help.currentStartAt),
    removeDate: instant(help.endAt),
    currentRemoveDate: instant(help.currentEndAt),
    peers: { sameManager: withShare(help.sameManager), sameDepartment: withShare(help.sameDepartment) },
    alreadyHeld: help.alreadyHeld.map((held) => ({
      type: held.type,
      id: held.id,
      name: held.name,
      since: instant(held.since),
      removeDate: instant(held.endAt),
    })),
    lastGranted: help.lastGranted && { at: instant(help.lastGranted.at), to: help.lastGranted.to },
  }
}
