import { accessProfiles, entitlements, roles } from './access-items.ts'
import { accounts } from './accounts.ts'
import { applications } from './applications.ts'
import type { FileImport } from './file-import.ts'
import { governanceGroups } from './governance-groups.ts'
import { holdings } from './holdings.ts'
import { identities } from './identities.ts'
import { memberships } from './memberships.ts'
import { sources } from './sources.ts'

/** Every file in the order in which it is read, checked and written: a file names only what stands in itself or in the files before it. */
export const fileImports: readonly FileImport[] = [
  identities,
  governanceGroups,
  sources,
  entitlements,
  accessProfiles,
  roles,
  applications,
  accounts,
  holdings,
  memberships,
]
