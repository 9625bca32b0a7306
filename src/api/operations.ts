import { accessRequestConfigOperations } from './access-request-config.ts'
import { statusOperations } from './access-request-status.ts'
import { accessRequestOperations } from './access-requests.ts'
import { accountActivityOperations } from './account-activities.ts'
import { approvalConfigOperations } from './approval-config.ts'
import { approvalOperations } from './approvals.ts'
import { bulkMoveOperations } from './bulk-moves.ts'
import { catalogueOperations } from './catalogue.ts'
import { clockOperations } from './clock.ts'
import { eventOperations } from './events.ts'
import { explainOperations } from './explain.ts'
import { genericApprovalOperations } from './generic-approvals.ts'
import { heldAccessOperations } from './held-access.ts'
import { homeOperations } from './home.ts'
import { insightOperations } from './insight.ts'
import type { Operation } from './operation.ts'
import { personalTokenOperations } from './personal-access-tokens.ts'
import { reassignmentOperations } from './reassignments.ts'
import { requestCenterOperations } from './request-center.ts'
import { searchOperations } from './search.ts'
import { sessionOperations } from './session.ts'
import { sodPolicyOperations } from './sod-policies.ts'
import { sourceSyncOperations } from './source-sync.ts'
import { stuckRequestOperations } from './stuck-requests.ts'
import { timelineOperations } from './timeline.ts'
import { workItemOperations } from './work-items.ts'

/** The wire contract: one row per operation. Everything that is mounted, checked, documented and tested is read from here. */
export const operations = {
  ...accessRequestOperations,
  ...accessRequestConfigOperations,
  ...statusOperations,
  ...approvalOperations,
  ...workItemOperations,
  ...accountActivityOperations,
  ...searchOperations,
  ...catalogueOperations,
  ...personalTokenOperations,
  ...sodPolicyOperations,
  ...explainOperations,
  ...approvalConfigOperations,
  ...reassignmentOperations,
  ...genericApprovalOperations,
  ...bulkMoveOperations,
  ...clockOperations,
  ...sessionOperations,
  ...stuckRequestOperations,
  ...eventOperations,
  ...sourceSyncOperations,
  ...requestCenterOperations,
  ...heldAccessOperations,
  ...timelineOperations,
  ...homeOperations,
  ...insightOperations,
} as const satisfies Record<string, Operation>

export type OperationId = keyof typeof operations
