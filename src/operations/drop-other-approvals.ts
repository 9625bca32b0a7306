import type { Ids } from '../ports.ts'
import { cancelPendingApprovals } from '../store/approvals.ts'
import { recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import type { RequestedItem } from '../store/requested-items.ts'
import { itemEvent, theSystem } from './item-event.ts'

/** Ends whatever else is still asked about an item that has just ended, with a line in the record for each. */
export async function dropOtherApprovals(tx: Tx, item: RequestedItem, ids: Ids): Promise<void> {
  const dropped = await cancelPendingApprovals(tx, [item.id])
  const events = dropped.map((approvalId) =>
    itemEvent(item, 'APPROVAL_REQUEST_CANCELLED', theSystem, ids, { approvalId, because: 'ENDED' }),
  )
  await recordAudit(tx, events)
}
