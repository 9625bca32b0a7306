import { RequestableTypes, Standings } from '../../api/catalogue/requestable-objects.ts'
import { DomainError } from '../../domain/errors.ts'
import { listRequestableObjects, type RequestableRow, type RequestableScope } from '../../store/catalogue/requestable-objects.ts'
import { loadBeneficiary } from '../beneficiary.ts'
import { type Call, type Handler, queryText } from '../call.ts'
import { pageQuery } from '../list-query.ts'
import { instant } from '../wire-names.ts'
import { wordsOf } from '../word-list.ts'

export const requestableObjectHandlers = {
  listRequestableObjects: async (call) => {
    const identityId = await beneficiary(call)
    const term = queryText(call, 'term')
    // The contract has a term win over filters, even over one that could not be understood.
    const query = pageQuery(call.operation, term === undefined ? call.query : { ...call.query, filters: undefined })
    const scope = {
      types: wordsOf(call, 'types', RequestableTypes) ?? [...RequestableTypes],
      term,
      identityId,
      standings: asked(call, identityId),
    }
    const page = await listRequestableObjects(call.app.db.sql, scope, query)
    return { body: page.rows.map((row) => toWire(row, call, identityId !== undefined)), total: page.total }
  },
} satisfies Record<string, Handler>

const standings = { AVAILABLE: 'available', PENDING: 'pending', ASSIGNED: 'held' } as const

function asked(call: Call, identityId: string | undefined): RequestableScope['standings'] {
  const statuses = wordsOf(call, 'statuses', Standings)
  if (statuses !== undefined && identityId === undefined) {
    throw new DomainError('invalid', 'needs identity-id: a status is that of one identity.', 'statuses')
  }
  return statuses?.map((status) => standings[status])
}

/** Whose standing is told: the same people the caller could ask access for. Only org admins may name nobody. */
async function beneficiary(call: Call): Promise<string | undefined> {
  const named = queryText(call, 'identity-id')
  if (named !== undefined) return loadBeneficiary(call, named, 'identity-id')
  if (call.actor.isAdmin) return undefined
  throw new DomainError('forbidden', 'Only org admins may leave it out; use "me".', 'identity-id')
}

function toWire(row: RequestableRow, call: Call, standingKnown: boolean): object {
  const standing = row.requestId !== null ? 'PENDING' : row.held ? 'ASSIGNED' : 'AVAILABLE'
  return {
    id: row.id,
    name: row.name,
    created: instant(row.createdAt),
    modified: instant(row.modifiedAt),
    description: row.description,
    type: row.type,
    requestStatus: standingKnown ? standing : null,
    identityRequestId: row.requestId,
    ownerRef: row.owner && ownerRef(row.owner, call),
    requestCommentsRequired: row.commentRequired,
  }
}

/** Before v2024 a mail address could not be null there. */
function ownerRef(owner: NonNullable<RequestableRow['owner']>, call: Call) {
  const silent = owner.email === null && (call.dialect === 'beta' || call.dialect === 'v3')
  return { type: 'IDENTITY', id: owner.id, name: owner.name, ...(silent ? {} : { email: owner.email }) }
}
