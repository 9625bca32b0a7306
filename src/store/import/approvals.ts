import { sql } from 'kysely'
import type { Tx } from '../db.ts'
import { governanceGroup, idOf, isStaged, type Noun } from './nouns.ts'
import type { UnreadFiles } from './resolve.ts'

/** Finds the governance groups that approval schemes name, in place of their names. */
export async function resolveApprovals(tx: Tx, unread: UnreadFiles, owner: Noun): Promise<void> {
  const staged = sql.raw(owner.staged)
  await sql`
    create temp table import_step on commit drop as
    select s.line, half.key as half, step.value ->> 'group' as name, null::text collate "C" as id
    from ${staged} s, jsonb_each(s.request_config) half, jsonb_array_elements(half.value -> 'steps') step
    where step.value ? 'group'`.execute(tx.sql)
  await sql`create index on import_step (line)`.execute(tx.sql)
  await sql`update import_step e set id = ${sql.raw(idOf(governanceGroup, ['e.name']))}`.execute(tx.sql)
  if (!unread.has(governanceGroup.file)) {
    await sql`
      insert into import_issue
      select distinct ${owner.file}, line, half || 'Approval', format('there is no governance group "%s".', left(name, 100))
      from import_step e where id is null and not ${sql.raw(isStaged(governanceGroup, ['e.name']))}`.execute(tx.sql)
  }
  await sql`
    update ${staged} s set request_config = (
      select jsonb_object_agg(half.key, half.value || jsonb_build_object('steps', (
        select coalesce(jsonb_agg(case when step.value ? 'group' then jsonb_build_object('kind', step.value -> 'kind', 'groupId', (
          select e.id from import_step e where e.line = s.line and e.half = half.key and e.name = step.value ->> 'group' limit 1))
          else step.value end order by step.n), '[]')
        from jsonb_array_elements(half.value -> 'steps') with ordinality step (value, n))))
      from jsonb_each(s.request_config) half)
    where s.line in (select line from import_step)`.execute(tx.sql)
  await sql`drop table import_step`.execute(tx.sql)
}
