import { sql } from 'kysely'
import type { Ask } from '../domain/access-request.ts'
import { noSodFacts, type SodAccess, type SodFacts, type SodPolicy } from '../domain/sod.ts'
import { openStates } from './access-requests.ts'
import type { Reader, Tx } from './db.ts'

/**
 * What a check of new access must know, in two statements however much is asked: the enforced policies that name something of these items
 * (expanded to entitlements), and what these people hold or have asked for that those policies name.
 */
export async function loadSodFacts(reader: Reader, recipientIds: string[], itemIds: string[]): Promise<SodFacts> {
  const touched = await listTouchedPolicies(reader, itemIds)
  return touched.length === 0 ? noSodFacts : factsOf(touched, await listAccessAround(reader, recipientIds, touched))
}

/**
 * The same for an ask, while nobody else asks for one of these people: two requests of one moment, each of which has half of a conflict,
 * see each other. Waits only when there is a policy to see to; takes the people in id order.
 */
export async function lockSodFacts(tx: Tx, ask: Ask): Promise<SodFacts> {
  if (ask.kind !== 'GRANT') return noSodFacts
  const recipientIds = [...new Set(ask.entries.map((entry) => entry.recipientId))]
  const itemIds = [...new Set(ask.entries.flatMap((entry) => entry.items.map((item) => item.id)))]
  const touched = await listTouchedPolicies(tx.sql, itemIds)
  if (touched.length === 0) return noSodFacts
  await tx.sql.selectFrom('identity').select('id').where('id', 'in', recipientIds).orderBy('id').forNoKeyUpdate().execute()
  return factsOf(touched, await listAccessAround(tx.sql, recipientIds, touched))
}

/** One entitlement of a policy, and which of the items asked for come down to it. */
interface TouchedRow {
  policyId: string
  policyName: string
  side: 'LEFT' | 'RIGHT'
  entitlementId: string
  entitlementName: string
  itemIds: string[]
}

async function listTouchedPolicies(reader: Reader, itemIds: string[]): Promise<TouchedRow[]> {
  const { rows } = await sql<TouchedRow>`
    with recursive part as (
      select asked.id collate "C" as item_id, asked.id collate "C" as id from unnest(${itemIds}::text[]) asked (id)
      where exists (select 1 from sod_policy where state = 'ENFORCED')
      union
      select part.item_id, p.part_id from access_item_part p join part on p.whole_id = part.id),
    requested as (select part.id, array_agg(part.item_id order by part.item_id) as item_ids from part group by part.id)
    select s.id as "policyId", s.name as "policyName", e.side, e.entitlement_id as "entitlementId", i.name as "entitlementName",
      coalesce(requested.item_ids, '{}') as "itemIds"
    from sod_policy s join sod_policy_entitlement e on e.policy_id = s.id join access_item i on i.id = e.entitlement_id
      left join requested on requested.id = e.entitlement_id
    where s.state = 'ENFORCED'
      and s.id in (select t.policy_id from sod_policy_entitlement t join requested r on r.id = t.entitlement_id)
    order by lower(s.name), s.id, e.side, e.place`.execute(reader)
  return rows
}

interface AroundRow extends SodAccess {
  recipientId: string
}

/** Upwards from the entitlements to all that contains them, then whoever holds or has asked for any of that. */
async function listAccessAround(reader: Reader, recipientIds: string[], touched: TouchedRow[]): Promise<AroundRow[]> {
  const entitlementIds = [...new Set(touched.map((row) => row.entitlementId))]
  const { rows } = await sql<AroundRow>`
    with recursive whole as (
      select e.id collate "C" as entitlement_id, e.id collate "C" as id from unnest(${entitlementIds}::text[]) e (id)
      union
      select whole.entitlement_id, p.whole_id from access_item_part p join whole on p.part_id = whole.id)
    select a.identity_id as "recipientId", whole.entitlement_id as "entitlementId", true as existing
    from assignment a join whole on whole.id = a.item_id
    where a.identity_id = any(${recipientIds}::text[]) and a.state in ('PENDING', 'ACTIVE')
    union
    select i.recipient_id, whole.entitlement_id, false from requested_item i join whole on whole.id = i.item_id
    where i.recipient_id = any(${recipientIds}::text[]) and i.kind = 'GRANT' and i.state in (${sql.join(openStates.map((s) => sql.lit(s)))})`.execute(
    reader,
  )
  return rows
}

function factsOf(touched: TouchedRow[], around: AroundRow[]): SodFacts {
  const policies = new Map<string, SodPolicy>()
  const expanded = new Map<string, Set<string>>()
  for (const row of touched) {
    const policy = policies.get(row.policyId) ?? { id: row.policyId, name: row.policyName, state: 'ENFORCED', left: [], right: [] }
    policies.set(row.policyId, policy)
    policy[row.side === 'LEFT' ? 'left' : 'right'].push({ id: row.entitlementId, name: row.entitlementName })
    for (const itemId of row.itemIds) expanded.set(itemId, (expanded.get(itemId) ?? new Set()).add(row.entitlementId))
  }
  const ofRecipient = new Map<string, SodAccess[]>()
  for (const { recipientId, ...access } of around) ofRecipient.set(recipientId, [...(ofRecipient.get(recipientId) ?? []), access])
  return {
    policies: [...policies.values()],
    expanded: new Map([...expanded].map(([itemId, ids]) => [itemId, [...ids]])),
    around: ofRecipient,
  }
}
