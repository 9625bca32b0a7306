import { configColumns, readAccessProfile, readEntitlement, readRole } from '../../domain/import-rows.ts'
import { resolveApprovals } from './approvals.ts'
import { collectList, type ListColumn, resolveList, writeList } from './entries.ts'
import { type FileImport, headerOf, type ImportContext } from './file-import.ts'
import { accessProfile, entitlement, governanceGroup, identity, type Noun, role, source } from './nouns.ts'
import { resolveIds, resolveReference } from './resolve.ts'
import { stageEntries, stageRows } from './staging.ts'
import { type Column, upsert } from './upsert.ts'

const shared: Column[] = [
  { name: 'name', headers: ['name'] },
  { name: 'description', headers: ['description'] },
  { name: 'owner_id', headers: ['ownerAlias'] },
  { name: 'requestable', headers: ['requestable'] },
  { name: 'enabled', headers: ['enabled'] },
  { name: 'request_config', headers: configColumns },
]
const ofSource: Column = { name: 'source_id', headers: ['source'] }

interface SharedRow {
  line: number
  id: string | null
  name: string | null
  description: string | null
  ownerAlias: string | null
  requestable: boolean
  enabled: boolean
  config: object | null
}

function stagedItem(row: SharedRow, newId: string) {
  const { line, id, name, description, ownerAlias, requestable, enabled, config } = row
  return { line, new_id: newId, given_id: id, name, description, owner_alias: ownerAlias, requestable, enabled, request_config: config }
}

async function checkOwnerAndApprovals({ tx, unread }: ImportContext, noun: Noun): Promise<void> {
  await resolveReference(tx, unread, { from: noun, cell: 'owner_alias', id: 'owner_id', header: 'ownerAlias', to: identity })
  await resolveApprovals(tx, unread, noun)
}

/** entitlements.csv: what an account can have at a source, known by source, attribute and value. */
export const entitlements: FileImport = {
  file: entitlement.file,

  async stage({ tx, newId }, rows) {
    const staged = rows.map((line) => {
      const row = { line: line.line, ...readEntitlement(line) }
      return { ...stagedItem(row, newId()), source: row.source, attribute: row.attribute, value: row.value, privileged: row.privileged }
    })
    await stageRows(tx, entitlement.staged, staged)
  },

  async check(context) {
    await resolveReference(context.tx, context.unread, { from: entitlement, cell: 'source', id: 'source_id', header: 'source', to: source })
    await resolveIds(context.tx, entitlement)
    await checkOwnerAndApprovals(context, entitlement)
  },

  async write(context) {
    const own: Column[] = [
      { name: 'attribute', headers: ['attribute'] },
      { name: 'value', headers: ['value'] },
      { name: 'privileged', headers: ['privileged'] },
    ]
    await upsert(context.tx, entitlement, [...shared, ofSource, ...own], headerOf(context, entitlement.file))
  },
}

const entitlementsOfProfile: ListColumn = { owner: accessProfile, field: 'entitlements', to: entitlement }

/** access-profiles.csv: some entitlements of one source under one name. */
export const accessProfiles: FileImport = {
  file: accessProfile.file,

  async stage({ tx, newId }, rows) {
    const read = rows.map((row) => ({ line: row.line, ...readAccessProfile(row) }))
    const staged = read.map((row) => ({ ...stagedItem(row, newId()), source: row.source }))
    await stageRows(tx, accessProfile.staged, staged)
    await stageEntries(tx, accessProfile.file, 'entitlements', read, (row) => row.entitlements)
  },

  async check(context) {
    const { tx, unread } = context
    await resolveReference(tx, unread, { from: accessProfile, cell: 'source', id: 'source_id', header: 'source', to: source })
    await resolveIds(tx, accessProfile)
    await checkOwnerAndApprovals(context, accessProfile)
    await resolveList(tx, unread, entitlementsOfProfile)
  },

  async write(context) {
    const header = headerOf(context, accessProfile.file)
    await upsert(context.tx, accessProfile, [...shared, ofSource], header)
    if (header.has('entitlements')) await writeList(context.tx, entitlementsOfProfile, partTable('ENTITLEMENT'))
  },
}

const profilesOfRole: ListColumn = { owner: role, field: 'accessProfiles', to: accessProfile }
const entitlementsOfRole: ListColumn = { owner: role, field: 'entitlements', to: entitlement }
const additionalOwners: ListColumn = { owner: role, field: 'additionalOwners', to: identity }
const additionalGroups: ListColumn = { owner: role, field: 'additionalGroups', to: governanceGroup }

/** roles.csv: access profiles and entitlements under one name. */
export const roles: FileImport = {
  file: role.file,

  async stage({ tx, newId }, rows) {
    const read = rows.map((row) => ({ line: row.line, ...readRole(row) }))
    const staged = read.map((row) => stagedItem(row, newId()))
    await stageRows(tx, role.staged, staged)
    for (const field of ['accessProfiles', 'entitlements', 'additionalOwners', 'additionalGroups'] as const) {
      await stageEntries(tx, role.file, field, read, (row) => row[field])
    }
  },

  async check(context) {
    const { tx, unread } = context
    await resolveIds(tx, role)
    await checkOwnerAndApprovals(context, role)
    for (const list of [profilesOfRole, entitlementsOfRole, additionalOwners, additionalGroups]) await resolveList(tx, unread, list)
    await collectList(tx, additionalOwners, 'additional_owner_ids')
    await collectList(tx, additionalGroups, 'additional_group_ids')
  },

  async write(context) {
    const own: Column[] = [
      { name: 'additional_owner_ids', headers: ['additionalOwners'] },
      { name: 'additional_group_ids', headers: ['additionalGroups'] },
    ]
    const header = headerOf(context, role.file)
    await upsert(context.tx, role, [...shared, ...own], header)
    if (header.has('accessProfiles')) await writeList(context.tx, profilesOfRole, partTable('ACCESS_PROFILE'))
    if (header.has('entitlements')) await writeList(context.tx, entitlementsOfRole, partTable('ENTITLEMENT'))
  },
}

function partTable(partType: 'ACCESS_PROFILE' | 'ENTITLEMENT') {
  return { table: 'access_item_part', whole: 'whole_id', part: 'part_id', partType }
}
