import { sql } from 'kysely'
import type { Reader } from './db.ts'

/** How much waits for a person, and how much of theirs is on its way or ends. */
export interface HomeCounts {
  approvals: number
  tasks: number
  openRequests: number
  endingAccess: number
  teamOpenRequests: number
  teamEndingAccess: number
}

/** Takes a person, the business instant and until when an end is soon; every number is read off an index. */
export async function loadHomeCounts(reader: Reader, personId: string, now: Date, soon: Date): Promise<HomeCounts> {
  // What should have ended and is still being taken away is not over yet.
  const ending = sql`(h.state = 'ENDING' or (h.state in ('PENDING', 'ACTIVE') and h.end_at > ${now})) and h.end_at <= ${soon}`
  const { rows } = await sql<HomeCounts>`
    select
      (select count(*)::int from approval_candidate c where c.identity_id = ${personId} and c.open) as approvals,
      (select count(*)::int from work_item w where w.owner_id = ${personId} and w.state = 'PENDING') as tasks,
      (select count(*)::int from requested_item i where i.finished_at is null and (i.recipient_id = ${personId} or i.requester_id = ${personId}))
        as "openRequests",
      (select count(*)::int from assignment h where h.identity_id = ${personId} and ${ending}) as "endingAccess",
      (select count(*)::int from identity p join requested_item i on i.recipient_id = p.id
        where p.manager_id = ${personId} and i.finished_at is null) as "teamOpenRequests",
      (select count(*)::int from identity p join assignment h on h.identity_id = p.id
        where p.manager_id = ${personId} and ${ending}) as "teamEndingAccess"`.execute(reader)
  return rows[0] as HomeCounts
}

/** For org admins: open items of everybody, and those that failed and that nobody has dealt with since `since`. */
export async function loadAdminCounts(reader: Reader, since: Date): Promise<{ openRequests: number; failedRequests: number }> {
  const { rows } = await sql<{ openRequests: number; failedRequests: number }>`
    select (select count(*)::int from requested_item where finished_at is null) as "openRequests",
      (select count(*)::int from requested_item where created_at >= ${since} and state in ('FAILED', 'PARTLY_PROVISIONED', 'ERROR')) as "failedRequests"`.execute(
    reader,
  )
  return rows[0] as { openRequests: number; failedRequests: number }
}
