import type { Ask } from '../domain/access-request.ts'
import { personOf } from '../domain/actor.ts'
import { checkAsk } from '../domain/request-rules.ts'
import { listNeededValues } from '../store/access-items.ts'
import { loadCreateFacts } from '../store/access-requests.ts'
import { listAccountChoices, type SourceAccounts } from '../store/lists/account-choices.ts'
import type { Call } from './call.ts'

/** For each recipient and item, the accounts the access could go to; a choice is needed where a source has more than one. */
export async function listAccountSelections(call: Call, ask: Ask) {
  const reader = call.app.db.sql
  const facts = await loadCreateFacts(reader, personOf(call.actor), ask, await call.app.db.businessNow())
  checkAsk(call.actor, ask, facts, await call.app.db.businessNow())
  const identities = []
  for (const entry of ask.entries) {
    const requestedItems = []
    for (const asked of entry.items) {
      const item = facts.items.get(asked.id)
      const sourceIds = [...new Set((await listNeededValues(reader, asked.id)).map((value) => value.sourceId))]
      const sources = await listAccountChoices(reader, entry.recipientId, sourceIds)
      const held = facts.held.some((h) => h.recipientId === entry.recipientId && h.itemId === asked.id)
      const blocked = held && asked.type === 'ACCESS_PROFILE'
      requestedItems.push({
        description: item?.description ?? '',
        accountsSelectionBlocked: blocked,
        accountsSelectionBlockedReason: blocked ? 'ACCESS_PROFILE_ALREADY_ASSIGNED_TO_AN_ACCOUNT' : null,
        type: asked.type,
        id: asked.id,
        name: item?.name ?? '',
        sources: sources.map(sourceToWire),
      })
    }
    const person = facts.routing.people.get(entry.recipientId)
    identities.push({
      requestedItems,
      accountsSelectionRequired: requestedItems.some(
        (item) => !item.accountsSelectionBlocked && item.sources.some((s) => s.accounts.length > 1),
      ),
      type: 'IDENTITY',
      id: entry.recipientId,
      name: person?.name ?? '',
    })
  }
  return { identities }
}

function sourceToWire(source: SourceAccounts) {
  return {
    type: 'SOURCE',
    id: source.id,
    name: source.name,
    accounts: source.accounts.map((account) => ({ ...account, uuid: account.id, type: 'ACCOUNT' })),
  }
}
