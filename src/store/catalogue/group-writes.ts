import { sql } from 'kysely'
import type { GroupUses } from '../../domain/group-members.ts'
import type { Reader, Tx } from '../db.ts'

/** What is decided about a governance group beside its members. */
export interface GroupTerms {
  name: string
  description: string | null
  ownerId: string | null
}

/** Locks governance groups, in id order: nobody is asked through them until the transaction has ended. Returns id and name of those there. */
export async function lockGroups(tx: Tx, ids: string[]): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from governance_group where id = any(${ids}::text[]) order by id for update`.execute(tx.sql)
  return rows
}

/** The id of the group that has a name, whatever its case; undefined when there is none. */
export async function findGroupNamed(reader: Reader, name: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from governance_group where lower(name) = lower(${name}::text collate "C")`.execute(reader)
  return rows[0]?.id
}

/** Stores a new group without members. */
export async function insertGroup(tx: Tx, id: string, { name, description, ownerId }: GroupTerms): Promise<void> {
  const row = { id, name, description, owner_id: ownerId, created_at: tx.now, modified_at: tx.now }
  await tx.sql.insertInto('governance_group').values(row).execute()
}

/** Replaces what is decided about a group. */
export async function updateGroupRow(tx: Tx, id: string, { name, description, ownerId }: GroupTerms): Promise<void> {
  const row = { name, description, owner_id: ownerId, modified_at: tx.now }
  await tx.sql.updateTable('governance_group').set(row).where('id', '=', id).execute()
}

/** Deletes a group that nothing refers to, and who is in it. */
export async function deleteGroupRow(tx: Tx, id: string): Promise<void> {
  await tx.sql.deleteFrom('governance_group').where('id', '=', id).execute()
}

/** What refers to a group, apart from the tenant's configuration; of many names the first. */
export async function listGroupUses(reader: Reader, id: string): Promise<Omit<GroupUses, 'ofTenant'>> {
  const asks = (config: string) => sql`jsonb_path_exists(${sql.ref(config)}, '$.*.steps.**.groupId ? (@ == $id)', ${vars(id)}::jsonb)`
  const { rows } = await sql<Omit<GroupUses, 'ofTenant'>>`
    select
      (select coalesce(json_agg(json_build_object('name', n.name)), '[]') from (
        select i.name from access_item i where ${id} = any(i.additional_group_ids) or ${asks('i.request_config')}
        union select s.name from source s where ${asks('s.request_config')} order by 1 limit 3) n) as named,
      (select coalesce(json_agg(json_build_object('name', p.name)), '[]') from sod_policy p
        where (p.owner_type = 'GOVERNANCE_GROUP' and p.owner_id = ${id})
          or p.notes->'secondaryOwners' @> ${JSON.stringify([{ type: 'GOVERNANCE_GROUP', id }])}::jsonb) as policies,
      (select count(*)::int from requested_item q
        where q.finished_at is null and q.state in ('AWAITING_SCREENING', 'AWAITING_APPROVAL', 'AWAITING_EXTRA_APPROVER')
          and (jsonb_path_exists(q.policy, '$.steps.**.groupId ? (@ == $id)', ${vars(id)}::jsonb)
            or exists (select from approval a where a.requested_item_id = q.id and a.state = 'PENDING' and a.original_owner_id = ${id}))) as waiting`.execute(
    reader,
  )
  return rows[0] as Omit<GroupUses, 'ofTenant'>
}

function vars(id: string): string {
  return JSON.stringify({ id })
}

/** Which of these people are in a group. */
export async function listMembersAmong(reader: Reader, groupId: string, identityIds: string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select identity_id as id from governance_group_member where group_id = ${groupId} and identity_id = any(${identityIds}::text[])`.execute(
    reader,
  )
  return new Set(rows.map(({ id }) => id))
}

/** Which of these ids are people's. */
export async function listKnownPeople(reader: Reader, ids: string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`select id from identity where id = any(${ids}::text[])`.execute(reader)
  return new Set(rows.map(({ id }) => id))
}

/** Puts people into a group that are not in it. */
export async function insertMembers(tx: Tx, groupId: string, identityIds: string[]): Promise<void> {
  await sql`insert into governance_group_member (group_id, identity_id) select ${groupId}::text, p from unnest(${identityIds}::text[]) p`.execute(
    tx.sql,
  )
}

/** Takes people out of a group. */
export async function deleteMembers(tx: Tx, groupId: string, identityIds: string[]): Promise<void> {
  await sql`delete from governance_group_member where group_id = ${groupId} and identity_id = any(${identityIds}::text[])`.execute(tx.sql)
}
