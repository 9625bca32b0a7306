import { readGovernanceGroup } from '../../domain/import-rows.ts'
import { type ListColumn, resolveList, writeList } from './entries.ts'
import { type FileImport, headerOf } from './file-import.ts'
import { governanceGroup, identity } from './nouns.ts'
import { resolveIds, resolveReference } from './resolve.ts'
import { stageEntries, stageRows } from './staging.ts'
import { type Column, upsert } from './upsert.ts'

const columns: Column[] = [
  { name: 'name', headers: ['name'] },
  { name: 'description', headers: ['description'] },
  { name: 'owner_id', headers: ['ownerAlias'] },
]

const members: ListColumn = { owner: governanceGroup, field: 'members', to: identity }

/** governance-groups.csv: the groups and who is in them. */
export const governanceGroups: FileImport = {
  file: governanceGroup.file,

  async stage({ tx, newId }, rows) {
    const read = rows.map((row) => ({ line: row.line, ...readGovernanceGroup(row) }))
    const staged = read.map(({ id, ownerAlias, members: _, ...same }) => ({
      new_id: newId(),
      given_id: id,
      owner_alias: ownerAlias,
      ...same,
    }))
    await stageRows(tx, governanceGroup.staged, staged)
    await stageEntries(tx, governanceGroup.file, 'members', read, (row) => row.members)
  },

  async check({ tx, unread }) {
    await resolveIds(tx, governanceGroup)
    await resolveReference(tx, unread, { from: governanceGroup, cell: 'owner_alias', id: 'owner_id', header: 'ownerAlias', to: identity })
    await resolveList(tx, unread, members)
  },

  async write(context) {
    const header = headerOf(context, governanceGroup.file)
    await upsert(context.tx, governanceGroup, columns, header)
    if (!header.has('members')) return
    await writeList(context.tx, members, { table: 'governance_group_member', whole: 'group_id', part: 'identity_id' })
  },
}
