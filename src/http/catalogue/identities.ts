import { DomainError } from '../../domain/errors.ts'
import { findIdentity, type IdentityRow, listIdentities } from '../../store/catalogue/identities.ts'
import { listRoleAssignments, type RoleAssignmentRow } from '../../store/catalogue/role-assignments.ts'
import { type Call, type Handler, param, queryText } from '../call.ts'
import { pageQuery } from '../list-query.ts'
import { identityRef, instant } from '../wire-names.ts'
import { loadVisiblePerson } from './visible-person.ts'
import { inOurWords, is, words } from './wire-filters.ts'

export const identityStates = { ACTIVE: 'ACTIVE', INACTIVE: 'DEACTIVATED' } as const
/** The wire also knows people who are away for a while; we do not. */
export const presenceStates = { ACTIVE: 'ACTIVE', INACTIVE: 'INACTIVE_LONG_TERM' } as const
export const lifecycleStates = { ACTIVE: 'active', INACTIVE: 'inactive' } as const

const translators = { cloudStatus: words({ ACTIVE: is('cloudStatus', 'ACTIVE'), DEACTIVATED: is('cloudStatus', 'INACTIVE') }) }

export const identityHandlers = {
  listIdentities: async (call) => {
    const page = await listIdentities(call.app.db.sql, inOurWords(pageQuery(call.operation, call.query), translators))
    return { body: page.rows.map(toWire), total: page.total }
  },
  getIdentity: async (call) => {
    const { id } = await loadVisiblePerson(call, param(call, 'id'))
    return { body: toWire((await findIdentity(call.app.db.sql, id)) as IdentityRow) }
  },
  getRoleAssignments: async (call) => {
    const { id } = await loadVisiblePerson(call, param(call, 'identityId'))
    const only = { roleId: queryText(call, 'roleId'), roleName: queryText(call, 'roleName') }
    const rows = await listRoleAssignments(call.app.db.sql, id, only)
    const inFull = only.roleId !== undefined || only.roleName !== undefined
    return { body: rows.map(inFull ? assignmentToWire : assignmentRefToWire) }
  },
  getRoleAssignment: async (call) => ({ body: assignmentToWire(await loadRoleAssignment(call)) }),
} satisfies Record<string, Handler>

async function loadRoleAssignment(call: Call): Promise<RoleAssignmentRow> {
  const { id } = await loadVisiblePerson(call, param(call, 'identityId'))
  const assignmentId = param(call, 'assignmentId')
  const [assignment] = await listRoleAssignments(call.app.db.sql, id, { assignmentId })
  if (!assignment) throw new DomainError('not_found', `There is no role assignment ${assignmentId} of this identity.`)
  return assignment
}

function toWire(row: IdentityRow): object {
  return {
    id: row.id,
    name: row.name,
    created: instant(row.createdAt),
    modified: instant(row.modifiedAt),
    alias: row.alias,
    emailAddress: row.email,
    processingState: null,
    identityStatus: identityStates[row.status],
    managerRef: row.manager && identityRef(row.manager),
    isManager: row.isManager,
    lastRefresh: instant(row.modifiedAt),
    attributes: {
      uid: row.alias,
      displayName: row.name,
      firstname: row.firstName,
      lastname: row.lastName,
      ...(row.email === null ? {} : { email: row.email }),
      ...(row.department === null ? {} : { department: row.department }),
      cloudLifecycleState: lifecycleStates[row.status],
    },
    lifecycleState: { stateName: lifecycleStates[row.status], manuallyUpdated: false },
  }
}

function roleRef(row: RoleAssignmentRow) {
  return { type: 'ROLE', id: row.role.id, name: row.role.name }
}

function spans(row: RoleAssignmentRow) {
  return { addedDate: instant(row.createdAt), startDate: instant(row.startAt), removeDate: instant(row.endAt) }
}

function assignmentRefToWire(row: RoleAssignmentRow): object {
  return { id: row.id, role: roleRef(row), ...spans(row) }
}

function assignmentToWire(row: RoleAssignmentRow): object {
  return {
    id: row.id,
    role: roleRef(row),
    comments: row.comment,
    assignmentSource: row.origin,
    assigner: row.requester ? identityRef(row.requester) : { type: 'UNKNOWN', name: null },
    assignedDimensions: [],
    assignmentContext: null,
    accountTargets: row.accounts.map((account) => ({
      source: { type: 'SOURCE', ...account.source },
      accountInfo: { nativeIdentity: account.nativeIdentity, displayName: account.name, uuid: account.accountId },
      role: roleRef(row),
    })),
    ...spans(row),
  }
}
