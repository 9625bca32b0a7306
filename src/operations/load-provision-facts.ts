import type { Naming } from '../domain/held.ts'
import type { NeededValue, ProvisionFacts } from '../domain/provisioning.ts'
import type { Tx } from '../store/db.ts'
import { findAccountByNativeIdentity, linkAccount, listAccounts, listGrants } from '../store/provisioning.ts'

/** Who is to get values, and which of their accounts were named for it. */
export interface Receiving extends Pick<Naming, 'accountSelection' | 'nativeIdentity'> {
  recipientId: string
  recipientAlias: string
}

/**
 * Takes who is to get which values; returns what a plan for it must know. An account of the person's name that belongs to nobody becomes
 * theirs. Where it belongs to somebody else a text says so: that is a matter for a person.
 */
export async function loadProvisionFacts(tx: Tx, receiving: Receiving, values: NeededValue[]): Promise<ProvisionFacts | string> {
  const { recipientId, recipientAlias, accountSelection, nativeIdentity } = receiving
  const sourceIds = [...new Set(values.map((value) => value.sourceId))]
  const [known, noted] = await Promise.all([listAccounts(tx.sql, recipientId, sourceIds), listGrants(tx.sql, recipientId, values)])
  let grants = noted
  for (const sourceId of sourceIds.filter((id) => !known.some((account) => account.sourceId === id))) {
    const namesake = await findAccountByNativeIdentity(tx.sql, sourceId, recipientAlias)
    if (!namesake) continue
    if (namesake.identityId !== null) return `The account ${recipientAlias} on source ${sourceId} belongs to another identity.`
    await linkAccount(tx, namesake.id, recipientId)
    known.push({ id: namesake.id, sourceId, nativeIdentity: recipientAlias })
    grants = await listGrants(tx.sql, recipientId, values)
  }
  return { recipientAlias, values, accounts: known, grants, accountSelection, nativeIdentity }
}
