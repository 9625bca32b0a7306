import { sql } from 'kysely'
import type { Reader, Tx } from './db.ts'
import type { Named } from './lists/request-status.ts'
import type { RequestedItem } from './requested-items.ts'

type ItemToRemind = Pick<RequestedItem, 'id' | 'requestId' | 'requesterId' | 'recipientId' | 'recipientName' | 'itemType' | 'itemId'>

/** Locks the items of a request, so that of two who remind at once the second finds that it was done; none for an unknown request. */
export async function lockItemsToRemind(tx: Tx, requestId: string): Promise<ItemToRemind[]> {
  const { rows } = await sql<ItemToRemind>`
    select i.id, i.request_id as "requestId", i.requester_id as "requesterId", i.recipient_id as "recipientId", p.name as "recipientName",
      i.item_type as "itemType", i.item_id as "itemId"
    from requested_item i join identity p on p.id = i.recipient_id where i.request_id = ${requestId} order by i.id for update of i`.execute(
    tx.sql,
  )
  return rows
}

/** An open approval, who may decide it and when they were last reminded, by hand or not. */
export interface ToRemind {
  id: string
  itemId: string
  people: Named[]
  remindedAt: Date | null
}

/** The open approvals of a request. */
export async function listToRemind(reader: Reader, requestId: string): Promise<ToRemind[]> {
  const { rows } = await sql<ToRemind>`
    select a.id, i.id as "itemId", json_agg(json_build_object('id', p.id, 'name', p.name) order by lower(p.name), p.id) as people,
      (select max(n.created_at) from notification n where n.approval_id = a.id and n.kind = 'REMINDER') as "remindedAt"
    from requested_item i join approval a on a.requested_item_id = i.id join approval_candidate c on c.approval_id = a.id and c.open
    join identity p on p.id = c.identity_id
    where i.request_id = ${requestId} and a.state = 'PENDING' and i.finished_at is null group by a.id, i.id order by a.id`.execute(reader)
  return rows
}
