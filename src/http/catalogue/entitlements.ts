import { type EntitlementBulkUpdate, entitlementOperations, PatchedEntitlement } from '../../api/catalogue/entitlements.ts'
import type { EntitlementRequestConfigBody } from '../../api/catalogue/request-config.ts'
import type { Dialect } from '../../api/dialect.ts'
import type { JsonPatch } from '../../api/json-patch.ts'
import type { RequestConfig } from '../../domain/access-model.ts'
import { DomainError } from '../../domain/errors.ts'
import { setEntitlementRequestConfig, updateEntitlement, updateEntitlements } from '../../operations/catalogue/update-entitlements.ts'
import { findAccount } from '../../store/catalogue/accounts.ts'
import { type EntitlementRow, type EntitlementScope, findEntitlement, listEntitlements } from '../../store/catalogue/entitlements.ts'
import type { PageQuery } from '../../store/lists/page.ts'
import { loadTenantConfig } from '../../store/settings.ts'
import { type Answer, type Call, type Handler, param, queryText } from '../call.ts'
import { applyPatch } from '../json-patch.ts'
import { pageQuery } from '../list-query.ts'
import { toWireRequestConfig } from '../request-config.ts'
import { bodyCheck } from '../validate.ts'
import { additionalOwners, toWireItem } from './items.ts'
import { afterRowSeen } from './search-after.ts'
import { withinSegments } from './segments.ts'
import { loadVisiblePerson } from './visible-person.ts'
import { inOurWords, is, words } from './wire-filters.ts'
import { fromWireEntitlement, fromWireEntitlementConfig } from './written-items.ts'

const translators = {
  'privilegeLevel.direct': words({ HIGH: is('privilegeLevel.direct', true), NONE: is('privilegeLevel.direct', false) }),
}

export const entitlementHandlers = {
  listEntitlements: async (call) => {
    const scope = { accountId: await accountAsked(call) }
    await checkSegmentedFor(call)
    return listPage(call, scope, withinSegments(call, ownQuery(call)))
  },
  getEntitlement: async (call) => ({ body: toWire(await loadEntitlement(call), call.dialect) }),
  getEntitlementRequestConfig: async (call) => {
    const { requestConfig, sourceRequestConfig } = await loadEntitlement(call)
    // compat: inherited-request-config. The contract has no way to say "as its source", so rules are shown as they apply.
    const config = requestConfig ?? sourceRequestConfig ?? (await loadTenantConfig(call.app.db.sql)).entitlements
    return { body: toWireRequestConfig('ENTITLEMENT', config, call.dialect) }
  },
  listEntitlementParents: listNoRelatives,
  listEntitlementChildren: listNoRelatives,
  listEntitlementsByIdentity: async (call) => {
    const { id } = await loadVisiblePerson(call, param(call, 'id'))
    const page = await listEntitlements(call.app.db.sql, { identityId: id }, pageQuery(call.operation, call.query))
    return {
      body: page.rows.map((row) => ({ objectRef: { type: 'ENTITLEMENT', id: row.id, name: row.name }, tags: [] })),
      total: page.total,
    }
  },
  listEntitlementsByAccount: async (call) => {
    const accountId = param(call, 'accountId')
    if (!(await findAccount(call.app.db.sql, accountId))) throw new DomainError('not_found', `There is no account ${accountId}.`)
    const answer = await listPage(call, { accountId }, ownQuery(call))
    // The contract calls the header differently for this operation alone.
    return answer.total === undefined ? answer : { ...answer, headers: { 'total-count': String(answer.total) } }
  },
  patchEntitlement: async (call) => {
    const patch = call.body as JsonPatch
    const row = await updateEntitlement(call.app, call.actor, param(call, 'id'), (stored) => {
      return fromWireEntitlement(patched(stored, patch, call.dialect, patchable(call.dialect)), stored)
    })
    return { body: toWire(row, call.dialect) }
  },
  putEntitlementRequestConfig: async (call) => {
    const replace = (inForce: RequestConfig) => fromWireEntitlementConfig(call.body as EntitlementRequestConfigBody, inForce)
    const config = await setEntitlementRequestConfig(call.app, call.actor, param(call, 'id'), replace)
    return { body: toWireRequestConfig('ENTITLEMENT', config, call.dialect) }
  },
  updateEntitlementsInBulk: async (call) => {
    const { entitlementIds, jsonPatch } = call.body as EntitlementBulkUpdate
    const paths = ['/requestable', privilege(call.dialect)]
    await updateEntitlements(call.app, call.actor, entitlementIds, (stored) => {
      return fromWireEntitlement(patched(stored, jsonPatch, call.dialect, paths), stored)
    })
    return {}
  },
} satisfies Record<string, Handler>

/** The entitlements inside another noun: a page of them, as every version tells of them there. */
export async function listNestedEntitlements(call: Call, scope: EntitlementScope): Promise<Answer> {
  const page = await listEntitlements(call.app.db.sql, scope, pageQuery(call.operation, call.query))
  return { body: page.rows.map(toWireNested), total: page.total }
}

async function listPage(call: Call, scope: EntitlementScope, query: PageQuery): Promise<Answer> {
  const page = await listEntitlements(call.app.db.sql, scope, query)
  return { body: page.rows.map((row) => toWire(row, call.dialect)), total: page.total }
}

function ownQuery(call: Call): PageQuery {
  const query = inOurWords(pageQuery(call.operation, call.query), translators)
  return afterRowSeen(call, query, entitlementOperations.listEntitlements.filters)
}

/** Values at our targets contain no values: the answer is empty for an entitlement that is there. */
async function listNoRelatives(call: Call): Promise<Answer> {
  const query = pageQuery(call.operation, call.query)
  await loadEntitlement(call)
  return { body: [], total: query.count ? 0 : undefined }
}

async function loadEntitlement(call: Call): Promise<EntitlementRow> {
  const id = param(call, 'id')
  const entitlement = await findEntitlement(call.app.db.sql, id)
  if (!entitlement) throw new DomainError('not_found', `There is no entitlement ${id}.`)
  return entitlement
}

/** What an account has tells what its person has: for those who may know that. */
async function accountAsked(call: Call): Promise<string | undefined> {
  const accountId = queryText(call, 'account-id')
  if (accountId === undefined) return undefined
  for (const other of ['filters', 'segmented-for-identity', 'for-segment-ids', 'include-unsegmented']) {
    if (call.query[other] !== undefined) throw new DomainError('invalid', `cannot stand beside ${other}.`, 'account-id')
  }
  const account = await findAccount(call.app.db.sql, accountId)
  if (!call.actor.isAdmin && !account?.identity)
    throw new DomainError('forbidden', 'You may only ask about your own accounts and those of your reports.')
  if (account?.identity) await loadVisiblePerson(call, account.identity.id)
  return accountId
}

/** Nothing is segmented, so whoever may be named sees everything; the contract lets nobody name somebody else. */
async function checkSegmentedFor(call: Call): Promise<void> {
  const named = queryText(call, 'segmented-for-identity')
  if (named === undefined) return
  if (queryText(call, 'for-segment-ids') !== undefined)
    throw new DomainError('invalid', 'cannot stand beside for-segment-ids.', 'segmented-for-identity')
  await loadVisiblePerson(call, named)
}

/** Since v2026 a level that somebody sets outweighs those that criteria give; there are no criteria here. */
const privilege = (dialect: Dialect) => (hasLevels(dialect) ? '/privilegeOverride' : '/privileged')
const patchable = (dialect: Dialect) => [
  '/name',
  '/description',
  '/owner',
  '/requestable',
  '/segments',
  '/manuallyUpdatedFields',
  privilege(dialect),
]
const checkPatched = bodyCheck(PatchedEntitlement)

function patched(row: EntitlementRow, patch: JsonPatch, dialect: Dialect, paths: string[]): PatchedEntitlement {
  const override = hasLevels(dialect) ? { privilegeOverride: { level: row.privileged ? 'HIGH' : null } } : {}
  return checkPatched(applyPatch({ ...toWire(row, dialect), ...override }, patch, paths)) as PatchedEntitlement
}

const hasLevels = (dialect: Dialect) => dialect === 'v2026' || dialect === 'v1'

function shared(row: EntitlementRow) {
  return {
    ...toWireItem(row),
    attribute: row.attribute,
    value: row.value,
    sourceSchemaObjectType: 'group',
    cloudGoverned: false,
    attributes: {},
    source: { type: 'SOURCE', id: row.source.id, name: row.source.name },
    directPermissions: [],
    manuallyUpdatedFields: null,
  }
}

function toWireNested(row: EntitlementRow): object {
  return { ...shared(row), privileged: row.privileged, additionalOwners: additionalOwners(row) }
}

function toWire(row: EntitlementRow, dialect: Dialect): object {
  if (!hasLevels(dialect)) return toWireNested(row)
  const level = row.privileged ? 'HIGH' : 'NONE'
  return { ...shared(row), privilegeLevel: { direct: level, setByType: null, inherited: null, effective: level }, tags: [] }
}
