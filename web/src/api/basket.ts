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
  /** The chosen account of a recipient on a source: `recipient/source` → the account's name there. */
  accounts: Record<string, string>
}

const empty: Basket = { recipients: [], lines: [] }
const listeners = new Set<() => void>()
const known = new Map<string, Basket>()

function storageKey(personId: string): string {
  return `countersign.basket.${personId}`
}

function read(personId: string): Basket {
  const found = known.get(personId)
  if (found) return found
  let basket = empty
  try {
    basket = { ...empty, ...(JSON.parse(localStorage.getItem(storageKey(personId)) ?? '{}') as Partial<Basket>) }
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
  } catch {
    // A browser that keeps nothing keeps the basket until the page is left.
  }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The basket of the person who is signed in, and what changes it. */
export function useBasket(personId: string): [Basket, (change: (basket: Basket) => Basket) => void] {
  const basket = useSyncExternalStore(subscribe, () => read(personId))
  const change = useCallback((next: (basket: Basket) => Basket) => write(personId, next(read(personId))), [personId])
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

function itemOf({ type, id, comment, startDay, endDay }: BasketLine) {
  const startDate = momentOf(startDay, 'start')
  const removeDate = momentOf(endDay, 'end')
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
