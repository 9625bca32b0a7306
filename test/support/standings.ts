import { type SeenApproval, type Standing, standingOf } from '../../src/domain/scenario/scenario-checks.ts'
import type { Ending } from '../../src/domain/scenario/trial.ts'
import type { TestApp } from './app.ts'

/** How requests stand in the database, in the words of the simulator: with the names that a world has for people. */

const endings: Record<string, Ending> = { AWAITING_APPROVAL: 'waiting', REJECTED: 'rejected', EXPIRED: 'expired', CANCELLED: 'cancelled' }

/** By request; of those of which each has one item. */
export async function standings(app: TestApp, prefix: string, requestIds: string[]): Promise<Map<string, Standing>> {
  const items = await app.sql(
    `select i.request_id as id, i.state, jsonb_array_length(i.policy->'steps') as steps,
      (select count(*) from audit_event e where e.tracking_number = i.request_id and e.action = 'APPROVAL_REQUEST_REMINDED') as reminded
    from requested_item i where i.request_id = any($1::text[])`,
    [requestIds],
  )
  const approvals = await seenApprovals(app, prefix, requestIds)
  return new Map(
    items.map(({ id, state, steps, reminded }) => {
      const ending = endings[String(state)] ?? 'approved'
      return [String(id), standingOf(ending, approvals.get(String(id)) ?? [], Number(reminded), Number(steps))]
    }),
  )
}

interface Row extends Omit<SeenApproval, 'automatic'> {
  requestId: string
}

/** The approvals of these requests, in the order of their steps. */
export async function seenApprovals(app: TestApp, prefix: string, requestIds: string[]): Promise<Map<string, SeenApproval[]>> {
  const rows = await app.sql(
    `select i.request_id as "requestId", a.id, a.step_number as "stepNumber", a.state, a.decided_by as "decidedBy", a.explanation,
      array(select identity_id from approval_candidate c where c.approval_id = a.id order by 1) as "candidateIds",
      array(select reason from approval_move m where m.approval_id = a.id order by m.created_at, m.id) as history
    from approval a join requested_item i on i.id = a.requested_item_id where i.request_id = any($1::text[]) order by a.step_number, a.id`,
    [requestIds],
  )
  const name = (id: string) => id.slice(prefix.length)
  const found = new Map<string, SeenApproval[]>(requestIds.map((id) => [id, []]))
  for (const { requestId, ...row } of rows as unknown as Row[]) {
    found.get(requestId)?.push({
      ...row,
      decidedBy: row.decidedBy === null ? null : name(row.decidedBy),
      candidateIds: row.candidateIds.map(name),
      automatic: row.explanation.some(({ rule }) => rule === 'AUTOMATIC'),
    })
  }
  return found
}
