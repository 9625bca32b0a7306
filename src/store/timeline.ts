import { sql } from 'kysely'
import type { ItemType, RequestKind } from '../domain/access-model.ts'
import type { Json } from '../domain/audit.ts'
import type { ItemState, StepState } from '../domain/lifecycle.ts'
import type { SodCheck } from '../domain/sod.ts'
import type { Reader } from './db.ts'
import type { JsonDate, Named } from './lists/request-status.ts'
import { named } from './named.ts'

/** What a timeline is made of: one item of a request, what the record says of it, what it waits for, and its steps at targets. */
export interface TimelineItem {
  id: string
  kind: RequestKind
  state: ItemState
  closeExecution: 'Terminated' | 'Completed' | null
  closeCompletion: 'Success' | 'Incomplete' | 'Failure' | null
  item: { id: string; type: ItemType; name: string }
  recipient: Named
  requester: Named
  managerId: string | null
  comment: string | null
  createdAt: Date
  finishedAt: Date | null
  startAt: Date | null
  endAt: Date | null
  sod: SodCheck | null
  errorMessages: string[]
  approvals: TimelineApproval[]
  tasks: { id: string; owner: Named; since: JsonDate; source: Named; description: string }[]
  steps: TimelineStep[]
}

export interface TimelineApproval {
  id: string
  scheme: string
  stepNumber: number
  group: Named | null
  people: Named[]
  since: JsonDate
  remindAt: JsonDate | null
  escalateAt: JsonDate | null
  expiresAt: JsonDate | null
  remindedAt: JsonDate | null
}

export interface TimelineStep {
  id: string
  operation: 'ADD' | 'REMOVE'
  state: StepState
  source: Named
  nativeIdentity: string
  entitlement: Named
  attempts: number
  problem: string | null
  verified: boolean
  /** Real time, unlike the rest. */
  retryAt: JsonDate | null
  createdAt: JsonDate
  modifiedAt: JsonDate
}

const pendingApprovals = sql`
  (select coalesce(json_agg(json_build_object('id', a.id, 'scheme', a.scheme, 'stepNumber', a.step_number,
      'group', (select ${named('g')} from governance_group g where g.id = a.original_owner_id and a.owner_id is null),
      'people', (select coalesce(json_agg(${named('p')} order by lower(p.name), p.id), '[]')
        from approval_candidate c join identity p on p.id = c.identity_id where c.approval_id = a.id and c.open),
      'since', a.created_at, 'remindAt', a.remind_at, 'escalateAt', a.escalate_at, 'expiresAt', a.expires_at,
      'remindedAt', (select max(n.created_at) from notification n where n.approval_id = a.id and n.kind = 'REMINDER'))
      order by a.step_number, a.created_at, a.id), '[]')
    from approval a where a.requested_item_id = i.id and a.state = 'PENDING')`

const pendingTasks = sql`
  (select coalesce(json_agg(json_build_object('id', w.id, 'owner', ${named('o')}, 'since', w.created_at, 'source', ${named('s')},
      'description', w.description) order by w.created_at, w.id), '[]')
    from work_item w join identity o on o.id = w.owner_id join provisioning_step p on p.id = w.step_id join source s on s.id = p.source_id
    where w.requested_item_id = i.id and w.state = 'PENDING')`

const stepsOfItem = sql`
  (select coalesce(json_agg(json_build_object('id', p.id, 'operation', p.operation, 'state', p.state, 'source', ${named('s')},
      'nativeIdentity', c.native_identity, 'entitlement', ${named('e')}, 'attempts', p.attempts, 'problem', p.last_error,
      'verified', p.verified, 'retryAt', p.retry_at, 'createdAt', p.created_at, 'modifiedAt', p.modified_at) order by p.id), '[]')
    from provisioning_step p join source s on s.id = p.source_id join account c on c.id = p.account_id
    join access_grant g on g.id = p.grant_id join access_item e on e.id = g.entitlement_id where p.requested_item_id = i.id)`

/** The items of a request, with everything a timeline tells but the record. */
export async function listTimelineItems(reader: Reader, requestId: string): Promise<TimelineItem[]> {
  const { rows } = await sql<TimelineItem>`
    select i.id, i.kind, i.state, i.close_execution as "closeExecution", i.close_completion as "closeCompletion",
      json_build_object('id', x.id, 'type', x.type, 'name', x.name) as item, ${named('r')} as recipient, ${named('asker')} as requester,
      r.manager_id as "managerId", i.comment, i.created_at as "createdAt", i.finished_at as "finishedAt", i.start_at as "startAt", i.end_at as "endAt", i.sod,
      i.error_messages as "errorMessages", ${pendingApprovals} as approvals, ${pendingTasks} as tasks, ${stepsOfItem} as steps
    from requested_item i join access_item x on x.id = i.item_id join identity r on r.id = i.recipient_id
    join identity asker on asker.id = i.requester_id
    where i.request_id = ${requestId} order by i.created_at, i.id`.execute(reader)
  return rows
}

/** One audit row of a request, read back. */
export interface RecordedEvent {
  action: string
  at: Date
  actor: { id: string | null; name: string }
  details: Record<string, Json>
}

/** What the record says of a request, oldest first. */
export async function listRecorded(reader: Reader, requestId: string): Promise<RecordedEvent[]> {
  const { rows } = await sql<{ action: string; at: Date; canonical: string }>`
    select action, created_at as at, canonical from audit_event where tracking_number = ${requestId} order by created_at, id`.execute(
    reader,
  )
  return rows.map(({ action, at, canonical }) => {
    const { actor, details } = JSON.parse(canonical) as Pick<RecordedEvent, 'actor' | 'details'>
    return { action, at, actor, details }
  })
}

/** The names of people, and the items that tasks belong to, by id. */
export async function loadNames(
  reader: Reader,
  ids: { people: string[]; tasks: string[] },
): Promise<{ people: Map<string, string>; itemOfTask: Map<string, string> }> {
  const people = await sql<Named>`select id, name from identity where id = any(${ids.people}::text[])`.execute(reader)
  const tasks = await sql<{ id: string; itemId: string }>`
    select id, requested_item_id as "itemId" from work_item where id = any(${ids.tasks}::text[]) and requested_item_id is not null`.execute(
    reader,
  )
  return {
    people: new Map(people.rows.map((row) => [row.id, row.name])),
    itemOfTask: new Map(tasks.rows.map((row) => [row.id, row.itemId])),
  }
}

/** True when a person was or is asked about a request, or has a task of it. */
export async function findPartInRequest(reader: Reader, requestId: string, personId: string): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`
    select exists (select from requested_item i join approval a on a.requested_item_id = i.id join approval_candidate c on c.approval_id = a.id
        where i.request_id = ${requestId} and c.identity_id = ${personId})
      or exists (select from requested_item i join work_item w on w.requested_item_id = i.id
        where i.request_id = ${requestId} and ${personId} in (w.owner_id, w.original_owner_id)) as has`.execute(reader)
  return rows[0]?.has ?? false
}
