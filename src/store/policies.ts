import { sql } from 'kysely'
import { type ItemType, noRules, type RequestConfig } from '../domain/access-model.ts'
import type { PolicyDocument } from '../domain/policy/document.ts'
import { entitlementKey, type PolicyDirectory, type PolicySubject } from '../domain/policy/resolve.ts'
import type { Tx } from './db.ts'
import { loadTenantConfig } from './settings.ts'

interface SubjectRow {
  id: string
  type: ItemType
  name: string
  value: string | null
  source: string | null
  config: RequestConfig | null
  ofSource: RequestConfig | null
}

/**
 * Everything that these policies name, locked against other writers until the transaction ends. Where two entitlements of a source have one name, that name finds neither.
 */
export async function lockPolicyDirectory(tx: Tx, policies: PolicyDocument[]): Promise<PolicyDirectory> {
  const names = namesIn(policies)
  const tenantConfig = (await loadTenantConfig(tx.sql)).entitlements
  const tenant: PolicySubject = { kind: 'TENANT', id: 'TENANT', name: 'all entitlements', config: tenantConfig }
  const sources = await lockSources(tx, names.sources, tenantConfig)
  const items = await lockItems(tx, names.items)
  const ofType = (type: ItemType) =>
    new Map(items.filter((row) => row.type === type).map((row) => [row.name.toLowerCase(), subjectOf(row)]))
  return {
    groups: await lockGroups(tx, names.groups),
    sources: new Map([...sources].map(([name, source]) => [name, source.id])),
    people: await listAliases(tx, names.people),
    roles: ofType('ROLE'),
    accessProfiles: ofType('ACCESS_PROFILE'),
    entitlements: entitlementsOf(items, tenantConfig),
    sourceSubjects: sources,
    tenant,
    wholeTenant: { kind: 'WHOLE_TENANT', id: 'WHOLE_TENANT', name: 'the tenant', config: tenantConfig },
  }
}

function namesIn(policies: PolicyDocument[]) {
  const targets = policies.flatMap((policy) => policy.targets)
  const steps = policies.flatMap(({ grant, revoke }) => [...(grant?.steps ?? []), ...(revoke?.steps ?? [])])
  const lower = (texts: (string | undefined)[]) => [...new Set(texts.flatMap((text) => text?.toLowerCase() ?? []))]
  const ofTargets = targets.map((target) =>
    target.kind === 'SOURCE' ? target.name : target.kind === 'ENTITLEMENT' ? target.source : undefined,
  )
  return {
    groups: lower([...steps.flatMap(({ asks }) => asks.map(({ group }) => group)), ...policies.map(({ duties }) => duties?.group)]),
    sources: lower([...ofTargets, ...steps.flatMap(({ when }) => when?.sources ?? [])]),
    people: lower(policies.map(({ approvals }) => approvals?.fallbackAlias)),
    items: lower(targets.map((target) => ('name' in target && target.kind !== 'SOURCE' ? target.name : undefined))),
  }
}

async function lockSources(tx: Tx, names: string[], ofTenant: RequestConfig): Promise<Map<string, PolicySubject>> {
  const { rows } = await sql<{ id: string; name: string; config: RequestConfig | null }>`
    select id, name, request_config as config from source where lower(name) = any(${names}::text[]) order by id for update`.execute(tx.sql)
  return new Map(rows.map(({ id, name, config }) => [name.toLowerCase(), { kind: 'SOURCE', id, name, config: config ?? ofTenant }]))
}

async function lockItems(tx: Tx, names: string[]): Promise<SubjectRow[]> {
  const { rows } = await sql<SubjectRow>`
    select i.id, i.type, i.name, i.value, s.name as source, i.request_config as config, s.request_config as "ofSource"
    from access_item i left join source s on s.id = i.source_id
    where lower(i.name) = any(${names}::text[]) or (i.type = 'ENTITLEMENT' and lower(i.value) = any(${names}::text[]))
    order by i.id for update of i`.execute(tx.sql)
  return rows
}

async function lockGroups(tx: Tx, names: string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from governance_group where lower(name) = any(${names}::text[]) order by id for share`.execute(tx.sql)
  return new Map(rows.map(({ id, name }) => [name.toLowerCase(), id]))
}

async function listAliases(tx: Tx, aliases: string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; alias: string }>`
    select id, alias from identity where lower(alias) = any(${aliases}::text[]) and status = 'ACTIVE'`.execute(tx.sql)
  return new Map(rows.map(({ id, alias }) => [alias.toLowerCase(), id]))
}

function subjectOf({ id, name, config }: SubjectRow): PolicySubject {
  return { kind: 'ITEM', id, name, config: config ?? { grant: noRules, revoke: noRules } }
}

function entitlementsOf(items: SubjectRow[], ofTenant: RequestConfig): Map<string, PolicySubject> {
  const found = new Map<string, PolicySubject>()
  const ambiguous = new Set<string>()
  const ofSources = items.filter((row) => row.type === 'ENTITLEMENT')
  for (const row of ofSources) {
    const key = entitlementKey(row.source ?? '', row.name)
    if (found.has(key)) ambiguous.add(key)
    found.set(key, { ...subjectOf(row), config: row.config ?? row.ofSource ?? ofTenant })
  }
  for (const key of ambiguous) found.delete(key)
  // A value names an entitlement more surely than what it is called.
  for (const row of ofSources)
    found.set(entitlementKey(row.source ?? '', row.value ?? ''), { ...subjectOf(row), config: row.config ?? row.ofSource ?? ofTenant })
  return found
}

/** Replaces the request rules of an item that the caller has locked. */
export async function updateItemRequestConfig(tx: Tx, id: string, config: RequestConfig): Promise<void> {
  await tx.sql
    .updateTable('access_item')
    .set({ request_config: JSON.stringify(config), modified_at: tx.now })
    .where('id', '=', id)
    .execute()
}
