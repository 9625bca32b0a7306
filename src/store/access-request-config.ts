import type { Reader } from './db.ts'

/** Whom a configuration names: id, name and mail address, or undefined. */
export async function findContact(reader: Reader, id: string): Promise<{ id: string; name: string; email: string | null } | undefined> {
  return reader.selectFrom('identity').select(['id', 'name', 'email']).where('id', '=', id).executeTakeFirst()
}

/** A governance group's id and name, or undefined. */
export async function findGovernanceGroup(reader: Reader, id: string): Promise<{ id: string; name: string } | undefined> {
  return reader.selectFrom('governance_group').select(['id', 'name']).where('id', '=', id).executeTakeFirst()
}
