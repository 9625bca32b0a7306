import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { type AuditEvent, canonicalText, textsOf } from '../domain/audit.ts'
import { wordsOf } from '../domain/search-text.ts'
import type { Tx } from './db.ts'

export type NewAuditEvent = Omit<AuditEvent, 'at'>

/** Writes audit rows into the transaction that caused them: canonical JSON and its SHA-256. They are never changed. */
export async function recordAudit(tx: Tx, events: NewAuditEvent[]): Promise<void> {
  if (events.length === 0) return
  for (const { action, actor, target, trackingNumber } of events)
    tx.changed.events.push({ action, actorId: actor.id, targetId: target.id, trackingNumber })
  await tx.sql
    .insertInto('audit_event')
    .values(
      events.map((event) => {
        const canonical = canonicalText({ ...event, at: tx.now })
        return {
          id: event.id,
          action: event.action,
          actor_id: event.actor.id,
          target_id: event.target.id,
          tracking_number: event.trackingNumber,
          canonical,
          leaf_hash: createHash('sha256').update(canonical).digest('hex'),
          words: sql<string>`array_to_tsvector(${wordsOf(textsOf(event))}::text[])`,
          created_at: tx.now,
        }
      }),
    )
    .execute()
}

/** Writes events for others (triggers, webhooks, mail) into the transaction that caused them. */
export async function recordOutgoing(tx: Tx, events: { id: string; type: string; payload: object }[]): Promise<void> {
  if (events.length === 0) return
  const rows = events.map(({ id, type, payload }) => ({ id, type, payload: JSON.stringify(payload), created_at: tx.now, handled_at: null }))
  await tx.sql.insertInto('outgoing_event').values(rows).execute()
}
