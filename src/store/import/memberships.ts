import { sql } from 'kysely'
import type { AssignmentOrigin } from '../../domain/access-model.ts'
import { readMembership } from '../../domain/import-rows.ts'
import type { Tx } from '../db.ts'
import { type FileImport, headerOf, type ImportContext } from './file-import.ts'
import { accessProfile, identity, type Noun, role } from './nouns.ts'
import { resolveReference } from './resolve.ts'
import { run, stageRows } from './staging.ts'

const file = 'memberships.csv'
const staged = 'import_membership'
const from = { file, staged } as const

/** The memberships of people, which imports alone make: an assignment `a` that lasts, or whose end was noted and not seen to yet. */
const isMembership = sql`(a.origin in ('ROLE_MEMBERSHIP', 'BIRTHRIGHT') and a.item_type <> 'ENTITLEMENT' and a.state in ('PENDING', 'ACTIVE'))`

const isOf = (row: string) => sql`(a.identity_id = ${sql.ref(`${row}.identity_id`)} and a.item_id = ${sql.ref(`${row}.item_id`)})`

/** memberships.csv: who holds what without having asked for it. The file says all of it: what it names no more ends. */
export const memberships: FileImport = {
  file,

  async stage({ tx, newId }, rows) {
    const read = rows.map((row) => {
      const { identityAlias, ...same } = readMembership(row)
      return { line: row.line, new_id: newId(), identity_alias: identityAlias, ...same }
    })
    await stageRows(tx, staged, read)
  },

  async check(context) {
    const { tx, unread } = context
    await run(tx, `analyze ${staged}`)
    await resolveReference(tx, unread, { from, cell: 'identity_alias', id: 'identity_id', header: 'identityAlias', to: identity })
    for (const to of [role, accessProfile])
      await resolveReference(tx, unread, { from, cell: 'item', id: 'item_id', header: 'item', to, when: `s.type = '${to.type}'` })
    await run(tx, `create index on ${staged} (identity_id, item_id)`)
    await run(tx, `analyze ${staged}`)
    await refuseRepeats(tx)
    await refuseOrigins(tx)
    await refuseBeginnings(context)
  },

  async write({ tx }) {
    // Whoever changes what an item is made of waits, so that those who come to hold it get all of it.
    await sql`
      select 1 from access_item where id in (select item_id from import_membership) order by id for share`.execute(tx.sql)
    await writeChanges(tx)
    await writeBeginnings(tx)
    await writeEnds(tx)
  },
}

async function refuseRepeats(tx: Tx): Promise<void> {
  await sql`
    with repeated as (
      select identity_id, item_id, min(line) as first from import_membership
      where identity_id is not null and item_id is not null group by identity_id, item_id having count(*) > 1)
    insert into import_issue
    select ${file}, m.line, 'item', format('line %s is about the same person and item: keep one of the two.', r.first)
    from import_membership m join repeated r using (identity_id, item_id) where m.line > r.first`.execute(tx.sql)
}

async function refuseOrigins(tx: Tx): Promise<void> {
  await sql`
    insert into import_issue
    select ${file}, m.line, 'origin', 'must be BIRTHRIGHT: only roles are held by ROLE_MEMBERSHIP.'
    from import_membership m where m.type = ${accessProfile.type} and m.origin = 'ROLE_MEMBERSHIP'`.execute(tx.sql)
}

/** SQL for a cell of the row that `id` (SQL) names as this import leaves it; `otherwise` is what a new row has. */
function cellAfter(context: ImportContext, noun: Noun, column: string, id: string, otherwise: string) {
  const given = headerOf(context, noun.file).has(column) ? `(select n.${column} from ${noun.staged} n where n.id = ${id}), ` : ''
  return sql.raw(`coalesce(${given}(select o.${column} from ${noun.target} o where o.id = ${id}), ${otherwise})`)
}

/** Access begins neither for people who have left nor with items that are switched off; what is held already stays. */
async function refuseBeginnings(context: ImportContext): Promise<void> {
  const { tx } = context
  const begins = sql`m.identity_id is not null and m.item_id is not null
    and not exists (select from assignment a where ${isOf('m')} and ${isMembership} and a.end_at is null)`
  const status = cellAfter(context, identity, 'status', 'm.identity_id', `'ACTIVE'`)
  await sql`
    insert into import_issue
    select ${file}, m.line, 'identityAlias',
      format('"%s" is INACTIVE and can be given no access: take the line out, or make them ACTIVE.', left(m.identity_alias, 100))
    from import_membership m where ${begins} and ${status} <> 'ACTIVE'`.execute(tx.sql)
  for (const noun of [role, accessProfile]) {
    const enabled = cellAfter(context, noun, 'enabled', 'm.item_id', 'true')
    await sql`
      insert into import_issue
      select ${file}, m.line, 'item', format('"%s" is not enabled and can be given to nobody: take the line out, or enable it.', left(m.item, 100))
      from import_membership m where m.type = ${noun.type} and ${begins} and not ${enabled}`.execute(tx.sql)
  }
}

/** What is held already may have got another origin, or come back before its end was seen to. */
async function writeChanges(tx: Tx): Promise<void> {
  await sql`
    with changed as (
      update assignment a set origin = m.origin, end_at = null, end_set_at = null, modified_at = ${tx.now}::timestamptz
      from import_membership m where ${isOf('m')} and ${isMembership} and (a.origin <> m.origin or a.end_at is not null) returning a.id)
    insert into import_touched select ${file}, id, false from changed`.execute(tx.sql)
}

/** A membership begins as access whose whole content has yet to come; the sweep puts that in place. */
async function writeBeginnings(tx: Tx): Promise<void> {
  const now = sql`${tx.now}::timestamptz`
  await sql`
    with begun as (
      insert into assignment (id, identity_id, item_type, item_id, origin, state, created_at, modified_at)
      select m.new_id, m.identity_id, m.type, m.item_id, m.origin, 'ACTIVE', ${now}, ${now} from import_membership m
      where not exists (select from assignment a where ${isOf('m')} and ${isMembership}) order by m.line returning id)
    insert into import_touched select ${file}, id, true from begun`.execute(tx.sql)
  await sql`
    with recursive begun as (
      select a.id, a.item_id from import_touched t join assignment a on a.id = t.id where t.file = ${file} and t.created),
    inside as (
      select item_id as whole, item_id as part from begun
      union select i.whole, p.part_id from inside i join access_item_part p on p.whole_id = i.part)
    insert into assignment_change (assignment_id, entitlement_id, comes, created_at)
    select b.id, e.id, true, ${now} from begun b join inside i on i.whole = b.item_id
    join access_item e on e.id = i.part and e.type = 'ENTITLEMENT'`.execute(tx.sql)
}

/** What the file names no more ends now: by the clock, as every access whose end has come. */
async function writeEnds(tx: Tx): Promise<void> {
  const now = sql`${tx.now}::timestamptz`
  await sql`
    with over as (
      update assignment a set end_at = ${now}, end_set_at = ${now}, modified_at = ${now}
      where ${isMembership} and a.end_at is null and not exists (select from import_membership m where ${isOf('m')}) returning a.id)
    insert into import_touched select ${file}, id, null from over`.execute(tx.sql)
}

/** A membership that an import has begun, ended or given another origin. */
export interface TouchedMembership {
  id: string
  change: 'BEGAN' | 'CHANGED' | 'ENDED'
  origin: AssignmentOrigin
  identityId: string
  identityName: string
  itemType: string
  itemId: string
  itemName: string
}

/** Takes the last id seen and how many are wanted; returns the memberships after it that this import has touched, in the order of their ids. */
export async function listTouchedMemberships(tx: Tx, after: string, limit: number): Promise<TouchedMembership[]> {
  const { rows } = await sql<TouchedMembership>`
    select a.id, case when t.created then 'BEGAN' when not t.created then 'CHANGED' else 'ENDED' end as change, a.origin,
      p.id as "identityId", p.name as "identityName", a.item_type as "itemType", i.id as "itemId", i.name as "itemName"
    from import_touched t join assignment a on a.id = t.id join identity p on p.id = a.identity_id join access_item i on i.id = a.item_id
    where t.file = ${file} and t.id > ${after} order by t.id limit ${limit}`.execute(tx.sql)
  return rows
}
