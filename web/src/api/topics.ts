import type { OperationId } from './types.ts'

/** What an answer tells of. When something changes, on this page or elsewhere, every answer that tells of it is asked anew. */
const topics = {
  approvals: [
    'getInsightRequests',
    'getInsightDecisionTimes',
    'getInsightPending',
    'listInsightDecisions',
    'listInsightPending',
    'getHome',
    'listPendingApprovals',
    'listCompletedApprovals',
    'getAccessRequestApprovalSummary',
    'listAccessRequestApprovers',
  ],
  requests: [
    'getInsightRequests',
    'getInsightProvisioning',
    'listInsightRequests',
    'listInsightProvisioning',
    'getHome',
    'getAccessRequestTimeline',
    'listAccessRequestStatus',
    'listAdministratorsAccessRequestStatus',
    'listAccountActivities',
    'getAccountActivity',
    'listStuckAccessRequests',
  ],
  access: [
    'getInsightExpiring',
    'getHome',
    'listHeldAccess',
    // It tells of what people hold; asked again for an approval that was just handed on, it would be refused.
    'explainApproval',
    'searchRequestCenter',
    'getRequestCenterItem',
    'listRequestableObjects',
    'getRoleAssignments',
    'getEntitlementDetailsForIdentity',
    'getRoleAssignedIdentities',
    'listAccounts',
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
    'getEntitlementRequestConfig',
    'previewAccessRequest',
  ],
  groups: ['previewAccessRequest', 'listWorkgroups', 'getWorkgroup', 'listWorkgroupMembers', 'listConnections'],
  policies: ['previewAccessRequest', 'listSodPolicies', 'getSodPolicy', 'getSodSettings'],
  configuration: ['previewAccessRequest', 'listRequestCenterPeople', 'getAccessRequestConfig', 'getApprovalsConfig'],
  sources: ['listSources', 'getSource', 'listSourceHealth', 'getSourceHealth', 'listSourceDrift', 'getSourceEntitlementRequestConfig'],
  standIns: ['listReassignmentConfigurations', 'getTenantConfigConfiguration', 'listBulkReassignments', 'listBulkReassignmentItems'],
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
