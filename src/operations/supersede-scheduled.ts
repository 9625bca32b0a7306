import { requestAction } from '../domain/audit.ts'
import { mayMeanTheSame, type Naming } from '../domain/held.ts'
import { item as itemLife } from '../domain/lifecycle.ts'
import { endOccurrence, noticesOfItem } from '../domain/notice.ts'
import type { Ids } from '../ports.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { tellPeople } from '../store/notifications.ts'
import { lockScheduledRivals, type RequestedItem, updateItemEnd, updateItemState } from '../store/requested-items.ts'
import { type Doer, itemEvent } from './item-event.ts'

type Superseding = Pick<RequestedItem, 'id' | 'requestId' | 'kind' | 'recipientId' | 'itemId' | 'endAt'> & Naming

/**
 * Takes an item that was agreed to; what waits for its start date with the same access for the same person (and not for another account than
 * it names) gives way to it (R16): it would otherwise bring back later what this one has changed or taken away. A revoke with an end date only
 * brings the end of it nearer. Returns how many gave way.
 */
export async function supersedeScheduled(tx: Tx, by: Superseding, actor: Doer, ids: Ids): Promise<number> {
  let superseded = 0
  for (const rival of await lockScheduledRivals(tx, by)) {
    if (!mayMeanTheSame(by, rival)) continue
    if (by.kind === 'REVOKE' && by.endAt && by.endAt > tx.now && (!rival.startAt || by.endAt > rival.startAt)) {
      await updateItemEnd(tx, rival.id, by.endAt)
      continue
    }
    const reason = `Replaced by request ${by.requestId} before its start date.`
    await updateItemState(tx, rival.id, itemLife.next(rival.state, 'withdraw'), { errorMessages: [reason] })
    await recordAudit(tx, [itemEvent(rival, requestAction(rival.kind, 'CANCELLED'), actor, ids, { reason })])
    await tellPeople(tx, noticesOfItem('DONE', rival, endOccurrence('CANCELLED', tx.now)), ids.next)
    superseded++
  }
  return superseded
}
