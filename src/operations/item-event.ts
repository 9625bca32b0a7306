import type { Actor } from '../domain/actor.ts'
import type { Json } from '../domain/audit.ts'
import type { Ids } from '../ports.ts'
import type { NewAuditEvent } from '../store/audit.ts'
import type { RequestedItem } from '../store/requested-items.ts'

/** Whoever did something, as the record names them: a person, a client, or the system itself. */
export type Doer = Pick<Actor, 'identityId' | 'name'>

/** The actor of what happens by itself. */
export const theSystem: Doer = { identityId: null, name: 'Countersign' }

/** An audit event about a requested item, joined to its request by the tracking number. */
export function itemEvent(
  item: Pick<RequestedItem, 'id' | 'requestId' | 'recipientId' | 'recipientName' | 'itemType' | 'itemId'>,
  action: string,
  actor: Doer,
  ids: Ids,
  details: Record<string, Json> = {},
): NewAuditEvent {
  return {
    id: ids.next(),
    action,
    actor: { id: actor.identityId, name: actor.name },
    target: { id: item.recipientId, name: item.recipientName },
    trackingNumber: item.requestId,
    details: { requestedItemId: item.id, itemType: item.itemType, itemId: item.itemId, ...details },
  }
}
