import { RoleBody, type RoleBulkDelete } from '../../api/catalogue/roles.ts'
import type { Dialect } from '../../api/dialect.ts'
import type { JsonPatch } from '../../api/json-patch.ts'
import { noRules } from '../../domain/access-model.ts'
import { DomainError } from '../../domain/errors.ts'
import { deleteAccessItem, deleteRoles } from '../../operations/catalogue/delete-access-items.ts'
import { createAccessItem, updateAccessItem } from '../../operations/catalogue/write-access-item.ts'
import type { WholeRow } from '../../store/catalogue/items.ts'
import { findRole, listRoleHolders, listRoles, type RoleHolderRow } from '../../store/catalogue/roles.ts'
import { type Call, type Handler, param } from '../call.ts'
import { applyPatch } from '../json-patch.ts'
import { pageQuery } from '../list-query.ts'
import { toWireRequestConfig } from '../request-config.ts'
import { bodyCheck } from '../validate.ts'
import { listNestedEntitlements } from './entitlements.ts'
import { additionalOwners, parts, toWireItem } from './items.ts'
import { refuseSubadmin, withinSegments } from './segments.ts'
import { fromWireRole, withSchemaPaths } from './written-items.ts'

export const roleHandlers = {
  listRoles: async (call) => {
    refuseSubadmin(call)
    const page = await listRoles(call.app.db.sql, withinSegments(call, pageQuery(call.operation, call.query)))
    return { body: page.rows.map((row) => toWireRole(row, call.dialect)), total: page.total }
  },
  getRole: async (call) => ({ body: toWireRole(await loadRole(call), call.dialect) }),
  getRoleAssignedIdentities: async (call) => {
    const { id } = await loadRole(call)
    const page = await listRoleHolders(call.app.db.sql, id, pageQuery(call.operation, call.query))
    return { body: page.rows.map(holderToWire), total: page.total }
  },
  getRoleEntitlements: async (call) => listNestedEntitlements(call, { wholeId: (await loadRole(call)).id }),
  createRole: async (call) => {
    const body = call.body as RoleBody
    if (body.id) throw new DomainError('invalid', 'is given by the server: leave it out.', 'id')
    return { body: toWireRole(await createAccessItem(call.app, call.actor, 'ROLE', fromWireRole(body)), call.dialect) }
  },
  patchRole: async (call) => {
    const change = (row: WholeRow) => fromWireRole(patched(row, call), row)
    return { body: toWireRole(await updateAccessItem(call.app, call.actor, 'ROLE', param(call, 'id'), change), call.dialect) }
  },
  deleteRole: async (call) => {
    await deleteAccessItem(call.app, call.actor, 'ROLE', param(call, 'id'))
    return {}
  },
  // compat: bulk-delete-is-done-at-once. The contract starts a task; here all is done, or refused, by the time of the answer, and there is
  // no task to ask about. Its id is that of the call.
  deleteBulkRoles: async (call) => {
    await deleteRoles(call.app, call.actor, (call.body as RoleBulkDelete).roleIds)
    return { body: { type: 'TASK_RESULT', id: call.trackingId, name: null } }
  },
} satisfies Record<string, Handler>

async function loadRole(call: Call): Promise<WholeRow> {
  const id = param(call, 'id')
  const role = await findRole(call.app.db.sql, id)
  if (!role) throw new DomainError('not_found', `There is no role ${id}.`)
  return role
}

const patchable = [
  '/name',
  '/description',
  '/enabled',
  '/owner',
  '/additionalOwners',
  '/accessProfiles',
  '/entitlements',
  '/membership',
  '/requestable',
  '/accessRequestConfig',
  '/revocationRequestConfig',
  '/segments',
  '/accessModelMetadata',
]
const checkRole = bodyCheck(RoleBody)

function patched(row: WholeRow, { body, dialect }: Call): RoleBody {
  return checkRole(applyPatch(toWireRole(row, dialect), withSchemaPaths(body as JsonPatch), patchable)) as RoleBody
}

/** A role as a dialect writes it. */
export function toWireRole(row: WholeRow, dialect: Dialect): object {
  return {
    ...toWireItem(row),
    additionalOwners: additionalOwners(row),
    accessProfiles: parts(row, 'ACCESS_PROFILE'),
    entitlements: parts(row, 'ENTITLEMENT'),
    membership: null,
    legacyMembershipInfo: null,
    enabled: row.enabled,
    ...toWireRequestConfig('ROLE', row.requestConfig ?? { grant: noRules, revoke: noRules }, dialect),
    dimensional: false,
    dimensionRefs: null,
    privilegeLevel: null,
  }
}

function holderToWire(row: RoleHolderRow): object {
  return {
    id: row.id,
    aliasName: row.alias,
    name: row.name,
    ...(row.email === null ? {} : { email: row.email }),
    // compat: imported-role-is-requested. The contract knows two ways to a role; what an import found can be revoked like what was asked for.
    roleAssignmentSource: row.asked ? 'ACCESS_REQUEST' : 'ROLE_MEMBERSHIP',
  }
}
