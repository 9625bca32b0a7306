import { sql } from 'kysely'
import type { Tx } from '../db.ts'
import { entitlement, idOf, isStaged, type Noun, source } from './nouns.ts'
import type { UnreadFiles } from './resolve.ts'

/** A list cell: the file's column it is, and what its entries name. */
export interface ListColumn {
  owner: Noun
  field: string
  to: Noun
}

/** Finds what the entries of a list name; notes entries that name nothing, and entries named twice. */
export async function resolveList(tx: Tx, unread: UnreadFiles, list: ListColumn): Promise<void> {
  const { field, to } = list
  if (to === entitlement) await resolveSources(tx, unread, list)
  const cells = to === entitlement ? ['e.source_id', 'e.attribute', 'e.name'] : ['e.name']
  await sql`update import_entry e set id = ${sql.raw(idOf(to, cells))} where ${isOf(list)}`.execute(tx.sql)
  const unknown = sql`${isOf(list)} and e.id is null and not ${sql.raw(isStaged(to, cells))}`
  if (!unread.has(to.file) && to === entitlement) {
    await sql`
      insert into import_issue
      select file, line, ${field}, format('there is no entitlement "%s=%s" in source "%s".', attribute, left(name, 100), left(source, 100))
      from import_entry e where ${unknown} and source_id is not null`.execute(tx.sql)
  } else if (!unread.has(to.file)) {
    await sql`
      insert into import_issue select file, line, ${field}, format('there is no ${sql.raw(to.word)} "%s".', left(name, 100))
      from import_entry e where ${unknown}`.execute(tx.sql)
  }
  await sql`
    insert into import_issue select file, line, ${field}, format('names "%s" twice.', left(min(name), 100))
    from import_entry e where ${isOf(list)} and id is not null group by file, line, id having count(*) > 1`.execute(tx.sql)
}

async function resolveSources(tx: Tx, unread: UnreadFiles, list: ListColumn): Promise<void> {
  await sql`update import_entry e set source_id = ${sql.raw(idOf(source, ['e.source']))} where ${isOf(list)}`.execute(tx.sql)
  // An access profile's entries are of its own source, which has been looked for already.
  if (list.owner.type !== 'ROLE' || unread.has(source.file)) return
  await sql`
    insert into import_issue select distinct file, line, ${list.field}, format('there is no source "%s".', left(source, 100))
    from import_entry e where ${isOf(list)} and source_id is null and not ${sql.raw(isStaged(source, ['e.source']))}`.execute(tx.sql)
}

function isOf({ owner, field }: ListColumn) {
  return sql`e.file = ${owner.file} and e.field = ${field}`
}

/** Puts the ids of a list into an array column of the staged rows, in the order of the file. */
export async function collectList(tx: Tx, { owner, field }: ListColumn, column: string): Promise<void> {
  await sql`
    update ${sql.raw(owner.staged)} s set ${sql.ref(column)} = coalesce((
      select array_agg(e.id order by e.n) from import_entry e where e.file = ${owner.file} and e.field = ${field} and e.line = s.line), '{}')`.execute(
    tx.sql,
  )
}

/** The table a list is kept in. `partType` narrows a table that several lists share to the rows of one of them. */
export interface ListTable {
  table: string
  whole: string
  part: string
  partType?: 'ACCESS_PROFILE' | 'ENTITLEMENT'
}

/** Makes the stored lists equal to the staged ones; a changed list is a change of what it belongs to. */
export async function writeList(tx: Tx, { owner, field }: ListColumn, { table, whole, part, partType }: ListTable): Promise<void> {
  const [parts, wholeId, partId] = [sql.raw(table), sql.raw(whole), sql.raw(part)]
  // What comes to an item that is new, nobody holds yet.
  const noted = partType
    ? sql`, noted as (
      insert into import_part_change select whole, part, true from gone union all
      select whole, part, false from came where not exists (
        select from import_touched n where n.file = ${owner.file} and n.id = came.whole and n.created))`
    : sql``
  const narrowed = partType ? sql`and exists (select from access_item i where i.id = p.${partId} and i.type = ${partType})` : sql``
  await sql`
    with wanted as (
      select s.id as whole, e.id as part from import_entry e join ${sql.raw(owner.staged)} s on s.line = e.line
      where e.file = ${owner.file} and e.field = ${field}),
    gone as (
      delete from ${parts} p using ${sql.raw(owner.staged)} s
      where p.${wholeId} = s.id ${narrowed}
        and not exists (select from wanted w where w.whole = p.${wholeId} and w.part = p.${partId})
      returning p.${wholeId} as whole, p.${partId} as part),
    came as (
      insert into ${parts} (${wholeId}, ${partId})
      select w.whole, w.part from wanted w
      where not exists (select from ${parts} p where p.${wholeId} = w.whole and p.${partId} = w.part)
      returning ${wholeId} as whole, ${partId} as part),
    changed as (
      update ${sql.raw(owner.target)} t set modified_at = ${tx.now}::timestamptz
      where t.id in (select whole from gone union select whole from came) returning t.id)
    ${noted}
    insert into import_touched select ${owner.file}, id, false from changed on conflict do nothing`.execute(tx.sql)
}
