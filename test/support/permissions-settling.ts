import type { OperationId } from '../../src/api/operations.ts'
import type { Line, Situation } from './permissions.ts'

const adminOnly: Line['expect'] = [403, 403, 403, 403, 'ok']

/** What does not move, and trying again. */
export const settlingPermissions = {
  approveApprovalItem: { expect: adminOnly, call: (s) => ({ params: { id: s.workItemId, approvalItemId: s.workItemId } }) },
  rejectApprovalItem: { expect: adminOnly, call: (s) => ({ params: { id: s.workItemId, approvalItemId: s.workItemId } }) },
  approveApprovalItemsInBulk: { expect: adminOnly, call: (s) => ({ params: { id: s.workItemId } }) },
  rejectApprovalItemsInBulk: { expect: adminOnly, call: (s) => ({ params: { id: s.workItemId } }) },
  listStuckAccessRequests: { expect: adminOnly, call: () => ({ query: '?hours=0' }) },
  retryAccessRequest: { expect: adminOnly, call: async (s) => ({ params: { id: await failedRequest(s) } }) },
  retrySource: { expect: adminOnly, call: async (s) => ({ params: { id: await sourceId(s) } }) },
  listSourceHealth: { expect: adminOnly, call: () => ({}) },
  getSourceHealth: { expect: adminOnly, call: async (s) => ({ params: { id: await sourceId(s) } }) },
  syncSource: { expect: adminOnly, call: async (s) => ({ params: { id: await sourceId(s, 'Corporate Directory') } }) },
  limitSource: { expect: adminOnly, call: async (s) => ({ params: { id: await sourceId(s) }, body: { maxJobs: 3 } }) },
  setSourceLeavers: { expect: adminOnly, call: async (s) => ({ params: { id: await sourceId(s) }, body: { disableAccounts: false } }) },
  listSourceDrift: { expect: adminOnly, call: async (s) => ({ params: { id: await sourceId(s) } }) },
  adoptSourceDrift: { expect: adminOnly, call: async (s) => ({ params: { id: await sourceId(s) }, body: { driftIds: ['none'] } }) },
  revertSourceDrift: { expect: adminOnly, call: async (s) => ({ params: { id: await sourceId(s) }, body: { driftIds: ['none'] } }) },
} satisfies Partial<Record<OperationId, Line>>

/** The request as it would be had the work for it been refused. */
async function failedRequest({ app, requestId, workItemId }: Situation): Promise<string> {
  await app.sql(`update requested_item set state = 'FAILED', provisioning_started_at = now(), finished_at = now() where request_id = $1`, [
    requestId,
  ])
  await app.sql(`update work_item set state = 'REJECTED' where id = $1`, [workItemId])
  await app.sql(`update provisioning_step set state = 'FAILED', last_error = 'not done' where id = $1`, [workItemId])
  await app.sql(
    `insert into assignment_grant (assignment_id, grant_id) select assignment_id, grant_id from provisioning_step where id = $1 on conflict do nothing`,
    [workItemId],
  )
  return requestId
}

async function sourceId({ app }: Situation, name = 'Building Badges'): Promise<string> {
  const [source] = await app.sql('select id from source where name = $1', [name])
  return String(source?.['id'])
}
