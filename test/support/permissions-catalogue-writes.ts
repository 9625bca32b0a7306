import type { catalogueOperations } from '../../src/api/catalogue.ts'
import type { ItemType } from '../../src/domain/access-model.ts'
import type { Line, Situation } from './permissions.ts'

type Rows = typeof catalogueOperations
type WriteId = { [Id in keyof Rows]: Rows[Id]['method'] extends 'GET' ? never : Id }[keyof Rows]

const adminOnly: Line['expect'] = [403, 403, 403, 403, 'ok']
const line = (call: Line['call']): Line => ({ expect: adminOnly, call })

const named = async ({ app, round }: Situation) => ({
  name: `of round ${round}`,
  owner: { type: 'IDENTITY', id: await app.idOf('mgr.two') },
})
const renamed = ({ round }: Situation) => [{ op: 'replace', path: '/description', value: `of round ${round}` }]
const params = (id: string) => ({ params: { id } })

async function newProfile(s: Situation): Promise<object> {
  const [source] = await s.app.sql(`select id from source order by id limit 1`)
  return { ...(await named(s)), source: { type: 'SOURCE', id: source?.['id'] } }
}

/** Something fresh that can be deleted, made by an org admin. */
async function made(s: Situation, path: string, body: object): Promise<string> {
  return (await s.app.call('admin', 'POST', path, body)).json.id
}
const role = async (s: Situation) => made(s, '/v2025/roles', await named(s))
const profile = async (s: Situation) => made(s, '/v2025/access-profiles', await newProfile(s))
const group = async (s: Situation) => made(s, '/v2025/workgroups', await named(s))
const item = (s: Situation, type: ItemType, name: string) => s.app.itemId(type, name)
const entitlement = (s: Situation) => item(s, 'ENTITLEMENT', 'VPN Users')

/** One line per row of the catalogue that writes. */
export const catalogueWritePermissions: Record<WriteId, Line> = {
  createRole: line(async (s) => ({ body: await named(s) })),
  patchRole: line(async (s) => ({ ...params(await item(s, 'ROLE', 'Auditor')), body: renamed(s) })),
  deleteRole: line(async (s) => params(await role(s))),
  deleteBulkRoles: line(async (s) => ({ body: { roleIds: [await role(s)] } })),
  createAccessProfile: line(async (s) => ({ body: await newProfile(s) })),
  patchAccessProfile: line(async (s) => ({ ...params(await item(s, 'ACCESS_PROFILE', 'VPN Access')), body: renamed(s) })),
  deleteAccessProfile: line(async (s) => params(await profile(s))),
  deleteAccessProfilesInBulk: line(async (s) => ({ body: { accessProfileIds: [await profile(s)] } })),
  updateAccessProfilesInBulk: line(async (s) => ({ body: [{ id: await item(s, 'ACCESS_PROFILE', 'VPN Access'), requestable: true }] })),
  patchEntitlement: line(async (s) => ({ ...params(await entitlement(s)), body: renamed(s) })),
  putEntitlementRequestConfig: line(async (s) => ({ ...params(await item(s, 'ENTITLEMENT', 'Laboratory')), body: {} })),
  updateEntitlementsInBulk: line(async (s) => ({
    body: { entitlementIds: [await entitlement(s)], jsonPatch: [{ op: 'replace', path: '/requestable', value: true }] },
  })),
  updateSourceEntitlementRequestConfig: line(async (s) => {
    const [source] = await s.app.sql(`select id from source where name = 'Building Badges'`)
    return { ...params(String(source?.['id'])), body: {} }
  }),
  createWorkgroup: line(async (s) => ({ body: await named(s) })),
  patchWorkgroup: line(async (s) => ({ ...params(await group(s)), body: renamed(s) })),
  deleteWorkgroup: line(async (s) => params(await group(s))),
  deleteWorkgroupsInBulk: line(async (s) => ({ body: { ids: [await group(s)] } })),
  updateWorkgroupMembers: line(async (s) => ({ params: { workgroupId: await group(s) }, body: [{ type: 'IDENTITY', id: s.alice }] })),
  deleteWorkgroupMembers: line(async (s) => ({ params: { workgroupId: await group(s) }, body: [{ type: 'IDENTITY', id: s.alice }] })),
}
