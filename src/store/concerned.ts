import { sql } from 'kysely'
import type { Announcement } from './announcements.ts'
import type { Reader } from './db.ts'
import { alive, type SessionLife } from './web-sessions.ts'

/** What of a person's something is: approvals they may have to decide, requests by or for them, tasks, access they hold, their team's. */
export type Concern = 'approvals' | 'requests' | 'tasks' | 'access' | 'team'

/** Which of the people given a change concerns, and how; `requestId` is null for what is no request. */
export async function listConcerned(
  reader: Reader,
  { requestIds, targetIds }: Announcement,
  personIds: string[],
): Promise<{ personId: string; concern: Concern; requestId: string | null }[]> {
  if (personIds.length === 0 || (requestIds.length === 0 && targetIds.length === 0)) return []
  const { rows } = await sql<{ personId: string; concern: Concern; requestId: string | null }>`
    with changed as (
      select a.id, a.requester_id, a.recipient_id, p.manager_id from access_request a join identity p on p.id = a.recipient_id
      where a.id = any(${requestIds}::text[])),
    held as (
      select id, id as person_id from identity where id = any(${targetIds}::text[])
      union all select id, identity_id from account where id = any(${targetIds}::text[]) and identity_id is not null),
    told as (
      select requester_id as person_id, 'requests' as concern, id as request_id from changed
      union select recipient_id, 'requests', id from changed
      union select recipient_id, 'access', id from changed
      union select manager_id, 'team', id from changed where manager_id is not null
      union select c.identity_id, 'approvals', i.request_id from requested_item i join approval a on a.requested_item_id = i.id
        join approval_candidate c on c.approval_id = a.id where i.request_id = any(${requestIds}::text[])
      union select unnest(array[w.owner_id, w.original_owner_id]), 'tasks', i.request_id from requested_item i
        join work_item w on w.requested_item_id = i.id where i.request_id = any(${requestIds}::text[])
      union select person_id, 'access', null from held
      union select p.manager_id, 'team', null from held join identity p on p.id = held.person_id where p.manager_id is not null)
    select person_id as "personId", concern, request_id as "requestId" from told where person_id = any(${personIds}::text[])`.execute(
    reader,
  )
  return rows
}

/** Of the sessions and clients given, those that still let their person in, and whether that is an org admin by now. */
export async function listStillWelcome(
  reader: Reader,
  clientIds: string[],
  life: SessionLife,
): Promise<{ clientId: string; isAdmin: boolean }[]> {
  if (clientIds.length === 0) return []
  const { rows } = await sql<{ clientId: string; isAdmin: boolean }>`
    select known.id as "clientId", p.is_admin as "isAdmin" from (
      select s.id, s.identity_id from web_session s where s.id = any(${clientIds}::text[]) and ${alive(life)}
      union all
      select c.id, c.identity_id from oauth_client c where c.id = any(${clientIds}::text[]) and (c.expires_at is null or c.expires_at > now())
    ) known join identity p on p.id = known.identity_id and p.status = 'ACTIVE'`.execute(reader)
  return rows
}
