import { sql } from 'kysely'
import type { Reader, Tx } from './db.ts'

export interface OauthClient {
  id: string
  name: string
  secretHash: string
  scopes: string[]
  tokenValiditySeconds: number
  expired: boolean
  person: { id: string; name: string; alias: string; active: boolean; isAdmin: boolean } | null
}

/** A client with the person it speaks for, as both are now; undefined when there is none. Expiry is real time: a held clock lends no life. */
export async function findOauthClient(reader: Reader, id: string): Promise<OauthClient | undefined> {
  const { rows } = await sql<OauthClient>`
    select c.id, c.name, c.secret_hash as "secretHash", c.scopes, c.token_validity_seconds as "tokenValiditySeconds",
      c.expires_at is not null and c.expires_at < now() as expired,
      case when p.id is not null then json_build_object('id', p.id, 'name', p.name, 'alias', p.alias, 'active', p.status = 'ACTIVE',
        'isAdmin', p.is_admin) end as person
    from oauth_client c left join identity p on p.id = c.identity_id where c.id = ${id}`.execute(reader)
  return rows[0]
}

export interface NewOauthClient {
  id: string
  name: string
  secretHash: string
  identityId: string | null
  scopes: string[]
  /** 43200 unless given. */
  tokenValiditySeconds?: number | undefined
  /** Null and absent: never. */
  expiresAt?: Date | null | undefined
  neverExpiresConfirmed?: boolean | undefined
}

/** Stores a client with the hash of its secret. */
export async function insertOauthClient(tx: Tx, client: NewOauthClient): Promise<void> {
  await tx.sql
    .insertInto('oauth_client')
    .values({
      id: client.id,
      name: client.name,
      secret_hash: client.secretHash,
      identity_id: client.identityId,
      scopes: client.scopes,
      created_by: client.identityId,
      created_at: tx.now,
      expires_at: client.expiresAt ?? null,
      ...(client.tokenValiditySeconds === undefined ? {} : { token_validity_seconds: client.tokenValiditySeconds }),
      never_expires_confirmed: client.neverExpiresConfirmed ?? false,
    })
    .execute()
}

/** Notes that a client was used, at most once a minute so that busy clients do not write on every call. */
export async function touchOauthClient(reader: Reader, id: string): Promise<void> {
  await sql`update oauth_client set last_used_at = now() where id = ${id} and (last_used_at is null or last_used_at < now() - interval '1 minute')`.execute(
    reader,
  )
}
