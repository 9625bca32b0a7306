import { readApplication } from '../../domain/import-rows.ts'
import { type ListColumn, resolveList, writeList } from './entries.ts'
import { type FileImport, headerOf } from './file-import.ts'
import { accessProfile, application, identity, source } from './nouns.ts'
import { resolveIds, resolveReference } from './resolve.ts'
import { stageEntries, stageRows } from './staging.ts'
import { type Column, upsert } from './upsert.ts'

const columns: Column[] = [
  { name: 'name', headers: ['name'] },
  { name: 'description', headers: ['description'] },
  { name: 'owner_id', headers: ['ownerAlias'] },
  { name: 'source_id', headers: ['source'] },
]

const profiles: ListColumn = { owner: application, field: 'accessProfiles', to: accessProfile }

/** applications.csv: what people know a system as, and the access profiles that lead into it. */
export const applications: FileImport = {
  file: application.file,

  async stage({ tx, newId }, rows) {
    const read = rows.map((row) => ({ line: row.line, ...readApplication(row) }))
    const staged = read.map(({ id, ownerAlias, accessProfiles: _, ...same }) => ({
      ...{ new_id: newId(), given_id: id, owner_alias: ownerAlias },
      ...same,
    }))
    await stageRows(tx, application.staged, staged)
    await stageEntries(tx, application.file, 'accessProfiles', read, (row) => row.accessProfiles)
  },

  async check({ tx, unread }) {
    await resolveIds(tx, application)
    await resolveReference(tx, unread, { from: application, cell: 'owner_alias', id: 'owner_id', header: 'ownerAlias', to: identity })
    await resolveReference(tx, unread, { from: application, cell: 'source', id: 'source_id', header: 'source', to: source })
    await resolveList(tx, unread, profiles)
  },

  async write(context) {
    const header = headerOf(context, application.file)
    await upsert(context.tx, application, columns, header)
    if (!header.has('accessProfiles')) return
    await writeList(context.tx, profiles, { table: 'application_access_profile', whole: 'application_id', part: 'access_profile_id' })
  },
}
