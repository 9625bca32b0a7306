import { sql } from 'kysely'
import type { AssignmentOrigin } from '../../domain/access-model.ts'
import type { Reader } from '../db.ts'

export interface HeldOnAccountRow {
  accountId: string
  name: string
  nativeIdentity: string
  /** The assignment of just this entitlement; null when the account has it for the sake of something else. */
  assignment: { id: string; origin: AssignmentOrigin; endAt: string | null } | null
}

/** The accounts of a person that have an entitlement, each with the assignment that a revoke could name: one that can be revoked first. */
export async function listHeldOnAccounts(reader: Reader, identityId: string, entitlementId: string): Promise<HeldOnAccountRow[]> {
  const { rows } = await sql<HeldOnAccountRow>`
    select c.id as "accountId", c.name, c.native_identity as "nativeIdentity",
      (select json_build_object('id', h.id, 'origin', h.origin, 'endAt', h.end_at) from assignment h
        where h.item_id = g.entitlement_id and h.state in ('PENDING', 'ACTIVE')
          and exists (select from assignment_grant ag where ag.assignment_id = h.id and ag.grant_id = g.id)
        order by h.origin in ('REQUESTED', 'IMPORTED') desc, h.created_at, h.id limit 1) as assignment
    from account c join access_grant g on g.account_id = c.id
    where c.identity_id = ${identityId} and g.entitlement_id = ${entitlementId} and g.present order by c.id`.execute(reader)
  return rows
}
