import { sql } from 'kysely'
import type { Reader } from '../db.ts'
import type { Page, PageQuery } from '../lists/page.ts'
import { isOfType, type WholeRow, wholes } from './items.ts'
import { findRow, type Listing, listRows } from './listing.ts'

/** A page of the roles, by name. */
export async function listRoles(reader: Reader, query: PageQuery): Promise<Page<WholeRow>> {
  return listRows(reader, wholes, [isOfType('ROLE')], query)
}

/** One role, or undefined. */
export async function findRole(reader: Reader, id: string): Promise<WholeRow | undefined> {
  return findRow(reader, wholes, id, [isOfType('ROLE')])
}

export interface RoleHolderRow {
  id: string
  alias: string
  name: string
  email: string | null
  /** False when a rule gave it, not a request or what an import found. */
  asked: boolean
}

const holders = (roleId: string): Listing => ({
  table: 'identity',
  alias: 'p',
  joins: sql``,
  columns: {
    id: { sql: sql`p.id`, type: 'id', notNull: true },
    name: { sql: sql`p.name`, type: 'string', notNull: true },
    aliasName: { sql: sql`p.alias`, type: 'string', notNull: true },
    email: { sql: sql`p.email`, type: 'string' },
  },
  select: sql`
    p.id, p.alias, p.name, p.email, exists (
      select from assignment a where a.identity_id = p.id and a.item_id = ${roleId} and a.state in ('PENDING', 'ACTIVE')
        and a.origin in ('REQUESTED', 'IMPORTED')) as asked`,
  usualOrder: sql`lower(p.name), p.id`,
})

/** A page of the people who hold a role, each once, by name. */
export async function listRoleHolders(reader: Reader, roleId: string, query: PageQuery): Promise<Page<RoleHolderRow>> {
  const holds = sql`p.id in (select a.identity_id from assignment a where a.item_id = ${roleId} and a.state in ('PENDING', 'ACTIVE'))`
  return listRows(reader, holders(roleId), [holds], query)
}
