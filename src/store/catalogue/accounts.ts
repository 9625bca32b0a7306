import { sql } from 'kysely'
import type { Reader } from '../db.ts'
import type { Page, PageQuery } from '../lists/page.ts'
import type { Named } from '../lists/request-status.ts'
import { namedOrNull } from '../named.ts'
import { findRow, type Listing, listRows, noText, nothing, same } from './listing.ts'

export interface AccountRow {
  id: string
  name: string
  nativeIdentity: string
  disabled: boolean
  source: Named
  connector: string | null
  sourceOwner: Named
  identity: Named | null
  identityStatus: 'ACTIVE' | 'INACTIVE' | null
  /** What it has: the values of each attribute. */
  values: Record<string, string[]>
  createdAt: Date
  modifiedAt: Date
}

const grants = sql`select g.entitlement_id from access_grant g where g.account_id = a.id and g.present`
const hasAny = sql`exists (${grants})`

const listing: Listing = {
  table: 'account',
  alias: 'a',
  joins: sql`
    left join source s on s.id = a.source_id left join identity so on so.id = s.owner_id left join identity p on p.id = a.identity_id`,
  columns: {
    id: { sql: sql`a.id`, type: 'id', notNull: true },
    name: { sql: sql`a.name`, type: 'string', notNull: true },
    nativeIdentity: { sql: sql`a.native_identity`, type: 'string', notNull: true },
    identityId: { sql: sql`a.identity_id`, type: 'id' },
    sourceId: { sql: sql`a.source_id`, type: 'id', notNull: true },
    uncorrelated: { sql: sql`(a.identity_id is null)`, type: 'boolean', notNull: true },
    hasEntitlements: { sql: hasAny, type: 'boolean', notNull: true },
    entitlements: { sql: sql`array(${grants})`, type: 'id', array: true },
    created: { sql: sql`a.created_at`, type: 'date', notNull: true },
    modified: { sql: sql`a.modified_at`, type: 'date', notNull: true },
    manuallyCorrelated: same(false, 'a'),
    origin: noText,
    uuid: nothing,
    'recommendation.method': noText,
    'recommendation.type': noText,
    'identity.name': { sql: sql`p.name`, type: 'string' },
    'identity.correlated': { sql: sql`(a.identity_id is not null)`, type: 'boolean', notNull: true },
    'identity.identityState': { sql: sql`p.status`, type: 'string' },
    'source.displayableName': { sql: sql`s.name`, type: 'string', notNull: true },
    'source.authoritative': same(false, 'a'),
    'source.connectionType': { sql: sql`(s.connector is null)`, type: 'boolean', notNull: true },
    'sourceOwner.name': { sql: sql`so.name`, type: 'string', notNull: true },
    entitlementCount: { sql: sql`(select count(*) from (${grants}) g)`, type: 'number', notNull: true },
  },
  select: sql`
    a.id, a.name, a.native_identity as "nativeIdentity", a.disabled, ${namedOrNull('s')} as source, s.connector, ${namedOrNull('so')} as "sourceOwner",
    ${namedOrNull('p')} as identity, p.status as "identityStatus",
    (select coalesce(json_object_agg(held.attribute, held.values), '{}') from (
      select e.attribute, json_agg(e.value order by e.value) as values from access_grant g join access_item e on e.id = g.entitlement_id
      where g.account_id = a.id and g.present group by e.attribute order by e.attribute) held) as values,
    a.created_at as "createdAt", a.modified_at as "modifiedAt"`,
  usualOrder: sql`a.id`,
}

/** A page of the accounts that are there, oldest first. One that is still to be made at its target is not. */
export async function listAccounts(reader: Reader, query: PageQuery): Promise<Page<AccountRow>> {
  return listRows(reader, listing, [sql`a.present`], query)
}

/** One account that is there, or undefined. */
export async function findAccount(reader: Reader, id: string): Promise<AccountRow | undefined> {
  return findRow(reader, listing, id, [sql`a.present`])
}
