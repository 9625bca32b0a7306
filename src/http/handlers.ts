import type { OperationId } from '../api/operations.ts'
import { accessRequestConfigHandlers } from './access-request-config.ts'
import { statusHandlers } from './access-request-status.ts'
import { accessRequestHandlers } from './access-requests.ts'
import { accountActivityHandlers } from './account-activities.ts'
import { approvalConfigHandlers } from './approval-config.ts'
import { approvalHandlers } from './approvals.ts'
import { bulkMoveHandlers } from './bulk-moves.ts'
import type { Handler } from './call.ts'
import { catalogueHandlers } from './catalogue.ts'
import { clockHandlers } from './clock.ts'
import { eventHandlers } from './events.ts'
import { explainHandlers } from './explain.ts'
import { genericApprovalHandlers } from './generic-approvals.ts'
import { heldAccessHandlers } from './held-access.ts'
import { homeHandlers } from './home.ts'
import { insightHandlers } from './insight.ts'
import { personalTokenHandlers } from './personal-access-tokens.ts'
import { reassignmentHandlers } from './reassignments.ts'
import { requestCenterHandlers } from './request-center.ts'
import { searchHandlers } from './search.ts'
import { sessionHandlers } from './session.ts'
import { signInHandlers } from './sign-in.ts'
import { sodPolicyHandlers } from './sod-policies.ts'
import { sourceSyncHandlers } from './source-sync.ts'
import { stuckRequestHandlers } from './stuck-requests.ts'
import { timelineHandlers } from './timeline.ts'
import { workItemHandlers } from './work-items.ts'

/** One handler per row of the table; a row without one does not compile. */
export const handlers: Record<OperationId, Handler> = {
  ...accessRequestHandlers,
  ...accessRequestConfigHandlers,
  ...statusHandlers,
  ...approvalHandlers,
  ...workItemHandlers,
  ...accountActivityHandlers,
  ...searchHandlers,
  ...catalogueHandlers,
  ...personalTokenHandlers,
  ...sodPolicyHandlers,
  ...explainHandlers,
  ...approvalConfigHandlers,
  ...reassignmentHandlers,
  ...genericApprovalHandlers,
  ...bulkMoveHandlers,
  ...clockHandlers,
  ...sessionHandlers,
  ...eventHandlers,
  ...requestCenterHandlers,
  ...heldAccessHandlers,
  ...timelineHandlers,
  ...homeHandlers,
  ...insightHandlers,
  ...signInHandlers,
  ...stuckRequestHandlers,
  ...sourceSyncHandlers,
}
