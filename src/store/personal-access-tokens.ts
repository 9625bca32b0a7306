import { sql } from 'kysely'
import type { TokenTerms } from '../domain/personal-access-token.ts'
import type { Reader, Tx } from './db.ts'
import { type Columns, filterCondition, type PageQuery, whereAll } from './lists/page.ts'
import type { Named } from './lists/request-status.ts'

/** A client that speaks for a person; its secret is not part of it. */
export interface PersonalToken extends TokenTerms {
  id: string
  owner: Named
  managed: boolean
  createdAt: Date
  lastUsedAt: Date | null
}

const columns = sql`
  c.id, c.name, c.scopes, json_build_object('id', p.id, 'name', p.name) as owner, c.managed, c.created_at as "createdAt",
  c.last_used_at as "lastUsedAt", c.token_validity_seconds as "tokenValiditySeconds", c.expires_at as "expiresAt",
  c.never_expires_confirmed as "neverExpiresConfirmed"
  from oauth_client c join identity p on p.id = c.identity_id`

const filterColumns: Columns = { lastUsed: { sql: sql`c.last_used_at`, type: 'date' } }

/** The tokens of one person or of everybody, oldest first. The contract knows no pages here. */
export async function listPersonalTokens(reader: Reader, ownerId: string | undefined, query: PageQuery): Promise<PersonalToken[]> {
  const where = whereAll([ownerId === undefined ? undefined : sql`p.id = ${ownerId}`, filterCondition(query, filterColumns)])
  const { rows } = await sql<PersonalToken>`select ${columns} ${where} order by c.created_at, c.id`.execute(reader)
  return rows
}

/** One token, or undefined. */
export async function findPersonalToken(reader: Reader, id: string): Promise<PersonalToken | undefined> {
  const { rows } = await sql<PersonalToken>`select ${columns} where c.id = ${id}`.execute(reader)
  return rows[0]
}

/** The tokens a person made, while no other transaction adds or renames one of them. */
export async function lockTokensOf(tx: Tx, ownerId: string): Promise<{ id: string; name: string }[]> {
  await tx.sql.selectFrom('identity').select('id').where('id', '=', ownerId).forNoKeyUpdate().execute()
  const own = tx.sql.selectFrom('oauth_client').select(['id', 'name']).where('identity_id', '=', ownerId)
  return own.where('managed', '=', false).execute()
}

/** Saves what its owner decides about a token. */
export async function updatePersonalToken(tx: Tx, id: string, terms: TokenTerms): Promise<void> {
  const row = {
    name: terms.name,
    scopes: terms.scopes,
    token_validity_seconds: terms.tokenValiditySeconds,
    expires_at: terms.expiresAt,
    never_expires_confirmed: terms.neverExpiresConfirmed,
  }
  await tx.sql.updateTable('oauth_client').set(row).where('id', '=', id).execute()
}

/** Deletes a client; with the next call its access tokens are worth nothing. Returns whether it was there. */
export async function deleteOauthClient(tx: Tx, id: string): Promise<boolean> {
  const { numDeletedRows } = await tx.sql.deleteFrom('oauth_client').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}
