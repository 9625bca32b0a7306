import { type IdentityRow, listIdentities } from '../../store/catalogue/identities.ts'
import type { Handler } from '../call.ts'
import { pageQuery } from '../list-query.ts'
import { identityRef } from '../wire-names.ts'
import { presenceStates } from './identities.ts'

export const publicIdentityHandlers = {
  getPublicIdentities: async (call) => {
    const reachable = call.query['add-core-filters'] === true
    const page = await listIdentities(call.app.db.sql, pageQuery(call.operation, call.query), reachable)
    return { body: page.rows.map(toWire), total: page.total }
  },
} satisfies Record<string, Handler>

function toWire(row: IdentityRow): object {
  return {
    id: row.id,
    name: row.name,
    alias: row.alias,
    email: row.email,
    status: row.status === 'ACTIVE' ? 'Active' : 'Inactive',
    identityState: presenceStates[row.status],
    manager: row.manager && identityRef(row.manager),
    attributes: [{ key: 'department', name: 'Department', value: row.department }],
  }
}
