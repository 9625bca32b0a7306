import { DomainError } from '../domain/errors.ts'
import { noteSwitches } from '../store/account-switches.ts'
import { recordAudit } from '../store/audit.ts'
import { updateSourceLeavers } from '../store/sources.ts'
import type { Context } from './context.ts'
import type { Doer } from './item-event.ts'

/**
 * Says of a source whether the accounts of people who leave are disabled at its target; begins at once with those who have left. Returns how
 * many accounts that concerns. Refuses an unknown id (not_found) and a source whose work is done by hand (invalid).
 */
export async function setSourceLeavers({ db, ids }: Context, by: Doer, sourceId: string, disableAccounts: boolean): Promise<number> {
  return db.transaction(async (tx) => {
    const source = await updateSourceLeavers(tx, sourceId, disableAccounts)
    if (source === undefined) throw new DomainError('not_found', `There is no source ${sourceId}.`)
    if (disableAccounts && source.connector === null)
      throw new DomainError('invalid', 'needs a source with a connector: here its owner does the work by hand.', 'disableAccounts')
    const concerned = await noteSwitches(tx, { sourceId }, ids.next)
    const event = { id: ids.next(), action: 'SOURCE_LEAVERS_UPDATED', actor: { id: by.identityId, name: by.name } }
    const details = { disableAccounts, concerned }
    await recordAudit(tx, [{ ...event, target: { id: sourceId, name: source.name }, trackingNumber: null, details }])
    return concerned
  })
}
