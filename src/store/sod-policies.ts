import { sql } from 'kysely'
import type { OwnerType, PolicyReference, SodNotes, SodPolicyTerms } from '../domain/sod-policy.ts'
import { findRow, type Listing, listRows } from './catalogue/listing.ts'
import type { Reader, Tx } from './db.ts'
import type { Page, PageQuery } from './lists/page.ts'
import type { Named } from './lists/request-status.ts'

/** A policy with the names of what it names. */
export interface SodPolicyRow {
  id: string
  name: string
  description: string | null
  state: 'ENFORCED' | 'NOT_ENFORCED'
  owner: Named & { type: OwnerType }
  leftName: string
  left: Named[]
  rightName: string
  right: Named[]
  correctionAdvice: string | null
  tags: string[]
  notes: SodNotes
  secondaryOwners: (Named & { type: OwnerType })[]
  creatorId: string
  modifierId: string | null
  createdAt: Date
  modifiedAt: Date
}

const side = (which: 'LEFT' | 'RIGHT') => sql`
  (select coalesce(json_agg(json_build_object('id', i.id, 'name', i.name) order by e.place), '[]')
    from sod_policy_entitlement e join access_item i on i.id = e.entitlement_id where e.policy_id = s.id and e.side = ${sql.lit(which)})`

const ownerName = sql`coalesce(person.name, team.name, '')`

const secondaryOwners = sql`
  (select coalesce(json_agg(json_build_object('type', x.owner->>'type', 'id', x.owner->>'id',
      'name', coalesce((select p.name from identity p where p.id = x.owner->>'id'), (select g.name from governance_group g where g.id = x.owner->>'id'), ''))
      order by x.place), '[]')
    from jsonb_array_elements(s.notes->'secondaryOwners') with ordinality x (owner, place))`

const listing: Listing = {
  table: 'sod_policy',
  alias: 's',
  joins: sql`
    left join identity person on s.owner_type = 'IDENTITY' and person.id = s.owner_id
    left join governance_group team on s.owner_type = 'GOVERNANCE_GROUP' and team.id = s.owner_id`,
  columns: {
    id: { sql: sql`s.id`, type: 'id', notNull: true },
    name: { sql: sql`s.name`, type: 'string', notNull: true },
    state: { sql: sql`s.state`, type: 'string', notNull: true },
    level: { sql: sql`s.notes->>'level'`, type: 'string' },
    type: { sql: sql`s.type`, type: 'string', notNull: true },
    description: { sql: sql`s.description`, type: 'string' },
    'ownerRef.name': { sql: ownerName, type: 'string', notNull: true },
    created: { sql: sql`s.created_at`, type: 'date', notNull: true },
    modified: { sql: sql`s.modified_at`, type: 'date', notNull: true },
  },
  select: sql`
    s.id, s.name, s.description, s.state, json_build_object('type', s.owner_type, 'id', s.owner_id, 'name', ${ownerName}) as owner,
    s.left_name as "leftName", ${side('LEFT')} as left, s.right_name as "rightName", ${side('RIGHT')} as right,
    s.correction_advice as "correctionAdvice", s.tags, s.notes, ${secondaryOwners} as "secondaryOwners", s.creator_id as "creatorId",
    s.modifier_id as "modifierId", s.created_at as "createdAt", s.modified_at as "modifiedAt"`,
  usualOrder: sql`lower(s.name), s.id`,
}

/** A page of the policies, by name. */
export async function listSodPolicies(reader: Reader, query: PageQuery): Promise<Page<SodPolicyRow>> {
  return listRows(reader, listing, [], query)
}

/** One policy, or undefined. */
export async function findSodPolicy(reader: Reader, id: string): Promise<SodPolicyRow | undefined> {
  return findRow(reader, listing, id)
}

/** The same, and no other transaction changes or deletes it until this one has ended. */
export async function lockSodPolicy(tx: Tx, id: string): Promise<SodPolicyRow | undefined> {
  await tx.sql.selectFrom('sod_policy').select('id').where('id', '=', id).forUpdate().execute()
  return findSodPolicy(tx.sql, id)
}

/** The id of the policy that has a name, whatever its case; undefined when there is none. */
export async function findSodPolicyNamed(reader: Reader, name: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`select id from sod_policy where lower(name) = lower(${name}::text collate "C")`.execute(reader)
  return rows[0]?.id
}

/** The references that name nothing, in the order given. */
export async function listUnknownReferences(reader: Reader, references: PolicyReference[]): Promise<PolicyReference[]> {
  const ids = (type: PolicyReference['type']) => references.filter((one) => one.type === type).map((one) => one.id)
  const { rows } = await sql<{ type: string; id: string }>`
    select 'ENTITLEMENT' as type, id from access_item where type = 'ENTITLEMENT' and id = any(${ids('ENTITLEMENT')}::text[])
    union all select 'IDENTITY', id from identity where id = any(${ids('IDENTITY')}::text[])
    union all select 'GOVERNANCE_GROUP', id from governance_group where id = any(${ids('GOVERNANCE_GROUP')}::text[])`.execute(reader)
  const known = new Set(rows.map(({ type, id }) => `${type} ${id}`))
  return references.filter(({ type, id }) => !known.has(`${type} ${id}`))
}

/** Stores a new policy with its entitlements. */
export async function insertSodPolicy(tx: Tx, id: string, terms: SodPolicyTerms, creatorId: string): Promise<void> {
  const row = { id, type: 'CONFLICTING_ACCESS_BASED' as const, creator_id: creatorId, created_at: tx.now, ...columnsOf(terms, tx.now) }
  await tx.sql.insertInto('sod_policy').values(row).execute()
  await insertSides(tx, id, terms)
}

/** Replaces all that was decided about a policy. */
export async function updateSodPolicyRow(tx: Tx, id: string, terms: SodPolicyTerms, modifierId: string): Promise<void> {
  const row = { modifier_id: modifierId, ...columnsOf(terms, tx.now) }
  await tx.sql.updateTable('sod_policy').set(row).where('id', '=', id).execute()
  await tx.sql.deleteFrom('sod_policy_entitlement').where('policy_id', '=', id).execute()
  await insertSides(tx, id, terms)
}

/** Deletes a policy; what it found on earlier requests stays with them. */
export async function deleteSodPolicyRow(tx: Tx, id: string): Promise<void> {
  await tx.sql.deleteFrom('sod_policy').where('id', '=', id).execute()
}

function columnsOf(terms: SodPolicyTerms, now: Date) {
  return {
    name: terms.name,
    description: terms.description,
    state: terms.state,
    owner_type: terms.owner.type,
    owner_id: terms.owner.id,
    left_name: terms.left.name,
    right_name: terms.right.name,
    correction_advice: terms.correctionAdvice,
    tags: terms.tags,
    notes: JSON.stringify(terms.notes),
    modified_at: now,
  }
}

async function insertSides(tx: Tx, policyId: string, { left, right }: SodPolicyTerms): Promise<void> {
  const rowsOf = (which: 'LEFT' | 'RIGHT', ids: string[]) =>
    ids.map((entitlement_id, place) => ({ policy_id: policyId, entitlement_id, side: which, place }))
  const rows = [...rowsOf('LEFT', left.entitlementIds), ...rowsOf('RIGHT', right.entitlementIds)]
  await tx.sql.insertInto('sod_policy_entitlement').values(rows).execute()
}
