import { sql } from 'kysely'
import type { AssignmentOrigin } from '../domain/access-model.ts'
import type { DriftKind } from '../domain/drift.ts'
import type { AssignmentState, DriftState } from '../domain/lifecycle.ts'
import type { Database, Tx } from './db.ts'

/** Reports drift. */
export async function insertDrift(tx: Tx, drift: { id: string; sourceId: string; grantId: string; kind: DriftKind }[]): Promise<void> {
  if (drift.length === 0) return
  const rows = drift.map(({ id, sourceId, grantId, kind }) => ({ id, source_id: sourceId, grant_id: grantId, kind }))
  await tx.sql
    .insertInto('source_drift')
    .values(rows.map((row) => ({ ...row, state: 'OPEN' as const, found_at: tx.now, ended_at: null, ended_by: null })))
    .execute()
}

/** Saves what became of drift, and by whom. */
export async function endDrift(tx: Tx, ids: string[], state: DriftState, by: string): Promise<void> {
  if (ids.length === 0) return
  await tx.sql.updateTable('source_drift').set({ state, ended_at: tx.now, ended_by: by }).where('id', 'in', ids).execute()
}

/** Drift with all that decides what can be done about it. */
export interface LockedDrift {
  id: string
  kind: DriftKind
  state: DriftState
  sourceId: string
  sourceName: string
  grantId: string
  accountId: string
  nativeIdentity: string
  entitlementId: string
  entitlementName: string
  attribute: string
  value: string
  ownerId: string | null
  ownerName: string | null
}

/** Locks drift of a source. Undefined for another source's. */
export async function lockDrift(tx: Tx, sourceId: string, id: string): Promise<LockedDrift | undefined> {
  const { rows } = await sql<LockedDrift>`
    select d.id, d.kind, d.state, s.id as "sourceId", s.name as "sourceName", g.id as "grantId", c.id as "accountId",
      c.native_identity as "nativeIdentity", e.id as "entitlementId", e.name as "entitlementName", e.attribute, e.value,
      o.id as "ownerId", o.name as "ownerName"
    from source_drift d join source s on s.id = d.source_id join access_grant g on g.id = d.grant_id join account c on c.id = g.account_id
    join access_item e on e.id = g.entitlement_id left join identity o on o.id = c.identity_id
    where d.id = ${id} and d.source_id = ${sourceId} for update of d`.execute(tx.sql)
  return rows[0]
}

/** An assignment that holds a value, and how many values it holds. */
export interface Holder {
  id: string
  state: AssignmentState
  origin: AssignmentOrigin
  values: number
  itemName: string
  trackingNumber: string | null
}

/** Locks the assignments that hold a value and have not ended, in the order of their ids. */
export async function lockHolders(tx: Tx, grantId: string): Promise<Holder[]> {
  const { rows } = await sql<Holder>`
    select a.id, a.state, a.origin, i.name as "itemName", (select count(*)::int from assignment_grant ag where ag.assignment_id = a.id) as values,
      (select r.request_id from requested_item r where r.id = a.requested_item_id) as "trackingNumber"
    from assignment a join access_item i on i.id = a.item_id
    where a.state <> 'ENDED' and a.id in (select assignment_id from assignment_grant where grant_id = ${grantId})
    order by a.id for update of a`.execute(tx.sql)
  return rows
}

/** Ids of the open drift of a source, oldest first. */
export async function listOpenDriftIds(db: Database, sourceId: string): Promise<string[]> {
  const rows = await db.sql
    .selectFrom('source_drift')
    .select('id')
    .where('source_id', '=', sourceId)
    .where('state', '=', 'OPEN')
    .orderBy('id')
    .execute()
  return rows.map((row) => row.id)
}
