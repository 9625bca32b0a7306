/** The record: what happened, in the vocabulary of the field, as text that hashes the same for ever. */

export interface AuditEvent {
  id: string
  /** For example ACCESS_REQUEST_APPROVED. */
  action: string
  at: Date
  actor: { id: string | null; name: string }
  target: { id: string | null; name: string | null }
  /** The access request everything about it is joined by. */
  trackingNumber: string | null
  details: Record<string, Json>
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** The exact text of an event: keys sorted at every depth, no blanks, so that its hash depends on its content only. */
export function canonicalText(event: AuditEvent): string {
  return canonicalJson({
    id: event.id,
    action: event.action,
    at: event.at.toISOString(),
    actor: event.actor,
    target: event.target,
    trackingNumber: event.trackingNumber,
    details: event.details,
  })
}

/** JSON with sorted keys and no blanks. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] as Json)}`).join(',')}}`
}

/** The audit action for a verb on a request of a kind: revokes have a family of names of their own. */
export function requestAction(kind: 'GRANT' | 'REVOKE' | 'MODIFY', verb: string): string {
  return kind === 'REVOKE' ? `ACCESS_REVOKE_REQUEST_${verb}` : `ACCESS_REQUEST_${verb}`
}

/** Every text, number and flag an event tells, by which it can be found: ids, names and details, but not its action and its time. */
export function textsOf({ id, actor, target, trackingNumber, details }: Omit<AuditEvent, 'at'>): string[] {
  return scalarsIn([id, actor, target, trackingNumber, details])
}

function scalarsIn(value: Json): string[] {
  if (value === null) return []
  if (typeof value !== 'object') return [String(value)]
  return Object.values(value).flatMap(scalarsIn)
}
