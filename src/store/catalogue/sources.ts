import { sql } from 'kysely'
import type { RequestConfig } from '../../domain/access-model.ts'
import type { Reader } from '../db.ts'
import type { Page, PageQuery } from '../lists/page.ts'
import type { Named } from '../lists/request-status.ts'
import { namedOrNull } from '../named.ts'
import { findRow, type Listing, listRows, noText, nothing, same } from './listing.ts'

/** A source as others may see it: the settings of its connector are not among its fields, only whether there are any. */
export interface SourceRow {
  id: string
  name: string
  description: string | null
  owner: Named
  /** The kind of its connector; `manual` when a person does the work. */
  connector: string
  /** True when its connector has been told where and how, or none is needed. */
  connected: boolean
  requestConfig: RequestConfig | null
  createdAt: Date
  modifiedAt: Date
}

const connector = sql`coalesce(s.connector, 'manual')`
const connected = sql`(s.connector is null or s.connector_settings is not null)`

const listing: Listing = {
  table: 'source',
  alias: 's',
  joins: sql`left join identity o on o.id = s.owner_id`,
  columns: {
    id: { sql: sql`s.id`, type: 'id', notNull: true },
    name: { sql: sql`s.name`, type: 'string', notNull: true },
    description: { sql: sql`s.description`, type: 'string' },
    type: { sql: connector, type: 'string', notNull: true },
    connectorName: { sql: connector, type: 'string', notNull: true },
    connectionType: { sql: sql`(s.connector is null)`, type: 'boolean', notNull: true },
    features: { sql: sql`(s.connector is null)`, type: 'boolean', notNull: true },
    // True for those that are not connected: so they sort as the wire's words for it do.
    status: { sql: sql`(not ${connected})`, type: 'boolean', notNull: true },
    healthy: { sql: connected, type: 'boolean', notNull: true },
    'owner.id': { sql: sql`s.owner_id`, type: 'id', notNull: true },
    'owner.name': { sql: sql`o.name`, type: 'string', notNull: true },
    created: { sql: sql`s.created_at`, type: 'date', notNull: true },
    modified: { sql: sql`s.modified_at`, type: 'date', notNull: true },
    authoritative: same(false, 's'),
    category: noText,
    'managementWorkgroup.id': nothing,
    'accountCorrelationConfig.id': nothing,
    'accountCorrelationConfig.name': nothing,
    'managerCorrelationRule.type': nothing,
    'managerCorrelationRule.id': nothing,
    'managerCorrelationRule.name': nothing,
  },
  select: sql`
    s.id, s.name, s.description, ${namedOrNull('o')} as owner, ${connector} as connector, ${connected} as connected, s.request_config as "requestConfig",
    s.created_at as "createdAt", s.modified_at as "modifiedAt"`,
  usualOrder: sql`lower(s.name), s.id`,
}

/** A page of the sources, by name. */
export async function listSources(reader: Reader, query: PageQuery): Promise<Page<SourceRow>> {
  return listRows(reader, listing, [], query)
}

/** One source, or undefined. */
export async function findSource(reader: Reader, id: string): Promise<SourceRow | undefined> {
  return findRow(reader, listing, id)
}
