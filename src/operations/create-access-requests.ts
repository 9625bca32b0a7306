import type { Ask, CreatePlan, NewAccessRequest, NewRequestedItem } from '../domain/access-request.ts'
import { planCreate } from '../domain/access-request.ts'
import { type Actor, personOf } from '../domain/actor.ts'
import { type Json, requestAction } from '../domain/audit.ts'
import { DomainError } from '../domain/errors.ts'
import { noticesOfApprovals } from '../domain/notice.ts'
import { checkAsk } from '../domain/request-rules.ts'
import type { Ids } from '../ports.ts'
import { insertCreatePlan, loadCreateFacts } from '../store/access-requests.ts'
import { type NewAuditEvent, recordAudit, recordOutgoing } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { enqueue } from '../store/jobs.ts'
import { insertKeptAnswer, type KeptAnswer, lockKeptAnswer } from '../store/kept-answers.ts'
import { tellPeople } from '../store/notifications.ts'
import { lockSodFacts } from '../store/sod.ts'
import type { Context } from './context.ts'
import { supersedeScheduled } from './supersede-scheduled.ts'

/** An answer that is kept with the change it tells of, under a key of the caller's. */
export interface AnswerToKeep extends Omit<KeptAnswer, 'body'> {
  render(plan: CreatePlan): string
}

/** What a create gives back: what it made, or the answer that the same call got before. */
export type Created = { plan: CreatePlan } | { kept: KeptAnswer }

/**
 * The same as createAccessRequests, once per key: the first call with a key is carried out and its answer kept in the same transaction, a
 * later one (or one at the same moment, which waits) gets that answer. Refuses (invalid) a key that was used with another body.
 */
export async function createOnce(context: Context, actor: Actor, ask: Ask, keep: AnswerToKeep): Promise<Created> {
  return context.db.transaction(async (tx) => {
    const kept = await lockKeptAnswer(tx, keep.clientId, keep.key)
    if (kept && kept.requestHash !== keep.requestHash)
      throw new DomainError('invalid', 'was used before with another body.', 'Idempotency-Key')
    if (kept) return { kept }
    const plan = await create(tx, context, actor, ask)
    const { render, ...answer } = keep
    await insertKeptAnswer(tx, { ...answer, body: render(plan) })
    return { plan }
  })
}

/**
 * Takes what a person asks for; stores one request per recipient with its approvals and returns the plan. Refuses what the contract's
 * rules forbid (invalid, forbidden, unknown_reference) and then stores nothing. Asking twice, even at one moment, makes one request.
 */
export async function createAccessRequests(context: Context, actor: Actor, ask: Ask): Promise<CreatePlan> {
  return context.db.transaction((tx) => create(tx, context, actor, ask))
}

async function create(tx: Tx, { ids }: Context, actor: Actor, ask: Ask): Promise<CreatePlan> {
  const requesterId = personOf(actor)
  const [facts, sod] = await Promise.all([loadCreateFacts(tx.sql, requesterId, ask, tx.now), lockSodFacts(tx, ask)])
  checkAsk(actor, ask, facts, tx.now)
  const plan = planCreate(requesterId, ask, { ...facts, sod }, tx.now, ids.next)
  await insertCreatePlan(tx, plan, ids.next)
  await recordAudit(
    tx,
    plan.requests.flatMap((request) => auditOf(actor, request, ids)),
  )
  await tellOthers(tx, plan, ids)
  const notices = plan.requests.flatMap((request) => request.items).flatMap((item) => noticesOfApprovals(item.approvals))
  await tellPeople(tx, notices, ids.next)
  await giveWayToScheduled(tx, plan, actor, ids)
  const startable = plan.requests.flatMap((request) => request.items).filter((item) => item.state === 'PROVISIONING')
  await enqueue(
    tx,
    startable.map((item) => ({ name: 'provision-item', key: item.id })),
    ids.next,
  )
  return plan
}

/** What needs no approval and starts later replaces what waited before it; with approvals that happens when they have ended. */
async function giveWayToScheduled(tx: Tx, plan: CreatePlan, actor: Actor, ids: Ids): Promise<void> {
  for (const request of plan.requests) {
    for (const item of request.items.filter((one) => one.state === 'SCHEDULED')) {
      const by = {
        id: item.id,
        requestId: request.id,
        kind: request.kind,
        recipientId: item.recipientId,
        itemId: item.itemId,
        endAt: item.asked.endAt,
        assignmentId: item.asked.assignmentId,
        nativeIdentity: item.asked.nativeIdentity,
        accountSelection: item.asked.accountSelection,
      }
      await supersedeScheduled(tx, by, actor, ids)
    }
  }
}

function auditOf(actor: Actor, request: NewAccessRequest, ids: Ids): NewAuditEvent[] {
  return request.items.flatMap((item) => {
    const event = (action: string, details: Record<string, Json> = {}): NewAuditEvent => ({
      id: ids.next(),
      action,
      actor: { id: actor.identityId, name: actor.name },
      target: { id: request.recipientId, name: null },
      trackingNumber: request.id,
      details: { requestedItemId: item.id, itemType: item.itemType, itemId: item.itemId, ...details },
    })
    const asked = event(requestAction(request.kind, 'REQUESTED'), {
      kind: request.kind,
      comment: item.asked.comment,
      ...brokenPolicies(item),
    })
    if (item.cancelledBecause !== null) return [asked, event(requestAction(request.kind, 'CANCELLED'), { reason: item.cancelledBecause })]
    return [asked, ...item.approvals.flatMap((approval) => approvalEvents(event, approval))]
  })
}

/** For the auditor: a request that breaks no policy says nothing of them. */
function brokenPolicies({ sod }: NewRequestedItem): Record<string, Json> {
  const policies = sod?.conflicts.map(({ policy }) => ({ id: policy.id, name: policy.name })) ?? []
  return policies.length === 0 ? {} : { violatedPolicies: policies }
}

/** One event for the question and, when a switch or an earlier decision answered it at once, one that says so. */
function approvalEvents(
  event: (action: string, details: Record<string, Json>) => NewAuditEvent,
  approval: NewRequestedItem['approvals'][number],
): NewAuditEvent[] {
  const created = event('APPROVAL_REQUEST_CREATED', { approvalId: approval.id, scheme: approval.scheme, candidates: approval.candidateIds })
  if (approval.state === 'PENDING') return [created]
  return [created, event('APPROVAL_REQUEST_APPROVED', { approvalId: approval.id, automatic: approval.automatic, by: approval.decidedBy })]
}

async function tellOthers(tx: Tx, plan: CreatePlan, ids: Ids): Promise<void> {
  await recordOutgoing(
    tx,
    plan.answered
      .filter((request) => request.items.some((item) => item.cancelledBecause === null))
      .map((request) => ({
        id: ids.next(),
        type: 'access-request-submitted',
        payload: {
          accessRequestId: request.id,
          requesterId: request.requesterId,
          recipientId: request.recipientId,
          kind: request.kind,
          items: request.items.map((item) => ({ id: item.itemId, type: item.itemType, comment: item.asked.comment })),
        },
      })),
  )
}
