import type { sourceHealth } from '../domain/source-health.ts'
import type { SyncResult } from '../store/source-syncs.ts'
import { minuteOf } from './minute.ts'

/** Takes what a reading of a target came to; returns it in lines. */
export function syncLines(name: string, read: SyncResult): string[] {
  return [
    `${name}: ${read.accounts} accounts (${read.newAccounts} new) and ${read.entitlements} entitlements (${read.newEntitlements} new).`,
    ...(read.isFirst ? [`This was the first reading: ${read.imported} values became imported access.`] : []),
    ...(read.added + read.removed > 0
      ? [`Behind our back, ${read.added} values were added and ${read.removed} removed: see "source drift".`]
      : ['Nothing came or went behind our back.']),
    ...(read.missing > 0 ? [`${read.missing} of our entitlements are not there: ${listed(read.missingNames, read.missing)}.`] : []),
    ...(read.skipped > 0 ? [`${read.skipped} accounts could not be compared because work on them is under way: read it again.`] : []),
  ]
}

function listed(names: string[], count: number): string {
  return `${names.join(', ')}${count > names.length ? ` and ${count - names.length} more` : ''}`
}

interface Drift {
  id: string
  kind: 'ADDED' | 'REMOVED'
  foundAt: Date
  nativeIdentity: string
  owner: { name: string } | null
  entitlement: { name: string; attribute: string; value: string }
  heldBy: { itemName: string; origin: string }[]
}

/** Takes a value that came or went; returns two lines, with the id that "source adopt" and "source revert" take. */
export function driftLines({ id, kind, foundAt, nativeIdentity, owner, entitlement, heldBy }: Drift): string[] {
  const holders = heldBy.map(({ itemName, origin }) => `${itemName} (${origin})`).join(', ')
  return [
    `${id}  ${kind} ${entitlement.attribute}=${entitlement.value} ${kind === 'ADDED' ? 'on' : 'from'} ${nativeIdentity}, found ${minuteOf(foundAt)}`,
    `    the account of ${owner?.name ?? 'nobody'}${holders === '' ? '' : `; held by ${holders}`}`,
  ]
}

interface Health {
  name: string
  connector: string | null
  jobsAtWork: number
  jobsWaiting: number
  workItems: number
  openDrift: number
  lastSync: { state: string; startedAt: string } | null
  switches: { nativeIdentity: string; to: 'DISABLED' | 'ENABLED'; state: 'WAITING' | 'FAILED'; error: string | null }[]
}

/** Takes a source and how it does; returns two lines, and one for each account that could not be disabled or enabled. */
export function healthLines(source: Health, { state, why }: ReturnType<typeof sourceHealth>): string[] {
  const { lastSync } = source
  const read = lastSync ? `last read ${minuteOf(new Date(lastSync.startedAt))} (${lastSync.state})` : 'never read'
  const waits = `${source.jobsAtWork} jobs at work, ${source.jobsWaiting} waiting, ${source.workItems} work items, ${source.openDrift} drift`
  return [
    `${source.name}  ${state}  ${source.connector ?? 'by hand'}`,
    `    ${why} ${waits}${source.connector === null ? '' : `, ${read}`}.`,
    ...source.switches.flatMap((one) =>
      one.state === 'FAILED'
        ? [`    account ${one.nativeIdentity} is not ${one.to.toLowerCase()}: ${one.error ?? 'no reason was given'}`]
        : [],
    ),
  ]
}
