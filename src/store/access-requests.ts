import { sql } from 'kysely'
import type { Ask, CreateFacts, CreatePlan, NewAccessRequest, NewRequestedItem, OpenAsk } from '../domain/access-request.ts'
import type { Held } from '../domain/held.ts'
import { isFinished, isOpen, itemStates } from '../domain/lifecycle.ts'
import { groupIdsOf, listAskableItems } from './access-items.ts'
import { listApprovalRules } from './approval-config.ts'
import { insertApprovals } from './approvals.ts'
import { accountChosenBy, accountsOfAssignment, stuckEnding, wholeAssignment } from './assignments.ts'
import type { Reader, Tx } from './db.ts'
import { loadRoutingFacts } from './people.ts'
import { loadTenantConfig } from './settings.ts'

export const openStates = itemStates.filter(isOpen)

/** Everything a create at `now` must know: the items, what the recipients hold or have asked for, the rules, and who could be asked. */
export async function loadCreateFacts(reader: Reader, requesterId: string, ask: Ask, now: Date): Promise<CreateFacts> {
  const itemIds = [...new Set(ask.entries.flatMap((entry) => entry.items.map((i) => i.id)))]
  const recipientIds = [...new Set(ask.entries.map((entry) => entry.recipientId))]
  const [config, approvalRules, items, open, held, doneRevokes, accounts] = await Promise.all([
    loadTenantConfig(reader),
    listApprovalRules(reader, itemIds),
    listAskableItems(reader, itemIds),
    listOpenAsks(reader, recipientIds, itemIds),
    listHeld(reader, recipientIds, itemIds),
    listDoneRevokes(reader, ask, recipientIds, itemIds),
    listNamedAccounts(reader, ask, recipientIds),
  ])
  const fallbacks = [...approvalRules.values()].map((rules) => rules.fallbackApproverId ?? null)
  const owners = [...items.values()].flatMap((i) => [i.ownerId, i.sourceOwnerId, i.appOwnerId, ...i.additionalOwnerIds])
  const groupIds = [...groupIdsOf(items.values(), config.entitlements), ...(config.sod.stepGroupId ? [config.sod.stepGroupId] : [])]
  const wanted = { personIds: [requesterId, ...recipientIds, ...owners, ...fallbacks], groupIds }
  const routing = await loadRoutingFacts(reader, wanted, config, now)
  return { items, open, held, doneRevokes, accounts, config, approvalRules, routing }
}

async function listOpenAsks(reader: Reader, recipientIds: string[], itemIds: string[]): Promise<OpenAsk[]> {
  return reader
    .selectFrom('requested_item')
    .select(['recipient_id as recipientId', 'item_id as itemId', 'kind', 'same_ask as sameAsk', 'request_id as requestId'])
    .where('recipient_id', 'in', recipientIds)
    .where('item_id', 'in', itemIds)
    .where('state', 'in', openStates)
    .execute()
}

/**
 * What these people hold of these items: live assignments, those whose removal is stuck, and access that was agreed to and waits for its
 * start date.
 */
export async function listHeld(reader: Reader, recipientIds: string[], itemIds: string[]): Promise<Held[]> {
  const { rows } = await sql<Held>`
    select a.id as "assignmentId", a.identity_id as "recipientId", a.item_id as "itemId", a.origin, ${accountsOfAssignment} as accounts,
      a.start_at as "startAt", a.end_at as "endAt", ri.request_id as "requestId", (a.state = 'PENDING' or ${wholeAssignment}) as whole,
      a.state = 'ENDING' as ending, a.created_at as since
    from assignment a left join requested_item ri on ri.id = a.requested_item_id
    where a.identity_id = any(${recipientIds}::text[]) and a.item_id = any(${itemIds}::text[]) and (a.state in ('PENDING', 'ACTIVE') or ${stuckEnding})
    union all
    select i.id, i.recipient_id, i.item_id, 'REQUESTED', ${accountsAskedFor}, i.start_at, i.end_at, i.request_id, true, false, i.created_at
    from requested_item i
    where i.recipient_id = any(${recipientIds}::text[]) and i.item_id = any(${itemIds}::text[]) and i.state = 'SCHEDULED' and i.kind <> 'REVOKE'
    order by since, "assignmentId"`.execute(reader)
  return rows
}

/** The accounts that a requested item `i` names, as far as they are known. */
const accountsAskedFor = sql`(select coalesce(json_agg(json_build_object('id', c.id, 'sourceId', c.source_id, 'nativeIdentity', c.native_identity)), '[]')
  from account c where c.identity_id = i.recipient_id and (c.native_identity = i.native_identity or ${accountChosenBy}))`

/** The accounts of the recipients, when an account was named for anything. */
async function listNamedAccounts(reader: Reader, ask: Ask, recipientIds: string[]): Promise<CreateFacts['accounts']> {
  if (!ask.entries.some((entry) => entry.items.some((asked) => asked.accountSelection ?? asked.nativeIdentity))) return []
  return reader
    .selectFrom('account')
    .select(['id', 'source_id as sourceId', 'native_identity as nativeIdentity', 'identity_id as identityId'])
    .where('identity_id', 'in', recipientIds)
    .execute()
}

/** Revokes that were carried out: the same one sent again, by a client whose connection dropped, is no new one. */
async function listDoneRevokes(reader: Reader, ask: Ask, recipientIds: string[], itemIds: string[]): Promise<OpenAsk[]> {
  if (ask.kind !== 'REVOKE') return []
  const { rows } = await sql<OpenAsk>`
    select distinct on (i.recipient_id, i.item_id, i.same_ask) i.recipient_id as "recipientId", i.item_id as "itemId", i.kind,
      i.same_ask as "sameAsk", i.request_id as "requestId"
    from requested_item i
    where i.recipient_id = any(${recipientIds}::text[]) and i.item_id = any(${itemIds}::text[]) and i.kind = 'REVOKE' and i.state = 'PROVISIONED'
    order by i.recipient_id, i.item_id, i.same_ask, i.created_at desc`.execute(reader)
  return rows
}

/** Stores a create: requests, items and approvals, each table in one statement. */
export async function insertCreatePlan(tx: Tx, plan: CreatePlan, newId: () => string): Promise<void> {
  if (plan.requests.length === 0) return
  tx.send(tx.sql.insertInto('access_request').values(plan.requests.map((request) => requestRow(request, tx.now))))
  const items = plan.requests.flatMap((request) => request.items.map((requested) => itemRow(request, requested, tx.now)))
  tx.send(tx.sql.insertInto('requested_item').values(items))
  const approvals = plan.requests.flatMap((request) =>
    request.items.flatMap((i) => i.approvals.map((approval) => ({ itemId: i.id, approval, timers: i.policy.timers }))),
  )
  await insertApprovals(tx, approvals, newId)
}

function requestRow(request: NewAccessRequest, now: Date) {
  return {
    id: request.id,
    kind: request.kind,
    requester_id: request.requesterId,
    recipient_id: request.recipientId,
    attributes_hash: request.attributesHash,
    client_metadata: request.clientMetadata && JSON.stringify(request.clientMetadata),
    created_at: now,
  }
}

function itemRow(request: NewAccessRequest, requested: NewRequestedItem, now: Date) {
  const { asked } = requested
  const cancelled = requested.cancelledBecause !== null
  const decided = requested.state !== 'AWAITING_APPROVAL'
  const asks = requested.policy.steps.length > 0 && !cancelled
  const metadata = asked.clientMetadata ?? request.clientMetadata
  return {
    id: requested.id,
    request_id: request.id,
    kind: request.kind,
    requester_id: request.requesterId,
    recipient_id: request.recipientId,
    item_type: requested.itemType,
    item_id: requested.itemId,
    state: requested.state,
    same_ask: requested.sameAsk,
    comment: asked.comment,
    client_metadata: metadata && JSON.stringify(metadata),
    start_at: asked.startAt,
    end_at: asked.endAt,
    current_start_at: requested.currentStartAt,
    current_end_at: requested.currentEndAt,
    account_selection: asked.accountSelection && JSON.stringify(asked.accountSelection),
    assignment_id: asked.assignmentId,
    native_identity: asked.nativeIdentity,
    policy: JSON.stringify(requested.policy),
    sod: requested.sod && JSON.stringify(requested.sod),
    step_number: requested.stepNumber,
    approvals_started_at: asks ? now : null,
    approvals_finished_at: asks && decided ? now : null,
    provisioning_started_at: requested.state === 'PROVISIONING' ? now : null,
    finished_at: isFinished(requested.state) ? now : null,
    cancelled_by: cancelled ? request.requesterId : null,
    cancel_comment: requested.cancelledBecause,
    duplicate: cancelled,
    created_at: now,
    modified_at: now,
  }
}
