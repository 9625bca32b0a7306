import { type Static, Type } from 'typebox'
import type { Dialect } from './dialect.ts'
import type { Operation } from './operation.ts'
import { enumOf, Flag, Text } from './schema.ts'

/** How approvals behave, in one shape for every scope. What a body leaves out, the scope inherits from the next wider one. */

const owned = ['ACCESS_PROFILE', 'APPLICATION', 'ENTITLEMENT', 'ROLE', 'SOURCE'] as const
const others = ['ACCOUNT', 'MACHINE_ACCOUNT', 'MACHINE_IDENTITY', 'REQUESTED_TARGET'] as const
const approverTypes = [
  'IDENTITY',
  'GOVERNANCE_GROUP',
  'MANAGER_OF',
  ...(['ACCOUNT_OWNER', 'MACHINE_ACCOUNT_OWNER', 'MACHINE_IDENTITY_OWNER'] as const),
  ...(['REQUESTED_TARGET', 'MACHINE_IDENTITY', 'ACCOUNT', 'MACHINE_ACCOUNT'] as const).map((one) => `MANAGER_OF_${one}_OWNER` as const),
  ...(['MANAGER_OF_REQUESTER', 'MANAGER_OF_REQUESTER_OWNER', 'MANAGER_OF_OWNER'] as const),
  ...owned.map((one) => `${one}_OWNER` as const),
  'REQUESTED_TARGET_OWNER',
  ...[...owned, ...others].map((one) => `${one}_PRIMARY_OWNER` as const),
  ...[...owned, ...others].map((one) => `${one}_SECONDARY_OWNER_GROUP` as const),
  ...[...owned, ...others].map((one) => `${one}_ALL_OWNER_GROUP` as const),
] as const

const Approver = Type.Object({ identityId: Type.Optional(Text), identityType: Type.Optional(enumOf(approverTypes)) })

const schedule = { maxLength: 100, description: 'Cron, of one time of the day: every day, or every so many days.' }
const days = (least: number, most: number) => Type.Optional(Type.Integer({ minimum: least, maximum: most }))

export const ApprovalConfig = Type.Object({
  reminderConfig: Type.Optional(
    Type.Object({
      enabled: Type.Optional(Flag),
      daysUntilFirstReminder: days(0, 3650),
      reminderCronSchedule: Type.Optional(Type.String(schedule)),
      maxReminders: Type.Optional(
        Type.Integer({ minimum: 0, maximum: 20, description: 'For each person who holds the approval in turn.' }),
      ),
    }),
  ),
  escalationConfig: Type.Optional(
    Type.Object({
      enabled: Type.Optional(Flag),
      daysUntilFirstEscalation: days(0, 100_000),
      escalationCronSchedule: Type.Optional(Type.String(schedule)),
      escalationChain: Type.Optional(
        Type.Array(Approver, {
          maxItems: 50,
          description:
            'MANAGER_OF once or twice, and after two an IDENTITY, which is the fallback approver. Absent: two managers, then the fallback approver.',
        }),
      ),
    }),
  ),
  timeoutConfig: Type.Optional(
    Type.Object({
      enabled: Type.Optional(Flag),
      daysUntilTimeout: days(1, 90),
      timeoutResult: Type.Optional(enumOf(['EXPIRED', 'APPROVED'], { description: 'EXPIRED, which counts as a refusal, unless said.' })),
    }),
  ),
  cronTimezone: Type.Optional(Type.Object({ location: Type.Optional(Text), offset: Type.Optional(Text) })),
  serialChain: Type.Optional(
    Type.Array(Approver, { maxItems: 50, description: 'Refused unless empty: who is asked is part of the item.' }),
  ),
  requiresComment: Type.Optional(enumOf(['APPROVAL', 'REJECTION', 'ALL', 'OFF'])),
  fallbackApprover: Type.Optional(
    Type.Object({ identityID: Type.Optional(Type.String({ maxLength: 255 })), type: Type.Optional(enumOf(approverTypes)) }),
  ),
  machineIdentityManagerAssignment: Type.Optional(
    enumOf([
      'MANAGER_OF_REQUESTER',
      'MACHINE_IDENTITY_OWNER',
      'MANAGER_OF_MACHINE_IDENTITY_OWNER',
      'REQUESTED_TARGET_OWNER',
      'MANAGER_OF_REQUESTED_TARGET_OWNER',
      'ACCOUNT_OWNER',
      'MANAGER_OF_ACCOUNT_OWNER',
    ]),
  ),
  circumventApprovalProcess: Type.Optional(Flag),
  autoApprove: Type.Optional(enumOf(['OFF', 'DIRECT', 'INDIRECT'])),
})
export type ApprovalConfig = Static<typeof ApprovalConfig>

/** What rules can be said for. */
export const approvalScopes = ['DOMAIN_OBJECT', 'ACCOUNT', 'ROLE', 'ACCESS_PROFILE', 'ENTITLEMENT', 'APPROVAL_TYPE', 'TENANT'] as const
export type ApprovalScopeName = (typeof approvalScopes)[number]

const shared = { tag: 'Approvals', dialects: ['v2025', 'v2026', 'v1'] as readonly Dialect[] } as const
const path = '/generic-approvals/config/:id/:scope'
const writes = { scopes: ['sp:approvals:write'], levels: ['ORG_ADMIN'] } as const

export const approvalConfigOperations = {
  getApprovalsConfig: {
    ...shared,
    method: 'GET',
    path: '/generic-approvals/config/:id',
    summary: 'How approvals of an item (by its id), of all access requests (ACCESS_REQUEST_APPROVAL) or of the tenant behave.',
    scopes: ['sp:approvals:read'],
    levels: ['ORG_ADMIN', 'USER'],
    status: 200,
    answer: ApprovalConfig,
  },
  putApprovalsConfig: {
    ...shared,
    ...writes,
    method: 'PUT',
    path,
    summary: 'Say how approvals of a scope behave; what is left out it inherits. Requests under way keep what they were made with.',
    body: ApprovalConfig,
    status: 200,
    answer: ApprovalConfig,
  },
  deleteApprovalConfigRequest: {
    ...shared,
    ...writes,
    method: 'DELETE',
    path,
    summary: 'Take away what is said for a scope; it inherits everything then.',
    status: 204,
    answer: null,
  },
} as const satisfies Record<string, Operation>
