import type { Dialect } from '../../api/dialect.ts'
import { noRules } from '../../domain/access-model.ts'
import { DomainError } from '../../domain/errors.ts'
import { findAccessProfile, listAccessProfiles } from '../../store/catalogue/access-profiles.ts'
import type { WholeRow } from '../../store/catalogue/items.ts'
import { type Call, type Handler, param } from '../call.ts'
import { pageQuery } from '../list-query.ts'
import { toWireRequestConfig } from '../request-config.ts'
import { listNestedEntitlements } from './entitlements.ts'
import { additionalOwners, parts, toWireItem } from './items.ts'
import { refuseSubadmin, withinSegments } from './segments.ts'

export const accessProfileHandlers = {
  listAccessProfiles: async (call) => {
    refuseSubadmin(call)
    const page = await listAccessProfiles(call.app.db.sql, withinSegments(call, pageQuery(call.operation, call.query)))
    return { body: page.rows.map((row) => toWireAccessProfile(row, call.dialect)), total: page.total }
  },
  getAccessProfile: async (call) => ({ body: toWireAccessProfile(await loadAccessProfile(call), call.dialect) }),
  getAccessProfileEntitlements: async (call) => listNestedEntitlements(call, { wholeId: (await loadAccessProfile(call)).id }),
} satisfies Record<string, Handler>

async function loadAccessProfile(call: Call): Promise<WholeRow> {
  const id = param(call, 'id')
  const profile = await findAccessProfile(call.app.db.sql, id)
  if (!profile) throw new DomainError('not_found', `There is no access profile ${id}.`)
  return profile
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
