import { sql } from 'kysely'
import type { DriftKind } from '../../domain/drift.ts'
import type { DriftState } from '../../domain/lifecycle.ts'
import type { Reader } from '../db.ts'
import { namedOrNull } from '../named.ts'
import { type Page, type SliceQuery, totalOf, whereAll } from './page.ts'
import type { Named } from './request-status.ts'

/** A value that came or went behind our back, with whose it is and who holds it by what. */
export interface DriftRow {
  id: string
  kind: DriftKind
  state: DriftState
  foundAt: Date
  endedAt: Date | null
  endedBy: string | null
  accountId: string
  nativeIdentity: string
  owner: Named | null
  entitlement: { id: string; name: string; attribute: string; value: string }
  heldBy: { id: string; itemName: string; origin: string; requestId: string | null }[]
}

const columns = sql`
  d.id, d.kind, d.state, d.found_at as "foundAt", d.ended_at as "endedAt", d.ended_by as "endedBy", c.id as "accountId",
  c.native_identity as "nativeIdentity", ${namedOrNull('o')} as owner,
  json_build_object('id', e.id, 'name', e.name, 'attribute', e.attribute, 'value', e.value) as entitlement,
  (select coalesce(json_agg(json_build_object('id', a.id, 'itemName', i.name, 'origin', a.origin,
      'requestId', (select r.request_id from requested_item r where r.id = a.requested_item_id)) order by a.id), '[]')
    from assignment_grant ag join assignment a on a.id = ag.assignment_id join access_item i on i.id = a.item_id
    where ag.grant_id = d.grant_id and a.state <> 'ENDED') as "heldBy"
  from source_drift d join access_grant g on g.id = d.grant_id join account c on c.id = g.account_id
  join access_item e on e.id = g.entitlement_id left join identity o on o.id = c.identity_id`

/** A page of the drift of a source, the oldest first; only what is open unless all is wanted. */
export async function listSourceDrift(reader: Reader, sourceId: string, which: 'open' | 'all', query: SliceQuery): Promise<Page<DriftRow>> {
  const where = whereAll([sql`d.source_id = ${sourceId}`, which === 'open' ? sql`d.state = 'OPEN'` : undefined])
  const { rows } = await sql<DriftRow>`select ${columns} ${where} order by d.id limit ${query.limit} offset ${query.offset}`.execute(reader)
  return { rows, total: await totalOf(reader, query, sql`from source_drift d ${where}`) }
}
