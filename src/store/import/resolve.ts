import { sql } from 'kysely'
import type { Tx } from '../db.ts'
import { accessProfile, entitlement, idOf, isStaged, keyOf, type Noun, ofType, role, sameKey } from './nouns.ts'
import { run } from './staging.ts'

/** Finds out which row of the house each staged row is, and notes every row that cannot be one. */
export async function resolveIds(tx: Tx, noun: Noun): Promise<void> {
  await run(tx, `analyze ${noun.staged}`)
  await markRepeats(tx, noun, ['s.given_id'], 'id', "format('is the id of line %s too.', first)")
  await markRepeats(tx, noun, keyOf(noun, 's'), noun.keyHeader, `format('line %s is about the same ${noun.word}.', first)`)
  await run(
    tx,
    `update ${noun.staged} s set id = coalesce(s.given_id,
       (select t.id from ${noun.target} t where ${sameKey(noun, 't', 's')} and ${ofType(noun, 't')} limit 1), s.new_id)
     where s.duplicate_of is null`,
  )
  // An id that stands in one row, and its old name in another.
  await markRepeats(tx, noun, ['s.id'], noun.keyHeader, `format('line %s is about the same ${noun.word}, by its id.', first)`)
  await run(tx, `create index on ${noun.staged} (id)`)
  await run(tx, `create index on ${noun.staged} (${noun.key.map((k) => (k.anyCase ? `lower(${k.column})` : k.column)).join(', ')})`)
  await run(tx, `create unique index on ${noun.staged} (line)`)
  await run(tx, `analyze ${noun.staged}`)
  await refuseTakenKeys(tx, noun)
  if (noun.target === 'access_item') await refuseTakenIds(tx, noun)
  if (noun === entitlement || noun === accessProfile || noun.target === 'account') await refuseMoves(tx, noun)
}

/** Rows after the first with the same `columns` get no id; `reason` is SQL that may use `first`, the line of the first. */
async function markRepeats(tx: Tx, noun: Noun, columns: string[], header: string, reason: string): Promise<void> {
  const given = columns.map((column) => `${column} is not null`).join(' and ')
  const names = columns.map((_, at) => `k${at}`)
  await sql`
    with repeated (${sql.raw(names.join(', '))}, first) as (
      select ${sql.raw(columns.join(', '))}, min(s.line) from ${sql.raw(noun.staged)} s
      where s.duplicate_of is null and ${sql.raw(given)} group by ${sql.raw(columns.join(', '))} having count(*) > 1),
    marked as (
      update ${sql.raw(noun.staged)} s set duplicate_of = r.first, id = null from repeated r
      where s.duplicate_of is null and s.line > r.first and ${sql.raw(columns.map((column, at) => `${column} = r.k${at}`).join(' and '))}
      returning s.line, r.first)
    insert into import_issue select ${noun.file}, line, ${header}, ${sql.raw(reason)} from marked`.execute(tx.sql)
}

/** A row with an id may take a new name, but not one that belongs to somebody else. */
async function refuseTakenKeys(tx: Tx, noun: Noun): Promise<void> {
  await sql`
    insert into import_issue
    select ${noun.file}, s.line, ${noun.keyHeader}, format('belongs to the ${sql.raw(noun.word)} with id %s already.', t.id)
    from ${sql.raw(noun.staged)} s join ${sql.raw(noun.target)} t on ${sql.raw(`${sameKey(noun, 't', 's')} and ${ofType(noun, 't')}`)}
    where s.given_id is not null and t.id <> s.given_id`.execute(tx.sql)
}

/** Roles, access profiles and entitlements share their ids. */
async function refuseTakenIds(tx: Tx, noun: Noun): Promise<void> {
  await sql`
    insert into import_issue
    select ${noun.file}, s.line, 'id', format('is the id of something else: %s "%s".', lower(replace(t.type, '_', ' ')), t.name)
    from ${sql.raw(noun.staged)} s join access_item t on t.id = s.id where t.type <> ${noun.type}`.execute(tx.sql)
  const earlier = noun === role ? [entitlement, accessProfile] : noun === accessProfile ? [entitlement] : []
  for (const other of earlier) {
    await sql`
      insert into import_issue
      select ${noun.file}, s.line, 'id', format('is the id of line %s in ${sql.raw(other.file)} too.', o.line)
      from ${sql.raw(noun.staged)} s join ${sql.raw(other.staged)} o on o.id = s.id`.execute(tx.sql)
  }
}

/** What people hold there would come along: a thing of one source never becomes one of another. */
async function refuseMoves(tx: Tx, noun: Noun): Promise<void> {
  await sql`
    insert into import_issue
    select ${noun.file}, s.line, 'source', format('the ${sql.raw(noun.word)} with id %s is of another source and cannot move.', s.id)
    from ${sql.raw(noun.staged)} s join ${sql.raw(noun.target)} t on t.id = s.id where t.source_id <> s.source_id`.execute(tx.sql)
}

/** A cell that names something: where its text and its id are staged, and the file's column it is. */
export interface Reference {
  from: Pick<Noun, 'file' | 'staged'>
  cell: string
  id: string
  header: string
  to: Noun
  /** SQL for the condition under which a row's cell names one of these; every row's does without it. */
  when?: string
}

/** Files of which only a part could be read: nobody can say what is missing in them. */
export type UnreadFiles = ReadonlySet<string>

/** Finds what a cell of every row names (by alias or name), and notes the rows that name nothing. */
export async function resolveReference(
  tx: Tx,
  unread: UnreadFiles,
  { from, cell, id, header, to, when = 'true' }: Reference,
): Promise<void> {
  await run(tx, `update ${from.staged} s set ${id} = ${idOf(to, [`s.${cell}`])} where s.${cell} is not null and ${when}`)
  if (unread.has(to.file)) return
  await sql`
    insert into import_issue select ${from.file}, s.line, ${header}, format('there is no ${sql.raw(to.word)} "%s".', left(s.${sql.ref(cell)}, 100))
    from ${sql.raw(from.staged)} s
    where s.${sql.ref(cell)} is not null and ${sql.raw(when)} and s.${sql.ref(id)} is null and not ${sql.raw(isStaged(to, [`s.${cell}`]))}`.execute(
    tx.sql,
  )
}
