import { sql } from 'kysely'
import { groupsOfSteps, type RequestConfig } from '../domain/access-model.ts'
import type { AskableItem } from '../domain/access-request.ts'
import type { NeededValue } from '../domain/provisioning.ts'
import type { Reader } from './db.ts'

/**
 * The items of these ids with the owners around them and their source's rules; unknown ids are left out. Each is looked up by id ("lateral"): a plan
 * that is made once, for ids of which nobody knows how many they are, would read all items.
 */
export async function listAskableItems(reader: Reader, ids: string[]): Promise<Map<string, AskableItem>> {
  const { rows } = await sql<AskableItem>`
    select i.id, i.type, i.name, i.description, i.owner_id as "ownerId", i.additional_owner_ids as "additionalOwnerIds",
      i.additional_group_ids as "additionalGroupIds", i.source_id as "sourceId", i.attribute, i.value, i.requestable, i.enabled,
      i.privileged, i.request_config as "requestConfig", s.owner_id as "sourceOwnerId", s.request_config as "sourceRequestConfig",
      (select a.owner_id from application_access_profile ap join application a on a.id = ap.application_id
        where ap.access_profile_id = i.id order by a.id limit 1) as "appOwnerId"
    from unnest(${ids}::text[]) asked (id) cross join lateral (select * from access_item where id = asked.id limit 1) i
      left join source s on s.id = i.source_id`.execute(reader)
  return new Map(rows.map((item) => [item.id, item]))
}

/** Every group an item's rules may ask, for grant and revoke alike. */
export function groupIdsOf(items: Iterable<AskableItem>, ofTenant: RequestConfig): string[] {
  const ids = new Set<string>()
  for (const item of items) {
    for (const id of item.additionalGroupIds) ids.add(id)
    const config = item.requestConfig ?? item.sourceRequestConfig ?? ofTenant
    for (const id of groupsOfSteps([...config.grant.steps, ...config.revoke.steps])) ids.add(id)
  }
  return [...ids]
}

/** The entitlements an item comes down to: itself, or those of its parts at every depth. */
export async function listNeededValues(reader: Reader, itemId: string): Promise<NeededValue[]> {
  const { rows } = await sql<NeededValue>`
    with recursive part as (
      select ${itemId}::text collate "C" as id
      union
      select p.part_id from access_item_part p join part on p.whole_id = part.id)
    select i.id as "entitlementId", i.source_id as "sourceId"
    from part cross join lateral (select id, type, source_id from access_item where id = part.id limit 1) i
    where i.type = 'ENTITLEMENT' order by i.id`.execute(reader)
  return rows
}
