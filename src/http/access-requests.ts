import type { AccessRequestBody, AccessRequestResponse, CloseBody } from '../api/access-requests.ts'
import type { RequestKind } from '../domain/access-model.ts'
import type { Ask, AskedItem, CreatePlan, ExistingAsk, NewAccessRequest } from '../domain/access-request.ts'
import { DomainError } from '../domain/errors.ts'
import { cancelAccessRequest, cancelInBulk } from '../operations/cancel-access-requests.ts'
import { closeAccessRequests } from '../operations/close-access-requests.ts'
import { createAccessRequests, createOnce } from '../operations/create-access-requests.ts'
import { listAccountSelections } from './accounts-selection.ts'
import { bulkAnswer } from './bulk-answer.ts'
import type { Call, Handler } from './call.ts'
import { answerToKeep } from './idempotency.ts'
import { said } from './wire-names.ts'

export const accessRequestHandlers = {
  createAccessRequest: async (call) => {
    const ask = askOf(call)
    const keep = answerToKeep(call, toWire)
    const created = keep
      ? await createOnce(call.app, call.actor, ask, keep)
      : { plan: await createAccessRequests(call.app, call.actor, ask) }
    if ('kept' in created) {
      return { status: created.kept.status, body: JSON.parse(created.kept.body), headers: { 'Idempotent-Replay': 'true' } }
    }
    if (call.app.db.takeEnqueued()) call.app.wakeWorkers()
    return { body: toWire(created.plan) }
  },
  cancelAccessRequest: async (call) => {
    const { accountActivityId, comment } = call.body as { accountActivityId: string; comment: string }
    await cancelAccessRequest(call.app, call.actor, accountActivityId, comment)
    return { body: {} }
  },
  cancelAccessRequestInBulk: async (call) => {
    const { accessRequestIds, comment } = call.body as { accessRequestIds: string[]; comment: string }
    return bulkAnswer(call, await cancelInBulk(call.app, call.actor, accessRequestIds, comment))
  },
  closeAccessRequest: async (call) => {
    const body = call.body as CloseBody
    await closeAccessRequests(call.app, call.actor, body.accessRequestIds, {
      execution: body.executionStatus ?? 'Terminated',
      completion: body.completionStatus ?? 'Failure',
      message: body.message || 'The IdentityNow Administrator manually closed this request.',
    })
    return { body: {} }
  },
  loadAccountSelections: async (call) => ({ body: await listAccountSelections(call, askOf(call)) }),
} satisfies Record<string, Handler>

const kinds: Record<string, RequestKind> = { GRANT_ACCESS: 'GRANT', REVOKE_ACCESS: 'REVOKE', MODIFY_ACCESS: 'MODIFY' }

/** Reads either body shape (R19, R20). Refuses both at once, neither, and what we cannot do yet, each with the field named. */
export function askOf(call: Call): Ask {
  const body = call.body as AccessRequestBody
  const kind = kinds[body.requestType ?? 'GRANT_ACCESS'] as RequestKind
  const emptyIsAbsent = call.dialect !== 'v1' || call.operation.own === true
  const flat = given(body.requestedFor, emptyIsAbsent) || given(body.requestedItems, emptyIsAbsent)
  const nested = given(body.requestedForWithRequestedItems, emptyIsAbsent)
  if (flat && nested) {
    throw new DomainError(
      'invalid',
      'cannot stand beside requestedFor and requestedItems; send one of the two forms.',
      'requestedForWithRequestedItems',
    )
  }
  const clientMetadata = body.clientMetadata ?? null
  return { kind, entries: nested ? nestedEntries(body, kind) : flatEntries(body, kind), clientMetadata }
}

function given(list: unknown[] | null | undefined, emptyIsAbsent: boolean): boolean {
  return list !== null && list !== undefined && (list.length > 0 || !emptyIsAbsent)
}

function flatEntries(body: AccessRequestBody, kind: RequestKind): Ask['entries'] {
  const requestedFor = body.requestedFor ?? []
  const requestedItems = body.requestedItems ?? []
  if (requestedFor.length === 0) throw new DomainError('invalid', 'name at least one identity.', 'requestedFor')
  if (requestedItems.length === 0) throw new DomainError('invalid', 'name at least one item.', 'requestedItems')
  const items = requestedItems.map((item, index) => askedItem(item, `requestedItems[${index}]`, kind))
  const recipients = [...new Map(requestedFor.map((recipientId, index) => [recipientId, `requestedFor[${index}]`]))]
  return recipients.map(([recipientId, path]) => ({ recipientId, path, items }))
}

function nestedEntries(body: AccessRequestBody, kind: RequestKind): Ask['entries'] {
  if (kind === 'REVOKE') {
    throw new DomainError('invalid', 'access is revoked with requestedFor and requestedItems.', 'requestedForWithRequestedItems')
  }
  const entries = body.requestedForWithRequestedItems ?? []
  if (entries.length === 0) throw new DomainError('invalid', 'name at least one identity.', 'requestedForWithRequestedItems')
  const seen = new Set<string>()
  return entries.map((entry, index) => {
    const path = `requestedForWithRequestedItems[${index}]`
    if (entry.identityType === 'MACHINE') {
      throw new DomainError('invalid', 'access for machine identities cannot be requested here yet.', `${path}.identityType`)
    }
    if (seen.has(entry.identityId)) throw new DomainError('invalid', 'each identity may be named once.', `${path}.identityId`)
    seen.add(entry.identityId)
    const items = entry.requestedItems.map((item, at) => askedItem(item, `${path}.requestedItems[${at}]`, kind))
    return { recipientId: entry.identityId, path: `${path}.identityId`, items }
  })
}

type WireItem = Partial<NonNullable<NonNullable<AccessRequestBody['requestedForWithRequestedItems']>[number]['requestedItems'][number]>> &
  NonNullable<AccessRequestBody['requestedItems']>[number]

function askedItem(item: WireItem, path: string, kind: RequestKind): AskedItem {
  if (item.formInstanceId !== undefined && item.formInstanceId !== null) {
    const text = item.formInstanceId === '' && kind === 'GRANT' ? 'must not be empty.' : 'forms are not supported yet.'
    throw new DomainError('invalid', text, `${path}.formInstanceId`)
  }
  return {
    path,
    type: item.type,
    id: item.id,
    comment: said(item.comment),
    clientMetadata: item.clientMetadata ?? null,
    startAt: dateOf(item.startDate, `${path}.startDate`),
    endAt: dateOf(item.removeDate, `${path}.removeDate`),
    assignmentId: item.assignmentId || null,
    nativeIdentity: item.nativeIdentity || null,
    accountSelection: accountSelection(item, path),
  }
}

/** Some texts have the form of an instant and are none, such as a leap second. */
function dateOf(text: string | null | undefined, path: string): Date | null {
  if (!text) return null
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) throw new DomainError('invalid', 'is no instant.', path)
  return date
}

/** R22: one account per source for now. */
function accountSelection(item: WireItem, path: string): AskedItem['accountSelection'] {
  const choices = item.accountSelection
  if (!choices || choices.length === 0) return null
  return choices.map((choice, index) => {
    const accounts = choice.accounts ?? []
    if (accounts.length > 1) {
      throw new DomainError('invalid', 'one account per source can be chosen.', `${path}.accountSelection[${index}].accounts`)
    }
    return {
      sourceId: choice.sourceId ?? null,
      accounts: accounts.map((a) => ({ accountUuid: a.accountUuid ?? null, nativeIdentity: a.nativeIdentity ?? null })),
    }
  })
}

function toWire(plan: CreatePlan): AccessRequestResponse {
  return { newRequests: plan.answered.map(newToWire), existingRequests: plan.existing.map(existingToWire) }
}

function newToWire(request: NewAccessRequest): AccessRequestResponse['newRequests'][number] {
  return {
    requestedFor: request.recipientId,
    requestedItemsDetails: request.items.map((item) => ({ type: item.itemType, id: item.itemId })),
    attributesHash: request.attributesHash,
    accessRequestIds: [request.id],
  }
}

function existingToWire(existing: ExistingAsk): AccessRequestResponse['existingRequests'][number] {
  return {
    requestedFor: existing.recipientId,
    requestedItemsDetails: existing.items.map(({ type, id }) => ({ type, id })),
    attributesHash: existing.attributesHash,
    accessRequestIds: [existing.requestId],
  }
}
