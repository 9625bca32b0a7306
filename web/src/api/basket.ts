import { useCallback, useSyncExternalStore } from 'react'
import type { ItemType } from './items.ts'
import type { Body } from './types.ts'

/** What somebody is going to ask for. It stays on this machine until it is sent. */
export interface Basket {
  recipients: Recipient[]
  lines: BasketLine[]
}

export interface Recipient {
  id: string
  name: string
}

export interface BasketLine {
  type: ItemType
  id: string
  name: string
  comment: string
  /** Days such as 2026-12-31, in the reader's zone; empty: at once, and without end. */
  startDay: string
  endDay: string
  /** The moment that was meant by that day when it was chosen: sooner than its end where it may not last so long. */
  endAt?: string | undefined
  /** The chosen account of a recipient on a source: `recipient/source` → the account's name there. */
  accounts: Record<string, string>
}

const empty: Basket = { recipients: [], lines: [] }
const listeners = new Set<() => void>()
const known = new Map<string, Basket>()
/** Baskets that the browser would not keep. */
const unkept = new Map<string, Basket>()

function storageKey(personId: string): string {
  return `countersign.basket.${personId}`
}

function read(personId: string): Basket {
  const found = known.get(personId)
  if (found) return found
  let basket = empty
  try {
    basket = unkept.get(personId) ?? { ...empty, ...(JSON.parse(localStorage.getItem(storageKey(personId)) ?? '{}') as Partial<Basket>) }
  } catch {
    // What cannot be read is as good as nothing.
  }
  known.set(personId, basket)
  return basket
}

function write(personId: string, basket: Basket): void {
  known.set(personId, basket)
  try {
    localStorage.setItem(storageKey(personId), JSON.stringify(basket))
    unkept.delete(personId)
  } catch {
    // A browser that keeps nothing keeps the basket until the page is left.
    unkept.set(personId, basket)
  }
  for (const listener of listeners) listener()
}

/** Another tab has written a basket: what is known here is old. */
function heard({ key }: StorageEvent): void {
  if (key !== null && !key.startsWith(storageKey(''))) return
  known.clear()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('storage', heard)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) window.removeEventListener('storage', heard)
  }
}

/** The basket of the person who is signed in, and what changes it. */
export function useBasket(personId: string): [Basket, (change: (basket: Basket) => Basket) => void] {
  const basket = useSyncExternalStore(subscribe, () => read(personId))
  const change = useCallback(
    (next: (basket: Basket) => Basket) => {
      // Another tab may have written since; its word comes a little later than what is written.
      known.delete(personId)
      write(personId, next(read(personId)))
    },
    [personId],
  )
  return [basket, change]
}

/** The basket with one item more, or without it when it is there. */
export function toggled(basket: Basket, item: Pick<BasketLine, 'type' | 'id' | 'name'>): Basket {
  const without = basket.lines.filter(({ id }) => id !== item.id)
  if (without.length < basket.lines.length) return { ...basket, lines: without }
  return { ...basket, lines: [...basket.lines, { ...item, comment: '', startDay: '', endDay: '', accounts: {} }] }
}

/** The basket with a changed line. */
export function withLine(basket: Basket, id: string, change: Partial<BasketLine>): Basket {
  return { ...basket, lines: basket.lines.map((line) => (line.id === id ? { ...line, ...change } : line)) }
}

/** A day of the reader as a moment: its beginning, or its last second. */
export function momentOf(day: string, which: 'start' | 'end'): string | undefined {
  const date = new Date(`${day}T${which === 'start' ? '00:00:00' : '23:59:59'}`)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}

const endStepMs = 1_800_000

/** When a chosen last day ends; the latest moment that is allowed where that is sooner. Undefined for no day. */
export function endOf(day: string, latest: string | null | undefined): string | undefined {
  const end = momentOf(day, 'end')
  return end !== undefined && latest && Date.parse(latest) < Date.parse(end) && lastDay(latest) === day ? latest : end
}

/** The day of the reader in which a moment lies, such as 2026-12-31. */
export function lastDay(moment: string): string {
  const date = new Date(moment)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** An end within the hour after a moment, which no item is given for less than; it stays the same for half an hour. */
export function someEnd(from: number): string {
  return new Date((Math.floor(from / endStepMs) + 2) * endStepMs).toISOString()
}

/**
 * What is sent for a basket. The plain form says it for all recipients at once; with chosen accounts it must be said for each, and the
 * contract has another form for that.
 */
export function bodyOf({ recipients, lines }: Basket): Body<'createAccessRequest'> {
  if (lines.every(({ accounts }) => Object.keys(accounts).length === 0)) {
    return { requestedFor: recipients.map(({ id }) => id), requestedItems: lines.map(itemOf), requestType: 'GRANT_ACCESS' }
  }
  return {
    requestType: 'GRANT_ACCESS',
    requestedForWithRequestedItems: recipients.map(({ id }) => ({
      identityId: id,
      requestedItems: lines.map((line) => ({ ...itemOf(line), ...accountsOf(line, id) })),
    })),
  }
}

function itemOf({ type, id, comment, startDay, endDay, endAt }: BasketLine) {
  const startDate = momentOf(startDay, 'start')
  const removeDate = endAt ?? momentOf(endDay, 'end')
  return {
    type,
    id,
    ...(comment.trim() === '' ? {} : { comment: comment.trim() }),
    ...(startDate === undefined ? {} : { startDate }),
    ...(removeDate === undefined ? {} : { removeDate }),
  }
}

function accountsOf({ accounts }: BasketLine, recipientId: string) {
  const own = Object.entries(accounts).filter(([key]) => key.startsWith(`${recipientId}/`))
  if (own.length === 0) return {}
  return {
    accountSelection: own.map(([key, nativeIdentity]) => ({ sourceId: key.slice(recipientId.length + 1), accounts: [{ nativeIdentity }] })),
  }
}
