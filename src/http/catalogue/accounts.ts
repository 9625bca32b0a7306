import { DomainError } from '../../domain/errors.ts'
import { type AccountRow, findAccount, listAccounts } from '../../store/catalogue/accounts.ts'
import type { PageQuery } from '../../store/lists/page.ts'
import { type Call, type Handler, param } from '../call.ts'
import { pageQuery } from '../list-query.ts'
import { identityRef, instant } from '../wire-names.ts'
import { listNestedEntitlements } from './entitlements.ts'
import { lifecycleStates, presenceStates } from './identities.ts'
import { connectionType, connectionTypes } from './sources.ts'
import { inOurWords, is, words } from './wire-filters.ts'

const state = 'identity.identityState'
const translators = {
  [state]: words({ ACTIVE: is(state, 'ACTIVE'), INACTIVE_LONG_TERM: is(state, 'INACTIVE') }),
  'source.connectionType': connectionTypes('source.connectionType'),
}

export const accountHandlers = {
  listAccounts: async (call) => {
    const page = await listAccounts(call.app.db.sql, byCount(inOurWords(pageQuery(call.operation, call.query), translators)))
    const slim = call.query['detailLevel'] === 'SLIM'
    return { body: page.rows.map((row) => toWire(row, slim)), total: page.total }
  },
  getAccount: async (call) => ({ body: toWire(await loadAccount(call), false) }),
  getAccountEntitlements: async (call) => listNestedEntitlements(call, { accountId: (await loadAccount(call)).id }),
} satisfies Record<string, Handler>

/** Sorted by entitlements means by how many there are: a list has no other order. */
function byCount(query: PageQuery): PageQuery {
  const sorters = query.sorters.map((sorter) => (sorter.field === 'entitlements' ? { ...sorter, field: 'entitlementCount' } : sorter))
  return { ...query, sorters }
}

async function loadAccount(call: Call): Promise<AccountRow> {
  const id = param(call, 'id')
  const account = await findAccount(call.app.db.sql, id)
  if (!account) throw new DomainError('not_found', `There is no account ${id}.`)
  return account
}

function toWire(row: AccountRow, slim: boolean): object {
  return {
    id: row.id,
    name: row.name,
    created: instant(row.createdAt),
    modified: instant(row.modifiedAt),
    sourceId: row.source.id,
    sourceName: row.source.name,
    ...(row.identity === null ? {} : { identityId: row.identity.id, identity: identityRef(row.identity) }),
    cloudLifecycleState: row.identityStatus && lifecycleStates[row.identityStatus],
    identityState: row.identityStatus && presenceStates[row.identityStatus],
    connectionType: connectionType(row.connector),
    isMachine: false,
    recommendation: null,
    attributes: slim ? null : row.values,
    authoritative: false,
    description: null,
    disabled: row.disabled,
    locked: false,
    nativeIdentity: row.nativeIdentity,
    systemAccount: false,
    uncorrelated: row.identity === null,
    uuid: null,
    manuallyCorrelated: false,
    hasEntitlements: Object.keys(row.values).length > 0,
    sourceOwner: identityRef(row.sourceOwner),
    features: null,
    origin: null,
  }
}
