import { sql } from 'kysely'
import type { RequestConfig } from '../domain/access-model.ts'
import type { Reader, Tx } from './db.ts'

/** Saves the connector of the source of that name; returns the source's id, or undefined when there is none. */
export async function updateSourceConnector(
  tx: Tx,
  source: { name: string; connector: string; sealedSettings: string },
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    update source set connector = ${source.connector}, connector_settings = ${source.sealedSettings}, modified_at = ${tx.now}
    where lower(name) = lower(${source.name}) returning id`.execute(tx.sql)
  return rows[0]?.id
}

/** A source as its connector needs it, or undefined. */
export async function findSourceByName(
  reader: Reader,
  name: string,
): Promise<{ id: string; name: string; connector: string | null; connectorSettings: string | null } | undefined> {
  const { rows } = await sql<{ id: string; name: string; connector: string | null; connectorSettings: string | null }>`
    select id, name, connector, connector_settings as "connectorSettings" from source where lower(name) = lower(${name})`.execute(reader)
  return rows[0]
}

/** Nobody else changes the source until the transaction has ended. */
export async function lockSource(tx: Tx, id: string): Promise<void> {
  await tx.sql.selectFrom('source').select('id').where('id', '=', id).forNoKeyUpdate().execute()
}

/** Saves the request rules of a source's entitlements. */
export async function updateSourceRequestConfig(tx: Tx, id: string, config: RequestConfig): Promise<void> {
  const row = { request_config: JSON.stringify(config), modified_at: tx.now }
  await tx.sql.updateTable('source').set(row).where('id', '=', id).execute()
}

/** Saves whether the accounts of people who leave are disabled; returns the source, or undefined when there is none. */
export async function updateSourceLeavers(
  tx: Tx,
  id: string,
  disablesLeavers: boolean,
): Promise<{ name: string; connector: string | null } | undefined> {
  const row = { disables_leavers: disablesLeavers, modified_at: tx.now }
  return tx.sql.updateTable('source').set(row).where('id', '=', id).returning(['name', 'connector']).executeTakeFirst()
}

/** Saves how many jobs a source's target may have at a time; returns the source's name, or undefined when there is none. */
export async function updateSourceLimit(tx: Tx, id: string, maxJobs: number | null): Promise<string | undefined> {
  const row = { max_jobs: maxJobs, modified_at: tx.now }
  const updated = await tx.sql.updateTable('source').set(row).where('id', '=', id).returning('name').executeTakeFirst()
  return updated?.name
}
