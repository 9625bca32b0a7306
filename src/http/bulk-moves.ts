import type { BulkReassignmentBody } from '../api/bulk-moves.ts'
import { DomainError } from '../domain/errors.ts'
import { orderBulkMove } from '../operations/order-bulk-move.ts'
import { type BulkMovePartRow, type BulkMoveRow, findBulkMoveRow, listBulkMoveParts, listBulkMoves } from '../store/lists/bulk-moves.ts'
import { type Call, type Handler, param, queryText } from './call.ts'
import { reasonFor } from './language.ts'
import { pageQuery } from './list-query.ts'
import { instant } from './wire-names.ts'

export const bulkMoveHandlers = {
  createBulkReassignment: async (call) => {
    const { reassignFrom, reassignTo, comment, types = ['ACCESS_REQUESTS', 'MANUAL_TASKS'] } = call.body as BulkReassignmentBody
    const what = { approvals: types.includes('ACCESS_REQUESTS'), workItems: types.includes('MANUAL_TASKS') }
    const id = await orderBulkMove(call.app, call.actor, { fromIds: reassignFrom, toId: reassignTo ?? null, comment, ...what })
    call.app.wakeWorkers()
    return { body: toWire(await loadOrder(call, id)) }
  },
  listBulkReassignments: async (call) => {
    const page = await listBulkMoves(call.app.db.sql, pageQuery(call.operation, call.query))
    return { body: page.rows.map(toWire), total: page.total }
  },
  getBulkReassignment: async (call) => ({ body: toWire(await loadOrder(call, param(call, 'id'))) }),
  listBulkReassignmentItems: async (call) => {
    const { id } = await loadOrder(call, param(call, 'id'))
    const outcome = queryText(call, 'outcome') as BulkMovePartRow['outcome'] | undefined
    const page = await listBulkMoveParts(call.app.db.sql, id, outcome, pageQuery(call.operation, call.query))
    return { body: page.rows.map((row) => partToWire(row, call)), total: page.total }
  },
} satisfies Record<string, Handler>

async function loadOrder(call: Call, id: string): Promise<BulkMoveRow> {
  const row = await findBulkMoveRow(call.app.db.sql, id)
  if (!row) throw new DomainError('not_found', `There is no bulk reassignment ${id}.`)
  return row
}

function toWire({ id, to, comment, orderedBy, createdAt, finishedAt, total, waiting, moved, left, failed }: BulkMoveRow): object {
  const state = finishedAt === null ? 'RUNNING' : 'FINISHED'
  const counts = { total, waiting, moved, left, failed }
  return { id, state, reassignTo: to, comment, orderedBy, created: instant(createdAt), finished: instant(finishedAt), counts }
}

function partToWire(row: BulkMovePartRow, { headers }: Call): object {
  return {
    type: row.approvalId === null ? 'WORK_ITEM' : 'APPROVAL',
    id: row.approvalId ?? row.workItemId,
    accessRequestId: row.requestId,
    reassignedFrom: row.from,
    outcome: row.outcome,
    reassignedTo: row.to,
    reason: row.reason && reasonFor(headers, row.reason),
  }
}
