import { sql } from 'kysely'
import type { Reader } from '../db.ts'

export interface SourceAccounts {
  id: string
  name: string
  accounts: { id: string; nativeIdentity: string; name: string }[]
}

/** The sources of these ids with a person's accounts on each. */
export async function listAccountChoices(reader: Reader, identityId: string, sourceIds: string[]): Promise<SourceAccounts[]> {
  const { rows } = await sql<SourceAccounts>`
    select s.id, s.name,
      (select coalesce(json_agg(json_build_object('id', a.id, 'nativeIdentity', a.native_identity, 'name', a.name) order by a.created_at, a.id), '[]')
        from account a where a.source_id = s.id and a.identity_id = ${identityId}) as accounts
    from source s where s.id = any(${sourceIds}::text[]) order by lower(s.name), s.id`.execute(reader)
  return rows
}
