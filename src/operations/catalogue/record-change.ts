import type { Actor } from '../../domain/actor.ts'
import type { Json } from '../../domain/audit.ts'
import type { Ids } from '../../ports.ts'
import { recordAudit } from '../../store/audit.ts'
import type { Tx } from '../../store/db.ts'

/** Writes into the record what somebody changed about something of the catalogue. */
export async function recordChange(
  tx: Tx,
  ids: Ids,
  actor: Actor,
  { action, target, details }: { action: string; target: { id: string; name: string }; details: Record<string, Json> },
): Promise<void> {
  const by = { id: actor.identityId, name: actor.name }
  const about = { id: target.id, name: target.name }
  await recordAudit(tx, [{ id: ids.next(), action, actor: by, target: about, trackingNumber: null, details }])
}
