import { sql } from 'kysely'
import type { AssignmentOrigin } from '../../domain/access-model.ts'
import type { Reader } from '../db.ts'
import type { Named } from '../lists/request-status.ts'

export interface RoleAssignmentRow {
  id: string
  role: Named
  origin: AssignmentOrigin
  comment: string | null
  /** Who asked for it; null when nobody did. */
  requester: Named | null
  startAt: Date | null
  endAt: Date | null
  createdAt: Date
  accounts: { source: Named; accountId: string; nativeIdentity: string; name: string }[]
}

/** The roles a person holds, oldest first; narrowed to one assignment or one role where the caller names it. */
export async function listRoleAssignments(
  reader: Reader,
  identityId: string,
  only: { assignmentId?: string | undefined; roleId?: string | undefined; roleName?: string | undefined } = {},
): Promise<RoleAssignmentRow[]> {
  const { rows } = await sql<RoleAssignmentRow>`
    select a.id, json_build_object('id', r.id, 'name', r.name) as role, a.origin, i.comment,
      case when q.id is not null then json_build_object('id', q.id, 'name', q.name) end as requester,
      a.start_at as "startAt", a.end_at as "endAt", a.created_at as "createdAt",
      (select coalesce(json_agg(json_build_object('source', json_build_object('id', s.id, 'name', s.name), 'accountId', c.id,
          'nativeIdentity', c.native_identity, 'name', c.name) order by lower(s.name), c.id), '[]')
        from account c join source s on s.id = c.source_id
        where c.id in (select g.account_id from assignment_grant x join access_grant g on g.id = x.grant_id where x.assignment_id = a.id)) as accounts
    from assignment a join access_item r on r.id = a.item_id
    left join requested_item i on i.id = a.requested_item_id left join identity q on q.id = i.requester_id
    where a.identity_id = ${identityId} and a.item_type = 'ROLE' and a.state in ('PENDING', 'ACTIVE')
      and (${only.assignmentId ?? null}::text is null or a.id = ${only.assignmentId ?? null})
      and (${only.roleId ?? null}::text is null or r.id = ${only.roleId ?? null})
      and (${only.roleName ?? null}::text is null or lower(r.name) = lower(${only.roleName ?? null} collate "C"))
    order by a.created_at, a.id`.execute(reader)
  return rows
}
