import { type RawBuilder, sql } from 'kysely'
import type { RequestConfig } from '../../domain/access-model.ts'
import type { Reader } from '../db.ts'
import type { Page, PageQuery } from '../lists/page.ts'
import type { Named } from '../lists/request-status.ts'
import { type ItemRow, isOfType, leaves } from './items.ts'
import { findRow, listRows } from './listing.ts'

export interface EntitlementRow extends ItemRow {
  source: Named
  attribute: string
  value: string
  sourceRequestConfig: RequestConfig | null
}

/** Which entitlements: those of an account, those held by a person on any account, or those an item is directly made of. */
export interface EntitlementScope {
  accountId?: string | undefined
  identityId?: string | undefined
  wholeId?: string | undefined
}

/** A page of the entitlements, by name. */
export async function listEntitlements(reader: Reader, scope: EntitlementScope, query: PageQuery): Promise<Page<EntitlementRow>> {
  return listRows(reader, leaves, [isOfType('ENTITLEMENT'), ...conditions(scope)], query)
}

function conditions({ accountId, identityId, wholeId }: EntitlementScope): (RawBuilder<unknown> | undefined)[] {
  return [
    accountId === undefined
      ? undefined
      : sql`i.id in (select g.entitlement_id from access_grant g where g.account_id = ${accountId} and g.present)`,
    identityId === undefined
      ? undefined
      : sql`i.id in (select g.entitlement_id from access_grant g join account c on c.id = g.account_id
          where c.identity_id = ${identityId} and g.present)`,
    wholeId === undefined ? undefined : sql`i.id in (select x.part_id from access_item_part x where x.whole_id = ${wholeId})`,
  ]
}

/** One entitlement, or undefined. */
export async function findEntitlement(reader: Reader, id: string): Promise<EntitlementRow | undefined> {
  return findRow(reader, leaves, id, [isOfType('ENTITLEMENT')])
}
