import { configColumns, readSource } from '../../domain/import-rows.ts'
import { resolveApprovals } from './approvals.ts'
import { type FileImport, headerOf } from './file-import.ts'
import { identity, source } from './nouns.ts'
import { resolveIds, resolveReference } from './resolve.ts'
import { stageRows } from './staging.ts'
import { type Column, upsert } from './upsert.ts'

const columns: Column[] = [
  { name: 'name', headers: ['name'] },
  { name: 'description', headers: ['description'] },
  { name: 'owner_id', headers: ['ownerAlias'] },
  { name: 'connector', headers: ['connector'] },
  { name: 'request_config', headers: configColumns },
]

/** sources.csv: the target systems; how to reach one (address, credentials) is never in a file. */
export const sources: FileImport = {
  file: source.file,

  async stage({ tx, newId }, rows) {
    const staged = rows.map((row) => {
      const { id, ownerAlias, config, ...same } = readSource(row)
      return { line: row.line, new_id: newId(), given_id: id, owner_alias: ownerAlias, request_config: config, ...same }
    })
    await stageRows(tx, source.staged, staged)
  },

  async check({ tx, unread }) {
    await resolveIds(tx, source)
    await resolveReference(tx, unread, { from: source, cell: 'owner_alias', id: 'owner_id', header: 'ownerAlias', to: identity })
    await resolveApprovals(tx, unread, source)
  },

  async write(context) {
    await upsert(context.tx, source, columns, headerOf(context, source.file))
  },
}
