import { personOf } from '../domain/actor.ts'
import { DomainError } from '../domain/errors.ts'
import { answerWorkItem, forwardWork } from '../operations/complete-work-item.ts'
import { countWorkItems, findWorkItem, listWorkItems, type WorkItemRow } from '../store/lists/work-items.ts'
import { type Answer, type Call, type Handler, param, queryText } from './call.ts'
import { pageQuery } from './list-query.ts'
import { instant, said, workItemStates } from './wire-names.ts'

export const workItemHandlers = {
  listWorkItems: async (call) => {
    const page = await listWorkItems(call.app.db.sql, ownerOf(call), 'open', pageQuery(call.operation, call.query))
    return { body: page.rows.map(toWire), total: page.total }
  },
  getCompletedWorkItems: async (call) => {
    const page = await listWorkItems(call.app.db.sql, ownerOf(call), 'ended', pageQuery(call.operation, call.query))
    return { body: page.rows.map(toWire), total: page.total }
  },
  getCountWorkItems: async (call) => ({ body: { count: (await countWorkItems(call.app.db.sql, ownerOf(call))).open } }),
  getCountCompletedWorkItems: async (call) => ({ body: { count: (await countWorkItems(call.app.db.sql, ownerOf(call))).ended } }),
  getWorkItemsSummary: async (call) => {
    const { open, ended } = await countWorkItems(call.app.db.sql, ownerOf(call))
    return { body: { open, completed: ended, total: open + ended } }
  },
  getWorkItem: async (call) => ({ body: toWire(await loadVisible(call)) }),
  completeWorkItem: (call) => answered(call, 'complete'),
  approveApprovalItem: async (call) => {
    await refuseStrangeItem(call)
    return answered(call, 'complete')
  },
  rejectApprovalItem: async (call) => {
    await refuseStrangeItem(call)
    return answered(call, 'reject')
  },
  approveApprovalItemsInBulk: (call) => answered(call, 'complete'),
  rejectApprovalItemsInBulk: (call) => answered(call, 'reject'),
  forwardWorkItem: async (call) => {
    const { targetOwnerId, comment } = call.body as { targetOwnerId: string; comment: string }
    await forwardWork(call.app, call.actor, param(call, 'id'), { id: targetOwnerId, comment })
    return { body: {} }
  },
} satisfies Record<string, Handler>

async function answered(call: Call, move: 'complete' | 'reject'): Promise<Answer> {
  // compat: words-with-a-rejection. The contract sends nothing with an answer to manual work; a text in the body is kept as the reason.
  const comment = typeof call.body === 'string' ? said(call.body) : null
  await answerWorkItem(call.app, call.actor, param(call, 'id'), { move, comment })
  call.app.wakeWorkers()
  return { body: toWire(await loadVisible(call)) }
}

/** A work item is about one change, which has an id of its own. */
async function refuseStrangeItem(call: Call): Promise<void> {
  const work = await loadVisible(call)
  const id = param(call, 'approvalItemId')
  if (work.change.id !== id) throw new DomainError('not_found', `Work item ${work.id} has no item ${id}.`)
}

/** Everybody has their own; an org admin anybody's, or all without a name. */
function ownerOf(call: Call): string | undefined {
  const asked = queryText(call, 'ownerId')
  if (call.actor.isAdmin) return asked === 'me' ? personOf(call.actor) : asked
  const me = personOf(call.actor)
  if (asked !== undefined && asked !== 'me' && asked !== me)
    throw new DomainError('forbidden', 'You may only see your own work items.', 'ownerId')
  return me
}

async function loadVisible(call: Call): Promise<WorkItemRow> {
  const id = param(call, 'id')
  const work = await findWorkItem(call.app.db.sql, id)
  if (!work) throw new DomainError('not_found', `There is no work item ${id}.`)
  const concerned = call.actor.isAdmin || work.owner.id === call.actor.identityId || work.completedBy === call.actor.identityId
  if (!concerned) throw new DomainError('forbidden', 'Only the owner of this work item or an org admin may see it.')
  return work
}

function changeToWire({ change, state }: WorkItemRow): object {
  return {
    id: change.id,
    account: change.account,
    application: change.application,
    name: change.attribute,
    operation: change.operation === 'ADD' ? 'Add' : 'Remove',
    value: change.value,
    state: workItemStates[state],
  }
}

function toWire(row: WorkItemRow): object {
  return {
    id: row.id,
    requesterId: row.requester?.id ?? null,
    requesterDisplayName: row.requester?.name ?? null,
    ownerId: row.owner.id,
    ownerName: row.owner.name,
    created: instant(row.createdAt),
    modified: instant(row.modifiedAt),
    description: row.description,
    state: workItemStates[row.state],
    type: 'ManualAction',
    remediationItems: null,
    approvalItems: [changeToWire(row)],
    name: row.description.slice(0, 128),
    completed: instant(row.completedAt),
    numItems: 1,
    errors: row.state === 'REJECTED' && row.comment ? [row.comment] : [],
    accessRequestId: row.requestId,
    forwardHistory: row.forwardHistory,
  }
}
