import { lockExpiredAssignment } from '../store/assignments.ts'
import { recordAudit } from '../store/audit.ts'
import { lockItemsUnderWay } from '../store/requested-items.ts'
import type { Context } from './context.ts'
import { endAssignment } from './end-assignment.ts'
import { theSystem } from './item-event.ts'

/** Takes an assignment's id and ends it where its end date has come; one that was extended meanwhile, or is over already, is left alone. */
export async function endHeldAccess({ db, ids }: Context, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    await lockItemsUnderWay(tx, { assignmentId: id })
    const assignment = await lockExpiredAssignment(tx, id)
    if (!assignment) return
    const about = {
      requestedItemId: null,
      trackingNumber: assignment.requestId,
      assignmentId: id,
      itemName: 'access that ends today',
      recipientName: 'its holder',
      cause: 'DATE' as const,
    }
    await endAssignment(tx, assignment, about, ids)
    await recordAudit(tx, [
      {
        id: ids.next(),
        action: 'ACCESS_END_DATE_REACHED',
        actor: { id: theSystem.identityId, name: theSystem.name },
        target: { id: assignment.identityId, name: null },
        trackingNumber: assignment.requestId,
        details: { assignmentId: id, itemId: assignment.itemId, endAt: assignment.endAt.toISOString() },
      },
    ])
  })
}
