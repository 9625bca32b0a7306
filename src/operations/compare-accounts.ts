import { type Comparison, compareValues, isWorthAnotherLook, type KnownValue } from '../domain/drift.ts'
import { drift as driftLife } from '../domain/lifecycle.ts'
import type { Connector } from '../ports.ts'
import { type NewAuditEvent, recordAudit } from '../store/audit.ts'
import type { Tx } from '../store/db.ts'
import { endDrift, insertDrift } from '../store/drift.ts'
import {
  type EntitlementIds,
  type FoundAccount,
  insertFoundGrants,
  insertImported,
  type KnownAccount,
  listKnownValues,
  markAccountGone,
  markGrants,
  noteAccounts,
  noteEntitlements,
  valueKey,
} from '../store/found-accounts.ts'
import { leaseAccount, returnAccount } from '../store/provisioning.ts'
import { type BegunSync, countSync } from '../store/source-syncs.ts'
import type { Context } from './context.ts'
import { theSystem } from './item-event.ts'
import { ACCOUNT_LEASE_MS, whileLeased } from './lease-account.ts'

/** What reading a target needs beside the database. */
export interface SyncContext extends Context {
  /** Opens the connector of a source; refuses (TargetError) when its settings are missing or broken. */
  connectorFor(source: { id: string; connector: string | null; connectorSettings: string | null }): Connector
}

/**
 * Takes accounts as a target lists them and notes what is beyond doubt: that they are there, and what they have. Returns the accounts that
 * seem to lack something.
 */
export async function compareBatch({ db, ids }: SyncContext, sync: BegunSync, listed: FoundAccount[]): Promise<KnownAccount[]> {
  const batch = [...new Map(listed.map((account) => [account.nativeIdentity, account])).values()]
  return db.transaction(async (tx) => {
    const { accounts, created } = await noteAccounts(tx, sync, batch, ids.next)
    const known = await listKnownValues(tx, accountIds(accounts), sync.beganAt)
    const compared = accounts.map((account) => {
      const theirs = batch.find((one) => one.nativeIdentity === account.nativeIdentity)?.values ?? {}
      return { account, known: known.get(account.id) ?? [], result: compareAccount(sync, account, theirs, known) }
    })
    const clear = compared.filter(({ result }) => !isWorthAnotherLook(result))
    await countSync(tx, sync.id, { accounts: accounts.length, newAccounts: created })
    await noteAll(tx, { ids }, sync, clear)
    return compared.flatMap(({ account, result }) => (isWorthAnotherLook(result) ? [account] : []))
  })
}

const accountIds = (accounts: KnownAccount[]) => accounts.map(({ id }) => id)

function compareAccount(
  sync: BegunSync,
  account: KnownAccount,
  theirs: FoundAccount['values'],
  known: Map<string, KnownValue[]>,
): Comparison {
  return compareValues(theirs, known.get(account.id) ?? [], { isOwned: account.identityId !== null, isFirst: sync.isFirst })
}

const TRIES = 40
const TRY_AGAIN_MS = 250

/**
 * Reads one account by itself while nobody else changes it, and notes and reports what that shows. One that others are at work on for too
 * long is passed over until the next time.
 */
export async function lookAgain(context: SyncContext, sync: BegunSync, connector: Connector, account: KnownAccount): Promise<void> {
  const { db, ids } = context
  const lease = ids.next()
  for (let tries = 1; !(await db.transaction((tx) => leaseAccount(tx, account.id, lease, ACCOUNT_LEASE_MS))); tries++) {
    if (tries >= TRIES) return db.transaction((tx) => countSync(tx, sync.id, { skipped: 1 }))
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS))
  }
  const release = () => db.transaction((tx) => returnAccount(tx, account.id, lease))
  const found = await whileLeased(db, account.id, lease, () => connector.readAccount(account.nativeIdentity)).catch(
    async (error: unknown) => {
      await release()
      throw error
    },
  )
  await db.transaction(async (tx) => {
    // Whoever lost the lease says nothing: what was read may be old by now.
    if (!(await returnAccount(tx, account.id, lease))) return countSync(tx, sync.id, { skipped: 1 })
    if (!found) await markAccountGone(tx, account.id)
    const known = await listKnownValues(tx, [account.id], null)
    const result = compareAccount(sync, account, found?.values ?? {}, known)
    await noteAll(tx, { ids }, sync, [{ account, known: known.get(account.id) ?? [], result }])
  })
}

interface Compared {
  account: KnownAccount
  known: KnownValue[]
  result: Comparison
}

/** Stores what a comparison says: values, imported access, drift, and the record of the drift. */
async function noteAll(tx: Tx, { ids }: Pick<Context, 'ids'>, sync: BegunSync, compared: Compared[]): Promise<void> {
  await markGrants(
    tx,
    compared.flatMap(({ result }) => result.appeared),
    true,
  )
  await markGrants(
    tx,
    compared.flatMap(({ result }) => result.vanished),
    false,
  )
  await endDrift(
    tx,
    compared.flatMap(({ result }) => result.settled),
    driftLife.next('OPEN', 'vanish'),
    theSystem.name,
  )
  const grants = await noteUnknown(tx, { ids }, sync, compared)
  const grantsOf = (pick: (result: Comparison) => { attribute: string; value: string }[]) =>
    compared.flatMap(({ account, result }) => pick(result).map(({ attribute, value }) => grants(account.id, attribute, value)))
  const imported = grantsOf((result) => result.imported)
  await insertImported(
    tx,
    imported.map((grantId) => ({ grantId })),
    ids.next,
  )
  const added = grantsOf((result) => result.added).map((grantId) => ({ grantId, kind: 'ADDED' as const }))
  const removed = compared.flatMap(({ result }) => result.removed).map((grantId) => ({ grantId, kind: 'REMOVED' as const }))
  const drift = [...added, ...removed].map((one) => ({ id: ids.next(), sourceId: sync.source.id, ...one }))
  await insertDrift(tx, drift)
  await countSync(tx, sync.id, { imported: imported.length, added: added.length, removed: removed.length })
  await recordAudit(
    tx,
    drift.map((one) => driftEvent({ ids }, sync, one)),
  )
}

/** Values that nothing was known of get a grant; returns how to find the grant of any value, known or new. */
async function noteUnknown(tx: Tx, { ids }: Pick<Context, 'ids'>, sync: BegunSync, compared: Compared[]) {
  const entitlements = await noteUnlisted(tx, { ids }, sync, compared)
  const fresh = compared.flatMap(({ account, result }) =>
    result.unknown.map(({ attribute, value }) => {
      const entitlementId = entitlements.get(valueKey(attribute, value)) ?? ''
      return { id: ids.next(), accountId: account.id, entitlementId, key: grantKey(account.id, attribute, value) }
    }),
  )
  await insertFoundGrants(tx, fresh)
  const all = new Map(fresh.map(({ key, id }) => [key, id]))
  for (const { account, known } of compared) for (const one of known) all.set(grantKey(account.id, one.attribute, one.value), one.grantId)
  return (accountId: string, attribute: string, value: string): string => {
    const id = all.get(grantKey(accountId, attribute, value))
    if (id === undefined) throw new Error('a value that was compared has no grant')
    return id
  }
}

const grantKey = (accountId: string, attribute: string, value: string) => `${accountId} ${valueKey(attribute, value)}`

/** An account may have what the target did not list as an entitlement: then it is one all the same. */
async function noteUnlisted(tx: Tx, { ids }: Pick<Context, 'ids'>, sync: BegunSync, compared: Compared[]): Promise<EntitlementIds> {
  const values = compared.flatMap(({ result }) => result.unknown)
  if (values.length === 0) return new Map()
  const distinct = new Map(
    values.map(({ attribute, value }) => [valueKey(attribute, value), { attribute, value, name: value, description: null }]),
  )
  const noted = await noteEntitlements(tx, sync, [...distinct.values()], ids.next)
  await countSync(tx, sync.id, { newEntitlements: noted.created })
  return noted.ids
}

function driftEvent({ ids }: Pick<Context, 'ids'>, sync: BegunSync, one: { id: string; grantId: string; kind: string }): NewAuditEvent {
  return {
    id: ids.next(),
    action: `ACCESS_DRIFT_${one.kind}`,
    actor: { id: theSystem.identityId, name: theSystem.name },
    target: { id: sync.source.id, name: sync.source.name },
    trackingNumber: null,
    details: { driftId: one.id, grantId: one.grantId, syncId: sync.id },
  }
}
