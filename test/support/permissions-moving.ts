import type { Line, Situation } from './permissions.ts'

const line = (expect: Line['expect'], call: Line['call'] = () => ({})): Line => ({ expect, call })
const everyone: Line['expect'] = ['ok', 'ok', 'ok', 'ok', 'ok']
const adminOnly: Line['expect'] = [403, 403, 403, 403, 'ok']
/** What is said for alice is for her, her manager and org admins. */
const forAlice: Line['expect'] = ['ok', 'ok', 403, 403, 'ok']

async function body({ app, alice }: Situation) {
  await app.sql('delete from reassignment')
  // It begins when nobody is there any more, so that it changes nothing for the others.
  const period = { startDate: '2950-01-01T00:00:00Z', endDate: '2950-02-01T00:00:00Z' }
  return { reassignedFromId: alice, reassignedToId: await app.idOf('emp.bob'), configType: 'ACCESS_REQUESTS', ...period }
}

async function stored(s: Situation): Promise<{ identityId: string; configType: string }> {
  await s.app.call('admin', 'POST', '/v2025/reassignment-configurations', await body(s))
  return { identityId: s.alice, configType: 'ACCESS_REQUESTS' }
}

async function ordered({ app, alice }: Situation): Promise<string> {
  return (await app.call('admin', 'POST', '/countersign/v1/bulk-reassignments', { reassignFrom: [alice], comment: 'left' })).json.id
}

/** Moving work: who stands in for whom, and what is moved in bulk. */
export const movingPermissions = {
  listReassignmentConfigurations: line(everyone),
  createReassignmentConfiguration: line(forAlice, async (s) => ({ body: await body(s) })),
  getReassignmentConfigTypes: line(everyone),
  getTenantConfigConfiguration: line(adminOnly),
  putTenantConfiguration: line(adminOnly, () => ({ body: { configDetails: { disabled: false } } })),
  getReassignmentConfiguration: line(forAlice, async (s) => ({ params: await stored(s) })),
  putReassignmentConfig: line(forAlice, async (s) => ({ params: await stored(s), body: await body(s) })),
  deleteReassignmentConfiguration: line(forAlice, async (s) => ({ params: await stored(s) })),
  getEvaluateReassignmentConfiguration: line(forAlice, async (s) => ({ params: await stored(s) })),
  // Whoever may not is told so for each: see contract/bulk-decisions.
  approveBulkAccessRequest: line(everyone, (s) => ({ body: { approvalIds: [s.approvalId], comment: 'all' } })),
  approveApprovalInBulk: line(everyone, (s) => ({ body: { approvalIds: [s.approvalId] } })),
  rejectApprovalInBulk: line(everyone, (s) => ({ body: { approvalIds: [s.approvalId], comment: 'none' } })),
  cancelApproval: line(adminOnly, (s) => ({ body: { approvalIds: [s.approvalId] } })),
  moveApproval: line(everyone, async (s) => ({ body: { approvalIds: [s.approvalId], reassignTo: await s.app.idOf('mgr.two') } })),
  updateApprovalsReassign: line([403, 403, 'ok', 403, 'ok'], async (s) => ({
    params: { id: s.approvalId },
    body: { reassignTo: await s.app.idOf('mgr.two'), comment: 'yours' },
  })),
  createBulkReassignment: line(adminOnly, (s) => ({ body: { reassignFrom: [s.alice], comment: 'left' } })),
  listBulkReassignments: line(adminOnly),
  getBulkReassignment: line(adminOnly, async (s) => ({ params: { id: await ordered(s) } })),
  listBulkReassignmentItems: line(adminOnly, async (s) => ({ params: { id: await ordered(s) } })),
} satisfies Record<string, Line>
