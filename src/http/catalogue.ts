import type { Handler } from './call.ts'
import { accessProfileHandlers } from './catalogue/access-profiles.ts'
import { accountHandlers } from './catalogue/accounts.ts'
import { applicationHandlers } from './catalogue/applications.ts'
import { entitlementHandlers } from './catalogue/entitlements.ts'
import { identityHandlers } from './catalogue/identities.ts'
import { publicIdentityHandlers } from './catalogue/public-identities.ts'
import { requestableObjectHandlers } from './catalogue/requestable-objects.ts'
import { revocableObjectHandlers } from './catalogue/revocable-objects.ts'
import { roleHandlers } from './catalogue/roles.ts'
import { sourceHandlers } from './catalogue/sources.ts'
import { workgroupHandlers } from './catalogue/workgroups.ts'

/** What can be asked for and who can ask, read. */
export const catalogueHandlers = {
  ...identityHandlers,
  ...publicIdentityHandlers,
  ...requestableObjectHandlers,
  ...roleHandlers,
  ...accessProfileHandlers,
  ...entitlementHandlers,
  ...sourceHandlers,
  ...accountHandlers,
  ...applicationHandlers,
  ...workgroupHandlers,
  ...revocableObjectHandlers,
} satisfies Record<string, Handler>
