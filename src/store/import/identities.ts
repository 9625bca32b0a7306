import { sql } from 'kysely'
import { readIdentity } from '../../domain/import-rows.ts'
import type { Tx } from '../db.ts'
import { type FileImport, headerOf } from './file-import.ts'
import { identity } from './nouns.ts'
import { resolveIds, resolveReference } from './resolve.ts'
import { stageRows } from './staging.ts'
import { type Column, upsert } from './upsert.ts'

const columns: Column[] = [
  { name: 'alias', headers: ['alias'] },
  { name: 'name', headers: ['name'] },
  { name: 'first_name', headers: ['name'] },
  { name: 'last_name', headers: ['name'] },
  { name: 'email', headers: ['email'] },
  { name: 'manager_id', headers: ['managerAlias'] },
  { name: 'department', headers: ['department'] },
  { name: 'status', headers: ['status'] },
  { name: 'is_admin', headers: ['admin'] },
]

/** identities.csv: people, their managers among them in any order (a circle of managers is a fact of life, not a fault). */
export const identities: FileImport = {
  file: identity.file,

  async stage({ tx, newId }, rows) {
    const staged = rows.map((row) => {
      const { id, firstName, lastName, managerAlias, isAdmin, ...same } = readIdentity(row)
      const renamed = { given_id: id, first_name: firstName, last_name: lastName, manager_alias: managerAlias, is_admin: isAdmin }
      return { line: row.line, new_id: newId(), ...same, ...renamed }
    })
    await stageRows(tx, identity.staged, staged)
  },

  async check({ tx, unread }) {
    await resolveIds(tx, identity)
    await resolveReference(tx, unread, { from: identity, cell: 'manager_alias', id: 'manager_id', header: 'managerAlias', to: identity })
  },

  async write(context) {
    const header = headerOf(context, identity.file)
    for (const [column, name] of [
      ['firstName', 'first_name'],
      ['lastName', 'last_name'],
    ] as const) {
      if (header.has(column)) continue
      // A split name is a guess: it does not replace what is known of the same name.
      await sql`
        update import_identity s set ${sql.ref(name)} = i.${sql.ref(name)} from identity i where i.id = s.id and i.name = s.name`.execute(
        context.tx.sql,
      )
    }
    await markChanged(context.tx, header)
    await upsert(context.tx, identity, columns, header)
  },
}

/** Approvals may wait for the wrong person because of those who leave and those who get another manager; the sweep looks at theirs. */
async function markChanged(tx: Tx, header: ReadonlySet<string>): Promise<void> {
  const leaves = header.has('status') ? sql`s.status = 'INACTIVE' and i.status <> s.status` : sql`false`
  const isManagedAnew = header.has('managerAlias') ? sql`s.manager_id is distinct from i.manager_id` : sql`false`
  await sql`
    update identity i set to_mend = true from import_identity s
    where s.id = i.id and not i.to_mend and ((${leaves}) or ${isManagedAnew})`.execute(tx.sql)
}
