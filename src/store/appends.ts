import { sql } from 'kysely'
import type { Tx } from './db.ts'
import { deleteOf, type JobLease } from './jobs.ts'
import type { Sendable } from './pipelined.ts'
import { insertJobs, type Offer } from './taking.ts'

/** Rows that a transaction only adds: what happened, what others are told, whom to tell, what to do next. Nothing in it reads them again. */
export interface Appends {
  audit: {
    id: string
    action: string
    actor: string | null
    target: string | null
    tracking: string | null
    canonical: string
    hash: string
    words: string[]
  }[]
  outgoing: { id: string; type: string; payload: object }[]
  notices: {
    id: string
    kind: string
    identity: string
    approvalId?: string
    requestedItemId?: string
    assignmentId?: string
    workItemId?: string
    occurrence: string
    once: string
  }[]
  jobs: { id: string; name: string; key: string; source: string | null; account: string | null }[]
  /** Jobs that are done with this transaction. */
  ended: JobLease[]
}

/** Nothing yet. */
export function noAppends(): Appends {
  return { audit: [], outgoing: [], notices: [], jobs: [], ended: [] }
}

/**
 * What the transaction has gathered, all of it in one statement, whose text is the same for the same kinds of rows; undefined when there is
 * nothing. Who was told the same already is not told again; a job that waits already is joined. Its rows are the ids of the jobs that are leased
 * to the worker they were offered to.
 */
export function statementOf({ appends, now }: Tx, offer: Offer | undefined): Sendable | undefined {
  const { audit, outgoing, notices, jobs, ended } = appends
  const parts = [
    ...(ended.length > 0 ? [deleteOf(ended)] : []),
    ...(audit.length > 0 ? [insertAudit(audit, now)] : []),
    ...(outgoing.length > 0 ? [insertOutgoing(outgoing, now)] : []),
    ...(notices.length > 0 ? [insertNotices(notices, now)] : []),
    ...(jobs.length > 0 ? [insertJobs(jobs, offer)] : []),
  ]
  const last = parts.pop()
  if (!last || parts.length === 0) return last
  const before = parts.map((part, at) => sql`${sql.raw(`part${at}`)} as (${part})`)
  return sql`with ${sql.join(before)} ${last}`
}

function insertAudit(rows: Appends['audit'], now: Date) {
  return sql`
    insert into audit_event (id, action, actor_id, target_id, tracking_number, canonical, leaf_hash, words, created_at)
    select id, action, actor, target, tracking, canonical, hash, array_to_tsvector(words), ${now}::timestamptz
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(id text, action text, actor text, target text, tracking text,
      canonical text, hash text, words text[])`
}

function insertOutgoing(rows: Appends['outgoing'], now: Date) {
  return sql`
    insert into outgoing_event (id, type, payload, created_at)
    select id, type, payload, ${now}::timestamptz from json_to_recordset(${JSON.stringify(rows)}::json) as r(id text, type text, payload jsonb)`
}

function insertNotices(rows: Appends['notices'], now: Date) {
  return sql`
    insert into notification (id, kind, identity_id, approval_id, requested_item_id, assignment_id, work_item_id, occurrence, once_key, created_at)
    select id, kind, identity, "approvalId", "requestedItemId", "assignmentId", "workItemId", occurrence, once, ${now}::timestamptz
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(id text, kind text, identity text, "approvalId" text,
      "requestedItemId" text, "assignmentId" text, "workItemId" text, occurrence text, once text)
    on conflict (once_key) do nothing`
}
