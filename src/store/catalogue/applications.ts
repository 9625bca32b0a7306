import { sql } from 'kysely'
import type { Reader } from '../db.ts'
import type { Page, PageQuery } from '../lists/page.ts'
import type { Named } from '../lists/request-status.ts'
import { namedOrNull } from '../named.ts'
import { findRow, type Listing, listRows, same } from './listing.ts'

export interface ApplicationRow {
  id: string
  name: string
  description: string | null
  owner: Named | null
  source: Named | null
  createdAt: Date
  modifiedAt: Date
}

/** Which applications: those with something to ask for, those a person has something of, or all. */
export type ApplicationScope = { of: 'requestable' } | { of: 'held'; identityId: string } | { of: 'all' }

const listing: Listing = {
  table: 'application',
  alias: 'a',
  joins: sql`left join identity o on o.id = a.owner_id left join source s on s.id = a.source_id`,
  columns: {
    id: { sql: sql`a.id`, type: 'id', notNull: true },
    name: { sql: sql`a.name`, type: 'string', notNull: true },
    created: { sql: sql`a.created_at`, type: 'date', notNull: true },
    modified: { sql: sql`a.modified_at`, type: 'date', notNull: true },
    'owner.id': { sql: sql`a.owner_id`, type: 'id' },
    'accountSource.id': { sql: sql`a.source_id`, type: 'id' },
    enabled: same(true, 'a'),
  },
  select: sql`
    a.id, a.name, a.description, ${namedOrNull('o')} as owner, ${namedOrNull('s')} as source, a.created_at as "createdAt", a.modified_at as "modifiedAt"`,
  usualOrder: sql`lower(a.name), a.id`,
}

/** A page of the applications, by name. */
export async function listApplications(reader: Reader, scope: ApplicationScope, query: PageQuery): Promise<Page<ApplicationRow>> {
  return listRows(reader, listing, [inScope(scope)], query)
}

function inScope(scope: ApplicationScope) {
  if (scope.of === 'all') return undefined
  const wanted =
    scope.of === 'requestable'
      ? sql`select from access_item i where i.id = x.access_profile_id and i.requestable and i.enabled`
      : sql`select from assignment h where h.item_id = x.access_profile_id and h.identity_id = ${scope.identityId} and h.state in ('PENDING', 'ACTIVE')`
  return sql`exists (select from application_access_profile x where x.application_id = a.id and exists (${wanted}))`
}

/** One application, or undefined. */
export async function findApplication(reader: Reader, id: string): Promise<ApplicationRow | undefined> {
  return findRow(reader, listing, id)
}
