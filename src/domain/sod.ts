import type { RequestRules } from './access-model.ts'
import { DomainError } from './errors.ts'
import { say } from './sentences.ts'

/** Separation of duties: what nobody should hold together. Pure: policies and access in, conflicts out. */

export interface NamedEntitlement {
  id: string
  name: string
}

/** A policy as a check reads it: nobody should hold something from the left and something from the right. */
export interface SodPolicy {
  id: string
  name: string
  state: 'ENFORCED' | 'NOT_ENFORCED'
  left: NamedEntitlement[]
  right: NamedEntitlement[]
}

/** An entitlement that somebody holds already (existing), or would hold when everything asked for is given. */
export interface SodAccess {
  entitlementId: string
  existing: boolean
}

export interface ConflictingAccess extends NamedEntitlement {
  existing: boolean
}

/** A policy that would be broken, and by what on each side. */
export interface Conflict {
  policy: { id: string; name: string }
  left: ConflictingAccess[]
  right: ConflictingAccess[]
}

/** What a check found, as it is kept with the request. */
export interface SodCheck {
  state: 'SUCCESS' | 'ERROR'
  uuid: string
  conflicts: Conflict[]
}

/** What a conflict does to a request beside being reported. */
export interface SodConfig {
  onViolation: 'REPORT' | 'ADD_STEP' | 'DENY'
  /** The governance group asked by ADD_STEP; without one the last resort answers (the fallback approver, then an org admin). */
  stepGroupId: string | null
}

/** What a check needs to know. Access that no enforced policy names is left out of it. */
export interface SodFacts {
  policies: SodPolicy[]
  /** By the id of an item asked for: the entitlements it comes down to. */
  expanded: Map<string, string[]>
  /** By recipient: what they hold (existing), and what they have asked for before and wait for. */
  around: Map<string, SodAccess[]>
}

export const noSodFacts: SodFacts = { policies: [], expanded: new Map(), around: new Map() }

/**
 * Takes policies and the access somebody would end up with; returns the enforced policies that it breaks, in the order of the policies.
 * A conflict between access that is all held already is left out: it is not new.
 */
export function findConflicts(policies: SodPolicy[], access: SodAccess[]): Conflict[] {
  const existing = new Map<string, boolean>()
  for (const one of access) existing.set(one.entitlementId, one.existing || existing.get(one.entitlementId) === true)
  const met = (side: NamedEntitlement[]): ConflictingAccess[] =>
    side.flatMap(({ id, name }) => (existing.has(id) ? [{ id, name, existing: existing.get(id) === true }] : []))
  return policies
    .filter((policy) => policy.state === 'ENFORCED')
    .map(({ id, name, left, right }) => ({ policy: { id, name }, left: met(left), right: met(right) }))
    .filter(({ left, right }) => left.length > 0 && right.length > 0 && [...left, ...right].some((one) => !one.existing))
}

/** The conflicts of every recipient of an ask, when they get all that is asked for them beside what is around already. */
export function conflictsByRecipient(
  entries: { recipientId: string; items: { id: string }[] }[],
  facts: SodFacts,
): Map<string, Conflict[]> {
  const asked = new Map<string, SodAccess[]>()
  for (const { recipientId, items } of entries) {
    const fresh = items.flatMap(({ id }) => facts.expanded.get(id) ?? []).map((entitlementId) => ({ entitlementId, existing: false }))
    asked.set(recipientId, [...(asked.get(recipientId) ?? facts.around.get(recipientId) ?? []), ...fresh])
  }
  return new Map([...asked].map(([recipientId, access]) => [recipientId, findConflicts(facts.policies, access)]))
}

/** Those of the conflicts to which an item adds something that is not held yet. */
export function conflictsOfItem(itemId: string, conflicts: Conflict[], facts: SodFacts): Conflict[] {
  const adds = new Set(facts.expanded.get(itemId))
  return conflicts.filter(({ left, right }) => [...left, ...right].some(({ id, existing }) => !existing && adds.has(id)))
}

/**
 * The rules of a request after its check: unchanged, or with one more step at the end. Takes the field to name when the tenant denies
 * conflicts, and refuses then.
 */
export function rulesAfterCheck(rules: RequestRules, conflicts: Conflict[], config: SodConfig, field: string): RequestRules {
  if (conflicts.length === 0 || config.onViolation === 'REPORT') return rules
  if (config.onViolation === 'DENY') {
    const broken = conflicts.map(({ policy }) => policy.name)
    const noun = broken.length === 1 ? 'policy' : 'policies'
    throw new DomainError('invalid', `it would break the separation-of-duties ${noun} ${broken.join(', ')}.`, field)
  }
  const groupId = config.stepGroupId === null ? {} : { groupId: config.stepGroupId }
  const note = say('wouldBreak', { policies: conflicts.map(({ policy }) => policy.name).join(', ') })
  return { ...rules, steps: [...rules.steps, { kind: 'GOVERNANCE_GROUP', ...groupId, note }] }
}
