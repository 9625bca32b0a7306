import { noRules, type RequestConfig } from './access-model.ts'
import type { ScopedRules } from './approval-rules.ts'
import type { SodConfig } from './sod.ts'

/** Times of reminders and escalation, in days; null means never. */
export interface ReminderConfig {
  daysUntilFirst: number | null
  daysBetween: number | null
  maxReminders: number | null
  fallbackApproverId: string | null
}

/** The one configuration that every version's access-request-config maps onto. */
export interface TenantConfig {
  approvalsMustBeExternal: boolean
  autoApproval: boolean
  reauthorizationEnabled: boolean
  anyoneForAnyone: boolean
  managerForReports: boolean
  governanceGroupVisible: boolean
  machineRequestsEnabled: boolean
  anyoneForMachines: boolean
  ownersForMachines: boolean
  entitlementsRequestable: boolean
  /** False hides the cancelled rows that duplicate asks leave behind. */
  duplicatesVisible: boolean
  reminders: ReminderConfig
  /** What the newer form says for the tenant and for all access requests; `reminders` and `autoApproval` show what the older one can of it. */
  approvals?: { tenant: ScopedRules; type: ScopedRules }
  entitlements: RequestConfig
  sod: SodConfig
}

export const defaultTenantConfig: TenantConfig = {
  approvalsMustBeExternal: false,
  autoApproval: false,
  reauthorizationEnabled: false,
  anyoneForAnyone: false,
  managerForReports: true,
  governanceGroupVisible: false,
  machineRequestsEnabled: true,
  anyoneForMachines: true,
  ownersForMachines: false,
  entitlementsRequestable: true,
  duplicatesVisible: true,
  reminders: { daysUntilFirst: null, daysBetween: null, maxReminders: null, fallbackApproverId: null },
  entitlements: { grant: { ...noRules, steps: [{ kind: 'SOURCE_OWNER' }] }, revoke: { ...noRules, steps: [{ kind: 'SOURCE_OWNER' }] } },
  sod: { onViolation: 'REPORT', stepGroupId: null },
}
