import type { Actor } from '../domain/actor.ts'
import { withOlderForm } from '../domain/approval-rules.ts'
import { canonicalJson, type Json } from '../domain/audit.ts'
import { DomainError } from '../domain/errors.ts'
import type { TenantConfig } from '../domain/tenant-config.ts'
import { findGovernanceGroup } from '../store/access-request-config.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { findPerson } from '../store/people.ts'
import { lockTenantConfig, saveTenantConfig } from '../store/settings.ts'
import type { Context } from './context.ts'

/** The configuration that shall apply, and whom it newly names, each with the field of the caller's input. */
export interface NewTenantConfig {
  config: TenantConfig
  people: Named[]
  groups: Named[]
}

interface Named {
  id: string
  field: string
}

/**
 * Takes a pure function from the stored configuration to the new one, saves what it gives and returns it. Two callers wait for each other,
 * so neither loses what only the other has set. Refuses people and groups that are unknown, and people who are not active.
 */
export async function setAccessRequestConfig(
  { db, ids }: Context,
  actor: Actor,
  replace: (stored: TenantConfig) => NewTenantConfig,
): Promise<TenantConfig> {
  return db.transaction(async (tx) => {
    const stored = await lockTenantConfig(tx)
    const { config: written, people, groups } = replace(stored)
    const config = withOlderForm(stored, written)
    await mustExist(tx, people, groups)
    await saveTenantConfig(tx, config)
    const event = { id: ids.next(), action: 'AccessRequestConfigUpdated', actor: { id: actor.identityId, name: actor.name } }
    const target = { id: null, name: 'access-request-config' }
    await recordAudit(tx, [{ ...event, target, trackingNumber: null, details: changes(stored, config) }])
    return config
  })
}

/** Refuses people and groups that are unknown, and people who are not active, with the field that names them. */
export async function mustExist(tx: Tx, people: Named[], groups: Named[]): Promise<void> {
  for (const { id, field } of people) {
    const person = await findPerson(tx.sql, id)
    if (!person) throw new DomainError('unknown_reference', `there is no identity ${id}.`, field)
    if (!person.active) throw new DomainError('invalid', `${person.name} is not active.`, field)
  }
  for (const { id, field } of groups) {
    const group = await findGovernanceGroup(tx.sql, id)
    if (!group) throw new DomainError('unknown_reference', `there is no governance group ${id}.`, field)
  }
}

/** Old and new value of every setting that differs. */
function changes(before: TenantConfig, after: TenantConfig): Record<string, Json> {
  const differing = (Object.keys(after) as (keyof TenantConfig)[]).filter(
    (key) => canonicalJson(plain(before[key])) !== canonicalJson(plain(after[key])),
  )
  return Object.fromEntries(differing.map((key) => [key, { from: plain(before[key]), to: plain(after[key]) }]))
}

function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value))
}
