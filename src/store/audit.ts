import { createHash } from 'node:crypto'
import { type AuditEvent, canonicalText, textsOf } from '../domain/audit.ts'
import { wordsOf } from '../domain/search-text.ts'
import type { Tx } from './db.ts'

export type NewAuditEvent = Omit<AuditEvent, 'at'>

/** Adds audit rows to the transaction that caused them: canonical JSON and its SHA-256. They are never changed. */
export async function recordAudit(tx: Tx, events: NewAuditEvent[]): Promise<void> {
  for (const event of events) {
    const { id, action, actor, target, trackingNumber } = event
    tx.changed.events.push({ action, actorId: actor.id, targetId: target.id, trackingNumber })
    const canonical = canonicalText({ ...event, at: tx.now })
    tx.appends.audit.push({
      id,
      action,
      actor: actor.id,
      target: target.id,
      tracking: trackingNumber,
      canonical,
      hash: createHash('sha256').update(canonical).digest('hex'),
      words: wordsOf(textsOf(event)),
    })
  }
}

/** Adds events for others (triggers, webhooks, mail) to the transaction that caused them. */
export async function recordOutgoing(tx: Tx, events: { id: string; type: string; payload: object }[]): Promise<void> {
  tx.appends.outgoing.push(...events)
}
