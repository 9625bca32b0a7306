import { type Actor, personOf } from '../domain/actor.ts'
import { recordAudit } from '../store/audit.ts'
import { loadReassignmentSettings, type ReassignmentSettings, reassignmentSettingsKey } from '../store/reassignments.ts'
import { saveSetting } from '../store/settings.ts'
import type { Context } from './context.ts'

/** Switches standing reassignment off or on for the whole tenant; returns how it stands. What was moved stays where it is. */
export async function setReassignmentSettings({ db, ids }: Context, actor: Actor, disabled: boolean): Promise<ReassignmentSettings> {
  return db.transaction(async (tx) => {
    const before = await loadReassignmentSettings(tx.sql)
    const by = personOf(actor)
    const at = tx.now.toISOString()
    const { createdBy, createdAt } = before.changes ?? { createdBy: by, createdAt: at }
    const after = { disabled, changes: { createdBy, createdAt, modifiedBy: by, modifiedAt: at } }
    await saveSetting(tx, reassignmentSettingsKey, after)
    const event = { id: ids.next(), action: 'REASSIGNMENT_SETTINGS_UPDATED', actor: { id: by, name: actor.name } }
    const details = { from: { disabled: before.disabled }, to: { disabled } }
    await recordAudit(tx, [{ ...event, target: { id: null, name: 'work reassignment' }, trackingNumber: null, details }])
    return after
  })
}
