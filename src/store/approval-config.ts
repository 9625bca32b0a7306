import type { ScopedRules } from '../domain/approval-rules.ts'
import type { Reader, Tx } from './db.ts'
import { saveSetting } from './settings.ts'

/** What is said about the approvals of single items: one setting each. What is said for all of them is part of the tenant's configuration. */
const PREFIX = 'approval-config/'

/** The rules of their own that these items have, by item. */
export async function listApprovalRules(reader: Reader, itemIds: string[]): Promise<Map<string, ScopedRules>> {
  if (itemIds.length === 0) return new Map()
  const keys = itemIds.map((id) => PREFIX + id)
  const rows = await reader.selectFrom('setting').select(['key', 'value']).where('key', 'in', keys).execute()
  return new Map(rows.map((row) => [row.key.slice(PREFIX.length), row.value as ScopedRules]))
}

/** The rules of its own that an item has, or undefined. */
export async function findApprovalRules(reader: Reader, itemId: string): Promise<ScopedRules | undefined> {
  return (await listApprovalRules(reader, [itemId])).get(itemId)
}

/** Gives an item rules of its own; undefined takes them away. */
export async function saveApprovalRules(tx: Tx, itemId: string, rules: ScopedRules | undefined): Promise<void> {
  if (rules) await saveSetting(tx, PREFIX + itemId, rules)
  else
    await tx.sql
      .deleteFrom('setting')
      .where('key', '=', PREFIX + itemId)
      .execute()
}
