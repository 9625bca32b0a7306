import type { ReminderConfig, TenantConfig } from '../domain/tenant-config.ts'
import { defaultTenantConfig } from '../domain/tenant-config.ts'
import type { Reader, Tx } from './db.ts'

const TENANT_CONFIG = 'access-request-config'

/** The tenant's request configuration; what was never set has its default. */
export async function loadTenantConfig(reader: Reader): Promise<TenantConfig> {
  const row = await reader.selectFrom('setting').select('value').where('key', '=', TENANT_CONFIG).executeTakeFirst()
  const stored = (row?.value ?? {}) as Partial<TenantConfig>
  const reminders: ReminderConfig = { ...defaultTenantConfig.reminders, ...stored.reminders }
  return { ...defaultTenantConfig, ...stored, reminders }
}

/** The same, and no other transaction changes it until this one has ended. */
export async function lockTenantConfig(tx: Tx): Promise<TenantConfig> {
  const row = { key: TENANT_CONFIG, value: '{}', modified_at: tx.now }
  await tx.sql
    .insertInto('setting')
    .values(row)
    .onConflict((c) => c.column('key').doNothing())
    .execute()
  await tx.sql.selectFrom('setting').select('key').where('key', '=', TENANT_CONFIG).forUpdate().execute()
  return loadTenantConfig(tx.sql)
}

/** Replaces the tenant's request configuration. */
export async function saveTenantConfig(tx: Tx, config: TenantConfig): Promise<void> {
  await saveSetting(tx, TENANT_CONFIG, config)
}

/** Saves a named setting. */
export async function saveSetting(tx: Tx, key: string, value: unknown): Promise<void> {
  const row = { key, value: JSON.stringify(value), modified_at: tx.now }
  await tx.sql
    .insertInto('setting')
    .values(row)
    .onConflict((c) => c.column('key').doUpdateSet(row))
    .execute()
}
