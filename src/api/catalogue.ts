import { accessProfileOperations } from './catalogue/access-profiles.ts'
import { accountOperations } from './catalogue/accounts.ts'
import { applicationOperations } from './catalogue/applications.ts'
import { entitlementOperations } from './catalogue/entitlements.ts'
import { identityOperations } from './catalogue/identities.ts'
import { publicIdentityOperations } from './catalogue/public-identities.ts'
import { requestableObjectOperations } from './catalogue/requestable-objects.ts'
import { revocableObjectOperations } from './catalogue/revocable-objects.ts'
import { roleOperations } from './catalogue/roles.ts'
import { sourceOperations } from './catalogue/sources.ts'
import { workgroupOperations } from './catalogue/workgroups.ts'
import type { Operation } from './operation.ts'

/** What can be asked for and who can ask: identities, items, sources, accounts. */
export const catalogueOperations = {
  ...identityOperations,
  ...publicIdentityOperations,
  ...requestableObjectOperations,
  ...roleOperations,
  ...accessProfileOperations,
  ...entitlementOperations,
  ...sourceOperations,
  ...accountOperations,
  ...applicationOperations,
  ...workgroupOperations,
  ...revocableObjectOperations,
} as const satisfies Record<string, Operation>
