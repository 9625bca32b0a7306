import { AccessProfileBody, type AccessProfileBulkDelete, type RequestableFlags } from '../../api/catalogue/access-profiles.ts'
import type { Dialect } from '../../api/dialect.ts'
import type { JsonPatch } from '../../api/json-patch.ts'
import { noRules } from '../../domain/access-model.ts'
import { DomainError } from '../../domain/errors.ts'
import { deleteAccessItem, deleteAccessProfiles } from '../../operations/catalogue/delete-access-items.ts'
import { createAccessItem, setRequestable, updateAccessItem } from '../../operations/catalogue/write-access-item.ts'
import { findAccessProfile, listAccessProfiles } from '../../store/catalogue/access-profiles.ts'
import type { WholeRow } from '../../store/catalogue/items.ts'
import { type Answer, type Call, type Handler, param } from '../call.ts'
import { applyPatch } from '../json-patch.ts'
import { pageQuery } from '../list-query.ts'
import { toWireRequestConfig } from '../request-config.ts'
import { bodyCheck } from '../validate.ts'
import { listNestedEntitlements } from './entitlements.ts'
import { additionalOwners, parts, toWireItem } from './items.ts'
import { refuseSubadmin, withinSegments } from './segments.ts'
import { fromWireAccessProfile, withSchemaPaths } from './written-items.ts'

export const accessProfileHandlers = {
  listAccessProfiles: async (call) => {
    refuseSubadmin(call)
    const page = await listAccessProfiles(call.app.db.sql, withinSegments(call, pageQuery(call.operation, call.query)))
    return { body: page.rows.map((row) => toWireAccessProfile(row, call.dialect)), total: page.total }
  },
  getAccessProfile: async (call) => ({ body: toWireAccessProfile(await loadAccessProfile(call), call.dialect) }),
  getAccessProfileEntitlements: async (call) => listNestedEntitlements(call, { wholeId: (await loadAccessProfile(call)).id }),
  createAccessProfile: async (call) => {
    const written = fromWireAccessProfile(call.body as AccessProfileBody)
    return { body: toWireAccessProfile(await createAccessItem(call.app, call.actor, 'ACCESS_PROFILE', written), call.dialect) }
  },
  patchAccessProfile: async (call) => {
    const change = (row: WholeRow) => fromWireAccessProfile(patched(row, call), row)
    const row = await updateAccessItem(call.app, call.actor, 'ACCESS_PROFILE', param(call, 'id'), change)
    return { body: toWireAccessProfile(row, call.dialect) }
  },
  deleteAccessProfile: async (call) => {
    await deleteAccessItem(call.app, call.actor, 'ACCESS_PROFILE', param(call, 'id'))
    return {}
  },
  deleteAccessProfilesInBulk: deleteInBulk,
  updateAccessProfilesInBulk: async (call) => {
    const wishes = call.body as RequestableFlags
    const present = await setRequestable(call.app, call.actor, wishes)
    return {
      body: wishes.map(({ id, requestable }) => {
        const outcome = present.has(id) ? { status: '201', description: 'Updated.' } : { status: '404', description: 'Not found.' }
        return { id, requestable, ...outcome }
      }),
    }
  },
} satisfies Record<string, Handler>

async function loadAccessProfile(call: Call): Promise<WholeRow> {
  const id = param(call, 'id')
  const profile = await findAccessProfile(call.app.db.sql, id)
  if (!profile) throw new DomainError('not_found', `There is no access profile ${id}.`)
  return profile
}

// compat: in-use-by-more-than-roles. The contract reports only the roles an access profile is in; one that is held, was asked for or belongs
// to an application is in use as well and stands there without any. What is pending is deleted already (bulk-delete-is-done-at-once).
async function deleteInBulk(call: Call): Promise<Answer> {
  const { accessProfileIds, bestEffortOnly } = call.body as AccessProfileBulkDelete
  const { deleted, inUse } = await deleteAccessProfiles(call.app, call.actor, accessProfileIds, bestEffortOnly ?? false)
  const usage = inUse.map(({ id, roles }) => ({ accessProfileId: id, usedBy: roles.map((role) => ({ type: 'ROLE', ...role })) }))
  if (deleted.length === 0) return { body: { pending: [], inUse: usage } }
  return { status: 202, body: { taskId: call.trackingId, pending: deleted, inUse: usage } }
}

const patchable = [
  '/name',
  '/description',
  '/enabled',
  '/owner',
  '/additionalOwners',
  '/requestable',
  '/accessRequestConfig',
  '/revocationRequestConfig',
  '/segments',
  '/entitlements',
  '/provisioningCriteria',
  '/source',
]
const checkProfile = bodyCheck(AccessProfileBody)

function patched(row: WholeRow, { body, dialect }: Call): AccessProfileBody {
  return checkProfile(applyPatch(toWireAccessProfile(row, dialect), withSchemaPaths(body as JsonPatch), patchable)) as AccessProfileBody
}

/** An access profile as a dialect writes it. */
export function toWireAccessProfile(row: WholeRow, dialect: Dialect): object {
  return {
    ...toWireItem(row),
    enabled: row.enabled,
    source: row.source && { type: 'SOURCE', id: row.source.id, name: row.source.name },
    entitlements: parts(row, 'ENTITLEMENT'),
    ...toWireRequestConfig('ACCESS_PROFILE', row.requestConfig ?? { grant: noRules, revoke: noRules }, dialect),
    provisioningCriteria: null,
    additionalOwners: additionalOwners(row),
  }
}
