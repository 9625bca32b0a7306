import { type RawBuilder, sql } from 'kysely'
import type { Json } from '../../domain/audit.ts'
import type { WordPattern } from '../../domain/search.ts'
import type { Reader } from '../db.ts'
import { type DocumentTable, hasWordsSql, type SearchColumn } from './condition.ts'

export interface SearchedEvent {
  id: string
  action: string
  trackingNumber: string | null
  createdAt: Date
  canonical: {
    actor: { id: string | null; name: string | null }
    target: { id: string | null; name: string | null }
    details: Record<string, Json>
  }
}

const record = sql`e.canonical::jsonb`

/**
 * The words of an event stand in a column of its own, which an index finds them by. Where that is not enough (phrases, wildcards, one field
 * among many), the record itself is looked at after the index has found where it is worth it.
 */
export const eventTable: DocumentTable = {
  from: sql`audit_event e`,
  id: sql`e.id`,
  columns: {
    id: { is: 'id', sql: sql`e.id`, always: true },
    created: { is: 'date', sql: sql`e.created_at`, always: true },
    synced: { is: 'date', sql: sql`e.created_at`, always: true },
    action: { is: 'id', sql: sql`e.action`, always: true },
    trackingNumber: { is: 'id', sql: sql`e.tracking_number` },
    'actor.id': { is: 'id', sql: sql`e.actor_id`, told: true },
    'actor.name': { is: 'text', sql: sql`${record} #>> '{actor,name}'` },
    'target.id': { is: 'id', sql: sql`e.target_id`, told: true },
    'target.name': { is: 'text', sql: sql`${record} #>> '{target,name}'` },
  },
  open: attribute,
  lists: {},
  anyWords: (words) => {
    const found = beside(words)
    if (words.wordsSuffice) return found
    const values = sql`
      select v #>> '{}' as value from jsonb_path_query(${record} - 'at' - 'action', 'strict $.**') v
      where jsonb_typeof(v) in ('string', 'number', 'boolean')`
    const holds = sql<boolean>`exists (select from (${values}) s where ${hasWordsSql(sql`s.value`, words)})`
    return sql<boolean>`(${found} and ${holds})`
  },
  beside,
}

/** A value inside the details; lists are looked into on the way. */
function attribute(field: string): SearchColumn {
  const path = field
    .split('.')
    .slice(1)
    .map((key) => JSON.stringify(key))
  const steps = `lax $.details.${path.join('.')}[*]`
  return {
    is: 'texts',
    rows: sql`
      select v #>> '{}' as value from jsonb_path_query(${record}, ${steps}::jsonpath) v where jsonb_typeof(v) in ('string', 'number', 'boolean')`,
  }
}

/** Without the beginning of any word the index is no help, but the text of the record is read faster than its parts. */
function beside({ words, inside }: WordPattern): RawBuilder<boolean> {
  if (words.length === 0) return sql<boolean>`(e.canonical ~ ${inside}::text)`
  const query = words.map(({ word, prefix }) => `'${word.replace(/['\\]/g, '$&$&')}'${prefix ? ':*' : ''}`).join(' & ')
  return sql<boolean>`(e.words @@ ${query}::tsquery)`
}

/** The actions that the record has, by as many looks into an index as there are actions. */
export async function listActions(reader: Reader): Promise<string[]> {
  const { rows } = await sql<{ action: string }>`
    with recursive found as (
      (select action from audit_event order by action limit 1)
      union all
      select (select e.action from audit_event e where e.action > f.action order by e.action limit 1) from found f where f.action is not null
    ) select action from found where action is not null`.execute(reader)
  return rows.map((row) => row.action)
}

/** These events, in any order. */
export async function listSearchedEvents(reader: Reader, ids: string[]): Promise<SearchedEvent[]> {
  const { rows } = await sql<SearchedEvent>`
    select e.id, e.action, e.tracking_number as "trackingNumber", e.created_at as "createdAt", ${record} as canonical
    from audit_event e where e.id = any(${ids}::text[])`.execute(reader)
  return rows
}
