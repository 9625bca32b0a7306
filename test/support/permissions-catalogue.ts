import type { accountActivityOperations } from '../../src/api/account-activities.ts'
import type { catalogueOperations } from '../../src/api/catalogue.ts'
import type { TestApp } from './app.ts'
import type { Line, Situation } from './permissions.ts'

type Rows = typeof catalogueOperations & typeof accountActivityOperations
type ReadId = { [Id in keyof Rows]: Rows[Id]['method'] extends 'GET' ? Id : never }[keyof Rows]

const everyone: Line['expect'] = ['ok', 'ok', 'ok', 'ok', 'ok']
const adminOnly: Line['expect'] = [403, 403, 403, 403, 'ok']
/** What is told of emp.alice to herself, to her manager and to org admins. */
const aboutAlice: Line['expect'] = ['ok', 'ok', 403, 403, 'ok']

const line = (expect: Line['expect'], call: Line['call'] = () => ({})): Line => ({ expect, call })
const alice = (name: string) => (s: Situation) => ({ params: { [name]: s.alice } })
const item = (type: 'ROLE' | 'ACCESS_PROFILE' | 'ENTITLEMENT', name: string) => async (s: Situation) => ({
  params: { id: await s.app.itemId(type, name) },
})
const role = item('ROLE', 'Auditor')
const profile = item('ACCESS_PROFILE', 'VPN Access')
const entitlement = item('ENTITLEMENT', 'VPN Users')

async function anyIdOf(app: TestApp, table: 'source' | 'account' | 'application' | 'governance_group'): Promise<string> {
  return String((await app.sql(`select id from ${table} order by id limit 1`))[0]?.['id'])
}
const any = (table: Parameters<typeof anyIdOf>[1], name: string) => async (s: Situation) => ({
  params: { [name]: await anyIdOf(s.app, table) },
})
const revocable = async (s: Situation) => ({ identityId: s.alice, entitlementId: await s.app.itemId('ENTITLEMENT', 'VPN Users') })

/** One line per row of the catalogue and of account activities that reads. */
export const cataloguePermissions: Record<ReadId, Line> = {
  listIdentities: line(adminOnly),
  getIdentity: line(aboutAlice, alice('id')),
  getRoleAssignments: line(aboutAlice, alice('identityId')),
  // She holds no role.
  getRoleAssignment: line([404, 404, 403, 403, 404], alice('identityId')),
  getPublicIdentities: line(everyone),
  listRequestableObjects: line(aboutAlice, (s) => ({ query: `?identity-id=${s.alice}` })),
  listRoles: line(adminOnly),
  getRole: line(adminOnly, role),
  getRoleAssignedIdentities: line(adminOnly, role),
  getRoleEntitlements: line(adminOnly, role),
  listAccessProfiles: line(adminOnly),
  getAccessProfile: line(adminOnly, profile),
  getAccessProfileEntitlements: line(adminOnly, profile),
  listEntitlements: line(everyone),
  getEntitlement: line(adminOnly, entitlement),
  getEntitlementRequestConfig: line(adminOnly, entitlement),
  listEntitlementParents: line(adminOnly, entitlement),
  listEntitlementChildren: line(adminOnly, entitlement),
  listEntitlementsByIdentity: line(aboutAlice, alice('id')),
  listEntitlementsByAccount: line(adminOnly, any('account', 'accountId')),
  listSources: line(adminOnly),
  getSource: line(adminOnly, any('source', 'id')),
  getSourceEntitlementRequestConfig: line(adminOnly, any('source', 'id')),
  listAccounts: line(adminOnly),
  getAccount: line(adminOnly, any('account', 'id')),
  getAccountEntitlements: line(adminOnly, any('account', 'id')),
  listAvailableSourceApps: line(everyone),
  listAllSourceApp: line(adminOnly),
  listAssignedSourceApp: line(everyone),
  getSourceApp: line(everyone, any('application', 'id')),
  listAccessProfilesForSourceApp: line(adminOnly, any('application', 'id')),
  listWorkgroups: line(adminOnly),
  getWorkgroup: line(adminOnly, any('governance_group', 'id')),
  listWorkgroupMembers: line(adminOnly, any('governance_group', 'workgroupId')),
  listConnections: line(adminOnly, any('governance_group', 'workgroupId')),
  getEntitlementDetailsForIdentity: line(aboutAlice, async (s) => ({ query: `?${new URLSearchParams(await revocable(s))}` })),
  getEntitlementDetailsForIdentityByPath: line(aboutAlice, async (s) => ({ params: await revocable(s) })),
  listAccountActivities: line(['ok', 403, 403, 403, 'ok'], (s) => ({ query: `?requested-for=${s.alice}` })),
  getAccountActivity: line(['ok', 403, 403, 403, 'ok'], (s) => ({ params: { id: s.requestId } })),
}
