/** What a target has against what we think it has. Pure: both in, what to note and what to report out. */

export type DriftKind = 'ADDED' | 'REMOVED'

/** A value on an account as we know it. */
export interface KnownValue {
  grantId: string
  entitlementId: string
  attribute: string
  value: string
  /** What was last known of it. */
  present: boolean
  /** An assignment that has not ended holds it. */
  held: boolean
  /** An assignment that is in force needs it. */
  needed: boolean
  /** A step of ours is at work on it, or was since the target was asked: what the target said may be old. */
  underWay: boolean
  /** The drift that is reported of it already. */
  drift: { id: string; kind: DriftKind } | null
  /** It was last put right by command; if it is not right, that did not help. */
  wasReverted: boolean
}

export interface Comparison {
  /** Values that nothing was known of. */
  unknown: { attribute: string; value: string }[]
  /** Grants that are there after all, and grants that are not. */
  appeared: string[]
  vanished: string[]
  /** What becomes imported access; of values that were not known, too. */
  imported: { attribute: string; value: string }[]
  /** New drift; of values that were not known, too. */
  added: { attribute: string; value: string }[]
  removed: string[]
  /** Ids of drift that is none any more. */
  settled: string[]
}

/**
 * Takes what an account has at its target and what is known of it. What nobody holds is imported access when the account has an owner and
 * the source is read for the first time, and drift otherwise; what is needed and was there and is not is drift. What was known of an account
 * without owner stays unreported. Steps under way say for themselves what they find.
 */
export function compareValues(
  theirs: Record<string, string[]>,
  known: KnownValue[],
  { isOwned, isFirst }: { isOwned: boolean; isFirst: boolean },
): Comparison {
  const result: Comparison = { unknown: [], appeared: [], vanished: [], imported: [], added: [], removed: [], settled: [] }
  const seen = new Set<string>()
  for (const one of known) {
    seen.add(`${one.attribute} ${one.value}`)
    if (one.underWay) continue
    if (theirs[one.attribute]?.includes(one.value)) noteThere(result, one, isOwned, isFirst)
    else noteMissing(result, one)
  }
  for (const [attribute, values] of Object.entries(theirs)) {
    for (const value of new Set(values)) {
      if (seen.has(`${attribute} ${value}`)) continue
      result.unknown.push({ attribute, value })
      if (!isFirst) result.added.push({ attribute, value })
      else if (isOwned) result.imported.push({ attribute, value })
    }
  }
  return result
}

function noteThere(result: Comparison, one: KnownValue, isOwned: boolean, isFirst: boolean): void {
  if (!one.present) result.appeared.push(one.grantId)
  const settles = one.drift?.kind === 'REMOVED' || (one.drift?.kind === 'ADDED' && one.held)
  if (one.drift && settles) result.settled.push(one.drift.id)
  if (one.held || one.drift?.kind === 'ADDED') return
  if (isFirst && isOwned) result.imported.push(one)
  else if (!isFirst && (isOwned || !one.present)) result.added.push(one)
}

function noteMissing(result: Comparison, one: KnownValue): void {
  if (one.present) result.vanished.push(one.grantId)
  const settles = one.drift?.kind === 'ADDED' || (one.drift?.kind === 'REMOVED' && !one.held)
  if (one.drift && settles) result.settled.push(one.drift.id)
  if (one.needed && one.drift?.kind !== 'REMOVED' && (one.present || one.wasReverted)) result.removed.push(one.grantId)
}

/** True when something seems to be gone: a list may have left it out, so the account is read once more by itself. */
export function isWorthAnotherLook({ removed }: Comparison): boolean {
  return removed.length > 0
}
