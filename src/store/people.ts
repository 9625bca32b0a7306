import { sql } from 'kysely'
import type { ReassignedWork, StandIn } from '../domain/reassignment.ts'
import type { Group, Person, RoutingFacts } from '../domain/routing.ts'
import type { TenantConfig } from '../domain/tenant-config.ts'
import type { Reader, Tx } from './db.ts'
import { escapeLike } from './filter.ts'
import { inForce } from './reassignments.ts'

/**
 * Everybody a step may name: the people given, the members of the groups given, the fallback approver, the active org admins, the managers
 * above each of them and whoever stands in for them at `now`.
 */
export async function loadRoutingFacts(
  reader: Reader,
  wanted: { personIds: (string | null)[]; groupIds: string[] },
  config: TenantConfig,
  now: Date,
): Promise<RoutingFacts> {
  const groups = await listGroups(reader, wanted.groupIds)
  const fallback = config.reminders.fallbackApproverId
  const named = [...wanted.personIds, ...[...groups.values()].flatMap((group) => group.memberIds), fallback]
  const ids = [...new Set(named.filter((id) => id !== null))]
  const around = await listPeopleAround(reader, ids, { kind: 'APPROVALS', now, withAdmins: true })
  return { ...around, groups, fallbackApproverId: fallback, autoApproval: config.autoApproval }
}

interface PersonRow extends Person {
  isAdmin: boolean
  standInId: string | null
  standInUntil: Date | null
}

/** People, by id, with who stands in for them. */
export interface PeopleAround {
  people: Map<string, Person>
  standIns: Map<string, StandIn>
  /** Active org admins, in id order; none unless asked for. */
  adminIds: string[]
}

/**
 * These people, the managers above them, whoever stands in for any of these at `now` for a kind of work, the managers above those, and so
 * on. One query; loops end by themselves because `union` keeps a person once. PostgreSQL cannot know how few they are: each is looked up by
 * id ("lateral"), where a join would read everybody.
 */
export async function listPeopleAround(
  reader: Reader,
  ids: string[],
  { kind, now, withAdmins }: { kind: ReassignedWork; now: Date; withAdmins: boolean },
): Promise<PeopleAround> {
  const { rows } = await sql<PersonRow>`
    with recursive chain as (
      (select first.id, first.manager_id from unnest(${ids}::text[]) asked (id)
          cross join lateral (select id, manager_id from identity where id = asked.id limit 1) first
        union select id, manager_id from identity where ${withAdmins} and is_admin and status = 'ACTIVE')
      union
      select next.id, next.manager_id from chain cross join lateral (
        select chain.manager_id as id union all select r.to_id from reassignment r where r.from_id = chain.id and ${inForce(kind, now)}) way
      cross join lateral (select id, manager_id from identity where id = way.id limit 1) next)
    select p.id, p.name, p.manager_id as "managerId", p.department, p.status = 'ACTIVE' as active, p.is_admin as "isAdmin",
      r.to_id as "standInId", r.end_at as "standInUntil"
    from chain cross join lateral (select * from identity where id = chain.id limit 1) p
      left join reassignment r on r.from_id = p.id and ${inForce(kind, now)}
    order by p.id`.execute(reader)
  return {
    people: new Map(rows.map(({ id, name, managerId, department, active }) => [id, { id, name, managerId, department, active }])),
    standIns: new Map(
      rows.flatMap((row) => (row.standInId === null ? [] : [[row.id, { toId: row.standInId, until: row.standInUntil }] as const])),
    ),
    adminIds: rows.filter((row) => withAdmins && row.isAdmin && row.active).map((row) => row.id),
  }
}

async function listGroups(reader: Reader, ids: string[]): Promise<Map<string, Group>> {
  if (ids.length === 0) return new Map()
  // Whoever changes a group's members waits for those who are about to ask it, and they for them: nobody is asked who has just left.
  const locked = sql`select 1 from governance_group where id = any(${ids}::text[]) order by id for share`.execute(reader)
  const found = sql<Group>`
    select g.id, g.name, coalesce(array_agg(m.identity_id order by m.identity_id) filter (where m.identity_id is not null), '{}') as "memberIds"
    from governance_group g left join governance_group_member m on m.group_id = g.id
    where g.id = any(${ids}::text[]) group by g.id, g.name`.execute(reader)
  const [, { rows }] = await Promise.all([locked, found])
  return new Map(rows.map((group) => [group.id, group]))
}

/** Name and standing of one identity, or undefined. */
export async function findPerson(reader: Reader, id: string): Promise<(Person & { alias: string; isAdmin: boolean }) | undefined> {
  const row = await reader
    .selectFrom('identity')
    .select(['id', 'alias', 'name', 'manager_id', 'department', 'status', 'is_admin'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) return undefined
  const { alias, name, department } = row
  return { id, alias, name, department, managerId: row.manager_id, active: row.status === 'ACTIVE', isAdmin: row.is_admin }
}

/** A person as a page greets them; `managerOf` counts the active people they manage. */
export interface PersonCard {
  id: string
  name: string
  alias: string
  email: string | null
  department: string | null
  managerId: string | null
  isAdmin: boolean
  managerOf: number
}

const card = sql`p.id, p.name, p.alias, p.email, p.department, p.manager_id as "managerId", p.is_admin as "isAdmin",
  (select count(*)::int from identity r where r.manager_id = p.id and r.status = 'ACTIVE') as "managerOf"`

/** One person as a card, or undefined. */
export async function findPersonCard(reader: Reader, id: string): Promise<PersonCard | undefined> {
  const { rows } = await sql<PersonCard>`select ${card} from identity p where p.id = ${id}`.execute(reader)
  return rows[0]
}

/** Only a person themselves and, if so, those who report to them. */
interface Circle {
  id: string
  reports: boolean
}

/**
 * Active people whose name, alias or department holds the text, by name: within a circle where one is given, and one person before the others;
 * without text and without that, org admins and managers first.
 */
export async function listPersonCards(
  reader: Reader,
  text: string,
  limit: number,
  { whose, first }: { whose?: Circle | undefined; first?: string } = {},
): Promise<PersonCard[]> {
  const within = whose ? sql`and (p.id = ${whose.id} or (${whose.reports} and p.manager_id = ${whose.id}))` : sql``
  const leaders = sql`p.is_admin desc, exists (select from identity r where r.manager_id = p.id) desc,`
  const order = first === undefined ? (text === '' ? leaders : sql``) : sql`p.id = ${first} desc,`
  const pattern = `%${escapeLike(text.toLowerCase())}%`
  const { rows } = await sql<PersonCard>`
    select ${card} from identity p
    where p.status = 'ACTIVE' and (lower(p.name) like ${pattern} or lower(p.alias) like ${pattern} or lower(p.department) like ${pattern}) ${within}
    order by ${order} lower(p.name), p.id
    limit ${limit}`.execute(reader)
  return rows
}

/** Those whom a mail address or an alias names, whatever its case; two are enough to know that it names nobody for certain. */
export async function listPeopleCalled(reader: Reader, by: 'email' | 'alias', name: string): Promise<{ id: string; active: boolean }[]> {
  const column = by === 'email' ? sql`email` : sql`alias`
  const { rows } = await sql<{ id: string; active: boolean }>`
    select id, status = 'ACTIVE' as active from identity where lower(${column}) = lower(${name} collate "C") order by status, id limit 2`.execute(
    reader,
  )
  return rows
}

/** Looks a person up by alias, whatever its case; undefined when there is none. */
export async function findPersonByAlias(reader: Reader, alias: string): Promise<{ id: string; name: string } | undefined> {
  const { rows } = await sql<{ id: string; name: string }>`select id, name from identity where lower(alias) = lower(${alias})`.execute(
    reader,
  )
  return rows[0]
}

/** True once there is anybody at all. */
export async function findAnyIdentity(reader: Reader): Promise<boolean> {
  return (await reader.selectFrom('identity').select('id').limit(1).executeTakeFirst()) !== undefined
}

/** The active org admin of this alias, else the first there is; undefined when there is none. */
export async function findActiveAdmin(reader: Reader, alias: string): Promise<{ id: string } | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from identity where is_admin and status = 'ACTIVE' order by lower(alias) = lower(${alias}) desc, id limit 1`.execute(reader)
  return rows[0]
}

/** Stores a person of whom only the name is known. */
export async function insertIdentity(tx: Tx, person: { id: string; alias: string; name: string; isAdmin: boolean }): Promise<void> {
  const { id, alias, name, isAdmin } = person
  await tx.sql.insertInto('identity').values({ id, alias, name, is_admin: isAdmin, created_at: tx.now, modified_at: tx.now }).execute()
}
