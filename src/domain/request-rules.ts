import { latestEnd, type RequestKind, type RequestRules, rulesFor } from './access-model.ts'
import {
  type Ask,
  type AskableItem,
  type AskedItem,
  type CreateFacts,
  doneRevokeOf,
  heldBy,
  sameAskOf,
  unchangedAmong,
} from './access-request.ts'
import { type Actor, personOf } from './actor.ts'
import { DomainError } from './errors.ts'
import { type Held, isChosen, whyUnclear } from './held.ts'

/** The rules of the contract for submitting (api-facts 3.1), checked before anything is planned. Each names the field to change. */

const MAX_ENTITLEMENTS = 25
const MAX_RECIPIENTS_WITH_ENTITLEMENTS = 10

/** Takes a caller, what they ask and the facts; returns nothing. Refuses what the contract forbids, with the field named. */
export function checkAsk(actor: Actor, ask: Ask, facts: CreateFacts, now: Date): void {
  const requesterId = personOf(actor)
  if (facts.config.approvalsMustBeExternal && !actor.isAdmin) {
    throw new DomainError('forbidden', 'Access is requested outside this system; only org admins may submit here.')
  }
  checkLimits(ask)
  for (const entry of ask.entries) checkRecipient(actor, requesterId, ask.kind, entry, facts)
  for (const entry of ask.entries) for (const asked of entry.items) checkItem(ask.kind, entry.recipientId, asked, facts, now)
}

/** R7, R8, R10: at most 25 entitlements for 10 people; a revoke is for one person and at most one entitlement. */
function checkLimits(ask: Ask): void {
  const entitlements = Math.max(
    ...ask.entries.map((entry) => new Set(entry.items.filter((i) => i.type === 'ENTITLEMENT').map((i) => i.id)).size),
  )
  const recipients = new Set(ask.entries.map((entry) => entry.recipientId)).size
  if (entitlements > MAX_ENTITLEMENTS) {
    throw new DomainError(
      'invalid',
      `at most ${MAX_ENTITLEMENTS} entitlements can be requested at once, not ${entitlements}.`,
      'requestedItems',
    )
  }
  if (entitlements > 0 && recipients > MAX_RECIPIENTS_WITH_ENTITLEMENTS) {
    throw new DomainError(
      'invalid',
      `entitlements can be requested for at most ${MAX_RECIPIENTS_WITH_ENTITLEMENTS} identities at once, not ${recipients}.`,
      'requestedFor',
    )
  }
  if (ask.kind !== 'REVOKE') return
  if (recipients !== 1) throw new DomainError('invalid', 'access can be revoked for exactly one identity at a time.', 'requestedFor')
  if (entitlements > 1) throw new DomainError('invalid', 'at most one entitlement can be revoked at once.', 'requestedItems')
}

/** Who may ask for whom: oneself, one's reports or anybody by configuration (R3); revokes by the direct manager or an admin (R8). */
function checkRecipient(actor: Actor, requesterId: string, kind: RequestKind, entry: Ask['entries'][number], facts: CreateFacts): void {
  const recipient = facts.routing.people.get(entry.recipientId)
  if (!recipient) throw new DomainError('unknown_reference', `there is no identity ${entry.recipientId}.`, entry.path)
  const isManager = recipient.managerId === requesterId
  if (kind === 'REVOKE') {
    if (recipient.id === requesterId)
      throw new DomainError('invalid', 'nobody can revoke their own access; their manager or an admin can.', entry.path)
    if (!actor.isAdmin && !isManager)
      throw new DomainError('forbidden', 'only the direct manager or an org admin may revoke access.', entry.path)
    return
  }
  if (!recipient.active) throw new DomainError('invalid', `${recipient.name} is not active and can be given no access.`, entry.path)
  const allowed =
    recipient.id === requesterId || actor.isAdmin || facts.config.anyoneForAnyone || (facts.config.managerForReports && isManager)
  if (!allowed) throw new DomainError('forbidden', 'you may not request access for this identity.', entry.path)
}

function checkItem(kind: RequestKind, recipientId: string, asked: AskedItem, facts: CreateFacts, now: Date): void {
  const item = facts.items.get(asked.id)
  if (!item || item.type !== asked.type) {
    throw new DomainError('unknown_reference', `there is no ${asked.type} ${asked.id}.`, `${asked.path}.id`)
  }
  const rules = rulesFor(item, kind, item.sourceRequestConfig, facts.config.entitlements)
  checkComment(kind, asked, rules)
  checkDates(kind, asked, rules, now)
  checkAccounts(recipientId, asked, facts)
  if (kind === 'REVOKE') checkRevocable(recipientId, asked, facts, now)
  else {
    checkRequestable(kind, item, recipientId, asked, facts)
    checkNamed(item, recipientId, asked, facts, now)
  }
}

/** R11, R12. */
function checkComment(kind: RequestKind, asked: AskedItem, rules: RequestRules): void {
  if (asked.comment) return
  if (kind === 'REVOKE') throw new DomainError('invalid', 'a comment is required to revoke access.', `${asked.path}.comment`)
  if (rules.commentRequired) throw new DomainError('invalid', 'a comment is required to request this item.', `${asked.path}.comment`)
}

/** R22: an account that is chosen is one of the recipient's on the source it is named for. */
function checkAccounts(recipientId: string, asked: AskedItem, facts: CreateFacts): void {
  for (const [at, choice] of (asked.accountSelection ?? []).entries()) {
    const here = facts.accounts.filter((account) => account.identityId === recipientId && account.sourceId === choice.sourceId)
    const isTheirs = choice.accounts.every((chosen) => here.some((account) => isChosen(account, { ...choice, accounts: [chosen] })))
    if (!isTheirs || choice.accounts.length === 0) {
      throw new DomainError('invalid', 'names no account of the recipient on this source.', `${asked.path}.accountSelection[${at}]`)
    }
  }
}

/** R13, R16, R25: an end lies in the future and after the start, within the longest duration allowed; a revoke has no start. */
function checkDates(kind: RequestKind, asked: AskedItem, rules: RequestRules, now: Date): void {
  const { startAt, endAt, path } = asked
  if (kind === 'REVOKE' && startAt) throw new DomainError('invalid', 'a revoke has no start date.', `${path}.startDate`)
  if (endAt && endAt <= now) throw new DomainError('invalid', 'must lie in the future.', `${path}.removeDate`)
  if (startAt && endAt && endAt <= startAt) throw new DomainError('invalid', 'must lie after the start date.', `${path}.removeDate`)
  if (kind === 'REVOKE') return
  if (rules.endDateRequired && !endAt)
    throw new DomainError('invalid', 'this item can only be requested with an end date.', `${path}.removeDate`)
  if (!rules.maxDuration) return
  const latest = latestEnd(startAt && startAt > now ? startAt : now, rules.maxDuration)
  if (!endAt || endAt > latest) {
    const { value, unit } = rules.maxDuration
    throw new DomainError(
      'invalid',
      `this item is given for at most ${value} ${unit}, until ${latest.toISOString()}.`,
      `${path}.removeDate`,
    )
  }
}

/** R9, R14: only requested or imported access is revoked by request; an end date by revoke must be earlier than the one in force. */
function checkRevocable(recipientId: string, asked: AskedItem, facts: CreateFacts, now: Date): void {
  const held = heldBy('REVOKE', recipientId, asked, facts)
  if (held.length === 0) return
  const revocable = held.filter(isByRequest)
  if (revocable.length === 0) {
    throw new DomainError(
      'invalid',
      'this access comes from role membership or birthright and cannot be revoked by request.',
      `${asked.path}.id`,
    )
  }
  const end = revocable.find((h) => h.endAt !== null)?.endAt
  checkClear(revocable, asked)
  // The same revoke sent again meets the end that it set itself.
  const again = asked.endAt?.getTime() === end?.getTime() && doneRevokeOf(recipientId, asked.id, facts, sameAskOf(asked, now))
  if (asked.endAt && end && asked.endAt >= end && !again) {
    throw new DomainError('invalid', `must be earlier than the present end date ${end.toISOString()}.`, `${asked.path}.removeDate`)
  }
}

function checkRequestable(kind: RequestKind, item: AskableItem, recipientId: string, asked: AskedItem, facts: CreateFacts): void {
  const allowed = item.type !== 'ENTITLEMENT' || facts.config.entitlementsRequestable
  if (!item.requestable || !item.enabled || !allowed)
    throw new DomainError('invalid', `${item.name} cannot be requested.`, `${asked.path}.id`)
  if (kind !== 'MODIFY') return
  if (heldBy(kind, recipientId, asked, facts).length === 0)
    throw new DomainError('invalid', 'only access that is held can be modified.', `${asked.path}.id`)
}

/**
 * R21 for whoever asks to be given something or to have it changed: an assignment that is named is the recipient's, an account that is named
 * is theirs, and where access is held on several accounts it is clear which of them is meant.
 */
function checkNamed(item: AskableItem, recipientId: string, asked: AskedItem, facts: CreateFacts, now: Date): void {
  const held = heldBy('GRANT', recipientId, asked, facts).filter(isByRequest)
  if (asked.assignmentId !== null && held.length === 0)
    throw new DomainError('invalid', 'names no assignment of this item that the recipient holds by request.', `${asked.path}.assignmentId`)
  const isTheirs = facts.accounts.some(
    (account) =>
      account.identityId === recipientId &&
      account.nativeIdentity === asked.nativeIdentity &&
      (item.sourceId === null || account.sourceId === item.sourceId),
  )
  if (asked.nativeIdentity !== null && !isTheirs)
    throw new DomainError('invalid', 'names no account of the recipient where this item is.', `${asked.path}.nativeIdentity`)
  if (!unchangedAmong(held, asked, now)) checkClear(held, asked)
}

// compat: which-account
function checkClear(held: Held[], asked: AskedItem): void {
  const unclear = whyUnclear(held)
  if (unclear) throw new DomainError('invalid', unclear, `${asked.path}.nativeIdentity`)
}

function isByRequest({ origin }: Held): boolean {
  return origin === 'REQUESTED' || origin === 'IMPORTED'
}
