import { DomainError } from '../../domain/errors.ts'
import { type EntitlementRow, findEntitlement } from '../../store/catalogue/entitlements.ts'
import { type HeldOnAccountRow, listHeldOnAccounts } from '../../store/catalogue/revocable-objects.ts'
import { type Answer, type Call, type Handler, param, queryText } from '../call.ts'
import { identityRef, instant } from '../wire-names.ts'
import { loadVisiblePerson } from './visible-person.ts'

export const revocableObjectHandlers = {
  getEntitlementDetailsForIdentity: (call) => answer(call, demanded(call, 'identityId'), demanded(call, 'entitlementId')),
  getEntitlementDetailsForIdentityByPath: (call) => answer(call, param(call, 'identityId'), param(call, 'entitlementId')),
} satisfies Record<string, Handler>

function demanded(call: Call, name: string): string {
  const value = queryText(call, name)
  if (value === undefined) throw new DomainError('invalid', 'is required.', name)
  return value
}

async function answer(call: Call, asked: string, entitlementId: string): Promise<Answer> {
  const person = await loadVisiblePerson(call, asked)
  const entitlement = await findEntitlement(call.app.db.sql, entitlementId)
  if (!entitlement) throw new DomainError('not_found', `There is no entitlement ${entitlementId}.`)
  const accounts = await listHeldOnAccounts(call.app.db.sql, person.id, entitlementId)
  return {
    body: {
      identityId: person.id,
      entitlement: entitlementToWire(entitlement),
      sourceId: entitlement.source.id,
      accountTargets: accounts.map((account) => accountToWire(account, entitlement)),
    },
  }
}

function entitlementToWire(row: EntitlementRow) {
  return {
    id: row.id,
    name: row.name,
    created: instant(row.createdAt),
    modified: instant(row.modifiedAt),
    description: row.description,
    type: 'ENTITLEMENT',
    sourceId: row.source.id,
    sourceName: row.source.name,
    ...(row.owner === null ? {} : { owner: identityRef(row.owner) }),
    value: row.value,
    flags: [],
  }
}

/** R9: only what was asked for or found by an import is revoked by request. */
function accountToWire({ accountId, name, assignment }: HeldOnAccountRow, entitlement: EntitlementRow) {
  return {
    accountId,
    accountName: name,
    accountUUID: null,
    sourceId: entitlement.source.id,
    sourceName: entitlement.source.name,
    removeDate: instant(assignment?.endAt ?? null),
    assignmentId: assignment?.id ?? null,
    revocable: assignment?.origin === 'REQUESTED' || assignment?.origin === 'IMPORTED',
  }
}
