import { sql } from 'kysely'
import type { Reader, Tx } from './db.ts'

export type SignInMethod = 'OPENID' | 'SANDBOX'

/** How long a session lives, in milliseconds of real time: without a call, and at all. */
export interface SessionLife {
  idleMs: number
  longestMs: number
}

export interface WebSession {
  id: string
  method: SignInMethod
  startedAt: Date
  /** When it ends whatever its person does. */
  endsAt: Date
  /** True when its last noted use is a minute ago or more. */
  useIsOld: boolean
  person: { id: string; name: string; active: boolean; isAdmin: boolean }
}

/** The condition under which a session `s` still lives. */
export const alive = (life: SessionLife) => sql`
  s.used_at > now() - ${life.idleMs}::float8 * interval '1 ms' and s.created_at > now() - ${life.longestMs}::float8 * interval '1 ms'`

/** The session behind a secret, with its person as they are now; undefined when there is none or its time is over. */
export async function findWebSession(reader: Reader, secretHash: string, life: SessionLife): Promise<WebSession | undefined> {
  const { rows } = await sql<WebSession>`
    select s.id, s.method, s.created_at as "startedAt", s.created_at + ${life.longestMs}::float8 * interval '1 ms' as "endsAt",
      s.used_at < now() - interval '1 minute' as "useIsOld",
      json_build_object('id', p.id, 'name', p.name, 'active', p.status = 'ACTIVE', 'isAdmin', p.is_admin) as person
    from web_session s join identity p on p.id = s.identity_id
    where s.secret_hash = ${secretHash} and ${alive(life)}`.execute(reader)
  return rows[0]
}

/** Stores a session with the hash of its secret, and forgets those whose time is over. */
export async function insertWebSession(
  tx: Tx,
  session: { id: string; secretHash: string; personId: string; method: SignInMethod },
  life: SessionLife,
): Promise<void> {
  await sql`
    delete from web_session where id in (
      select s.id from web_session s where (${alive(life)}) is not true order by s.used_at limit 100 for update skip locked)`.execute(
    tx.sql,
  )
  const { id, secretHash, personId, method } = session
  await tx.sql.insertInto('web_session').values({ id, secret_hash: secretHash, identity_id: personId, method }).execute()
}

/** Notes that a session was used, at most once a minute so that a busy page does not write on every call. */
export async function touchWebSession(reader: Reader, id: string): Promise<void> {
  await sql`update web_session set used_at = now() where id = ${id} and used_at < now() - interval '1 minute'`.execute(reader)
}

/** Ends a session; returns whether it was there. */
export async function deleteWebSession(tx: Tx, id: string): Promise<boolean> {
  const { numDeletedRows } = await tx.sql.deleteFrom('web_session').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}
