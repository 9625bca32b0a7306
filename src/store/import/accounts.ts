import { sql } from 'kysely'
import { readAccount } from '../../domain/import-rows.ts'
import { type FileImport, headerOf } from './file-import.ts'
import { account, identity, source } from './nouns.ts'
import { resolveIds, resolveReference } from './resolve.ts'
import { stageRows } from './staging.ts'
import { type Column, upsert } from './upsert.ts'

const columns: Column[] = [
  { name: 'source_id', headers: ['source'] },
  { name: 'native_identity', headers: ['nativeIdentity'] },
  { name: 'identity_id', headers: ['identityAlias'] },
  { name: 'name', headers: ['name'] },
  { name: 'disabled', headers: ['disabled'] },
  // The file has seen it.
  { name: 'present', headers: ['nativeIdentity'] },
]

/** accounts.csv: the accounts at the sources, and the person that each belongs to where one is known. */
export const accounts: FileImport = {
  file: account.file,

  async stage({ tx, newId }, rows) {
    const staged = rows.map((row) => {
      const { id, nativeIdentity, identityAlias, ...same } = readAccount(row)
      const renamed = { given_id: id, native_identity: nativeIdentity, identity_alias: identityAlias }
      return { line: row.line, new_id: newId(), present: true, ...renamed, ...same }
    })
    await stageRows(tx, account.staged, staged)
  },

  async check({ tx, unread }) {
    await resolveReference(tx, unread, { from: account, cell: 'source', id: 'source_id', header: 'source', to: source })
    await resolveIds(tx, account)
    const person = { from: account, cell: 'identity_alias', id: 'identity_id', header: 'identityAlias', to: identity }
    await resolveReference(tx, unread, person)
  },

  async write(context) {
    const { tx } = context
    await upsert(tx, account, columns, headerOf(context, account.file))
    // What was found on the account goes with it to another person, and with no person it is nobody's access any more.
    await sql`
      update assignment a set
        identity_id = coalesce(c.identity_id, a.identity_id),
        state = case when c.identity_id is null then 'ENDED' else a.state end,
        modified_at = ${tx.now}::timestamptz
      from account c join import_touched t on t.id = c.id and t.file = ${account.file} and not t.created
      where a.account_id = c.id and a.origin = 'IMPORTED' and a.state <> 'ENDED' and a.identity_id is distinct from c.identity_id`.execute(
      tx.sql,
    )
  },
}
