import type { Actor } from '../domain/actor.ts'
import { type ApprovalRules, type ApprovalScope, rulesInForce, type ScopedRules, withScopedRules } from '../domain/approval-rules.ts'
import type { Json } from '../domain/audit.ts'
import { DomainError } from '../domain/errors.ts'
import { listAskableItems } from '../store/access-items.ts'
import { findApprovalRules, saveApprovalRules } from '../store/approval-config.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { lockTenantConfig, saveTenantConfig } from '../store/settings.ts'
import type { Context } from './context.ts'
import { mustExist } from './set-access-request-config.ts'

/** Rules for one scope; undefined takes away what was said there. */
export interface NewApprovalConfig {
  scope: ApprovalScope
  rules: ScopedRules | undefined
}

/**
 * Takes a scope and its rules; saves them and returns the rules in force there. A calendar, which only a policy can set, stays. Requests under way keep what they were made with. Refuses an
 * unknown item (not_found), a fallback approver who is unknown or not active, and taking away what was never said (not_found).
 */
export async function setApprovalConfig(
  { db, ids }: Context,
  actor: Actor,
  { scope, rules: written }: NewApprovalConfig,
): Promise<ApprovalRules> {
  return db.transaction(async (tx) => {
    const fallback = written?.fallbackApproverId
    await mustExist(tx, fallback ? [{ id: fallback, field: 'fallbackApprover.identityID' }] : [], [])
    const stored = await lockTenantConfig(tx)
    const before = scope.kind === 'ITEM' ? await ownRules(tx, scope) : scopedRules(stored, scope.kind)
    const rules = written && { ...(before?.calendar ? { calendar: before.calendar } : {}), ...written }
    const config = scope.kind === 'ITEM' ? stored : withScopedRules(stored, scope.kind, rules)
    if (rules === undefined && before === undefined) throw new DomainError('not_found', 'There is no configuration to delete.')
    if (scope.kind === 'ITEM') await saveApprovalRules(tx, scope.itemId, rules)
    else await saveTenantConfig(tx, config)
    const target = { id: scope.kind === 'ITEM' ? scope.itemId : null, name: scope.kind }
    const event = { id: ids.next(), action: 'APPROVAL_CONFIG_UPDATED', actor: { id: actor.identityId, name: actor.name }, target }
    await recordAudit(tx, [{ ...event, trackingNumber: null, details: { from: plain(before), to: plain(rules) } }])
    return rulesInForce(config, scope.kind, rules)
  })
}

async function ownRules(tx: Tx, scope: Extract<ApprovalScope, { kind: 'ITEM' }>): Promise<ScopedRules | undefined> {
  const item = (await listAskableItems(tx.sql, [scope.itemId])).get(scope.itemId)
  if (!item || (scope.itemType !== null && item.type !== scope.itemType)) {
    throw new DomainError('not_found', `There is no ${scope.itemType ?? 'item'} ${scope.itemId}.`)
  }
  return findApprovalRules(tx.sql, scope.itemId)
}

function scopedRules({ approvals }: { approvals?: { tenant: ScopedRules; type: ScopedRules } }, kind: 'TENANT' | 'TYPE') {
  const rules = kind === 'TENANT' ? approvals?.tenant : approvals?.type
  return rules && Object.keys(rules).length > 0 ? rules : undefined
}

function plain(value: unknown): Json {
  return value === undefined ? null : JSON.parse(JSON.stringify(value))
}
