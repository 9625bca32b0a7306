import type { ItemType, Policy, RequestConfig, RequestKind } from './access-model.ts'
import { rulesFor } from './access-model.ts'
import type { NewApproval } from './approval.ts'
import { policyOf, rulesInForce, type ScopedRules } from './approval-rules.ts'
import { foreseeSteps, planSteps } from './approval-steps.ts'
import { DAY_MS } from './business-clock.ts'
import { type AccountChoice, type AccountOn, type Held, isMeant, type Naming, wholeChoice } from './held.ts'
import type { ItemState } from './lifecycle.ts'
import { type ConditionFacts, stepsInForce } from './policy/conditions.ts'
import type { Asked, RoutedItem, RoutingFacts } from './routing.ts'
import { say } from './sentences.ts'
import { type Conflict, conflictsByRecipient, conflictsOfItem, rulesAfterCheck, type SodCheck, type SodFacts } from './sod.ts'
import type { TenantConfig } from './tenant-config.ts'

/** One line of a request as the caller wrote it. `path` is where it stands in the body, for messages. */
export interface AskedItem {
  path: string
  type: ItemType
  id: string
  comment: string | null
  clientMetadata: Record<string, string> | null
  startAt: Date | null
  endAt: Date | null
  assignmentId: string | null
  nativeIdentity: string | null
  accountSelection: AccountChoice[] | null
}

export interface Ask {
  kind: RequestKind
  entries: { recipientId: string; path: string; items: AskedItem[] }[]
  clientMetadata: Record<string, string> | null
}

/** An item with the rules of its source, so that nothing needs looking up while planning. */
export interface AskableItem extends RoutedItem {
  sourceRequestConfig: RequestConfig | null
}

export interface OpenAsk {
  recipientId: string
  itemId: string
  kind: RequestKind
  sameAsk: string
  requestId: string
}

/** What the store knows that the plan needs. Loaded once, passed in. */
export interface CreateFacts {
  items: Map<string, AskableItem>
  open: OpenAsk[]
  held: Held[]
  /** Revokes of the same access that were carried out. */
  doneRevokes: OpenAsk[]
  /** The recipients' accounts, when an account was named for anything. */
  accounts: (AccountOn & { identityId: string | null })[]
  config: TenantConfig
  /** What is said about the approvals of single items, by item. */
  approvalRules: Map<string, ScopedRules>
  routing: RoutingFacts
}

/** The same, with what a check of separation of duties must know. */
export interface PlanFacts extends CreateFacts {
  sod: SodFacts
}

export interface NewRequestedItem {
  id: string
  requestId: string
  recipientId: string
  itemType: ItemType
  itemId: string
  state: ItemState
  asked: AskedItem
  sameAsk: string
  currentStartAt: Date | null
  currentEndAt: Date | null
  policy: Policy
  /** What the check of separation of duties found; null where nothing new is granted. */
  sod: SodCheck | null
  stepNumber: number
  approvals: NewApproval[]
  /** Whom the steps after the one that waits would ask as things are now; not stored. */
  later: Asked[][]
  /** Why it was cancelled on arrival; null for an item that goes on. */
  cancelledBecause: string | null
}

export interface NewAccessRequest {
  id: string
  kind: RequestKind
  requesterId: string
  recipientId: string
  attributesHash: number
  clientMetadata: Record<string, string> | null
  items: NewRequestedItem[]
}

export interface ExistingAsk {
  recipientId: string
  requestId: string
  attributesHash: number
  items: { type: ItemType; id: string }[]
}

/** Everything that must be saved together, or not at all. `requests` are all new rows; `answered` those the caller is told of as new. */
export interface CreatePlan {
  requests: NewAccessRequest[]
  answered: NewAccessRequest[]
  existing: ExistingAsk[]
}

/**
 * Takes a checked ask; returns one request per recipient with its items, approvals and first states. What is already asked for or held
 * unchanged becomes a cancelled item that says so, and the earlier request is named in `existing`. Refuses (invalid) what would break a
 * separation-of-duties policy, when the tenant denies that, and (conflict) what nobody could be asked about.
 */
export function planCreate(requesterId: string, ask: Ask, facts: PlanFacts, now: Date, newId: () => string): CreatePlan {
  const plan: CreatePlan = { requests: [], answered: [], existing: [] }
  const conflicts = conflictsByRecipient(ask.entries, facts.sod)
  for (const entry of ask.entries) {
    const fresh: AskedItem[] = []
    const repeated: { asked: AskedItem; why: Repeat }[] = []
    const accounts = facts.accounts.filter((account) => account.identityId === entry.recipientId)
    for (const asked of distinct(entry.items, accounts, now)) {
      const why = repeatOf(ask.kind, entry.recipientId, asked, facts, now)
      if (why) repeated.push({ asked, why })
      else fresh.push(asked)
    }
    const ofRecipient = conflicts.get(entry.recipientId) ?? []
    const context = { requesterId, ask, recipientId: entry.recipientId, conflicts: ofRecipient, facts, now, newId }
    const known = repeated.filter(({ why }) => why.requestId !== null)
    const unknown = repeated.filter(({ why }) => why.requestId === null)
    addExisting(plan, entry.recipientId, ask.kind, known, now)
    if (known.length > 0) plan.requests.push(newRequest(context, [], known))
    if (fresh.length + unknown.length > 0) {
      const request = newRequest(context, fresh, unknown)
      plan.requests.push(request)
      plan.answered.push(request)
    }
  }
  return plan
}

interface Context {
  requesterId: string
  ask: Ask
  recipientId: string
  conflicts: Conflict[]
  facts: PlanFacts
  now: Date
  newId: () => string
}

/** An item named twice in one call is one ask. */
function distinct(items: AskedItem[], accounts: AccountOn[], now: Date): AskedItem[] {
  const whole = items.map((asked) => ({ ...asked, accountSelection: wholeChoice(asked.accountSelection, accounts) }))
  const seen = new Map(whole.map((asked) => [`${asked.type} ${asked.id} ${sameAskOf(asked, now)}`, asked]))
  return [...seen.values()]
}

interface Repeat {
  /** The earlier request that covers it; null when none did (imported access, or nothing to revoke). */
  requestId: string | null
  text: string
}

function repeatOf(kind: RequestKind, recipientId: string, asked: AskedItem, facts: CreateFacts, now: Date): Repeat | undefined {
  const sameAsk = sameAskOf(asked, now)
  const open = facts.open.find((o) => o.recipientId === recipientId && o.itemId === asked.id && o.kind === kind && o.sameAsk === sameAsk)
  if (open) return { requestId: open.requestId, text: say('alreadyAsked', { request: open.requestId }) }
  const held = heldBy(kind, recipientId, asked, facts)
  if (kind === 'REVOKE') return repeatOfRevoke(recipientId, asked, held, facts, sameAsk)
  const unchanged = unchangedAmong(held, asked, now)
  if (!unchanged) return undefined
  return { requestId: unchanged.requestId, text: say('alreadyHeld') }
}

/** The holding that a grant asks for just as it is, if there is one. */
export function unchangedAmong(held: Held[], asked: AskedItem, now: Date): Held | undefined {
  return held.find((h) => h.whole && sameInstant(h.endAt, asked.endAt) && !changesStart(h, asked, now))
}

/** A revoke repeats another when nothing is left to revoke, or when the end it asks for is the one in force because of the other. */
function repeatOfRevoke(recipientId: string, asked: AskedItem, held: Held[], facts: CreateFacts, sameAsk: string): Repeat | undefined {
  const done = doneRevokeOf(recipientId, asked.id, facts, sameAsk)
  const inForce = asked.endAt !== null && held.some((h) => sameInstant(h.endAt, asked.endAt))
  if (done && (held.length === 0 || inForce)) {
    return { requestId: done.requestId, text: say('alreadyDone', { request: done.requestId }) }
  }
  return held.length > 0 ? undefined : { requestId: null, text: say('nothingToRevoke') }
}

/** The revoke that asked for just the same and was carried out, if there was one. */
export function doneRevokeOf(
  recipientId: string,
  itemId: string,
  facts: Pick<CreateFacts, 'doneRevokes'>,
  sameAsk: string,
): OpenAsk | undefined {
  return facts.doneRevokes.find((done) => done.recipientId === recipientId && done.itemId === itemId && done.sameAsk === sameAsk)
}

/** The assignments an asked item is about; those whose removal is stuck matter to a revoke only. */
export function heldBy(
  kind: RequestKind,
  recipientId: string,
  asked: Pick<AskedItem, 'id'> & Naming,
  facts: Pick<CreateFacts, 'held'>,
): Held[] {
  return facts.held.filter(
    (h) => (kind === 'REVOKE' || !h.ending) && h.recipientId === recipientId && h.itemId === asked.id && isMeant(h, asked),
  )
}

/** A start date matters only for access that has not started yet (R16). */
function changesStart(held: Held, asked: AskedItem, now: Date): boolean {
  if (held.startAt === null || held.startAt <= now) return asked.startAt !== null && asked.startAt > now
  return !sameInstant(held.startAt, asked.startAt)
}

function sameInstant(a: Date | null, b: Date | null): boolean {
  return (a?.getTime() ?? null) === (b?.getTime() ?? null)
}

function addExisting(
  plan: CreatePlan,
  recipientId: string,
  kind: RequestKind,
  known: { asked: AskedItem; why: Repeat }[],
  now: Date,
): void {
  const byRequest = new Map<string, AskedItem[]>()
  for (const { asked, why } of known) byRequest.set(why.requestId as string, [...(byRequest.get(why.requestId as string) ?? []), asked])
  for (const [requestId, items] of byRequest) {
    plan.existing.push({ recipientId, requestId, attributesHash: attributesHash(kind, items, now), items })
  }
}

function newRequest(context: Context, fresh: AskedItem[], cancelled: { asked: AskedItem; why: Repeat }[]): NewAccessRequest {
  const { requesterId, ask, recipientId, newId, now } = context
  const id = newId()
  const items = [
    ...fresh.map((asked) => newItem(context, id, asked, null)),
    ...cancelled.map(({ asked, why }) => newItem(context, id, asked, why.text)),
  ]
  const all = items.map((i) => i.asked)
  return {
    id,
    kind: ask.kind,
    requesterId,
    recipientId,
    attributesHash: attributesHash(ask.kind, all, now),
    clientMetadata: ask.clientMetadata,
    items,
  }
}

function newItem(context: Context, requestId: string, asked: AskedItem, cancelledBecause: string | null): NewRequestedItem {
  const { requesterId, ask, recipientId, facts, now, newId } = context
  const item = facts.items.get(asked.id) as AskableItem
  const sod = ask.kind === 'GRANT' && cancelledBecause === null ? checkOf(context, asked) : null
  const configured = rulesFor(item, ask.kind, item.sourceRequestConfig, facts.config.entitlements)
  const rules = { ...configured, steps: stepsInForce(configured, conditionFacts(context, asked, item, sod)) }
  const checked = rulesAfterCheck(rules, sod?.conflicts ?? [], facts.config.sod, `${asked.path}.id`)
  const policy = policyOf(checked, rulesInForce(facts.config, 'ITEM', facts.approvalRules.get(asked.id)))
  const question = { item, requesterId, recipientId }
  const steps = cancelledBecause === null ? planSteps(policy, 0, question, [], facts.routing, newId) : undefined
  const later = steps ? foreseeSteps(policy, steps, question, facts.routing) : []
  const held = heldBy(ask.kind, recipientId, asked, facts)[0]
  return {
    id: newId(),
    requestId,
    recipientId,
    itemType: asked.type,
    itemId: asked.id,
    state: steps ? stateAfter(steps.finished, asked.startAt, now) : 'CANCELLED',
    asked,
    sameAsk: sameAskOf(asked, now),
    currentStartAt: held?.startAt ?? null,
    currentEndAt: held?.endAt ?? null,
    policy,
    sod,
    stepNumber: steps?.stepNumber ?? 0,
    approvals: steps?.approvals ?? [],
    later,
    cancelledBecause,
  }
}

/** What the conditions of a policy's steps may look at. */
function conditionFacts(
  { requesterId, ask, recipientId, facts, now }: Context,
  asked: AskedItem,
  item: AskableItem,
  sod: SodCheck | null,
): ConditionFacts {
  const person = facts.routing.people.get(recipientId)
  const from = asked.startAt && asked.startAt > now ? asked.startAt : now
  return {
    kind: ask.kind,
    recipient: { department: person?.department ?? null, hasManager: (person?.managerId ?? null) !== null },
    selfRequested: requesterId === recipientId,
    item,
    durationDays: asked.endAt && (asked.endAt.getTime() - from.getTime()) / DAY_MS,
    breaksSod: (sod?.conflicts.length ?? 0) > 0,
  }
}

function checkOf({ conflicts, facts, newId }: Context, asked: AskedItem): SodCheck {
  return { state: 'SUCCESS', uuid: newId(), conflicts: conflictsOfItem(asked.id, conflicts, facts.sod) }
}

/** Where an item goes when its steps were started: to its approvers, to wait for its start date, or straight to provisioning. */
export function stateAfter(approvalsFinished: boolean, startAt: Date | null, now: Date): ItemState {
  if (!approvalsFinished) return 'AWAITING_APPROVAL'
  return startAt !== null && startAt > now ? 'SCHEDULED' : 'PROVISIONING'
}

/** What, beside recipient, item and kind, makes two asks the same: dates (a start in the past is "now") and the account chosen. */
export function sameAskOf(asked: AskedItem, now: Date): string {
  const start = asked.startAt !== null && asked.startAt > now ? asked.startAt.toISOString() : null
  const accounts =
    asked.accountSelection?.map((choice) => [choice.sourceId, choice.accounts.map((a) => a.nativeIdentity ?? a.accountUuid)]) ?? null
  return JSON.stringify([start, asked.endAt?.toISOString() ?? null, accounts, asked.assignmentId, asked.nativeIdentity])
}

/** A signed 32-bit number (FNV-1a) that is the same whenever the same access is asked for, whoever it is for and in whatever order. */
export function attributesHash(kind: RequestKind, items: AskedItem[], now: Date): number {
  const parts = items.map((asked) => `${asked.type} ${asked.id} ${sameAskOf(asked, now)}`).sort()
  let hash = 0x811c9dc5
  for (const char of [kind, ...parts].join('\n')) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193)
  return hash | 0
}
