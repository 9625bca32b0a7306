import { sql } from 'kysely'
import type { Tx } from '../db.ts'
import type { ImportContext } from './file-import.ts'
import { holdings } from './holdings.ts'
import { memberships } from './memberships.ts'
import { account } from './nouns.ts'
import { run, stageRows } from './staging.ts'

/**
 * True when a membership that this import begins will need a grant `g` on an account `c`: on a person's first account of a source, where
 * access goes for which no account was chosen.
 */
const comesByMembership = sql`(exists (
    select from import_touched t join assignment_change d on d.assignment_id = t.id join assignment m on m.id = t.id
    where t.file = ${memberships.file} and t.created and m.identity_id = c.identity_id and d.entitlement_id = g.entitlement_id)
  and c.id = (select f.id from account f where f.identity_id = c.identity_id and f.source_id = c.source_id order by f.created_at, f.id limit 1))`

/**
 * What was found and belongs to a person is an assignment of theirs, unless one needs it already: a live one, or one that is ending, whose
 * removal is under way and must not be called back by a file, or a membership that begins. Looks at the holdings of the file and at accounts that changed hands.
 */
export async function writeFoundAccess({ tx, newId }: ImportContext): Promise<void> {
  const { rows } = await sql<{ count: string }>`
    with made as (
      insert into import_assignment
      select row_number() over (order by g.id), g.id, c.id, c.identity_id, g.entitlement_id
      from access_grant g join account c on c.id = g.account_id
      where g.present and c.identity_id is not null
        and (g.id in (select g2.id from import_holding h join access_grant g2 using (account_id, entitlement_id))
          or c.id in (select id from import_touched where file = ${account.file}))
        and not exists (
          select from assignment_grant ag join assignment a on a.id = ag.assignment_id where ag.grant_id = g.id and a.state <> 'ENDED')
        and not ${comesByMembership}
      returning n)
    select count(*) as count from made`.execute(tx.sql)
  await stageNewIds(tx, Number(rows[0]?.count ?? 0), newId)
  await run(tx, 'analyze import_assignment')
  await run(tx, 'analyze import_new_id')
  const now = sql`${tx.now}::timestamptz`
  await sql`
    insert into assignment (id, identity_id, item_type, item_id, origin, state, account_id, created_at, modified_at)
    select i.id, m.identity_id, 'ENTITLEMENT', m.entitlement_id, 'IMPORTED', 'ACTIVE', m.account_id, ${now}, ${now}
    from import_assignment m join import_new_id i using (n)`.execute(tx.sql)
  await sql`
    insert into assignment_grant (assignment_id, grant_id)
    select i.id, m.grant_id from import_assignment m join import_new_id i using (n)`.execute(tx.sql)
  await sql`
    insert into import_touched
    select ${holdings.file}, m.grant_id, false from import_assignment m
    where m.grant_id in (select g.id from import_holding h join access_grant g using (account_id, entitlement_id))
    on conflict do nothing`.execute(tx.sql)
}

const IDS_AT_ONCE = 5_000

/** Ids are made by the program, in portions: only as many as there are assignments to make. */
async function stageNewIds(tx: Tx, count: number, newId: () => string): Promise<void> {
  for (let from = 1; from <= count; from += IDS_AT_ONCE) {
    const size = Math.min(IDS_AT_ONCE, count - from + 1)
    await stageRows(
      tx,
      'import_new_id',
      Array.from({ length: size }, (_, at) => ({ n: from + at, id: newId() })),
    )
  }
}
