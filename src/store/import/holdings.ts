import { sql } from 'kysely'
import { readHolding } from '../../domain/import-rows.ts'
import type { Tx } from '../db.ts'
import type { FileImport, ImportContext } from './file-import.ts'
import { account, entitlement, idOf, isStaged, source } from './nouns.ts'
import { run } from './staging.ts'

const file = 'holdings.csv'

/** holdings.csv: what the accounts have. It adds: what is not in the file stays as it is. */
export const holdings: FileImport = {
  file,

  async stage({ tx, newId }, rows) {
    const staged = rows.map((row) => {
      const { nativeIdentity, ...same } = readHolding(row)
      return { line: row.line, new_id: newId(), native_identity: nativeIdentity, ...same }
    })
    // Looked up at once, so that of the many lines only ids are kept, and the texts of those that name nothing.
    // `offset 0` keeps PostgreSQL from looking the same source up once for every use of it.
    await sql`
      insert into import_holding
      select f.line, f.new_id, ${sql.raw(keptTexts)}, f.source_id, f.account_id, f.entitlement_id
      from (
        select h.*, ${sql.raw(idOf(account, accountCells))} as account_id, ${sql.raw(idOf(entitlement, entitlementCells))} as entitlement_id
        from (
          select g.line, g.new_id, g.source, g.native_identity, g.attribute, g.value, ${sql.raw(idOf(source, ['g.source']))} as source_id
          from json_populate_recordset(null::import_holding, ${JSON.stringify(staged)}::json) g offset 0) h offset 0) f`.execute(tx.sql)
  },

  async check(context) {
    await run(context.tx, 'analyze import_holding')
    await noteUnknown(context)
    await sql`
      with repeated as (
        select account_id, entitlement_id, min(line) as first from import_holding
        where account_id is not null and entitlement_id is not null group by account_id, entitlement_id having count(*) > 1)
      insert into import_issue
      select ${file}, h.line, 'value', format('line %s says the same.', r.first)
      from import_holding h join repeated r using (account_id, entitlement_id) where h.line > r.first`.execute(context.tx.sql)
  },

  async write({ tx }) {
    await writeGrants(tx)
    await run(tx, 'analyze access_grant')
  },
}

const accountCells = ['h.source_id', 'h.native_identity']
const entitlementCells = ['h.source_id', 'h.attribute', 'h.value']

const keptTexts = ['source', 'native_identity', 'attribute', 'value']
  .map((text) => `case when f.account_id is null or f.entitlement_id is null then f.${text} end`)
  .join(', ')

/** A holding names three things; what its source is called decides whether the other two can be looked for. */
async function noteUnknown({ tx, unread }: ImportContext): Promise<void> {
  if (unread.has(source.file)) return
  await sql`
    insert into import_issue select ${file}, h.line, 'source', format('there is no source "%s".', left(h.source, 100))
    from import_holding h where h.source is not null and h.source_id is null and not ${sql.raw(isStaged(source, ['h.source']))}`.execute(
    tx.sql,
  )
  const accountText = sql`format('there is no account "%s" in source "%s".', left(h.native_identity, 100), left(h.source, 100))`
  if (!unread.has(account.file)) {
    await sql`
      insert into import_issue select ${file}, h.line, 'nativeIdentity', ${accountText} from import_holding h
      where h.source_id is not null and h.native_identity is not null and h.account_id is null
        and not ${sql.raw(isStaged(account, accountCells))}`.execute(tx.sql)
  }
  const valueText = sql`format('there is no entitlement "%s=%s" in source "%s".', h.attribute, left(h.value, 100), left(h.source, 100))`
  if (!unread.has(entitlement.file)) {
    await sql`
      insert into import_issue select ${file}, h.line, 'value', ${valueText} from import_holding h
      where h.source_id is not null and h.attribute is not null and h.value is not null and h.entitlement_id is null
        and not ${sql.raw(isStaged(entitlement, entitlementCells))}`.execute(tx.sql)
  }
}

/**
 * What is known to be gone is there again when a file says so, unless the source has a connector: then the target was asked, and may have been asked
 * after the file was written.
 */
async function writeGrants(tx: Tx): Promise<void> {
  const now = sql`${tx.now}::timestamptz`
  await sql`
    with changed as (
      update access_grant g set present = true, checked_at = ${now} from import_holding h join source s on s.id = h.source_id
      where g.account_id = h.account_id and g.entitlement_id = h.entitlement_id and not g.present and s.connector is null returning g.id)
    insert into import_touched select ${file}, id, false from changed`.execute(tx.sql)
  await sql`
    with created as (
      insert into access_grant (id, account_id, entitlement_id, present, checked_at, created_at)
      select h.new_id, h.account_id, h.entitlement_id, true, ${now}, ${now} from import_holding h
      where not exists (select from access_grant g where g.account_id = h.account_id and g.entitlement_id = h.entitlement_id)
      order by h.line returning id)
    insert into import_touched select ${file}, id, true from created`.execute(tx.sql)
}
