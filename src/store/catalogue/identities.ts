import { sql } from 'kysely'
import type { Reader } from '../db.ts'
import type { Page, PageQuery } from '../lists/page.ts'
import type { Named } from '../lists/request-status.ts'
import { namedOrNull } from '../named.ts'
import { findRow, type Listing, listRows, noText, same } from './listing.ts'

export interface IdentityRow {
  id: string
  alias: string
  name: string
  firstName: string
  lastName: string
  email: string | null
  department: string | null
  status: 'ACTIVE' | 'INACTIVE'
  manager: Named | null
  isManager: boolean
  createdAt: Date
  modifiedAt: Date
}

// `between` rather than `=`: where few people manage many, PostgreSQL thinks an equal one so soon found that it reads the table for each row.
const listing: Listing = {
  table: 'identity',
  alias: 'p',
  joins: sql`left join identity m on m.id = p.manager_id`,
  columns: {
    id: { sql: sql`p.id`, type: 'id', notNull: true },
    name: { sql: sql`p.name`, type: 'string', notNull: true },
    alias: { sql: sql`p.alias`, type: 'string', notNull: true },
    firstname: { sql: sql`p.first_name`, type: 'string', notNull: true },
    lastname: { sql: sql`p.last_name`, type: 'string', notNull: true },
    email: { sql: sql`p.email`, type: 'string' },
    cloudStatus: { sql: sql`p.status`, type: 'string', notNull: true },
    processingState: noText,
    correlated: same(true, 'p'),
    protected: same(false, 'p'),
  },
  select: sql`
    p.id, p.alias, p.name, p.first_name as "firstName", p.last_name as "lastName", p.email, p.department, p.status, ${namedOrNull('m')} as manager,
    exists (select from identity r where r.manager_id between p.id and p.id) as "isManager",
    p.created_at as "createdAt", p.modified_at as "modifiedAt"`,
  usualOrder: sql`lower(p.name), p.id`,
}

/** A page of the people, by name; `reachable` leaves out those without a last name or a mail address. */
export async function listIdentities(reader: Reader, query: PageQuery, reachable = false): Promise<Page<IdentityRow>> {
  return listRows(reader, listing, [reachable ? sql`p.last_name <> '' and p.email is not null` : undefined], query)
}

/** One person, or undefined. */
export async function findIdentity(reader: Reader, id: string): Promise<IdentityRow | undefined> {
  return findRow(reader, listing, id)
}
