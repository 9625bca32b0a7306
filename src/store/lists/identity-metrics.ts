import { sql } from 'kysely'
import type { Reader } from '../db.ts'

/** How many direct reports of a manager hold an item. */
export async function loadIdentityMetrics(reader: Reader, managerId: string, itemId: string, itemType: string) {
  const { rows } = await sql<{ total: number; holding: number; manager: boolean; active: boolean }>`
    select count(r.id)::int as total,
      count(r.id) filter (where exists (select 1 from assignment a where a.identity_id = r.id and a.item_id = ${itemId} and a.state = 'ACTIVE'))::int as holding,
      exists (select 1 from identity m where m.id = ${managerId}) as manager,
      exists (select 1 from access_item i where i.id = ${itemId} and i.type = ${itemType}) as active
    from identity r where r.manager_id = ${managerId}`.execute(reader)
  const row = rows[0]
  return {
    identitiesWithAccess: row?.holding ?? 0,
    identitiesWithActivity: null,
    totalIdentities: row?.total ?? 0,
    squadAvailable: row?.manager ?? false,
    validActivityObject: false,
    activitySourceConfigured: false,
    requestedObjectActive: row?.active ?? false,
  }
}
