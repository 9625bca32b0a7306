import type { TargetAccount } from '../../../ports.ts'
import type { PostgresSession } from './session.ts'

export const ROLES = 'roles'

/**
 * A role that cannot log in is a group, or an account that was disabled. The second says so in its comment: the server has no other place
 * for it, and whoever took a group for an account would give what one person asked for to everybody in the group.
 */
const DISABLED = ' [account disabled by Countersign]'

/** A role as the server shows it. */
export interface Role {
  name: string
  canLogin: boolean
  isSuperuser: boolean
  isSelf: boolean
  comment: string
  /** The groups it is a member of. */
  groups: string[]
}

const comment = (role: string) => `coalesce(pg_catalog.shobj_description(${role}.oid, 'pg_authid'), '')`
const isMarked = (role: string) => `pg_catalog.right(${comment(role)}, ${DISABLED.length}) = '${DISABLED}'`
const isGroup = (role: string) => `(not ${role}.rolcanlogin and not ${isMarked(role)} and ($1 or ${role}.rolname !~ '^pg_'))`

/** Since PostgreSQL 16 there are memberships that only let their member give the group to others. */
const isUsable = `(coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true) or coalesce((to_jsonb(m) ->> 'set_option')::boolean, true))`

const select = `
  select r.rolname::text as name, r.rolcanlogin as "canLogin", r.rolsuper as "isSuperuser", r.rolname = current_user as "isSelf",
    ${comment('r')} as comment,
    array(select distinct g.rolname::text from pg_catalog.pg_auth_members m join pg_catalog.pg_roles g on g.oid = m.roleid
      where m.member = r.oid and ${isUsable} and ${isGroup('g')}) as groups
  from pg_catalog.pg_roles r`

const PAGE_SIZE = 1000

/** The role of that name, whatever it is. */
export async function findRole(session: PostgresSession, predefined: boolean, name: string): Promise<Role | undefined> {
  const [role] = await session.rows<Role>(`${select} where r.rolname::text = $2`, [predefined, name])
  return role
}

/** All accounts, in pages. */
export async function* accountPages(session: PostgresSession, predefined: boolean): AsyncGenerator<Role[]> {
  const text = `${select} where (r.rolcanlogin or ${isMarked('r')}) and r.rolname > $2::name order by r.rolname limit ${PAGE_SIZE}`
  yield* pagesOf<Role>(session, text, predefined)
}

/** All groups, in pages. */
export async function* groupPages(session: PostgresSession, predefined: boolean): AsyncGenerator<Array<Pick<Role, 'name' | 'comment'>>> {
  const text = `select r.rolname::text as name, ${comment('r')} as comment from pg_catalog.pg_roles r
    where ${isGroup('r')} and r.rolname > $2::name order by r.rolname limit ${PAGE_SIZE}`
  yield* pagesOf(session, text, predefined)
}

async function* pagesOf<Row extends { name: string }>(session: PostgresSession, text: string, predefined: boolean): AsyncGenerator<Row[]> {
  for (let after = ''; ; ) {
    const page = await session.rows<Row>(text, [predefined, after])
    if (page.length > 0) yield page
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE_SIZE) return
    after = last.name
  }
}

/** Whether a role is a group that may be given. */
export async function isGroupRole(session: PostgresSession, predefined: boolean, name: string): Promise<boolean> {
  const found = await session.rows(`select 1 from pg_catalog.pg_roles r where r.rolname::text = $2 and ${isGroup('r')}`, [predefined, name])
  return found.length > 0
}

/** Who gave a membership that is there: since PostgreSQL 16 each can take back only their own. */
export async function grantorsOf(session: PostgresSession, group: string, member: string): Promise<string[]> {
  const rows = await session.rows<{ grantor: string }>(
    `select distinct pg_catalog.pg_get_userbyid(m.grantor)::text as grantor from pg_catalog.pg_auth_members m
     where m.roleid = (select oid from pg_catalog.pg_roles where rolname::text = $1)
       and m.member = (select oid from pg_catalog.pg_roles where rolname::text = $2) and ${isUsable}`,
    [group, member],
  )
  return rows.map(({ grantor }) => grantor)
}

export function isAccount(role: Role): boolean {
  return role.canLogin || role.comment.endsWith(DISABLED)
}

/** What the comment says beside that the account is disabled. */
export function ownComment({ comment }: Role): string {
  return comment.endsWith(DISABLED) ? comment.slice(0, -DISABLED.length) : comment
}

export function disabledComment(role: Role): string {
  return ownComment(role) + DISABLED
}

/** A role in the words of the port. */
export function accountOf(role: Role): TargetAccount {
  const own = ownComment(role)
  return {
    nativeIdentity: role.name,
    name: own === '' ? role.name : own,
    disabled: !role.canLogin,
    values: { [ROLES]: role.groups.sort() },
  }
}
