import type { OperationId } from './types.ts'

/** What an answer tells of. When something changes, on this page or elsewhere, every answer that tells of it is asked anew. */
const topics = {
  approvals: [
    'getHome',
    'listPendingApprovals',
    'listCompletedApprovals',
    'getAccessRequestApprovalSummary',
    'explainApproval',
    'listAccessRequestApprovers',
  ],
  requests: [
    'getHome',
    'getAccessRequestTimeline',
    'listAccessRequestStatus',
    'listAdministratorsAccessRequestStatus',
    'listAccountActivities',
    'getAccountActivity',
    'listStuckAccessRequests',
  ],
  access: [
    'getHome',
    'listHeldAccess',
    'searchRequestCenter',
    'getRequestCenterItem',
    'listRequestableObjects',
    'getRoleAssignments',
    'getEntitlementDetailsForIdentity',
  ],
  tasks: ['getHome', 'listWorkItems', 'getCompletedWorkItems', 'getCountWorkItems', 'getWorkItemsSummary', 'getWorkItem'],
  catalogue: [
    'searchRequestCenter',
    'getRequestCenterItem',
    'listRequestCenterChoices',
    'listRoles',
    'getRole',
    'listAccessProfiles',
    'getAccessProfile',
    'listEntitlements',
    'getEntitlement',
  ],
  groups: ['listWorkgroups', 'getWorkgroup', 'listWorkgroupMembers', 'listConnections'],
  policies: ['listSodPolicies', 'getSodPolicy', 'getSodSettings'],
  configuration: ['listRequestCenterPeople', 'getAccessRequestConfig', 'getApprovalsConfig'],
  sources: ['listSources', 'getSource'],
  people: ['listRequestCenterPeople', 'listIdentities', 'getIdentity', 'getPublicIdentities'],
  tokens: ['listPersonalAccessTokens'],
  clock: ['getClock'],
} as const satisfies Record<string, readonly OperationId[]>

export type Topic = keyof typeof topics

export const everyTopic = Object.keys(topics) as Topic[]

/** The operations whose answers tell of a topic. */
export function operationsOf(topic: Topic): readonly OperationId[] {
  return topics[topic]
}
