import { useWindowVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'

interface VisibleRows<Body extends HTMLElement> {
  /** The element that holds the rows. */
  body: RefObject<Body | null>
  items: VirtualItem[]
  totalSize: number
  /** How far the first row is from the top of the page; `start` of an item counts from there, too. */
  margin: number
}

/** Rows that are drawn and asked for beyond both edges of the screen. */
const overscan = 3

/**
 * Which of many rows of one height are on the screen, and where each lies. Until it is known how many there are, `coming` of them are drawn, and
 * those are looked at that have room.
 */
export function useVisibleRows<Body extends HTMLElement>(
  count: number | undefined,
  coming: number,
  height: number,
  look: (first: number, last: number) => void,
): VisibleRows<Body> {
  const body = useRef<Body>(null)
  const margin = useMargin(body)
  const virtualizer = useWindowVirtualizer({ count: count ?? coming, estimateSize: () => height, overscan, scrollMargin: margin ?? 0 })
  // Rows that are higher, as on a narrow screen, lie elsewhere.
  useEffect(() => {
    if (height > 0) virtualizer.measure()
  }, [virtualizer, height])
  const items = virtualizer.getVirtualItems()
  const isKnown = count !== undefined
  const first = items[0]?.index
  const last = items.at(-1)?.index
  useEffect(() => {
    if (margin === undefined) return
    if (!isKnown) {
      const room = Math.ceil((window.innerHeight + window.scrollY - margin) / height)
      look(0, Math.max(1, room) - 1 + overscan)
    } else if (first !== undefined && last !== undefined) look(first, last)
  }, [look, isKnown, first, last, margin, height])
  return { body, items, totalSize: virtualizer.getTotalSize(), margin: margin ?? 0 }
}

/** How far an element is from the top of the page, also when what stands above it grows; undefined until it is there. */
function useMargin<Body extends HTMLElement>(body: RefObject<Body | null>): number | undefined {
  const [margin, setMargin] = useState<number>()
  useLayoutEffect(() => {
    const measure = () => {
      const top = body.current?.getBoundingClientRect().top
      if (top !== undefined) setMargin(Math.round(top + window.scrollY))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [body])
  return margin
}

/** True while the screen is as the media query says. */
export function useMatches(media: string): boolean {
  const [matches, setMatches] = useState(() => window.matchMedia(media).matches)
  useEffect(() => {
    const list = window.matchMedia(media)
    const told = () => setMatches(list.matches)
    list.addEventListener('change', told)
    return () => list.removeEventListener('change', told)
  }, [media])
  return matches
}

/** Where rows are told in two lines. */
export const narrowScreen = '(max-width: 719px)'
