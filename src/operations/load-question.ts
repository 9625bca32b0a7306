import { groupsOfSteps } from '../domain/access-model.ts'
import { factsUnder } from '../domain/approval-steps.ts'
import type { Question, RoutedItem, RoutingFacts } from '../domain/routing.ts'
import { groupIdsOf, listAskableItems } from '../store/access-items.ts'
import { loadBarred } from '../store/approval-voices.ts'
import type { Tx } from '../store/db.ts'
import { loadRoutingFacts } from '../store/people.ts'
import type { RequestedItem } from '../store/requested-items.ts'
import { loadTenantConfig } from '../store/settings.ts'

/**
 * Takes an item, and people who matter beside those its rules name; returns the question it puts and everybody who might have a part in the
 * answer now, with what its snapshot says about them.
 */
export async function loadQuestion(
  tx: Tx,
  item: RequestedItem,
  alsoIds: (string | null)[] = [],
): Promise<{ question: Question; facts: RoutingFacts }> {
  const [config, items] = await Promise.all([loadTenantConfig(tx.sql), listAskableItems(tx.sql, [item.itemId])])
  const routed = items.get(item.itemId) as RoutedItem
  const owners = [routed.ownerId, routed.sourceOwnerId, routed.appOwnerId, ...routed.additionalOwnerIds]
  const groupIds = [...groupIdsOf(items.values(), config.entitlements), ...groupsOfSteps(item.policy.steps)]
  const personIds = [item.requesterId, item.recipientId, item.policy.fallbackApproverId ?? null, ...owners, ...alsoIds]
  const facts = await loadRoutingFacts(tx.sql, { personIds, groupIds }, config, tx.now)
  const question = { item: routed, requesterId: item.requesterId, recipientId: item.recipientId }
  return { question, facts: factsUnder(item.policy, facts) }
}

/** The same for an open approval, with those who may not be given it because they have a say in the item already. */
export async function loadQuestionOf(
  tx: Tx,
  item: RequestedItem,
  approval: { id: string; stepNumber: number },
  alsoIds: (string | null)[],
): Promise<{ question: Question; facts: RoutingFacts }> {
  const { question, facts } = await loadQuestion(tx, item, alsoIds)
  return { question: { ...question, barred: await loadBarred(tx, item, approval) }, facts }
}
