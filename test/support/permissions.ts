import type { OperationId } from '../../src/api/operations.ts'
import type { TestApp } from './app.ts'
import { cataloguePermissions } from './permissions-catalogue.ts'
import { catalogueWritePermissions } from './permissions-catalogue-writes.ts'
import { movingPermissions } from './permissions-moving.ts'
import { portalPermissions } from './permissions-portal.ts'
import { settlingPermissions } from './permissions-settling.ts'

/** What stands ready for each call: a request of emp.alice whose approval waits for tomas.berg. */
export interface Situation {
  app: TestApp
  requestId: string
  approvalId: string
  itemId: string
  alice: string
  workItemId: string
  round: number
}

interface Call {
  params?: Record<string, string>
  query?: string
  body?: unknown
}

type Outcome = 'ok' | 400 | 403 | 404

export interface Line {
  call(situation: Situation, caller: string): Call | Promise<Call>
  /** For the requester, their manager, the approver, another user and an org admin. */
  expect: [Outcome, Outcome, Outcome, Outcome, Outcome]
}

const everyone: Line['expect'] = ['ok', 'ok', 'ok', 'ok', 'ok']
const adminOnly: Line['expect'] = [403, 403, 403, 403, 'ok']
/** The approver and org admins. */
const holder: Line['expect'] = [403, 403, 'ok', 403, 'ok']

const line = (expect: Line['expect'], call: Line['call'] = () => ({})): Line => ({ expect, call })

const later = (round: number) => new Date(Date.parse('2060-01-01T00:00:00Z') + round * 1000).toISOString()
const role = async ({ app }: Situation, name = 'Auditor') => app.itemId('ROLE', name)

/** One line per row of the table. */
export const permissions: Record<OperationId, Line> = {
  ...cataloguePermissions,
  ...catalogueWritePermissions,
  ...movingPermissions,
  ...portalPermissions,
  ...settlingPermissions,
  // Everybody asks for themselves; for alice only she, her manager and an org admin.
  createAccessRequest: line(['ok', 'ok', 403, 403, 'ok'], async (s) => ({
    body: { requestedFor: [s.alice], requestedItems: [{ type: 'ROLE', id: await role(s), startDate: later(s.round) }] },
  })),
  cancelAccessRequest: line(['ok', 403, 403, 403, 'ok'], (s) => ({ body: { accountActivityId: s.requestId, comment: 'no' } })),
  cancelAccessRequestInBulk: line(adminOnly, (s) => ({ body: { accessRequestIds: [s.requestId], comment: 'no' } })),
  closeAccessRequest: line(adminOnly, (s) => ({ body: { accessRequestIds: [s.requestId] } })),
  loadAccountSelections: line(['ok', 'ok', 403, 403, 'ok'], async (s) => ({
    body: { requestedFor: [s.alice], requestedItems: [{ type: 'ROLE', id: await role(s) }] },
  })),
  getAccessRequestConfig: line(everyone),
  setAccessRequestConfig: line(adminOnly, async ({ app }) => ({
    body: (await app.call('admin', 'GET', '/access-request-config/v1')).json,
  })),
  getAccessRequestConfigV2: line(everyone),
  setAccessRequestConfigV2: line(adminOnly, async ({ app }) => ({
    body: (await app.call('admin', 'GET', '/access-request-config/v2')).json,
  })),
  listAccessRequestStatus: line(['ok', 403, 403, 403, 'ok'], (s) => ({ query: `?requested-for=${s.alice}` })),
  listAdministratorsAccessRequestStatus: line(adminOnly),
  listPendingApprovals: line([403, 403, 'ok', 403, 'ok'], async ({ app }) => ({ query: `?owner-id=${await app.idOf('tomas.berg')}` })),
  listCompletedApprovals: line([403, 403, 'ok', 403, 'ok'], async ({ app }) => ({ query: `?owner-id=${await app.idOf('tomas.berg')}` })),
  approveAccessRequest: line(holder, (s) => ({ params: { approvalId: s.approvalId }, body: {} })),
  rejectAccessRequest: line(holder, (s) => ({ params: { approvalId: s.approvalId }, body: { comment: 'no' } })),
  forwardAccessRequest: line(holder, async (s) => ({
    params: { approvalId: s.approvalId },
    body: { newOwnerId: await s.app.idOf('mgr.two'), comment: 'yours' },
  })),
  getAccessRequestApprovalSummary: line([403, 403, 'ok', 403, 'ok'], async ({ app }) => ({
    query: `?owner-id=${await app.idOf('tomas.berg')}`,
  })),
  listAccessRequestApprovers: line(adminOnly, (s) => ({ params: { accessRequestId: s.requestId } })),
  getAccessRequestIdentityMetrics: line([403, 'ok', 403, 403, 'ok'], async (s) => ({
    params: { identityId: await s.app.idOf('mgr.one'), requestedObjectId: s.itemId, type: 'ACCESS_PROFILE' },
  })),
  listWorkItems: line([403, 403, 403, 403, 'ok'], async ({ app }) => ({ query: `?ownerId=${await app.idOf('petra.holm')}` })),
  getCompletedWorkItems: line([403, 403, 403, 403, 'ok'], async ({ app }) => ({ query: `?ownerId=${await app.idOf('petra.holm')}` })),
  getCountWorkItems: line(everyone),
  getCountCompletedWorkItems: line(everyone),
  getWorkItemsSummary: line(everyone),
  getWorkItem: line(adminOnly, (s) => ({ params: { id: s.workItemId } })),
  completeWorkItem: line(adminOnly, (s) => ({ params: { id: s.workItemId } })),
  forwardWorkItem: line(adminOnly, async (s) => ({
    params: { id: s.workItemId },
    body: { targetOwnerId: await s.app.idOf('mgr.two'), comment: 'yours' },
  })),
  listPersonalAccessTokens: line(['ok', 403, 403, 403, 'ok'], (s) => ({ query: `?owner-id=${s.alice}` })),
  createPersonalAccessToken: line(everyone, (s) => ({ body: { name: `token ${s.round}` } })),
  // Whose token it is is told to nobody else.
  patchPersonalAccessToken: line(['ok', 404, 404, 404, 404], async (s) => ({
    params: { id: await aliceToken(s) },
    body: [{ op: 'replace', path: '/name', value: `renamed ${s.round}` }],
  })),
  deletePersonalAccessToken: line(['ok', 404, 404, 404, 'ok'], async (s) => ({ params: { id: await aliceToken(s) } })),
  listSodPolicies: line(adminOnly, async (s) => {
    await storedSodPolicy(s)
    return {}
  }),
  createSodPolicy: line(adminOnly, async (s) => ({ body: await sodPolicy(s) })),
  getSodPolicy: line(adminOnly, async (s) => ({ params: { id: await storedSodPolicy(s) } })),
  putSodPolicy: line(adminOnly, async (s) => ({ params: { id: await storedSodPolicy(s) }, body: await sodPolicy(s) })),
  patchSodPolicy: line(adminOnly, async (s) => ({
    params: { id: await storedSodPolicy(s) },
    body: [{ op: 'replace', path: '/description', value: 'patched' }],
  })),
  deleteSodPolicy: line(adminOnly, async (s) => ({ params: { id: await storedSodPolicy(s) } })),
  startPredictSodViolations: line(adminOnly, (s) => ({ body: { identityId: s.alice, accessRefs: [] } })),
  startViolationCheck: line(adminOnly, (s) => ({ body: { identityId: s.alice, accessRefs: [] } })),
  // Whoever may not ask for alice is told so in the preview.
  previewAccessRequest: line(everyone, async (s) => ({
    body: { requestedFor: [s.alice], requestedItems: [{ type: 'ROLE', id: await role(s) }] },
  })),
  explainApproval: line(holder, (s) => ({ params: { approvalId: s.approvalId } })),
  getSodSettings: line(adminOnly),
  setSodSettings: line(adminOnly, () => ({ body: { onViolation: 'REPORT' } })),
  getApprovalsConfig: line(everyone, (s) => ({ params: { id: s.itemId } })),
  putApprovalsConfig: line(adminOnly, (s) => ({ params: { id: s.itemId, scope: 'ACCESS_PROFILE' }, body: { requiresComment: 'OFF' } })),
  deleteApprovalConfigRequest: line(adminOnly, async (s) => {
    const path = `${s.itemId}/ACCESS_PROFILE`
    await s.app.call('admin', 'PUT', `/v2026/generic-approvals/config/${path}`, { requiresComment: 'OFF' })
    return { params: { id: s.itemId, scope: 'ACCESS_PROFILE' } }
  }),
  searchPost: line(adminOnly, () => ({ body: { query: { query: 'name:"Close Identity Requests"' } } })),
  searchCount: line(adminOnly, () => ({ body: { indices: ['events'] } })),
  searchGet: line(adminOnly, (s) => ({ params: { index: 'identities', id: s.alice } })),
  getClock: line(adminOnly),
  setClock: line(adminOnly, () => ({ body: { hold: false } })),
}

/** A policy with a name of its own that nothing in these tests breaks: it is not enforced. */
async function sodPolicy({ app }: Situation): Promise<object> {
  const side = async (name: string) => ({ name, criteriaList: [{ type: 'ENTITLEMENT', id: await app.itemId('ENTITLEMENT', name) }] })
  const conflictingAccessCriteria = { leftCriteria: await side('Audit Readers'), rightCriteria: await side('Payroll Readers') }
  return { name: `policy ${app.app.ids.next()}`, state: 'NOT_ENFORCED', type: 'CONFLICTING_ACCESS_BASED', conflictingAccessCriteria }
}

async function storedSodPolicy(s: Situation): Promise<string> {
  return (await s.app.call('admin', 'POST', '/v3/sod-policies', await sodPolicy(s))).json.id
}

/** A token of emp.alice, made anew so that she never has more than she may. */
async function aliceToken({ app, alice }: Situation): Promise<string> {
  await app.sql(`delete from oauth_client where identity_id = $1 and name like 'alices %'`, [alice])
  const made = await app.call('emp.alice', 'POST', '/v3/personal-access-tokens', { name: `alices ${app.app.ids.next()}` })
  return made.json.id
}
