import { sql } from 'kysely'
import type { Notice } from '../domain/notice.ts'
import { heldBefore } from './assignments.ts'
import type { Reader } from './db.ts'

/** Address and standing of a person who is to be told, or undefined. */
export async function findMailbox(reader: Reader, personId: string): Promise<{ address: string | null; active: boolean } | undefined> {
  const row = await reader.selectFrom('identity').select(['email', 'status']).where('id', '=', personId).executeTakeFirst()
  return row && { address: row.email, active: row.status === 'ACTIVE' }
}

/** All that waits for a person, oldest first, with what is true about it now. */
export async function listWaitingNotices(reader: Reader, personId: string): Promise<Notice[]> {
  const { rows } = await sql<Notice>`
    select n.id, n.kind, n.identity_id as "personId", n.occurrence, n.mail_id as "mailId", n.attempts,
      coalesce(case step.operation when 'ADD' then 'GRANT' when 'REMOVE' then 'REVOKE' end, i.kind, 'GRANT') as "requestKind", thing.name as "itemName", thing.type as "itemType",
      holder.id as "recipientId", holder.name as "recipientName",
      i.request_id as "requestId", i.id as "requestedItemId", asker.name as "requesterName", i.comment,
      i.start_at as "startAt", i.end_at as "endAt", i.current_start_at as "currentStartAt", i.current_end_at as "currentEndAt",
      i.state as "itemState", ${heldBefore} as "heldBefore", i.error_messages ->> -1 as problem,
      a.id as "approvalId", a.state as "approvalState", a.created_at as "askedAt",
      exists (select 1 from approval_candidate c where c.approval_id = a.id and c.identity_id = n.identity_id and c.open) as "mayDecide",
      move.from_name as "fromName", move.moved_by_name as "movedByName", move.comment as "moveComment",
      last.decided_by as "deciderId", last.name as "deciderName", last.comment as "decisionComment",
      canceller.name as "cancelledByName", i.cancel_comment as "cancelComment", i.close_message as "closeMessage",
      work.id as "workItemId", work.state as "workState", work.owner_id as "workOwnerId", work.description as work,
      held.state as "assignmentState", held.end_at as "assignmentEndAt"
    from notification n
    left join approval a on a.id = n.approval_id
    left join work_item work on work.id = n.work_item_id
    left join provisioning_step step on step.id = work.step_id
    left join assignment held on held.id = coalesce(n.assignment_id, step.assignment_id)
    left join requested_item i on i.id = coalesce(n.requested_item_id, a.requested_item_id, work.requested_item_id, held.requested_item_id)
    join access_item thing on thing.id = coalesce(i.item_id, held.item_id)
    join identity holder on holder.id = coalesce(i.recipient_id, held.identity_id)
    left join identity asker on asker.id = i.requester_id
    left join identity canceller on canceller.id = i.cancelled_by
    left join lateral (select m.from_name, m.moved_by_name, m.comment from approval_move m
      where m.approval_id = a.id and m.to_id = n.identity_id order by m.created_at desc, m.id desc limit 1) move on true
    left join lateral (select d.decided_by, who.name, d.comment from approval d join identity who on who.id = d.decided_by
      where n.kind = 'DECIDED' and d.requested_item_id = i.id and d.state = n.occurrence
      order by d.step_number desc, d.decided_at desc, d.id desc limit 1) last on true
    where n.identity_id = ${personId} and n.state = 'WAITING' order by n.id`.execute(reader)
  return rows
}
